//! The visitor's tokens.

use super::person::Nothing;
use super::{done, refused, view};
use crate::app::App;
use crate::error::{FailureKind, Result};
use crate::http::{Id, Member, Paging, SignedForm, html, page_with, redirect};
use crate::people::tokens::{self, NewToken};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_access::token_scope;
use cadastre_frontend::access::ConfirmPage;
use cadastre_frontend::people::account::{LIFETIMES, TokenScope as ScopeChoice, TokensPage};
use cadastre_frontend::{Form, href};
use cadastre_model::{Action, Message, TokenScope};
use chrono::Duration;
use serde::Deserialize;

pub(super) async fn show(State(app): State<App>, member: Member) -> Result<Response> {
    let form = Form::new("token").with("scopes", TokenScope::Read.as_str());
    page(&app, &member, None, form).await
}

async fn page(app: &App, member: &Member, made: Option<(String, String)>, form: Form) -> Result<Response> {
    let own = tokens::own(app, &member.caller, &Paging { cursor: None, limit: Some(200) }).await?;
    let status = if form.is_fine() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let tokens = own.items.into_iter().map(view::token_row).collect();
    let page = TokensPage { chrome: member.chrome(app), made, tokens, form, scopes: choices() };
    page_with(&member.visitor, status, &page)
}

/// Each scope with the actions that need it.
fn choices() -> Vec<ScopeChoice> {
    let actions =
        |scope| Action::ALL.iter().copied().filter(|action| token_scope(*action) == scope).collect();
    TokenScope::ALL
        .iter()
        .map(|scope| ScopeChoice { word: scope.to_string(), actions: actions(*scope) })
        .collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    scopes: Vec<TokenScope>,
    #[serde(default)]
    expires: Option<i64>,
}

pub(super) async fn make(
    State(app): State<App>,
    member: Member,
    SignedForm(typed): SignedForm<TokenForm>,
) -> Result<Response> {
    let days = typed.expires.filter(|days| LIFETIMES.contains(days)).map(Duration::days);
    let expires_at = days.and_then(|days| member.caller.now.checked_add_signed(days));
    let new = NewToken { name: typed.name.clone(), scopes: typed.scopes.clone(), expires_at };
    match tokens::issue(&app, &member.caller, new).await {
        Ok(issued) => {
            let form = Form::new("token").with("scopes", TokenScope::Read.as_str());
            page(&app, &member, Some((issued.token.name, issued.secret)), form).await
        }
        Err(failure) if matches!(failure.kind, FailureKind::Invalid | FailureKind::Conflict) => {
            let form = Form::new("token").with("name", typed.name);
            let form = typed.scopes.iter().fold(form, |form, scope| form.with("scopes", scope.as_str()));
            page(&app, &member, None, refused(form, failure)).await
        }
        Err(failure) => Err(failure),
    }
}

pub(super) async fn ask_revoke(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let token = tokens::revocable(&app, &member.caller, id).await?;
    let page = ConfirmPage {
        chrome: member.chrome(&app),
        question: Message::new("confirm-revoke-token").arg("name", token.name),
        consequences: vec![Message::new("token-revoke-at-once")],
        verb: "confirm-revoke",
        action: href::revoke_token(id),
        back: href::tokens(),
        hidden: Vec::new(),
        asks_reason: false,
        form: Form::new("revoke"),
    };
    html(&member.visitor, &page)
}

pub(super) async fn revoke(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    let version = tokens::revoke(&app, &member.caller, id).await?;
    Ok(redirect(&app, &href::tokens(), done("token-was-revoked"), Some(version)))
}
