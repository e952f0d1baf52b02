//! What brings lineage in, and when it last did, as far as the reader sees it.

use crate::access::push_scope;
use crate::catalog::{rows, visible};
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_model::{AssetId, Language, Maker};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// Something that brings lineage in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collector {
    /// Which way.
    pub maker: Maker,
    /// The source that is crawled.
    pub source: Option<String>,
    /// When it last brought something.
    pub last: Option<DateTime<Utc>>,
}

/// The ways besides crawls.
const WAYS: [Maker; 4] = [Maker::Sql, Maker::OpenLineage, Maker::Dbt, Maker::Config];

/// The crawls of these sources, and the other ways.
pub(crate) async fn of(
    conn: &mut PgConnection,
    see: &Scope,
    sources: &[AssetId],
    language: Language,
) -> Result<Vec<Collector>> {
    let seen = visible::of(conn, see, sources.iter().copied()).await?;
    let sources: Vec<AssetId> = sources.iter().copied().filter(|id| seen.contains(id)).collect();
    let named = rows::named(conn, see, &sources, language).await?;
    let crawled: Vec<(i64, Option<DateTime<Utc>>)> =
        sqlx::query_as("select asset_id, last_crawl_at from sources where asset_id = any($1)")
            .bind(sources.iter().map(|id| id.0).collect::<Vec<_>>())
            .fetch_all(&mut *conn)
            .await?;
    let mut all = Vec::new();
    for (id, last) in crawled {
        let source = named.get(&AssetId(id)).map(|named| named.name.clone());
        all.push(Collector { maker: Maker::Crawl, source, last });
    }
    all.sort_by(|one, other| one.source.cmp(&other.source));
    let said = said(conn, see).await?;
    all.extend(WAYS.map(|maker| Collector {
        maker,
        source: None,
        last: said.iter().find(|(word, _)| word == maker.as_str()).map(|(_, last)| *last),
    }));
    Ok(all)
}

/// When a job that the reader sees last came by each way.
async fn said(conn: &mut PgConnection, see: &Scope) -> Result<Vec<(String, DateTime<Utc>)>> {
    let mut query = QueryBuilder::<Postgres>::new("select m.maker, l.valid_from from unnest(");
    query.push_bind(WAYS.map(|maker| maker.as_str().to_owned())).push(
        "::text[]) m (maker) cross join lateral (
             select f.valid_from from job_facts f join assets a on a.id = f.job_id
             where f.maker = m.maker and f.valid_to is null and ",
    );
    push_scope(&mut query, "a", see);
    query.push(" order by f.valid_from desc limit 1) l");
    Ok(query.build_query_as().fetch_all(conn).await?)
}
