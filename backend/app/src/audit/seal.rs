//! Sealing: what was noted becomes part of the chain within a second.

use crate::app::App;
use crate::audit::{heads, walked};
use crate::error::Result;
use std::time::{Duration, Instant};

/// How often events are sealed.
const EVERY: Duration = Duration::from_secs(1);

/// How often the chain is walked on.
const WALK_EVERY: Duration = Duration::from_secs(60);

/// The most events in one batch.
const BATCH: i32 = 1000;

/// Seals each second, signs each minute and walks the chain on, until the app stops. One for each process; of several replicas whichever
/// comes first does the work.
pub async fn keep(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    let mut walked: Option<Instant> = None;
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stopped() => break,
            _ = ticks.tick() => {}
        }
        if let Err(failure) = seal(&app).await {
            tracing::warn!(%failure, cause = failure.cause, "audit events wait to be sealed");
        }
        if let Err(failure) = heads::sign_when_due(&app).await {
            tracing::warn!(%failure, cause = failure.cause, "the head of the chain waits to be signed");
        }
        if walked.is_none_or(|at| at.elapsed() >= WALK_EVERY) {
            walked = Some(Instant::now());
            if let Err(failure) = walked::walk_on(&app).await {
                tracing::warn!(%failure, cause = failure.cause, "the chain waits to be walked");
            }
        }
    }
    // What happened in the last second is sealed too.
    if let Err(failure) = seal(&app).await {
        tracing::warn!(%failure, cause = failure.cause, "audit events will be sealed at the next start");
    }
}

/// Seals what has not been sealed yet, and says how many events that were. None when another replica is at it.
///
/// # Errors
/// When the database does not answer.
pub async fn seal(app: &App) -> Result<i64> {
    let mut sealed = 0;
    loop {
        let batch: i32 =
            sqlx::query_scalar("select seal_audit_events($1)").bind(BATCH).fetch_one(&app.db().tasks).await?;
        sealed += i64::from(batch);
        if batch < BATCH {
            return Ok(sealed);
        }
    }
}
