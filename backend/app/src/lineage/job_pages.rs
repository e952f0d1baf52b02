//! Pages about jobs: the list, one job with its tabs. Its runs are a file of their own.

use super::job::{self, Job};
use super::job_view::{self, ColumnLinks, Links, Marks};
use super::list::{self, JobFilter};
use crate::app::App;
use crate::catalog::rows::{self, word};
use crate::error::{Failure, Result};
use crate::http::{Id, Member, Paging, Params, html};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use cadastre_frontend::catalog::history::Sign;
use cadastre_frontend::jobs::JobTab;
use cadastre_frontend::jobs::job::{
    DefinitionPage, DiffLine, JobLineagePage, VersionDiff, VersionRow, VersionsPage,
};
use cadastre_frontend::jobs::list::JobsPage;
use cadastre_frontend::parts::{Changes, Pager, Subject};
use cadastre_frontend::{Choice, T, href};
use cadastre_model::{Action, AssetId, ColumnId, RunState, SubjectKind, Understood};
use serde::Deserialize;
use similar::{ChangeTag, TextDiff};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// How many versions a page shows.
const VERSIONS: i64 = 50;

/// The word in `state` for jobs with statements that were not understood.
const UNPARSED: &str = "unparsed";

/// How many lines that are the same stand around those that differ.
const AROUND: usize = 3;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/jobs", get(show_list))
        .route("/j/{id}", get(show_definition))
        .route("/j/{id}/lineage", get(show_ends))
        .route("/j/{id}/versions", get(show_versions))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    q: String,
    kind: String,
    namespace: String,
    state: String,
    cursor: Option<String>,
}

async fn show_list(
    State(app): State<App>,
    member: Member,
    Params(asked): Params<ListQuery>,
) -> Result<Response> {
    let caller = &member.caller;
    let filter = JobFilter {
        part: asked.q.clone(),
        kind: asked.kind.parse().ok(),
        home: Some(asked.namespace.clone()).filter(|name| !name.is_empty()),
        unparsed: asked.state == UNPARSED,
        state: asked.state.parse().ok(),
    };
    let paging = Paging { cursor: asked.cursor.clone(), limit: None };
    let found = list::page(&app, caller, &filter, &paging).await?;
    let kinds = list::kinds(&app, caller).await?;
    let chrome = member.chrome(&app);
    let here = |cursor: Option<&str>| {
        let pairs = [
            ("q", &asked.q),
            ("kind", &asked.kind),
            ("namespace", &asked.namespace),
            ("state", &asked.state),
        ];
        let url = pairs.iter().fold(href::jobs(), |url, (name, value)| href::with_query(url, name, value));
        href::with_query(url, "cursor", cursor.unwrap_or_default())
    };
    let page = JobsPage {
        kinds: job_view::kinds(&chrome.t, &kinds),
        kind: asked.kind.clone(),
        namespaces: list::homes(&app, caller)
            .await?
            .into_iter()
            .map(|name| Choice::new(name.clone(), name))
            .collect(),
        namespace: asked.namespace.clone(),
        states: states(&chrome.t),
        state: asked.state.clone(),
        pager: Pager {
            shown: i64::try_from(found.items.len()).unwrap_or(i64::MAX),
            total: None,
            previous: asked.cursor.is_some().then(|| here(None)),
            next: found.next.as_deref().map(|cursor| here(Some(cursor))),
        },
        jobs: found.items.into_iter().map(job_view::job_row).collect(),
        is_register_empty: kinds.is_empty(),
        may_upload: caller.may_somewhere(Action::ManageLineage),
        query: asked.q,
        chrome,
    };
    html(&member.visitor, &page)
}

