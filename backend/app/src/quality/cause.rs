//! Where an incident probably comes from: the farthest dataset up the lineage in which rules fail too, and what lies between.

use super::badge::badges;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::catalog::visible;
use crate::error::Result;
use cadastre_lineage::{Direction, ImpactAsk, Level, NodeId, Sight};
use cadastre_model::{Action, AssetId, ObjectKind, Sensitivity};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// So far up is looked, and at so many datasets.
const HOPS: u32 = 6;
const DATASETS: usize = 500;

/// A dataset on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) asset: AssetId,
    /// How many of its rules fail.
    pub(super) failing: i64,
    /// Since when an incident is open there.
    pub(super) since: Option<DateTime<Utc>>,
}

/// The way from the likely cause down to the dataset; empty where nothing up the lineage fails, as far as the reader sees it.
pub(super) async fn of(app: &App, caller: &Caller, asset: &Asset) -> Result<Vec<Step>> {
    let see = caller.scope(Action::See)?;
    let impact = {
        let covers = |kind: ObjectKind, level: Sensitivity, path: &[AssetId]| see.covers_at(kind, level, path);
        let names = |kind: ObjectKind, level: Sensitivity, asset: AssetId| see.names(kind, level, asset);
        let whole = ImpactAsk::whole(NodeId::Asset(asset.id), Direction::Up, Level::Datasets);
        let ask = ImpactAsk { depth: Some(HOPS), ..whole };
        app.lineage().ask(|graph| graph.impact(Sight::scoped(&covers, &names), &ask))?
    };
    let mut up: Vec<AssetId> = impact.reached.iter().map(|one| one.asset).take(DATASETS).collect();
    up.push(asset.id);
    let mut conn = app.db().web.acquire().await?;
    // The graph may be a moment behind what may be seen.
    let seen = visible::of(&mut conn, &see, up.iter().copied()).await?;
    let badges = badges(&mut conn, &up, caller.now).await?;
    let failing = |id: AssetId| badges.get(&id).map_or(0, |badge| badge.failing);
    let farthest = (0..impact.reached.len())
        .filter(|&at| impact.reached[at].hop > 0 && failing(impact.reached[at].asset) > 0)
        .filter(|&at| impact.path(at).iter().all(|&step| impact.reached.get(step).is_some_and(|one| seen.contains(&one.asset))))
        .max_by_key(|&at| (impact.reached[at].hop, std::cmp::Reverse(at)));
    let Some(farthest) = farthest else { return Ok(Vec::new()) };
    let mut way: Vec<AssetId> =
        impact.path(farthest).iter().filter_map(|&step| impact.reached.get(step)).map(|one| one.asset).collect();
    // From the cause down to the dataset.
    way.reverse();
    if way.last() != Some(&asset.id) {
        way.push(asset.id);
    }
    let opened: Vec<(i64, DateTime<Utc>)> = sqlx::query_as(
        "select dataset_id, min(opened_at) from incidents where state <> 'closed' and dataset_id = any($1) group by dataset_id",
    )
    .bind(way.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(&mut *conn)
    .await?;
    let since: HashMap<i64, DateTime<Utc>> = opened.into_iter().collect();
    Ok(way.into_iter().map(|id| Step { asset: id, failing: failing(id), since: since.get(&id.0).copied() }).collect())
}
