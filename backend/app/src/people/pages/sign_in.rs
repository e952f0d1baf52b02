//! Pages about signing in and out.

use crate::app::App;
use crate::error::{FailureKind, Result};
use crate::http::{Member, Params, SignedForm, Visitor, end_session, html, page_with, start_session};
use crate::people::set_up;
use crate::people::sign_in::{Credentials, sign_in, sign_out};
use axum::Router;
use axum::extract::State;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use cadastre_frontend::people::SignInPage;
use cadastre_frontend::{Form, href};
use serde::Deserialize;

/// The routes.
pub(super) fn pages() -> Router<App> {
    Router::new().route("/signin", get(show_sign_in).post(do_sign_in)).route("/signout", post(do_sign_out))
}

#[derive(Debug, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn show_sign_in(
    State(app): State<App>,
    visitor: Visitor,
    Params(query): Params<Next>,
) -> Result<Response> {
    let next = href::local(&query.next).to_owned();
    if visitor.person.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    let form = Form::new("sign-in");
    let is_first_start = set_up::is_first_start(&app).await?;
    html(&visitor, &SignInPage { chrome: visitor.chrome(&app), form, next, is_first_start })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

async fn do_sign_in(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    SignedForm(typed): SignedForm<SignInForm>,
) -> Result<Response> {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    let given = Credentials { login: &typed.login, password: &typed.password, agent };
    match sign_in(&app, &visitor, &given).await {
        Ok((secret, until)) => {
            let jar = start_session(&app, CookieJar::new(), &secret, until);
            Ok((jar, Redirect::to(href::local(&typed.next))).into_response())
        }
        Err(failure) if failure.kind == FailureKind::Invalid => {
            let form = Form::new("sign-in").with("login", typed.login).refused(failure.message);
            let chrome = visitor.chrome(&app);
            let page =
                SignInPage { chrome, form, next: href::local(&typed.next).to_owned(), is_first_start: false };
            page_with(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn do_sign_out(
    State(app): State<App>,
    member: Member,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    sign_out(&app, &member.visitor).await?;
    Ok((end_session(&app, CookieJar::new()), Redirect::to(&href::sign_in())).into_response())
}
