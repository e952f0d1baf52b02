//! Lists as CSV, for who reads them elsewhere. What is exported is noted in the audit trail.

use crate::app::App;
use crate::audit::{self, Event};
use crate::catalog::csv;
use crate::catalog::dataset::{self, ColumnsOf};
use crate::catalog::moment;
use crate::catalog::search::{Filters, Sort};
use crate::error::Result;
use crate::http::{Id, Member, Params};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Query {
    at: Option<String>,
}

/// GET /d/{id}/columns.csv
pub(super) async fn columns(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let at = moment::read(query.at.as_deref(), member.visitor.zone, app.now())?;
    let of = ColumnsOf { dataset: id, part: "", at };
    let (asset, columns) = dataset::all_columns(&app, &member.caller, of).await?;
    let event = Event::new("export.columns").by(member.person.id).at(&member.visitor).about(asset.id);
    audit::note(&app, &event.with("rows", columns.len())).await?;
    Ok(csv::answer("columns.csv", &csv::columns(&columns)))
}

#[derive(Debug, Deserialize)]
pub(super) struct Order {
    sort: Option<Sort>,
}

/// GET /search.csv
pub(super) async fn search(
    State(app): State<App>,
    member: Member,
    Params(filters): Params<Filters>,
    Params(order): Params<Order>,
) -> Result<Response> {
    let (text, rows) = csv::search(&app, &member.caller, &filters, order.sort.unwrap_or_default()).await?;
    let event = Event::new("export.search").by(member.person.id).at(&member.visitor).with("rows", rows);
    audit::note(&app, &event).await?;
    Ok(csv::answer("datasets.csv", &text))
}
