//! Administrators: that one always remains, and that nobody changes who is above them.

use crate::access::Caller;
use crate::error::{Failure, FailureKind, Result};
use cadastre_access::{Actor, Resource, table};
use cadastre_model::{Action, AssetId, Effect, ObjectKind, PersonId, Role};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

/// Everybody who holds a grant of administrator on the register that is in force, given to them or to a team that they are
/// in: whether they are active, whether one of those grants has no end, and whether they are denied, also on the register,
/// one of the roles `$1`.
const ADMINISTRATORS: &str = "with recursive of_team (person_id, team_id) as (
        select person_id, team_id from team_members where valid_to is null
        union
        select o.person_id, f.parent_id from of_team o
        join team_facts f on f.team_id = o.team_id and f.valid_to is null and f.parent_id is not null
     ), in_force as (
        select g.* from grants g where g.valid_to is null and g.asset_id = 1
          and (g.starts_at is null or g.starts_at <= clock_timestamp())
          and (g.ends_at is null or g.ends_at > clock_timestamp())
     ), reaches (person_id, role, effect, ends_at) as (
        select person_id, role, effect, ends_at from in_force where person_id is not null
        union all
        select o.person_id, g.role, g.effect, g.ends_at from in_force g join of_team o on o.team_id = g.team_id
        union all
        select p.id, g.role, g.effect, g.ends_at from in_force g cross join people p where g.team_id = 1
     ), administrators as (
        select r.person_id, f.state = 'active' as active, bool_or(r.ends_at is null) as lasting,
               exists (select from reaches d where d.person_id = r.person_id and d.effect = 'deny' and d.role = any($1)) as denied
        from reaches r join person_facts f on f.person_id = r.person_id and f.valid_to is null
        where r.role = 'administrator' and r.effect = 'allow'
        group by r.person_id, f.state
     ) ";

/// How well the register is provided with somebody who can undo what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Provided {
    /// Nobody is an administrator.
    Not,
    /// Somebody is, by a grant that ends by itself.
    ForATime,
    /// Somebody is, by a grant without an end.
    ForGood,
}

/// That nobody else changes who is an administrator before the transaction ends; and how it was before.
#[derive(Debug)]
pub(crate) struct Administrators(Provided);

/// Waits for whoever else is about to change who is an administrator, until the end of the transaction. Called before
/// what could take the last one away.
pub(crate) async fn settle(tx: &DatabaseTransaction) -> Result<Administrators> {
    const LOCK: &str = "select pg_advisory_xact_lock(hashtext('cadastre.administrators'))";
    tx.execute_raw(Statement::from_string(DbBackend::Postgres, LOCK)).await?;
    Ok(Administrators(provided(tx).await?))
}

impl Administrators {
    /// Refuses what was just written in this transaction when it leaves nobody for good who could undo it. A grant with
    /// an end does not count while there is one without: it would leave nobody by itself.
    pub(crate) async fn must_remain(self, tx: &DatabaseTransaction) -> Result<()> {
        match provided(tx).await? {
            now if now >= self.0 => Ok(()),
            Provided::ForATime => {
                Err(Failure::new(FailureKind::Conflict, "person-last-lasting-administrator"))
            }
            _ => Err(Failure::new(FailureKind::Conflict, "person-last-administrator")),
        }
    }
}

/// Whether a grant, or the end of one, may change who is an administrator.
pub(crate) fn concerns(asset: AssetId, role: Role, effect: Effect) -> bool {
    let takes = || DISARMED_WITHOUT.iter().any(|&action| table::takes(role, ObjectKind::Register, action));
    asset == AssetId::REGISTER
        && match effect {
            Effect::Allow => role == Role::Administrator,
            Effect::Deny => takes(),
        }
}

/// Without one of these nobody can give back what was taken.
const DISARMED_WITHOUT: [Action; 3] = [Action::See, Action::ManagePeople, Action::ManageGrants];

async fn provided(tx: &DatabaseTransaction) -> Result<Provided> {
    let sql = format!(
        "{ADMINISTRATORS} select count(*), count(*) filter (where lasting)
         from administrators where active and not denied"
    );
    let disarming = Role::ALL.iter().filter(|&&role| concerns(AssetId::REGISTER, role, Effect::Deny));
    let disarming: Vec<String> = disarming.map(|role| role.as_str().to_owned()).collect();
    let row = tx
        .query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [disarming.into()]))
        .await?;
    let row = row.ok_or_else(|| Failure::internal("no answer"))?;
    let (any, lasting): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok(match (any, lasting) {
        (0, _) => Provided::Not,
        (_, 0) => Provided::ForATime,
        _ => Provided::ForGood,
    })
}

/// Refuses to change somebody who is an administrator, disabled or not, to a caller who is not one with all that an
/// administrator may do: who can give somebody a new password can be them.
pub(crate) async fn not_above(tx: &DatabaseTransaction, caller: &Caller, target: PersonId) -> Result<()> {
    if is_whole(caller)? || !is_administrator(tx, target).await? {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Forbidden, "person-above-you"))
}

/// Whether the person behind the caller may do all that an administrator does to the register.
fn is_whole(caller: &Caller) -> Result<bool> {
    let person = Actor::person(caller.person());
    let register = Resource::register();
    let mut actions = Action::ALL
        .iter()
        .filter(|&&action| table::allows(Role::Administrator, ObjectKind::Register, action).is_some());
    caller.ask(|rights| actions.all(|&action| rights.permit(&person, action, &register, caller.now).is_ok()))
}

/// Whether somebody holds a grant of administrator in force: disabled or denied, which may both be lifted.
async fn is_administrator(tx: &DatabaseTransaction, who: PersonId) -> Result<bool> {
    let sql = format!("{ADMINISTRATORS} select exists (select from administrators where person_id = $2)");
    let values = [Vec::<String>::new().into(), who.0.into()];
    let row = tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    let row = row.ok_or_else(|| Failure::internal("no answer"))?;
    Ok(row.try_get_by_index(0)?)
}
