//! JSON that comes in: bounded, without NUL, without unknown members, and with the name of what is wrong.

use crate::app::App;
use crate::error::{Failure, FailureKind};
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use cadastre_model::Message;
use flate2::read::MultiGzDecoder;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::Read;

/// The largest body that a route takes unless it says otherwise, in bytes.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;

/// More members and elements than this are refused.
const NODE_LIMIT: usize = 50_000;

/// A JSON body, read into the type of a use case's input.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        if !is_json(&request) {
            return Err(Failure::new(FailureKind::Unsupported, "error-not-json"));
        }
        let bytes = read(request).await?;
        parse(&bytes).map(Self)
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|value| value.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads a body whole.
///
/// # Errors
/// `TooLarge` over the limit; `Unsupported` when it is compressed; `Unreadable` when the client breaks off.
pub(crate) async fn read(request: Request) -> Result<Bytes, Failure> {
    if request.headers().contains_key(CONTENT_ENCODING) {
        return Err(Failure::new(FailureKind::Unsupported, "error-content-encoding"));
    }
    whole(request, BODY_LIMIT).await
}

fn too_large(limit: usize) -> Failure {
    let limit = format!("{} MiB", limit / BODY_LIMIT);
    Failure::new(FailureKind::TooLarge, Message::new("error-too-large-limit").arg("limit", limit))
}

async fn whole(request: Request, limit: usize) -> Result<Bytes, Failure> {
    let declared =
        request.headers().get(axum::http::header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > limit) {
        return Err(too_large(limit));
    }
    to_bytes(request.into_body(), limit).await.map_err(|error| {
        let over = std::error::Error::source(&error)
            .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if over { too_large(limit) } else { Failure::new(FailureKind::Unreadable, "error-broken-body") }
    })
}

/// Reads a JSON body that may be packed by gzip. The limit is of the unpacked text, in bytes, and of the packed one.
///
/// # Errors
/// `Unsupported` when it is no JSON or packed otherwise; `TooLarge` over the limit; `Unreadable` when the client breaks off or
/// what it sent is no gzip.
pub(crate) async fn read_packed(request: Request, limit: usize) -> Result<Bytes, Failure> {
    if !is_json(&request) {
        return Err(Failure::new(FailureKind::Unsupported, "error-not-json"));
    }
    let encoding = request.headers().get(CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    let packed = match encoding.as_deref() {
        None | Some(b"identity") => false,
        Some(b"gzip") => true,
        Some(_) => return Err(Failure::new(FailureKind::Unsupported, "error-content-encoding")),
    };
    let bytes = whole(request, limit).await?;
    if !packed {
        return Ok(bytes);
    }
    tokio::task::spawn_blocking(move || unpack(&bytes, limit)).await.map_err(Failure::internal)?
}

fn unpack(bytes: &[u8], limit: usize) -> Result<Bytes, Failure> {
    let mut text = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(bytes)
        .take(most)
        .read_to_end(&mut text)
        .map_err(|_| Failure::new(FailureKind::Unreadable, "error-broken-body"))?;
    if text.len() > limit { Err(too_large(limit)) } else { Ok(text.into()) }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let unreadable = |error: &serde_json::Error| {
        Failure::new(
            FailureKind::Unreadable,
            Message::new("error-json").arg("line", error.line()).arg("column", error.column()),
        )
    };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
    check(&value)?;
    // From the bytes again, so that a member that comes twice is noticed.
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { String::from("body") } else { path };
        Failure::invalid(field, Message::new("error-json-member").arg("what", error.inner()))
    })
}

/// No NUL, and not too many nodes. Iterative: the parser has bounded the depth already.
fn check(value: &Value) -> Result<(), Failure> {
    let nul = || Failure::new(FailureKind::Unreadable, "error-nul");
    let mut left = vec![value];
    let mut seen = 0;
    while let Some(value) = left.pop() {
        seen += 1;
        if seen + left.len() > NODE_LIMIT {
            return Err(Failure::new(FailureKind::TooLarge, "error-too-many-members"));
        }
        match value {
            Value::String(text) if text.contains('\0') => return Err(nul()),
            Value::Array(items) => left.extend(items),
            Value::Object(members) => {
                if members.keys().any(|key| key.contains('\0')) {
                    return Err(nul());
                }
                left.extend(members.values());
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        name: String,
    }

    fn kind(text: &str) -> FailureKind {
        parse::<Input>(text.as_bytes()).map(|input| input.name).unwrap_err().kind
    }

    #[test]
    fn what_is_no_json_is_unreadable() {
        for bad in ["", "{", "\"\\ud800\"", r#"{"name": "a\u0000b"}"#, "\u{feff}{}"] {
            assert_eq!(kind(bad), FailureKind::Unreadable, "{bad}");
        }
    }

    #[test]
    fn what_is_of_another_shape_is_invalid_and_named() {
        for bad in [
            r#"{"name": 1}"#,
            r#"{"name": null}"#,
            r#"{"name":"a","x":1}"#,
            r#"{"name":"a","name":"b"}"#,
            "[]",
        ] {
            assert_eq!(kind(bad), FailureKind::Invalid, "{bad}");
        }
        let failure = parse::<Input>(br#"{"name": {"a": 1}}"#).unwrap_err();
        assert_eq!(failure.fields[0].0, "name");
    }

    #[test]
    fn very_deep_json_is_refused_without_harm() {
        let deep = "[".repeat(100_000);
        assert_eq!(kind(&deep), FailureKind::Unreadable);
    }
}
