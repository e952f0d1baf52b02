//! A dataset as a profile needs it: its name at the source, what it is, its columns.

use crate::catalog::rows::word;
use crate::error::{Failure, Result};
use cadastre_model::{AssetId, ColumnId, ColumnType, DatasetKind};
use sqlx::PgConnection;

/// Where it is, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dataset {
    pub(super) id: AssetId,
    pub(super) source: AssetId,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: DatasetKind,
    /// Rows, as the source believes; none where it does not say.
    pub(super) row_estimate: Option<i64>,
    /// Bytes on disk.
    pub(super) bytes: Option<i64>,
    pub(super) columns: Vec<Column>,
}

/// A column at the top of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) id: ColumnId,
    pub(super) name: String,
    pub(super) kind: ColumnType,
}

impl Dataset {
    /// Its name in a query.
    pub(super) fn sql(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

/// A name in a query.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[derive(sqlx::FromRow)]
struct Row {
    source_id: i64,
    path: Vec<String>,
    kind: String,
    row_estimate: Option<i64>,
    bytes: Option<i64>,
}

/// A dataset that lives in a source; none where it does not, or not any more.
pub(super) async fn find(conn: &mut PgConnection, id: AssetId) -> Result<Option<Dataset>> {
    let row: Option<Row> = sqlx::query_as(
        "select a.source_id, n.path, f.kind, m.row_estimate, m.bytes
         from assets a
         join dataset_facts f on f.dataset_id = a.id and f.valid_to is null
         join names n on n.asset_id = a.id and n.origin = 'crawl' and n.valid_to is null
         left join lateral (select row_estimate, bytes from dataset_measures m where m.dataset_id = a.id order by at desc limit 1) m on true
         where a.id = $1 and a.kind = 'dataset' and a.state = 'live' and a.source_id is not null
         order by n.id desc limit 1",
    )
    .bind(id.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let [.., schema, name] = row.path.as_slice() else { return Ok(None) };
    let columns: Vec<(i64, Vec<String>, String)> = sqlx::query_as(
        "select column_id, path, type from column_facts
         where dataset_id = $1 and valid_to is null and cardinality(path) = 1 order by ordinal, column_id",
    )
    .bind(id.0)
    .fetch_all(conn)
    .await?;
    let column = |(id, path, kind): (i64, Vec<String>, String)| {
        Ok(Column { id: ColumnId(id), name: path.join("."), kind: word(&kind)? })
    };
    Ok(Some(Dataset {
        id,
        source: AssetId(row.source_id),
        schema: schema.clone(),
        name: name.clone(),
        kind: row.kind.parse().map_err(Failure::internal)?,
        row_estimate: row.row_estimate.filter(|rows| *rows >= 0),
        bytes: row.bytes,
        columns: columns.into_iter().map(column).collect::<Result<_>>()?,
    }))
}
