//! The pages about people.

mod set_up;
mod sign_in;
mod theme;

use crate::app::App;
use crate::error::Failure;
use axum::Router;
use cadastre_frontend::Form;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new().merge(sign_in::pages()).merge(set_up::pages()).merge(theme::pages())
}

/// A form with what was wrong with it: a message at each field, or one about the whole.
fn refused(form: Form, failure: Failure) -> Form {
    if failure.fields.is_empty() {
        return form.refused(failure.message);
    }
    failure.fields.into_iter().fold(form, |form, (field, message)| form.wrong(&field, message))
}
