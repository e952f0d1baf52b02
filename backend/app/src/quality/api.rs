//! Rules for programs.

use super::ask;
use super::read::{self, Seen, Told};
use super::save::{self, Switch, Written};
use super::words;
use crate::app::App;
use crate::error::Result;
use crate::http::{ApiCaller, Id, JsonBody, Page, Paging, Params, written};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cadastre_frontend::T;
use cadastre_model::PublicId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, put))
        .routes(routes!(show, switch, retire))
        .routes(routes!(results))
        .routes(routes!(check))
        .merge(super::incidents_api::api())
}

/// The caller's language; times in UTC.
fn words_of(caller: &ApiCaller, app: &App) -> T {
    T::new(caller.caller.language, chrono_tz::UTC, app.now())
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
struct RuleJson {
    /// Its id.
    id: Uuid,
    /// The id of its dataset.
    dataset: Uuid,
    /// Its name, unique in the dataset.
    name: String,
    /// What people read.
    title: Option<String>,
    /// `not_null`, `unique`, `accepted` …
    kind: &'static str,
    /// `completeness`, `uniqueness`, `validity`, `accuracy`, `consistency` or `timeliness`.
    dimension: &'static str,
    /// `low`, `medium` or `high`.
    severity: &'static str,
    /// The whole of it, in the language of rules; none where you do not see all that its SQL may name.
    #[schema(value_type = Option<Object>)]
    definition: Option<Value>,
    /// The number of its version in force.
    version: i32,
    /// Whether its schedule counts.
    enabled: bool,
    /// Until when its failing alarms nobody.
    muted_until: Option<DateTime<Utc>>,
    /// The file that it was applied from.
    origin: Option<String>,
    /// When it is due next by its schedule.
    next_due: Option<DateTime<Utc>>,
    /// Whether it is due, and waits for its result.
    waiting: bool,
    /// What came of it last.
    last: Option<ResultJson>,
}

/// What came of a rule at a time at which it was due.
#[derive(Debug, Serialize, ToSchema)]
struct ResultJson {
    /// When it was due.
    due: DateTime<Utc>,
    /// When it was looked at.
    at: DateTime<Utc>,
    /// Which version of the rule.
    version: i32,
    /// `schedule`, `update` or `asked`.
    why: String,
    /// `pass`, `warn`, `fail`, `error` (it could not be measured) or `open` (there was nothing to compare with).
    verdict: String,
    /// What was measured; for who may see the dataset's profile.
    value: Option<f64>,
    /// How many rows failed.
    failing: Option<i64>,
    /// Of how many.
    rows: Option<i64>,
    /// Why it is no plain pass or fail.
    message: Option<String>,
    /// The constraint of the source that holds it: no row was looked at.
    held_by: Option<String>,
}

impl ResultJson {
    fn of(told: Told, t: &T) -> Self {
        Self {
            due: told.due,
            at: told.at,
            version: told.version,
            why: told.why,
            verdict: told.verdict,
            value: told.value,
            failing: told.failing,
            rows: told.rows,
            message: told.message.map(|said| t.message(&said)),
            held_by: told.held,
        }
    }
}

impl RuleJson {
    fn of(dataset: PublicId, seen: Seen, t: &T) -> Self {
        let (kept, rule) = (seen.kept, &seen.definition);
        let facts = kept.facts;
        Self {
            id: kept.public_id.0,
            dataset: dataset.0,
            name: facts.rule.name.clone(),
            title: facts.rule.title.clone(),
            kind: facts.rule.check.kind().as_str(),
            dimension: facts.rule.dimension().as_str(),
            severity: facts.rule.severity.as_str(),
            definition: rule.clone(),
            version: kept.number,
            enabled: facts.enabled,
            muted_until: facts.muted_until,
            origin: facts.origin,
            next_due: kept.next_due,
            waiting: seen.is_waiting,
            last: seen.results.into_iter().next().map(|told| ResultJson::of(told, t)),
        }
    }
}

/// The rules of a dataset
///
/// By name, all at once: a dataset has not many.
#[utoipa::path(get, path = "/datasets/{id}/rules", operation_id = "rules_list", tag = "quality",
    params(("id" = Uuid, Path, description = "The dataset")), responses(
    (status = 200, body = Vec<RuleJson>),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
))]
async fn list(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<Json<Vec<RuleJson>>> {
    let t = words_of(&caller, &app);
    let (asset, _, seen) = read::of_dataset(&app, &caller.caller, id).await?;
    Ok(Json(seen.into_iter().map(|seen| RuleJson::of(asset.public_id, seen, &t)).collect()))
}

/// Write a rule
///
/// In the language of rules, as YAML has it too. A rule of its name is changed; one that says the same already stays as it is.
#[utoipa::path(post, path = "/datasets/{id}/rules", operation_id = "rules_write", tag = "quality",
    params(("id" = Uuid, Path, description = "The dataset")),
    request_body(content = Object, description = "A rule", example = json!({"name": "id-there", "check": {"not_null": "id"}})), responses(
    (status = 200, body = RuleJson, description = "Changed, or the same as before"),
    (status = 201, body = RuleJson, description = "New"),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not write rules there, or not with SQL of your own"),
    (status = 404, description = "Not there, or not for you"),
    (status = 409, description = "No source can be asked about the dataset"),
    (status = 422, description = "A member is wrong"),
))]
async fn put(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    JsonBody(body): JsonBody<Value>,
) -> Result<Response> {
    save::permitted(&app, &caller.caller, id).await?;
    let rule = rules::read(&body).map_err(|faults| words::invalid(&faults))?;
    let (rule, how, version) = save::save(&app, &caller.caller, id, rule).await?;
    let (asset, _, seen) = read::one(&app, &caller.caller, rule).await?;
    let body = Json(RuleJson::of(asset.public_id, seen, &words_of(&caller, &app)));
    let status = if how == Written::Added { StatusCode::CREATED } else { StatusCode::OK };
    Ok(match version {
        Some(version) => (status, written(&app, version), body).into_response(),
        None => (status, body).into_response(),
    })
}

