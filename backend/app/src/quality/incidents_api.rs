//! Incidents for programs.

use super::incidents::{self, Act, Event, Incident, Line, Member, Which};
use crate::app::App;
use crate::catalog::asset;
use crate::error::Result;
use crate::http::{ApiCaller, Etag, Id, IfMatch, JsonBody, Page, Paging, Params, written};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_model::{Action, PublicId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(act))
}

/// Which incidents.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// `open`, `acknowledged` or `closed`; those that are not closed unless said.
    state: Option<StateJson>,
    /// Only those of this dataset.
    dataset: Option<Uuid>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateJson {
    Open,
    Acknowledged,
    Closed,
}

impl StateJson {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
        }
    }
}

/// An incident.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentLineJson {
    /// Its id.
    id: Uuid,
    /// What people call it by.
    number: i64,
    /// The id of its dataset.
    dataset: Uuid,
    /// The name of the dataset.
    dataset_name: String,
    /// What the dataset lies in, as far as you see it.
    path: Vec<String>,
    /// `low`, `medium` or `high`.
    severity: String,
    /// `open`, `acknowledged` or `closed`.
    state: String,
    /// When it was opened.
    opened: DateTime<Utc>,
    /// When a rule of it last failed.
    seen: DateTime<Utc>,
    /// When it was closed.
    closed: Option<DateTime<Utc>>,
    /// Who deals with it.
    assignee: Option<String>,
    /// Until when it alarms nobody.
    muted_until: Option<DateTime<Utc>>,
    /// How many of its rules fail still.
    failing: i64,
}

impl From<Line> for IncidentLineJson {
    fn from(line: Line) -> Self {
        Self {
            id: line.public_id.0,
            number: line.number,
            dataset: line.dataset.public_id.0,
            dataset_name: line.dataset.name,
            path: line.dataset.path,
            severity: line.severity,
            state: line.state,
            opened: line.opened,
            seen: line.seen,
            closed: line.closed,
            assignee: line.assignee.map(|who| who.name),
            muted_until: line.muted_until,
            failing: line.failing,
        }
    }
}

/// A rule of an incident.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentRuleJson {
    /// The id of the rule.
    rule: Uuid,
    /// Its name.
    name: String,
    /// Since when it fails.
    since: DateTime<Utc>,
    /// When it passed again.
    until: Option<DateTime<Utc>>,
    /// How many rows failed at last; for who may see the dataset's profile.
    failing: Option<i64>,
    /// Of how many.
    rows: Option<i64>,
}

impl From<Member> for IncidentRuleJson {
    fn from(member: Member) -> Self {
        let Member { rule, name, since, until, failing, row_count, .. } = member;
        Self { rule, name, since, until, failing, rows: row_count }
    }
}

/// Something that happened to an incident.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentEventJson {
    /// When.
    at: DateTime<Utc>,
    /// `opened`, `passed`, `acknowledged`, `assigned`, `muted`, `noted`, `closed` or `resolved`.
    kind: String,
    /// Who did it; none: a result.
    who: Option<String>,
    /// The rule that it is about.
    rule: Option<String>,
    /// To whom it was assigned.
    assignee: Option<String>,
    /// Until when it was muted.
    until: Option<DateTime<Utc>>,
    /// What was said.
    note: Option<String>,
}

impl From<Event> for IncidentEventJson {
    fn from(event: Event) -> Self {
        let Event { at, kind, by, rule, subject, until, note } = event;
        Self { at, kind, who: by.map(|who| who.name), rule, assignee: subject, until, note }
    }
}

/// An incident with its rules and what happened to it.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentJson {
    /// It.
    #[serde(flatten)]
    line: IncidentLineJson,
    /// Its rules, those first that fail still.
    rules: Vec<IncidentRuleJson>,
    /// What happened to it, the oldest first.
    timeline: Vec<IncidentEventJson>,
}

/// Incidents
///
/// Of the datasets that you see, the newest first.
#[utoipa::path(get, path = "/incidents", operation_id = "incidents_list", tag = "quality", params(ListParams), responses(
    (status = 200, body = Page<IncidentLineJson>),
    (status = 401, description = "No token in force"),
    (status = 404, description = "The dataset is not there, or not for you"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn list(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    Params(params): Params<ListParams>,
) -> Result<Json<Page<IncidentLineJson>>> {
    let dataset = match params.dataset {
        Some(id) => Some(asset::find(&app.db().web, &caller, PublicId(id), Action::See).await?.0.id),
        None => None,
    };
    let which = Which { state: params.state.map(|state| state.as_str().to_owned()), dataset };
    let paging = Paging { cursor: params.cursor, limit: params.limit };
    Ok(Json(incidents::list(&app, &caller, &which, &paging).await?.map(Into::into)))
}

/// One incident
#[utoipa::path(get, path = "/incidents/{id}", operation_id = "incidents_show", tag = "quality",
    params(("id" = Uuid, Path, description = "The incident")), responses(
    (status = 200, body = IncidentJson, headers(("ETag" = String, description = "Its state, for If-Match"))),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
))]
async fn show(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    Id(id): Id,
) -> Result<impl IntoResponse> {
    let Incident { line, members, timeline, .. } = incidents::show(&app, &caller, id).await?;
    let etag = Etag(line.counter);
    let body = IncidentJson {
        line: line.into(),
        rules: members.into_iter().map(Into::into).collect(),
        timeline: timeline.into_iter().map(Into::into).collect(),
    };
    Ok((etag, Json(body)))
}

/// What is done to an incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
enum ActJson {
    /// You have seen it.
    Acknowledge,
    /// Somebody is to deal with it.
    Assign {
        /// Their login; null: nobody any more.
        assignee: Option<String>,
    },
    /// It alarms nobody until then.
    Mute {
        /// The instant; null: it does again.
        until: Option<DateTime<Utc>>,
        /// Why, in words.
        #[serde(default)]
        reason: String,
    },
    /// You say something.
    Note {
        /// In words.
        note: String,
    },
    /// It is over, whatever its rules say.
    Resolve {
        /// Why, in words.
        reason: String,
    },
}

impl From<ActJson> for Act {
    fn from(act: ActJson) -> Self {
        match act {
            ActJson::Acknowledge => Self::Acknowledge,
            ActJson::Assign { assignee } => Self::Assign(assignee),
            ActJson::Mute { until, reason } => Self::Mute(until, reason),
            ActJson::Note { note } => Self::Note(note),
            ActJson::Resolve { reason } => Self::Resolve(reason),
        }
    }
}

/// Do something to an incident
#[utoipa::path(post, path = "/incidents/{id}/acts", operation_id = "incidents_act", tag = "quality",
    params(("id" = Uuid, Path, description = "The incident"), ("If-Match" = String, Header, description = "The ETag that you read")),
    request_body = ActJson, responses(
    (status = 204, description = "Done"),
    (status = 401, description = "No token in force"),
    (status = 403, description = "You may not write rules there"),
    (status = 404, description = "Not there, or not for you"),
    (status = 409, description = "It is closed"),
    (status = 412, description = "It changed since you read it"),
    (status = 422, description = "A member is wrong"),
    (status = 428, description = "If-Match is missing"),
))]
async fn act(
    State(app): State<App>,
    caller: ApiCaller,
    Id(id): Id,
    read: IfMatch,
    JsonBody(asked): JsonBody<ActJson>,
) -> Result<impl IntoResponse> {
    let version = incidents::act(&app, &caller.caller, id, &read, &asked.into()).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}
