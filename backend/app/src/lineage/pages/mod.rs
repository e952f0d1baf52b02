//! The pages of lineage: the explorer drawn and as tables, the tab of a dataset, the overview, and what a column's page says
//! of it. Each calls the use cases of [`super::show`] and puts what comes back into the view structs of `frontend`.

mod draw;
mod explorer;
mod tables;
mod words;

use crate::app::App;
use axum::Router;
use axum::routing::get;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new().route("/lineage/{id}", get(explorer::show))
}
