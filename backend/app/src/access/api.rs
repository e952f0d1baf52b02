//! Rights by JSON.

use crate::access::holdings::{self, Access};
use crate::access::list::{self, GrantFilter, GrantView};
use crate::access::subjects::SubjectRef;
use crate::access::{NewGrant, Roles, give, revoke, roles};
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{ApiCaller, Created, Etag, Id, JsonBody, Page, Paging, Params, written};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cadastre_model::{PublicId, SubjectKind};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The API about rights.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_roles))
        .routes(routes!(list_grants))
        .routes(routes!(show_grant, revoke_grant))
        .routes(routes!(show_access, give_grant))
        .routes(routes!(show_register_access, give_on_register))
}

/// The roles and what they may
///
/// What each role may do to which kind of object, up to which sensitivity, and which roles it may give.
#[utoipa::path(
    get, path = "/roles", tag = "access",
    responses(
        (status = 200, description = "The table of roles", body = Roles),
        (status = 401, description = "No token, or one that is not in force"),
    )
)]
async fn show_roles(_: ApiCaller) -> Json<Roles> {
    Json(roles())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GrantsQuery {
    /// On this asset itself.
    #[param(value_type = Option<Uuid>)]
    asset: Option<PublicId>,
    /// To this person itself.
    #[param(value_type = Option<Uuid>)]
    person: Option<PublicId>,
    /// To this team itself.
    #[param(value_type = Option<Uuid>)]
    team: Option<PublicId>,
    /// As of this instant, of what is seen now; now unless said.
    at: Option<DateTime<Utc>>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists grants, newest first
///
/// Grants on what you may see the access of.
#[utoipa::path(
    get, path = "/grants", tag = "access", params(GrantsQuery),
    responses(
        (status = 200, description = "A page of grants", body = Page<GrantView>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 422, description = "A filter or cursor makes no sense"),
    )
)]
async fn list_grants(
    State(app): State<App>,
    caller: ApiCaller,
    Params(query): Params<GrantsQuery>,
) -> Result<Json<Page<GrantView>>> {
    let subject = match (query.person, query.team) {
        (Some(_), Some(_)) => return Err(Failure::invalid("team", "grant-one-subject")),
        (Some(id), None) => Some(SubjectRef { kind: SubjectKind::Person, id }),
        (None, Some(id)) => Some(SubjectRef { kind: SubjectKind::Team, id }),
        (None, None) => None,
    };
    let filter = GrantFilter { asset: query.asset, subject };
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    Ok(Json(list::grants(&app, &caller.caller, &filter, query.at, &paging).await?))
}

/// A grant
#[utoipa::path(
    get, path = "/grants/{id}", tag = "access",
    params(("id" = Uuid, Path, description = "The grant")),
    responses(
        (status = 200, description = "The grant, in force or taken back", body = GrantView),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "None that you may see"),
    )
)]
async fn show_grant(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<Json<GrantView>> {
    Ok(Json(list::find(&app, &caller.caller, id).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Why {
    /// Why, for the record.
    reason: Option<String>,
}

/// Takes a grant back
///
/// A grant never changes, so there is no `If-Match`: what was read is what is taken back.
#[utoipa::path(
    delete, path = "/grants/{id}", tag = "access",
    params(("id" = Uuid, Path, description = "The grant"), Why),
    responses(
        (status = 204, description = "Taken back; in force nowhere within a second"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Yours, or above what you give"),
        (status = 404, description = "None that you may see, or taken back already"),
        (status = 422, description = "The reason is too long"),
    )
)]
async fn revoke_grant(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(why): Params<Why>,
) -> Result<Response> {
    let version = revoke(&app, &caller.caller, id, why.reason.as_deref()).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)).into_response())
}

/// Who may do what to an asset
///
/// Each holding says by which grant or ownership, given where, up to which sensitivity, until when, and what it allows
/// on this asset. Places that you do not see have no name.
#[utoipa::path(
    get, path = "/assets/{id}/access", tag = "access",
    params(("id" = Uuid, Path, description = "A domain, source, container or dataset")),
    responses(
        (status = 200, description = "Who may do what", body = Access, headers(("ETag" = String, description = "The asset's state"))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You may not see who may do what to it"),
        (status = 404, description = "None that you may see"),
    )
)]
async fn show_access(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<(Etag, Json<Access>)> {
    let (asset, access) = holdings::at_asset(&app, &caller.caller, id).await?;
    Ok((Etag(asset.counter), Json(access)))
}

/// Grants something on an asset
///
/// The same grant given twice is there once. A grant never exceeds what you may give yourself.
#[utoipa::path(
    post, path = "/assets/{id}/access", tag = "access", request_body = NewGrant,
    params(("id" = Uuid, Path, description = "A domain, source, container or dataset")),
    responses(
        (status = 201, description = "Granted, or there already", body = GrantView, headers(("Location" = String, description = "The grant"))),
        (status = 400, description = "The body can't be read"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You manage no grants there, or not this role, or it would be for yourself"),
        (status = 404, description = "None that you may see"),
        (status = 422, description = "Something in it does not hold"),
    )
)]
async fn give_grant(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    JsonBody(new): JsonBody<NewGrant>,
) -> Result<Response> {
    given(&app, &caller, id, new).await
}

/// Who may do what to the register as a whole
#[utoipa::path(
    get, path = "/access", tag = "access",
    responses(
        (status = 200, description = "Who may do what", body = Access),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You may not see who may do what to it"),
        (status = 404, description = "You may not see the register"),
    )
)]
async fn show_register_access(State(app): State<App>, caller: ApiCaller) -> Result<(Etag, Json<Access>)> {
    let (asset, access) = holdings::at_register(&app, &caller.caller).await?;
    Ok((Etag(asset.counter), Json(access)))
}

/// Grants something on the register as a whole
#[utoipa::path(
    post, path = "/access", tag = "access", request_body = NewGrant,
    responses(
        (status = 201, description = "Granted, or there already", body = GrantView, headers(("Location" = String, description = "The grant"))),
        (status = 400, description = "The body can't be read"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You manage no grants there, or not this role, or it would be for yourself"),
        (status = 404, description = "You may not see the register"),
        (status = 422, description = "Something in it does not hold"),
    )
)]
async fn give_on_register(
    State(app): State<App>,
    caller: ApiCaller,
    JsonBody(new): JsonBody<NewGrant>,
) -> Result<Response> {
    let register = holdings::register_id(&app).await?;
    given(&app, &caller, register, new).await
}

async fn given(app: &App, caller: &ApiCaller, asset: PublicId, new: NewGrant) -> Result<Response> {
    let (id, version) = give(app, &caller.caller, asset, new).await?;
    let grant = list::find(app, &caller.caller, id).await?;
    let created = Created(format!("/api/v1/grants/{id}"), Json(grant));
    Ok(match version {
        Some(version) => (written(app, version), created).into_response(),
        None => created.into_response(),
    })
}
