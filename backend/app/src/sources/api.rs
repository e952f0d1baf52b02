//! Sources for programs. A secret goes in and never comes out.

use super::check;
use super::crawl;
use super::edit::{self, Edit};
use super::queries::SourceRow;
use super::reader::{Check, Outcome};
use super::reading::Reading;
use super::register::{self, NewSource};
use super::settings::{Patterns, Place, Schedule};
use super::view::{self, Managed};
use crate::app::App;
use crate::error::Result;
use crate::http::{ApiCaller, Created, Etag, Id, IfMatch, JsonBody, Page, Paging, Params, written};
use crate::tasks::TaskJson;
use crate::tasks::service as tasks;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_frontend::T;
use cadastre_model::{PublicId, SourceKind};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(test_new))
        .routes(routes!(show, change, remove))
        .routes(routes!(test))
        .routes(routes!(crawl_now))
}

/// A system whose metadata is read into the register.
#[derive(Debug, Serialize, ToSchema)]
struct SourceJson {
    /// Its id.
    id: Uuid,
    /// How people call it.
    name: String,
    /// `postgresql`.
    kind: String,
    /// `new`, `crawling`, `fine`, `failing` or `paused`.
    state: String,
    /// How many datasets of it you see.
    datasets: i64,
    /// When the last complete crawl ended.
    last_crawl_at: Option<DateTime<Utc>>,
    /// When the next is due.
    next_crawl_at: Option<DateTime<Utc>>,
    /// Since when crawls fail.
    failing_since: Option<DateTime<Utc>>,
    /// How many attempts to crawl it failed in a row.
    failures: i32,
    /// Until when its schedule leaves it alone, since it failed too often. A crawl that you ask for tries at once.
    rests_until: Option<DateTime<Utc>>,
    /// What is set; only for who may manage it.
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<SettingsJson>,
}

/// What is set at a source. The secret is not in here, only when it was set.
#[derive(Debug, Serialize, ToSchema)]
struct SettingsJson {
    /// Where it is.
    connection: Place,
    /// When its password was set.
    secret_set_at: Option<DateTime<Utc>>,
    /// What is taken in.
    scope: Patterns,
    /// When it is crawled by itself.
    schedule: Schedule,
    /// How much it may be asked for what it holds.
    reading: Reading,
    /// The namespace of its names.
    namespace: String,
    /// Other namespaces that mean the same.
    aliases: Vec<String>,
}

impl SourceJson {
    fn of(row: &SourceRow, managed: Option<Managed>) -> Self {
        let settings = managed.map(|Managed { facts, aliases }| SettingsJson {
            connection: facts.place,
            secret_set_at: row.secret_set_at,
            scope: facts.patterns,
            schedule: facts.schedule,
            reading: facts.reading,
            namespace: facts.namespace,
            aliases,
        });
        Self {
            id: row.public_id,
            name: row.name.clone(),
            kind: row.kind.clone(),
            state: row.state().key().trim_start_matches("source-state-").to_owned(),
            datasets: row.datasets,
            last_crawl_at: row.last_crawl_at,
            next_crawl_at: row.next_due,
            failing_since: row.failing_since,
            failures: row.failures,
            rests_until: row.rests_until.filter(|_| row.failing_since.is_some()),
            settings,
        }
    }
}

/// A source to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSourceJson {
    /// `postgresql`.
    #[schema(value_type = String, example = "postgresql")]
    kind: SourceKind,
    /// The domain that it lies in, where you may manage sources; none: in none, for who may on the register itself.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    domain: Option<PublicId>,
    /// How people call it.
    #[schema(example = "shop, production")]
    name: String,
    /// Where it is.
    connection: Place,
    /// The password of its role.
    #[schema(value_type = String, format = Password, write_only)]
    secret: SecretString,
    /// What is taken in; everything unless said.
    #[serde(default)]
    scope: Patterns,
    /// When it is crawled by itself; only by hand unless said.
    #[serde(default)]
    schedule: Schedule,
    /// The namespace of its names; `postgres://host:port` unless said.
    #[serde(default)]
    namespace: Option<String>,
    /// Other namespaces that mean the same.
    #[serde(default)]
    aliases: Vec<String>,
}

