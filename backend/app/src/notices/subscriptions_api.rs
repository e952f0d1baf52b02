//! Subscriptions for programs: the caller's own.

use super::api::PlaceJson;
use super::subscriptions::{self, About, New, Subscription};
use super::trial;
use super::webhook::WebhookJson;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{ApiCaller, Created, Id, JsonBody, Page, written};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_frontend::notices::Channel;
use cadastre_frontend::quality::Gravity;
use cadastre_model::PublicId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Sent::openapi())
        .routes(routes!(list, make))
        .routes(routes!(show, remove))
        .routes(routes!(test))
}

/// What no route answers with, but webhooks are sent.
#[derive(Debug, OpenApi)]
#[openapi(components(schemas(WebhookJson)))]
struct Sent;

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AboutJson {
    All,
    Mine,
    Upstream,
    Asset,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SeverityJson {
    Low,
    Medium,
    High,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ChannelJson {
    Inbox,
    Email,
    Webhook,
}

/// A subscription to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSubscriptionJson {
    /// `all` that you see, what you own (`mine`), what lies `upstream` of what you own, or an `asset` and all that lies in it.
    about: AboutJson,
    /// The domain, source, database, schema or dataset, where it is about an asset.
    #[serde(default)]
    asset: Option<Uuid>,
    /// From this severity on; `low` unless said.
    #[serde(default)]
    severity: Option<SeverityJson>,
    /// By which way.
    channel: ChannelJson,
    /// Of a webhook: where requests go, by https.
    #[serde(default)]
    address: Option<String>,
}

impl NewSubscriptionJson {
    fn read(self) -> Result<New> {
        let about = match (self.about, self.asset) {
            (AboutJson::Asset, Some(id)) => About::Asset(PublicId(id)),
            (AboutJson::Asset, None) => return Err(Failure::invalid("asset", "subscription-choose")),
            (_, Some(_)) => return Err(Failure::invalid("asset", "subscription-asset-beside")),
            (AboutJson::All, None) => About::All,
            (AboutJson::Mine, None) => About::Mine,
            (AboutJson::Upstream, None) => About::Upstream,
        };
        let severity = match self.severity {
            None | Some(SeverityJson::Low) => Gravity::Low,
            Some(SeverityJson::Medium) => Gravity::Medium,
            Some(SeverityJson::High) => Gravity::High,
        };
        let channel = match self.channel {
            ChannelJson::Inbox => Channel::Inbox,
            ChannelJson::Email => Channel::Email,
            ChannelJson::Webhook => Channel::Webhook,
        };
        Ok(New { about, severity, channel, address: self.address })
    }
}

/// What you are told of.
#[derive(Debug, Serialize, ToSchema)]
struct SubscriptionJson {
    /// Its id.
    id: Uuid,
    /// `all`, `mine`, `upstream` or `asset`.
    about: String,
    /// The asset.
    asset: Option<PlaceJson>,
    /// From this severity on.
    severity: String,
    /// `inbox`, `email` or `webhook`.
    channel: String,
    /// Of a webhook: its address without path and query, which may hold a secret.
    address: Option<String>,
    /// When it was made.
    made: DateTime<Utc>,
    /// Since when it cannot be delivered.
    failing_since: Option<DateTime<Utc>>,
}

impl From<Subscription> for SubscriptionJson {
    fn from(known: Subscription) -> Self {
        let asset = match &known.about {
            About::Asset(named) => Some(PlaceJson::from(named)),
            _ => None,
        };
        Self {
            id: known.public_id.0,
            about: known.about.as_str().to_owned(),
            asset,
            severity: known.severity.as_str().to_owned(),
            channel: known.channel.as_str().to_owned(),
            address: known.shown,
            made: known.made,
            failing_since: known.failing.map(|(since, _)| since),
        }
    }
}

/// One that was just made.
#[derive(Debug, Serialize, ToSchema)]
struct MadeSubscriptionJson {
    #[serde(flatten)]
    subscription: SubscriptionJson,
    /// Of a webhook: the key that its requests are signed with, this once.
    secret: Option<String>,
}

/// List what you are told of beside what concerns you anyway, the first made first. There are a hundred at most, on one page.
#[utoipa::path(
    get, operation_id = "list_subscriptions", path = "/subscriptions", tag = "notices",
    responses(
        (status = 200, body = Page<SubscriptionJson>),
        (status = 401, description = "No token, or one that is not in force"),
    )
)]
async fn list(State(app): State<App>, api: ApiCaller) -> Result<Json<Page<SubscriptionJson>>> {
    let own = subscriptions::list(&app, &api.caller, None).await?;
    Ok(Json(Page { items: own.into_iter().map(Into::into).collect(), next: None }))
}

