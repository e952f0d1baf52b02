//! How the rules of datasets stand, in one word: for lists, the head of a dataset, the nodes of the lineage.

use crate::error::Result;
use cadastre_frontend::quality::tab::HeadQuality;
use cadastre_frontend::quality::{Badge, Gravity, Points, RuleState};
use cadastre_model::AssetId;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;

#[derive(Debug, sqlx::FromRow)]
struct Row {
    dataset_id: i64,
    severity: String,
    enabled: bool,
    muted_until: Option<DateTime<Utc>>,
    verdict: Option<String>,
}

/// How a rule stands by its last verdict, as the store has its word.
pub(super) fn state(enabled: bool, is_muted: bool, verdict: Option<&str>) -> RuleState {
    match verdict {
        _ if !enabled => RuleState::Disabled,
        _ if is_muted => RuleState::Muted,
        Some("pass") => RuleState::Passing,
        Some("warn") => RuleState::Warning,
        Some("fail") => RuleState::Failing,
        Some("open") => RuleState::Open,
        Some(_) => RuleState::Error,
        None => RuleState::NotRun,
    }
}

/// A severity by its word.
pub(super) fn gravity(severity: &str) -> Gravity {
    Gravity::of_word(severity).unwrap_or(Gravity::Medium)
}

/// How the rules of these datasets stand; whoever asks has found the ids under a scope. What has no rule that counts
/// is not in the answer.
pub(crate) async fn badges(
    conn: &mut PgConnection,
    datasets: &[AssetId],
    now: DateTime<Utc>,
) -> Result<HashMap<AssetId, Badge>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select r.dataset_id, f.severity, f.enabled, f.muted_until, r.verdict
         from rules r join rule_facts f on f.rule_id = r.id and f.valid_to is null
         where r.dataset_id = any($1)",
    )
    .bind(datasets.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let mut badges: HashMap<AssetId, Badge> = HashMap::new();
    for row in rows {
        let is_muted = row.muted_until.is_some_and(|until| until > now);
        let state = state(row.enabled, is_muted, row.verdict.as_deref());
        if matches!(state, RuleState::Disabled | RuleState::Muted) {
            continue;
        }
        let points = Points::of([(gravity(&row.severity), state)]);
        let badge = badges.entry(AssetId(row.dataset_id)).or_default();
        badge.rules += 1;
        badge.points.earned += points.earned;
        badge.points.possible += points.possible;
        match state {
            RuleState::Failing | RuleState::Error => badge.failing += 1,
            RuleState::Warning => badge.warning += 1,
            RuleState::Open | RuleState::NotRun => badge.unmeasured += 1,
            _ => {}
        }
    }
    Ok(badges)
}

/// How a dataset's rules stand, with its open incidents.
pub(crate) async fn head(
    conn: &mut PgConnection,
    dataset: AssetId,
    now: DateTime<Utc>,
) -> Result<HeadQuality> {
    let badge = badges(conn, &[dataset], now).await?.remove(&dataset).unwrap_or_default();
    let incidents: i64 =
        sqlx::query_scalar("select count(*) from incidents where dataset_id = $1 and state <> 'closed'")
            .bind(dataset.0)
            .fetch_one(conn)
            .await?;
    Ok(HeadQuality { badge, incidents })
}
