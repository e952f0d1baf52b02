//! The limits of a source, counted in PostgreSQL so that they hold over replicas: connections at once, queries and seconds a day, quiet hours.
//!
//! A connection is a row with a lease: that of a process that died is free again when the lease is over. No connection of the register's
//! own is held while the source is read.

use super::Purpose;
use super::error::{Limit, ReadError};
use crate::app::App;
use crate::error::Failure;
use crate::sources::reading::Reading;
use crate::sources::settings::Schedule;
use crate::sources::store;
use cadastre_model::AssetId;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::PgPool;
use std::time::{Duration, Instant};

/// How long one waits for a connection that another visit holds.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often one looks meanwhile.
const LOOK: Duration = Duration::from_millis(200);
/// How much longer than its longest query a visit holds its connection without a sign.
const LEASE: Duration = Duration::from_secs(90);
/// Counts of days are kept for as many days.
const KEEP: i32 = 60;

/// A connection that was taken.
#[derive(Debug)]
pub(super) struct Slot {
    db: PgPool,
    id: i64,
    source: AssetId,
    reading: Reading,
    zone: Tz,
    day: Option<NaiveDate>,
    released: bool,
}

/// Takes one of the source's connections.
pub(super) async fn take(app: &App, source: AssetId, purpose: Purpose) -> Result<Slot, ReadError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match attempt(app, source, purpose).await {
            Err(ReadError::Limit(Limit::Connections(_))) if Instant::now() < until => {
                tokio::time::sleep(LOOK).await;
            }
            taken => return taken,
        }
    }
}

async fn attempt(app: &App, source: AssetId, purpose: Purpose) -> Result<Slot, ReadError> {
    let mut tx = app.db().tasks.begin().await.map_err(Failure::from)?;
    // One after the other, so that two who count do not both find the last one free.
    let now: Option<DateTime<Utc>> =
        sqlx::query_scalar("select clock_timestamp() from sources where asset_id = $1 for no key update")
            .bind(source.0)
            .fetch_optional(&mut *tx)
            .await
            .map_err(Failure::from)?;
    let facts = store::facts(&mut tx, source).await?;
    let (Some(now), Some(facts)) = (now, facts) else { return Err(ReadError::Gone) };
    let (reading, zone) = (facts.reading, zone(&facts.schedule));
    quiet(&reading, zone, now)?;
    sqlx::query("delete from source_visits where source_id = $1 and until < clock_timestamp()")
        .bind(source.0)
        .execute(&mut *tx)
        .await
        .map_err(Failure::from)?;
    let id: Option<i64> = sqlx::query_scalar(
        "insert into source_visits (source_id, purpose, until)
         select $1, $2, clock_timestamp() + make_interval(secs => $3)
         where (select count(*) from source_visits where source_id = $1) < $4 returning id",
    )
    .bind(source.0)
    .bind(purpose.as_str())
    .bind(lease(&reading))
    .bind(i64::from(reading.connections))
    .fetch_optional(&mut *tx)
    .await
    .map_err(Failure::from)?;
    let id = id.ok_or(ReadError::Limit(Limit::Connections(reading.connections)))?;
    tx.commit().await.map_err(Failure::from)?;
    Ok(Slot { db: app.db().tasks.clone(), id, source, reading, zone, day: None, released: false })
}

impl Slot {
    /// Counts a query before it is asked, keeps the connection for its time, and says how long it may take.
    pub(super) async fn count(&mut self) -> Result<Duration, ReadError> {
        let now: DateTime<Utc> = sqlx::query_scalar("select clock_timestamp()")
            .fetch_one(&self.db)
            .await
            .map_err(Failure::from)?;
        quiet(&self.reading, self.zone, now)?;
        let day = now.with_timezone(&self.zone).date_naive();
        if self.day != Some(day) {
            self.begin_day(day).await?;
            self.day = Some(day);
        }
        let (statements, milliseconds, counted): (i64, i64, bool) = sqlx::query_as(
            "with visit as (update source_visits set until = clock_timestamp() + make_interval(secs => $5) where id = $6),
                  counted as (update source_reading set statements = statements + 1
                              where source_id = $1 and day = $2 and statements < $3 and milliseconds < $4 returning 1)
             select r.statements, r.milliseconds, exists (select from counted)
             from source_reading r where r.source_id = $1 and r.day = $2",
        )
        .bind(self.source.0)
        .bind(day)
        .bind(i64::from(self.reading.statements_a_day))
        .bind(i64::from(self.reading.seconds_a_day) * 1000)
        .bind(lease(&self.reading))
        .bind(self.id)
        .fetch_one(&self.db)
        .await
        .map_err(Failure::from)?;
        let left = i64::from(self.reading.seconds_a_day) * 1000 - milliseconds;
        if !counted {
            let limit = if statements >= i64::from(self.reading.statements_a_day) {
                Limit::Statements(self.reading.statements_a_day)
            } else {
                Limit::Seconds(self.reading.seconds_a_day)
            };
            return Err(ReadError::Limit(limit));
        }
        let left = Duration::from_millis(u64::try_from(left).unwrap_or(0).max(1));
        Ok(Duration::from_secs(u64::from(self.reading.statement_seconds)).min(left))
    }

    async fn begin_day(&self, day: NaiveDate) -> Result<(), ReadError> {
        sqlx::query(
            "with old as (delete from source_reading where source_id = $1 and day < $2::date - $3::int)
             insert into source_reading (source_id, day) values ($1, $2) on conflict do nothing",
        )
        .bind(self.source.0)
        .bind(day)
        .bind(KEEP)
        .execute(&self.db)
        .await
        .map_err(Failure::from)?;
        Ok(())
    }

    /// Adds the time that a query took.
    pub(super) async fn took(&self, time: Duration) -> Result<(), ReadError> {
        sqlx::query(
            "update source_reading set milliseconds = milliseconds + $3 where source_id = $1 and day = $2",
        )
        .bind(self.source.0)
        .bind(self.day)
        .bind(i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2))
        .execute(&self.db)
        .await
        .map_err(Failure::from)?;
        Ok(())
    }

    /// Gives the connection back.
    pub(super) async fn release(mut self) {
        self.released = true;
        give_back(self.db.clone(), self.id).await;
    }
}

/// A reader that was dropped.
impl Drop for Slot {
    fn drop(&mut self) {
        if !self.released
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(give_back(self.db.clone(), self.id));
        }
    }
}

/// The lease is behind it.
async fn give_back(db: PgPool, id: i64) {
    if let Err(error) = sqlx::query("delete from source_visits where id = $1").bind(id).execute(&db).await {
        tracing::warn!(%error, "a connection to a source is not given back before its lease ends");
    }
}

fn lease(reading: &Reading) -> f64 {
    (Duration::from_secs(u64::from(reading.statement_seconds)) + LEASE).as_secs_f64()
}

fn zone(schedule: &Schedule) -> Tz {
    schedule.time_zone.parse().unwrap_or(Tz::UTC)
}

fn quiet(reading: &Reading, zone: Tz, now: DateTime<Utc>) -> Result<(), ReadError> {
    match reading.quiet_at(now.with_timezone(&zone).time()) {
        None => Ok(()),
        Some(quiet) => Err(ReadError::Limit(Limit::Quiet {
            hours: format!("{}–{}", quiet.from, quiet.to),
            zone: zone.name().to_owned(),
        })),
    }
}
