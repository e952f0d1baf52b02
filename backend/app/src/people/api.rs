//! The API about people: themselves, their tokens, others, teams.

mod me;
mod people;
mod shapes;
mod teams;
mod tokens;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me::show, me::keep_settings))
        .routes(routes!(me::change_password))
        .routes(routes!(me::list_sessions, me::end_sessions))
        .routes(routes!(me::end_session))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::revoke))
        .routes(routes!(people::list, people::add))
        .routes(routes!(people::show, people::edit))
        .routes(routes!(people::show_history))
        .routes(routes!(people::disable))
        .routes(routes!(people::enable))
        .routes(routes!(people::reset_password))
        .routes(routes!(people::list_tokens, people::make_token))
        .routes(routes!(teams::list, teams::add))
        .routes(routes!(teams::show, teams::edit, teams::remove))
        .routes(routes!(teams::show_history))
        .routes(routes!(teams::list_members))
        .routes(routes!(teams::enrol, teams::expel))
}
