//! What somebody looked at: their own note, outside change sets, and never in the way of the page.

use crate::access::Caller;
use crate::app::App;
use crate::error::Result;
use cadastre_model::AssetId;

/// Notes that the caller looks at an asset. A failure to note is no failure of the page.
pub(crate) async fn note(app: &App, caller: &Caller, asset: AssetId) {
    // Once a minute is enough, and keeps a reload from being a write.
    let noted = sqlx::query(
        "insert into recent_views (person_id, asset_id) values ($1, $2)
         on conflict (person_id, asset_id) do update set at = clock_timestamp()
            where recent_views.at < clock_timestamp() - interval '1 minute'",
    )
    .bind(caller.person().0)
    .bind(asset.0)
    .execute(&app.db().web)
    .await;
    if let Err(error) = noted {
        tracing::debug!(%error, "a view was not noted");
    }
}

/// Forgets what nobody looked at for a quarter of a year; gives how many views that were.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn sweep(app: &App) -> Result<u64> {
    let swept = sqlx::query("delete from recent_views where at < clock_timestamp() - interval '90 days'")
        .execute(&app.db().tasks)
        .await?;
    Ok(swept.rows_affected())
}
