//! The told states of jobs and datasets, as they are stored: read under lock, written back.

use super::facts::key_of;
use crate::error::{Failure, Result};
use cadastre_model::{AssetId, Maker};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::HashMap;

/// Which of the two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Jobs,
    Datasets,
}

/// A told state, locked.
#[derive(Debug)]
pub(super) struct Told<R> {
    /// The row.
    pub(super) id: i64,
    /// What it came to be here.
    pub(super) asset: Option<AssetId>,
    /// The state; none when it is told of for the first time.
    pub(super) record: Option<R>,
    /// Of what was last made of it.
    pub(super) said: Option<Vec<u8>>,
}

impl Table {
    const fn read(self) -> &'static str {
        match self {
            Self::Jobs => {
                "select id, key, job_id as asset, record, said from told_jobs where maker = $1 and key = any($2)
                 order by key for update"
            }
            Self::Datasets => {
                "select id, key, dataset_id as asset, record, said from told_datasets where maker = $1 and key = any($2)
                 order by key for update"
            }
        }
    }

    /// In the order of the keys: two that tell of the same at once do not wait for each other crosswise.
    const fn add(self) -> &'static str {
        match self {
            Self::Jobs => {
                "insert into told_jobs (maker, key, namespace, name, record)
                 select $1, key, namespace, name, 'null' from unnest($2::bytea[], $3::text[], $4::text[]) as t (key, namespace, name)
                 order by key on conflict (maker, key) do nothing"
            }
            Self::Datasets => {
                "insert into told_datasets (maker, key, namespace, name, record)
                 select $1, key, namespace, name, 'null' from unnest($2::bytea[], $3::text[], $4::text[]) as t (key, namespace, name)
                 order by key on conflict (maker, key) do nothing"
            }
        }
    }

    const fn write(self) -> &'static str {
        match self {
            Self::Jobs => {
                "update told_jobs d set job_id = t.asset, record = t.record, said = t.said, told_at = clock_timestamp()
                 from unnest($1::bigint[], $2::bigint[], $3::jsonb[], $4::bytea[]) as t (id, asset, record, said) where d.id = t.id"
            }
            Self::Datasets => {
                "update told_datasets d set dataset_id = t.asset, record = t.record, said = t.said, told_at = clock_timestamp()
                 from unnest($1::bigint[], $2::bigint[], $3::jsonb[], $4::bytea[]) as t (id, asset, record, said) where d.id = t.id"
            }
        }
    }
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    key: Vec<u8>,
    asset: Option<i64>,
    record: Value,
    said: Option<Vec<u8>>,
}

/// The states of these names, locked in one order; a name that was never told of has a row from now on. In the order of the
/// names.
pub(super) async fn lock<R: DeserializeOwned>(
    conn: &mut PgConnection,
    table: Table,
    maker: Maker,
    names: &[(&str, &str)],
) -> Result<Vec<Told<R>>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Vec<u8>> = names.iter().map(|(namespace, name)| key_of(namespace, name)).collect();
    let mut rows = locked(conn, table, maker, &keys).await?;
    if rows.len() < keys.len() {
        sqlx::query(table.add())
            .bind(maker.as_str())
            .bind(&keys)
            .bind(names.iter().map(|name| name.0).collect::<Vec<_>>())
            .bind(names.iter().map(|name| name.1).collect::<Vec<_>>())
            .execute(&mut *conn)
            .await?;
        rows = locked(conn, table, maker, &keys).await?;
    }
    keys.iter()
        .map(|key| {
            let row = rows.remove(key).ok_or_else(|| Failure::internal("a told state without a row"))?;
            let record = Some(row.record).filter(|record| !record.is_null());
            Ok(Told {
                id: row.id,
                asset: row.asset.map(AssetId),
                record: record.map(serde_json::from_value).transpose().map_err(Failure::internal)?,
                said: row.said,
            })
        })
        .collect()
}

async fn locked(
    conn: &mut PgConnection,
    table: Table,
    maker: Maker,
    keys: &[Vec<u8>],
) -> Result<HashMap<Vec<u8>, Row>> {
    let rows: Vec<Row> = sqlx::query_as(table.read()).bind(maker.as_str()).bind(keys).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.key.clone(), row)).collect())
}

/// Writes states back.
pub(super) async fn write<'a, R: Serialize + Sync + 'a>(
    conn: &mut PgConnection,
    table: Table,
    states: impl IntoIterator<Item = &'a Told<R>> + Send,
) -> Result<()> {
    let (mut ids, mut assets, mut records, mut said) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for state in states {
        ids.push(state.id);
        assets.push(state.asset.map(|id| id.0));
        records.push(serde_json::to_value(&state.record).map_err(Failure::internal)?);
        said.push(state.said.as_deref());
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(table.write()).bind(ids).bind(assets).bind(records).bind(said).execute(conn).await?;
    Ok(())
}
