//! Looking at tasks and stopping them.

use super::queries::{self, LineRow, Sight, TaskRow, Which};
use crate::access::Caller;
use crate::app::App;
use crate::audit;
use crate::catalog::asset::{self, Asset};
use crate::error::{Failure, FailureKind, Result};
use cadastre_access::Permit;
use cadastre_model::{Action, PublicId};
use sqlx::PgConnection;

/// How many lines of its log a page shows.
pub(crate) const LAST_LINES: i64 = 200;

/// A task with the end of its log.
#[derive(Debug, Clone)]
pub(crate) struct TaskView {
    pub(crate) task: TaskRow,
    pub(crate) lines: Vec<LineRow>,
}

/// Where the caller sees tasks.
///
/// # Errors
/// `Unavailable` while the rights are not known to be current.
pub(crate) fn sight(caller: &Caller) -> Result<Sight> {
    Ok(Sight {
        crawl: caller.scope(Action::Crawl)?,
        manage: caller.scope(Action::ManageSources)?,
        rules: caller.scope(Action::ManageRules)?,
        profile: caller.scope(Action::SeeProfile)?,
    })
}

/// Tasks, newest first: one more than fits, where there are more.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn list(app: &App, caller: &Caller, which: &Which, size: i64) -> Result<Vec<TaskRow>> {
    queries::list(&app.db().web, &sight(caller)?, which, size + 1).await
}

/// How many there are in each state.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn counts(app: &App, caller: &Caller) -> Result<Vec<(String, i64)>> {
    queries::counts(&app.db().web, &sight(caller)?).await
}

/// One task with the end of its log.
///
/// # Errors
/// `Absent` when there is none, or not for the caller.
pub(crate) async fn view(app: &App, caller: &Caller, id: PublicId) -> Result<TaskView> {
    let task = queries::one(&app.db().web, &sight(caller)?, id).await?;
    let after = i32::try_from((task.line_count - LAST_LINES).max(0)).unwrap_or(i32::MAX);
    let lines = queries::lines(&app.db().web, &task, after, LAST_LINES).await?;
    Ok(TaskView { task, lines })
}

/// Lines of a task's log: one more than fits, where there are more.
///
/// # Errors
/// As [`view`].
pub(crate) async fn lines(
    app: &App,
    caller: &Caller,
    id: PublicId,
    after: i32,
    size: i64,
) -> Result<Vec<LineRow>> {
    let task = queries::one(&app.db().web, &sight(caller)?, id).await?;
    queries::lines(&app.db().web, &task, after, size + 1).await
}

/// Tells a task to stop. One that waits is over at once; one that runs ends after the step that it is in. Telling it twice
/// is telling it once.
///
/// # Errors
/// `Absent` when there is none, or not for the caller; `Conflict` when it is over.
pub(crate) async fn cancel(app: &App, caller: &Caller, id: PublicId) -> Result<TaskRow> {
    let mut tx = app.db().web.begin().await?;
    let task = queries::one(&mut *tx, &sight(caller)?, id).await?;
    let asset = PublicId(task.asset_public_id);
    let (asset, permit) = stoppable(&mut tx, caller, asset).await?;
    if !request_stop(&mut tx, &permit, task.id).await? {
        return Err(Failure::new(FailureKind::Conflict, "task-is-over"));
    }
    let task = queries::one(&mut *tx, &sight(caller)?, id).await?;
    tx.commit().await?;
    let event = audit::Event::new("task.cancel").by(caller.person()).about(asset.id);
    audit::note(app, &event.with("task", id.to_string())).await?;
    Ok(task)
}

/// What a task works on, for who may stop it: by the right to crawl or to manage a source, or to have a dataset checked.
async fn stoppable(conn: &mut PgConnection, caller: &Caller, asset: PublicId) -> Result<(Asset, Permit)> {
    let mut refusal = Failure::absent();
    for action in [Action::Crawl, Action::ManageSources, Action::ManageRules] {
        match asset::find(&mut *conn, caller, asset, action).await {
            Err(failure) if failure.kind == FailureKind::Forbidden => refusal = failure,
            found => return found,
        }
    }
    Err(refusal)
}

async fn request_stop(conn: &mut PgConnection, _: &Permit, task: i64) -> Result<bool> {
    let told = sqlx::query(
        "update tasks set cancel_requested = true,
                finished_at = case when state = 'queued' then clock_timestamp() end,
                state = case when state = 'queued' then 'cancelled' else state end
         where id = $1 and state in ('queued', 'running')",
    )
    .bind(task)
    .execute(conn)
    .await?;
    Ok(told.rows_affected() == 1)
}

/// The task of a kind that runs or waits at an asset, where the caller sees it.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn live_of(
    app: &App,
    caller: &Caller,
    asset: &Asset,
    kind: &'static str,
) -> Result<Option<cadastre_frontend::tasks::Live>> {
    let which = Which { kind: Some(kind), asset: Some(asset.public_id), ..Which::default() };
    let tasks = list(app, caller, &which, 1).await?;
    match tasks.first().filter(|task| !task.state().is_over()) {
        Some(task) => view(app, caller, PublicId(task.public_id)).await.map(|view| Some(view.live())),
        None => Ok(None),
    }
}
