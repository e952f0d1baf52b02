//! The files of the front: embedded, named by their content, so that a browser may keep them for ever.

use crate::error::Failure;
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// One file.
///
/// # Errors
/// `Absent` when there is none of that name and content.
pub(crate) async fn file(Path(path): Path<String>) -> Result<Response, Failure> {
    let (bytes, kind) = cadastre_frontend::asset(&path).ok_or_else(Failure::absent)?;
    let mut response = bytes.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}
