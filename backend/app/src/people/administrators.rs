//! Administrators: that one always remains, and that nobody changes who is above them.

use crate::access::Caller;
use crate::error::{Failure, FailureKind, Result};
use cadastre_access::{Actor, Resource, table};
use cadastre_model::{Action, ObjectKind, PersonId, Role};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

/// Whether there is an administrator, or whether this person is one: by a grant on the register that is in force, given
/// to them or to a team that they are in. Of who is disabled only where that is asked for.
const IS_ADMINISTRATOR: &str = "with recursive of_team (person_id, team_id) as (
        select person_id, team_id from team_members where valid_to is null
        union
        select o.person_id, f.parent_id from of_team o
        join team_facts f on f.team_id = o.team_id and f.valid_to is null and f.parent_id is not null
     )
     select exists (
        select from person_facts p
        where p.valid_to is null and ($1::bigint is null or p.person_id = $1) and (p.state = 'active' or $2::boolean)
          and exists (
            select from grants g where g.valid_to is null and g.role = 'administrator' and g.effect = 'allow'
              and g.asset_id = 1 and (g.starts_at is null or g.starts_at <= clock_timestamp())
              and (g.ends_at is null or g.ends_at > clock_timestamp())
              and (g.person_id = p.person_id or g.team_id = 1 or g.team_id in
                   (select o.team_id from of_team o where o.person_id = p.person_id))))";

/// Waits for whoever else is about to change who is an administrator, until the end of the transaction. Called before
/// what could take the last one away.
pub(crate) async fn settle(tx: &DatabaseTransaction) -> Result<()> {
    const LOCK: &str = "select pg_advisory_xact_lock(hashtext('cadastre.administrators'))";
    tx.execute_raw(Statement::from_string(DbBackend::Postgres, LOCK)).await?;
    Ok(())
}

/// Refuses what was just written in this transaction when it leaves nobody who could undo it.
pub(crate) async fn must_remain(tx: &DatabaseTransaction) -> Result<()> {
    if is_administrator(tx, None, false).await? {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Conflict, "person-last-administrator"))
}

/// Refuses to change somebody who is an administrator, disabled or not, to a caller who is not one with all that an
/// administrator may do: who can give somebody a new password can be them.
pub(crate) async fn not_above(tx: &DatabaseTransaction, caller: &Caller, target: PersonId) -> Result<()> {
    if is_whole(caller)? || !is_administrator(tx, Some(target), true).await? {
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

async fn is_administrator(
    tx: &DatabaseTransaction,
    who: Option<PersonId>,
    disabled_too: bool,
) -> Result<bool> {
    let values = [who.map(|person| person.0).into(), disabled_too.into()];
    let asked = Statement::from_sql_and_values(DbBackend::Postgres, IS_ADMINISTRATOR, values);
    let row = tx.query_one_raw(asked).await?.ok_or_else(|| Failure::internal("no answer"))?;
    Ok(row.try_get_by_index(0)?)
}
