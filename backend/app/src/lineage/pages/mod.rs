//! The pages of lineage: the explorer drawn and as tables, the tab of a dataset, the overview, and what a column's page says
//! of it. Each calls the use cases of [`super::show`] and puts what comes back into the view structs of `frontend`.

mod concern;
mod csv;
mod draw;
mod explorer;
mod overview;
mod tab;
mod tables;
mod way;
mod words;

pub(crate) use concern::{concern, dataset_link, dataset_links, downstream, readers};
pub(crate) use tab::{again as tab_again, of_column};

use super::{hand_pages, job_pages, run_pages, upload};
use crate::app::App;
use axum::Router;
use axum::routing::get;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/lineage", get(overview::show))
        .route("/lineage/{id}", get(explorer::show))
        .route("/lineage/{id}/way", get(way::show))
        .route("/lineage/{id}/impact.csv", get(csv::impact))
        .route("/d/{id}/lineage", get(tab::show))
        .merge(job_pages::pages())
        .merge(run_pages::pages())
        .merge(upload::pages())
        .merge(hand_pages::pages())
}