/// What is to be changed; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SourceChangeJson {
    /// How people call it.
    #[serde(default)]
    name: Option<String>,
    /// Where it is; tested before it is stored.
    #[serde(default)]
    connection: Option<Place>,
    /// The password of its role; needed when host, port or the way of TLS change.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    secret: Option<SecretString>,
    /// What is taken in.
    #[serde(default)]
    scope: Option<Patterns>,
    /// When it is crawled by itself.
    #[serde(default)]
    schedule: Option<Schedule>,
    /// The namespace of its names.
    #[serde(default)]
    namespace: Option<String>,
    /// Other namespaces that mean the same.
    #[serde(default)]
    aliases: Option<Vec<String>>,
    /// How much it may be asked for what it holds.
    #[serde(default)]
    reading: Option<Reading>,
}

/// A connection to be tested.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConnectionJson {
    /// `postgresql`.
    #[schema(value_type = String, example = "postgresql")]
    kind: SourceKind,
    /// The domain that the source is to lie in, where you may manage sources; none: in none.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    domain: Option<PublicId>,
    /// Where it is.
    connection: Place,
    /// The password of its role.
    #[schema(value_type = String, format = Password, write_only)]
    secret: SecretString,
}

/// What a test of a connection found.
#[derive(Debug, Serialize, ToSchema)]
struct TestJson {
    /// Whether it works.
    passed: bool,
    /// The steps that were looked at, in their order; the last one is the one that failed, or all passed.
    checks: Vec<CheckJson>,
}

/// One step of a test.
#[derive(Debug, Serialize, ToSchema)]
struct CheckJson {
    /// `fields`, `name`, `reach`, `tls`, `sign_in`, `server` or `rights`.
    step: String,
    /// `passed`, `warned` or `failed`.
    outcome: String,
    /// In your language.
    text: String,
}

fn words(app: &App, caller: &ApiCaller) -> T {
    T::new(caller.caller.language, chrono_tz::UTC, app.now())
}

fn tested(checks: &[Check], t: &T) -> TestJson {
    let outcome = |outcome| match outcome {
        Outcome::Passed => "passed",
        Outcome::Warned => "warned",
        Outcome::Failed => "failed",
    };
    let step = |check: &Check| CheckJson {
        step: check.step.as_str().to_owned(),
        outcome: outcome(check.outcome).to_owned(),
        text: t.message(&check.message),
    };
    TestJson { passed: check::passed(checks), checks: checks.iter().map(step).collect() }
}

/// Sources, by name
#[utoipa::path(get, path = "/sources", operation_id = "sources_list", tag = "sources", params(Paging), responses(
    (status = 200, body = Page<SourceJson>),
    (status = 401, description = "No token in force"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn list(
    State(app): State<App>,
    caller: ApiCaller,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<SourceJson>>> {
    let rows = view::list(&app, &caller.caller, &paging).await?;
    let page = Page::of(rows, paging.size()?, &app, "sources", |row| (row.name.clone(), row.id))?;
    Ok(Json(page.map(|row| SourceJson::of(&row, None))))
}

/// Register a source
///
/// The connection is tested first; what fails stands in `errors` as `connection.` and the step.
#[utoipa::path(post, path = "/sources", operation_id = "sources_create", tag = "sources", request_body = NewSourceJson, responses(
    (status = 201, body = SourceJson, headers(("location" = String), ("etag" = String))),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage sources there"),
    (status = 404, description = "The domain is not there, or not for you"),
    (status = 422, description = "A member is wrong, or the connection does not work"),
))]
async fn create(
    State(app): State<App>,
    caller: ApiCaller,
    JsonBody(new): JsonBody<NewSourceJson>,
) -> Result<impl IntoResponse> {
    let new = NewSource {
        kind: new.kind,
        domain: new.domain,
        name: new.name,
        place: new.connection,
        secret: new.secret,
        patterns: new.scope,
        schedule: new.schedule,
        namespace: new.namespace,
        aliases: new.aliases,
    };
    let made = register::register(&app, &caller.caller, &new).await?.done()?;
    let (etag, body) = answer(&app, &caller, made.public_id).await?;
    let place = format!("/api/v1/sources/{}", made.public_id);
    Ok((written(&app, made.version), etag, Created(place, Json(body))))
}

/// Test a connection that is not registered
#[utoipa::path(post, path = "/sources/test", operation_id = "sources_test_new", tag = "sources", request_body = ConnectionJson, responses(
    (status = 200, body = TestJson),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage sources there"),
    (status = 404, description = "The domain is not there, or not for you"),
    (status = 422, description = "A member is wrong"),
))]
async fn test_new(
    State(app): State<App>,
    caller: ApiCaller,
    JsonBody(new): JsonBody<ConnectionJson>,
) -> Result<Json<TestJson>> {
    let checks =
        check::test_new(&app, &caller.caller, new.domain, new.kind, &new.connection, new.secret).await?;
    Ok(Json(tested(&checks, &words(&app, &caller))))
}

