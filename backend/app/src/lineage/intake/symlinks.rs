//! Other names of the same dataset, as clients tell of them. What was known by such a name only becomes one with the dataset
//! that says so; two that a crawl has found stay two.

use crate::catalog::names::resolve;
use crate::catalog::store::{AssetFacts, change_assets};
use crate::change::ChangeSet;
use crate::error::{Failure, Result};
use cadastre_model::{AssetId, AssetName, AssetState, MatchRule, NameOrigin};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

/// A dataset with the other names that it has.
#[derive(Debug, Clone)]
pub(super) struct Linked {
    pub(super) dataset: AssetId,
    pub(super) names: Vec<AssetName>,
}

/// Gives datasets their other names; gives the datasets that changed, merged ones too.
pub(super) async fn apply(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    linked: &[Linked],
) -> Result<BTreeSet<AssetId>> {
    let pairs: Vec<(AssetId, AssetName)> =
        linked.iter().flat_map(|one| one.names.iter().map(|name| (one.dataset, name.clone()))).collect();
    let mut changed = end_others(conn, change, linked).await?;
    let names: Vec<AssetName> = pairs.iter().map(|pair| pair.1.clone()).collect();
    let held = resolve(conn, &names, MatchRule::Exact, None).await?;
    let mut free = Vec::new();
    for ((dataset, name), held) in pairs.into_iter().zip(held) {
        match held {
            Some(other) if other == dataset => {}
            Some(other) => changed.extend(merge(conn, change, other, dataset).await?),
            None => free.push((dataset, name)),
        }
    }
    changed.extend(free.iter().map(|(dataset, _)| *dataset));
    insert(conn, change, &free).await?;
    change.touch_all(changed.iter().copied());
    Ok(changed)
}

/// Ends names that are no longer told.
async fn end_others(
    conn: &mut PgConnection,
    change: &ChangeSet,
    linked: &[Linked],
) -> Result<BTreeSet<AssetId>> {
    let datasets: Vec<i64> = linked.iter().map(|one| one.dataset.0).collect();
    let kept: Vec<Vec<u8>> = linked.iter().flat_map(|one| one.names.iter().map(hash)).collect();
    let owners: Vec<i64> = linked.iter().flat_map(|one| one.names.iter().map(|_| one.dataset.0)).collect();
    let ended: Vec<i64> = sqlx::query_scalar(
        "update names n set valid_to = greatest($4, n.valid_from + interval '1 microsecond'), closed_by = $5
         where n.asset_id = any($1) and n.origin = 'symlink' and n.valid_to is null
           and not exists (select from unnest($2::bigint[], $3::bytea[]) as t (asset, hash)
                           where t.asset = n.asset_id and t.hash = n.match_hash)
         returning n.asset_id",
    )
    .bind(datasets)
    .bind(owners)
    .bind(kept)
    .bind(change.at)
    .bind(change.id.0)
    .fetch_all(conn)
    .await?;
    Ok(ended.into_iter().map(AssetId).collect())
}

fn hash(name: &AssetName) -> Vec<u8> {
    name.match_hash(MatchRule::Exact)
}

async fn insert(conn: &mut PgConnection, change: &ChangeSet, names: &[(AssetId, AssetName)]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let paths: Vec<serde_json::Value> = names.iter().map(|(_, name)| serde_json::json!(name.path)).collect();
    sqlx::query(
        "insert into names (asset_id, namespace, path, match_hash, origin, valid_from, change_set)
         select t.asset, t.namespace, array(select jsonb_array_elements_text(t.path)), t.hash, $5, $6, $7
         from unnest($1::bigint[], $2::text[], $3::jsonb[], $4::bytea[]) as t (asset, namespace, path, hash)
         on conflict do nothing",
    )
    .bind(names.iter().map(|(asset, _)| asset.0).collect::<Vec<_>>())
    .bind(names.iter().map(|(_, name)| name.namespace.as_str()).collect::<Vec<_>>())
    .bind(paths)
    .bind(names.iter().map(|(_, name)| hash(name)).collect::<Vec<_>>())
    .bind(NameOrigin::Symlink.as_str())
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    parent_id: Option<i64>,
    domain_id: Option<i64>,
    sensitivity: Option<String>,
    is_crawled: bool,
}

/// Makes two datasets one: what only clients know goes into the other. Gives both; none where both were crawled, or one
/// of them is no dataset.
async fn merge(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    one: AssetId,
    other: AssetId,
) -> Result<Vec<AssetId>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select a.id, a.name, a.parent_id, a.domain_id, a.sensitivity,
                exists (select from identities i where i.asset_id = a.id) as is_crawled
         from assets a where a.id = any($1) and a.kind = 'dataset' and a.merged_into is null order by a.id for update of a",
    )
    .bind([one.0, other.0])
    .fetch_all(&mut *conn)
    .await?;
    let mut rows: HashMap<AssetId, Row> = rows.into_iter().map(|row| (AssetId(row.id), row)).collect();
    let (Some(first), Some(second)) = (rows.remove(&one), rows.remove(&other)) else { return Ok(Vec::new()) };
    let (gone, stays) = match (first.is_crawled, second.is_crawled) {
        (true, true) => return Ok(Vec::new()),
        (true, false) => (second, one),
        (false, _) => (first, other),
    };
    let id = AssetId(gone.id);
    sqlx::query("update assets set merged_into = $2 where id = $1 or merged_into = $1")
        .bind(id.0)
        .bind(stays.0)
        .execute(&mut *conn)
        .await?;
    let facts = AssetFacts {
        name: gone.name,
        parent: gone.parent_id.map(AssetId),
        domain: gone.domain_id.map(AssetId),
        sensitivity: gone.sensitivity.as_deref().map(str::parse).transpose().map_err(Failure::internal)?,
        state: AssetState::Tombstoned,
    };
    change_assets(conn, change, &[(id, facts)]).await?;
    Ok(vec![id, stays])
}
