//! Token buckets in PostgreSQL: a limit holds over all replicas together.

use crate::app::App;
use crate::error::{Failure, Result};
use std::time::Duration;

/// How many at once, and how fast they come back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    burst: f64,
    per_second: f64,
}

impl Limit {
    pub(crate) const fn new(burst: u32, per: Duration) -> Self {
        let burst = burst as f64;
        Self { burst, per_second: burst / per.as_secs() as f64 }
    }
}

/// Tries to sign in from one address.
pub(crate) const SIGN_IN_ADDRESS: Limit = Limit::new(30, Duration::from_secs(300));
/// Tries to sign in as one account, wherever from.
pub(crate) const SIGN_IN_ACCOUNT: Limit = Limit::new(10, Duration::from_secs(300));

/// Takes one token.
///
/// # Errors
/// `TooMany`, with the time until the next one, when there is none.
pub(crate) async fn take(app: &App, key: &str, limit: Limit) -> Result<()> {
    let level: f64 = sqlx::query_scalar(
        "insert into throttles as t (key, level, at) values ($1, $2 - 1, clock_timestamp())
         on conflict (key) do update set
            level = greatest(-1, least($2, t.level + $3 * extract(epoch from clock_timestamp() - t.at)) - 1),
            at = clock_timestamp()
         returning level",
    )
    .bind(key)
    .bind(limit.burst)
    .bind(limit.per_second)
    .fetch_one(&app.db().web)
    .await?;
    if level >= 0.0 {
        return Ok(());
    }
    // Until there is a whole one again: whoever waits so long is let in.
    let wait = Duration::from_secs_f64(((1.0 - level) / limit.per_second).ceil());
    Err(Failure::too_many(wait))
}

/// Fills a bucket again: after a sign-in that worked.
pub(crate) async fn reset(app: &App, key: &str) -> Result<()> {
    sqlx::query("delete from throttles where key = $1").bind(key).execute(&app.db().web).await?;
    Ok(())
}
