//! Jobs for programs.

use super::breakage::{self, Breakage, Planned};
use super::ending;
use super::graph_api::NamedJson;
use super::handed::{self, HandIn, HandedText};
use super::job::{self, Job};
use super::list::{self, JobFilter, JobLine};
use super::report::TextReport;
use super::show::labels;
use crate::app::App;
use crate::error::Result;
use crate::http::{ApiCaller, Id, JsonBody, Page, Paging, Params, written};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_frontend::T;
use cadastre_model::JobKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_jobs, create))
        .routes(routes!(show, end))
        .routes(routes!(impact))
        .merge(super::graph_api::api())
        .merge(super::hand_api::api())
        .merge(super::intake::api())
        .merge(super::overview_api::api())
}

/// What is asked of the list of jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// A part of the name, in any case.
    q: Option<String>,
    /// `view`, `materialized_view`, `function`, `sql`, `dbt`, `openlineage`, `flume`, `kafka_connect`, `filebeat` or `logstash`.
    #[param(value_type = Option<String>)]
    kind: Option<JobKind>,
    /// Only in the source or namespace of this name.
    namespace: Option<String>,
    /// Only jobs with statements that were not understood.
    unparsed: Option<bool>,
    /// Where the page begins.
    cursor: Option<String>,
    /// How many at most, 1 to 200; 50 unless said.
    limit: Option<i64>,
}

/// A job in a list.
#[derive(Debug, Serialize, ToSchema)]
struct JobLineJson {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// What it lies in, from the outside, as far as you see it.
    path: Vec<String>,
    /// What it is.
    kind: String,
    /// The dialect of its SQL.
    dialect: Option<String>,
    /// When it runs, as its system writes it.
    schedule: Option<String>,
    /// How many datasets it reads, as far as you see them.
    reads: usize,
    /// How many it writes.
    writes: usize,
    /// How many of its statements were not understood.
    unparsed: i64,
}

impl JobLineJson {
    fn of(line: JobLine) -> Self {
        Self {
            id: line.named.public_id.0,
            name: line.named.name,
            path: line.named.path,
            kind: line.kind.to_string(),
            dialect: line.dialect,
            schedule: line.schedule,
            reads: line.counts.0,
            writes: line.counts.1,
            unparsed: line.unparsed,
        }
    }
}

/// Jobs, by name
#[utoipa::path(get, path = "/jobs", operation_id = "jobs_list", tag = "lineage", params(Filter), responses(
    (status = 200, body = Page<JobLineJson>),
    (status = 401, description = "No token in force"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn list_jobs(
    State(app): State<App>,
    caller: ApiCaller,
    Params(asked): Params<Filter>,
) -> Result<Json<Page<JobLineJson>>> {
    let filter = JobFilter {
        part: asked.q.unwrap_or_default(),
        kind: asked.kind,
        home: asked.namespace,
        unparsed: asked.unparsed.unwrap_or(false),
        state: None,
    };
    let paging = Paging { cursor: asked.cursor, limit: asked.limit };
    let page = list::page(&app, &caller.caller, &filter, &paging).await?;
    Ok(Json(page.map(JobLineJson::of)))
}

/// A job.
#[derive(Debug, Serialize, ToSchema)]
struct JobJson {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// What it lies in, from the outside, as far as you see it.
    path: Vec<String>,
    /// What it is.
    kind: String,
    /// By which way it came to be known: `crawl`, `sql`, `openlineage`, `dbt` or `config`.
    maker: String,
    /// `live` or `tombstoned`.
    state: String,
    /// The dialect of its SQL.
    dialect: Option<String>,
    /// The number of its version in force.
    version: i32,
    /// Its text; none where there is none, or where you do not see all that it names.
    definition: Option<String>,
    /// What it does, in its system's words.
    description: Option<String>,
    /// When it runs, as its system writes it.
    schedule: Option<String>,
    /// The datasets that it reads, as far as you see them.
    inputs: Vec<NamedJson>,
    /// The datasets that it writes.
    outputs: Vec<NamedJson>,
    /// What was not understood; only for who may change the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<ProblemJson>>,
}

/// Something of a definition that was not understood.
#[derive(Debug, Serialize, ToSchema)]
struct ProblemJson {
    /// Which statement, from 1.
    statement: i32,
    /// In which line, from 1.
    line: i32,
    /// At which character of the line, from 1.
    column: i32,
    /// `partly`: something is missing; `failed`: nothing was understood.
    understood: String,
    /// Why.
    reason: String,
}

/// One job
#[utoipa::path(get, path = "/jobs/{id}", operation_id = "jobs_show", tag = "lineage", params(("id" = Uuid, Path, description = "The job")), responses(
    (status = 200, body = JobJson),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
))]
async fn show(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<Json<JobJson>> {
    let job = job::show(&app, &caller.caller, id).await?;
    let (inputs, outputs) = datasets(&app, &caller, &job).await?;
    let problems = if job.may_edit { Some(problems(&app, &job).await?) } else { None };
    let facts = job.version.facts;
    Ok(Json(JobJson {
        id: id.0,
        name: job.named.name,
        path: job.named.path,
        kind: facts.kind.to_string(),
        maker: facts.maker.to_string(),
        state: job.asset.state.to_string(),
        dialect: facts.dialect,
        version: job.version.number,
        definition: facts.definition.filter(|_| job.may_read),
        description: facts.description,
        schedule: facts.schedule,
        inputs,
        outputs,
        problems,
    }))
}

/// End a job that was handed in
///
/// Its edges end with it; its versions stay. What a crawl, events or dbt brought in ends when they say so.
#[utoipa::path(delete, path = "/jobs/{id}", operation_id = "jobs_end", tag = "lineage", params(("id" = Uuid, Path, description = "The job")), responses(
    (status = 204, description = "Ended"),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage lineage there"),
    (status = 404, description = "Not there, or not for you"),
    (status = 409, description = "It was not handed in"),
))]
async fn end(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<impl IntoResponse> {
    let version = ending::end(&app, &caller.caller, id).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}

async fn datasets(app: &App, caller: &ApiCaller, job: &Job) -> Result<(Vec<NamedJson>, Vec<NamedJson>)> {
    let see = caller.caller.scope(cadastre_model::Action::See)?;
    let ids: Vec<_> = job.ends.inputs.keys().chain(job.ends.outputs.keys()).copied().collect();
    let mut conn = app.db().web.acquire().await?;
    let labels = labels::of(&mut conn, &see, &ids, None, caller.caller.language).await?;
    Ok((NamedJson::all(&labels, job.ends.inputs.keys()), NamedJson::all(&labels, job.ends.outputs.keys())))
}

async fn problems(app: &App, job: &Job) -> Result<Vec<ProblemJson>> {
    let mut conn = app.db().web.acquire().await?;
    let rows = job::statements(&mut conn, job.asset.id).await?;
    let problem = |row: job::StatementRow| {
        Some(ProblemJson {
            statement: row.ordinal,
            line: row.reason_line.unwrap_or(row.line),
            column: row.reason_column.unwrap_or(1),
            understood: row.understood.clone(),
            reason: row.reason?,
        })
    };
    Ok(rows.into_iter().filter_map(problem).collect())
}

/// Definitions to be handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandInJson {
    /// `sql`, `flume` or `kafka_connect`.
    #[schema(value_type = String, example = "sql")]
    kind: JobKind,
    /// The dialect of SQL, as `postgres` or `hive`; what the namespace speaks unless said.
    #[serde(default)]
    #[schema(example = "postgres")]
    dialect: Option<String>,
    /// Where the jobs, and the names in the texts, belong: a source's name or namespace, or any other word.
    #[schema(example = "postgres://db.example.org:5432")]
    namespace: String,
    /// Where names without one lie, as `shop.sales`.
    #[serde(default)]
    schema: String,
    /// Only say what would come of it.
    #[serde(default)]
    check: bool,
    /// The texts, 1 to 200.
    texts: Vec<TextJson>,
}

