//! The tab of a dataset, and the section of a column's page.

use super::{draw, words};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::catalog::pages::{DatasetQuery, dataset_head, find_dataset, view};
use crate::error::Result;
use crate::http::{Id, Member, Params, html, page_with};
use crate::lineage::hand_pages::Again;
use crate::lineage::show::beside::{self, Beside, ColumnBeside, Near, Neighbour, Struck};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_frontend::Form;
use cadastre_frontend::lineage::Confidence;
use cadastre_frontend::lineage::column::{ColumnLineage, ColumnNeighbour};
use cadastre_frontend::lineage::tab::{LineagePage, Neighbour as Shown, StruckEdge};
use cadastre_model::PublicId;
use chrono::{DateTime, Utc};

/// GET /d/{id}/lineage
pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<DatasetQuery>,
) -> Result<Response> {
    html(&member.visitor, &page(&app, &member, id, &query, None).await?)
}

/// The tab again, with what was wrong with the form that draws an edge.
///
/// # Errors
/// `Absent` when the caller sees no such dataset.
pub(crate) async fn again(app: &App, member: &Member, id: PublicId, again: Again) -> Result<Response> {
    let page = page(app, member, id, &DatasetQuery::default(), Some(again)).await?;
    page_with(&member.visitor, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn page(
    app: &App,
    member: &Member,
    id: PublicId,
    query: &DatasetQuery,
    again: Option<Again>,
) -> Result<LineagePage> {
    let dataset = find_dataset(app, member, id, query).await?;
    let found = beside::of_dataset(app, &member.caller, id, dataset.at).await?;
    let again =
        again.unwrap_or_else(|| Again { form: Form::new("draw").with("side", "up"), candidates: Vec::new() });
    // Another day is looked at, not changed.
    let may_draw = dataset.at.is_none() && beside::may_draw(&member.caller, &dataset.asset);
    let side = |list: &[Neighbour]| list.iter().filter_map(|one| neighbour(&found, one, may_draw)).collect();
    Ok(LineagePage {
        up: side(&found.up),
        down: side(&found.down),
        totals: (words::count(found.totals.0), words::count(found.totals.1)),
        columns_known: found.columns_known,
        gaps: found.gaps.clone(),
        collectors: words::collectors(&found.collectors),
        struck: found.struck.iter().filter_map(|one| struck(&found, one, may_draw)).collect(),
        draw: may_draw.then_some(again.form),
        candidates: again.candidates,
        head: dataset_head(member, &dataset),
        chrome: member.chrome(app),
    })
}

fn neighbour(found: &Beside, one: &Neighbour, may_draw: bool) -> Option<Shown> {
    Some(Shown {
        edge: may_draw.then(|| one.edge.to_string()),
        link: Some(words::dataset(found.labels.get(&one.asset)?)),
        jobs: words::jobs(&found.labels, &one.jobs),
        hows: one.hows.clone(),
        columns: one.columns,
        makers: one.makers.clone(),
        confidence: Confidence(i64::from(one.confidence)),
        last_seen: Some(one.last_seen),
        note: one.note.clone(),
    })
}

fn struck(found: &Beside, one: &Struck, may_draw: bool) -> Option<StruckEdge> {
    let column = |id| found.columns.get(&id).map(words::column);
    Some(StruckEdge {
        edge: one.edge.to_string(),
        side: draw::side(one.direction),
        link: words::dataset(found.labels.get(&one.asset)?),
        columns: one.columns.and_then(|(from, to)| column(from).zip(column(to))),
        by: one.by.as_ref().map(view::subject),
        at: one.at,
        note: one.note.clone(),
        may_restore: may_draw,
    })
}

/// What a column's page says of its lineage.
///
/// # Errors
/// `Absent` where the caller sees no such column.
pub(crate) async fn of_column(
    app: &App,
    caller: &Caller,
    asset: &Asset,
    column: PublicId,
    at: Option<DateTime<Utc>>,
) -> Result<ColumnLineage> {
    let found = beside::of_column(app, caller, asset, column, at).await?;
    Ok(ColumnLineage {
        up: found.up.iter().filter_map(|one| near(&found, one)).collect(),
        down: found.down.iter().filter_map(|one| near(&found, one)).collect(),
        down_total: words::count(found.down_total),
        computed: found.computed.iter().filter_map(words::computed).collect(),
    })
}

fn near(found: &ColumnBeside, one: &Near) -> Option<ColumnNeighbour> {
    let between = one.between.as_ref();
    Some(ColumnNeighbour {
        link: Some(words::dataset(found.labels.get(&one.asset)?)),
        column: one.column.and_then(|id| found.columns.get(&id)).map(words::column),
        hows: between.map(|between| between.hows.iter().collect()).unwrap_or_default(),
        jobs: between.map(|between| words::jobs(&found.labels, &between.jobs)).unwrap_or_default(),
    })
}
