//! Pages about the runs of a job.

use super::job;
use super::job_pages::links_of;
use super::job_view::{self, Links};
use super::runs::{self, Run, Told};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Member, Paging, Params, html, public_id};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use cadastre_frontend::href;
use cadastre_frontend::jobs::JobTab;
use cadastre_frontend::jobs::job::{JobDataset, RunsPage};
use cadastre_frontend::jobs::run::{RunPage, RunRow};
use cadastre_frontend::parts::Pager;
use cadastre_model::{Action, AssetId, Message, RunState};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

/// The longest value of a facet that a page shows, in characters.
const VALUE_MAX: usize = 400;

/// The routes.
pub(super) fn pages() -> Router<App> {
    Router::new().route("/j/{id}/runs", get(show_list)).route("/j/{id}/runs/{run}", get(show_one))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Query {
    state: String,
    cursor: Option<String>,
}

async fn show_list(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(asked): Params<Query>,
) -> Result<Response> {
    let job = job::show(&app, &member.caller, id).await?;
    let state: Option<RunState> = asked.state.parse().ok();
    let paging = Paging { cursor: asked.cursor.clone(), limit: None };
    let found = runs::page(&app, &job, state, &paging).await?;
    let here = |cursor: &str| {
        let url = href::with_query(href::job_tab(id, JobTab::Runs), "state", &asked.state);
        href::with_query(url, "cursor", cursor)
    };
    let page = RunsPage {
        chrome: member.chrome(&app),
        head: job_view::head(&job),
        state,
        pager: Pager {
            shown: i64::try_from(found.items.len()).unwrap_or(i64::MAX),
            total: None,
            previous: asked.cursor.is_some().then(|| here("")),
            next: found.next.as_deref().map(here),
        },
        runs: found.items.iter().map(row).collect::<Result<_>>()?,
    };
    html(&member.visitor, &page)
}

fn row(run: &Run) -> Result<RunRow> {
    Ok(RunRow {
        id: run.public_id.to_string(),
        state: run.state()?,
        started: run.started_at,
        ended: run.ended_at,
        took_ms: run.took_ms(),
        rows: run.rows_written,
        bytes: run.bytes_written,
        error: run.error.as_deref().and_then(|text| text.lines().next()).map(job_view::excerpt),
        version: run.version.map(i64::from),
    })
}

async fn show_one(
    State(app): State<App>,
    member: Member,
    Path((id, run)): Path<(String, String)>,
) -> Result<Response> {
    let job = job::show(&app, &member.caller, public_id(&id)?).await?;
    let see = member.caller.scope(Action::See)?;
    let told = runs::one(&app, &see, &job, public_id(&run)?).await?;
    let ids: Vec<AssetId> = told.inputs.iter().chain(&told.outputs).map(|end| end.0).collect();
    let mut conn = app.db().web.acquire().await?;
    let links = links_of(&mut conn, &member, &ids).await?;
    drop(conn);
    let page = RunPage {
        chrome: member.chrome(&app),
        head: job_view::head(&job),
        run: row(&told.run)?,
        error: told.run.error.clone().filter(|_| job.may_edit),
        parent: told.parent.clone().filter(|_| job.may_read).map(|name| (name, None)),
        facets: if job.may_read { facets(&told) } else { Vec::new() },
        inputs: datasets(&links, &told.inputs),
        outputs: datasets(&links, &told.outputs),
        events: events(&told),
    };
    html(&member.visitor, &page)
}

fn datasets(links: &Links, ends: &[(AssetId, Option<i64>)]) -> Vec<JobDataset> {
    let dataset = |(id, rows): &(AssetId, Option<i64>)| {
        let link = links.get(id)?.clone();
        Some(JobDataset { link: Some(link), columns: Vec::new(), more: 0, last_seen: None, rows: *rows })
    };
    ends.iter().filter_map(dataset).collect()
}

fn facets(told: &Told) -> Vec<(String, String)> {
    let engine = told.run.engine.iter().map(|engine| ("engine".to_owned(), engine.clone()));
    let facets = told.facets.iter().map(|(name, value)| (name.clone(), shown(value)));
    engine.chain(facets).collect()
}

fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() <= VALUE_MAX {
        text
    } else {
        text.chars().take(VALUE_MAX - 1).chain(['…']).collect()
    }
}

/// The moments that were told, oldest first.
fn events(told: &Told) -> Vec<(DateTime<Utc>, Message)> {
    let mut moments: Vec<(DateTime<Utc>, Message)> = Vec::new();
    if let Some(start) = told.run.nominal_start {
        moments.push((start, Message::new("job-run-planned")));
    }
    moments.extend(told.run.started_at.map(|at| (at, Message::new("job-run-began"))));
    moments.extend(told.run.ended_at.map(|at| (at, Message::new("job-run-ended"))));
    moments.sort_by_key(|(at, _)| *at);
    moments
}