impl HandInJson {
    fn batch(self) -> HandIn {
        let text = |text: TextJson| HandedText { name: text.name, text: text.text };
        HandIn {
            kind: Some(self.kind),
            dialect: self.dialect,
            namespace: self.namespace,
            schema: self.schema,
            texts: self.texts.into_iter().map(text).collect(),
        }
    }
}

/// A text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TextJson {
    /// The name of its job, as a path of a file; unique in the namespace.
    #[schema(example = "etl/orders.sql")]
    name: String,
    /// What it says, at most 256 KiB.
    text: String,
}

/// What came of definitions.
#[derive(Debug, Serialize, ToSchema)]
struct HandedJson {
    /// One entry a text, in their order.
    texts: Vec<TextReport>,
}

/// Hand in definitions of jobs
///
/// Each text becomes a job, or several; its lineage is there with the answer. The same text again changes nothing.
#[utoipa::path(post, path = "/jobs", operation_id = "jobs_create", tag = "lineage", request_body = HandInJson, responses(
    (status = 200, body = HandedJson),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage lineage there"),
    (status = 422, description = "A member is wrong"),
))]
async fn create(
    State(app): State<App>,
    caller: ApiCaller,
    JsonBody(asked): JsonBody<HandInJson>,
) -> Result<impl IntoResponse> {
    let save = !asked.check;
    let (outs, version) = handed::hand_in(&app, &caller.caller, &asked.batch(), save).await?;
    let t = T::new(caller.caller.language, chrono_tz::UTC, app.now());
    let body = HandedJson { texts: outs.iter().map(|out| out.report(&t)).collect() };
    Ok((version.map(|version| written(&app, version)), Json(body)))
}

/// What is about to happen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlannedJson {
    /// Definitions as they are to be; those of jobs that are not known yet change nothing.
    #[serde(default)]
    texts: Option<HandInJson>,
    /// What is to be dropped: datasets or columns, by their names from the right, as `mart.daily.total`.
    #[serde(default)]
    drops: Vec<String>,
}

/// Ask what would break
///
/// Nothing is written. What is affected is told as far as you see it; `markdown` is made for a pull request.
#[utoipa::path(post, path = "/lineage/impact", operation_id = "lineage_impact", tag = "lineage", request_body = PlannedJson, responses(
    (status = 200, body = Breakage),
    (status = 401, description = "No token in force"),
    (status = 422, description = "A member is wrong, or names nothing that you see"),
))]
async fn impact(
    State(app): State<App>,
    caller: ApiCaller,
    JsonBody(asked): JsonBody<PlannedJson>,
) -> Result<Json<Breakage>> {
    let planned =
        Planned { texts: asked.texts.map(HandInJson::batch).unwrap_or_default(), drops: asked.drops };
    Ok(Json(breakage::ask(&app, &caller.caller, &planned).await?))
}
