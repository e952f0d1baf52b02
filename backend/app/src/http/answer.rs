//! What goes out: pages, redirects after a form, and failures in the reader's words.

use crate::app::App;
use crate::error::{Failure, FailureKind};
use crate::http::cookies;
use crate::http::visitor::Visitor;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, LOCATION, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use cadastre_frontend::errors::{ErrorPage, Problem};
use cadastre_frontend::{Flash, Page, T, Tone};
use cadastre_model::{Message, Version};
use serde_json::json;
use std::sync::Arc;

/// A page of the house.
///
/// # Errors
/// `Internal` when the template fails, which is a fault of ours.
pub fn html(visitor: &Visitor, page: &impl Page) -> Result<Response, Failure> {
    page_with(visitor, StatusCode::OK, page)
}

/// A page with another status: a form that was refused is shown again with 422.
///
/// # Errors
/// As [`html`].
pub fn page_with(visitor: &Visitor, status: StatusCode, page: &impl Page) -> Result<Response, Failure> {
    let body = page.html().map_err(Failure::internal)?;
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(visitor.language.tag()));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language, Cookie, HX-Request"));
    Ok(response)
}

/// After a form: back to a page, which shows once what was done.
pub fn redirect(app: &App, to: &str, flash: Option<Flash>, version: Option<Version>) -> Response {
    let mut jar = CookieJar::new();
    if let Some(text) = flash.and_then(|flash| write_flash(app, &flash)) {
        jar = jar.add(cookies::make(app, cookies::FLASH, text));
    }
    if let Some(text) = version.and_then(|version| write_version(app, version)) {
        jar = jar.add(cookies::make(app, cookies::SEEN, text));
    }
    (jar, Redirect::to(to)).into_response()
}

/// The header by which an answer to a write in the API says what a read after it must have seen.
pub fn written(app: &App, version: Version) -> [(&'static str, String); 1] {
    [("cadastre-seen", write_version(app, version).unwrap_or_default())]
}

/// 201 with the place of what was made.
#[derive(Debug)]
pub struct Created<T>(pub String, pub T);

impl<T: IntoResponse> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, self.1).into_response();
        if let Ok(place) = HeaderValue::from_str(&self.0) {
            response.headers_mut().insert(LOCATION, place);
        }
        response
    }
}

fn write_version(app: &App, version: Version) -> Option<String> {
    app.keys().seal_token("seen", &version.0.to_be_bytes()).ok()
}

pub(crate) fn read_version(app: &App, text: &str) -> Option<Version> {
    let bytes = app.keys().open_token("seen", text).ok()?;
    Some(Version(i64::from_be_bytes(bytes.try_into().ok()?)))
}

/// A message with its arguments; the key is one of ours, since only we can seal it.
fn write_flash(app: &App, flash: &Flash) -> Option<String> {
    let text = json!([flash.tone.class(), flash.message]);
    app.keys().seal_token("flash", text.to_string().as_bytes()).ok()
}

pub(crate) fn read_flash(app: &App, text: &str) -> Option<Flash> {
    let bytes = app.keys().open_token("flash", text).ok()?;
    let (tone, message): (String, Message) = serde_json::from_slice(&bytes).ok()?;
    Some(Flash { tone: tone_of(&tone), message })
}

fn tone_of(class: &str) -> Tone {
    [Tone::Pass, Tone::Warn, Tone::Fail].into_iter().find(|tone| tone.class() == class).unwrap_or(Tone::None)
}

impl IntoResponse for Failure {
    /// The status alone; [`in_words`] adds the rest, when it is known who reads it.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Puts a failure into the reader's words: a page, or a problem (RFC 9457) in the API. The cause goes to the log only.
pub(crate) fn in_words(app: &App, visitor: &Visitor, response: Response) -> Response {
    let Some(failure) = response.extensions().get::<Arc<Failure>>().cloned() else { return response };
    if let Some(cause) = &failure.cause {
        tracing::warn!(request_id = visitor.request_id, failure = %failure, cause, "request failed");
    }
    let t = visitor.t(app);
    let mut answer = if visitor.url.starts_with("/api/") {
        problem(&t, visitor, &failure)
    } else {
        error_page(app, visitor, &failure)
    };
    let headers = answer.headers_mut();
    if let Some(after) = failure.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    if failure.kind.status() == 401 && visitor.url.starts_with("/api/") {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    answer
}

fn problem(t: &T, visitor: &Visitor, failure: &Failure) -> Response {
    let errors: Vec<_> = failure
        .fields
        .iter()
        .map(|(field, message)| json!({"field": field, "message": t.message(message)}))
        .collect();
    let mut body = json!({
        "type": format!("urn:cadastre:problem:{}", failure.kind.word()),
        "title": problem_of(failure).title(t),
        "status": failure.kind.status(),
        "detail": t.message(&failure.message),
        "request_id": visitor.request_id,
    });
    if !errors.is_empty() {
        body["errors"] = errors.into();
    }
    let status = StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(visitor.language.tag()));
    response
}

fn error_page(app: &App, visitor: &Visitor, failure: &Failure) -> Response {
    let status = StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let problem = problem_of(failure);
    let page = ErrorPage {
        chrome: visitor.chrome_of_failure(app),
        problem,
        // What the page says anyway is not said twice.
        detail: Some(failure.said()).filter(|message| message.key != problem.text_key()).cloned(),
        back: cadastre_frontend::href::home(),
        retry_after: failure.retry_after.and_then(|after| i64::try_from(after.as_secs().max(1)).ok()),
    };
    page_with(visitor, status, &page).unwrap_or_else(|_| status.into_response())
}

fn problem_of(failure: &Failure) -> Problem {
    match failure.kind {
        FailureKind::Unreadable => Problem::Unreadable,
        FailureKind::Unauthenticated => Problem::SignIn,
        FailureKind::Forbidden if failure.message.key == "error-stale-form-text" => Problem::StaleForm,
        FailureKind::Forbidden => Problem::Forbidden,
        FailureKind::Absent => Problem::NotFound,
        FailureKind::NotAllowed => Problem::NotAllowed,
        FailureKind::Conflict => Problem::Conflict,
        FailureKind::Stale => Problem::Changed,
        FailureKind::TooLarge => Problem::TooLarge,
        FailureKind::Unsupported => Problem::WrongKind,
        FailureKind::Invalid => Problem::Refused,
        FailureKind::NeedsCondition => Problem::VersionMissing,
        FailureKind::TooMany => Problem::TooOften,
        FailureKind::Internal => Problem::Fault,
        FailureKind::Unavailable => Problem::Unavailable,
    }
}
