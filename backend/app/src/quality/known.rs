//! What the register knows of a dataset, as rules are written against it. A check asks the source itself ([`super::live`]):
//! columns come and constraints go between two crawls.

use crate::catalog::asset::{self, Asset};
use crate::catalog::visible;
use crate::error::{Failure, FailureKind, Result};
use cadastre_access::Scope;
use cadastre_model::{AssetId, AssetKind, AssetState, DatasetKind};
use chrono::{DateTime, Utc};
use rules::{Column, Constraint, Dialect, Guarantee, Shape, Sort, Subject, Table};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// All sources that can be asked speak it, so far.
pub(super) const DIALECT: Dialect = Dialect::PostgreSql;

/// A dataset with the others of its source that rules name.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) table: Table,
    pub(super) others: BTreeMap<String, Table>,
}

impl Known {
    /// As the crate `rules` takes it.
    pub(super) fn subject<'a>(
        &'a self,
        now: DateTime<Utc>,
        marks: &'a BTreeMap<String, rules::Mark>,
    ) -> Subject<'a> {
        Subject { dialect: DIALECT, table: &self.table, others: &self.others, now, marks }
    }
}

/// A dataset that rules can be about: it lies in a source, and is there.
///
/// # Errors
/// `Absent` where it is no dataset; `Conflict` where no source can be asked about it.
pub(super) fn checkable(asset: &Asset) -> Result<AssetId> {
    if asset.kind != AssetKind::Dataset {
        return Err(Failure::absent());
    }
    let source = asset.source.filter(|_| asset.state == AssetState::Live);
    source.ok_or_else(|| Failure::new(FailureKind::Conflict, "rule-no-source"))
}

/// What is known of a dataset and of the others that rules name: those that the reader sees; the operator sees all.
pub(super) async fn of(
    conn: &mut PgConnection,
    dataset: &Asset,
    see: Option<&Scope>,
    others: &[&str],
) -> Result<Known> {
    let table = table(conn, dataset).await?;
    let mut known = Known { table, others: BTreeMap::new() };
    for name in others {
        if let Some(other) = other(conn, dataset, see, name).await? {
            let table = self::table(conn, &other).await?;
            known.others.insert((*name).to_owned(), table);
        }
    }
    Ok(known)
}

/// Another dataset of the source, as the source calls it: `schema.name`, or `name` in the dataset's own schema.
pub(super) async fn other(
    conn: &mut PgConnection,
    dataset: &Asset,
    see: Option<&Scope>,
    name: &str,
) -> Result<Option<Asset>> {
    let (schema, name) = match name.split_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, name),
    };
    let found: Option<i64> = sqlx::query_scalar(
        "select a.id from assets a join assets s on s.id = a.parent_id
         where a.kind = 'dataset' and a.state = 'live' and a.source_id = $1 and a.name = $2
           and (s.name = $3 or ($3 is null and s.id = $4)) order by a.id limit 1",
    )
    .bind(dataset.source.map(|id| id.0))
    .bind(name)
    .bind(schema)
    .bind(dataset.parent.map(|id| id.0))
    .fetch_optional(&mut *conn)
    .await?;
    let Some(id) = found.map(AssetId) else { return Ok(None) };
    if let Some(see) = see
        && visible::of(conn, see, [id]).await?.is_empty()
    {
        return Ok(None);
    }
    Ok(Some(asset::of(conn, id).await?))
}

/// The path of a dataset within its source: schema and name.
pub(super) async fn path(conn: &mut PgConnection, dataset: &Asset) -> Result<Vec<String>> {
    let schema: Option<String> =
        sqlx::query_scalar("select name from assets where id = $1 and kind in ('schema', 'database')")
            .bind(dataset.parent.map(|id| id.0))
            .fetch_optional(conn)
            .await?;
    Ok(schema.into_iter().chain([dataset.name.clone()]).collect())
}

