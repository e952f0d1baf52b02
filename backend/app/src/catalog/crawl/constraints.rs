//! Keys, checks and indexes of datasets: what the source promises.

use super::datasets::Placed;
use crate::change::ChangeSet;
use crate::error::Result;
use crate::sources::reader::{Constraint, Index};
use cadastre_model::{AssetId, ConstraintKind};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

/// A promise, in the shape in which it is stored and compared.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
struct Promise {
    kind: String,
    name: String,
    columns: Vec<String>,
    refers_to: Option<Vec<String>>,
    ref_columns: Option<Vec<String>>,
    definition: String,
    is_unique: bool,
    validated: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    dataset_id: i64,
    #[sqlx(flatten)]
    promise: Promise,
}

/// Brings the promises of these datasets to what the listing says; gives the datasets that changed.
pub(super) async fn apply(
    conn: &mut PgConnection,
    change: &ChangeSet,
    database: &str,
    placed: &[Placed<'_>],
) -> Result<BTreeSet<AssetId>> {
    let ids: Vec<i64> = placed.iter().map(|dataset| dataset.asset.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select id, dataset_id, kind, name, columns, refers_to, ref_columns, definition, is_unique, validated
         from dataset_constraints where dataset_id = any($1) and valid_to is null",
    )
    .bind(ids)
    .fetch_all(&mut *conn)
    .await?;
    let mut before: HashMap<i64, Vec<Row>> = HashMap::new();
    for row in rows {
        before.entry(row.dataset_id).or_default().push(row);
    }
    let (mut closed, mut opened, mut changed) = (Vec::new(), Vec::new(), BTreeSet::new());
    for dataset in placed {
        let mut old = before.remove(&dataset.asset.0).unwrap_or_default();
        let listed = dataset.listed.constraints.iter().map(|constraint| of_constraint(database, constraint));
        let listed = listed.chain(dataset.listed.indexes.iter().map(of_index));
        for promise in listed {
            match old.iter().position(|row| row.promise == promise) {
                Some(place) => drop(old.swap_remove(place)),
                None => opened.push((dataset.asset, promise)),
            }
        }
        closed.extend(old.iter().map(|row| row.id));
        if !old.is_empty() || opened.last().is_some_and(|(asset, _)| *asset == dataset.asset) {
            changed.insert(dataset.asset);
        }
    }
    close(conn, change, &closed).await?;
    open(conn, change, &opened).await?;
    Ok(changed)
}

fn of_constraint(database: &str, constraint: &Constraint) -> Promise {
    let refers_to = constraint
        .references
        .as_ref()
        .map(|reference| vec![database.to_owned(), reference.schema.clone(), reference.dataset.clone()]);
    Promise {
        kind: constraint.kind.as_str().to_owned(),
        name: constraint.name.clone(),
        columns: constraint.columns.clone(),
        refers_to,
        ref_columns: constraint.references.as_ref().map(|reference| reference.columns.clone()),
        definition: constraint.definition.clone(),
        is_unique: matches!(constraint.kind, ConstraintKind::Primary | ConstraintKind::Unique),
        validated: constraint.validated,
    }
}

fn of_index(index: &Index) -> Promise {
    Promise {
        kind: ConstraintKind::Index.as_str().to_owned(),
        name: index.name.clone(),
        columns: index.keys.clone(),
        refers_to: None,
        ref_columns: None,
        definition: index.definition.clone(),
        is_unique: index.unique,
        validated: true,
    }
}

async fn close(conn: &mut PgConnection, change: &ChangeSet, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update dataset_constraints set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where id = any($1)",
    )
    .bind(ids)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

async fn open(conn: &mut PgConnection, change: &ChangeSet, promises: &[(AssetId, Promise)]) -> Result<()> {
    if promises.is_empty() {
        return Ok(());
    }
    let datasets: Vec<i64> = promises.iter().map(|(asset, _)| asset.0).collect();
    // Arrays of arrays of unequal length do not exist in PostgreSQL: the rows travel as JSON.
    let rows: Vec<serde_json::Value> = promises
        .iter()
        .map(|(_, promise)| {
            json!({
                "kind": promise.kind, "name": promise.name, "columns": promise.columns, "refers_to": promise.refers_to,
                "ref_columns": promise.ref_columns, "definition": promise.definition, "is_unique": promise.is_unique,
                "validated": promise.validated,
            })
        })
        .collect();
    sqlx::query(
        "insert into dataset_constraints (dataset_id, kind, name, columns, refers_to, ref_columns, definition, is_unique,
                                          validated, valid_from, change_set)
         select t.dataset, r.kind, r.name, r.columns, r.refers_to, r.ref_columns, r.definition, r.is_unique, r.validated,
                $3, $4
         from unnest($1::bigint[], $2::jsonb[]) as t (dataset, row),
              jsonb_populate_record(null::dataset_constraints, t.row) as r",
    )
    .bind(datasets)
    .bind(rows)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}
