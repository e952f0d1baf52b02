//! Lineage after a crawl, as a task: the source's own jobs follow it, then every job is read that names something in it.

use super::{crawled, reading};
use crate::app::App;
use crate::change::Author;
use crate::error::{Failure, Result};
use crate::tasks::{Asked, Level, NewTask, Reason, Run, Trouble, enqueue};
use cadastre_model::{AssetId, Message, PersonId, Via};
use serde_json::{Value, json};
use sqlx::PgConnection;

/// The word of the kind of task.
pub(crate) const KIND: &str = "lineage";

/// How often it is tried.
const ATTEMPTS: i32 = 5;

/// Asks for the lineage of a source, in the transaction of whoever changed what it depends on.
pub(crate) async fn ask(conn: &mut PgConnection, source: AssetId, by: Option<PersonId>) -> Result<Asked> {
    let key = format!("lineage:{source}");
    let task = NewTask {
        kind: KIND,
        dedupe_key: &key,
        asset: Some(source),
        payload: json!({}),
        by,
        max_attempts: ATTEMPTS,
    };
    enqueue(conn, &task).await
}

/// The handler of the task.
pub(crate) async fn run(app: App, run: Run) -> Result<Value, Trouble> {
    let source = run.asset.ok_or_else(|| Trouble::Final(Reason::of("source-gone")))?;
    let _turn = run.turn_to_write().await?;
    let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
    let author = Author { person: run.asked_by, ..Author::task(run.fence.task, Via::Task) };
    crawled::follow(&mut conn, &author, Some(run.fence), source).await?;
    let jobs = concerned(&mut conn, source).await?;
    let mut outcome = reading::Outcome::default();
    for batch in jobs.chunks(reading::BATCH) {
        if run.cancel.is_cancelled() {
            return Err(Trouble::Stopped);
        }
        outcome.add(reading::read(&mut conn, &author, Some(run.fence), batch).await?);
        run.report(|progress| {
            progress.doing = Some(Message::new("lineage-stage-read"));
            progress.done += batch.len() as u64;
            progress.total = Some(jobs.len() as u64);
        });
    }
    let line = Message::new("lineage-said")
        .arg("jobs", jobs.len())
        .arg("read", outcome.read)
        .arg("opened", outcome.opened)
        .arg("closed", outcome.closed);
    run.say(Level::Info, line);
    Ok(
        json!({ "jobs": jobs.len(), "read": outcome.read, "opened": outcome.opened, "closed": outcome.closed }),
    )
}

/// Brings the lineage of a source to what its crawl wrote, at once and without a task: for tests and the command line.
///
/// # Errors
/// When the database does not answer.
pub async fn derive(app: &App, source: AssetId, author: &Author) -> Result<reading::Outcome> {
    let mut conn = app.db().tasks.acquire().await?;
    crawled::follow(&mut conn, author, None, source).await?;
    let jobs = concerned(&mut conn, source).await?;
    let mut outcome = reading::Outcome::default();
    for batch in jobs.chunks(reading::BATCH) {
        outcome.add(reading::read(&mut conn, author, None, batch).await?);
    }
    Ok(outcome)
}

/// Jobs that lie in the source, and jobs with an edge at something in it. Whatever a job names has an edge, be it only to
/// a dataset that is referred to.
async fn concerned(conn: &mut PgConnection, source: AssetId) -> Result<Vec<AssetId>> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "select a.id from assets a where a.source_id = $1 and a.kind = 'job' and a.state = 'live'
         union
         select e.job_id from assets d join lineage_edges e on d.id in (e.from_id, e.to_id) and e.valid_to is null
         where d.source_id = $1 and d.kind = 'dataset' and e.job_id is not null
         order by 1",
    )
    .bind(source.0)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(AssetId).collect())
}
