//! From names to datasets, and where nothing has a name: a dataset that is only named.

use super::places::kind_of;
use crate::catalog::names::{rename, resolve};
use crate::catalog::search;
use crate::catalog::store::{AssetFacts, NewAsset, create_assets};
use crate::change::{ChangeSet, Topic};
use crate::error::{Failure, Result};
use cadastre_model::{AssetId, AssetKind, AssetName, AssetState, ColumnId, MatchRule, NameOrigin};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};

/// The datasets behind names, as far as there are any.
pub(super) type Found = HashMap<AssetName, AssetId>;

/// The datasets that these names stand for. What is no dataset (a schema, a job) is not found.
pub(super) async fn find(conn: &mut PgConnection, names: &[AssetName]) -> Result<Found> {
    let ids = resolve(conn, names, MatchRule::Exact, None).await?;
    let raw: Vec<i64> = ids.iter().flatten().map(|id| id.0).collect();
    let datasets: Vec<i64> =
        sqlx::query_scalar("select id from assets where id = any($1) and kind = 'dataset'")
            .bind(raw)
            .fetch_all(conn)
            .await?;
    let pairs = names.iter().zip(ids);
    Ok(pairs
        .filter_map(|(name, id)| Some((name.clone(), id.filter(|id| datasets.contains(&id.0))?)))
        .collect())
}

/// The columns of a dataset in their order: nested ones by their path with dots.
pub(super) type Columns = HashMap<AssetId, Vec<(ColumnId, String)>>;

/// The columns of datasets as they are now.
pub(super) async fn columns(
    conn: &mut PgConnection,
    datasets: impl IntoIterator<Item = AssetId>,
) -> Result<Columns> {
    let ids: Vec<i64> = datasets.into_iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64, Vec<String>)> = sqlx::query_as(
        "select dataset_id, column_id, path from column_facts
         where dataset_id = any($1) and valid_to is null order by dataset_id, ordinal, column_id",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let mut columns = Columns::new();
    for (dataset, column, path) in rows {
        columns.entry(AssetId(dataset)).or_default().push((ColumnId(column), path.join(".")));
    }
    Ok(columns)
}

/// Makes a dataset in state *referenced* for each name that nothing has: in its schema where that is known, else in the
/// source, else in a namespace of its own. Takes the lock of the tree: call it before any row is locked.
pub(super) async fn refer(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    names: &[AssetName],
) -> Result<Found> {
    let mut places: BTreeMap<(AssetId, Option<AssetId>), Vec<&AssetName>> = BTreeMap::new();
    for name in names {
        let (parent, source) = parent_of(conn, change, name).await?;
        places.entry((parent, source)).or_default().push(name);
    }
    let mut found = Found::new();
    for ((parent, source), names) in places {
        let new: Vec<NewAsset> = names
            .iter()
            .map(|name| NewAsset {
                kind: AssetKind::Dataset,
                source,
                facts: AssetFacts {
                    name: name.path.last().cloned().unwrap_or_default(),
                    parent: Some(parent),
                    domain: None,
                    sensitivity: None,
                    state: AssetState::Referenced,
                },
            })
            .collect();
        let made = create_assets(conn, change, &new).await?;
        let named: Vec<(AssetId, AssetName)> =
            made.iter().zip(&names).map(|((id, _), name)| (*id, (*name).clone())).collect();
        // A source's crawl names by the origin *crawl*: under the same one it will find these and adopt them.
        let origin = if source.is_some() { NameOrigin::Crawl } else { NameOrigin::Event };
        rename(conn, change, origin, MatchRule::Exact, source.unwrap_or(parent), &named).await?;
        describe(conn, change, &named).await?;
        found.extend(named.into_iter().map(|(id, name)| (name, id)));
    }
    if !found.is_empty() {
        change.about(Topic::Catalogue);
        let ids: Vec<AssetId> = found.values().copied().collect();
        search::reindex(conn, &ids).await?;
    }
    Ok(found)
}

async fn describe(conn: &mut PgConnection, change: &ChangeSet, named: &[(AssetId, AssetName)]) -> Result<()> {
    sqlx::query(
        "insert into dataset_facts (dataset_id, kind, details, valid_from, change_set)
         select dataset, kind, '{}', $3, $4 from unnest($1::bigint[], $2::text[]) as t (dataset, kind)",
    )
    .bind(named.iter().map(|(id, _)| id.0).collect::<Vec<_>>())
    .bind(named.iter().map(|(_, name)| kind_of(name).as_str()).collect::<Vec<_>>())
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a new dataset of this name lies in, and its source where it has one.
async fn parent_of(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    name: &AssetName,
) -> Result<(AssetId, Option<AssetId>)> {
    let containers: Vec<AssetName> = (1..name.path.len())
        .rev()
        .map(|parts| AssetName::new(&name.namespace, &name.path[..parts]))
        .collect();
    let found = resolve(conn, &containers, MatchRule::Exact, None).await?;
    if let Some(container) = found.into_iter().flatten().next() {
        let row: Option<(String, Option<i64>)> =
            sqlx::query_as("select kind, source_id from assets where id = $1 and state <> 'tombstoned'")
                .bind(container.0)
                .fetch_optional(&mut *conn)
                .await?;
        if let Some((kind, source)) = row
            && matches!(kind.parse(), Ok(AssetKind::Schema | AssetKind::Database))
        {
            return Ok((container, source.map(AssetId)));
        }
    }
    match source_of(conn, &name.namespace).await? {
        Some(source) => Ok((source, Some(source))),
        None => Ok((namespace(conn, change, &name.namespace).await?, None)),
    }
}

/// The source that has a namespace or an alias of it; of several the first.
pub(super) async fn source_of(conn: &mut PgConnection, namespace: &str) -> Result<Option<AssetId>> {
    let id: Option<i64> = sqlx::query_scalar(
        "select a.id from assets a
         where a.kind = 'source' and a.state = 'live' and a.id in (
             select f.source_id from source_facts f where f.namespace = $1 and f.valid_to is null
             union select s.source_id from source_aliases s where s.namespace = $1 and s.valid_to is null)
         order by a.id limit 1",
    )
    .bind(namespace)
    .fetch_optional(conn)
    .await?;
    Ok(id.map(AssetId))
}

/// The container of what no source stands for; made where there is none yet.
pub(super) async fn namespace(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    namespace: &str,
) -> Result<AssetId> {
    let name = AssetName { namespace: namespace.to_owned(), path: Vec::new() };
    let known = resolve(conn, std::slice::from_ref(&name), MatchRule::Exact, None).await?;
    if let Some(id) = known.into_iter().flatten().next() {
        return Ok(id);
    }
    let facts = AssetFacts {
        name: namespace.to_owned(),
        parent: Some(AssetId::REGISTER),
        domain: None,
        sensitivity: None,
        state: AssetState::Live,
    };
    let new = NewAsset { kind: AssetKind::Namespace, source: None, facts };
    let made = create_assets(conn, change, &[new]).await?;
    let id = made.first().map(|made| made.0).ok_or_else(|| Failure::internal("not made"))?;
    rename(conn, change, NameOrigin::Event, MatchRule::Exact, id, &[(id, name)]).await?;
    change.about(Topic::Catalogue);
    search::reindex(conn, &[id]).await?;
    Ok(id)
}

/// The namespace of a source's names.
pub(super) async fn namespace_of(conn: &mut PgConnection, source: AssetId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select namespace from source_facts where source_id = $1 and valid_to is null")
        .bind(source.0)
        .fetch_optional(conn)
        .await?)
}
