//! For the operator's machines: is it alive, does it answer, how does it do.

use crate::app::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

/// The process runs. Asks nobody.
pub(crate) async fn live() -> &'static str {
    "live\n"
}

/// It can answer: not stopping, the database reached, the read models current.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let stopping = app.is_stopping();
    let database =
        tokio::time::timeout(Duration::from_secs(1), sqlx::query("select 1").execute(&app.db().web)).await;
    let database = matches!(database, Ok(Ok(_)));
    let lag = app.rights().lag();
    let rights = !app.rights().is_stale();
    let ready = !stopping && database && rights;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "ready": ready, "stopping": stopping, "database": database,
        "read_models": { "rights": { "version_known": rights, "lag_seconds": lag.as_secs_f64() } },
    });
    (status, Json(body)).into_response()
}

/// Measurements, in Prometheus's text format.
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    let pools = [("web", &app.db().web), ("tasks", &app.db().tasks)];
    for (name, pool) in pools {
        metrics::gauge!("cadastre_pool_connections", "pool" => name).set(f64::from(pool.size()));
        metrics::gauge!("cadastre_pool_idle", "pool" => name).set(pool.num_idle() as f64);
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics().render()).into_response()
}
