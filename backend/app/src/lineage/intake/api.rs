//! OpenLineage's own API, where its clients send to.

use super::homes::Teller;
use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{ApiCaller, read_packed, written};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_frontend::T;
use cadastre_intake::Notice;
use cadastre_intake::openlineage::{Event, Invalid, read, read_batch};
use cadastre_model::{Message, Version};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest request, unpacked, in bytes.
const LIMIT: usize = 8 << 20;

/// The routes.
pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(one)).routes(routes!(several))
}

/// Something to say about a member.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RemarkJson {
    /// The member, as `outputs[0].facets.schema.fields[1].name`.
    field: String,
    /// What is to say about it.
    message: String,
}

/// An event that was taken in.
#[derive(Debug, Serialize, ToSchema)]
struct TakenJson {
    /// SHA-256 of its content: a repetition has the same.
    event: String,
    /// Known facets that are not as their schema says. They are kept, and used as far as they can be read.
    remarks: Vec<RemarkJson>,
}

/// How many events were taken in.
#[derive(Debug, Serialize, ToSchema)]
struct SummaryJson {
    /// Events of the batch.
    received: usize,
    /// Those that were taken in.
    successful: usize,
    /// Those that were not.
    failed: usize,
}

/// An event of a batch that was not taken in.
#[derive(Debug, Serialize, ToSchema)]
struct FailedJson {
    /// Its place in the batch, from 0.
    index: usize,
    /// The status that it would have been answered with alone.
    status: u16,
    /// Why.
    reason: String,
    /// Whether it makes sense to send it again as it is.
    retriable: bool,
    /// What is wrong with it.
    errors: Vec<RemarkJson>,
}

/// What came of a batch. What is not listed as failed is stored.
#[derive(Debug, Serialize, ToSchema)]
struct BatchJson {
    /// `success` or `partial_success`.
    status: &'static str,
    /// How many.
    summary: SummaryJson,
    /// Those that were not taken in.
    failed_events: Vec<FailedJson>,
}

/// An event of OpenLineage: <https://openlineage.io/spec/2-0-2/OpenLineage.json>.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "it stands for the spec in the document; the event is read by the spec's own checks"
)]
struct EventJson {
    /// When it happened, with a zone.
    #[schema(rename = "eventTime")]
    event_time: chrono::DateTime<chrono::Utc>,
    /// Who made it.
    producer: String,
    /// Which event it is.
    #[schema(rename = "schemaURL")]
    schema_url: String,
    /// `START`, `RUNNING`, `COMPLETE`, `ABORT`, `FAIL` or `OTHER`; of a run event.
    #[schema(rename = "eventType")]
    event_type: Option<String>,
    /// The run, of a run event.
    run: Option<serde_json::Value>,
    /// The job, of a run or job event.
    job: Option<serde_json::Value>,
    /// What is read.
    inputs: Option<Vec<serde_json::Value>>,
    /// What is written.
    outputs: Option<Vec<serde_json::Value>>,
    /// The dataset, of a dataset event.
    dataset: Option<serde_json::Value>,
}

/// Take an event of OpenLineage in
///
/// A run, job or dataset event. It may come in any order and any number of times. It is answered when it is durable.
/// `Content-Encoding: gzip` is taken; 8 MiB unpacked. Needs the right to manage lineage in the namespace of the job (of the
/// dataset, of a dataset event).
#[utoipa::path(post, path = "/lineage", tag = "lineage", request_body = EventJson,
    responses((status = 201, body = TakenJson), (status = 400, description = "No JSON"), (status = 401, description = "No token in force"), (status = 403, description = "You may not manage lineage"), (status = 404, description = "You may not tell of what lies there"),
              (status = 413, description = "Larger than is taken"), (status = 422, description = "No event: `errors` names the members")))]
async fn one(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    request: Request,
) -> Result<impl IntoResponse> {
    Teller::check(&caller)?;
    let bytes = read_packed(request, LIMIT).await?;
    let event = in_background(move || read(&bytes)).await?.map_err(failure_of)?;
    let (id, remarks) = (event.id.clone(), event.remarks.clone());
    let taken = app.intake().take(&caller, vec![event]).await?;
    let version = taken.into_iter().next().unwrap_or(Ok(None))?;
    seen(&app, &caller, version).await;
    let t = words(&app, &caller);
    let remarks = remarks.iter().map(|notice| told(&t, notice)).collect();
    Ok((StatusCode::CREATED, headers(&app, version), Json(TakenJson { event: id, remarks })))
}

