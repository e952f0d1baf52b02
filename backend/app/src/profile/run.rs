//! Profiling as a task: of one dataset, or of all of a source that have waited for it.

use super::mask::Mask;
use super::measure::{Measured, measure};
use super::{dataset, store};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset;
use crate::error::{Failure, Result};
use crate::sources::safe::{self, Purpose, SafeReader};
use crate::tasks::{Asked, Level, NewTask, Reason, Run, Trouble, enqueue};
use cadastre_model::{Action, AssetId, AssetKind, AssetState, Message, PersonId, PublicId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::time::Instant;

/// The word of the kind of task.
pub(crate) const KIND: &str = "profile";

/// How often it is tried.
const ATTEMPTS: i32 = 3;

/// Asks for a profile in the caller's transaction. One that waits or runs already is the answer too.
pub(super) async fn ask(conn: &mut PgConnection, asset: AssetId, by: Option<PersonId>) -> Result<Asked> {
    let key = format!("profile:{asset}");
    let task = NewTask {
        kind: KIND,
        dedupe_key: &key,
        asset: Some(asset),
        payload: json!({}),
        by,
        max_attempts: ATTEMPTS,
    };
    enqueue(conn, &task).await
}

/// Asks for the profile of a dataset by page or API. Whoever may see profiles may have one made: how much a source is read
/// for that, its settings say.
///
/// # Errors
/// `Absent` when there is no such dataset, or not for the caller, or it lies in no source that is read; `Forbidden` for who
/// may not see its profile.
pub(super) async fn ask_for(app: &App, caller: &Caller, id: PublicId) -> Result<Asked> {
    let mut tx = app.db().web.begin().await?;
    let (asset, _permit) = asset::find(&mut *tx, caller, id, Action::SeeProfile).await?;
    if dataset::find(&mut tx, asset.id).await?.is_none() {
        return Err(Failure::absent());
    }
    let asked = ask(&mut tx, asset.id, Some(caller.person())).await?;
    tx.commit().await?;
    Ok(asked)
}

/// The handler of the task.
pub(crate) async fn run(app: App, run: Run) -> Result<Value, Trouble> {
    let asset = run.asset.ok_or_else(gone)?;
    let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
    let found = asset::of(&mut *conn, asset).await?;
    if found.state != AssetState::Live {
        return Err(gone());
    }
    if found.kind == AssetKind::Dataset {
        drop(conn);
        let source = found.source.ok_or_else(gone)?;
        let mut reader = safe::open(&app, source, Purpose::Profile).await?;
        let outcome = one(&app, &run, &mut reader, asset).await;
        reader.close().await;
        return outcome.map(|measured| measured.as_ref().map_or(Value::Null, told));
    }
    // What another attempt has done since the task was asked for is not done again.
    let since: DateTime<Utc> = sqlx::query_scalar("select created_at from tasks where id = $1")
        .bind(run.fence.task.0)
        .fetch_one(&mut *conn)
        .await
        .map_err(Failure::from)?;
    let waiting = store::waiting(&mut conn, asset, since).await?;
    drop(conn);
    many(&app, &run, asset, &waiting).await
}

fn gone() -> Trouble {
    Trouble::Final(Reason::of("source-gone"))
}

/// Each on a connection of its own, so that no snapshot is held for long.
async fn many(app: &App, run: &Run, source: AssetId, datasets: &[AssetId]) -> Result<Value, Trouble> {
    let (mut profiled, mut failed) = (0, 0);
    for (done, dataset) in datasets.iter().enumerate() {
        run.report(|progress| (progress.done, progress.total) = (done as u64, Some(datasets.len() as u64)));
        let mut reader = safe::open(app, source, Purpose::Profile).await?;
        let outcome = one(app, run, &mut reader, *dataset).await;
        reader.close().await;
        match outcome {
            Ok(_) => profiled += 1,
            // A dataset that cannot be read keeps no other one back; a source that cannot be read does.
            Err(Trouble::Final(reason)) => {
                failed += 1;
                run.say(Level::Warn, reason.message);
            }
            Err(trouble) => return Err(trouble),
        }
    }
    let line = Message::new("profile-said").arg("profiled", profiled).arg("failed", failed);
    run.say(Level::Info, line);
    Ok(json!({ "profiled": profiled, "failed": failed }))
}

async fn one(
    app: &App,
    run: &Run,
    reader: &mut SafeReader,
    asset: AssetId,
) -> Result<Option<Measured>, Trouble> {
    let (dataset, mask) = {
        let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
        let Some(dataset) = dataset::find(&mut conn, asset).await? else { return Ok(None) };
        let mask = Mask::of_everybody(app, &mut *conn, asset).await?;
        (dataset, mask)
    };
    let since = Instant::now();
    let columns = dataset.columns.len() as u64;
    let told = |done: usize| {
        run.report(|progress| {
            progress.doing = Some(Message::new("profile-doing").arg("dataset", &dataset.name));
            (progress.done, progress.total) = (done as u64, Some(columns));
        });
    };
    // Another seed each time, so that what one sample lacks the next may have.
    let seed = i32::try_from(run.fence.task.0 % i64::from(i32::MAX)).unwrap_or(0);
    let shows = |column: &str| !mask.hides(column);
    let measured = tokio::select! {
        biased;
        () = run.cancel.cancelled() => return Err(Trouble::Stopped),
        measured = measure(reader, &dataset, seed, shows, told) => measured?,
    };
    let _turn = run.turn_to_write().await?;
    store::keep(&app.db().tasks, run.fence, &dataset, &measured, since.elapsed()).await?;
    Ok(Some(measured))
}

fn told(measured: &Measured) -> Value {
    json!({ "rows": measured.rows, "looked_at": measured.looked_at, "columns": measured.columns.len(), "complete": measured.complete })
}
