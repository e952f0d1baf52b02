//! Profiles and samples for programs.

use super::run;
use super::sample::{self, Sample};
use super::show::{self, ProfileShown};
use crate::app::App;
use crate::error::Result;
use crate::http::{ApiCaller, Id, Params};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_profile, ask_for_profile)).routes(routes!(show_sample))
}

/// A profile that was asked for.
#[derive(Debug, Serialize, ToSchema)]
struct AskedJson {
    /// The task that makes it; seen by who may see the source's tasks.
    task: Uuid,
    /// Whether it is a new one; else the same waits or runs already.
    is_new: bool,
}

/// Profile of a dataset
///
/// The newest, or an earlier one, and what those before it said. What is masked for you is left out.
#[utoipa::path(get, path = "/datasets/{id}/profile", tag = "profiles", params(("id" = Uuid, Path, description = "The dataset"), ProfileQuery), responses(
    (status = 200, body = ProfileShown),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not see its profile"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "A parameter that is none"),
))]
async fn show_profile(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(query): Params<ProfileQuery>,
) -> Result<Json<ProfileShown>> {
    Ok(Json(show::show(&app, &caller.caller, id, query.profile).await?))
}

/// Which profile.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProfileQuery {
    /// The id of an earlier one, as in `history`; the newest unless said.
    profile: Option<Uuid>,
}

/// Ask for a profile
///
/// It is made by a task, within the limits that are set at the source. One that waits or runs already is the answer too.
#[utoipa::path(post, path = "/datasets/{id}/profile", tag = "profiles", params(("id" = Uuid, Path, description = "The dataset")), responses(
    (status = 202, body = AskedJson),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not see its profile"),
    (status = 404, description = "Not there, or not for you, or in no source that is read"),
    (status = 422, description = "The idempotency key is another request's"),
))]
async fn ask_for_profile(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
) -> Result<(StatusCode, Json<AskedJson>)> {
    let asked = run::ask_for(&app, &caller.caller, id).await?;
    Ok((StatusCode::ACCEPTED, Json(AskedJson { task: asked.public_id.0, is_new: asked.is_new })))
}

/// How many rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SampleQuery {
    /// 1 to 100; 20 unless said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Some rows of a dataset
///
/// Read from the source now, and kept nowhere. Who reads values is noted in the audit trail.
#[utoipa::path(get, path = "/datasets/{id}/sample", tag = "profiles", params(("id" = Uuid, Path, description = "The dataset"), SampleQuery), responses(
    (status = 200, body = Sample),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not see its values"),
    (status = 404, description = "Not there, or not for you, or in no source that is read"),
    (status = 422, description = "The limit is none, or the source refuses"),
    (status = 429, description = "The limits of the source are met"),
    (status = 503, description = "The source does not answer"),
))]
async fn show_sample(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(query): Params<SampleQuery>,
) -> Result<Json<Sample>> {
    Ok(Json(sample::sample(&app, &caller.caller, id, query.limit.unwrap_or(20)).await?))
}
