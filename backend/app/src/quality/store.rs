//! Rules and their versions: each function in the caller's transaction.

use crate::change::ChangeSet;
use crate::error::{Failure, Result};
use cadastre_model::{AssetId, PersonId, PublicId, TeamId};
use chrono::{DateTime, Utc};
use rules::Rule;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A rule, inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RuleId(pub(super) i64);

/// Who answers for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Person(PersonId),
    Team(TeamId),
}

/// A version of a rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RuleFacts {
    /// What it says.
    pub rule: Rule,
    /// Who answers for it.
    pub owner: Option<Owner>,
    /// Whether its schedule counts.
    pub enabled: bool,
    /// Until when its failing alarms nobody.
    pub muted_until: Option<DateTime<Utc>>,
    /// Whether there is SQL in it that somebody wrote.
    pub is_custom: bool,
    /// Under whose rights such SQL runs; none: the operator's.
    pub author: Option<PersonId>,
    /// The file that it was applied from.
    pub origin: Option<String>,
}

/// A rule with its version in force.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// The id inside.
    pub id: RuleId,
    /// The id outside.
    pub public_id: PublicId,
    /// Its dataset.
    pub dataset: AssetId,
    /// The number of the version, from 1.
    pub number: i32,
    /// When it is due next by its schedule.
    pub next_due: Option<DateTime<Utc>>,
    /// Up to where it has counted, with its watermark.
    pub mark: Option<rules::Mark>,
    /// What it says.
    pub facts: RuleFacts,
}

#[derive(Debug, sqlx::FromRow)]
struct KeptRow {
    id: i64,
    public_id: Uuid,
    dataset_id: i64,
    next_due: Option<DateTime<Utc>>,
    mark: Option<Value>,
    number: i32,
    definition: Value,
    owner_person: Option<i64>,
    owner_team: Option<i64>,
    enabled: bool,
    muted_until: Option<DateTime<Utc>>,
    is_custom: bool,
    author_id: Option<i64>,
    origin: Option<String>,
}

impl TryFrom<KeptRow> for Kept {
    type Error = Failure;

    fn try_from(row: KeptRow) -> Result<Self> {
        let person = row.owner_person.map(|id| Owner::Person(PersonId(id)));
        Ok(Self {
            id: RuleId(row.id),
            public_id: PublicId(row.public_id),
            dataset: AssetId(row.dataset_id),
            number: row.number,
            next_due: row.next_due,
            mark: row.mark.map(serde_json::from_value).transpose().map_err(Failure::internal)?,
            facts: RuleFacts {
                rule: of_json(&row.definition)?,
                owner: person.or_else(|| row.owner_team.map(|id| Owner::Team(TeamId(id)))),
                enabled: row.enabled,
                muted_until: row.muted_until,
                is_custom: row.is_custom,
                author: row.author_id.map(PersonId),
                origin: row.origin,
            },
        })
    }
}

/// What was stored reads back: it was read before it was written.
pub(super) fn of_json(definition: &Value) -> Result<Rule> {
    rules::read(definition).map_err(|faults| {
        Failure::internal(faults.first().map_or_else(|| "no rule".to_owned(), ToString::to_string))
    })
}

/// The columns of a [`KeptRow`], in a query over `rules r join rule_facts f`.
macro_rules! kept {
    ($rest:literal) => {
        concat!(
            "select r.id, r.public_id, r.dataset_id, r.next_due, r.mark, f.number, f.definition, \
                    f.owner_person, f.owner_team, f.enabled, f.muted_until, f.is_custom, f.author_id, f.origin \
             from rules r join rule_facts f on f.rule_id = r.id and f.valid_to is null ",
            $rest
        )
    };
}

fn kept(rows: Vec<KeptRow>) -> Result<Vec<Kept>> {
    rows.into_iter().map(Kept::try_from).collect()
}

/// The rules in force of a dataset, by name.
pub(super) async fn of_dataset(conn: &mut PgConnection, dataset: AssetId) -> Result<Vec<Kept>> {
    let rows = sqlx::query_as(kept!("where r.dataset_id = $1 order by r.name")).bind(dataset.0);
    kept(rows.fetch_all(conn).await?)
}

