//! Paths and queries that come in.

use crate::app::App;
use crate::error::{Failure, FailureKind};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use cadastre_model::{Message, PublicId};
use serde::de::DeserializeOwned;

/// A public id in the path. What is no id names nothing: absent, like an id that is not there.
#[derive(Debug, Clone, Copy)]
pub struct Id(pub PublicId);

impl FromRequestParts<App> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, app).await.map_err(|_| Failure::absent())?;
        text.parse().map(Self).map_err(|_| Failure::absent())
    }
}

/// A public id that stands beside others in a path.
///
/// # Errors
/// `Absent` when it is none.
pub(crate) fn public_id(text: &str) -> Result<PublicId, Failure> {
    text.parse().map_err(|_| Failure::absent())
}

/// The query. Parameters that the route does not know are passed over on pages, where links from elsewhere carry all
/// sorts of them; in the API their types refuse them.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        let mut pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        // The language of the page is read by `visitor`, on every route.
        if !parts.uri.path().starts_with("/api/") {
            pairs.retain(|(name, _)| name != "lang");
        }
        parse(&pairs).map(Self)
    }
}

/// Reads pairs of a form or a query. Empty values stand for members that are left out.
pub(crate) fn parse<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Failure> {
    if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(Failure::new(FailureKind::Unreadable, "error-nul"));
    }
    let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let reader = serde_html_form::Deserializer::new(url::form_urlencoded::parse(encoded.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        Failure::invalid(
            error.path().to_string(),
            Message::new("error-form-field").arg("what", error.inner()),
        )
    })
}
