//! Pages about domains: the tree, one with what is in it, its Access tab, its removal. The form that says of an asset
//! where it belongs stands with the catalogue's other forms.

use crate::access::pages::{Given, Shown, given, tab};
use crate::access::panel::TypedGrant;
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::catalog::described::{self, Described};
use crate::catalog::history::{self, HistoryOf};
use crate::catalog::pages::view;
use crate::catalog::rows;
use crate::domains;
use crate::domains::form::{self, TypedDomain};
use crate::domains::queries::{self, Depth};
use crate::error::{Failure, Result};
use crate::http::{Id, IfMatch, Member, Paging, Params, SignedForm, html, page_with, redirect};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use cadastre_access::Permit;
use cadastre_frontend::access::ConfirmPage;
use cadastre_frontend::catalog::domain::{DomainAccessPage, DomainHead, DomainPage, DomainRow, DomainsPage};
use cadastre_frontend::parts::{AssetLink, Crumb, Pager};
use cadastre_frontend::{Flash, Form, Tone, href};
use cadastre_model::{Action, AssetKind, Message, PublicId, TextField};
use serde::Deserialize;

/// The most domains that a page or a list of choices shows.
pub(super) const TREE_MAX: i64 = 2000;

/// How many changes a domain's page shows.
const CHANGES: i64 = 10;

/// What lies in a source.
const CONTAINERS: &[AssetKind] = &[AssetKind::Source, AssetKind::Database, AssetKind::Schema];

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/domains", get(show_tree))
        .route("/domains/new", get(form::show_new).post(form::make))
        .route("/domains/{id}", get(show_domain))
        .route("/domains/{id}/edit", get(form::show_edit).post(form::save))
        .route("/domains/{id}/remove", get(ask_remove).post(do_remove))
        .route("/domains/{id}/access", get(show_access).post(give_access))
}

async fn show_tree(State(app): State<App>, member: Member) -> Result<Response> {
    let rows = queries::all(&app, &member.caller, TREE_MAX).await?;
    let domains = domain_rows(&app, &member, rows).await?;
    let may_add = member.caller.permit_on_register(Action::ManageDomains).is_ok();
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
            description: description.map(|text| cadastre_frontend::excerpt(&text, 160)),
            datasets: domain.datasets,
            owner,
        }
    };
    Ok(domains.into_iter().map(row).collect())
}

/// What all pages of a domain show.
pub(super) async fn head(app: &App, member: &Member, id: PublicId) -> Result<(Asset, DomainHead)> {
    let (domain, _) = queries::find(app, &member.caller, id, Action::See).await?;
    let Described { texts, owners, .. } = described::show(app, &member.caller, id, None).await?;
    let above = queries::above(app, &member.caller, &domain).await?;
    let may = |action| member.caller.may(action, &domain.resource());
    let head = DomainHead {
        id: id.to_string(),
        name: domain.name.clone(),
        crumbs: above.into_iter().map(|place| Crumb::new(place.name, href::domain(place.id))).collect(),
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
    let below = all.into_iter().filter(|domain| domain.parent == Some(id)).collect();
    let paging = Paging { cursor: query.after, limit: None };
    let datasets = queries::assets(&app, caller, id, Depth::Itself, &[AssetKind::Dataset], &paging).await?;
    let whole = Paging { cursor: None, limit: Some(200) };
    let containers = queries::members(&app, caller, id, Depth::Itself, CONTAINERS, &whole).await?;
    let of = HistoryOf { asset: id, column: None, at: None };
    let recent = Paging { cursor: None, limit: Some(CHANGES) };
    let (_, changes) = history::show(&app, caller, of, &recent).await?;

    let ids: Vec<_> = datasets.items.iter().map(|dataset| dataset.id).collect();
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let rows = rows::datasets(&mut conn, &see, &ids, caller.language).await?;
    drop(conn);
    let chrome = member.chrome(&app);
    let link = |member: queries::Member| AssetLink {
        id: member.id.to_string(),
        kind: member.kind,
        name: member.name,
        display_name: None,
        path: Vec::new(),
    };
    let page = DomainPage {
        below: domain_rows(&app, &member, below).await?,
        pager: Pager {
            shown: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            total: None,
            previous: None,
            next: datasets.next.map(|cursor| href::with_query(href::domain(id), "after", &cursor)),
        },
        datasets: rows.iter().map(view::dataset_row).collect(),
        containers: containers.items.into_iter().filter(|member| member.own).map(link).collect(),
        changes: changes
            .items
            .iter()
            .map(|change| view::change(change, &chrome.t, &href::domain(id)))
            .collect(),
        head,
        chrome,
    };
    html(&member.visitor, &page)
}

async fn show_access(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    access_page(&app, &member, id, Shown::default()).await
}

async fn give_access(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<TypedGrant>,
) -> Result<Response> {
    let _: (Asset, Permit) = queries::find(&app, &member.caller, id, Action::See).await?;
    match given(&app, &member, id, &typed, href::domain_access(id)).await? {
        Given::Done(response) => Ok(response),
        Given::Again(shown) => access_page(&app, &member, id, shown).await,
    }
}

async fn access_page(app: &App, member: &Member, id: PublicId, shown: Shown) -> Result<Response> {
    let (_, head) = head(app, member, id).await?;
    let (status, panel) = tab(app, member, id, href::domain_access(id), shown).await?;
    page_with(&member.visitor, status, &DomainAccessPage { chrome: member.chrome(app), head, panel })
}

async fn ask_remove(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let (domain, _) = queries::find(&app, &member.caller, id, Action::ManageDomains).await?;
    let page = ConfirmPage {
        chrome: member.chrome(&app),
        question: Message::new("confirm-remove-domain").arg("name", &domain.name),
        consequences: vec![Message::new("domain-remove-follows")],
        verb: "confirm-remove",
        action: href::remove_domain(id),
        back: href::domain(id),
        hidden: vec![("version".to_owned(), domain.counter.to_string())],
        asks_reason: true,
        form: Form::new("remove"),
    };
    html(&member.visitor, &page)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
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
    let version = domains::remove(&app, &member.caller, id, &condition, Some(&typed.reason)).await?;
    Ok(redirect(&app, &href::domains(), done("domain-removed"), Some(version)))
}

/// What a page says once about what was done.
pub(super) const fn done(key: &'static str) -> Option<Flash> {
    Some(Flash { tone: Tone::Pass, message: Message::new(key) })
}

impl TypedDomain {
    /// The id of the domain that it is to lie in.
    pub(super) fn parent(&self) -> Result<Option<PublicId>> {
        match self.parent.as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Failure::invalid("parent", "domain-unknown")),
        }
    }
}
