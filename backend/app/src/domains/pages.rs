//! Pages about domains: the tree, one with what is in it, its form, its removal. Who may do what in one is a page of
//! `access`.

use super::form::{self, shown_again};
use super::queries::{self, Depth};
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::catalog::described::{self, Described};
use crate::catalog::history::{self, HistoryOf};
use crate::catalog::pages::view;
use crate::catalog::rows;
use crate::error::Result;
use crate::http::{Id, IfMatch, Member, Paging, Params, SignedForm, html, page_with, redirect};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use cadastre_frontend::access::ConfirmPage;
use cadastre_frontend::catalog::domain::{DomainHead, DomainPage, DomainRow, DomainsPage};
use cadastre_frontend::catalog::history::Change;
use cadastre_frontend::parts::{AssetLink, Crumb, Pager};
use cadastre_frontend::{Flash, Form, T, Tone, excerpt, href};
use cadastre_model::{Action, AssetKind, Message, PublicId, TextField};
use serde::Deserialize;

/// The most domains that a page or a list of choices shows.
pub(super) const TREE_MAX: i64 = 2000;

/// How many changes a domain's page shows.
const CHANGES: i64 = 10;

/// How much of a description a list shows, in characters.
const LINE: usize = 160;

/// What can be put into a domain with all that lies in it.
const CONTAINERS: &[AssetKind] = &[AssetKind::Source, AssetKind::Database, AssetKind::Schema];

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/domains", get(show_tree))
        .route("/domains/new", get(form::show_new).post(form::make))
        .route("/domains/{id}", get(show_domain))
        .route("/domains/{id}/edit", get(form::show_edit).post(form::save))
        .route("/domains/{id}/remove", get(ask_remove).post(do_remove))
}

/// What a page says once about what was done.
pub(super) fn done(key: &'static str) -> Option<Flash> {
    Some(Flash { tone: Tone::Pass, message: Message::new(key) })
}

async fn show_tree(State(app): State<App>, member: Member) -> Result<Response> {
    let seen = queries::all(&app, &member.caller, TREE_MAX).await?;
    let domains = domain_rows(&app, &member, seen).await?;
    let may_add = member.caller.may_somewhere(Action::ManageDomains);
    html(&member.visitor, &DomainsPage { chrome: member.chrome(&app), domains, may_add })
}

async fn domain_rows(
    app: &App,
    member: &Member,
    domains: Vec<queries::DomainView>,
) -> Result<Vec<DomainRow>> {
    let ids: Vec<PublicId> = domains.iter().map(|domain| domain.id).collect();
    let mut said = queries::in_short(&app.db().web, &ids, member.caller.language).await?;
    let row = |domain: queries::DomainView| {
        let (description, owner) = said.remove(&domain.id).unwrap_or_default();
        DomainRow {
            id: domain.id.to_string(),
            name: domain.name,
            depth: usize::try_from(domain.depth).unwrap_or(0),
            description: description.map(|text| excerpt(&text, LINE)).filter(|text| !text.is_empty()),
            datasets: domain.datasets,
            owner,
        }
    };
    Ok(domains.into_iter().map(row).collect())
}

/// What all pages of a domain show.
pub(crate) async fn head(app: &App, member: &Member, id: PublicId) -> Result<(Asset, DomainHead)> {
    let (domain, _) = queries::find(app, &member.caller, id, Action::See).await?;
    let Described { texts, owners, .. } = described::show(app, &member.caller, id, None).await?;
    let above = queries::above(app, &member.caller, &domain).await?;
    let top = Crumb::new(member.chrome(app).t.s("nav-domains"), href::domains());
    let may = |action| member.caller.may(action, &domain.resource());
    let head = DomainHead {
        id: id.to_string(),
        name: domain.name.clone(),
        crumbs: std::iter::once(top)
            .chain(above.into_iter().map(|place| Crumb::new(place.name, href::domain(place.id))))
            .collect(),
        display_names: view::texts(&texts, TextField::DisplayName),
        descriptions: view::texts(&texts, TextField::Description),
        owners: owners.iter().map(view::owner).collect(),
        sensitivity: domain.effective_sensitivity,
        may_manage: may(Action::ManageDomains),
        may_see_access: may(Action::SeeAccess),
    };
    Ok((domain, head))
}

