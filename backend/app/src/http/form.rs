//! Forms that come in. A form without the token of its visitor's session is not read at all.

use crate::app::App;
use crate::error::{Failure, FailureKind};
use crate::http::visitor::Visitor;
use crate::http::{body, params};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
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
        let refused = || Failure::new(FailureKind::Forbidden, "error-stale-form-text");
        if !same_origin(app, request.headers()) {
            return Err(refused());
        }
        let form = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if !form {
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
