//! Notices for programs: the caller's own.

use super::inbox::{self, Which};
use super::told::Told;
use crate::app::App;
use crate::catalog::asset;
use crate::catalog::rows::Named;
use crate::error::Result;
use crate::http::{ApiCaller, JsonBody, Page, Paging, Params};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cadastre_model::{Action, PublicId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read)).merge(super::subscriptions_api::api())
}

/// Which notices.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// `unread` or `all`; those that are not read unless said.
    show: Option<ShowJson>,
    /// Only those about this dataset.
    dataset: Option<Uuid>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ShowJson {
    Unread,
    All,
}

/// An asset in a notice.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlaceJson {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// What it lies in, as far as you see it.
    path: Vec<String>,
}

impl From<&Named> for PlaceJson {
    fn from(named: &Named) -> Self {
        Self { id: named.public_id.0, name: named.name.clone(), path: named.path.clone() }
    }
}

/// Something that somebody is told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticeJson {
    /// Its id.
    id: Uuid,
    /// `opened`, `assigned`, `noted`, `resolved` (an incident), `upstream` (one that was opened upstream), `rule_error` (a rule
    /// could not be measured three times running) or `undelivered` (a subscription).
    kind: String,
    /// Why: `assignee`, `owner`, `watch`, `subscription` or `downstream`.
    because: String,
    /// `low`, `medium` or `high`.
    severity: String,
    /// When it happened.
    at: DateTime<Utc>,
    /// When it was read.
    read: Option<DateTime<Utc>>,
    /// The dataset that it is about; of one upstream: your own.
    dataset: Option<PlaceJson>,
    /// Where the incident is, if it is upstream.
    upstream: Option<PlaceJson>,
    /// The incident.
    incident: Option<Uuid>,
    /// Its number.
    incident_number: Option<i64>,
    /// The rule that could not be measured.
    rule: Option<Uuid>,
}

impl From<&Told> for NoticeJson {
    fn from(told: &Told) -> Self {
        Self {
            id: told.public_id.0,
            kind: told.kind.clone(),
            because: told.because.clone(),
            severity: told.severity.clone(),
            at: told.at,
            read: told.read_at,
            dataset: told.dataset.as_ref().map(PlaceJson::from),
            upstream: told.upstream.as_ref().map(PlaceJson::from),
            incident: told.incident.map(|(id, _)| id.0),
            incident_number: told.incident.map(|(_, number)| number),
            rule: told.rule.as_ref().map(|(id, _)| id.0),
        }
    }
}

/// List what you were told, the newest first. Notices about what you don't see any more are not there.
#[utoipa::path(
    get, operation_id = "list_notices", path = "/notices", tag = "notices", params(ListParams),
    responses(
        (status = 200, body = Page<NoticeJson>),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "No such dataset, or not for you"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
async fn list(
    State(app): State<App>,
    api: ApiCaller,
    Params(params): Params<ListParams>,
) -> Result<Json<Page<NoticeJson>>> {
    let dataset = match params.dataset {
        Some(id) => Some(asset::find(&app.db().web, &api.caller, PublicId(id), Action::See).await?.0.id),
        None => None,
    };
    let which = Which { all: params.show == Some(ShowJson::All), dataset };
    let paging = Paging { cursor: params.cursor, limit: params.limit };
    let page = inbox::list(&app, &api.caller, which, &paging).await?;
    Ok(Json(page.map(|told| NoticeJson::from(&told))))
}

/// What was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadJson {
    /// These notices; without it all that you see.
    #[serde(default)]
    notices: Option<Vec<Uuid>>,
}

/// Mark notices of yours as read. What is not yours, or not there, is passed over.
#[utoipa::path(
    post, operation_id = "read_notices", path = "/notices/read", tag = "notices", request_body = ReadJson,
    responses(
        (status = 204, description = "They are read"),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The token may not write"),
        (status = 422, description = "A member is wrong"),
    )
)]
async fn read(
    State(app): State<App>,
    api: ApiCaller,
    JsonBody(read): JsonBody<ReadJson>,
) -> Result<StatusCode> {
    let these: Option<Vec<PublicId>> = read.notices.map(|ids| ids.into_iter().map(PublicId).collect());
    inbox::read(&app, &api.caller, these.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
