//! The runs of a job, for programs.

use crate::app::App;
use crate::error::Result;
use crate::http::{ApiCaller, Id, Page, Paging, Params};
use crate::lineage::job;
use crate::lineage::runs::{self, Run};
use axum::Json;
use axum::extract::State;
use cadastre_model::RunState;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A run of a job.
#[derive(Debug, Serialize, ToSchema)]
struct RunJson {
    /// Its id here.
    id: Uuid,
    /// The id that the client gave it; runs of other jobs may have the same.
    run: Uuid,
    /// `waiting`, `running`, `done`, `failed` or `aborted`.
    state: String,
    /// When it started; else when it was first heard of.
    at: DateTime<Utc>,
    /// When it started, where that was told.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    ended_at: Option<DateTime<Utc>>,
    /// The beginning of the time that it works for.
    nominal_start: Option<DateTime<Utc>>,
    /// The end of the time that it works for.
    nominal_end: Option<DateTime<Utc>>,
    /// The version of the job when the run was first heard of.
    version: Option<i32>,
    /// Rows read, where counted.
    rows_read: Option<i64>,
    /// Bytes read, where counted.
    bytes_read: Option<i64>,
    /// Rows written, where counted.
    rows_written: Option<i64>,
    /// Bytes written, where counted.
    bytes_written: Option<i64>,
    /// What ran it: `spark 3.5.1`.
    engine: Option<String>,
    /// Why it failed. As all figures only for who sees every dataset of the job.
    error: Option<String>,
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RunsParams {
    /// Only those in this state.
    #[param(value_type = Option<String>, example = "failed")]
    state: Option<RunState>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// The runs of a job, the newest first
#[utoipa::path(get, path = "/jobs/{id}/runs", tag = "lineage", params(("id" = Uuid, Path,), RunsParams),
    responses((status = 200, body = Page<RunJson>), (status = 401, description = "No token in force"), (status = 404, description = "Not there, or not for you"), (status = 422, description = "A parameter is wrong")))]
async fn list(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    Id(id): Id,
    Params(params): Params<RunsParams>,
) -> Result<Json<Page<RunJson>>> {
    let job = job::show(&app, &caller, id).await?;
    let paging = Paging { cursor: params.cursor, limit: params.limit };
    let page = runs::page(&app, &job, params.state, &paging).await?;
    Ok(Json(page.map(RunJson::of)))
}

impl RunJson {
    fn of(row: Run) -> Self {
        Self {
            id: row.public_id,
            run: row.run,
            state: row.state_word().to_owned(),
            at: row.at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            nominal_start: row.nominal_start,
            nominal_end: row.nominal_end,
            version: row.version,
            rows_read: row.rows_read,
            bytes_read: row.bytes_read,
            rows_written: row.rows_written,
            bytes_written: row.bytes_written,
            engine: row.engine,
            error: row.error,
        }
    }
}
