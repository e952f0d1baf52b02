//! The switch between light and dark, for whoever reads, signed in or not.

use crate::app::App;
use crate::error::Result;
use crate::http::{SignedForm, Visitor, keep_theme};
use crate::people::account;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use cadastre_frontend::{Theme, href};
use serde::Deserialize;

pub(super) fn pages() -> Router<App> {
    Router::new().route("/theme", post(switch))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeForm {
    theme: String,
    #[serde(default)]
    back: String,
}

async fn switch(
    State(app): State<App>,
    visitor: Visitor,
    SignedForm(typed): SignedForm<ThemeForm>,
) -> Result<Response> {
    let theme = Theme::of_word(&typed.theme);
    if let Some(person) = &visitor.person {
        account::keep_theme(&app, person.id, theme).await?;
    }
    Ok((keep_theme(&app, theme), Redirect::to(href::local(&typed.back))).into_response())
}
