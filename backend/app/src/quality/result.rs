//! What came of rules: written once for each time that they were due.

use super::days;
use super::due::Due;
use super::store::Kept;
use super::words;
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::error::{Failure, Result};
use crate::tasks::Run;
use cadastre_model::Message;
use chrono::{DateTime, Utc};
use rules::{Check, Earlier, Mark, Outcome, Rule, Verdict};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// What became of a rule, with what there is to say of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) outcome: Outcome,
    pub(super) message: Option<Message>,
}

impl Found {
    /// What was measured.
    pub(super) fn measured(outcome: Outcome) -> Self {
        let message = outcome.why.as_ref().map(|why| words::message(why.message()));
        Self { outcome, message }
    }

    /// The same with what has to be known of its figures, where there is nothing more to say. What a constraint holds was not counted.
    pub(super) fn with_caveat(mut self, caveat: Option<&Message>) -> Self {
        if self.message.is_none() && self.outcome.held.is_none() {
            self.message = caveat.cloned();
        }
        self
    }

    /// A rule that could not be measured.
    pub(super) fn not_run(rule: &Rule, why: Message) -> Self {
        Self { outcome: Outcome::not_run(rule), message: Some(why) }
    }
}

/// What a look at a dataset gave, in the order of what was due.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) started: DateTime<Utc>,
    pub(super) found: Vec<Found>,
    /// Of rules with a watermark, by name.
    pub(super) marks: BTreeMap<String, Mark>,
    pub(super) statements: i32,
}

/// The database's clock.
pub(super) async fn clock(app: &App) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar("select clock_timestamp()").fetch_one(&app.db().tasks).await?)
}

