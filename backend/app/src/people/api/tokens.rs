//! The caller's own tokens.

use super::shapes::{IssuedToken, NewToken, Token};
use crate::app::App;
use crate::error::Result;
use crate::http::{ApiCaller, Created, Id, JsonBody, Page, Paging, Params, written};
use crate::people::tokens;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_model::PublicId;

/// List your tokens, the newest first.
#[utoipa::path(
    get, operation_id = "list_tokens", path = "/tokens", tag = "tokens", params(Paging),
    responses(
        (status = 200, body = Page<Token>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    api: ApiCaller,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Token>>> {
    let page = tokens::own(&app, &api.caller, &paging).await?;
    Ok(Json(page.map(Token::from)))
}

/// Make a token of your own. It may do no more, and lasts no longer, than the one that asks. The answer holds it, this
/// once.
#[utoipa::path(
    post, operation_id = "make_token", path = "/tokens", tag = "tokens", request_body = NewToken,
    responses(
        (status = 201, body = IssuedToken),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "It would exceed the token that asks for it"),
        (status = 409, description = "There are too many"),
        (status = 422, description = "A member is wrong"),
    )
)]
pub(super) async fn make(
    State(app): State<App>,
    api: ApiCaller,
    JsonBody(new): JsonBody<NewToken>,
) -> Result<impl IntoResponse> {
    let issued = tokens::issue(&app, &api.caller, new.into()).await?;
    let place = place(issued.token.public_id);
    Ok((written(&app, issued.version), Created(place, Json(IssuedToken::from(issued)))))
}

/// Revoke a token: your own, or anybody's if you manage people. It is worth nothing from now on.
#[utoipa::path(
    delete, operation_id = "revoke_token", path = "/tokens/{id}", tag = "tokens", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 204, description = "Revoked"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "No such token, or not yours"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
pub(super) async fn revoke(State(app): State<App>, api: ApiCaller, Id(id): Id) -> Result<impl IntoResponse> {
    let version = tokens::revoke(&app, &api.caller, id).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}

pub(super) fn place(id: PublicId) -> String {
    format!("/api/v1/tokens/{id}")
}
