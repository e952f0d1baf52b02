//! Tasks for programs.

use super::queries::{LineRow, TaskRow, Which};
use super::service;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{ApiCaller, Id, Page, Paging, Params};
use axum::Json;
use axum::extract::State;
use cadastre_frontend::T;
use cadastre_frontend::tasks::TaskState;
use cadastre_model::{Message, PublicId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(lines))
        .routes(routes!(cancel))
}

/// A piece of the register's own background work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskJson {
    /// Its id.
    id: Uuid,
    /// What kind of work it is: `crawl`.
    kind: String,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    #[schema(example = "running")]
    state: String,
    /// What it works on.
    asset: TaskAsset,
    /// Who asked for it; none: the register itself.
    asked_by: Option<TaskPerson>,
    /// Which attempt this is; 0 before the first.
    attempt: i32,
    /// How many there may be.
    max_attempts: i32,
    /// Whether it was told to stop and has not yet.
    is_stopping: bool,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    /// When it runs, or runs again, while it waits.
    due: Option<DateTime<Utc>>,
    /// When the last attempt began.
    started_at: Option<DateTime<Utc>>,
    /// When it came to its end.
    finished_at: Option<DateTime<Utc>>,
    /// What it is doing, in your language.
    doing: Option<String>,
    /// How many of `total` are done.
    done: u64,
    /// None while it is not known.
    total: Option<u64>,
    /// What it changed, when it is done.
    changes: Option<TaskChanges>,
    /// Why the last attempt failed.
    error: Option<TaskError>,
}

/// What a task works on.
#[derive(Debug, Serialize, ToSchema)]
struct TaskAsset {
    /// Its id.
    id: Uuid,
    /// What it is: `source`.
    kind: String,
    /// Its name.
    name: String,
}

/// Who asked for a task.
#[derive(Debug, Serialize, ToSchema)]
struct TaskPerson {
    /// Their id.
    id: Uuid,
    /// Their name.
    name: String,
}

/// What a task changed.
#[derive(Debug, Serialize, ToSchema)]
struct TaskChanges {
    /// New.
    added: i64,
    /// Gone.
    removed: i64,
    /// Other than before.
    changed: i64,
}

/// Why a task failed.
#[derive(Debug, Serialize, ToSchema)]
struct TaskError {
    /// The reason's own word, the same in every language.
    #[schema(example = "source-unreached")]
    reason: String,
    /// In your language.
    text: String,
    /// What the source said; only for who manages it.
    detail: Option<String>,
}

/// A line of a task's log.
#[derive(Debug, Serialize, ToSchema)]
struct TaskLine {
    /// Its number, from 1.
    number: i32,
    /// When.
    at: DateTime<Utc>,
    /// `info`, `warn` or `error`.
    level: String,
    /// In your language.
    text: String,
}

/// The words of a caller.
fn words(app: &App, caller: &ApiCaller) -> T {
    T::new(caller.caller.language, chrono_tz::UTC, app.now())
}

impl TaskJson {
    /// As a program sees it.
    pub(crate) fn of(row: &TaskRow, t: &T) -> Self {
        let progress = row.progress();
        Self {
            id: row.public_id,
            kind: row.kind.clone(),
            state: row.state.clone(),
            asset: TaskAsset {
                id: row.asset_public_id,
                kind: row.asset_kind.clone(),
                name: row.asset_name.clone(),
            },
            asked_by: row
                .person_public_id
                .zip(row.person_name.clone())
                .map(|(id, name)| TaskPerson { id, name }),
            attempt: row.attempt,
            max_attempts: row.max_attempts,
            is_stopping: row.cancel_requested && !row.state().is_over(),
            created_at: row.created_at,
            due: (row.state() == TaskState::Queued).then_some(row.due),
            started_at: row.started_at,
            finished_at: row.finished_at,
            doing: progress.doing.as_ref().map(|doing| t.message(doing)),
            done: progress.done,
            total: progress.total,
            changes: row.counts().map(|counts| TaskChanges {
                added: counts.added,
                removed: counts.removed,
                changed: counts.changed,
            }),
            error: row.reason().map(|reason| TaskError {
                reason: reason.message.key.clone().into_owned(),
                text: t.message(&reason.message),
                detail: reason.detail,
            }),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TaskQuery {
    /// Only those in this state.
    state: Option<String>,
    /// Only those that work on this asset.
    asset: Option<Uuid>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Tasks, newest first
///
/// Those that work on what you may crawl or manage.
#[utoipa::path(get, path = "/tasks", operation_id = "tasks_list", tag = "tasks", params(TaskQuery), responses(
    (status = 200, body = Page<TaskJson>),
    (status = 401, description = "No token in force"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn list(
    State(app): State<App>,
    caller: ApiCaller,
    Params(query): Params<TaskQuery>,
) -> Result<Json<Page<TaskJson>>> {
    let state = query.state.as_deref().map(|word| {
        TaskState::of_word(word)
            .map(TaskState::as_str)
            .ok_or_else(|| Failure::invalid("state", Message::new("error-form-field").arg("what", word)))
    });
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let size = paging.size()?;
    let which = Which {
        state: state.transpose()?,
        asset: query.asset.map(PublicId),
        before: paging.after(&app, "tasks")?,
        ..Which::default()
    };
    let rows = service::list(&app, &caller.caller, &which, size).await?;
    let t = words(&app, &caller);
    let page = Page::of(rows, size, &app, "tasks", |row| row.id)?;
    Ok(Json(page.map(|row| TaskJson::of(&row, &t))))
}

/// One task
#[utoipa::path(get, path = "/tasks/{id}", operation_id = "tasks_show", tag = "tasks", params(("id" = Uuid, Path, description = "The task")), responses(
    (status = 200, body = TaskJson),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
))]
async fn show(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<Json<TaskJson>> {
    let view = service::view(&app, &caller.caller, id).await?;
    Ok(Json(TaskJson::of(&view.task, &words(&app, &caller))))
}

/// The log of a task, oldest line first
#[utoipa::path(get, path = "/tasks/{id}/lines", operation_id = "tasks_lines", tag = "tasks", params(("id" = Uuid, Path, description = "The task"), Paging), responses(
    (status = 200, body = Page<TaskLine>),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn lines(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<TaskLine>>> {
    let size = paging.size()?;
    let after = paging.after(&app, "task lines")?.unwrap_or(0);
    let rows = service::lines(&app, &caller.caller, id, after, size).await?;
    let t = words(&app, &caller);
    let page = Page::of(rows, size, &app, "task lines", |line: &LineRow| line.number)?;
    let line = |row: LineRow| TaskLine {
        number: row.number,
        at: row.at,
        level: row.level,
        text: serde_json::from_value(row.message)
            .map_or_else(|_| String::new(), |message| t.message(&message)),
    };
    Ok(Json(page.map(line)))
}

/// Stop a task
///
/// One that waits is over at once; one that runs ends after the step that it is in. A task has no `ETag`: it changes by
/// itself, and telling it twice is telling it once.
#[utoipa::path(post, path = "/tasks/{id}/cancel", operation_id = "tasks_cancel", tag = "tasks", params(("id" = Uuid, Path, description = "The task")), responses(
    (status = 200, body = TaskJson),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
    (status = 409, description = "It is over"),
    (status = 422, description = "The idempotency key is another request's"),
))]
async fn cancel(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<Json<TaskJson>> {
    let task = service::cancel(&app, &caller.caller, id).await?;
    Ok(Json(TaskJson::of(&task, &words(&app, &caller))))
}
