//! Sources as people see them. Every list and every number is under the reader's scope.

use crate::access::push_scope;
use crate::error::{Failure, Result};
use cadastre_access::Scope;
use cadastre_model::{AssetId, PublicId};
use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, Postgres, QueryBuilder};
use uuid::Uuid;

/// A source as it stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct SourceRow {
    pub(super) id: i64,
    pub(super) public_id: Uuid,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) counter: i64,
    pub(super) last_crawl_at: Option<DateTime<Utc>>,
    pub(super) next_due: Option<DateTime<Utc>>,
    pub(super) failing_since: Option<DateTime<Utc>>,
    /// How many attempts in a row failed.
    pub(super) failures: i32,
    /// Until when the schedule leaves it alone.
    pub(super) rests_until: Option<DateTime<Utc>>,
    pub(super) secret_set_at: Option<DateTime<Utc>>,
    pub(super) paused: bool,
    /// Whether a crawl runs, or waits for its first attempt.
    pub(super) crawling: bool,
    pub(super) datasets: i64,
    pub(super) domain_id: Option<i64>,
}

/// Sources by name, from the one after this name and id.
pub(super) async fn list(
    db: impl PgExecutor<'_>,
    see: &Scope,
    after: Option<&(String, i64)>,
    limit: i64,
) -> Result<Vec<SourceRow>> {
    let mut query = select(see);
    if let Some((name, id)) = after {
        query.push(" and (a.name, a.id) > (").push_bind(name.clone()).push(", ").push_bind(*id).push(")");
    }
    query.push(" order by a.name, a.id limit ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(db).await?)
}

/// One source.
///
/// # Errors
/// `Absent` when there is none, or not for the reader.
pub(super) async fn one(db: impl PgExecutor<'_>, see: &Scope, id: PublicId) -> Result<SourceRow> {
    let mut query = select(see);
    query.push(" and a.public_id = ").push_bind(id.0);
    query.build_query_as().fetch_optional(db).await?.ok_or_else(Failure::absent)
}

fn select(see: &Scope) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(
        "select a.id, a.public_id, a.name, s.kind, a.counter, s.last_crawl_at, s.next_due, s.failing_since, s.failures, s.rests_until, s.secret_set_at,
                f.paused, a.effective_domain_id as domain_id,
                exists (select from tasks t where t.asset_id = a.id and t.kind = 'crawl'
                          and (t.state = 'running' or t.state = 'queued' and t.attempt = 0)) as crawling,
                (select count(*) from assets d where d.source_id = a.id and d.kind = 'dataset' and d.state = 'live' and ",
    );
    push_scope(&mut query, "d", see);
    query.push(
        ") as datasets
         from assets a join sources s on s.asset_id = a.id
         join source_facts f on f.source_id = a.id and f.valid_to is null
         where ",
    );
    push_scope(&mut query, "a", see);
    query
}

/// How many columns of its datasets the reader sees.
pub(super) async fn columns(db: impl PgExecutor<'_>, see: &Scope, source: AssetId) -> Result<i64> {
    let mut query = QueryBuilder::new(
        "select count(*) from column_facts f join assets d on d.id = f.dataset_id
         where f.valid_to is null and d.kind = 'dataset' and d.state = 'live' and d.source_id = ",
    );
    query.push_bind(source.0).push(" and ");
    push_scope(&mut query, "d", see);
    Ok(query.build_query_scalar().fetch_one(db).await?)
}

/// A domain that the reader sees: its public id and name.
pub(super) async fn domain(db: impl PgExecutor<'_>, see: &Scope, id: i64) -> Result<Option<(Uuid, String)>> {
    let mut query = QueryBuilder::new("select a.public_id, a.name from assets a where a.id = ");
    query.push_bind(id).push(" and ");
    push_scope(&mut query, "a", see);
    Ok(query.build_query_as().fetch_optional(db).await?)
}

/// What is said about a source: body, language, origin.
pub(super) async fn descriptions(
    db: impl PgExecutor<'_>,
    source: AssetId,
) -> Result<Vec<(String, String, String)>> {
    let texts = sqlx::query_as(
        "select body, language, origin from texts
         where asset_id = $1 and column_id is null and field = 'description' and valid_to is null",
    )
    .bind(source.0)
    .fetch_all(db)
    .await?;
    Ok(texts)
}

/// The version of the server, as the last crawl that came to its end saw it.
pub(super) async fn server_version(db: impl PgExecutor<'_>, source: AssetId) -> Result<Option<String>> {
    let version: Option<Option<String>> = sqlx::query_scalar(
        "select result ->> 'server_version' from tasks where asset_id = $1 and kind = 'crawl' and state = 'done' order by id desc limit 1",
    )
    .bind(source.0)
    .fetch_optional(db)
    .await?;
    Ok(version.flatten())
}

/// Public ids of sources by name, for the command line.
pub(super) async fn named(db: impl PgExecutor<'_>, name: &str) -> Result<Vec<Uuid>> {
    let found = sqlx::query_scalar(
        "select a.public_id from assets a join source_facts f on f.source_id = a.id and f.valid_to is null
         where a.name = $1 or a.public_id::text = $1",
    )
    .bind(name)
    .fetch_all(db)
    .await?;
    Ok(found)
}

/// Public ids of domains by name, for the command line.
pub(super) async fn domains_named(db: impl PgExecutor<'_>, name: &str) -> Result<Vec<Uuid>> {
    let found = sqlx::query_scalar(
        "select public_id from assets
         where kind = 'domain' and state <> 'tombstoned' and (name = $1 or public_id::text = $1)",
    )
    .bind(name)
    .fetch_all(db)
    .await?;
    Ok(found)
}

/// A source as the operator sees it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct OperatorRow {
    pub(super) public_id: Uuid,
    pub(super) name: String,
    pub(super) connection: serde_json::Value,
    pub(super) datasets: i64,
    pub(super) last_crawl_at: Option<DateTime<Utc>>,
    pub(super) failing_since: Option<DateTime<Utc>>,
}

/// All sources, for the command line.
pub(super) async fn all(db: impl PgExecutor<'_>) -> Result<Vec<OperatorRow>> {
    let rows = sqlx::query_as(
        "select a.public_id, a.name, f.connection, s.last_crawl_at, s.failing_since,
                (select count(*) from assets d where d.source_id = a.id and d.kind = 'dataset' and d.state = 'live') as datasets
         from assets a join sources s on s.asset_id = a.id
         join source_facts f on f.source_id = a.id and f.valid_to is null
         order by a.name, a.id",
    )
    .fetch_all(db)
    .await?;
    Ok(rows)
}

/// What a task says of itself.
type Watched = (String, serde_json::Value, Option<serde_json::Value>, Option<serde_json::Value>);

/// How a task stands, for the command line.
pub(super) async fn watched(db: impl PgExecutor<'_>, task: cadastre_model::TaskId) -> Result<Watched> {
    let row = sqlx::query_as("select state, progress, result, error from tasks where id = $1")
        .bind(task.0)
        .fetch_one(db)
        .await?;
    Ok(row)
}