/// Say what you want to be told of. What owners, assignees and owners of what is downstream are told in their inbox needs no
/// subscription. A webhook's requests are signed: `Cadastre-Signature: v1=` and the HMAC-SHA256, in hex, of the header
/// `Cadastre-Timestamp`, a full stop and the body, by the key that this answer holds, this once. `Cadastre-Delivery` is the same
/// each time that a delivery is tried. What is sent is a `WebhookJson`; any 2xx is an arrival, redirects are not followed.
#[utoipa::path(
    post, operation_id = "make_subscription", path = "/subscriptions", tag = "notices", request_body = NewSubscriptionJson,
    responses(
        (status = 201, body = MadeSubscriptionJson),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The token may not write"),
        (status = 404, description = "No such asset, or not for you"),
        (status = 409, description = "It is there already, or there are too many"),
        (status = 422, description = "A member is wrong, or the address is refused"),
        (status = 429, description = "Too many addresses"),
    )
)]
async fn make(
    State(app): State<App>,
    api: ApiCaller,
    JsonBody(new): JsonBody<NewSubscriptionJson>,
) -> Result<impl IntoResponse> {
    let made = subscriptions::make(&app, &api.caller, new.read()?).await?;
    let place = format!("/api/v1/subscriptions/{}", made.subscription.public_id);
    let body = MadeSubscriptionJson { subscription: made.subscription.into(), secret: made.secret };
    Ok((written(&app, made.version), Created(place, Json(body))))
}

/// One of yours.
#[utoipa::path(
    get, operation_id = "show_subscription", path = "/subscriptions/{id}", tag = "notices", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = SubscriptionJson),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 404, description = "No such subscription, or not yours"),
    )
)]
async fn show(State(app): State<App>, api: ApiCaller, Id(id): Id) -> Result<Json<SubscriptionJson>> {
    Ok(Json(subscriptions::find(&app, &api.caller, id).await?.into()))
}

/// Remove one of yours. A subscription is made and removed, never changed: it takes no `If-Match`.
#[utoipa::path(
    delete, operation_id = "remove_subscription", path = "/subscriptions/{id}", tag = "notices", params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The token may not write"),
        (status = 404, description = "No such subscription, or not yours"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
async fn remove(State(app): State<App>, api: ApiCaller, Id(id): Id) -> Result<impl IntoResponse> {
    let version = subscriptions::remove(&app, &api.caller, id).await?;
    Ok((StatusCode::NO_CONTENT, written(&app, version)))
}

/// Send something by one of yours, to try it: now. If it arrives, the subscription is failing no more.
#[utoipa::path(
    post, operation_id = "test_subscription", path = "/subscriptions/{id}/tests", tag = "notices", params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "It arrived"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "The token may not write"),
        (status = 404, description = "No such subscription, or not yours"),
        (status = 409, description = "It did not arrive; or nothing leaves the house by it"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
        (status = 429, description = "Too many tests"),
    )
)]
async fn test(State(app): State<App>, api: ApiCaller, Id(id): Id) -> Result<StatusCode> {
    trial::send(&app, &api.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