/// Writes the results of a look, and takes away what was due, under the fence of the task: a result that is there already
/// stays.
pub(super) async fn write(
    app: &App,
    run: &Run,
    asset: &Asset,
    due: &[(Kept, Vec<Due>)],
    looked: &Looked,
) -> Result<()> {
    let mut tx = app.db().tasks.begin().await?;
    let (check, at): (i64, DateTime<Utc>) = sqlx::query_as(
        "insert into checks (dataset_id, task_id, started_at, ended_at, rules, statements)
         values ($1, $2, $3, clock_timestamp(), $4, $5) returning id, ended_at",
    )
    .bind(asset.id.0)
    .bind(run.fence.task.0)
    .bind(looked.started)
    .bind(i32::try_from(due.len()).unwrap_or(i32::MAX))
    .bind(looked.statements)
    .fetch_one(&mut *tx)
    .await?;
    results(&mut tx, check, at, due, &looked.found).await?;
    conclude(&mut tx, at, due, &looked.found).await?;
    days::note(&mut tx, asset.id, at).await?;
    marks(&mut tx, due, &looked.marks).await?;
    if looked.found.iter().any(|found| found.outcome.verdict == Verdict::Error) {
        crate::notices::rules_in_error(&mut tx, check).await?;
    }
    super::incident::follow(&mut tx, asset, check, at, due, &looked.found).await?;
    run.fence.hold(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn results(
    tx: &mut PgConnection,
    check: i64,
    at: DateTime<Utc>,
    due: &[(Kept, Vec<Due>)],
    found: &[Found],
) -> Result<()> {
    let rows: Vec<(&Kept, &Due, &Found)> = due
        .iter()
        .zip(found)
        .flat_map(|((kept, times), found)| times.iter().map(move |due| (kept, due, found)))
        .collect();
    let count = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
    let json = |row: &(&Kept, &Due, &Found)| serde_json::to_value(&row.2.outcome).map_err(Failure::internal);
    sqlx::query(
        "with gone as (
             delete from rule_dues d using unnest($1::bigint[], $2::timestamptz[]) as t (rule, due)
             where d.rule_id = t.rule and d.due_at = t.due)
         insert into rule_results (rule_id, due_at, check_id, at, version, why, verdict, value, failing, row_count, outcome, message)
         select t.rule, t.due, $3, $4, t.version, t.why, t.verdict, t.value, t.failing, t.row_count, t.outcome, t.message
         from unnest($1::bigint[], $2::timestamptz[], $5::int[], $6::text[], $7::text[], $8::float8[], $9::bigint[], $10::bigint[], $11::jsonb[], $12::jsonb[])
             as t (rule, due, version, why, verdict, value, failing, row_count, outcome, message)
         on conflict (rule_id, due_at) do nothing",
    )
    .bind(rows.iter().map(|row| row.0.id.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.1.at).collect::<Vec<_>>())
    .bind(check)
    .bind(at)
    .bind(rows.iter().map(|row| row.0.number).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.1.why.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.2.outcome.verdict.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.2.outcome.value.filter(|value| value.is_finite())).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| count(row.2.outcome.failing)).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| count(row.2.outcome.rows)).collect::<Vec<_>>())
    .bind(rows.iter().map(json).collect::<Result<Vec<_>>>()?)
    .bind(rows.iter().map(|row| row.2.message.as_ref().and_then(|said| serde_json::to_value(said).ok())).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Notes at each rule how it stands now.
async fn conclude(
    tx: &mut PgConnection,
    at: DateTime<Utc>,
    due: &[(Kept, Vec<Due>)],
    found: &[Found],
) -> Result<()> {
    sqlx::query(
        "update rules r set verdict = t.verdict, measured_at = $3 from unnest($1::bigint[], $2::text[]) as t (id, verdict)
         where r.id = t.id and (r.measured_at is null or r.measured_at <= $3)",
    )
    .bind(due.iter().map(|(kept, _)| kept.id.0).collect::<Vec<_>>())
    .bind(found.iter().map(|found| found.outcome.verdict.as_str()).collect::<Vec<_>>())
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

async fn marks(
    tx: &mut PgConnection,
    due: &[(Kept, Vec<Due>)],
    marks: &BTreeMap<String, Mark>,
) -> Result<()> {
    for (kept, _) in due {
        let Some(mark) = marks.get(&kept.facts.rule.name) else { continue };
        sqlx::query("update rules set mark = $2 where id = $1")
            .bind(kept.id.0)
            .bind(serde_json::to_value(mark).map_err(Failure::internal)?)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// What rules that compare with it counted a day and a week ago: the result that lies nearest to then, within half a day.
pub(super) async fn earlier(conn: &mut PgConnection, kept: &[&Kept]) -> Result<BTreeMap<String, Earlier>> {
    let comparing: Vec<&&Kept> = kept
        .iter()
        .filter(|kept| matches!(&kept.facts.rule.check, Check::RowCount(check) if check.against.is_some()))
        .collect();
    if comparing.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(i64, Option<f64>, Option<f64>)> = sqlx::query_as(
        "select r.id, d.value, w.value from unnest($1::bigint[]) as r (id)
         left join lateral (select o.value from rule_results o where o.rule_id = r.id and o.value is not null
                            and o.at between now() - interval '36 hours' and now() - interval '12 hours'
                            order by abs(extract(epoch from o.at - (now() - interval '1 day'))) limit 1) d on true
         left join lateral (select o.value from rule_results o where o.rule_id = r.id and o.value is not null
                            and o.at between now() - interval '180 hours' and now() - interval '156 hours'
                            order by abs(extract(epoch from o.at - (now() - interval '7 days'))) limit 1) w on true",
    )
    .bind(comparing.iter().map(|kept| kept.id.0).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let names: BTreeMap<i64, &str> =
        comparing.iter().map(|kept| (kept.id.0, kept.facts.rule.name.as_str())).collect();
    let earlier = |(id, yesterday, last_week): (i64, Option<f64>, Option<f64>)| {
        let earlier = Earlier { yesterday: yesterday.map(counted), last_week: last_week.map(counted) };
        Some(((*names.get(&id)?).to_owned(), earlier))
    };
    Ok(rows.into_iter().filter_map(earlier).collect())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of rows, kept as a number to be drawn"
)]
fn counted(value: f64) -> u64 {
    value.max(0.0) as u64
}

/// Results are kept for so many days: a season of each metric, and a bit.
const KEEP_DAYS: i32 = 400;

/// How many of what is old go in one transaction.
const BATCH: i64 = 5_000;

/// Removes results that are old, but for the last of each rule. Gives how many went.
pub(crate) async fn sweep(app: &App) -> Result<u64> {
    let gone = sqlx::query(
        "delete from rule_results o using (
             select r.rule_id, r.due_at from rule_results r
             where r.at < now() - make_interval(days => $1)
               and exists (select from rule_results n where n.rule_id = r.rule_id and n.at > r.at) limit $2) old
         where o.rule_id = old.rule_id and o.due_at = old.due_at",
    )
    .bind(KEEP_DAYS)
    .bind(BATCH)
    .execute(&app.db().tasks)
    .await?;
    // A look of which nothing is kept any more.
    sqlx::query(
        "delete from checks where id in (
             select c.id from checks c where c.ended_at < now() - make_interval(days => $1)
               and not exists (select from rule_results o where o.check_id = c.id)
               and not exists (select from incidents i where i.check_id = c.id) limit $2)",
    )
    .bind(KEEP_DAYS)
    .bind(BATCH)
    .execute(&app.db().tasks)
    .await?;
    Ok(gone.rows_affected())
}
