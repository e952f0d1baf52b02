//! The caller themselves.

use super::shapes::{PersonInTeams, given};
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{ApiCaller, Id, JsonBody};
use crate::people::account::{self, Settings};
use crate::people::queries;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cadastre_frontend::Theme;
use cadastre_model::Language;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    #[serde(flatten)]
    person: PersonInTeams,
    /// What the token that asks may be used for.
    token_scopes: Vec<String>,
    settings: DisplaySettings,
}

/// How somebody reads.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DisplaySettings {
    /// `en` or `zh`; none: what the browser asks for.
    language: Option<String>,
    /// The IANA name of the zone of times; none: UTC.
    time_zone: Option<String>,
    /// `light` or `dark`; none: as the system has it.
    theme: Option<String>,
}

impl From<Settings> for DisplaySettings {
    fn from(settings: Settings) -> Self {
        Self {
            language: settings.language.map(|language| language.to_string()),
            time_zone: settings.time_zone.map(|zone| zone.name().to_owned()),
            theme: settings.theme.map(|theme| theme.as_str().to_owned()),
        }
    }
}

/// Who you are, and what your token may be used for.
#[utoipa::path(
    get, operation_id = "show_me", path = "/me", tag = "me",
    responses((status = 200, body = Me), (status = 401, description = "No token, or one that is not in force"))
)]
pub(super) async fn show(State(app): State<App>, api: ApiCaller) -> Result<Json<Me>> {
    let person = queries::oneself(&app.db().web, &api.caller).await?;
    let teams = queries::memberships(&app.db().web, person.id, None).await?;
    let teams = teams.into_iter().map(Into::into).collect();
    let scopes = api.caller.actor.token.into_iter().flat_map(|scopes| scopes.iter().collect::<Vec<_>>());
    let settings = account::settings(&app, &api.caller).await?;
    Ok(Json(Me {
        person: PersonInTeams { person: person.into(), teams },
        token_scopes: scopes.map(|scope| scope.to_string()).collect(),
        settings: settings.into(),
    }))
}

/// What is to be different about how you read; what is not there stays, `null` takes it away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsChange {
    /// `en` or `zh`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<Language>>,
    /// The IANA name of a zone.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    time_zone: Option<Option<String>>,
    /// `light` or `dark`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    theme: Option<Option<String>>,
}

/// Change how you read. Needs the scope `write`.
#[utoipa::path(
    patch, operation_id = "keep_settings", path = "/me", tag = "me", request_body = SettingsChange,
    responses(
        (status = 200, body = DisplaySettings),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Your token lacks the scope"),
        (status = 422, description = "A member is wrong"),
    )
)]
pub(super) async fn keep_settings(
    State(app): State<App>,
    api: ApiCaller,
    JsonBody(change): JsonBody<SettingsChange>,
) -> Result<Json<DisplaySettings>> {
    let mut settings = account::settings(&app, &api.caller).await?;
    if let Some(language) = change.language {
        settings.language = language;
    }
    if let Some(zone) = change.time_zone {
        settings.time_zone = zone.as_deref().map(account::zone).transpose()?;
    }
    if let Some(theme) = change.theme {
        settings.theme = theme.as_deref().map(known_theme).transpose()?;
    }
    account::keep_settings(&app, &api.caller, &settings).await?;
    Ok(Json(settings.into()))
}

fn known_theme(word: &str) -> Result<Theme> {
    match Theme::of_word(word) {
        Theme::Auto => Err(Failure::invalid("theme", "account-theme-unknown")),
        theme => Ok(theme),
    }
}

/// An old password and a new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The password that you have.
    #[schema(format = Password)]
    current: String,
    /// The one that you want.
    #[schema(format = Password)]
    password: String,
}

/// Change your password. All your sessions in browsers end. Needs the scope `admin`.
#[utoipa::path(
    put, operation_id = "change_own_password", path = "/me/password", tag = "me", request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed"),
        (status = 400, description = "No JSON"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Your token lacks the scope"),
        (status = 422, description = "The old one is wrong, or the new one is not taken"),
        (status = 429, description = "Too many tries"),
    )
)]
pub(super) async fn change_password(
    State(app): State<App>,
    api: ApiCaller,
    JsonBody(change): JsonBody<PasswordChange>,
) -> Result<StatusCode> {
    account::change_password(&app, &api.caller, &change.current, &change.password, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A browser in which you are signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    id: Uuid,
    /// When you signed in.
    created_at: DateTime<Utc>,
    /// To the minute.
    last_seen: DateTime<Utc>,
    /// From where you signed in.
    address: Option<String>,
    /// What the browser calls itself.
    agent: Option<String>,
}

impl From<account::Session> for Session {
    fn from(session: account::Session) -> Self {
        Self {
            id: session.public_id.0,
            created_at: session.created_at,
            last_seen: session.last_seen,
            address: session.address.map(|address| address.to_string()),
            agent: session.agent,
        }
    }
}

/// List the browsers in which you are signed in: at most 200, the latest first.
#[utoipa::path(
    get, operation_id = "list_sessions", path = "/me/sessions", tag = "me",
    responses((status = 200, body = Vec<Session>), (status = 401, description = "No token, or one that is not in force"))
)]
pub(super) async fn list_sessions(State(app): State<App>, api: ApiCaller) -> Result<Json<Vec<Session>>> {
    let sessions = account::sessions(&app, &api.caller).await?;
    Ok(Json(sessions.into_iter().map(Session::from).collect()))
}

/// How many were ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ended {
    ended: u64,
}

/// End all your sessions in browsers. Needs the scope `admin`.
#[utoipa::path(
    delete, operation_id = "end_sessions", path = "/me/sessions", tag = "me",
    responses(
        (status = 200, body = Ended),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Your token lacks the scope"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
pub(super) async fn end_sessions(State(app): State<App>, api: ApiCaller) -> Result<Json<Ended>> {
    let ended = account::end_other_sessions(&app, &api.caller, None).await?;
    Ok(Json(Ended { ended }))
}

/// End one of your sessions. Needs the scope `admin`.
#[utoipa::path(
    delete, operation_id = "end_session", path = "/me/sessions/{id}", tag = "me", params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "Ended"),
        (status = 401, description = "No token, or one that is not in force"),
        (status = 403, description = "Your token lacks the scope"),
        (status = 404, description = "You have no session by this id"),
        (status = 422, description = "The Idempotency-Key is none, or belongs to another request"),
    )
)]
pub(super) async fn end_session(State(app): State<App>, api: ApiCaller, Id(id): Id) -> Result<StatusCode> {
    account::end_session(&app, &api.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
