//! Pages about tasks. The events of a task that runs are in [`super::events`].

use super::queries::Which;
use super::{events, service};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Member, Page, Paging, Params, SignedForm, html, redirect};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use cadastre_frontend::parts::{FacetOption, Pager};
use cadastre_frontend::tasks::{TaskPage, TaskState, TasksPage};
use cadastre_frontend::{Flash, T, Tone, href};
use cadastre_model::Message;
use serde::Deserialize;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/tasks", get(list))
        .route("/tasks/{id}", get(show))
        .route("/tasks/{id}/events", get(events::stream))
        .route("/tasks/{id}/cancel", post(cancel))
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    state: Option<String>,
    cursor: Option<String>,
}

async fn list(State(app): State<App>, member: Member, Params(query): Params<ListQuery>) -> Result<Response> {
    let state = query.state.as_deref().and_then(TaskState::of_word);
    let paging = Paging { cursor: query.cursor, limit: None };
    let size = paging.size()?;
    let which = Which {
        state: state.map(TaskState::as_str),
        before: paging.after(&app, "tasks")?,
        ..Which::default()
    };
    let rows = service::list(&app, &member.caller, &which, size).await?;
    let page = Page::of(rows, size, &app, "tasks", |row| row.id)?;
    let counts = service::counts(&app, &member.caller).await?;
    let chrome = member.chrome(&app);
    let filters = filters(&chrome.t, state, &counts);
    let pager = Pager {
        shown: i64::try_from(page.items.len()).unwrap_or(i64::MAX),
        total: None,
        previous: paging.cursor.is_some().then(|| address(state)),
        next: page.next.as_deref().map(|next| href::with_query(address(state), "cursor", next)),
    };
    let tasks = page.items.iter().map(super::queries::TaskRow::shown).collect();
    html(&member.visitor, &TasksPage { chrome, filters, tasks, pager })
}

fn address(state: Option<TaskState>) -> String {
    state.map_or_else(href::tasks, |state| href::with_query(href::tasks(), "state", state.as_str()))
}

fn filters(t: &T, chosen: Option<TaskState>, counts: &[(String, i64)]) -> Vec<FacetOption> {
    let of = |state: TaskState| {
        counts.iter().find(|(word, _)| word == state.as_str()).map_or(0, |(_, count)| *count)
    };
    let all = FacetOption {
        label: t.s("tasks-all"),
        count: counts.iter().map(|(_, count)| count).sum(),
        href: href::tasks(),
        is_chosen: chosen.is_none(),
    };
    let each = TaskState::ALL.into_iter().map(|state| FacetOption {
        label: t.s(state.key()),
        count: of(state),
        href: address(Some(state)),
        is_chosen: chosen == Some(state),
    });
    std::iter::once(all).chain(each).collect()
}

async fn show(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let view = service::view(&app, &member.caller, id).await?;
    let page = TaskPage {
        chrome: member.chrome(&app),
        title: view.task.title(),
        asset: Some(view.task.asset()),
        asked_by: view.task.asked_by(),
        created: view.task.created_at,
        finished: view.task.finished_at,
        attempt: (view.task.attempt.into(), view.task.max_attempts.into()),
        live: view.live(),
    };
    html(&member.visitor, &page)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn cancel(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    service::cancel(&app, &member.caller, id).await?;
    let flash = Flash { tone: Tone::Pass, message: Message::new("task-told-to-stop") };
    Ok(redirect(&app, &href::task(id), Some(flash), None))
}