/// One source
#[utoipa::path(get, path = "/sources/{id}", operation_id = "sources_show", tag = "sources", params(("id" = Uuid, Path, description = "The source")), responses(
    (status = 200, body = SourceJson, headers(("etag" = String))),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
))]
async fn show(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<impl IntoResponse> {
    let (etag, body) = answer(&app, &caller, id).await?;
    Ok((etag, Json(body)))
}

async fn answer(app: &App, caller: &ApiCaller, id: PublicId) -> Result<(Etag, SourceJson)> {
    let row = view::one(app, &caller.caller, id).await?;
    let managed = view::managed(app, &caller.caller, id).await?;
    Ok((Etag(row.counter), SourceJson::of(&row, managed)))
}

/// Change a source
///
/// What is left out stays as it is. Another host, port or way of TLS needs the secret again.
#[utoipa::path(patch, path = "/sources/{id}", operation_id = "sources_change", tag = "sources", request_body = SourceChangeJson,
    params(("id" = Uuid, Path, description = "The source"), ("If-Match" = String, Header, description = "The ETag that it was read with")), responses(
    (status = 200, body = SourceJson, headers(("etag" = String))),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage it"),
    (status = 404, description = "Not there, or not for you"),
    (status = 412, description = "Changed since it was read"),
    (status = 422, description = "A member is wrong, or the connection does not work"),
    (status = 428, description = "No If-Match"),
))]
async fn change(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    if_match: IfMatch,
    JsonBody(change): JsonBody<SourceChangeJson>,
) -> Result<impl IntoResponse> {
    let change = Edit {
        name: change.name,
        place: change.connection,
        secret: change.secret,
        patterns: change.scope,
        schedule: change.schedule,
        namespace: change.namespace,
        aliases: change.aliases,
        reading: change.reading,
    };
    let version = edit::edit(&app, &caller.caller, id, &if_match, &change).await?.done()?;
    let (etag, body) = answer(&app, &caller, id).await?;
    let body = (etag, Json(body));
    Ok(match version {
        Some(version) => (written(&app, version), body).into_response(),
        None => body.into_response(),
    })
}

/// Take a source out of the register
///
/// What was found in it is shown as gone; what people wrote about it and its history stay. Its secret is forgotten.
#[utoipa::path(delete, path = "/sources/{id}", operation_id = "sources_remove", tag = "sources",
    params(("id" = Uuid, Path, description = "The source"), ("If-Match" = String, Header, description = "The ETag that it was read with")), responses(
    (status = 204, description = "It is out"),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage it"),
    (status = 404, description = "Not there, or not for you"),
    (status = 412, description = "Changed since it was read"),
    (status = 422, description = "The idempotency key is another request's"),
    (status = 428, description = "No If-Match"),
))]
async fn remove(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    if_match: IfMatch,
) -> Result<impl IntoResponse> {
    let version = edit::remove(&app, &caller.caller, id, &if_match, None).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}

/// Test the connection of a source
#[utoipa::path(post, path = "/sources/{id}/test", operation_id = "sources_test", tag = "sources", params(("id" = Uuid, Path, description = "The source")), responses(
    (status = 200, body = TestJson),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not manage it"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "The idempotency key is another request's"),
))]
async fn test(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<Json<TestJson>> {
    let checks = check::test(&app, &caller.caller, id).await?;
    Ok(Json(tested(&checks, &words(&app, &caller))))
}

/// Crawl a source
///
/// The answer is the task that does it; a crawl that waits or runs already is the answer too.
#[utoipa::path(post, path = "/sources/{id}/crawl", operation_id = "sources_crawl", tag = "sources", params(("id" = Uuid, Path, description = "The source")), responses(
    (status = 202, body = TaskJson, headers(("location" = String))),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not crawl it"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "The idempotency key is another request's"),
))]
async fn crawl_now(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<impl IntoResponse> {
    let asked = crawl::crawl_now(&app, &caller.caller, id).await?;
    let task = tasks::view(&app, &caller.caller, asked.public_id).await?;
    let place = [("location", format!("/api/v1/tasks/{}", asked.public_id))];
    Ok((StatusCode::ACCEPTED, place, Json(TaskJson::of(&task.task, &words(&app, &caller)))))
}
