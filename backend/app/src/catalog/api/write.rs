//! The catalogue by JSON: what is written. Each write says which state it was made from, and answers with the asset as it
//! then is.

use super::bodies::AssetBody;
use super::read::ids;
use crate::app::App;
use crate::catalog::described;
use crate::catalog::owners::{self, OwnerKind, Whom};
use crate::catalog::pages::owner_of;
use crate::catalog::texts::{self, Edit, Saying};
use crate::error::{Failure, Result};
use crate::http::{ApiCaller, Etag, Id, IfMatch, JsonBody, written};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use cadastre_model::{PublicId, SubjectKind, Version};
use serde::Deserialize;
use utoipa::ToSchema;

/// The asset as it is after a write. Where nothing differed there is no version to wait for.
async fn answer(app: &App, caller: &ApiCaller, id: PublicId, version: Option<Version>) -> Result<Response> {
    let asset = described::show(app, &caller.caller, id, None).await?;
    let body = (Etag(asset.asset.counter), Json(AssetBody::from(&asset)));
    Ok(match version {
        Some(version) => (written(app, version), body).into_response(),
        None => body.into_response(),
    })
}

/// A text to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TextInput {
    /// The text: plain for a display name, Markdown otherwise. Empty takes it back.
    body: String,
    /// Why; shown in the history.
    #[serde(default)]
    reason: Option<String>,
}

/// Which text: one that there is none such of is absent.
fn saying(field: &str, language: &str, body: Option<String>) -> Result<Saying> {
    let absent = |_| Failure::absent();
    Ok(Saying { field: field.parse().map_err(absent)?, language: language.parse().map_err(absent)?, body })
}

/// Say a text about an asset
///
/// As a person; what the source says stays beside it.
#[utoipa::path(
    put, path = "/assets/{id}/texts/{field}/{language}", tag = "catalogue",
    params(
        ("id" = Uuid, Path),
        ("field" = String, Path, description = "display_name, description or docs"),
        ("language" = String, Path, description = "en or zh"),
        ("If-Match" = String, Header, description = "The ETag of the asset"),
    ),
    request_body = TextInput,
    responses(
        (status = 200, description = "The asset as it is now", body = AssetBody, headers(("ETag" = String), ("cadastre-seen" = String))),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The caller may not edit its texts"),
        (status = 404, description = "The caller sees no such asset, or there is no such text"),
        (status = 412, description = "It has changed since"),
        (status = 422, description = "Too long"),
        (status = 428, description = "If-Match is missing"),
    )
)]
pub(super) async fn put_text(
    State(app): State<App>,
    caller: ApiCaller,
    Path((id, field, language)): Path<(String, String, String)>,
    condition: IfMatch,
    JsonBody(input): JsonBody<TextInput>,
) -> Result<Response> {
    let id: PublicId = id.parse().map_err(|_| Failure::absent())?;
    let sayings = vec![saying(&field, &language, Some(input.body))?];
    let edit = Edit { asset: id, column: None, condition, sayings, reason: input.reason.as_deref() };
    let version = texts::say(&app, &caller.caller, edit).await?;
    answer(&app, &caller, id, version).await
}

/// Take back a text about an asset
///
/// The person's; the source's is shown again.
#[utoipa::path(
    delete, path = "/assets/{id}/texts/{field}/{language}", tag = "catalogue",
    params(
        ("id" = Uuid, Path),
        ("field" = String, Path, description = "display_name, description or docs"),
        ("language" = String, Path, description = "en or zh"),
        ("If-Match" = String, Header, description = "The ETag of the asset"),
    ),
    responses(
        (status = 200, description = "The asset as it is now", body = AssetBody, headers(("ETag" = String), ("cadastre-seen" = String))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The caller may not edit its texts"),
        (status = 404, description = "The caller sees no such asset, or there is no such text"),
        (status = 412, description = "It has changed since"),
        (status = 428, description = "If-Match is missing"),
    )
)]
pub(super) async fn delete_text(
    State(app): State<App>,
    caller: ApiCaller,
    Path((id, field, language)): Path<(String, String, String)>,
    condition: IfMatch,
) -> Result<Response> {
    let id: PublicId = id.parse().map_err(|_| Failure::absent())?;
    let sayings = vec![saying(&field, &language, None)?];
    let edit = Edit { asset: id, column: None, condition, sayings, reason: None };
    let version = texts::say(&app, &caller.caller, edit).await?;
    answer(&app, &caller, id, version).await
}

