//! Tasks that are over are kept for a while ([`crate::app::Options::keep_tasks`]), then they go with their lines. The newest
//! of each asset and kind stay however old they are, and the last one that was done, since a source's page shows them.
//! What tasks changed stands in the change sets, which never go.

use crate::app::App;
use crate::error::Result;

/// How many of an asset and kind always stay.
const NEWEST: i64 = 20;

/// How many go in one transaction.
const BATCH: i64 = 500;

/// Removes what is old; gives how many tasks that were. Replicas that sweep at once share the work.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(app: &App) -> Result<u64> {
    let mut swept = 0;
    while !app.is_stopping() {
        let batch: i64 = sqlx::query_scalar(
            "with old as (
                select t.id from tasks t
                where t.state in ('done', 'failed', 'cancelled')
                  and t.finished_at < clock_timestamp() - make_interval(secs => $1)
                  and (t.asset_id is null
                       or (select count(*) from (select from tasks n
                                                 where n.asset_id = t.asset_id and n.kind = t.kind and n.id > t.id limit $2) newer) = $2
                          and (t.state <> 'done'
                               or exists (select from tasks n where n.asset_id = t.asset_id and n.kind = t.kind
                                                                and n.state = 'done' and n.id > t.id)))
                limit $3 for update skip locked),
             lines as (delete from task_lines l using old where l.task_id = old.id),
             gone as (delete from tasks t using old where t.id = old.id returning 1)
             select count(*) from gone",
        )
        .bind(app.options().keep_tasks.as_secs_f64())
        .bind(NEWEST)
        .bind(BATCH)
        .fetch_one(&app.db().tasks)
        .await?;
        swept += u64::try_from(batch).unwrap_or(0);
        if batch < BATCH {
            break;
        }
    }
    Ok(swept)
}
