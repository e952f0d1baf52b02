//! When rules are due: by the clock, after their dataset was updated, when somebody asks. A row says that a rule is due; it goes when
//! its result comes.
//!
//! Each replica looks. A schedule is moved on in the transaction that writes the due row, with the rule locked, so each time is
//! used once; the next one is counted from now, so what was missed while nobody looked is caught up with once. Due rows without
//! a task get one, so that a row that came in while a check was just ending is not forgotten.

use super::check;
use super::save::timing;
use super::store::{self, Kept, RuleId};
use crate::app::App;
use crate::error::Result;
use crate::lineage::activity;
use cadastre_model::{AssetId, PersonId, next_after};
use chrono::{DateTime, Utc};
use rules::Schedule;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap, HashSet};

/// So many schedules are moved on in one transaction, and so many datasets get their task.
const BATCH: i64 = 500;

/// Why a rule is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Its schedule says so.
    Schedule,
    /// Its dataset was updated.
    Update,
    /// Somebody asked.
    Asked,
}

impl Why {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Update => "update",
            Self::Asked => "asked",
        }
    }
}

/// A time at which a rule is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Due {
    /// When.
    pub(super) at: DateTime<Utc>,
    /// Why, by its word.
    pub(super) why: String,
}

/// Looks for what is due by the clock, and sees to it that all that is due has a task.
///
/// # Errors
/// When the database does not answer.
pub async fn look(app: &App) -> Result<()> {
    while by_schedule(app).await? == BATCH.unsigned_abs() {}
    while tasks(app).await? == BATCH.unsigned_abs() {}
    Ok(())
}

#[derive(Debug, sqlx::FromRow)]
struct ScheduledRow {
    id: i64,
    next_due: DateTime<Utc>,
    definition: Option<Value>,
    enabled: bool,
    now: DateTime<Utc>,
}

/// Rules whose next time has come.
async fn by_schedule(app: &App) -> Result<u64> {
    let mut tx = app.db().tasks.begin().await?;
    let rows: Vec<ScheduledRow> = sqlx::query_as(
        "select r.id, r.next_due, f.definition, coalesce(f.enabled, false) as enabled, clock_timestamp() as now
         from rules r left join rule_facts f on f.rule_id = r.id and f.valid_to is null
         where r.next_due <= clock_timestamp() order by r.next_due, r.id limit $1 for update of r skip locked",
    )
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let (mut ids, mut nexts, mut due) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        // One that can't be read keeps no other back.
        let next = next(row).unwrap_or_else(|failure| {
            tracing::error!(rule = row.id, %failure, "the schedule of a rule can't be read");
            None
        });
        ids.push(row.id);
        nexts.push(next);
        // Switched off or retired meanwhile: it does not fire.
        if next.is_some() {
            due.push((RuleId(row.id), row.next_due));
        }
    }
    sqlx::query("update rules r set next_due = t.next from unnest($1::bigint[], $2::timestamptz[]) as t (id, next) where r.id = t.id")
        .bind(&ids)
        .bind(&nexts)
        .execute(&mut *tx)
        .await?;
    put(&mut tx, &due, Why::Schedule, None).await?;
    tx.commit().await?;
    Ok(rows.len() as u64)
}

fn next(row: &ScheduledRow) -> Result<Option<DateTime<Utc>>> {
    let Some(definition) = row.definition.as_ref().filter(|_| row.enabled) else { return Ok(None) };
    let Schedule::Cron { cron, zone } = store::of_json(definition)?.schedule else { return Ok(None) };
    let (cron, zone) = timing(&cron, &zone)?;
    Ok(next_after(&cron, zone, row.now))
}

/// A rule that follows updates: its id, its dataset, the update that it last followed, since when it is so.
type Following = (i64, i64, Option<DateTime<Utc>>, DateTime<Utc>);

