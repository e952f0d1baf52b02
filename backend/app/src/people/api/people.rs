//! People and services.

use super::shapes::{IssuedToken, NewToken, Person, PersonInTeams, PersonWithPassword, Token, given};
use crate::app::App;
use crate::catalog::api::ChangeBody;
use crate::error::Result;
use crate::http::{ApiCaller, Created, Etag, Id, IfMatch, JsonBody, Page, Paging, Params, written};
use crate::people::history;
use crate::people::person::{self, NewPerson, PersonEdit};
use crate::people::queries::{self, PeopleFilter};
use crate::people::tokens;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use cadastre_model::{PersonKind, PersonState, PublicId, Role, SubjectId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The name of the list in its cursors.
const LIST: &str = "people";

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct PeopleQuery {
    /// A part of the login or of the name, in any case.
    q: Option<String>,
    /// `person` or `service`.
    #[param(value_type = Option<String>)]
    kind: Option<PersonKind>,
    /// `active` or `disabled`.
    #[param(value_type = Option<String>)]
    state: Option<PersonState>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List people and services, by login.
#[utoipa::path(
    get, operation_id = "list_people", path = "/people", tag = "people", params(PeopleQuery),
    responses(
        (status = 200, body = Page<Person>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You may not see who has access to the register"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    api: ApiCaller,
    Params(query): Params<PeopleQuery>,
) -> Result<Json<Page<Person>>> {
    let permit = queries::permit_to_see(&api.caller)?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (size, after) = (paging.size()?, paging.after::<String>(&app, LIST)?);
    let filter = PeopleFilter { text: query.q, kind: query.kind, state: query.state };
    let rows = queries::list(&app.db().web, &permit, &filter, after.as_deref(), size, None).await?;
    let page = Page::of(rows, size, &app, LIST, |person| person.login.clone())?;
    Ok(Json(page.map(Person::from)))
}

/// Somebody to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonToAdd {
    /// `person` unless said, or `service`: a program, which has tokens and no password.
    #[schema(value_type = Option<String>)]
    kind: Option<PersonKind>,
    /// The name to sign in with: lower-case letters, digits and `.` `_` `-` `@`; never given twice.
    login: String,
    /// The name that is shown.
    display_name: String,
    email: Option<String>,
    /// The roles that they get on the whole register: none unless said.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    roles: Vec<Role>,
}

/// Add a person or a service. The answer holds the person's password, this once.
#[utoipa::path(
    post, operation_id = "add_person", path = "/people", tag = "people", request_body = PersonToAdd,
    responses(
        (status = 201, body = PersonWithPassword, headers(("location", description = "Where they are"))),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people, or not grants"),
        (status = 415, description = "Not application/json"),
        (status = 422, description = "A member is wrong; the login is taken or looks like another"),
    )
)]
pub(super) async fn add(
    State(app): State<App>,
    api: ApiCaller,
    JsonBody(new): JsonBody<PersonToAdd>,
) -> Result<impl IntoResponse> {
    let new = NewPerson {
        kind: new.kind.unwrap_or(PersonKind::Person),
        login: new.login,
        display_name: new.display_name,
        email: new.email,
        roles: new.roles,
    };
    let made = person::add(&app, &api.caller, new).await?;
    let person = read(&app, &api, made.public_id).await?;
    let (etag, place) = (Etag(person.counter), place(made.public_id));
    let body = PersonWithPassword { person: person.into(), password: made.password };
    Ok((etag, written(&app, made.version), Created(place, Json(body))))
}

/// One person or service, with their teams.
#[utoipa::path(
    get, operation_id = "show_person", path = "/people/{id}", tag = "people", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, body = PersonInTeams, headers(("etag", description = "The state, for If-Match"))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You may not see who has access to the register"),
        (status = 404, description = "Nobody by this id"),
    )
)]
pub(super) async fn show(State(app): State<App>, api: ApiCaller, Id(id): Id) -> Result<impl IntoResponse> {
    let person = read(&app, &api, id).await?;
    let teams = queries::memberships(&app.db().web, person.id, None).await?;
    let etag = Etag(person.counter);
    let teams = teams.into_iter().map(Into::into).collect();
    Ok((etag, Json(PersonInTeams { person: person.into(), teams })))
}

