//! Notices are kept for a while ([`crate::app::Options::keep_notices`]), read or not; deliveries go with them.

use crate::app::App;
use crate::error::Result;

/// How many go in one transaction.
const BATCH: i64 = 2_000;

/// Removes what is old; gives how many notices that were.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn sweep(app: &App) -> Result<u64> {
    let mut swept = 0;
    while !app.is_stopping() {
        let gone = sqlx::query(
            "delete from notices where id in (
                 select id from notices where at < clock_timestamp() - make_interval(secs => $1) limit $2 for update skip locked)",
        )
        .bind(app.options().keep_notices.as_secs_f64())
        .bind(BATCH)
        .execute(&app.db().tasks)
        .await?
        .rows_affected();
        swept += gone;
        if gone < BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(swept)
}
