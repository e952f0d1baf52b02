//! Teams and who is in them.

use super::shapes::{Member, Team, given};
use crate::app::App;
use crate::catalog::api::ChangeBody;
use crate::error::Result;
use crate::http::{ApiCaller, Created, Etag, Id, IfMatch, JsonBody, Page, Paging, Params, written};
use crate::people::history;
use crate::people::queries::permit_to_see;
use crate::people::teams::{self, NewTeam, TeamEdit};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_model::{PublicId, SubjectId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The name of the list in its cursors.
const LIST: &str = "teams";

/// List teams, by name. The tree is in their `parent`.
#[utoipa::path(
    get, operation_id = "list_teams", path = "/teams", tag = "teams", params(Paging),
    responses(
        (status = 200, body = Page<Team>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You may not see who has access to the register"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    api: ApiCaller,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Team>>> {
    let permit = permit_to_see(&api.caller)?;
    let (size, after) = (paging.size()?, paging.after::<String>(&app, LIST)?);
    let rows = teams::list(&app.db().web, &permit, after.as_deref(), size, None).await?;
    let page = Page::of(rows, size, &app, LIST, |team| team.name.clone())?;
    Ok(Json(page.map(Team::from)))
}

/// A team to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamToAdd {
    /// No two names differ in case only.
    name: String,
    /// The team that it lies in.
    parent: Option<Uuid>,
}

/// Make a team.
#[utoipa::path(
    post, operation_id = "add_team", path = "/teams", tag = "teams", request_body = TeamToAdd,
    responses(
        (status = 201, body = Team, headers(("location", description = "Where it is"))),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people"),
        (status = 422, description = "A member is wrong; the name is taken"),
    )
)]
pub(super) async fn add(
    State(app): State<App>,
    api: ApiCaller,
    JsonBody(new): JsonBody<TeamToAdd>,
) -> Result<impl IntoResponse> {
    let new = NewTeam { name: new.name, parent: new.parent.map(PublicId) };
    let (team, version) = teams::add(&app, &api.caller, new).await?;
    let place = format!("/api/v1/teams/{}", team.public_id);
    Ok((Etag(team.counter), written(&app, version), Created(place, Json(Team::from(team)))))
}

/// One team.
#[utoipa::path(
    get, operation_id = "show_team", path = "/teams/{id}", tag = "teams", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Team, headers(("etag", description = "The state, for If-Match"))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You may not see who has access to the register"),
        (status = 404, description = "No team by this id"),
    )
)]
pub(super) async fn show(State(app): State<App>, api: ApiCaller, Id(id): Id) -> Result<impl IntoResponse> {
    let permit = permit_to_see(&api.caller)?;
    let team = teams::find(&app.db().web, &permit, id, None).await?;
    Ok((Etag(team.counter), Json(Team::from(team))))
}

/// The history of a team
///
/// The change sets that touched it, newest first, with what was before and after: its name and place, who was in it, grants where you may
/// see who has access, what it owns where you see it.
#[utoipa::path(
    get, operation_id = "show_team_history", path = "/teams/{id}/history", tag = "teams", params(("id" = uuid::Uuid, Path), Paging),
    responses(
        (status = 200, body = inline(Page<ChangeBody>)),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You may not see who has access to the register"),
        (status = 404, description = "No team by this id"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(super) async fn show_history(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<ChangeBody>>> {
    let permit = permit_to_see(&api.caller)?;
    let team = teams::find(&app.db().web, &permit, id, None).await?;
    let subject = SubjectId::Team(team.id);
    let page = history::of(&app, &api.caller, &permit, subject, &paging).await?;
    Ok(Json(page.map(|change| (&change).into())))
}

/// What is to be different; what is not there stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamChange {
    /// Its name.
    name: Option<String>,
    /// The team that it lies in; `null` puts it at the top.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    parent: Option<Option<Uuid>>,
}

/// Rename or move a team. Whoever is in it is then in the teams above its new place.
#[utoipa::path(
    patch, operation_id = "edit_team", path = "/teams/{id}", tag = "teams", request_body = TeamChange,
    params(("id" = Uuid, Path), ("if-match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = Team, headers(("etag", description = "The new state"))),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people"),
        (status = 404, description = "No team by this id"),
        (status = 409, description = "The team of everybody, or no administrator would remain"),
        (status = 412, description = "Changed meanwhile"),
        (status = 422, description = "A member is wrong; the name is taken; the place is below itself"),
        (status = 428, description = "If-Match is missing"),
    )
)]
pub(super) async fn edit(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
    JsonBody(change): JsonBody<TeamChange>,
) -> Result<impl IntoResponse> {
    let parent = change.parent.map(|parent| parent.map(PublicId));
    let edit = TeamEdit { name: change.name, parent };
    let (team, version) = teams::edit(&app, &api.caller, id, &condition, edit).await?;
    Ok((Etag(team.counter), version.map(|version| written(&app, version)), Json(Team::from(team))))
}

