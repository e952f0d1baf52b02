//! ETag and If-Match: a write says which state it was made from.

use crate::app::App;
use crate::error::{Failure, FailureKind};
use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};

/// The state of an asset: its own counter, nothing about the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Etag(pub i64);

impl Etag {
    fn header(self) -> (HeaderName, Option<HeaderValue>) {
        (ETAG, HeaderValue::from_str(&format!("\"{}\"", self.0)).ok())
    }
}

impl IntoResponseParts for Etag {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let (name, value) = self.header();
        if let Some(value) = value {
            parts.headers_mut().insert(name, value);
        }
        Ok(parts)
    }
}

/// What the writer says it has read. In the API it is required.
#[derive(Debug, Clone)]
pub struct IfMatch(Vec<i64>, bool);

impl IfMatch {
    /// The state that a page's form carries in a field.
    #[must_use]
    pub fn exactly(counter: i64) -> Self {
        Self(vec![counter], false)
    }

    /// Any state: for what a form does to a whole that it has not shown.
    #[must_use]
    pub const fn any() -> Self {
        Self(Vec::new(), true)
    }

    /// Whether the state of now is the one that was read.
    ///
    /// # Errors
    /// `Stale` when it is not.
    pub fn check(&self, now: i64) -> Result<(), Failure> {
        if self.1 || self.0.contains(&now) { Ok(()) } else { Err(Failure::stale()) }
    }
}

impl FromRequestParts<App> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let needed = || Failure::new(FailureKind::NeedsCondition, "error-needs-if-match");
        let header = parts.headers.get(IF_MATCH).ok_or_else(needed)?;
        let text = header.to_str().map_err(|_| needed())?;
        if text.trim() == "*" {
            return Ok(Self::any());
        }
        // What is no ETag of ours matches nothing.
        let tags =
            text.split(',').filter_map(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        Ok(Self(tags.collect(), false))
    }
}
