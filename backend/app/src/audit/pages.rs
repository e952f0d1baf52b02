//! The audit trail as a page, and as a file for a spreadsheet.

use crate::access::subjects;
use crate::app::App;
use crate::audit::entries::{self, Entry, Filter};
use crate::audit::verify::Broken;
use crate::audit::{Event, export};
use crate::catalog::moment;
use crate::catalog::pages::view;
use crate::error::{Failure, Result};
use crate::http::{Member, Paging, Params, html};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use cadastre_frontend::audit::{AuditEvent, AuditPage, Chain};
use cadastre_frontend::parts::{AssetLink, Pager, Subject};
use cadastre_frontend::{Choice, Form, SubjectKind, href};
use cadastre_model::{PublicId, Via};
use serde::Deserialize;
use uuid::Uuid;

/// What can be filtered by: kinds, or the first part of several.
const KINDS: &[&str] = &[
    "sign_in", "sign_out", "grant", "person", "team", "token", "text", "owner", "asset", "column", "domain",
    "source", "crawl", "audit", "restore", "keys",
];

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new().route("/audit", get(show)).route("/audit.csv", get(csv))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Query {
    who: String,
    what: String,
    from: String,
    to: String,
    after: String,
    bom: bool,
}

impl Query {
    /// The filter that was typed. Nobody of a name that is not known did anything.
    async fn filter(&self, app: &App, member: &Member) -> Result<Filter> {
        let zone = member.visitor.zone;
        let instant = |field: &str, typed: &str| match typed.trim() {
            "" => Ok(None),
            typed => {
                moment::instant(typed, zone).map(Some).ok_or_else(|| Failure::invalid(field, "error-moment"))
            }
        };
        let person = match self.who.trim() {
            "" => None,
            name => {
                let id = subjects::id_of(&app.db().web, SubjectKind::Person, name).await?;
                Some(id.unwrap_or(PublicId(Uuid::nil())))
            }
        };
        let kind = Some(self.what.clone()).filter(|kind| !kind.is_empty());
        Ok(Filter { person, kind, from: instant("from", &self.from)?, to: instant("to", &self.to)? })
    }
}

async fn show(State(app): State<App>, member: Member, Params(query): Params<Query>) -> Result<Response> {
    let filter = query.filter(&app, &member).await?;
    let cursor = Some(query.after.clone()).filter(|cursor| !cursor.is_empty());
    let paging = Paging { cursor, limit: None };
    let page = entries::list(&app, &member.caller, &filter, &paging).await?;
    let mut form = Form::new("audit");
    for (name, value) in
        [("who", &query.who), ("what", &query.what), ("from", &query.from), ("to", &query.to)]
    {
        form = form.with(name, value);
    }
    let kinds = KINDS.iter().map(|kind| Choice::new(*kind, *kind)).collect();
    let page = AuditPage {
        chrome: member.chrome(&app),
        filter: form,
        kinds,
        chain: chain(&app),
        pager: Pager {
            shown: i64::try_from(page.items.len()).unwrap_or(i64::MAX),
            total: None,
            previous: None,
            next: page.next.map(|cursor| href::with_query(&member.visitor.url, "after", &cursor)),
        },
        events: page.items.into_iter().map(event).collect(),
    };
    html(&member.visitor, &page)
}

async fn csv(State(app): State<App>, member: Member, Params(query): Params<Query>) -> Result<Response> {
    let filter = query.filter(&app, &member).await?;
    let event = Event::new("audit.export").at(&member.visitor);
    export::csv(&app, &member.caller, event, filter, query.bom).await
}

fn chain(app: &App) -> Chain {
    let Some(walked) = app.chain().seen() else { return Chain::Unknown };
    match walked.broken {
        None => Chain::Whole {
            at: walked.at,
            length: walked.link.version,
            head: hex::encode(&walked.link.head).chars().take(12).collect(),
        },
        Some(Broken::Missing { version } | Broken::Changed { version }) => {
            Chain::Broken { at: walked.at, position: version }
        }
        Some(_) => Chain::Broken { at: walked.at, position: walked.link.version },
    }
}

fn event(entry: Entry) -> AuditEvent {
    let via = entry.via.as_deref().and_then(|word| word.parse().ok());
    // Done at the shell: by an account of the system, whom the register does not know.
    let detail = |name: &str| entry.detail.get(name).and_then(|value| value.as_str()).map(ToOwned::to_owned);
    let account = detail("signed_in_as").or_else(|| detail("account"));
    let at_shell = account.is_some().then_some(Via::Cli);
    let backup = detail("file").zip(detail("made_at")).map(|(file, made_at)| format!("{file}, {made_at}"));
    let asset = entry.assets.first().map(|asset| AssetLink {
        id: asset.id.to_string(),
        kind: asset.kind,
        name: asset.name.clone(),
        display_name: None,
        path: Vec::new(),
    });
    AuditEvent {
        id: entry.id.map(|id| id.to_string()).unwrap_or_default(),
        at: entry.at,
        claimed: detail("login").or(account),
        who: entry.person.map(|who| Subject {
            kind: SubjectKind::Person,
            id: who.id.to_string(),
            name: who.name,
        }),
        // An event comes by a token or from a browser.
        via: via.or(at_shell).unwrap_or(if entry.token.is_some() { Via::Token } else { Via::Page }),
        address: entry.address,
        is_refused: entry.kind.ends_with(".refused"),
        what: view::what(&entry.kind),
        asset,
        reason: entry.reason.or(backup),
        request_id: entry.request_id,
    }
}