/// What can be chosen of the last run.
fn states(t: &T) -> Vec<Choice> {
    let runs = RunState::ALL.iter().map(|state| Choice::new(state.as_str(), t.w(state)));
    runs.chain([Choice::new(UNPARSED, t.s("job-state-unparsed"))]).collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DefinitionQuery {
    col: String,
    version: Option<i32>,
}

async fn show_definition(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(asked): Params<DefinitionQuery>,
) -> Result<Response> {
    let job = job::show(&app, &member.caller, id).await?;
    let mut conn = app.db().web.acquire().await?;
    let number = asked.version.unwrap_or(job.version.number);
    let is_current = number == job.version.number;
    let version = match is_current {
        true => Some(job.version.clone()),
        false => job::version(&mut conn, job.asset.id, number).await?,
    };
    let version = version.ok_or_else(Failure::absent)?;
    let text = version.facts.definition.filter(|text| !text.is_empty());
    let statements = if is_current { job::statements(&mut conn, job.asset.id).await? } else { Vec::new() };
    let spots = if is_current { job::spots(&mut conn, job.asset.id).await? } else { Vec::new() };
    let links = links(&mut conn, &member, &job).await?;
    let columns: BTreeSet<i64> =
        spots.iter().flat_map(|spot| [spot.from_column, Some(spot.to_column)]).flatten().collect();
    let columns: Vec<ColumnId> = columns.into_iter().map(ColumnId).collect();
    let columns = job::columns(&mut conn, &columns).await?;
    drop(conn);
    let shown = text.as_deref().filter(|_| job.may_read);
    let outputs = job_view::output_columns(&spots, &links, &columns, shown.unwrap_or_default());
    let chosen = outputs.iter().find(|column| column.id == asked.col).map(|column| column.id.clone());
    let mut marks = marks(&job, &links);
    marks.chosen = spots
        .iter()
        .filter(|spot| {
            columns.get(&ColumnId(spot.to_column)).is_some_and(|column| Some(column.0.to_string()) == chosen)
        })
        .filter_map(|spot| spot.start_byte.zip(spot.end_byte))
        .collect();
    marks.errors = statements
        .iter()
        .filter(|row| row.state() == Understood::Failed)
        .map(|row| (row.start_byte, row.end_byte))
        .collect();
    let page = DefinitionPage {
        chrome: member.chrome(&app),
        head: job_view::head(&job),
        version: i64::from(number),
        code: shown.map(|text| job_view::code(text, &marks)),
        is_withheld: text.is_some() && !job.may_read,
        columns: if job.may_read { outputs } else { Vec::new() },
        chosen,
        problems: if job.may_edit { job_view::problems(&statements, shown) } else { Vec::new() },
        parsed: job_view::parsed(&statements),
    };
    html(&member.visitor, &page)
}

/// The names of what a job reads and writes, as they stand in its text.
fn marks(job: &Job, links: &Links) -> Marks {
    let names = |ids: Vec<&AssetId>| -> BTreeSet<String> {
        ids.into_iter().filter_map(|id| Some(links.get(id)?.name.to_lowercase())).collect()
    };
    Marks {
        inputs: names(job.ends.inputs.keys().collect()),
        outputs: names(job.ends.outputs.keys().collect()),
        ..Marks::default()
    }
}

/// The links of what a job reads and writes.
async fn links(conn: &mut PgConnection, member: &Member, job: &Job) -> Result<Links> {
    let ids: Vec<AssetId> = job.ends.inputs.keys().chain(job.ends.outputs.keys()).copied().collect();
    links_of(conn, member, &ids).await
}

/// The links of datasets that the reader sees.
pub(super) async fn links_of(conn: &mut PgConnection, member: &Member, ids: &[AssetId]) -> Result<Links> {
    let see = member.caller.scope(Action::See)?;
    let named = rows::named(&mut *conn, &see, ids, member.caller.language).await?;
    let states: Vec<(i64, String, Option<String>)> = sqlx::query_as(
        "select a.id, a.state, (select f.kind from dataset_facts f where f.dataset_id = a.id order by f.valid_from desc limit 1)
         from assets a where a.id = any($1)",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let mut links = Links::new();
    for (id, state, kind) in states {
        let Some(named) = named.get(&AssetId(id)) else { continue };
        let kind = kind.as_deref().map(word).transpose()?;
        links.insert(AssetId(id), job_view::dataset_link(named, word(&state)?, kind));
    }
    Ok(links)
}

async fn columns_of(conn: &mut PgConnection, job: &Job) -> Result<ColumnLinks> {
    let read = job.ends.inputs.values().flatten();
    let written = job.ends.outputs.values().flat_map(|columns| columns.keys());
    let ids: Vec<ColumnId> = read.chain(written).copied().collect();
    job::columns(conn, &ids).await
}

async fn show_ends(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let job = job::show(&app, &member.caller, id).await?;
    let mut conn = app.db().web.acquire().await?;
    let links = links(&mut conn, &member, &job).await?;
    let columns = columns_of(&mut conn, &job).await?;
    drop(conn);
    let page = JobLineagePage {
        chrome: member.chrome(&app),
        head: job_view::head(&job),
        inputs: job_view::inputs(&job, &links, &columns),
        outputs: job_view::outputs(&job, &links, &columns),
    };
    html(&member.visitor, &page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VersionsQuery {
    from: Option<i32>,
    to: Option<i32>,
    below: Option<i32>,
}

async fn show_versions(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(asked): Params<VersionsQuery>,
) -> Result<Response> {
    let job = job::show(&app, &member.caller, id).await?;
    let mut conn = app.db().web.acquire().await?;
    let see = member.caller.scope(Action::See)?;
    let mut versions = job::versions(&mut conn, &see, job.asset.id, asked.below, VERSIONS + 1).await?;
    let more = versions.len() > usize::try_from(VERSIONS).unwrap_or(usize::MAX);
    versions.truncate(usize::try_from(VERSIONS).unwrap_or(usize::MAX));
    let parsed = job_view::parsed(&job::statements(&mut conn, job.asset.id).await?);
    let diff = match (asked.from, asked.to) {
        (Some(from), Some(to)) if from != to => {
            Some(diff(&mut conn, &job, from.min(to), from.max(to)).await?)
        }
        _ => None,
    };
    drop(conn);
    let here = href::job_tab(id, JobTab::Versions);
    let last = versions.last().map(|row| row.number);
    let page = VersionsPage {
        chrome: member.chrome(&app),
        head: job_view::head(&job),
        pager: Pager {
            shown: i64::try_from(versions.len()).unwrap_or(i64::MAX),
            total: None,
            previous: asked.below.is_some().then(|| here.clone()),
            next: last.filter(|_| more).map(|last| href::with_query(here, "below", &last.to_string())),
        },
        versions: versions.into_iter().map(|row| version_row(&job, row, parsed)).collect::<Result<_>>()?,
        diff,
    };
    html(&member.visitor, &page)
}

fn version_row(job: &Job, row: job::VersionLine, parsed: (i64, i64)) -> Result<VersionRow> {
    Ok(VersionRow {
        number: i64::from(row.number),
        since: row.valid_from,
        until: row.valid_to,
        by: row.person_id.zip(row.person).map(|(id, name)| Subject {
            kind: SubjectKind::Person,
            id: id.to_string(),
            name,
        }),
        maker: word(&row.maker)?,
        edges: Changes { added: row.opened, changed: 0, removed: row.closed },
        parsed: if row.number == job.version.number { parsed } else { (0, 0) },
    })
}

async fn diff(conn: &mut PgConnection, job: &Job, from: i32, to: i32) -> Result<VersionDiff> {
    let text = async |conn: &mut PgConnection, number| -> Result<String> {
        let version = job::version(conn, job.asset.id, number).await?.ok_or_else(Failure::absent)?;
        Ok(version.facts.definition.unwrap_or_default())
    };
    let (before, after) = (text(conn, from).await?, text(conn, to).await?);
    Ok(VersionDiff {
        from: i64::from(from),
        to: i64::from(to),
        lines: job.may_read.then(|| lines(&before, &after)),
        edges: if job.may_read {
            job::edges_between(conn, job.asset.id, from, to).await?
        } else {
            Vec::new()
        }
        .into_iter()
        .map(|(is_new, edge)| (if is_new { Sign::Added } else { Sign::Removed }, edge))
        .collect(),
    })
}

/// What differs between two texts, with some lines around.
fn lines(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let number = |index: Option<usize>| index.and_then(|index| i64::try_from(index + 1).ok());
    let ops = diff.grouped_ops(AROUND).into_iter().flatten();
    ops.flat_map(|op| diff.iter_changes(&op).collect::<Vec<_>>())
        .map(|change| DiffLine {
            sign: match change.tag() {
                ChangeTag::Equal => None,
                ChangeTag::Insert => Some(Sign::Added),
                ChangeTag::Delete => Some(Sign::Removed),
            },
            before: number(change.old_index()),
            after: number(change.new_index()),
            text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
        })
        .collect()
}
