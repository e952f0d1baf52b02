//! Incidents as results open and close them. Rules that begin to fail in one check are one incident; a rule is in one open incident at
//! most, and one whose rules have all passed again, or were retired, is closed. What could not be measured says nothing.

use super::due::Due;
use super::result::Found;
use super::store::{Kept, RuleId};
use crate::catalog::asset::Asset;
use crate::error::Result;
use crate::notices::{self, By, Happened};
use chrono::{DateTime, Utc};
use rules::{Severity, Verdict};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// Brings the incidents of a dataset to what a check found.
pub(super) async fn follow(
    tx: &mut PgConnection,
    asset: &Asset,
    check: i64,
    at: DateTime<Utc>,
    due: &[(Kept, Vec<Due>)],
    found: &[Found],
) -> Result<()> {
    let of = |verdicts: &[Verdict]| -> Vec<&Kept> {
        let pairs = due.iter().zip(found);
        pairs
            .filter(|(_, found)| verdicts.contains(&found.outcome.verdict))
            .map(|((kept, _), _)| kept)
            .collect()
    };
    passed(tx, at, &ids(&of(&[Verdict::Pass, Verdict::Warn]))).await?;
    let failing = of(&[Verdict::Fail]);
    let known = open(tx, &ids(&failing)).await?;
    seen(tx, at, &known).await?;
    let is_new =
        |kept: &&&Kept| !known.contains(&kept.id.0) && kept.facts.muted_until.is_none_or(|until| until <= at);
    let new: Vec<&Kept> = failing.iter().filter(is_new).copied().collect();
    if !new.is_empty() {
        begin(tx, asset, check, at, &new).await?;
    }
    Ok(())
}

fn ids(kept: &[&Kept]) -> Vec<i64> {
    kept.iter().map(|kept| kept.id.0).collect()
}

/// Those of the rules that are in an open incident.
async fn open(tx: &mut PgConnection, rules: &[i64]) -> Result<BTreeSet<i64>> {
    let known: Vec<i64> =
        sqlx::query_scalar("select rule_id from incident_rules where until is null and rule_id = any($1)")
            .bind(rules)
            .fetch_all(tx)
            .await?;
    Ok(known.into_iter().collect())
}

/// Incidents whose rules fail still.
async fn seen(tx: &mut PgConnection, at: DateTime<Utc>, rules: &BTreeSet<i64>) -> Result<()> {
    sqlx::query(
        "update incidents set seen_at = $2
         where id in (select incident_id from incident_rules where until is null and rule_id = any($1))",
    )
    .bind(rules.iter().copied().collect::<Vec<_>>())
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

async fn begin(
    tx: &mut PgConnection,
    asset: &Asset,
    check: i64,
    at: DateTime<Utc>,
    rules: &[&Kept],
) -> Result<()> {
    let severity = rules.iter().map(|kept| kept.facts.rule.severity).max().unwrap_or(Severity::Medium);
    let incident: i64 = sqlx::query_scalar(
        "insert into incidents (dataset_id, check_id, severity, opened_at, seen_at) values ($1, $2, $3, $4, $4) returning id",
    )
    .bind(asset.id.0)
    .bind(check)
    .bind(severity.as_str())
    .bind(at)
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query(
        "with joined as (
             insert into incident_rules (incident_id, rule_id, since) select $1, rule, $3 from unnest($2::bigint[]) as rule)
         insert into incident_events (incident_id, at, kind, rule_id)
         select $1, $3, 'opened', rule from unnest($2::bigint[]) as rule",
    )
    .bind(incident)
    .bind(ids(rules))
    .bind(at)
    .execute(&mut *tx)
    .await?;
    notices::of_incidents(tx, Happened::Opened, &[incident], By::default()).await
}

/// Rules that pass again leave their incident; one without any is closed.
async fn passed(tx: &mut PgConnection, at: DateTime<Utc>, rules: &[i64]) -> Result<()> {
    let left: Vec<i64> = sqlx::query_scalar(
        "with gone as (
             update incident_rules set until = $2 where until is null and rule_id = any($1) returning incident_id, rule_id),
         told as (
             insert into incident_events (incident_id, at, kind, rule_id) select incident_id, $2, 'passed', rule_id from gone)
         select distinct incident_id from gone",
    )
    .bind(rules)
    .bind(at)
    .fetch_all(&mut *tx)
    .await?;
    if left.is_empty() {
        return Ok(());
    }
    let closed: Vec<i64> = sqlx::query_scalar(
        "with closed as (
             update incidents i set state = 'closed', closed_at = $2, counter = counter + 1
             where i.id = any($1) and i.state <> 'closed'
               and not exists (select from incident_rules m where m.incident_id = i.id and m.until is null)
             returning id)
         insert into incident_events (incident_id, at, kind) select id, $2, 'closed' from closed returning incident_id",
    )
    .bind(&left)
    .bind(at)
    .fetch_all(&mut *tx)
    .await?;
    notices::of_incidents(tx, Happened::Resolved, &closed, By::default()).await
}

/// A rule that is retired leaves its incident as one that passes.
pub(super) async fn retired(tx: &mut PgConnection, at: DateTime<Utc>, rule: RuleId) -> Result<()> {
    passed(tx, at, &[rule.0]).await
}
