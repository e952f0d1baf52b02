//! What the graph's ids are called. Whoever asks has found the ids under a scope.

use crate::catalog::rows::{self, Named, word};
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_model::{AssetId, AssetState, ColumnId, EdgeId, JobKind, Language, PublicId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// A dataset or a job by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    /// Its names.
    pub named: Named,
    /// The namespace that it has its name in.
    pub namespace: String,
    /// Where it stood in its life.
    pub state: AssetState,
    /// What kind of job it is; none for a dataset.
    pub job: Option<JobKind>,
}

/// A column by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnLabel {
    /// The id inside.
    pub id: ColumnId,
    /// The id outside.
    pub public_id: PublicId,
    /// Its dataset.
    pub dataset: AssetId,
    /// Its path with dots.
    pub name: String,
    /// Its place in the dataset.
    pub ordinal: i32,
}

/// Names of assets.
pub(crate) type Labels = HashMap<AssetId, Label>;

/// Names of columns.
pub(crate) type ColumnLabels = HashMap<ColumnId, ColumnLabel>;

#[derive(Debug, sqlx::FromRow)]
struct LabelRow {
    id: i64,
    name: Option<String>,
    namespace: Option<String>,
    state: String,
    job: Option<String>,
}

/// The names of assets, at an instant.
pub(crate) async fn of(
    conn: &mut PgConnection,
    see: &Scope,
    ids: &[AssetId],
    at: Option<DateTime<Utc>>,
    language: Language,
) -> Result<Labels> {
    let mut named = rows::named(&mut *conn, see, ids, language).await?;
    let rows: Vec<LabelRow> = sqlx::query_as(
        "select a.id, f.name, coalesce(f.state, a.state) as state,
                coalesce((select n.namespace from names n where n.asset_id = a.id
                          order by n.valid_to is null desc, n.origin = 'former', n.valid_from desc limit 1),
                         (select j.namespace from job_facts j where j.job_id = a.id order by j.number desc limit 1)) as namespace,
                (select j.kind from job_facts j where j.job_id = a.id order by j.number desc limit 1) as job
         from assets a left join asset_facts f on f.asset_id = a.id and holds(f.valid_from, f.valid_to, $2)
         where a.id = any($1)",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(at)
    .fetch_all(conn)
    .await?;
    let mut labels = Labels::with_capacity(rows.len());
    for row in rows {
        let Some(mut named) = named.remove(&AssetId(row.id)) else { continue };
        if let Some(name) = row.name {
            named.name = name;
        }
        let label = Label {
            named,
            namespace: row.namespace.unwrap_or_default(),
            state: word(&row.state)?,
            job: row.job.as_deref().map(word).transpose()?,
        };
        labels.insert(AssetId(row.id), label);
    }
    Ok(labels)
}

#[derive(Debug, sqlx::FromRow)]
struct ColumnRow {
    id: i64,
    public_id: Uuid,
    dataset_id: i64,
    path: Vec<String>,
    ordinal: i32,
}

impl From<ColumnRow> for ColumnLabel {
    fn from(row: ColumnRow) -> Self {
        Self {
            id: ColumnId(row.id),
            public_id: PublicId(row.public_id),
            dataset: AssetId(row.dataset_id),
            name: row.path.join("."),
            ordinal: row.ordinal,
        }
    }
}

/// The names of columns, at an instant; of one that was not there then, its last.
pub(crate) async fn of_columns(
    conn: &mut PgConnection,
    ids: &[ColumnId],
    at: Option<DateTime<Utc>>,
) -> Result<ColumnLabels> {
    let rows: Vec<ColumnRow> = sqlx::query_as(
        "select c.id, c.public_id, f.dataset_id, f.path, f.ordinal
         from columns c cross join lateral (
             select f.dataset_id, f.path, f.ordinal from column_facts f where f.column_id = c.id
             order by holds(f.valid_from, f.valid_to, $2) desc, f.valid_from desc limit 1) f
         where c.id = any($1)",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(at)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (ColumnId(row.id), ColumnLabel::from(row))).collect())
}

/// A column of a dataset by its id outside, at an instant.
pub(crate) async fn column_of(
    conn: &mut PgConnection,
    dataset: AssetId,
    column: PublicId,
    at: Option<DateTime<Utc>>,
) -> Result<Option<ColumnLabel>> {
    let row: Option<ColumnRow> = sqlx::query_as(
        "select c.id, c.public_id, f.dataset_id, f.path, f.ordinal
         from columns c join column_facts f on f.column_id = c.id
         where c.public_id = $1 and f.dataset_id = $2
         order by holds(f.valid_from, f.valid_to, $3) desc, f.valid_from desc limit 1",
    )
    .bind(column.0)
    .bind(dataset.0)
    .bind(at)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Into::into))
}

/// The first columns of datasets, so many of each, in their order.
pub(crate) async fn first_columns(
    conn: &mut PgConnection,
    datasets: &[AssetId],
    most: i64,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<ColumnLabel>> {
    let rows: Vec<ColumnRow> = sqlx::query_as(
        "select f.column_id as id, c.public_id, f.dataset_id, f.path, f.ordinal
         from unnest($1::bigint[]) as d (id) cross join lateral (
             select f.column_id, f.dataset_id, f.path, f.ordinal from column_facts f
             where f.dataset_id = d.id and holds(f.valid_from, f.valid_to, $3)
             order by f.ordinal, f.column_id limit $2) f
         join columns c on c.id = f.column_id",
    )
    .bind(datasets.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(most)
    .bind(at)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// How many columns datasets have.
pub(crate) async fn count_columns(
    conn: &mut PgConnection,
    datasets: &[AssetId],
    at: Option<DateTime<Utc>>,
) -> Result<HashMap<AssetId, i64>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "select f.dataset_id, count(*) from column_facts f
         where f.dataset_id = any($1) and holds(f.valid_from, f.valid_to, $2) group by f.dataset_id",
    )
    .bind(datasets.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(at)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, count)| (AssetId(id), count)).collect())
}

/// The ids outside of edges.
pub(crate) async fn of_edges(conn: &mut PgConnection, edges: &[EdgeId]) -> Result<HashMap<EdgeId, PublicId>> {
    let rows: Vec<(i64, Uuid)> = sqlx::query_as("select id, public_id from lineage_edges where id = any($1)")
        .bind(edges.iter().map(|id| id.0).collect::<Vec<_>>())
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, public_id)| (EdgeId(id), PublicId(public_id))).collect())
}

/// Which of some assets has a part of a name in it, in any case.
pub(crate) async fn count_named(conn: &mut PgConnection, ids: &[AssetId], part: &str) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "select count(*) from assets where id = any($1) and strpos(lower(name), lower($2)) > 0",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(part)
    .fetch_one(conn)
    .await?)
}
