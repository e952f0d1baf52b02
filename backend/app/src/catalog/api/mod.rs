//! The catalogue by JSON. The same functions answer as for the pages.

mod bodies;
mod read;
mod write;

pub(crate) use bodies::ChangeBody;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The API of the catalogue.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read::list_datasets))
        .routes(routes!(read::count_datasets))
        .routes(routes!(read::show_dataset))
        .routes(routes!(read::list_columns))
        .routes(routes!(read::show_column))
        .routes(routes!(write::put_column_text, write::delete_column_text))
        .routes(routes!(read::show_asset))
        .routes(routes!(read::list_children))
        .routes(routes!(read::show_history))
        .routes(routes!(read::show_tree))
        .routes(routes!(write::put_text, write::delete_text))
        .routes(routes!(write::add_owner))
        .routes(routes!(write::remove_owner))
}
