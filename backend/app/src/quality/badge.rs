//! How the rules of datasets stand, in one word: for lists, the head of a dataset, the nodes of the lineage.

use crate::access::{Caller, push_scope};
use crate::error::Result;
use cadastre_frontend::quality::tab::HeadQuality;
use cadastre_frontend::quality::{Badge, Gravity, Points, RuleState};
use cadastre_model::{Action, AssetId};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::HashMap;

#[derive(Debug, sqlx::FromRow)]
struct Row {
    dataset_id: i64,
    severity: String,
    enabled: bool,
    muted_until: Option<DateTime<Utc>>,
    verdict: Option<String>,
}

impl Row {
    fn state(&self, now: DateTime<Utc>) -> RuleState {
        if !self.enabled {
            return RuleState::Disabled;
        }
        if self.muted_until.is_some_and(|until| until > now) {
            return RuleState::Muted;
        }
        match self.verdict.as_deref() {
            Some("pass") => RuleState::Passing,
            Some("warn") => RuleState::Warning,
            Some("fail") => RuleState::Failing,
            Some("open") => RuleState::Open,
            Some(_) => RuleState::Error,
            None => RuleState::NotRun,
        }
    }
}

/// How the rules of these datasets stand; whoever asks has found the ids under a scope. What has no rule is not in the answer.
pub(crate) async fn badges(
    conn: &mut PgConnection,
    datasets: &[AssetId],
    now: DateTime<Utc>,
) -> Result<HashMap<AssetId, Badge>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select r.dataset_id, f.severity, f.enabled, f.muted_until, l.verdict
         from rules r join rule_facts f on f.rule_id = r.id and f.valid_to is null
         left join lateral (select o.verdict from rule_results o where o.rule_id = r.id order by o.at desc limit 1) l on true
         where r.dataset_id = any($1)",
    )
    .bind(datasets.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let mut badges: HashMap<AssetId, Badge> = HashMap::new();
    for row in rows {
        let state = row.state(now);
        let gravity = Gravity::of_word(&row.severity).unwrap_or(Gravity::Medium);
        let points = Points::of([(gravity, state)]);
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

/// How many incidents are open at what the caller sees.
pub(crate) async fn open_incidents(conn: &mut PgConnection, caller: &Caller) -> Result<i64> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from incidents i join assets a on a.id = i.dataset_id where i.state <> 'closed' and ",
    );
    push_scope(&mut query, "a", &see);
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}
