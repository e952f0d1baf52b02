//! Forms that come in. A form without the token of its visitor's session is not read at all.

use crate::app::App;
use crate::error::{Failure, FailureKind};
use crate::http::visitor::Visitor;
use crate::http::{body, params};
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use cadastre_model::Message;
use serde::de::DeserializeOwned;

/// The name of the field that carries the token.
const FIELD: &str = "csrf";

/// A form that was sent from a page of ours to its own visitor, read into the type of its handler.
#[derive(Debug)]
pub struct SignedForm<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for SignedForm<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let visitor = Visitor::of(&request)?;
        if !same_origin(app, request.headers())
            || !is_kind(request.headers(), "application/x-www-form-urlencoded")
        {
            return Err(refused());
        }
        let bytes = body::read(request).await?;
        let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(&bytes).into_owned().collect();
        let token = pairs.iter().find(|(name, _)| name == FIELD).map(|(_, token)| token.clone());
        if !token.is_some_and(|token| visitor.csrf_matches(&token)) {
            return Err(refused());
        }
        pairs.retain(|(name, _)| name != FIELD);
        params::parse(&pairs).map(Self)
    }
}

/// A form with files, as [`SignedForm`]: its token is its first part, and nothing behind it is read without it.
#[derive(Debug)]
pub struct SignedFiles<T> {
    /// The fields that are no files.
    pub fields: T,
    /// The files by their names as the browser says them, in their order.
    pub files: Vec<(String, Bytes)>,
}

impl<T: DeserializeOwned> FromRequest<App> for SignedFiles<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let visitor = Visitor::of(&request)?;
        if !same_origin(app, request.headers()) || !is_kind(request.headers(), "multipart/form-data") {
            return Err(refused());
        }
        let mut parts = Multipart::from_request(request, app).await.map_err(|_| refused())?;
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        let mut is_signed = false;
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(broken)?;
            let text =
                || String::from_utf8(bytes.to_vec()).map_err(|_| Failure::invalid(&name, "error-not-utf8"));
            if !is_signed {
                is_signed = name == FIELD && visitor.csrf_matches(&text()?);
                if !is_signed {
                    return Err(refused());
                }
            } else if let Some(file) = file {
                // A field of files that was left empty comes as one without a name.
                if !file.is_empty() {
                    files.push((file, bytes));
                }
            } else {
                pairs.push((name.clone(), text()?));
            }
        }
        if !is_signed {
            return Err(refused());
        }
        Ok(Self { fields: params::parse(&pairs)?, files })
    }
}

/// The largest form with files, in bytes.
pub const FILES_LIMIT: usize = 8 << 20;

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn broken(error: MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Failure::new(
            FailureKind::TooLarge,
            Message::new("error-too-large-limit").arg("limit", "8 MiB"),
        );
    }
    Failure::new(FailureKind::Unreadable, "error-broken-body")
}

fn refused() -> Failure {
    Failure::new(FailureKind::Forbidden, "error-stale-form-text")
}

fn is_kind(headers: &HeaderMap, kind: &str) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with(kind))
}

/// Whether the browser says that the form was sent from our own page. Browsers send at least one of the two; a client
/// that sends neither has no ambient cookie to abuse, and still needs the token.
fn same_origin(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    let Some(origin) = text(ORIGIN.as_str()) else { return true };
    match &app.options().public_url {
        Some(url) => url.origin().ascii_serialization() == origin,
        None => text(HOST.as_str()).is_some_and(|host| origin == format!("http://{host}")),
    }
}
