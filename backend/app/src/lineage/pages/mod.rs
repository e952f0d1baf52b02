//! The pages of lineage: the explorer drawn and as tables, the tab of a dataset, the overview, and what a column's page says
//! of it. Each calls the use cases of [`super::show`] and puts what comes back into the view structs of `frontend`.

mod draw;
mod explorer;
mod tables;
mod words;

use super::hand_pages::{self, Again};
use super::{job_pages, upload};
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::Member;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use cadastre_model::PublicId;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/lineage/{id}", get(explorer::show))
        .merge(job_pages::pages())
        .merge(upload::pages())
        .merge(hand_pages::pages())
}

/// The Lineage tab again, with what was wrong with the form that draws an edge.
pub(super) async fn tab_again(_: &App, _: &Member, _: PublicId, _: Again) -> Result<Response> {
    Err(Failure::internal("wip"))
}
