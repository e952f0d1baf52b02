//! The inbox as a page, and the switch on a dataset.

use super::inbox::{self, Group, Which};
use super::subscriptions::{self, About, New};
use super::subscriptions_pages as wanted;
use super::told::Told;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset;
use crate::error::Result;
use crate::http::{Id, Member, Paging, Params, SignedForm, html, redirect};
use crate::lineage;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use cadastre_frontend::href::{self, DatasetTab};
use cadastre_frontend::notices::{Channel, Notice, NoticeGroup, NoticesPage};
use cadastre_frontend::parts::Pager;
use cadastre_frontend::quality::Gravity;
use cadastre_frontend::{Flash, Tone};
use cadastre_model::{Action, AssetId, Message, PublicId};
use serde::Deserialize;
use uuid::Uuid;

/// So many groups to a page.
const PAGE: i64 = 20;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/notices", get(show))
        .route("/notices/read", post(read))
        .route("/notices/subscriptions", get(wanted::show).post(wanted::make))
        .route("/notices/subscriptions/{id}/remove", post(wanted::remove))
        .route("/notices/subscriptions/{id}/test", post(wanted::test))
        .route("/d/{id}/watch", post(watch))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Query {
    show: String,
    after: Option<String>,
}

/// GET /notices
async fn show(State(app): State<App>, member: Member, Params(query): Params<Query>) -> Result<Response> {
    let which = Which { all: query.show == "all", dataset: None };
    let paging = Paging { cursor: query.after, limit: Some(PAGE) };
    let page = inbox::groups(&app, &member.caller, which, &paging).await?;
    let here = href::with_query(href::notices(), "show", if which.all { "all" } else { "" });
    let mut groups = Vec::new();
    let datasets: Vec<AssetId> = page.items.iter().filter_map(|group| group.dataset).collect();
    let mut links = lineage::dataset_links(&app, &member.caller, &datasets).await?;
    for Group { dataset, notices, more, .. } in page.items {
        let link = dataset.and_then(|id| links.remove(&id));
        // What was hidden between the two questions is not shown as a notice of the register.
        if dataset.is_none() || link.is_some() {
            groups.push(NoticeGroup { dataset: link, notices: notices.iter().map(notice).collect(), more });
        }
    }
    let view = NoticesPage {
        unread: inbox::waiting(&app, &member.caller).await?,
        shows_all: which.all,
        pager: Pager {
            shown: i64::try_from(groups.len()).unwrap_or(0),
            total: None,
            previous: None,
            next: page.next.map(|cursor| href::with_query(here, "after", &cursor)),
        },
        groups,
        chrome: member.chrome(&app),
    };
    html(&member.visitor, &view)
}

fn notice(told: &Told) -> Notice {
    Notice {
        id: told.public_id.to_string(),
        tone: told.tone(),
        what: told.what(),
        href: told.href(),
        at: told.at,
        is_read: told.read_at.is_some(),
        because: told.why(),
    }
}

#[derive(Debug, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Marked {
    notice: Vec<Uuid>,
    all: String,
}

/// POST /notices/read
async fn read(
    State(app): State<App>,
    member: Member,
    SignedForm(marked): SignedForm<Marked>,
) -> Result<Response> {
    let these: Vec<PublicId> = marked.notice.into_iter().map(PublicId).collect();
    let these = if marked.all.is_empty() { Some(these.as_slice()) } else { None };
    inbox::read(&app, &member.caller, these).await?;
    Ok(redirect(&app, &href::notices(), None, None))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    watch: String,
}

/// POST /d/{id}/watch
async fn watch(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(switch): SignedForm<Switch>,
) -> Result<Response> {
    let caller = &member.caller;
    let _ = asset::find(&app.db().web, caller, id, Action::See).await?;
    let known = watching(&app, caller, id).await?;
    let version = match (switch.watch.as_str(), known) {
        ("on", None) => {
            let new = New {
                about: About::Asset(id),
                severity: Gravity::Low,
                channel: Channel::Inbox,
                address: None,
            };
            Some(subscriptions::make(&app, caller, new).await?.version)
        }
        ("off", Some(known)) => Some(subscriptions::remove(&app, caller, known).await?),
        _ => None,
    };
    let key = if switch.watch == "on" { "subscription-was-made" } else { "subscription-was-removed" };
    let flash = Flash { tone: Tone::Pass, message: Message::new(key) };
    Ok(redirect(&app, &href::dataset_tab(id, DatasetTab::Quality), Some(flash), version))
}

/// The subscription by which the caller watches an asset in their inbox.
pub(crate) async fn watching(app: &App, caller: &Caller, asset: PublicId) -> Result<Option<PublicId>> {
    let all = subscriptions::list(app, caller, None).await?;
    let watches = |about: &About<crate::catalog::rows::Named>| matches!(about, About::Asset(named) if named.public_id == asset);
    let mut own = all.into_iter().filter(|one| one.channel == Channel::Inbox && watches(&one.about));
    Ok(own.next().map(|one| one.public_id))
}
