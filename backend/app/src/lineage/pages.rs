//! The pages of lineage.

use super::{job_pages, upload};
use crate::app::App;
use axum::Router;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new().merge(job_pages::pages()).merge(upload::pages())
}
