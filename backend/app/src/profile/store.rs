//! Profiles as they are kept: the newest hundred of a dataset.

use super::base::Base;
use super::dataset::Dataset;
use super::measure::Measured;
use super::measures::Measures;
use crate::error::{Failure, Result};
use crate::tasks::Fence;
use cadastre_model::AssetId;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// How many of a dataset are kept.
const KEPT: i64 = 100;

/// Keeps what was measured, under the fence of the task that did.
pub(super) async fn keep(
    db: &PgPool,
    fence: Fence,
    dataset: &Dataset,
    measured: &Measured,
    took: Duration,
) -> Result<()> {
    let (sample, percent, seed) = match measured.base {
        Base::Pages { percent, seed } => (Some("pages"), Some(percent), Some(seed)),
        Base::First if !measured.base.is_all(measured.looked_at) => (Some("first"), None, None),
        Base::All | Base::First => (None, None, None),
    };
    let mut tx = db.begin().await?;
    let profile: i64 = sqlx::query_scalar(
        "insert into profiles (dataset_id, rows, looked_at, sample, percent, seed, took_ms, complete)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
    )
    .bind(dataset.id.0)
    .bind(measured.rows)
    .bind(measured.looked_at)
    .bind(sample)
    .bind(percent)
    .bind(seed)
    .bind(i64::try_from(took.as_millis()).unwrap_or(i64::MAX))
    .bind(measured.complete)
    .fetch_one(&mut *tx)
    .await?;
    let columns: Vec<i64> = measured.columns.iter().map(|(column, _)| column.0).collect();
    let measures = measured.columns.iter().map(|(_, measures)| serde_json::to_value(measures));
    let measures = measures.collect::<Result<Vec<_>, _>>().map_err(Failure::internal)?;
    sqlx::query(
        "insert into column_profiles (profile_id, column_id, measures)
         select $1, t.c, t.m from unnest($2::bigint[], $3::jsonb[]) as t (c, m)",
    )
    .bind(profile)
    .bind(&columns)
    .bind(&measures)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "delete from profiles where id in (select id from profiles where dataset_id = $1 order by at desc, id desc offset $2)",
    )
    .bind(dataset.id.0)
    .bind(KEPT)
    .execute(&mut *tx)
    .await?;
    fence.hold(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// A profile without its columns.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub(super) struct Profile {
    pub(super) id: i64,
    pub(super) public_id: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) rows: i64,
    pub(super) looked_at: i64,
    pub(super) sample: Option<String>,
    pub(super) percent: Option<f64>,
    pub(super) seed: Option<i32>,
    pub(super) took_ms: i64,
    pub(super) complete: bool,
}

/// When the kept profiles of a dataset were made, newest first.
pub(super) async fn taken(conn: &mut PgConnection, dataset: AssetId) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    let sql = "select public_id, at from profiles where dataset_id = $1 order by at desc, id desc";
    Ok(sqlx::query_as(sql).bind(dataset.0).fetch_all(conn).await?)
}

/// The newest profiles of a dataset; where one of them is named, it and those before it.
pub(super) async fn newest(
    conn: &mut PgConnection,
    dataset: AssetId,
    from: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Profile>> {
    let rows = sqlx::query_as(
        "select id, public_id, at, rows, looked_at, sample, percent, seed, took_ms, complete
         from profiles
         where dataset_id = $1
           and ($2::uuid is null or (at, id) <= (select f.at, f.id from profiles f where f.dataset_id = $1 and f.public_id = $2))
         order by at desc, id desc limit $3",
    )
    .bind(dataset.0)
    .bind(from)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// A column that is there now, with its measures in one profile, if it was there then.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct ColumnRow {
    pub(super) column_id: i64,
    pub(super) public_id: Uuid,
    pub(super) path: Vec<String>,
    pub(super) kind: String,
    pub(super) measures: sqlx::types::Json<Measures>,
}

/// The columns of a profile that are still there, in their order.
pub(super) async fn columns(
    conn: &mut PgConnection,
    dataset: AssetId,
    profile: i64,
) -> Result<Vec<ColumnRow>> {
    let rows = sqlx::query_as(
        "select c.id as column_id, c.public_id, f.path, f.type as kind, p.measures
         from column_profiles p join columns c on c.id = p.column_id
         join column_facts f on f.column_id = c.id and f.valid_to is null
         where p.profile_id = $2 and f.dataset_id = $1 order by f.ordinal, c.id",
    )
    .bind(dataset.0)
    .bind(profile)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Counts of columns over profiles: (profile, column, rows without a value, different values).
pub(super) async fn past(
    conn: &mut PgConnection,
    profiles: &[i64],
) -> Result<Vec<(i64, i64, i64, Option<i64>)>> {
    let rows = sqlx::query_as(
        "select profile_id, column_id, (measures ->> 'nulls')::bigint, (measures ->> 'distinct')::bigint
         from column_profiles where profile_id = any($1)",
    )
    .bind(profiles)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Live datasets of a source that were not profiled since an instant, those that wait longest first.
pub(super) async fn waiting(
    conn: &mut PgConnection,
    source: AssetId,
    since: DateTime<Utc>,
) -> Result<Vec<AssetId>> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "select a.id from assets a
         left join lateral (select at from profiles p where p.dataset_id = a.id order by at desc limit 1) p on true
         where a.source_id = $1 and a.kind = 'dataset' and a.state = 'live' and (p.at is null or p.at < $2)
         order by p.at nulls first, a.id",
    )
    .bind(source.0)
    .bind(since)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(AssetId).collect())
}
