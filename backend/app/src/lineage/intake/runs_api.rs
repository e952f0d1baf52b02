//! The runs of a job, for programs.

use super::runs::{Row, page};
use crate::app::App;
use crate::catalog::{asset, visible};
use crate::error::{Failure, Result};
use crate::http::{ApiCaller, Id, Page, Paging, Params};
use axum::Json;
use axum::extract::State;
use cadastre_access::Scope;
use cadastre_model::{Action, AssetId, AssetKind, RunState};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
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
    /// Why it failed. Only for who sees every dataset of the job, since it may name them.
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
    let mut conn = app.db().web.acquire().await?;
    let (job, _) = asset::find(&mut *conn, &caller, id, Action::See).await?;
    if job.kind != AssetKind::Job {
        return Err(Failure::absent());
    }
    let paging = Paging { cursor: params.cursor, limit: params.limit };
    let size = paging.size()?;
    let after: Option<(DateTime<Utc>, i64)> = paging.after(&app, "runs")?;
    let rows = page(&mut conn, job.id, params.state, after, size + 1).await?;
    let scope = caller.scope(Action::See)?;
    let sees_all = sees_all(&mut conn, &scope, job.id).await?;
    let page = Page::of(rows, size, &app, "runs", |row| (row.at, row.id))?;
    Ok(Json(page.map(|row| RunJson::of(row, sees_all))))
}

/// Whether the reader sees every dataset that the job reads or writes.
async fn sees_all(conn: &mut PgConnection, scope: &Scope, job: AssetId) -> Result<bool> {
    let ends: Vec<i64> = sqlx::query_scalar(
        "select from_id from lineage_edges where job_id = $1 and from_id is not null
         union select to_id from lineage_edges where job_id = $1 and to_id is not null",
    )
    .bind(job.0)
    .fetch_all(&mut *conn)
    .await?;
    let count = ends.len();
    Ok(visible::of(conn, scope, ends.into_iter().map(AssetId)).await?.len() == count)
}

impl RunJson {
    fn of(row: Row, sees_all: bool) -> Self {
        Self {
            id: row.public_id,
            run: row.run,
            state: row.state,
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
            error: row.error.filter(|_| sees_all),
        }
    }
}
