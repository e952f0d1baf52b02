//! The list of routes, feature by feature, and what every request passes on its way.

use crate::app::App;
use crate::error::{Failure, FailureKind};
use crate::http::{assets, headers, health, idempotency, visitor};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as OpenApiDocument;
use utoipa_axum::router::OpenApiRouter;

/// Every request is answered within this time, streams of events apart.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// The same for the few that say of themselves that they take longer.
const SLOW_WITHIN: Duration = Duration::from_secs(120);

/// What the API's document says about itself.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Cadastre",
        description = "The register of data assets: what they are, where they come from, how good they are, who may use \
                       them. Every write takes `Idempotency-Key`; a write to something that is there takes `If-Match` \
                       with the `ETag` it was read with. Lists are paged by `cursor`. What you may not see does not \
                       exist for you. Errors are problem+json (RFC 9457).",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        version = "1"
    ),
    modifiers(&BearerToken),
    security(("token" = []))
)]
struct Document;

struct BearerToken;

impl utoipa::Modify for BearerToken {
    fn modify(&self, document: &mut OpenApiDocument) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API token: `cad_…`"))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The API of every feature.
fn api_of_features() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(crate::people::api())
        .merge(crate::catalog::api())
        .merge(crate::sources::api())
        .merge(crate::profile::api())
        .merge(crate::access::api())
        .merge(crate::domains::api())
        .merge(crate::audit::api())
        .merge(crate::lineage::api())
        .merge(crate::quality::api())
        .merge(crate::notices::api())
        .merge(crate::tasks::api())
}

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", api_of_features())
}

/// The pages of every feature.
fn pages() -> Router<App> {
    Router::new()
        .merge(crate::people::pages())
        .merge(crate::catalog::pages())
        .merge(crate::lineage::pages())
        .merge(crate::quality::pages())
        .merge(crate::notices::pages())
        .merge(crate::profile::pages())
        .merge(crate::admin::pages())
        .merge(crate::sources::pages())
        .merge(crate::access::pages())
        .merge(crate::domains::pages())
        .merge(crate::audit::pages())
        .merge(crate::tasks::pages())
}

/// The API's document, as it is served and committed: made once, since nothing in it changes.
#[must_use]
pub fn api_document() -> &'static OpenApiDocument {
    static DOCUMENT: LazyLock<OpenApiDocument> = LazyLock::new(|| with_names(api().split_for_parts().1));
    &DOCUMENT
}

async fn show_document() -> Json<&'static OpenApiDocument> {
    Json(api_document())
}

/// Names each operation by its method and path, as `get_people_id`: those of the functions are unique in a feature only.
fn with_names(mut document: OpenApiDocument) -> OpenApiDocument {
    for (path, item) in &mut document.paths.paths {
        let place = path.trim_start_matches("/api/v1/").replace(['{', '}'], "").replace(['/', '.', '-'], "_");
        let methods = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{place}"));
            }
        }
    }
    document
}

/// Everything that is served.
pub fn router(app: &App) -> Router {
    let api = Router::from(api())
        .layer(from_fn_with_state(app.clone(), once))
        .route("/api/v1/openapi.json", get(show_document));
    let answering = Router::new()
        .merge(api)
        .merge(pages())
        .fallback(|| std::future::ready(Failure::absent()))
        .method_not_allowed_fallback(|| {
            std::future::ready(Failure::new(FailureKind::NotAllowed, "error-not-allowed-text"))
        })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(in_time))
        .layer(from_fn_with_state(app.clone(), visitor::identify));
    Router::new()
        .route("/_/{*path}", get(assets::file))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback_service(answering.with_state(app.clone()))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), headers::add))
        .layer(from_fn(measured))
        .with_state(app.clone())
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned());
    Failure::internal(text.unwrap_or_else(|| "a panic".to_owned())).into_response()
}

/// Does a write with a key once. What comes to the same however often it is sent is not kept for that.
async fn once(app: State<App>, request: Request, next: axum::middleware::Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    if route.is_some_and(|route| crate::lineage::REPEATABLE.contains(&route)) {
        return next.run(request).await;
    }
    idempotency::once(app, request, next).await
}

/// Gives up on a request that takes too long: whoever waits is told to try again.
async fn in_time(request: Request, next: axum::middleware::Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let slow = route.is_some_and(|route| crate::lineage::SLOW.contains(&route));
    let within = if slow { SLOW_WITHIN } else { ANSWER_WITHIN };
    match tokio::time::timeout(within, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::unavailable("the answer took too long").into_response(),
    }
}

/// Counts and times requests by their route, never by their path.
async fn measured(request: Request, next: axum::middleware::Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let route = response.extensions().get::<MatchedPath>().map_or("other", |path| path.as_str()).to_owned();
    let status = response.status().as_u16();
    let took = started.elapsed();
    metrics::histogram!("cadastre_http_seconds", "method" => method.to_string(), "route" => route, "status" => status.to_string())
        .record(took.as_secs_f64());
    tracing::info!(%method, path, status, took_ms = took.as_millis(), "request");
    response
}