/// Remove a team that holds no grants, owns nothing and has no teams below it.
#[utoipa::path(
    delete, operation_id = "remove_team", path = "/teams/{id}", tag = "teams",
    params(("id" = Uuid, Path), ("if-match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people"),
        (status = 404, description = "No team by this id"),
        (status = 409, description = "Still in use, or the team of everybody"),
        (status = 412, description = "Changed meanwhile"),
        (status = 428, description = "If-Match is missing"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
pub(super) async fn remove(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
) -> Result<impl IntoResponse> {
    let version = teams::remove(&app, &api.caller, id, &condition, None).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}

/// List who is in a team themselves, by login.
#[utoipa::path(
    get, operation_id = "list_members", path = "/teams/{id}/members", tag = "teams", params(("id" = Uuid, Path), Paging),
    responses(
        (status = 200, body = Page<Member>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You may not see who has access to the register"),
        (status = 404, description = "No team by this id"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(super) async fn list_members(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Member>>> {
    let page = teams::members(&app, &api.caller, id, &paging).await?;
    Ok(Json(page.map(Member::from)))
}

/// Put somebody into a team. Done once or twice, it is the same.
#[utoipa::path(
    put, operation_id = "add_member", path = "/teams/{id}/members/{person}", tag = "teams",
    params(("id" = Uuid, Path), ("person" = Uuid, Path)),
    responses(
        (status = 204, description = "In it"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people"),
        (status = 404, description = "No team or nobody by this id"),
        (status = 409, description = "The team of everybody"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
pub(super) async fn enrol(
    State(app): State<App>,
    api: ApiCaller,
    Path(ids): Path<(String, String)>,
) -> Result<impl IntoResponse> {
    let (team, person) = both(&ids)?;
    let version = teams::enrol(&app, &api.caller, team, person).await?;
    Ok((StatusCode::NO_CONTENT, version.map(|version| written(&app, version)), ()))
}

/// Take somebody out of a team.
#[utoipa::path(
    delete, operation_id = "remove_member", path = "/teams/{id}/members/{person}", tag = "teams",
    params(("id" = Uuid, Path), ("person" = Uuid, Path)),
    responses(
        (status = 204, description = "Out of it"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people"),
        (status = 404, description = "No team by this id, or they are not in it"),
        (status = 409, description = "No administrator would remain"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
pub(super) async fn expel(
    State(app): State<App>,
    api: ApiCaller,
    Path(ids): Path<(String, String)>,
) -> Result<impl IntoResponse> {
    let (team, person) = both(&ids)?;
    let version = teams::expel(&app, &api.caller, team, person).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}

/// What is no id names nothing.
fn both((team, person): &(String, String)) -> Result<(PublicId, PublicId)> {
    let id = |text: &str| text.parse::<PublicId>().map_err(|_| crate::error::Failure::absent());
    Ok((id(team)?, id(person)?))
}
