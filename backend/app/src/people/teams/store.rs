//! Writing teams and who is in them.

use crate::change::ChangeSet;
use crate::error::{Failure, Result};
use crate::people::store::violated;
use cadastre_access::Permit;
use cadastre_entities::{close, team, team_fact, team_member};
use cadastre_model::{PersonId, PublicId, TeamId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait,
    QueryFilter, QuerySelect, Statement,
};

/// What may change about a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TeamFacts {
    pub(super) name: String,
    pub(super) parent: Option<TeamId>,
}

/// A team whose row is locked until the transaction ends.
#[derive(Debug, Clone)]
pub(super) struct Locked {
    pub(super) id: TeamId,
    pub(super) counter: i64,
    pub(super) facts: TeamFacts,
}

/// Waits for whoever else changes the tree: two moves at once could make a circle.
pub(super) async fn settle(tx: &DatabaseTransaction) -> Result<()> {
    const LOCK: &str = "select pg_advisory_xact_lock(hashtext('cadastre.teams'))";
    tx.execute_raw(Statement::from_string(DbBackend::Postgres, LOCK)).await?;
    Ok(())
}

/// Locks a team that is there.
pub(super) async fn lock(tx: &DatabaseTransaction, id: PublicId) -> Result<Locked> {
    let row = team::Entity::find()
        .filter(team::Column::PublicId.eq(id.0))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(Failure::absent)?;
    let fact = team_fact::Entity::find()
        .filter(team_fact::Column::TeamId.eq(row.id))
        .filter(team_fact::Column::ValidTo.is_null())
        .one(tx)
        .await?
        .ok_or_else(Failure::absent)?;
    let facts = TeamFacts { name: fact.name, parent: fact.parent_id.map(TeamId) };
    Ok(Locked { id: TeamId(row.id), counter: row.counter, facts })
}

/// Adds the row of a team; its facts come by [`put_facts`].
pub(super) async fn insert(tx: &DatabaseTransaction, _permit: &Permit) -> Result<(TeamId, PublicId)> {
    let made = team::ActiveModel { ..Default::default() }.insert(tx).await?;
    Ok((TeamId(made.id), PublicId(made.public_id)))
}

/// Closes what was true of a team and opens what is; its ETag changes.
pub(super) async fn put_facts(
    tx: &DatabaseTransaction,
    permit: &Permit,
    change: &ChangeSet,
    id: TeamId,
    facts: &TeamFacts,
) -> Result<()> {
    close::<team_fact::Entity>(tx, team_fact::Column::TeamId.eq(id.0), change.at, change.id.0).await?;
    let opened = team_fact::ActiveModel {
        team_id: Set(id.0),
        name: Set(facts.name.clone()),
        parent_id: Set(facts.parent.map(|id| id.0)),
        valid_from: Set(change.at),
        change_set: Set(change.id.0),
        ..Default::default()
    };
    opened.insert(tx).await.map_err(|error| match violated(&error).as_deref() {
        Some("team_facts_name") => Failure::invalid("name", "team-name-taken"),
        _ => error.into(),
    })?;
    count_up(tx, permit, id).await
}

/// Closes all that is true of a team, and who was in it.
pub(super) async fn close_team(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    change: &ChangeSet,
    id: TeamId,
) -> Result<()> {
    close::<team_member::Entity>(tx, team_member::Column::TeamId.eq(id.0), change.at, change.id.0).await?;
    close::<team_fact::Entity>(tx, team_fact::Column::TeamId.eq(id.0), change.at, change.id.0).await?;
    Ok(())
}

/// Puts somebody into a team; says whether they were not in it.
pub(super) async fn put_member(
    tx: &DatabaseTransaction,
    permit: &Permit,
    change: &ChangeSet,
    team: TeamId,
    person: PersonId,
) -> Result<()> {
    let row = team_member::ActiveModel {
        team_id: Set(team.0),
        person_id: Set(person.0),
        valid_from: Set(change.at),
        change_set: Set(change.id.0),
        ..Default::default()
    };
    row.insert(tx).await?;
    count_up(tx, permit, team).await
}

/// Takes somebody out of a team.
pub(super) async fn close_member(
    tx: &DatabaseTransaction,
    permit: &Permit,
    change: &ChangeSet,
    team: TeamId,
    person: PersonId,
) -> Result<()> {
    close::<team_member::Entity>(tx, membership(team, person), change.at, change.id.0).await?;
    count_up(tx, permit, team).await
}

/// Whether somebody is in a team themselves.
pub(super) async fn is_member(tx: &DatabaseTransaction, team: TeamId, person: PersonId) -> Result<bool> {
    let row = team_member::Entity::find()
        .filter(membership(team, person))
        .filter(team_member::Column::ValidTo.is_null())
        .one(tx)
        .await?;
    Ok(row.is_some())
}

fn membership(team: TeamId, person: PersonId) -> Condition {
    Condition::all()
        .add(team_member::Column::TeamId.eq(team.0))
        .add(team_member::Column::PersonId.eq(person.0))
}

async fn count_up(tx: &DatabaseTransaction, _permit: &Permit, id: TeamId) -> Result<()> {
    team::Entity::update_many()
        .col_expr(team::Column::Counter, Expr::col(team::Column::Counter).add(1))
        .filter(team::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether a team lies below another, or is it.
pub(super) async fn lies_below(tx: &DatabaseTransaction, team: TeamId, above: TeamId) -> Result<bool> {
    const CLIMB: &str = "with recursive up (id) as (
            select $1::bigint
            union
            select f.parent_id from up join team_facts f on f.team_id = up.id
            where f.valid_to is null and f.parent_id is not null)
         select $2::bigint in (select id from up)";
    let asked = Statement::from_sql_and_values(DbBackend::Postgres, CLIMB, [team.0.into(), above.0.into()]);
    let row = tx.query_one_raw(asked).await?.ok_or_else(|| Failure::internal("no answer"))?;
    Ok(row.try_get_by_index(0)?)
}

/// What still hangs on a team: grants that have not ended, what it owns, teams below it.
pub(super) async fn dependents(tx: &DatabaseTransaction, team: TeamId) -> Result<(i64, i64, i64)> {
    const COUNT: &str = "select
            (select count(*) from grants where team_id = $1 and valid_to is null
                and (ends_at is null or ends_at > clock_timestamp())),
            (select count(*) from owners where team_id = $1 and valid_to is null),
            (select count(*) from team_facts where parent_id = $1 and valid_to is null)";
    let asked = Statement::from_sql_and_values(DbBackend::Postgres, COUNT, [team.0.into()]);
    let row = tx.query_one_raw(asked).await?.ok_or_else(|| Failure::internal("no answer"))?;
    Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?))
}
