//! The first administrator: by a one-time link that `serve` prints on an empty register, or from the command line.

use crate::app::App;
use crate::error::Result;

/// Whether there is nobody yet.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn is_first_start(app: &App) -> Result<bool> {
    Ok(!sqlx::query_scalar("select exists (select from people)").fetch_one(&app.db().web).await?)
}