/// Say a text about a column
#[utoipa::path(
    put, path = "/datasets/{id}/columns/{column}/texts/{field}/{language}", tag = "catalogue",
    params(
        ("id" = Uuid, Path),
        ("column" = Uuid, Path),
        ("field" = String, Path, description = "display_name or description"),
        ("language" = String, Path, description = "en or zh"),
        ("If-Match" = String, Header, description = "The ETag of the dataset"),
    ),
    request_body = TextInput,
    responses(
        (status = 200, description = "The dataset as it is now", body = AssetBody, headers(("ETag" = String), ("cadastre-seen" = String))),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The caller may not edit its texts"),
        (status = 404, description = "The caller sees no such column, or there is no such text"),
        (status = 412, description = "It has changed since"),
        (status = 422, description = "Too long, or docs, which columns have none of"),
        (status = 428, description = "If-Match is missing"),
    )
)]
pub(super) async fn put_column_text(
    State(app): State<App>,
    caller: ApiCaller,
    Path((dataset, column, field, language)): Path<(String, String, String, String)>,
    condition: IfMatch,
    JsonBody(input): JsonBody<TextInput>,
) -> Result<Response> {
    let (dataset, column) = ids(&dataset, &column)?;
    let sayings = vec![saying(&field, &language, Some(input.body))?];
    let reason = input.reason.as_deref();
    let edit = Edit { asset: dataset, column: Some(column), condition, sayings, reason };
    let version = texts::say(&app, &caller.caller, edit).await?;
    answer(&app, &caller, dataset, version).await
}

/// Take back a text about a column
#[utoipa::path(
    delete, path = "/datasets/{id}/columns/{column}/texts/{field}/{language}", tag = "catalogue",
    params(
        ("id" = Uuid, Path),
        ("column" = Uuid, Path),
        ("field" = String, Path, description = "display_name or description"),
        ("language" = String, Path, description = "en or zh"),
        ("If-Match" = String, Header, description = "The ETag of the dataset"),
    ),
    responses(
        (status = 200, description = "The dataset as it is now", body = AssetBody, headers(("ETag" = String), ("cadastre-seen" = String))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The caller may not edit its texts"),
        (status = 404, description = "The caller sees no such column, or there is no such text"),
        (status = 412, description = "It has changed since"),
        (status = 422, description = "Docs, which columns have none of"),
        (status = 428, description = "If-Match is missing"),
    )
)]
pub(super) async fn delete_column_text(
    State(app): State<App>,
    caller: ApiCaller,
    Path((dataset, column, field, language)): Path<(String, String, String, String)>,
    condition: IfMatch,
) -> Result<Response> {
    let (dataset, column) = ids(&dataset, &column)?;
    let sayings = vec![saying(&field, &language, None)?];
    let edit = Edit { asset: dataset, column: Some(column), condition, sayings, reason: None };
    let version = texts::say(&app, &caller.caller, edit).await?;
    answer(&app, &caller, dataset, version).await
}

/// An owner to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnerInput {
    /// `business` or `technical`.
    kind: String,
    /// `person` or `team`.
    #[schema(value_type = String)]
    subject_kind: SubjectKind,
    /// The id of the person or team.
    #[schema(value_type = Uuid)]
    subject: PublicId,
}

/// Name an owner
///
/// An owner is a steward of what they own, so nobody names one beyond what they may give.
#[utoipa::path(
    post, path = "/assets/{id}/owners", tag = "catalogue",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag of the asset")),
    request_body = OwnerInput,
    responses(
        (status = 200, description = "The asset as it is now", body = AssetBody, headers(("ETag" = String), ("cadastre-seen" = String))),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The caller may not name this owner"),
        (status = 404, description = "The caller sees no such asset"),
        (status = 412, description = "It has changed since"),
        (status = 422, description = "There is no such person or team, or no such kind of owner"),
        (status = 428, description = "If-Match is missing"),
    )
)]
pub(super) async fn add_owner(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
    JsonBody(input): JsonBody<OwnerInput>,
) -> Result<Response> {
    let kind = OwnerKind::of_word(&input.kind).ok_or_else(|| {
        Failure::invalid("kind", cadastre_model::Message::new("error-json-member").arg("what", &input.kind))
    })?;
    let whom = Whom::Id(input.subject_kind, input.subject);
    let version = owners::add(&app, &caller.caller, id, &condition, (&whom, kind)).await?;
    answer(&app, &caller, id, version).await
}

/// Remove an owner
#[utoipa::path(
    delete, path = "/assets/{id}/owners/{owner}", tag = "catalogue",
    params(
        ("id" = Uuid, Path),
        ("owner" = String, Path, description = "As in the asset's owners: the kind, a hyphen, the id of the person or team"),
        ("If-Match" = String, Header, description = "The ETag of the asset"),
    ),
    responses(
        (status = 204, description = "Removed", headers(("cadastre-seen" = String))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The caller may not remove this owner"),
        (status = 404, description = "The caller sees no such asset, or it has no such owner"),
        (status = 412, description = "It has changed since"),
        (status = 428, description = "If-Match is missing"),
    )
)]
pub(super) async fn remove_owner(
    State(app): State<App>,
    caller: ApiCaller,
    Path((id, owner)): Path<(String, String)>,
    condition: IfMatch,
) -> Result<Response> {
    let id: PublicId = id.parse().map_err(|_| Failure::absent())?;
    let whom = owner_of(&owner).ok_or_else(Failure::absent)?;
    let version = owners::remove(&app, &caller.caller, id, &condition, whom).await?;
    Ok((axum::http::StatusCode::NO_CONTENT, written(&app, version)).into_response())
}
