//! People: how they are added, how they sign in, which tokens and teams they have.

mod pages;
pub mod password;
pub(crate) mod sessions;
mod set_up;
mod sign_in;
pub(crate) mod throttle;
pub(crate) mod tokens;

pub(crate) use pages::pages;
pub use sign_in::{Credentials, sign_in, sign_out};

/// The API about people.
pub(crate) fn api() -> utoipa_axum::router::OpenApiRouter<crate::app::App> {
    utoipa_axum::router::OpenApiRouter::new()
}