/// Take several events of OpenLineage in
///
/// A list of up to 10,000. Each stands for itself: one that is wrong does not keep its neighbours from being stored.
#[utoipa::path(post, path = "/lineage/batch", tag = "lineage", request_body = Vec<EventJson>,
    responses((status = 200, body = BatchJson), (status = 400, description = "No JSON"), (status = 401, description = "No token in force"), (status = 403, description = "You may not manage lineage"), (status = 404, description = "Not there, or not for you"), (status = 413, description = "Larger than is taken"), (status = 422, description = "No list")))]
async fn several(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    request: Request,
) -> Result<impl IntoResponse> {
    Teller::check(&caller)?;
    let bytes = read_packed(request, LIMIT).await?;
    let read = in_background(move || read_batch(&bytes)).await?.map_err(failure_of)?;
    let received = read.len();
    let (mut events, mut places, mut failures) = (Vec::<Event>::new(), Vec::new(), Vec::new());
    for (index, event) in read.into_iter().enumerate() {
        match event {
            Ok(event) => {
                events.push(event);
                places.push(index);
            }
            Err(invalid) => failures.push((index, failure_of(invalid))),
        }
    }
    let mut last = None;
    for (index, taken) in places.into_iter().zip(app.intake().take(&caller, events).await?) {
        match taken {
            Ok(version) => last = last.max(version),
            Err(failure) => failures.push((index, failure)),
        }
    }
    seen(&app, &caller, last).await;
    failures.sort_unstable_by_key(|(index, _)| *index);
    let t = words(&app, &caller);
    let failed_events: Vec<FailedJson> =
        failures.iter().map(|(index, failure)| failed(&t, *index, failure)).collect();
    let failed = failed_events.len();
    let status = if failed == 0 { "success" } else { "partial_success" };
    let summary = SummaryJson { received, successful: received - failed, failed };
    Ok((headers(&app, last), Json(BatchJson { status, summary, failed_events })))
}

/// Away from the threads that serve requests: a request may be 8 MiB.
async fn in_background<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Result<R> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::internal)
}

/// What is wrong with a text, as the API says it.
#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn failure_of(invalid: Invalid) -> Failure {
    let fields = invalid.faults.iter().map(|fault| (field(fault), fault.what.message()));
    let (kind, message) = if invalid.syntax {
        (FailureKind::Unreadable, invalid.faults.first().map(|fault| fault.what.message()))
    } else {
        (FailureKind::Invalid, None)
    };
    let message = message.unwrap_or_else(|| Message::new("error-refused-text"));
    Failure { fields: fields.collect(), ..Failure::new(kind, message) }
}

fn field(notice: &Notice) -> String {
    let place = notice.at.to_string();
    if place.is_empty() { "body".to_owned() } else { place }
}

pub(super) fn told(t: &T, notice: &Notice) -> RemarkJson {
    RemarkJson { field: field(notice), message: t.message(&notice.what.message()) }
}

fn failed(t: &T, index: usize, failure: &Failure) -> FailedJson {
    if let Some(cause) = &failure.cause {
        tracing::warn!(failure = %failure, cause, "an event was not taken in");
    }
    let error = |(field, message): &(String, Message)| RemarkJson {
        field: field.clone(),
        message: t.message(message),
    };
    FailedJson {
        index,
        status: failure.kind.status(),
        reason: t.message(&failure.message),
        retriable: matches!(failure.kind, FailureKind::Unavailable | FailureKind::Internal),
        errors: failure.fields.iter().map(error).collect(),
    }
}

pub(super) fn words(app: &App, caller: &crate::access::Caller) -> T {
    T::new(caller.language, chrono_tz::UTC, app.now())
}

/// Whoever told of a new namespace may at once tell of more in it.
async fn seen(app: &App, caller: &crate::access::Caller, version: Option<Version>) {
    if let Some(version) = version {
        caller.has_seen(version).await;
        app.lineage().wait_for(version).await;
    }
}

pub(super) fn headers(app: &App, version: Option<Version>) -> Option<[(&'static str, String); 1]> {
    version.map(|version| written(app, version))
}
