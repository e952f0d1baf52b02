//! What the catalogue knows of a source, as far as a crawl compares with it.

use super::matching::Known;
use crate::catalog::store::AssetFacts;
use crate::error::{Failure, Result};
use cadastre_model::{AssetId, AssetKind, AssetState, Sensitivity};
use sqlx::PgConnection;
use std::collections::HashMap;

/// An asset of the source, with what is true of it.
#[derive(Debug, Clone)]
pub(super) struct Current {
    pub(super) kind: AssetKind,
    pub(super) known: Known,
    pub(super) facts: AssetFacts,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    name: String,
    parent_id: Option<i64>,
    domain_id: Option<i64>,
    sensitivity: Option<String>,
    state: String,
    system: Option<String>,
    object: Option<String>,
}

impl Row {
    fn facts(&self) -> Result<AssetFacts> {
        let level = self.sensitivity.as_deref().map(str::parse::<Sensitivity>).transpose();
        Ok(AssetFacts {
            name: self.name.clone(),
            parent: self.parent_id.map(AssetId),
            domain: self.domain_id.map(AssetId),
            sensitivity: level.map_err(Failure::internal)?,
            state: self.state.parse().map_err(Failure::internal)?,
        })
    }
}

/// Everything in the source, by id.
pub(super) async fn assets(conn: &mut PgConnection, source: AssetId) -> Result<HashMap<AssetId, Current>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select a.id, a.kind, a.name, a.parent_id, a.domain_id, a.sensitivity, a.state, i.system, i.object
         from assets a left join identities i on i.asset_id = a.id
         where a.source_id = $1 and a.kind in ('database', 'schema', 'dataset') and a.merged_into is null",
    )
    .bind(source.0)
    .fetch_all(conn)
    .await?;
    let names: HashMap<i64, (&str, Option<i64>)> =
        rows.iter().map(|row| (row.id, (row.name.as_str(), row.parent_id))).collect();
    rows.iter()
        .map(|row| {
            let id = AssetId(row.id);
            let facts = row.facts()?;
            let known = Known {
                id,
                path: path(&names, row.id),
                state: facts.state,
                identity: row.system.clone().zip(row.object.clone()),
            };
            let kind = row.kind.parse().map_err(Failure::internal)?;
            Ok((id, Current { kind, known, facts }))
        })
        .collect()
}

fn path(names: &HashMap<i64, (&str, Option<i64>)>, id: i64) -> Vec<String> {
    let mut path = Vec::with_capacity(3);
    let mut next = Some(id);
    while let Some((name, parent)) = next.and_then(|id| names.get(&id)) {
        path.push((*name).to_owned());
        next = *parent;
    }
    path.reverse();
    path
}

/// What is true of these assets now, under their locks: what a person changed meanwhile is seen.
pub(super) async fn locked(conn: &mut PgConnection, ids: &[AssetId]) -> Result<HashMap<AssetId, AssetFacts>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select a.id, a.kind, a.name, a.parent_id, a.domain_id, a.sensitivity, a.state,
                null::text as system, null::text as object
         from assets a where a.id = any($1) order by a.id for update",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((AssetId(row.id), row.facts()?))).collect()
}

/// Notes by which identity assets are known, and forgets those of others that had one of them.
pub(super) async fn identify(
    conn: &mut PgConnection,
    source: AssetId,
    system: Option<&str>,
    objects: &[(AssetId, String)],
) -> Result<()> {
    let Some(system) = system else { return Ok(()) };
    let ids: Vec<i64> = objects.iter().map(|(id, _)| id.0).collect();
    let objects: Vec<&str> = objects.iter().map(|(_, object)| object.as_str()).collect();
    sqlx::query(
        "delete from identities i using unnest($3::bigint[], $4::text[]) as t (asset, object)
         where i.source_id = $1 and i.system = $2 and i.object = t.object and i.asset_id <> t.asset",
    )
    .bind(source.0)
    .bind(system)
    .bind(&ids)
    .bind(&objects)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into identities (asset_id, source_id, system, object)
         select t.asset, $1, $2, t.object from unnest($3::bigint[], $4::text[]) as t (asset, object)
         on conflict (asset_id) do update set system = excluded.system, object = excluded.object
            where (identities.system, identities.object) is distinct from (excluded.system, excluded.object)",
    )
    .bind(source.0)
    .bind(system)
    .bind(&ids)
    .bind(&objects)
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes what has gone: state, names, identity. Gives how many of them had lived.
pub(super) async fn close(
    conn: &mut PgConnection,
    change: &mut crate::change::ChangeSet,
    ids: &[AssetId],
    state: AssetState,
) -> Result<usize> {
    let mut facts = locked(conn, ids).await?;
    let gone: Vec<(AssetId, AssetFacts)> = facts
        .drain()
        .filter(|(_, facts)| facts.state != state)
        .map(|(id, facts)| (id, AssetFacts { state, ..facts }))
        .collect();
    let changed = crate::catalog::store::change_assets(conn, change, &gone).await?;
    if state == AssetState::Tombstoned {
        crate::catalog::names::retire(conn, change, cadastre_model::NameOrigin::Crawl, &changed).await?;
        let ids: Vec<i64> = changed.iter().map(|id| id.0).collect();
        sqlx::query("delete from identities where asset_id = any($1)").bind(ids).execute(conn).await?;
    }
    Ok(changed.len())
}
