//! Domains, places and sensitivities by JSON.

use crate::app::App;
use crate::catalog::asset;
use crate::domains::queries::{self, Depth, DomainView, Member};
use crate::domains::{self, DomainInput, Standing};
use crate::error::Result;
use crate::http::{ApiCaller, Created, Etag, Id, IfMatch, JsonBody, Page, Paging, Params, written};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cadastre_model::{Action, AssetKind, PublicId, Sensitivity, Version};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The API about domains.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_domains, create_domain))
        .routes(routes!(show_domain, change_domain, remove_domain))
        .routes(routes!(list_domain_assets))
        .routes(routes!(show_standing))
        .routes(routes!(set_asset_domain))
        .routes(routes!(set_asset_sensitivity))
        .routes(routes!(set_column_sensitivity))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists domains in the order of the tree
#[utoipa::path(
    get, path = "/domains", tag = "domains", params(ListQuery),
    responses(
        (status = 200, description = "A page of domains", body = Page<DomainView>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 422, description = "The cursor makes no sense"),
    )
)]
async fn list_domains(
    State(app): State<App>,
    caller: ApiCaller,
    Params(query): Params<ListQuery>,
) -> Result<Json<Page<DomainView>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    Ok(Json(queries::list(&app, &caller.caller, &paging).await?))
}

/// Makes a domain
#[utoipa::path(
    post, path = "/domains", tag = "domains", request_body = DomainInput,
    responses(
        (status = 201, description = "Made", body = DomainView, headers(("Location" = String, description = "The domain"), ("ETag" = String, description = "Its state"))),
        (status = 400, description = "The body can't be read"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You manage no domains there"),
        (status = 404, description = "You may not see the register"),
        (status = 422, description = "Something in it does not hold"),
    )
)]
async fn create_domain(
    State(app): State<App>,
    caller: ApiCaller,
    JsonBody(input): JsonBody<DomainInput>,
) -> Result<Response> {
    let (id, version) = domains::create(&app, &caller.caller, &input, Vec::new()).await?;
    let (domain, view) = queries::view(&app, &caller.caller, id).await?;
    let place = format!("/api/v1/domains/{id}");
    Ok((written(&app, version), Etag(domain.counter), Created(place, Json(view))).into_response())
}

/// A domain
#[utoipa::path(
    get, path = "/domains/{id}", tag = "domains", params(("id" = Uuid, Path, description = "The domain")),
    responses(
        (status = 200, description = "The domain", body = DomainView, headers(("ETag" = String, description = "Its state"))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "None that you may see"),
    )
)]
async fn show_domain(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
) -> Result<(Etag, Json<DomainView>)> {
    let (domain, view) = queries::view(&app, &caller.caller, id).await?;
    Ok((Etag(domain.counter), Json(view)))
}

/// Changes a domain: its name, where it lies, how delicate what lies in it is
///
/// A domain moves with all that lies in it, and who may see that changes at once.
#[utoipa::path(
    put, path = "/domains/{id}", tag = "domains", request_body = DomainInput,
    params(("id" = Uuid, Path, description = "The domain"), ("If-Match" = String, Header, description = "The state that was read")),
    responses(
        (status = 200, description = "As it is now", body = DomainView, headers(("ETag" = String, description = "Its state"))),
        (status = 400, description = "The body can't be read"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You manage no domains there"),
        (status = 404, description = "None that you may see"),
        (status = 412, description = "Changed meanwhile"),
        (status = 422, description = "Something in it does not hold"),
        (status = 428, description = "Without If-Match"),
    )
)]
async fn change_domain(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
    JsonBody(input): JsonBody<DomainInput>,
) -> Result<Response> {
    let version = domains::change(&app, &caller.caller, id, &condition, &input, Vec::new()).await?;
    let (domain, view) = queries::view(&app, &caller.caller, id).await?;
    Ok(answer(&app, version, (Etag(domain.counter), Json(view))))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Why {
    /// Why, for the record.
    reason: Option<String>,
}

/// Removes a domain in which nothing lies
#[utoipa::path(
    delete, path = "/domains/{id}", tag = "domains",
    params(("id" = Uuid, Path, description = "The domain"), ("If-Match" = String, Header, description = "The state that was read"), Why),
    responses(
        (status = 204, description = "Removed; grants on it ended with it"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You manage no domains there"),
        (status = 404, description = "None that you may see"),
        (status = 409, description = "Something lies in it"),
        (status = 412, description = "Changed meanwhile"),
        (status = 422, description = "The reason is too long"),
        (status = 428, description = "Without If-Match"),
    )
)]
async fn remove_domain(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
    Params(why): Params<Why>,
) -> Result<Response> {
    let version = domains::remove(&app, &caller.caller, id, &condition, why.reason.as_deref()).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MembersQuery {
    /// `itself` (unless said) for what is in the domain, `below` for what is in domains below it too.
    #[serde(default)]
    #[param(inline)]
    depth: Depth,
    /// Only of this kind: `source`, `database`, `schema` or `dataset`.
    #[param(value_type = Option<String>)]
    kind: Option<AssetKind>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists what lies in a domain, by name
#[utoipa::path(
    get, path = "/domains/{id}/assets", tag = "domains",
    params(("id" = Uuid, Path, description = "The domain"), MembersQuery),
    responses(
        (status = 200, description = "A page of what lies in it", body = Page<Member>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "None that you may see"),
        (status = 422, description = "The cursor makes no sense"),
    )
)]
async fn list_domain_assets(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(query): Params<MembersQuery>,
) -> Result<Json<Page<Member>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let kinds = query.kind.as_ref().map_or(queries::PLACEABLE, std::slice::from_ref);
    Ok(Json(queries::members(&app, &caller.caller, id, query.depth, kinds, &paging).await?))
}

