//! The tabs of a dataset, and the page of a column.

use super::view;
use crate::app::App;
use crate::catalog::dataset::{self as service, Column, ColumnsOf, Dataset, Key};
use crate::catalog::history::{self, HistoryOf};
use crate::catalog::texts::Length;
use crate::catalog::{moment, recent};
use crate::error::{Failure, Result};
use crate::http::{Id, Member, Paging, Params, html};
use axum::extract::{Path, State};
use axum::response::Response;
use cadastre_frontend::catalog::column::{ColumnHome, ColumnPage};
use cadastre_frontend::catalog::dataset::{
    ColumnRow, Constraint, DatasetHead, DocsPage, HistoryPage, SchemaPage,
};
use cadastre_frontend::href::{self, DatasetTab};
use cadastre_frontend::parts::Pager;
use cadastre_model::{Action, ConstraintKind, PublicId, TextField};
use serde::Deserialize;
use serde_json::Value;

/// How many columns a page has: well within the weight of a page, whatever is said about them.
const COLUMNS: i64 = 100;

/// How many changes a page has.
const CHANGES: i64 = 20;

#[derive(Debug, Deserialize, Default)]
pub(crate) struct Query {
    #[serde(default)]
    q: String,
    at: Option<String>,
    after: Option<String>,
}

/// The dataset as the query asks for it; noted as looked at.
pub(crate) async fn find(app: &App, member: &Member, id: PublicId, query: &Query) -> Result<Dataset> {
    let at = moment::read(query.at.as_deref(), member.visitor.zone, app.now())?;
    let dataset = service::show(app, &member.caller, id, at).await?;
    recent::note(app, &member.caller, dataset.asset.id).await;
    Ok(dataset)
}

/// GET /d/{id}
pub(super) async fn schema(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let dataset = find(&app, &member, id, &query).await?;
    let of = ColumnsOf { dataset: id, part: &query.q, at: dataset.at };
    let paging = Paging { cursor: query.after.clone(), limit: Some(COLUMNS) };
    let (columns, total) = service::columns(&app, &member.caller, of, &paging).await?;
    let here = view::as_of(href::with_query(href::dataset(id), "q", &query.q), dataset.at);
    let page = SchemaPage {
        chrome: member.chrome(&app),
        head: head(&member, &dataset),
        columns: columns.items.iter().map(|column| column_row(column, &dataset.keys)).collect(),
        pager: Pager {
            shown: i64::try_from(columns.items.len()).unwrap_or(0),
            total: Some(total),
            previous: None,
            next: columns.next.map(|cursor| href::with_query(here, "after", &cursor)),
        },
        definition: dataset.definition,
        missing_right: None,
        query: query.q,
    };
    html(&member.visitor, &page)
}

/// GET /d/{id}/history
pub(super) async fn history(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let dataset = find(&app, &member, id, &query).await?;
    let of = HistoryOf { asset: id, column: None, at: dataset.at };
    let paging = Paging { cursor: query.after.clone(), limit: Some(CHANGES) };
    let (_, changes) = history::show(&app, &member.caller, of, &paging).await?;
    let chrome = member.chrome(&app);
    let here = view::as_of(href::dataset_tab(id, DatasetTab::History), dataset.at);
    let page = HistoryPage {
        head: head(&member, &dataset),
        changes: changes
            .items
            .iter()
            .map(|change| view::change(change, &chrome.t, &href::dataset(id)))
            .collect(),
        pager: Pager {
            shown: i64::try_from(changes.items.len()).unwrap_or(0),
            total: None,
            previous: None,
            next: changes.next.map(|cursor| href::with_query(here, "after", &cursor)),
        },
        chrome,
    };
    html(&member.visitor, &page)
}

/// GET /d/{id}/docs
pub(super) async fn docs(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let dataset = find(&app, &member, id, &query).await?;
    let said = service::said(&app, &member.caller, id, Length::Page, dataset.at).await?;
    let page = DocsPage {
        chrome: member.chrome(&app),
        head: head(&member, &dataset),
        docs: view::texts(&said, TextField::Docs),
    };
    html(&member.visitor, &page)
}

/// The two ids of a column's addresses.
pub(super) fn ids(path: (String, String)) -> Result<(PublicId, PublicId)> {
    let id = |text: String| text.parse().map_err(|_| Failure::absent());
    Ok((id(path.0)?, id(path.1)?))
}

