//! The pages of quality: the tab of a dataset, the editor, lists, incidents. Each calls the use cases beside this folder and puts
//! what comes back into the view structs of `frontend`.

mod acts;
mod course;
mod editor;
mod form;
mod incident;
mod incidents;
mod lists;
mod overview;
mod rows;
mod shown;
mod suggest;
mod tab;

pub(super) use shown::{of_figures, unit};

use crate::app::App;
use axum::Router;
use axum::routing::{get, post};

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/d/{id}/quality", get(tab::show))
        .route("/d/{id}/quality/run", post(acts::run_all))
        .route("/d/{id}/quality/suggestions", post(suggest::take))
        .route("/quality", get(overview::show))
        .route("/quality/rules", get(lists::rules))
        .route("/quality/rules/{id}/runs", get(lists::runs))
        .route("/quality/incidents", get(incidents::list))
        .route("/quality/incidents/{id}", get(incidents::show))
        .route("/quality/incidents/{id}/acknowledge", post(incidents::acknowledge))
        .route("/quality/incidents/{id}/assign", post(incidents::assign))
        .route("/quality/incidents/{id}/mute", post(incidents::mute))
        .route("/quality/incidents/{id}/unmute", post(incidents::unmute))
        .route("/quality/incidents/{id}/resolve", post(incidents::resolve))
        .route("/quality/incidents/{id}/notes", post(incidents::note))
        .route("/quality/rules/new", get(editor::new).post(editor::write_new))
        .route("/quality/rules/{id}", get(editor::show).post(editor::write))
        .route("/quality/rules/{id}/rows", get(rows::show))
        .route("/quality/rules/{id}/run", post(acts::run))
        .route("/quality/rules/{id}/mute", post(acts::mute))
        .route("/quality/rules/{id}/unmute", post(acts::unmute))
        .route("/quality/rules/{id}/disable", post(acts::disable))
        .route("/quality/rules/{id}/enable", post(acts::enable))
        .route("/quality/rules/{id}/retire", get(acts::ask_retire).post(acts::retire))
}
