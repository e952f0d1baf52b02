//! The tree in PostgreSQL: who lies in whom at an instant, as far as the scope of now covers it.

use crate::access::push_scope;
use crate::catalog::asset::Asset;
use crate::catalog::rows::word;
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_model::{AssetId, Language, SourceKind};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::HashMap;

/// Where something stands among its like; the key of a page's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub(super) struct Place {
    pub is_dataset: bool,
    pub name: String,
    pub id: i64,
    pub state: String,
}

impl Place {
    pub(super) const fn asset(&self) -> AssetId {
        AssetId(self.id)
    }
}

/// At most `limit` sources after a place, by name.
pub(super) async fn sources(
    conn: &mut PgConnection,
    see: &Scope,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select false as is_dataset, a.name, a.id, a.state from assets a where a.kind = 'source' and a.state = 'live' and ",
    );
    push_scope(&mut query, "a", see);
    if let Some(after) = after {
        query
            .push(" and (a.name, a.id) > (")
            .push_bind(after.name.clone())
            .push(", ")
            .push_bind(after.id)
            .push(")");
    }
    query.push(" order by a.name, a.id limit ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// How a source stands.
#[derive(Debug, Clone)]
pub struct SourceFigures {
    /// What kind it is.
    pub kind: SourceKind,
    /// How many datasets of it the reader sees.
    pub datasets: i64,
    /// When the last complete crawl ended.
    pub last_crawl: Option<DateTime<Utc>>,
    /// When the next is due.
    pub next_crawl: Option<DateTime<Utc>>,
    /// Since when crawls fail.
    pub failing_since: Option<DateTime<Utc>>,
    /// Whether a crawl is under way or waits.
    pub is_crawling: bool,
    /// Whether its schedule is paused.
    pub is_paused: bool,
}

#[derive(Debug, sqlx::FromRow)]
struct SourceFiguresRow {
    id: i64,
    kind: String,
    last_crawl_at: Option<DateTime<Utc>>,
    next_due: Option<DateTime<Utc>>,
    failing_since: Option<DateTime<Utc>>,
    is_crawling: bool,
    is_paused: bool,
}

/// How sources stand, by id.
pub(super) async fn source_figures(
    conn: &mut PgConnection,
    see: &Scope,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, SourceFigures>> {
    let raw: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<SourceFiguresRow> = sqlx::query_as(
        "select s.asset_id as id, s.kind, s.last_crawl_at, s.next_due, s.failing_since, coalesce(f.paused, false) as is_paused,
                exists (select from tasks t where t.asset_id = s.asset_id and t.kind = 'crawl' and t.state in ('queued', 'running')) as is_crawling
         from sources s left join source_facts f on f.source_id = s.asset_id and f.valid_to is null
         where s.asset_id = any($1)",
    )
    .bind(&raw)
    .fetch_all(&mut *conn)
    .await?;
    let counts = figures(conn, see, ids, None).await?;
    let of = |row: SourceFiguresRow| {
        let id = AssetId(row.id);
        let figures = SourceFigures {
            kind: word(&row.kind)?,
            datasets: counts.get(&id).map_or(0, |figures| figures.datasets),
            last_crawl: row.last_crawl_at,
            next_crawl: row.next_due.filter(|_| !row.is_paused),
            failing_since: row.failing_since,
            is_crawling: row.is_crawling,
            is_paused: row.is_paused,
        };
        Ok((id, figures))
    };
    rows.into_iter().map(of).collect()
}

/// The kind of an asset's source, and when it was last crawled completely.
pub(super) async fn source_of(
    conn: &mut PgConnection,
    asset: &Asset,
) -> Result<(SourceKind, Option<DateTime<Utc>>)> {
    let row: Option<(String, Option<DateTime<Utc>>)> =
        sqlx::query_as("select kind, last_crawl_at from sources where asset_id = $1")
            .bind(asset.source.map(|id| id.0))
            .fetch_optional(conn)
            .await?;
    match row {
        Some((kind, crawled)) => Ok((word(&kind)?, crawled)),
        None => Ok((SourceKind::Postgresql, None)),
    }
}

/// What lies right in a container.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inside<'a> {
    /// The container.
    pub container: AssetId,
    /// A part of the name.
    pub part: &'a str,
    /// The instant.
    pub at: Option<DateTime<Utc>>,
}

/// At most `limit` children after a place: containers first, then datasets, by name.
pub(super) async fn children(
    conn: &mut PgConnection,
    see: &Scope,
    inside: Inside<'_>,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    let mut query =
        QueryBuilder::<Postgres>::new("select a.kind = 'dataset' as is_dataset, f.name, a.id, f.state");
    push_children(&mut query, see, inside);
    if let Some(after) = after {
        query.push(" and (a.kind = 'dataset', f.name, a.id) > (").push_bind(after.is_dataset);
        query.push(", ").push_bind(after.name.clone()).push(", ").push_bind(after.id).push(")");
    }
    query.push(" order by 1, 2, 3 limit ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// How many children there are.
pub(super) async fn count_children(conn: &mut PgConnection, see: &Scope, inside: Inside<'_>) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("select count(*)");
    push_children(&mut query, see, inside);
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

fn push_children(query: &mut QueryBuilder<Postgres>, see: &Scope, inside: Inside<'_>) {
    query.push(" from asset_facts f join assets a on a.id = f.asset_id where f.state = 'live' and a.kind not in ('source', 'job')");
    query.push(" and f.parent_id = ").push_bind(inside.container.0);
    query.push(" and holds(f.valid_from, f.valid_to, ").push_bind(inside.at).push(")");
    if !inside.part.is_empty() {
        query.push(" and strpos(lower(f.name), lower(").push_bind(inside.part.to_owned()).push(")) > 0");
    }
    query.push(" and ");
    push_scope(query, "a", see);
}

/// What lies in a container at any depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContainerFigures {
    /// How many datasets.
    pub datasets: i64,
    /// How many of them nobody owns.
    pub unowned: i64,
}

/// How many datasets lie in each container at any depth, as far as the scope covers them.
pub(super) async fn figures(
    conn: &mut PgConnection,
    see: &Scope,
    containers: &[AssetId],
    at: Option<DateTime<Utc>>,
) -> Result<HashMap<AssetId, ContainerFigures>> {
    let ids: Vec<i64> = containers.iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = QueryBuilder::<Postgres>::new("");
    match at {
        None => {
            query.push("with below as (select u.id as root, a.id from assets a cross join lateral unnest(a.container_path) u (id)");
            query
                .push(" where a.kind = 'dataset' and a.state = 'live' and u.id = any(")
                .push_bind(ids.clone());
            query.push(") and a.scope_path && ").push_bind(ids).push(")");
        }
        Some(_) => {
            query
                .push("with recursive down as (select id as root, id, '' as state from unnest(")
                .push_bind(ids);
            query.push("::bigint[]) u (id) union all select d.root, f.asset_id, f.state from down d join asset_facts f");
            query
                .push(" on f.parent_id = d.id and holds(f.valid_from, f.valid_to, ")
                .push_bind(at)
                .push(")),");
            query.push(" below as (select root, id from down where state = 'live')");
        }
    }
    query.push(" select b.root, count(*), count(*) filter (where not exists (select from owners o where o.asset_id = a.id");
    query.push(" and o.origin <> 'proposal' and holds(o.valid_from, o.valid_to, ").push_bind(at).push(")))");
    query.push(" from below b join assets a on a.id = b.id where a.kind = 'dataset' and ");
    push_scope(&mut query, "a", see);
    query.push(" group by b.root");
    let rows: Vec<(i64, i64, i64)> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(id, datasets, unowned)| (AssetId(id), ContainerFigures { datasets, unowned }))
        .collect())
}

/// The first part of each asset's description: in the reader's language before others, a person's before the source's.
pub(super) async fn descriptions(
    conn: &mut PgConnection,
    ids: &[AssetId],
    language: Language,
    at: Option<DateTime<Utc>>,
) -> Result<HashMap<AssetId, String>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "select distinct on (asset_id) asset_id, left(body, 400) from texts
         where asset_id = any($1) and column_id is null and field = 'description' and origin <> 'proposal'
           and holds(valid_from, valid_to, $3)
         order by asset_id, language <> $2, origin <> 'person'",
    )
    .bind(&ids)
    .bind(language.as_str())
    .bind(at)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, body)| (AssetId(id), body)).collect())
}
