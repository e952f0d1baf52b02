//! The catalogue's pages: home, search, the tree, datasets and columns, and the forms that describe them. Each calls the
//! same functions as its twin in the API and puts what comes back into the view structs of `frontend`.

mod browse;
mod dataset;
mod edit;
mod edit_column;
mod export;
mod home;
mod placing;
mod search;
pub(crate) mod view;

pub(crate) use browse::head as container_head;
pub(crate) use dataset::{Query as DatasetQuery, find as find_dataset, head as dataset_head};
pub(super) use edit::owner_of;

use crate::app::App;
use axum::Router;
use axum::routing::{get, post};

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/search", get(search::search))
        .route("/search.csv", get(export::search))
        .route("/browse", get(browse::sources))
        .route("/browse/{id}", get(browse::container))
        .route("/browse/{id}/edit", get(edit::edit))
        .route("/d/{id}", get(dataset::schema))
        .route("/d/{id}/columns.csv", get(export::columns))
        .route("/d/{id}/edit", get(edit::edit))
        .route("/d/{id}/history", get(dataset::history))
        .route("/d/{id}/docs", get(dataset::docs))
        .route("/d/{id}/c/{column}", get(dataset::column))
        .route("/d/{id}/c/{column}/edit", get(edit_column::edit))
        .route("/d/{id}/c/{column}/text", post(edit_column::say))
        .route("/d/{id}/c/{column}/sensitivity", post(placing::set_column_sensitivity))
        .route("/assets/{id}/text", post(edit::say))
        .route("/assets/{id}/domain", post(placing::set_domain))
        .route("/assets/{id}/sensitivity", post(placing::set_sensitivity))
        .route("/assets/{id}/owners", post(edit::add_owner))
        .route("/assets/{id}/owners/{owner}/remove", post(edit::remove_owner))
}
