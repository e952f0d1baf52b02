//! A source that fails again and again rests: its schedule does not connect to it for a while, first a minute, then twice
//! as long each time. When the rest is over one crawl tries, once. A crawl that comes to its end, or a person who asks for
//! one or changes the connection, ends the rest.

use crate::error::Result;
use cadastre_model::AssetId;
use sqlx::PgConnection;

/// How many attempts in a row fail before a source rests.
pub(super) const PATIENCE: i32 = 5;

/// How long the first rest is, in seconds.
const FIRST: f64 = 60.0;

/// No rest is longer, in seconds.
const LONGEST: f64 = 6.0 * 3600.0;

/// Notes that an attempt failed; says whether the source rests now.
pub(super) async fn failed(conn: &mut PgConnection, source: AssetId) -> Result<bool> {
    let rests = sqlx::query_scalar(
        "update sources set failing_since = coalesce(failing_since, clock_timestamp()), failures = failures + 1,
                rests_until = case when failures + 1 >= $2
                    then clock_timestamp() + make_interval(secs => least($3 * power(2, least(failures + 1 - $2, 30)), $4)) end
         where asset_id = $1 returning rests_until is not null",
    )
    .bind(source.0)
    .bind(PATIENCE)
    .bind(FIRST)
    .bind(LONGEST)
    .fetch_optional(conn)
    .await?;
    Ok(rests.unwrap_or(false))
}

/// Ends the rest: the source is tried again as if it had not failed. Since when it fails stays known until it answers.
pub(super) async fn end(conn: &mut PgConnection, source: AssetId) -> Result<()> {
    sqlx::query("update sources set failures = 0, rests_until = null where asset_id = $1 and failures > 0")
        .bind(source.0)
        .execute(conn)
        .await?;
    Ok(())
}
