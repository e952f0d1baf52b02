//! The tree.

use super::view;
use crate::app::App;
use crate::catalog::tree::{self, Child, ChildrenOf, Container};
use crate::catalog::{moment, recent};
use crate::error::Result;
use crate::http::{Id, Member, Paging, Params, html};
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::catalog::browse::{
    BrowsePage, ContainerHead, ContainerPage, ContainerRow, EmptyReason,
};
use cadastre_frontend::parts::{AssetLink, Pager};
use cadastre_frontend::{excerpt, href};
use cadastre_model::{Action, TextField};
use serde::Deserialize;

/// How many rows a page has.
const ROWS: i64 = 100;

#[derive(Debug, Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    q: String,
    at: Option<String>,
    after: Option<String>,
}

/// GET /browse
pub(super) async fn sources(
    State(app): State<App>,
    member: Member,
    Params(query): Params<Query>,
) -> Result<Response> {
    let paging = Paging { cursor: query.after, limit: Some(ROWS) };
    let page = tree::sources(&app, &member.caller, &paging).await?;
    let view = BrowsePage {
        chrome: member.chrome(&app),
        sources: page.items.iter().map(view::source_row).collect(),
        pager: Pager {
            shown: i64::try_from(page.items.len()).unwrap_or(0),
            total: None,
            previous: None,
            next: page.next.map(|cursor| href::with_query(href::browse(), "after", &cursor)),
        },
        may_add: crate::sources::may_register(&app, &member.caller).await?,
    };
    html(&member.visitor, &view)
}

/// GET /browse/{id}
pub(super) async fn container(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let at = moment::read(query.at.as_deref(), member.visitor.zone, app.now())?;
    let container = tree::container(&app, &member.caller, id, at).await?;
    let of = ChildrenOf { container: id, part: &query.q, at };
    let paging = Paging { cursor: query.after, limit: Some(ROWS) };
    let (page, total) = tree::children(&app, &member.caller, of, &paging).await?;
    recent::note(&app, &member.caller, container.asset.id).await;
    let (mut containers, mut datasets) = (Vec::new(), Vec::new());
    for child in &page.items {
        match child {
            Child::Container(row) => containers.push(row_of(row, at)),
            Child::Dataset(row) => datasets.push(view::dataset_row(row)),
        }
    }
    let here = view::as_of(href::with_query(href::container(id), "q", &query.q), at);
    let view = ContainerPage {
        chrome: member.chrome(&app),
        head: head(&member, &container),
        empty: page
            .items
            .is_empty()
            .then(|| EmptyReason { last_crawl: container.last_crawl, filters: Vec::new() }),
        pager: Pager {
            shown: i64::try_from(page.items.len()).unwrap_or(0),
            total: Some(total),
            previous: None,
            next: page.next.map(|cursor| href::with_query(here, "after", &cursor)),
        },
        query: query.q,
        containers,
        datasets,
    };
    html(&member.visitor, &view)
}

fn row_of(row: &tree::ContainerRow, at: Option<chrono::DateTime<chrono::Utc>>) -> ContainerRow {
    let named = view::link(&row.named);
    ContainerRow {
        // The address of a child keeps the instant: ids stand at the end of addresses.
        link: AssetLink { id: view::as_of(named.id.clone(), at), ..named },
        description: row
            .description
            .as_deref()
            .map(|text| excerpt(text, 160))
            .filter(|text| !text.is_empty()),
        datasets: row.figures.datasets,
        unowned: row.figures.unowned,
        state: row.state,
    }
}

/// What stands at the head of a container's pages.
pub(crate) fn head(member: &Member, container: &Container) -> ContainerHead {
    let resource = container.asset.resource();
    let may = |action| member.caller.may(action, &resource);
    ContainerHead {
        id: container.asset.public_id.to_string(),
        kind: container.asset.kind,
        name: container.standing.name.clone(),
        source_kind: container.source_kind,
        crumbs: view::crumbs(&container.standing.above, container.at),
        display_names: view::texts(&container.texts, TextField::DisplayName),
        descriptions: view::texts(&container.texts, TextField::Description),
        owners: container.owners.iter().map(view::owner).collect(),
        domain: container.standing.domain.as_ref().map(view::place),
        sensitivity: container.standing.sensitivity,
        state: container.standing.state,
        at: container.at,
        may_edit: container.at.is_none()
            && [Action::EditTexts, Action::EditOwners, Action::EditDomain, Action::SetSensitivity]
                .into_iter()
                .any(may),
        may_see_access: may(Action::SeeAccess),
    }
}
