//! Edges by hand, for programs.

use super::hand::{self, Drawn};
use crate::app::App;
use crate::error::Result;
use crate::http::{ApiCaller, Id, JsonBody, public_id, written};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_model::PublicId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(draw)).routes(routes!(strike)).routes(routes!(restore))
}

/// An edge to be drawn by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DrawnJson {
    /// The other dataset.
    #[schema(value_type = Uuid)]
    other: PublicId,
    /// `up`: the other's data goes into this one; `down`: this one's into the other.
    side: SideJson,
    /// Which columns go into which.
    #[serde(default)]
    columns: Vec<ColumnPairJson>,
    /// Why.
    note: String,
}

/// On which side of a dataset another lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SideJson {
    Up,
    Down,
}

/// A column that goes into another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ColumnPairJson {
    /// Of the dataset whose data goes.
    from: String,
    /// Of the dataset that it goes into.
    to: String,
}

/// An edge that was drawn.
#[derive(Debug, Serialize, ToSchema)]
struct EdgeJson {
    /// Its id.
    id: Uuid,
}

/// Draw an edge by hand
#[utoipa::path(post, path = "/datasets/{id}/edges", operation_id = "edges_draw", tag = "lineage",
    params(("id" = Uuid, Path, description = "The dataset")), request_body = DrawnJson, responses(
    (status = 200, body = EdgeJson),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage its lineage"),
    (status = 404, description = "Not there, or not for you"),
    (status = 409, description = "The edge is drawn already"),
    (status = 422, description = "A member is wrong"),
))]
async fn draw(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    JsonBody(asked): JsonBody<DrawnJson>,
) -> Result<impl IntoResponse> {
    let drawn = Drawn {
        other: asked.other,
        is_up: asked.side == SideJson::Up,
        columns: asked.columns.into_iter().map(|pair| (pair.from, pair.to)).collect(),
        note: asked.note,
    };
    let (edge, version) = hand::draw(&app, &caller.caller, id, &drawn).await?;
    Ok((written(&app, version), Json(EdgeJson { id: edge.0 })))
}

/// Why an edge is struck out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WhyJson {
    /// In words.
    reason: String,
}

/// Strike out an edge at a dataset
///
/// It is absent from then on, whatever job says it. One that was drawn by hand is taken back.
#[utoipa::path(post, path = "/datasets/{id}/edges/{edge}/strike", operation_id = "edges_strike", tag = "lineage",
    params(("id" = Uuid, Path, description = "The dataset"), ("edge" = Uuid, Path, description = "The edge")),
    request_body = WhyJson, responses(
    (status = 204, description = "Struck out"),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage its lineage"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "A member is wrong"),
))]
async fn strike(
    State(app): State<App>,
    caller: ApiCaller,
    Path((id, edge)): Path<(String, String)>,
    JsonBody(why): JsonBody<WhyJson>,
) -> Result<impl IntoResponse> {
    let (id, edge) = (public_id(&id)?, public_id(&edge)?);
    let version = hand::strike(&app, &caller.caller, id, edge, &why.reason).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}

/// Let an edge that was struck out count again
#[utoipa::path(post, path = "/datasets/{id}/edges/{edge}/restore", operation_id = "edges_restore", tag = "lineage",
    params(("id" = Uuid, Path, description = "The dataset"), ("edge" = Uuid, Path, description = "What struck it out")), responses(
    (status = 204, description = "It counts again"),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage its lineage"),
    (status = 404, description = "Not there, or not for you"),
))]
async fn restore(
    State(app): State<App>,
    caller: ApiCaller,
    Path((id, edge)): Path<(String, String)>,
) -> Result<impl IntoResponse> {
    let version = hand::restore(&app, &caller.caller, public_id(&id)?, public_id(&edge)?).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}