/// One rule
#[utoipa::path(get, path = "/rules/{id}", operation_id = "rules_show", tag = "quality",
    params(("id" = Uuid, Path, description = "The rule")), responses(
    (status = 200, body = RuleJson),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
))]
async fn show(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<Json<RuleJson>> {
    let (asset, _, seen) = read::one(&app, &caller.caller, id).await?;
    Ok(Json(RuleJson::of(asset.public_id, seen, &words_of(&caller, &app))))
}

/// What is switched at a rule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SwitchJson {
    /// Whether its schedule counts.
    enabled: Option<bool>,
    /// Until when its failing alarms nobody; null: no longer.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    muted_until: Option<Option<DateTime<Utc>>>,
}

/// A member that is there and null is something else than one that is not there.
fn given<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<DateTime<Utc>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Switch a rule on or off, or mute it
#[utoipa::path(patch, path = "/rules/{id}", operation_id = "rules_switch", tag = "quality",
    params(("id" = Uuid, Path, description = "The rule")), request_body = SwitchJson, responses(
    (status = 204, description = "Done"),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not write rules there"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "A member is wrong"),
))]
async fn switch(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    JsonBody(to): JsonBody<SwitchJson>,
) -> Result<Response> {
    let to = Switch { enabled: to.enabled, muted_until: to.muted_until, reason: None };
    let version = save::switch(&app, &caller.caller, id, to).await?;
    Ok(match version {
        Some(version) => (StatusCode::NO_CONTENT, written(&app, version)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Retire a rule
///
/// It is not looked at any more; its versions and results stay.
#[utoipa::path(delete, path = "/rules/{id}", operation_id = "rules_retire", tag = "quality",
    params(("id" = Uuid, Path, description = "The rule")), responses(
    (status = 204, description = "Retired"),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not write rules there"),
    (status = 404, description = "Not there, or not for you"),
))]
async fn retire(State(app): State<App>, caller: ApiCaller, Id(id): Id) -> Result<impl IntoResponse> {
    let version = save::retire(&app, &caller.caller, id).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}

/// What came of a rule, the newest first
#[utoipa::path(get, path = "/rules/{id}/results", operation_id = "rules_results", tag = "quality",
    params(("id" = Uuid, Path, description = "The rule"), Paging), responses(
    (status = 200, body = Page<ResultJson>),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn results(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<ResultJson>>> {
    let t = words_of(&caller, &app);
    let page = read::results(&app, &caller.caller, id, None, &paging).await?;
    Ok(Json(page.map(|told| ResultJson::of(told, &t))))
}

/// What is asked to be checked.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckAsked {
    /// These rules; none given: all that are switched on.
    #[serde(default)]
    rules: Vec<Uuid>,
}

/// A check that was asked for.
#[derive(Debug, Serialize, ToSchema)]
struct CheckJson {
    /// Its task; `GET /tasks/{id}` tells how far it is.
    task: Uuid,
    /// The time at which the rules were made due: the results of this check carry it as `due`.
    due: DateTime<Utc>,
    /// How many rules.
    rules: usize,
}

/// Check a dataset now
#[utoipa::path(post, path = "/datasets/{id}/checks", operation_id = "checks_ask", tag = "quality",
    params(("id" = Uuid, Path, description = "The dataset")), request_body = CheckAsked, responses(
    (status = 202, body = CheckJson),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not have rules run there"),
    (status = 404, description = "Not there, or not for you"),
    (status = 409, description = "There is no rule, or no source can be asked"),
    (status = 422, description = "A member is wrong"),
))]
async fn check(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    JsonBody(asked): JsonBody<CheckAsked>,
) -> Result<impl IntoResponse> {
    let rules: Vec<PublicId> = asked.rules.into_iter().map(PublicId).collect();
    let asked = ask::ask(&app, &caller.caller, id, &rules).await?;
    let body = CheckJson { task: asked.task.0, due: asked.at, rules: asked.rules };
    Ok((StatusCode::ACCEPTED, Json(body)))
}