async fn table(conn: &mut PgConnection, dataset: &Asset) -> Result<Table> {
    let kind: Option<String> =
        sqlx::query_scalar("select kind from dataset_facts where dataset_id = $1 and valid_to is null")
            .bind(dataset.id.0)
            .fetch_optional(&mut *conn)
            .await?;
    Ok(Table {
        path: path(conn, dataset).await?,
        columns: columns(conn, dataset.id).await?,
        constraints: constraints(conn, dataset.id).await?,
        shape: kind.and_then(|kind| kind.parse().ok()).map_or(Shape::View, shape),
    })
}

const fn shape(kind: DatasetKind) -> Shape {
    match kind {
        DatasetKind::Table => Shape::Plain,
        DatasetKind::PartitionedTable => Shape::Partitioned,
        DatasetKind::ForeignTable => Shape::Foreign,
        _ => Shape::View,
    }
}

async fn columns(conn: &mut PgConnection, dataset: AssetId) -> Result<Vec<Column>> {
    let rows: Vec<(Vec<String>, String, String, Value)> = sqlx::query_as(
        "select path, type_written, type, details from column_facts
         where dataset_id = $1 and valid_to is null and cardinality(path) = 1 order by ordinal, column_id",
    )
    .bind(dataset.0)
    .fetch_all(conn)
    .await?;
    let column = |(path, written, kind, details): (Vec<String>, String, String, Value)| {
        let labels: Vec<String> = details["labels"].as_array().map_or_else(Vec::new, |labels| {
            labels.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        });
        // An array of an enumeration has its labels too, and is none.
        let is_enumeration = !labels.is_empty() && !written.ends_with(']');
        let sort = if is_enumeration { Sort::Enumeration(labels) } else { sort(&written, &kind) };
        Column { name: path.concat(), written, sort }
    };
    Ok(rows.into_iter().map(column).collect())
}

#[derive(Debug, sqlx::FromRow)]
struct ConstraintRow {
    kind: String,
    name: String,
    columns: Vec<String>,
    refers_to: Option<Vec<String>>,
    ref_columns: Option<Vec<String>>,
}

async fn constraints(conn: &mut PgConnection, dataset: AssetId) -> Result<Vec<Constraint>> {
    let rows: Vec<ConstraintRow> = sqlx::query_as(
        "select kind, name, columns, refers_to, ref_columns from dataset_constraints
         where dataset_id = $1 and valid_to is null and validated and kind in ('primary', 'unique', 'foreign') order by name",
    )
    .bind(dataset.0)
    .fetch_all(conn)
    .await?;
    let constraint = |row: ConstraintRow| {
        let what = match row.kind.as_str() {
            "primary" => Guarantee::PrimaryKey(row.columns),
            "unique" => Guarantee::Unique(row.columns),
            // The path begins with the database, which the source is.
            _ => Guarantee::ForeignKey {
                columns: row.columns,
                to: row.refers_to?.into_iter().skip(1).collect(),
                keys: row.ref_columns?,
            },
        };
        Some(Constraint { name: row.name, what })
    };
    Ok(rows.into_iter().filter_map(constraint).collect())
}

/// What can be done with values of a type; of a domain, with those of its base, as the crawl noted it.
fn sort(written: &str, kind: &str) -> Sort {
    match DIALECT.sort_of(written) {
        Sort::Other => DIALECT.sort_of(match kind {
            "integer" => "bigint",
            "decimal" => "numeric",
            "float" => "double precision",
            "timestamp" => "timestamp with time zone",
            "text" | "date" | "boolean" | "uuid" => kind,
            _ => written,
        }),
        sort => sort,
    }
}

/// How many rows the source believed a dataset to have at the last crawl.
pub(super) async fn rows(conn: &mut PgConnection, dataset: AssetId) -> Result<Option<i64>> {
    let rows: Option<Option<i64>> = sqlx::query_scalar(
        "select row_estimate from dataset_measures where dataset_id = $1 order by at desc limit 1",
    )
    .bind(dataset.0)
    .fetch_optional(conn)
    .await?;
    Ok(rows.flatten())
}
