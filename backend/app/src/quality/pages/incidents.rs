//! The list of incidents, one incident, and what people do to it.

use super::incident;
use super::lists;
use crate::app::App;
use crate::catalog::{asset, moment};
use crate::error::{Failure, Result};
use crate::http::{Id, IfMatch, Member, Paging, Params, SignedForm, html, redirect};
use crate::quality::incidents::{self, Act, Event, Which};
use crate::quality::read::Eyes;
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::href;
use cadastre_frontend::parts::Pager;
use cadastre_frontend::quality::incident::{Incident, IncidentPage, IncidentsPage, Moment};
use cadastre_frontend::quality::{IncidentState, Select};
use cadastre_frontend::{Flash, Form, Tone};
use cadastre_model::{Message, PublicId};
use serde::Deserialize;

/// A page has so many incidents: each with its cause and whom it concerns.
const PAGE: i64 = 20;

#[derive(Debug, Deserialize, Default)]
pub(super) struct Query {
    #[serde(default)]
    state: String,
    after: Option<String>,
}

/// GET /quality/incidents
pub(super) async fn list(
    State(app): State<App>,
    member: Member,
    Params(query): Params<Query>,
) -> Result<Response> {
    let state = match IncidentState::of_word(&query.state) {
        Some(IncidentState::Resolved) => Some("closed".to_owned()),
        Some(IncidentState::Acknowledged) => Some("acknowledged".to_owned()),
        Some(IncidentState::Open) => Some("open".to_owned()),
        _ => None,
    };
    let paging = Paging { cursor: query.after, limit: Some(PAGE) };
    let which = Which { state, dataset: None };
    let page = incidents::list(&app, &member.caller, &which, &paging).await?;
    let ids: Vec<PublicId> = page.items.iter().map(|line| line.public_id).collect();
    let incidents = many(&app, &member, &ids).await?;
    let chrome = member.chrome(&app);
    let here = href::with_query(href::incidents(), "state", &query.state);
    let states = [IncidentState::Open, IncidentState::Acknowledged, IncidentState::Resolved];
    let chosen = IncidentState::of_word(&query.state);
    let filters =
        vec![Select::of_words(&chrome.t, ("state", "rule-state"), &states, IncidentState::as_str, chosen)];
    let view = IncidentsPage {
        filters,
        pager: Pager {
            shown: i64::try_from(incidents.len()).unwrap_or(0),
            total: None,
            previous: None,
            next: page.next.map(|cursor| href::with_query(here, "after", &cursor)),
        },
        incidents,
        chrome,
    };
    html(&member.visitor, &view)
}

/// Incidents as pages show them.
pub(super) async fn many(app: &App, member: &Member, ids: &[PublicId]) -> Result<Vec<Incident>> {
    let mut all = Vec::new();
    for id in ids {
        let told = incidents::show(app, &member.caller, *id).await?;
        let asset = incident::asset_of(app, &told).await?;
        let eyes = eyes(app, member, &asset).await?;
        all.push(incident::shown(app, member, &asset, &told, eyes.manages).await?);
    }
    Ok(all)
}

async fn eyes(app: &App, member: &Member, asset: &asset::Asset) -> Result<Eyes> {
    let mut conn = app.db().web.acquire().await?;
    Eyes::of(&mut conn, &member.caller, asset).await
}

