//! What a source says of a dataset as a whole, and what was measured.

use crate::catalog::rows::word;
use crate::error::Result;
use cadastre_model::{AssetId, DatasetKind};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

/// The facts of a dataset at an instant; of one that is gone, the last that it had.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What kind it is.
    pub kind: DatasetKind,
    /// Its owner at the source, a role of the database.
    pub source_owner: Option<String>,
    /// The statement of a view. Not for everybody: it names other datasets.
    pub definition: Option<String>,
    /// What else the crawl noted, by name.
    pub details: Value,
    /// The source's estimate of its rows.
    pub rows: Option<i64>,
    /// Its size on disk.
    pub bytes: Option<i64>,
    /// When its source was last crawled completely.
    pub crawled: Option<DateTime<Utc>>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    kind: String,
    source_owner: Option<String>,
    definition: Option<String>,
    details: Value,
    row_estimate: Option<i64>,
    bytes: Option<i64>,
    crawled: Option<DateTime<Utc>>,
}

/// The facts of a dataset; none where none were known then.
pub(crate) async fn of(
    conn: &mut PgConnection,
    dataset: AssetId,
    at: Option<DateTime<Utc>>,
) -> Result<Option<Facts>> {
    let row: Option<Row> = sqlx::query_as(
        "select f.kind, f.source_owner, f.definition, f.details, m.row_estimate, m.bytes,
                case when $2::timestamptz is null then s.last_crawl_at end as crawled
         from dataset_facts f join assets a on a.id = f.dataset_id
         left join sources s on s.asset_id = a.source_id
         left join lateral (select row_estimate, bytes from dataset_measures
                            where dataset_id = f.dataset_id and at <= coalesce($2::timestamptz, 'infinity') order by at desc limit 1) m on true
         where f.dataset_id = $1 and f.valid_from <= coalesce($2::timestamptz, 'infinity')
         order by f.valid_from desc limit 1",
    )
    .bind(dataset.0)
    .bind(at)
    .fetch_optional(conn)
    .await?;
    let facts = |row: Row| {
        Ok(Facts {
            kind: word(&row.kind)?,
            source_owner: row.source_owner,
            definition: row.definition,
            details: row.details,
            rows: row.row_estimate,
            bytes: row.bytes,
            crawled: row.crawled,
        })
    };
    row.map(facts).transpose()
}