/// In which domain an asset is and how delicate, and who said so
#[utoipa::path(
    get, path = "/assets/{id}/standing", tag = "domains",
    params(("id" = Uuid, Path, description = "A domain, source, container or dataset")),
    responses(
        (status = 200, description = "What counts, and why", body = Standing, headers(("ETag" = String, description = "The asset's state"))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "None that you may see"),
    )
)]
async fn show_standing(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
) -> Result<(Etag, Json<Standing>)> {
    let (asset, _) = asset::find(&app.db().web, &caller.caller, id, Action::See).await?;
    Ok((Etag(asset.counter), Json(domains::standing(&app, &caller.caller, &asset).await?)))
}

/// The domain of an asset.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DomainOf {
    /// The domain; none: that of what it lies in.
    #[schema(value_type = Option<Uuid>)]
    domain: Option<PublicId>,
    /// Why, for the record.
    reason: Option<String>,
}

/// Puts an asset into a domain
///
/// You must be able to put things into that domain, too: whoever holds something there will hold it here.
#[utoipa::path(
    put, path = "/assets/{id}/domain", tag = "domains", request_body = DomainOf,
    params(("id" = Uuid, Path, description = "A source, container or dataset"), ("If-Match" = String, Header, description = "The state that was read")),
    responses(
        (status = 200, description = "What counts now, and why", body = Standing, headers(("ETag" = String, description = "The asset's state"))),
        (status = 400, description = "The body can't be read"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Not allowed, here or in the domain"),
        (status = 404, description = "None that you may see"),
        (status = 412, description = "Changed meanwhile"),
        (status = 422, description = "There is no such domain, or this has none"),
        (status = 428, description = "Without If-Match"),
    )
)]
async fn set_asset_domain(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
    JsonBody(input): JsonBody<DomainOf>,
) -> Result<Response> {
    let reason = input.reason.as_deref();
    let version = domains::set_domain(&app, &caller.caller, id, &condition, input.domain, reason).await?;
    stands(&app, &caller, id, version).await
}

/// How delicate something is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SensitivityOf {
    /// `public`, `internal`, `confidential` or `secret`; none: as what it lies in.
    #[schema(value_type = Option<String>, example = "confidential")]
    sensitivity: Option<Sensitivity>,
    /// Why, for the record.
    reason: Option<String>,
}

/// Says how delicate an asset is
#[utoipa::path(
    put, path = "/assets/{id}/sensitivity", tag = "domains", request_body = SensitivityOf,
    params(("id" = Uuid, Path, description = "A domain, source, container or dataset"), ("If-Match" = String, Header, description = "The state that was read")),
    responses(
        (status = 200, description = "What counts now, and why", body = Standing, headers(("ETag" = String, description = "The asset's state"))),
        (status = 400, description = "The body can't be read"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "None that you may see"),
        (status = 412, description = "Changed meanwhile"),
        (status = 422, description = "Something in it does not hold"),
        (status = 428, description = "Without If-Match"),
    )
)]
async fn set_asset_sensitivity(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
    JsonBody(input): JsonBody<SensitivityOf>,
) -> Result<Response> {
    let reason = input.reason.as_deref();
    let version =
        domains::set_sensitivity(&app, &caller.caller, id, &condition, input.sensitivity, reason).await?;
    stands(&app, &caller, id, version).await
}

/// Says how delicate the values of a column are
#[utoipa::path(
    put, path = "/datasets/{dataset}/columns/{column}/sensitivity", tag = "domains", request_body = SensitivityOf,
    params(
        ("dataset" = Uuid, Path, description = "The dataset"),
        ("column" = Uuid, Path, description = "Its column"),
        ("If-Match" = String, Header, description = "The dataset's state that was read"),
    ),
    responses(
        (status = 204, description = "Said", headers(("ETag" = String, description = "The dataset's state"))),
        (status = 400, description = "The body can't be read"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "None that you may see"),
        (status = 412, description = "Changed meanwhile"),
        (status = 422, description = "Something in it does not hold"),
        (status = 428, description = "Without If-Match"),
    )
)]
async fn set_column_sensitivity(
    State(app): State<App>,
    caller: ApiCaller,
    Path((dataset, column)): Path<(String, String)>,
    condition: IfMatch,
    JsonBody(input): JsonBody<SensitivityOf>,
) -> Result<Response> {
    let (dataset, column) = (crate::http::public_id(&dataset)?, crate::http::public_id(&column)?);
    let reason = input.reason.as_deref();
    let caller = &caller.caller;
    let version = domains::set_column_sensitivity(
        &app,
        caller,
        (dataset, column),
        &condition,
        input.sensitivity,
        reason,
    )
    .await?;
    let (dataset, _) = asset::find(&app.db().web, caller, dataset, Action::See).await?;
    Ok(answer(&app, version, (StatusCode::NO_CONTENT, Etag(dataset.counter), ())))
}

async fn stands(app: &App, caller: &ApiCaller, id: PublicId, version: Option<Version>) -> Result<Response> {
    let (asset, _) = asset::find(&app.db().web, &caller.caller, id, Action::See).await?;
    let standing = domains::standing(app, &caller.caller, &asset).await?;
    Ok(answer(app, version, (Etag(asset.counter), Json(standing))))
}

/// An answer to a write, which says what was written if anything was.
fn answer(app: &App, version: Option<Version>, rest: impl IntoResponse) -> Response {
    match version {
        Some(version) => (written(app, version), rest.into_response()).into_response(),
        None => rest.into_response(),
    }
}
