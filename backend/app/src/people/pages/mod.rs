//! The pages about people. Each calls the same functions as its twin in the API.

mod account;
mod people;
mod person;
mod set_up;
mod sign_in;
mod team;
mod teams;
mod theme;
mod tokens;
mod view;

use crate::app::App;
use crate::error::Failure;
use axum::Router;
use axum::routing::{get, post};
use cadastre_frontend::{Flash, Form, Tone};
use cadastre_model::Message;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .merge(sign_in::pages())
        .merge(set_up::pages())
        .merge(theme::pages())
        .route("/account", get(account::show))
        .route("/account/settings", post(account::keep_settings))
        .route("/account/password", post(account::change_password))
        .route("/account/sessions/end", post(account::end_others))
        .route("/account/sessions/{id}/end", post(account::end_one))
        .route("/tokens", get(tokens::show).post(tokens::make))
        .route("/tokens/{id}/revoke", get(tokens::ask_revoke).post(tokens::revoke))
        .route("/people", get(people::list))
        .route("/people/new", get(people::show_new).post(people::add))
        .route("/people/{id}", get(person::show))
        .route("/people/{id}/edit", post(person::edit))
        .route("/people/{id}/disable", get(person::ask_disable).post(person::disable))
        .route("/people/{id}/enable", post(person::enable))
        .route("/people/{id}/password", post(person::reset_password))
        .route("/teams", get(teams::list))
        .route("/teams/new", get(teams::show_new).post(teams::add))
        .route("/teams/{id}", get(team::show))
        .route("/teams/{id}/edit", post(team::edit))
        .route("/teams/{id}/members", post(team::add_member))
        .route("/teams/{id}/members/{person}/remove", post(team::remove_member))
        .route("/teams/{id}/remove", get(team::ask_remove).post(team::remove))
}

/// A form with what was wrong with it: a message at each field, or one about the whole.
fn refused(form: Form, failure: Failure) -> Form {
    if failure.fields.is_empty() {
        return form.refused(failure.message);
    }
    failure.fields.into_iter().fold(form, |form, (field, message)| form.wrong(&field, message))
}

/// What a form did, said on the next page.
fn done(key: &'static str) -> Option<Flash> {
    Some(Flash { tone: Tone::Pass, message: Message::new(key) })
}
