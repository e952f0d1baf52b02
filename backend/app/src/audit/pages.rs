//! The record as a page: newest first, filtered, with the state of the chain.

use super::entries::{self, Entry, EntryKind, Filter};
use super::verify::{Broken, verify};
use crate::app::App;
use crate::catalog::moment;
use crate::error::Result;
use crate::http::{Member, Paging, Params, html};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use cadastre_frontend::audit::{AuditEvent, AuditPage, Chain};
use cadastre_frontend::parts::{AssetLink, Pager, Subject};
use cadastre_frontend::{Choice, Form, href};
use cadastre_model::{Message, PublicId, SubjectKind, Via};
use serde::Deserialize;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new().route("/audit", get(show))
}

/// A chain of up to so many change sets is walked when the page is opened; a longer one by `cadastre audit verify`.
const WALKED_HERE: i64 = 20_000;

/// What is done in the register, by the word that is stored, and the key of its name.
const KINDS: &[(&str, &str)] = &[
    ("text.edit", "change-text-edit"),
    ("owner.add", "change-owner-add"),
    ("owner.remove", "change-owner-remove"),
    ("crawl", "change-crawl"),
    ("grant.give", "change-grant-give"),
    ("grant.revoke", "change-grant-revoke"),
    ("rights.to_oneself", "event-rights-to-oneself"),
    ("asset.domain", "change-asset-domain"),
    ("asset.sensitivity", "change-asset-sensitivity"),
    ("column.sensitivity", "change-column-sensitivity"),
    ("domain.create", "change-domain-create"),
    ("domain.change", "change-domain-change"),
    ("domain.remove", "change-domain-remove"),
    ("source.create", "change-source-create"),
    ("source.edit", "change-source-edit"),
    ("source.remove", "change-source-remove"),
    ("source.test", "event-source-test"),
    ("person.create", "event-person-create"),
    ("person.edit", "event-person-edit"),
    ("team.create", "event-team-create"),
    ("team.edit", "event-team-edit"),
    ("team.remove", "event-team-remove"),
    ("team.member.add", "event-team-member-add"),
    ("team.member.remove", "event-team-member-remove"),
    ("token.create", "event-token-create"),
    ("token.revoke", "event-token-revoke"),
    ("sign_in", "event-sign-in"),
    ("sign_in.refused", "event-sign-in-refused"),
    ("sign_out", "event-sign-out"),
    ("session.end", "event-session-end"),
    ("password.change", "event-password-change"),
    ("password.reset", "event-password-reset"),
    ("task.cancel", "event-task-cancel"),
    ("audit.export", "event-export"),
    ("export.columns", "event-export"),
    ("export.search", "event-export"),
    ("audit.seal", "event-seal"),
    ("register.create", "change-register"),
    ("register.set_up", "change-register"),
];

#[derive(Debug, Default, Deserialize)]
struct Query {
    #[serde(default)]
    who: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    cursor: Option<String>,
}

async fn show(State(app): State<App>, member: Member, Params(query): Params<Query>) -> Result<Response> {
    let zone = member.visitor.zone;
    let filter = Filter {
        person: person(&app, &query.who).await?,
        kind: Some(query.what.clone()).filter(|kind| !kind.is_empty()),
        from: moment::read(Some(&query.from), zone, member.caller.now)?,
        to: moment::read(Some(&query.to), zone, member.caller.now)?,
    };
    let paging = Paging { cursor: query.cursor.clone(), limit: None };
    let page = entries::list(&app, &member.caller, &filter, &paging).await?;
    let form = Form::new("audit")
        .with("who", &query.who)
        .with("what", &query.what)
        .with("from", &query.from)
        .with("to", &query.to);
    let chrome = member.chrome(&app);
    let kinds = KINDS.iter().map(|(kind, key)| Choice::new(*kind, chrome.t.s(key))).collect();
    let events: Vec<AuditEvent> = page.items.into_iter().map(event).collect();
    let pager = Pager {
        shown: i64::try_from(events.len()).unwrap_or(i64::MAX),
        total: None,
        previous: None,
        next: page.next.map(|cursor| href::with_query(&member.visitor.url, "cursor", &cursor)),
    };
    let chain = chain(&app, &member).await?;
    html(&member.visitor, &AuditPage { chrome, filter: form, kinds, chain, events, pager })
}

/// The person of a user name; a name that nobody has finds nothing.
async fn person(app: &App, login: &str) -> Result<Option<PublicId>> {
    let login = login.trim().to_lowercase();
    if login.is_empty() {
        return Ok(None);
    }
    let found = sqlx::query_scalar("select public_id from people where login = $1")
        .bind(login)
        .fetch_optional(&app.db().web)
        .await?;
    Ok(Some(PublicId(found.unwrap_or_default())))
}

async fn chain(app: &App, member: &Member) -> Result<Chain> {
    let length: i64 = sqlx::query_scalar("select version from register").fetch_one(&app.db().web).await?;
    if length > WALKED_HERE {
        return Ok(Chain::Unknown);
    }
    let mut conn = app.db().web.acquire().await?;
    let verdict = verify(&mut conn, app.keys(), None).await?;
    let head: String =
        sqlx::query_scalar("select encode(head, 'hex') from register").fetch_one(&mut *conn).await?;
    let at = member.caller.now;
    Ok(match verdict.broken {
        None => Chain::Whole { at, length: verdict.change_sets, head: head.chars().take(12).collect() },
        Some(broken) => Chain::Broken { at, position: position(&broken) },
    })
}

fn position(broken: &Broken) -> i64 {
    match broken {
        Broken::Missing { version }
        | Broken::Changed { version }
        | Broken::End { version, .. }
        | Broken::Events { version, .. }
        | Broken::Head { version, .. } => *version,
        // Not a place in the chain; `cadastre audit verify` says which one.
        Broken::Event { .. } | Broken::Line { .. } => 0,
    }
}

fn event(entry: Entry) -> AuditEvent {
    let via = entry.via.as_deref().and_then(|via| via.parse().ok());
    let claimed = entry.detail.get("login").and_then(|login| login.as_str()).map(ToOwned::to_owned);
    AuditEvent {
        id: entry.id.map(|id| id.to_string()).unwrap_or_default(),
        at: entry.at,
        claimed: claimed.filter(|_| entry.person.is_none()),
        who: entry.person.map(|who| Subject {
            kind: SubjectKind::Person,
            id: who.id.to_string(),
            name: who.name,
        }),
        // What is no change came by a page, or by the token that it names.
        via: via.unwrap_or(if entry.token.is_some() { Via::Token } else { Via::Page }),
        address: entry.address,
        what: what(&entry.kind),
        asset: entry.assets.into_iter().next().map(|about| AssetLink {
            id: about.id.to_string(),
            kind: about.kind,
            name: about.name,
            display_name: None,
            path: Vec::new(),
        }),
        reason: entry.reason,
        is_refused: matches!(entry.what, EntryKind::Event) && entry.kind.ends_with(".refused"),
        request_id: entry.request_id,
    }
}

fn what(kind: &str) -> Message {
    KINDS
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or_else(|| Message::new("change-other").arg("kind", kind), |(_, key)| Message::new(key))
}