/// GET /d/{id}/c/{column}
pub(super) async fn column(
    State(app): State<App>,
    member: Member,
    Path(path): Path<(String, String)>,
    Params(query): Params<Query>,
) -> Result<Response> {
    let (id, column_id) = ids(path)?;
    let dataset = find(&app, &member, id, &query).await?;
    let (asset, column) = service::column(&app, &member.caller, id, column_id, dataset.at).await?;
    let of = HistoryOf { asset: id, column: Some(column_id), at: dataset.at };
    let paging = Paging { cursor: None, limit: Some(CHANGES) };
    let (_, changes) = history::show(&app, &member.caller, of, &paging).await?;
    let same_name = service::same_name(&app, &member.caller, &asset, &column).await?;
    let chrome = member.chrome(&app);
    let head = head(&member, &dataset);
    let name = column.name();
    let page = ColumnPage {
        dataset: ColumnHome { id: head.id.clone(), name: head.name.clone(), crumbs: head.crumbs.clone() },
        sensitivity: column.sensitivity.unwrap_or(head.sensitivity),
        constraints: head.constraints.into_iter().filter(|key| key.columns.contains(&name)).collect(),
        changes: changes
            .items
            .iter()
            .map(|change| view::change(change, &chrome.t, &href::column(id, column_id)))
            .collect(),
        same_name: same_name.iter().map(view::dataset_row).collect(),
        column: column_row(&column, &dataset.keys),
        lineage: Some(crate::lineage::of_column(&app, &member.caller, &asset, column_id, dataset.at).await?),
        at: dataset.at,
        may_edit: head.may_edit,
        chrome,
    };
    html(&member.visitor, &page)
}

/// What all tabs show.
pub(crate) fn head(member: &Member, dataset: &Dataset) -> DatasetHead {
    let resource = dataset.asset.resource();
    let may = |action| member.caller.may(action, &resource);
    DatasetHead {
        id: dataset.asset.public_id.to_string(),
        name: dataset.standing.name.clone(),
        kind: dataset.facts.kind,
        source_kind: cadastre_model::SourceKind::Postgresql,
        crumbs: view::crumbs(&dataset.standing.above, dataset.at),
        state: dataset.standing.state,
        display_names: view::texts(&dataset.texts, TextField::DisplayName),
        descriptions: view::texts(&dataset.texts, TextField::Description),
        owners: dataset.owners.iter().map(view::owner).collect(),
        domain: dataset.standing.domain.as_ref().map(view::place),
        sensitivity: dataset.standing.sensitivity,
        columns: dataset.columns,
        rows: dataset.facts.rows,
        bytes: dataset.facts.bytes,
        source_owner: dataset.facts.source_owner.clone(),
        crawled: dataset.facts.crawled,
        written: dataset.activity.written,
        reads: dataset.activity.reads,
        changed: dataset.changed,
        my_roles: dataset.my_roles.clone(),
        constraints: dataset.keys.iter().map(constraint).collect(),
        details: details(&dataset.facts.details),
        at: dataset.at,
        may_edit: dataset.at.is_none()
            && [Action::EditTexts, Action::EditOwners, Action::EditDomain, Action::SetSensitivity]
                .into_iter()
                .any(may),
        may_see_access: may(Action::SeeAccess),
        quality: dataset.quality,
        may_see_profile: may(Action::SeeProfile),
    }
}

fn constraint(key: &Key) -> Constraint {
    Constraint {
        kind: key.kind,
        name: key.name.clone(),
        columns: key.columns.clone(),
        // The database goes without saying: a key stays in it.
        refers_to: key.refers_to.as_ref().map(|(path, id)| {
            let name = path.iter().skip(path.len().saturating_sub(2)).map(String::as_str).collect::<Vec<_>>();
            (name.join("."), id.map(href::dataset))
        }),
        definition: key.definition.clone(),
    }
}

/// What the crawl noted and a page has words for.
fn details(details: &Value) -> Vec<(&'static str, String)> {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let partitioning = &details["partitioning"];
    let partitioned =
        || Some(format!("{} ({})", partitioning["strategy"].as_str()?, partitioning["key"].as_str()?));
    [
        ("dataset-partitioned", partitioned()),
        ("dataset-partitions", partitioning["count"].as_i64().map(cadastre_frontend::grouped)),
        ("dataset-persistence", (details["unlogged"] == true).then(|| "UNLOGGED".to_owned())),
        ("dataset-foreign-server", text(&details["foreign_server"])),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

fn column_row(column: &Column, keys: &[Key]) -> ColumnRow {
    let name = column.name();
    let mut kinds: Vec<ConstraintKind> =
        keys.iter().filter(|key| key.columns.contains(&name)).map(|key| key.kind).collect();
    kinds.dedup();
    ColumnRow {
        id: column.public_id.to_string(),
        path: column.path.clone(),
        type_written: column.type_written.clone(),
        kind: column.kind,
        nullable: column.nullable,
        default: column.default.clone().or_else(|| column.generated.clone()),
        keys: kinds,
        display_names: view::texts(&column.texts, TextField::DisplayName),
        descriptions: view::texts(&column.texts, TextField::Description),
        sensitivity: column.sensitivity,
    }
}