/// GET /quality/incidents/{id}
pub(super) async fn show(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let told = incidents::show(&app, &member.caller, id).await?;
    let asset = incident::asset_of(&app, &told).await?;
    let eyes = eyes(&app, &member, &asset).await?;
    let (_, _, seen) = crate::quality::read::of_dataset(&app, &member.caller, asset.public_id).await?;
    let is_member = |id: uuid::Uuid| told.members.iter().any(|member| member.rule == id);
    let placed: Vec<_> = seen
        .into_iter()
        .filter(|seen| is_member(seen.kept.public_id.0))
        .map(|seen| crate::quality::everywhere::Placed { asset: asset.clone(), eyes, seen })
        .collect();
    let related = incidents::list(
        &app,
        &member.caller,
        &Which { state: None, dataset: Some(asset.id) },
        &Paging { cursor: None, limit: Some(5) },
    )
    .await?;
    let others: Vec<PublicId> =
        related.items.iter().map(|line| line.public_id).filter(|other| *other != id).collect();
    let view = IncidentPage {
        chrome: member.chrome(&app),
        incident: incident::shown(&app, &member, &asset, &told, eyes.manages).await?,
        rules: lists::rows(&app, &member, &placed).await?,
        timeline: told.timeline.iter().map(moment_of).collect(),
        related: many(&app, &member, &others).await?,
        mute: Form::new("incident"),
        resolve: Form::new("resolve"),
        note: Form::new("note"),
    };
    html(&member.visitor, &view)
}

fn moment_of(event: &Event) -> Moment {
    let rule = event.rule.clone().unwrap_or_default();
    let what = match event.kind.as_str() {
        "opened" | "joined" => Message::new("incident-event-opened").arg("rule", rule),
        "passed" => Message::new("incident-event-passed").arg("rule", rule),
        "acknowledged" => Message::new("incident-event-acknowledged"),
        "assigned" => match &event.subject {
            Some(name) => Message::new("incident-event-assigned").arg("name", name),
            None => Message::new("incident-event-unassigned"),
        },
        "muted" => match event.until {
            Some(until) => {
                Message::new("incident-event-muted").arg("until", until.format("%Y-%m-%d %H:%M UTC"))
            }
            None => Message::new("incident-event-unmuted"),
        },
        "noted" => Message::new("incident-event-note"),
        _ => Message::new("incident-event-resolved"),
    };
    Moment {
        at: event.at,
        what,
        by: event.by.as_ref().map(crate::catalog::pages::view::subject),
        note: event.note.clone(),
    }
}

/// What the forms of an incident send.
#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Typed {
    version: i64,
    back: String,
    assignee: String,
    until: String,
    reason: String,
    text: String,
}

async fn done(app: &App, member: &Member, id: PublicId, typed: &Typed, act: Act) -> Result<Response> {
    let version = incidents::act(app, &member.caller, id, &IfMatch::exactly(typed.version), &act).await?;
    let back = if typed.back.is_empty() { href::incident(id) } else { href::local(&typed.back).to_owned() };
    let flash = Flash { tone: Tone::Pass, message: Message::new("rule-saved") };
    Ok(redirect(app, &back, Some(flash), Some(version)))
}

macro_rules! act {
    ($(#[$doc:meta])* $name:ident, |$member:ident, $typed:ident| $act:expr) => {
        $(#[$doc])*
        pub(super) async fn $name(
            State(app): State<App>,
            $member: Member,
            Id(id): Id,
            SignedForm($typed): SignedForm<Typed>,
        ) -> Result<Response> {
            let act = $act;
            done(&app, &$member, id, &$typed, act).await
        }
    };
}

act!(
    /// POST /quality/incidents/{id}/acknowledge
    acknowledge, |member, typed| Act::Acknowledge
);
act!(
    /// POST /quality/incidents/{id}/assign
    assign, |member, typed| Act::Assign(Some(typed.assignee.trim().to_owned()).filter(|login| !login.is_empty()))
);
act!(
    /// POST /quality/incidents/{id}/mute
    mute, |member, typed| Act::Mute(Some(
        moment::instant(typed.until.trim(), member.visitor.zone).ok_or_else(|| Failure::invalid("until", "error-moment"))?
    ), typed.reason.clone())
);
act!(
    /// POST /quality/incidents/{id}/unmute
    unmute, |member, typed| Act::Mute(None, String::new())
);
act!(
    /// POST /quality/incidents/{id}/resolve
    resolve, |member, typed| Act::Resolve(typed.reason.clone())
);
act!(
    /// POST /quality/incidents/{id}/notes
    note, |member, typed| Act::Note(typed.text.clone())
);