#[derive(Debug, Deserialize)]
struct After {
    after: Option<String>,
}

async fn show_domain(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<After>,
) -> Result<Response> {
    let caller = &member.caller;
    let (_, head) = head(&app, &member, id).await?;
    let all = queries::all(&app, caller, TREE_MAX).await?;
    // The list begins with those right below, as a tree of its own.
    let below = all.into_iter().filter(|domain| domain.parent == Some(id));
    let below = below.map(|domain| queries::DomainView { depth: 0, ..domain }).collect();
    let paging = Paging { cursor: query.after, limit: None };
    let found = queries::assets(&app, caller, id, Depth::Itself, &[AssetKind::Dataset], &paging).await?;
    let ids: Vec<_> = found.items.iter().map(|dataset| dataset.id).collect();
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let datasets = rows::datasets(&mut conn, &see, &ids, caller.language).await?;
    drop(conn);
    let chrome = member.chrome(&app);
    let page = DomainPage {
        below: domain_rows(&app, &member, below).await?,
        pager: Pager {
            shown: i64::try_from(datasets.len()).unwrap_or(i64::MAX),
            total: None,
            previous: paging.cursor.is_some().then(|| href::domain(id)),
            next: found.next.map(|cursor| href::with_query(href::domain(id), "after", &cursor)),
        },
        datasets: datasets.iter().map(view::dataset_row).collect(),
        containers: containers(&app, &member, id).await?,
        changes: changes(&app, &member, id, &chrome.t).await?,
        head,
        chrome,
    };
    html(&member.visitor, &page)
}

/// What was put into a domain as a whole.
async fn containers(app: &App, member: &Member, id: PublicId) -> Result<Vec<AssetLink>> {
    let paging = Paging { cursor: None, limit: Some(200) };
    let found = queries::members(app, &member.caller, id, Depth::Itself, CONTAINERS, &paging).await?;
    let link = |member: queries::Member| AssetLink {
        id: member.id.to_string(),
        kind: member.kind,
        name: member.name,
        display_name: None,
        path: Vec::new(),
    };
    Ok(found.items.into_iter().filter(|member| member.own).map(link).collect())
}

/// What changed at a domain of late. Its page is that of now only: no change leads to it as it was.
async fn changes(app: &App, member: &Member, id: PublicId, t: &T) -> Result<Vec<Change>> {
    let of = HistoryOf { asset: id, column: None, at: None };
    let paging = Paging { cursor: None, limit: Some(CHANGES) };
    let (_, page) = history::show(app, &member.caller, of, &paging).await?;
    let here = href::domain(id);
    Ok(page.items.iter().map(|one| Change { as_of: None, ..view::change(one, t, &here) }).collect())
}

async fn ask_remove(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    confirm(&app, &member, id, Form::new("remove"), StatusCode::OK).await
}

async fn confirm(
    app: &App,
    member: &Member,
    id: PublicId,
    form: Form,
    status: StatusCode,
) -> Result<Response> {
    let (domain, _) = queries::find(app, &member.caller, id, Action::ManageDomains).await?;
    let page = ConfirmPage {
        chrome: member.chrome(app),
        question: Message::new("confirm-remove-domain").arg("name", &domain.name),
        consequences: vec![Message::new("domain-remove-follows")],
        verb: "confirm-remove",
        action: href::remove_domain(id),
        back: href::edit_domain(id),
        hidden: vec![("version".to_owned(), domain.counter.to_string())],
        asks_reason: true,
        form,
    };
    page_with(&member.visitor, status, &page)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    #[serde(default)]
    version: i64,
    #[serde(default)]
    reason: String,
}

async fn do_remove(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<Removal>,
) -> Result<Response> {
    let condition = IfMatch::exactly(typed.version);
    match super::remove(&app, &member.caller, id, &condition, Some(&typed.reason)).await {
        Ok(version) => Ok(redirect(&app, &href::domains(), done("domain-removed"), Some(version))),
        Err(failure) => match shown_again(failure.kind) {
            Some(status) => {
                let form = Form::new("remove").with("reason", &*typed.reason).refused(failure.message);
                confirm(&app, &member, id, form, status).await
            }
            None => Err(failure),
        },
    }
}