/// Looks for rules whose dataset was updated since they last were due after an update; gives how many there were.
///
/// # Errors
/// When the database does not answer.
pub async fn follow(app: &App) -> Result<u64> {
    let mut tx = app.db().tasks.begin().await?;
    let rows: Vec<Following> = sqlx::query_as(
        "select r.id, r.dataset_id, r.followed, f.valid_from from rules r
         join rule_facts f on f.rule_id = r.id and f.valid_to is null
         where f.enabled and f.definition->>'schedule' = 'after update' for update of r skip locked",
    )
    .fetch_all(&mut *tx)
    .await?;
    let datasets: Vec<AssetId> =
        rows.iter().map(|row| row.1).collect::<HashSet<_>>().into_iter().map(AssetId).collect();
    let known = activity::of(&mut tx, &datasets).await?;
    let due: Vec<(RuleId, DateTime<Utc>)> = rows
        .iter()
        .filter_map(|(id, dataset, followed, since)| {
            let written = known.get(&AssetId(*dataset))?.written?;
            // What was written before the rule was is no update for it.
            (written > followed.unwrap_or(*since)).then_some((RuleId(*id), written))
        })
        .collect();
    if due.is_empty() {
        return Ok(0);
    }
    sqlx::query("update rules r set followed = t.at from unnest($1::bigint[], $2::timestamptz[]) as t (id, at) where r.id = t.id")
        .bind(due.iter().map(|(id, _)| id.0).collect::<Vec<_>>())
        .bind(due.iter().map(|(_, at)| *at).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    put(&mut tx, &due, Why::Update, None).await?;
    tx.commit().await?;
    Ok(due.len() as u64)
}

/// Notes that rules are due. A time that is noted, or has its result, stays as it is.
pub(super) async fn put(
    conn: &mut PgConnection,
    due: &[(RuleId, DateTime<Utc>)],
    why: Why,
    by: Option<PersonId>,
) -> Result<()> {
    sqlx::query(
        "insert into rule_dues (rule_id, due_at, why, asked_by)
         select t.id, t.at, $3, $4 from unnest($1::bigint[], $2::timestamptz[]) as t (id, at)
         where not exists (select from rule_results o where o.rule_id = t.id and o.due_at = t.at)
         on conflict do nothing",
    )
    .bind(due.iter().map(|(id, _)| id.0).collect::<Vec<_>>())
    .bind(due.iter().map(|(_, at)| *at).collect::<Vec<_>>())
    .bind(why.as_str())
    .bind(by.map(|id| id.0))
    .execute(conn)
    .await?;
    Ok(())
}

/// Sees to it that each dataset with something due has a task. Gives how many got one.
async fn tasks(app: &App) -> Result<u64> {
    let mut tx = app.db().tasks.begin().await?;
    let datasets: Vec<i64> = sqlx::query_scalar(
        "select r.dataset_id from rule_dues d join rules r on r.id = d.rule_id
         where d.due_at <= clock_timestamp()
           and not exists (select from tasks t where t.dedupe_key = 'check:' || r.dataset_id and t.state in ('queued', 'running'))
         group by r.dataset_id order by min(d.due_at) limit $1",
    )
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    for dataset in &datasets {
        check::ask(&mut tx, AssetId(*dataset), None).await?;
    }
    tx.commit().await?;
    Ok(datasets.len() as u64)
}

/// What is due at a dataset now, with the rules as they are; what is due of rules that are retired goes.
pub(super) async fn at(conn: &mut PgConnection, dataset: AssetId) -> Result<Vec<(Kept, Vec<Due>)>> {
    let rows: Vec<(i64, DateTime<Utc>, String)> = sqlx::query_as(
        "select d.rule_id, d.due_at, d.why from rule_dues d join rules r on r.id = d.rule_id
         where r.dataset_id = $1 and d.due_at <= clock_timestamp() order by d.rule_id, d.due_at",
    )
    .bind(dataset.0)
    .fetch_all(&mut *conn)
    .await?;
    let mut by_rule: BTreeMap<RuleId, Vec<Due>> = BTreeMap::new();
    for (rule, at, why) in rows {
        by_rule.entry(RuleId(rule)).or_default().push(Due { at, why });
    }
    let mut kept: HashMap<RuleId, Kept> =
        store::of_dataset(conn, dataset).await?.into_iter().map(|kept| (kept.id, kept)).collect();
    let mut due = Vec::new();
    for (rule, times) in by_rule {
        match kept.remove(&rule) {
            Some(kept) => due.push((kept, times)),
            None => store::forget_dues(conn, rule).await?,
        }
    }
    Ok(due)
}