/// The history of somebody
///
/// The change sets that touched them, newest first, with what was before and after: names, memberships, grants where you may
/// see who has access, what they own where you see it.
#[utoipa::path(
    get, operation_id = "show_person_history", path = "/people/{id}/history", tag = "people", params(("id" = uuid::Uuid, Path), Paging),
    responses(
        (status = 200, body = inline(Page<ChangeBody>)),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You may not see who has access to the register"),
        (status = 404, description = "Nobody by this id"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(super) async fn show_history(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<ChangeBody>>> {
    let permit = queries::permit_to_see(&api.caller)?;
    let person = read(&app, &api, id).await?;
    let subject = SubjectId::Person(person.id);
    let page = history::of(&app, &api.caller, &permit, subject, &paging).await?;
    Ok(Json(page.map(|change| (&change).into())))
}

/// What is to be different; what is not there stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonChange {
    /// The name that is shown.
    display_name: Option<String>,
    /// Where to write to; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
}

/// Change somebody's name or address.
#[utoipa::path(
    patch, operation_id = "edit_person", path = "/people/{id}", tag = "people", request_body = PersonChange,
    params(("id" = uuid::Uuid, Path), ("if-match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = Person, headers(("etag", description = "The new state"))),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people, or they are above you"),
        (status = 404, description = "Nobody by this id"),
        (status = 412, description = "Changed meanwhile"),
        (status = 422, description = "A member is wrong"),
        (status = 428, description = "If-Match is missing"),
    )
)]
pub(super) async fn edit(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
    JsonBody(change): JsonBody<PersonChange>,
) -> Result<impl IntoResponse> {
    let edit = PersonEdit { display_name: change.display_name, email: change.email };
    let (person, version) = person::edit(&app, &api.caller, id, &condition, edit).await?;
    Ok((Etag(person.counter), version.map(|version| written(&app, version)), Json(Person::from(person))))
}

/// Disable somebody: their sessions and tokens are worth nothing from now on.
#[utoipa::path(
    post, operation_id = "disable_person", path = "/people/{id}/disable", tag = "people",
    params(("id" = uuid::Uuid, Path), ("if-match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = Person, headers(("etag", description = "The new state"))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people; they are above you, or yourself"),
        (status = 404, description = "Nobody by this id"),
        (status = 409, description = "The last administrator"),
        (status = 412, description = "Changed meanwhile"),
        (status = 428, description = "If-Match is missing"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
pub(super) async fn disable(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
) -> Result<impl IntoResponse> {
    let (person, version) = person::disable(&app, &api.caller, id, &condition, None).await?;
    Ok((Etag(person.counter), version.map(|version| written(&app, version)), Json(Person::from(person))))
}

/// Enable somebody again, with the grants and tokens that are still theirs.
#[utoipa::path(
    post, operation_id = "enable_person", path = "/people/{id}/enable", tag = "people",
    params(("id" = uuid::Uuid, Path), ("if-match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = Person, headers(("etag", description = "The new state"))),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people; they are above you, or yourself"),
        (status = 404, description = "Nobody by this id"),
        (status = 412, description = "Changed meanwhile"),
        (status = 428, description = "If-Match is missing"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
pub(super) async fn enable(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
) -> Result<impl IntoResponse> {
    let (person, version) = person::enable(&app, &api.caller, id, &condition).await?;
    Ok((Etag(person.counter), version.map(|version| written(&app, version)), Json(Person::from(person))))
}

/// Give somebody a new password. The answer holds it, this once; their sessions end.
#[utoipa::path(
    post, operation_id = "reset_password", path = "/people/{id}/password", tag = "people",
    params(("id" = uuid::Uuid, Path), ("if-match" = String, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = PersonWithPassword),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people; they are above you, or yourself"),
        (status = 404, description = "Nobody by this id"),
        (status = 409, description = "A service, which has no password"),
        (status = 412, description = "Changed meanwhile"),
        (status = 428, description = "If-Match is missing"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
pub(super) async fn reset_password(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    condition: IfMatch,
) -> Result<impl IntoResponse> {
    let (person, password) = person::reset_password(&app, &api.caller, id, &condition).await?;
    let etag = Etag(person.counter);
    Ok((etag, Json(PersonWithPassword { person: person.into(), password: Some(password) })))
}

/// List somebody's tokens, the newest first.
#[utoipa::path(
    get, operation_id = "list_tokens_of_person", path = "/people/{id}/tokens", tag = "tokens", params(("id" = uuid::Uuid, Path), Paging),
    responses(
        (status = 200, body = Page<Token>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people"),
        (status = 404, description = "Nobody by this id"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(super) async fn list_tokens(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Token>>> {
    let page = tokens::of_person(&app, &api.caller, id, &paging).await?;
    Ok(Json(page.map(Token::from)))
}

/// Make a token of a service, which can't sign in to make its own. The answer holds it, this once.
#[utoipa::path(
    post, operation_id = "make_token_of_service", path = "/people/{id}/tokens", tag = "tokens", request_body = NewToken,
    params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 201, body = IssuedToken),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "You do not manage people, or it would exceed your own token"),
        (status = 404, description = "Nobody by this id"),
        (status = 409, description = "A person, who makes their own; or disabled; or too many"),
        (status = 422, description = "A member is wrong"),
    )
)]
pub(super) async fn make_token(
    State(app): State<App>,
    api: ApiCaller,
    Id(id): Id,
    JsonBody(new): JsonBody<NewToken>,
) -> Result<impl IntoResponse> {
    let issued = tokens::issue_to_service(&app, &api.caller, id, new.into()).await?;
    let place = super::tokens::place(issued.token.public_id);
    Ok((written(&app, issued.version), Created(place, Json(IssuedToken::from(issued)))))
}

async fn read(app: &App, api: &ApiCaller, id: PublicId) -> Result<queries::Person> {
    let permit = queries::permit_to_see(&api.caller)?;
    queries::find(&app.db().web, &permit, id, None).await
}

fn place(id: PublicId) -> String {
    format!("/api/v1/people/{id}")
}