/// The rules in force among these.
pub(super) async fn of_ids(conn: &mut PgConnection, ids: &[i64]) -> Result<Vec<Kept>> {
    let rows = sqlx::query_as(kept!("where r.id = any($1)")).bind(ids);
    kept(rows.fetch_all(conn).await?)
}

/// A rule in force.
pub(super) async fn find(conn: &mut PgConnection, id: PublicId) -> Result<Option<Kept>> {
    let row: Option<KeptRow> =
        sqlx::query_as(kept!("where r.public_id = $1")).bind(id.0).fetch_optional(conn).await?;
    row.map(Kept::try_from).transpose()
}

/// A rule in force by its name.
pub(super) async fn named(conn: &mut PgConnection, dataset: AssetId, name: &str) -> Result<Option<Kept>> {
    let row: Option<KeptRow> = sqlx::query_as(kept!("where r.dataset_id = $1 and r.name = $2"))
        .bind(dataset.0)
        .bind(name)
        .fetch_optional(conn)
        .await?;
    row.map(Kept::try_from).transpose()
}

/// The rules in force that were applied from a file.
pub(super) async fn of_origin(conn: &mut PgConnection, origin: &str) -> Result<Vec<Kept>> {
    let rows = sqlx::query_as(kept!("where f.origin = $1 order by r.dataset_id, r.name")).bind(origin);
    kept(rows.fetch_all(conn).await?)
}

/// The rule of a name at a dataset, made where there never was one; locked until the transaction ends.
pub(super) async fn identity(
    conn: &mut PgConnection,
    dataset: AssetId,
    name: &str,
) -> Result<(RuleId, PublicId)> {
    sqlx::query(
        "insert into rules (dataset_id, name) values ($1, $2) on conflict (dataset_id, name) do nothing",
    )
    .bind(dataset.0)
    .bind(name)
    .execute(&mut *conn)
    .await?;
    let (id, public): (i64, Uuid) =
        sqlx::query_as("select id, public_id from rules where dataset_id = $1 and name = $2 for update")
            .bind(dataset.0)
            .bind(name)
            .fetch_one(conn)
            .await?;
    Ok((RuleId(id), PublicId(public)))
}

/// Opens a version, after the one in force is closed.
pub(super) async fn open(
    conn: &mut PgConnection,
    change: &ChangeSet,
    rule: RuleId,
    facts: &RuleFacts,
) -> Result<()> {
    close(conn, change, rule).await?;
    let (person, team) = match facts.owner {
        Some(Owner::Person(id)) => (Some(id.0), None),
        Some(Owner::Team(id)) => (None, Some(id.0)),
        None => (None, None),
    };
    sqlx::query(
        "insert into rule_facts (rule_id, number, definition, dimension, severity, owner_person, owner_team, enabled,
                                 muted_until, is_custom, author_id, origin, valid_from, change_set)
         select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
         from rule_facts where rule_id = $1",
    )
    .bind(rule.0)
    .bind(serde_json::to_value(&facts.rule).map_err(Failure::internal)?)
    .bind(facts.rule.dimension().as_str())
    .bind(facts.rule.severity.as_str())
    .bind(person)
    .bind(team)
    .bind(facts.enabled)
    .bind(facts.muted_until)
    .bind(facts.is_custom)
    .bind(facts.author.map(|id| id.0))
    .bind(&facts.origin)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes the version in force.
pub(super) async fn close(conn: &mut PgConnection, change: &ChangeSet, rule: RuleId) -> Result<()> {
    sqlx::query(
        "update rule_facts set valid_to = $2, closed_by = $3 where rule_id = $1 and valid_to is null",
    )
    .bind(rule.0)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes when a rule is due next by its schedule.
pub(super) async fn put_next_due(
    conn: &mut PgConnection,
    rule: RuleId,
    next: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query("update rules set next_due = $2 where id = $1").bind(rule.0).bind(next).execute(conn).await?;
    Ok(())
}

/// A rule that was retired is not looked at any more, whatever was due.
pub(super) async fn forget_dues(conn: &mut PgConnection, rule: RuleId) -> Result<()> {
    sqlx::query("delete from rule_dues where rule_id = $1").bind(rule.0).execute(conn).await?;
    Ok(())
}
