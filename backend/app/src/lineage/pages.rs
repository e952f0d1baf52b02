//! The pages of lineage.

use super::hand_pages::{self, Again};
use super::{job_pages, upload};
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::Member;
use axum::Router;
use axum::response::Response;
use cadastre_model::PublicId;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new().merge(job_pages::pages()).merge(upload::pages()).merge(hand_pages::pages())
}

/// The Lineage tab again, with what was wrong with the form that draws an edge.
pub(super) async fn tab_again(app: &App, member: &Member, id: PublicId, again: Again) -> Result<Response> {
    let _ = (app, member, id, again);
    Err(Failure::internal("wip"))
}
