//! Asking for a check now, and waiting for its results: a circuit breaker for pipelines.

use super::check;
use super::due::{self, Why};
use super::known;
use super::store::{self, Kept, RuleId};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::error::{Failure, FailureKind, Result};
use crate::tasks::Asked as AskedTask;
use cadastre_model::{Action, PersonId, PublicId};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// A check that was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its task.
    pub task: PublicId,
    /// The time at which its rules were made due: their results carry it.
    pub at: DateTime<Utc>,
    /// How many rules.
    pub rules: usize,
    ids: Vec<i64>,
}

/// Asks for a check of rules of a dataset: of those that are named, else of all that are switched on.
///
/// # Errors
/// `Absent` and `Forbidden` by the dataset; `Conflict` where no source can be asked or there is no rule.
pub(super) async fn ask(app: &App, caller: &Caller, dataset: PublicId, rules: &[PublicId]) -> Result<Asked> {
    let (asset, _) = asset::find(&app.db().web, caller, dataset, Action::ManageRules).await?;
    put(app, &asset, Some(caller.person()), |kept| {
        rules.contains(&kept.public_id) || (rules.is_empty() && kept.facts.enabled)
    })
    .await
}

/// The same by the operator. `names` are of rules.
///
/// # Errors
/// As for people, rights aside.
pub async fn ask_beside(app: &App, dataset: PublicId, names: &[String]) -> Result<Asked> {
    let asset = asset::read(&app.db().web, dataset).await?;
    put(app, &asset, None, |kept| {
        names.contains(&kept.facts.rule.name) || (names.is_empty() && kept.facts.enabled)
    })
    .await
}

/// A dataset of a source by its name, for the operator.
///
/// # Errors
/// `Invalid` where none or several are called so.
pub async fn dataset(app: &App, name: &str) -> Result<PublicId> {
    let mut conn = app.db().web.acquire().await?;
    super::apply::one_named(&mut conn, name, "dataset").await
}

async fn put(
    app: &App,
    asset: &Asset,
    by: Option<PersonId>,
    is_meant: impl Fn(&Kept) -> bool,
) -> Result<Asked> {
    known::checkable(asset)?;
    let mut tx = app.db().web.begin().await?;
    let meant: Vec<RuleId> = store::of_dataset(&mut tx, asset.id)
        .await?
        .iter()
        .filter(|kept| is_meant(kept))
        .map(|kept| kept.id)
        .collect();
    if meant.is_empty() {
        return Err(Failure::new(FailureKind::Conflict, "rule-none"));
    }
    let at: DateTime<Utc> = sqlx::query_scalar("select clock_timestamp()").fetch_one(&mut *tx).await?;
    let due: Vec<(RuleId, DateTime<Utc>)> = meant.iter().map(|id| (*id, at)).collect();
    due::put(&mut tx, &due, Why::Asked, by).await?;
    let AskedTask { public_id, .. } = check::ask(&mut tx, asset.id, by).await?;
    tx.commit().await?;
    let ids = meant.iter().map(|id| id.0).collect();
    Ok(Asked { task: public_id, at, rules: meant.len(), ids })
}

/// What came of a check that was waited for.
#[derive(Debug, Clone, PartialEq)]
pub struct Waited {
    /// The rule.
    pub rule: String,
    /// `pass`, `warn`, `fail`, `error` or `open`.
    pub verdict: String,
    /// How bad it is where it fails.
    pub severity: String,
    /// How many rows failed.
    pub failing: Option<i64>,
    /// Of how many.
    pub rows: Option<i64>,
    /// What was measured.
    pub value: Option<f64>,
    /// Why it is no plain pass or fail.
    pub message: Option<cadastre_model::Message>,
}

#[derive(Debug, sqlx::FromRow)]
struct WaitedRow {
    name: String,
    verdict: String,
    severity: String,
    failing: Option<i64>,
    row_count: Option<i64>,
    value: Option<f64>,
    message: Option<serde_json::Value>,
}

/// How often it is looked whether the results are there.
const EVERY: Duration = Duration::from_millis(100);

/// Waits until all results of a check are there; `told` hears how many are. None where they are not there in time.
///
/// # Errors
/// When the database does not answer.
pub async fn wait(
    app: &App,
    asked: &Asked,
    within: Duration,
    told: &(dyn Fn(usize) + Sync),
) -> Result<Option<Vec<Waited>>> {
    let until = tokio::time::Instant::now() + within;
    loop {
        let rows: Vec<WaitedRow> = sqlx::query_as(
            "select r.name, o.verdict, f.severity, o.failing, o.row_count, o.value, o.message
             from rule_results o join rules r on r.id = o.rule_id
             join rule_facts f on f.rule_id = o.rule_id and f.number = o.version
             where o.rule_id = any($1) and o.due_at = $2 order by r.name",
        )
        .bind(&asked.ids)
        .bind(asked.at)
        .fetch_all(&app.db().web)
        .await?;
        told(rows.len());
        // One that was retired meanwhile has no result to come.
        let waiting: i64 =
            sqlx::query_scalar("select count(*) from rule_dues where rule_id = any($1) and due_at = $2")
                .bind(&asked.ids)
                .bind(asked.at)
                .fetch_one(&app.db().web)
                .await?;
        if waiting == 0 {
            return Ok(Some(rows.into_iter().map(waited).collect()));
        }
        if tokio::time::Instant::now() >= until {
            return Ok(None);
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn waited(row: WaitedRow) -> Waited {
    Waited {
        rule: row.name,
        verdict: row.verdict,
        severity: row.severity,
        failing: row.failing,
        rows: row.row_count,
        value: row.value,
        message: row.message.and_then(|said| serde_json::from_value(said).ok()),
    }
}
