//! For who runs the register: settings and health on one page, and the API described on another.

mod document;
mod health;

use crate::app::App;
use crate::error::Result;
use crate::http::{Member, html};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use cadastre_frontend::admin::{AdminPage, Setting};
use cadastre_model::Action;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new().route("/admin", get(show_admin)).route("/api", get(show_api))
}

async fn show_admin(State(app): State<App>, member: Member) -> Result<Response> {
    let permit = member.caller.permit_on_register(Action::ManageSettings)?;
    let page = AdminPage {
        chrome: member.chrome(&app),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: app.started(),
        checks: health::checks(&app, &permit).await?,
        figures: health::figures(&app, &permit).await?,
        settings: settings(&app),
    };
    html(&member.visitor, &page)
}

/// The configuration in force; secrets have been hidden when it was read.
fn settings(app: &App) -> Vec<Setting> {
    let origin = |source: &str| match source {
        "default" => "setting-from-default",
        flag if flag.starts_with("--") => "setting-from-flag",
        name if name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') => {
            "setting-from-environment"
        }
        _ => "setting-from-file",
    };
    let shown = |setting: &crate::config::Shown| Setting {
        name: setting.key.to_owned(),
        value: setting.value.clone().unwrap_or_default(),
        origin: origin(&setting.source),
    };
    app.options().settings.iter().map(shown).collect()
}

async fn show_api(State(app): State<App>, member: Member) -> Result<Response> {
    let base = app
        .options()
        .public_url
        .as_ref()
        .map_or_else(String::new, |url| url.as_str().trim_end_matches('/').to_owned());
    html(&member.visitor, &document::page(member.chrome(&app), format!("{base}/api/v1")))
}
