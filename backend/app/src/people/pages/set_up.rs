//! The page behind the one-time link.

use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{SignedForm, Visitor, html, page_with, start_session};
use crate::people::person::NewPerson;
use crate::people::set_up::{self, First};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum_extra::extract::cookie::CookieJar;
use cadastre_frontend::people::SetUpPage;
use cadastre_frontend::{Form, href};
use cadastre_model::PersonKind;
use serde::Deserialize;

pub(super) fn pages() -> Router<App> {
    Router::new().route("/setup/{token}", get(show).post(complete))
}

async fn show(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Result<Response> {
    let expires = set_up::expiry(&app, &token).await?;
    let form = Form::new("set-up").with("language", visitor.language.as_str());
    html(&visitor, &SetUpPage { chrome: visitor.chrome(&app), token, expires, form })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetUpForm {
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    language: String,
}

async fn complete(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
    SignedForm(typed): SignedForm<SetUpForm>,
) -> Result<Response> {
    let first = First {
        person: NewPerson {
            kind: PersonKind::Person,
            login: typed.login.clone(),
            display_name: typed.display_name.clone(),
            email: Some(typed.email.clone()),
            roles: Vec::new(),
        },
        password: typed.password.clone(),
        language: typed.language.parse().ok(),
        agent: headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned),
    };
    match set_up::complete(&app, &visitor, &token, first).await {
        Ok((secret, until)) => {
            let jar = start_session(&app, CookieJar::new(), &secret, until);
            Ok((jar, Redirect::to(&href::home())).into_response())
        }
        Err(failure) if failure.kind == FailureKind::Invalid => {
            again(&app, &visitor, token, &typed, failure).await
        }
        Err(failure) => Err(failure),
    }
}

/// The form once more, with what was typed but the password, and what is wrong.
async fn again(
    app: &App,
    visitor: &Visitor,
    token: String,
    typed: &SetUpForm,
    failure: Failure,
) -> Result<Response> {
    let expires = set_up::expiry(app, &token).await?;
    let form = Form::new("set-up")
        .with("display_name", &typed.display_name)
        .with("login", &typed.login)
        .with("email", &typed.email)
        .with("language", &typed.language);
    let form = super::refused(form, failure);
    let page = SetUpPage { chrome: visitor.chrome(app), token, expires, form };
    page_with(visitor, StatusCode::UNPROCESSABLE_ENTITY, &page)
}
