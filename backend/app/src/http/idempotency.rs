//! `Idempotency-Key`: the same write sent twice is done once, and answered with the same answer, for a day. Answers are
//! kept sealed: some hold a password or a token, which nobody is to find in the database.

use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::http::body;
use crate::http::visitor::Visitor;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cadastre_model::PersonId;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

const HEADER: &str = "idempotency-key";
const KEPT: [HeaderName; 3] = [CONTENT_TYPE, ETAG, LOCATION];

/// Runs a write that carries a key, unless its answer is known already.
pub(crate) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let key = request.headers().get(HEADER).cloned();
    let Some(key) = key.filter(|_| *request.method() != Method::GET) else { return next.run(request).await };
    match run_once(&app, &key, request, next).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

async fn run_once(app: &App, key: &HeaderValue, request: Request, next: Next) -> Result<Response> {
    let bad = || Failure::invalid("Idempotency-Key", "error-idempotency-key");
    let key = key.to_str().ok().filter(|key| (1..=200).contains(&key.len())).ok_or_else(bad)?.to_owned();
    // Nobody signed in: the route says so.
    let Some(person) = Visitor::of(&request)?.person.clone() else { return Ok(next.run(request).await) };
    let (parts, content) = request.into_parts();
    let bytes = body::read(Request::from_parts(parts.clone(), content)).await?;
    let mut digest = Sha256::new().chain_update(parts.method.as_str()).chain_update([0]);
    digest.update(parts.uri.to_string());
    digest.update([0]);
    digest.update(&bytes);
    let digest = digest.finalize().to_vec();

    if let Some(answer) = claim(app, person.id, &key, &digest).await? {
        return Ok(answer);
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    // What was not done may be tried again under the same key.
    if !response.status().is_success() {
        forget(app, person.id, &key).await?;
        return Ok(response);
    }
    keep(app, person.id, &key, response).await
}

/// Takes the key, or gives the answer that it stands for.
async fn claim(app: &App, person: PersonId, key: &str, digest: &[u8]) -> Result<Option<Response>> {
    type Row = (Vec<u8>, Option<i32>, Option<Value>, Option<Vec<u8>>);
    let taken = sqlx::query(
        "insert into idempotency_keys (person_id, key, request) values ($1, $2, $3)
         on conflict (person_id, key) do update set request = excluded.request, created_at = clock_timestamp(),
            status = null, headers = null, body = null
            where idempotency_keys.created_at < clock_timestamp() - interval '1 day'
               or (idempotency_keys.status is null and idempotency_keys.created_at < clock_timestamp() - interval '1 minute')",
    )
    .bind(person.0)
    .bind(key)
    .bind(digest)
    .execute(&app.db().web)
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(None);
    }
    let row: Option<Row> = sqlx::query_as(
        "select request, status, headers, body from idempotency_keys where person_id = $1 and key = $2",
    )
    .bind(person.0)
    .bind(key)
    .fetch_optional(&app.db().web)
    .await?;
    let (request, status, headers, body) =
        row.ok_or_else(|| Failure::new(FailureKind::Conflict, "error-idempotency-running"))?;
    if request != digest {
        return Err(Failure::new(FailureKind::Invalid, "error-idempotency-other"));
    }
    let status = status
        .and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok())
        .ok_or_else(|| Failure::new(FailureKind::Conflict, "error-idempotency-running"))?;
    let body = match body {
        Some(sealed) => open(app, person, key, &sealed)?,
        None => Vec::new(),
    };
    let mut response = (status, body).into_response();
    for (name, value) in headers.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Some(Ok(value))) = (name, value.as_str().map(HeaderValue::from_str)) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(Some(response))
}

async fn forget(app: &App, person: PersonId, key: &str) -> Result<()> {
    sqlx::query("delete from idempotency_keys where person_id = $1 and key = $2 and status is null")
        .bind(person.0)
        .bind(key)
        .execute(&app.db().web)
        .await?;
    Ok(())
}

async fn keep(app: &App, person: PersonId, key: &str, response: Response) -> Result<Response> {
    let (parts, content) = response.into_parts();
    let bytes = to_bytes(content, 4 * body::BODY_LIMIT).await.map_err(Failure::internal)?;
    let headers: Map<String, Value> = KEPT
        .iter()
        .filter_map(|name| Some((name.as_str().to_owned(), parts.headers.get(name)?.to_str().ok()?.into())))
        .collect();
    sqlx::query(
        "update idempotency_keys set status = $3, headers = $4, body = $5 where person_id = $1 and key = $2",
    )
    .bind(person.0)
    .bind(key)
    .bind(i32::from(parts.status.as_u16()))
    .bind(Value::Object(headers))
    .bind(seal(app, person, key, &bytes)?)
    .execute(&app.db().web)
    .await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn seal(app: &App, person: PersonId, key: &str, body: &[u8]) -> Result<Vec<u8>> {
    app.keys().seal("idempotency_keys", person.0, key, body).map_err(Failure::internal)
}

fn open(app: &App, person: PersonId, key: &str, sealed: &[u8]) -> Result<Vec<u8>> {
    app.keys().open("idempotency_keys", person.0, key, sealed).map_err(Failure::internal)
}
