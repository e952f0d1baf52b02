//! The visitor's own page.

use super::person::Nothing;
use super::{done, refused};
use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, Member, SignedForm, keep_theme, page_with, redirect, start_session};
use crate::people::account::{self, Settings};
use crate::people::queries;
use axum::extract::State;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use cadastre_frontend::people::account::{AccountPage, SessionRow};
use cadastre_frontend::{Form, Theme, href};
use serde::Deserialize;

pub(super) async fn show(State(app): State<App>, member: Member) -> Result<Response> {
    page(&app, &member, None, None).await
}

/// The page, with the forms that were refused.
async fn page(
    app: &App,
    member: &Member,
    settings: Option<Form>,
    password: Option<Form>,
) -> Result<Response> {
    let refused = settings.is_some() || password.is_some();
    let person = queries::oneself(&app.db().web, &member.caller).await?;
    let teams = queries::memberships(&app.db().web, person.id, None).await?;
    let settings = match settings {
        Some(form) => form,
        None => settings_form(member, &account::settings(app, &member.caller).await?),
    };
    let sessions = account::sessions(app, &member.caller).await?;
    let current = member.person.session;
    let session = |session: account::Session| SessionRow {
        id: session.public_id.to_string(),
        created: session.created_at,
        last_seen: session.last_seen,
        address: session.address.map(|address| address.to_string()),
        agent: session.agent,
        is_current: Some(session.public_id) == current,
    };
    let page = AccountPage {
        chrome: member.chrome(app),
        login: person.login,
        email: person.email,
        teams: teams.into_iter().map(|team| team.name).collect(),
        settings,
        password: password.unwrap_or_else(|| Form::new("password")),
        must_change_password: member.person.must_change,
        sessions: sessions.into_iter().map(session).collect(),
    };
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(&member.visitor, status, &page)
}

fn settings_form(member: &Member, settings: &Settings) -> Form {
    let language = settings.language.unwrap_or(member.visitor.language);
    let zone = settings.time_zone.map_or("UTC", |zone| zone.name());
    Form::new("settings")
        .with("language", language.as_str())
        .with("time_zone", zone)
        .with("theme", settings.theme.unwrap_or_default().as_str())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsForm {
    #[serde(default)]
    language: String,
    #[serde(default)]
    time_zone: String,
    #[serde(default)]
    theme: String,
}

pub(super) async fn keep_settings(
    State(app): State<App>,
    member: Member,
    SignedForm(typed): SignedForm<SettingsForm>,
) -> Result<Response> {
    let zone = match account::zone(typed.time_zone.trim()) {
        Ok(zone) => zone,
        Err(failure) => {
            let form = Form::new("settings")
                .with("language", typed.language)
                .with("time_zone", typed.time_zone)
                .with("theme", typed.theme);
            return page(&app, &member, Some(refused(form, failure)), None).await;
        }
    };
    let theme = Theme::of_word(&typed.theme);
    let language = typed.language.parse().ok();
    let settings = Settings { language, time_zone: Some(zone), theme: Some(theme) };
    account::keep_settings(&app, &member.caller, &settings).await?;
    // The language that was chosen for a while gives way to the one that was set.
    let jar = crate::http::forget_language(&app, keep_theme(&app, theme));
    Ok((jar, redirect(&app, &href::account(), done("edit-saved"), None)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordForm {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

pub(super) async fn change_password(
    State(app): State<App>,
    member: Member,
    headers: HeaderMap,
    SignedForm(typed): SignedForm<PasswordForm>,
) -> Result<Response> {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    let changed = if typed.password == typed.again {
        let session = member.person.session.map(|session| (session, agent));
        account::change_password(&app, &member.caller, &typed.current, &typed.password, session).await
    } else {
        Err(Failure::invalid("again", "account-again-wrong"))
    };
    match changed {
        Ok(session) => {
            let to = if member.person.must_change { href::home() } else { href::account() };
            let answer = redirect(&app, &to, done("account-password-changed"), None);
            match session {
                Some((secret, until)) => {
                    Ok((start_session(&app, CookieJar::new(), &secret, until), answer).into_response())
                }
                None => Ok(answer),
            }
        }
        Err(failure) if failure.kind == FailureKind::Invalid => {
            page(&app, &member, None, Some(refused(Form::new("password"), failure))).await
        }
        Err(failure) => Err(failure),
    }
}

pub(super) async fn end_one(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    account::end_session(&app, &member.caller, id).await?;
    Ok(redirect(&app, &href::account(), done("account-session-ended"), None))
}

pub(super) async fn end_others(
    State(app): State<App>,
    member: Member,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    account::end_other_sessions(&app, &member.caller, member.person.session).await?;
    Ok(redirect(&app, &href::account(), done("account-session-ended"), None))
}
