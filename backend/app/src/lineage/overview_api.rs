//! The lineage of the whole register for programs.

use super::graph_api::NamedJson;
use super::show::overview::{self, Changed, Droppable, Overview, Unparsed};
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{ApiCaller, Page, Paging, Params};
use axum::Json;
use axum::extract::State;
use cadastre_frontend::lineage::overview::Listed;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(list))
}

/// How many datasets there are of a kind; `list` lists them.
#[derive(Debug, Serialize, ToSchema)]
struct CountJson {
    /// The word to list them by.
    which: &'static str,
    /// How many.
    datasets: usize,
}

/// A statement that was not understood.
#[derive(Debug, Serialize, ToSchema)]
struct StatementJson {
    /// Its job.
    job: NamedJson,
    /// Which statement, from 1.
    statement: i32,
    /// In which line, from 1.
    line: i32,
    /// At which character of the line, from 1.
    column: i32,
    /// `partly` or `failed`.
    understood: &'static str,
    /// Why; only for who sees all that the text names.
    reason: Option<String>,
}

/// A dataset that nothing seems to need.
#[derive(Debug, Serialize, ToSchema)]
struct DroppableJson {
    /// It.
    dataset: NamedJson,
    /// How often its source counted a scan of it; none where it does not count.
    reads: Option<i64>,
    /// Over so many days.
    days: Option<i64>,
    /// When its data was last written.
    written: Option<DateTime<Utc>>,
    /// Since when it is known.
    first_seen: DateTime<Utc>,
    /// Its size on disk, in bytes.
    bytes: Option<i64>,
    /// Who answers for it.
    owners: Vec<String>,
}

/// Edges between two datasets that came or went together.
#[derive(Debug, Serialize, ToSchema)]
struct ChangedJson {
    /// When.
    at: DateTime<Utc>,
    /// `added` or `removed`.
    change: &'static str,
    /// From where.
    from: NamedJson,
    /// To where.
    to: NamedJson,
    /// How many of their columns are meant.
    columns: i64,
    /// The job whose version did it.
    job: Option<NamedJson>,
    /// By which way it came to be known.
    maker: &'static str,
}

/// The lineage of the register, as far as you see it.
#[derive(Debug, Serialize, ToSchema)]
struct OverviewJson {
    /// Datasets that are there.
    datasets: usize,
    /// Those with an edge.
    with_lineage: usize,
    /// Those with edges of columns.
    with_columns: usize,
    /// Why the others have none.
    gaps: Vec<CountJson>,
    /// Where data begins and ends, and what goes in circles.
    ends: Vec<CountJson>,
    /// Statements that were not understood, of jobs that you may change; the newest ten.
    statements: Vec<StatementJson>,
    /// How many there are of them.
    statements_total: i64,
    /// What nothing seems to need: no edge leads on from it, and its source counted no scan. The ten largest.
    droppable: Vec<DroppableJson>,
    /// What came and went in the last 14 days, the newest twenty.
    changes: Vec<ChangedJson>,
}

/// The lineage of the register: coverage, gaps, what was not understood, what could be dropped, what changed
#[utoipa::path(get, path = "/lineage", operation_id = "lineage_overview", tag = "lineage", responses(
    (status = 200, body = OverviewJson),
    (status = 401, description = "No token in force"),
))]
async fn show(State(app): State<App>, ApiCaller { caller, .. }: ApiCaller) -> Result<Json<OverviewJson>> {
    let found = overview::of(&app, &caller, "", None, (0, 0)).await?;
    let count = |which, datasets: &usize| CountJson { which, datasets: *datasets };
    let covered = &found.covered;
    Ok(Json(OverviewJson {
        datasets: covered.datasets,
        with_lineage: covered.with_edges,
        with_columns: covered.with_columns,
        gaps: covered.gaps.iter().map(|(gap, n)| count(gap.as_str(), n)).collect(),
        ends: covered.ends.iter().map(|(ends, n)| count(ends.as_str(), n)).collect(),
        statements: found.unparsed.iter().filter_map(|one| statement(&found, one)).collect(),
        statements_total: found.unparsed_total,
        droppable: found.droppable.iter().filter_map(|one| droppable(&found, one)).collect(),
        changes: found.changes.iter().filter_map(|one| changed(&found, one)).collect(),
    }))
}

fn statement(found: &Overview, one: &Unparsed) -> Option<StatementJson> {
    Some(StatementJson {
        job: NamedJson::of(found.labels.get(&one.job)?),
        statement: one.statement,
        line: one.place.0,
        column: one.place.1,
        understood: one.understood.as_str(),
        reason: one.text.as_ref().map(|(reason, _)| reason.clone()),
    })
}

fn droppable(found: &Overview, one: &Droppable) -> Option<DroppableJson> {
    let owners = found.owned.get(&one.asset).into_iter().flatten();
    Some(DroppableJson {
        dataset: NamedJson::of(found.labels.get(&one.asset)?),
        reads: one.activity.reads.map(|(times, _)| times),
        days: one.activity.reads.map(|(_, days)| days),
        written: one.activity.written,
        first_seen: one.first_seen,
        bytes: one.bytes,
        owners: owners.map(|owner| owner.name.clone()).collect(),
    })
}

fn changed(found: &Overview, one: &Changed) -> Option<ChangedJson> {
    let named = |id| found.labels.get(&id).map(NamedJson::of);
    Some(ChangedJson {
        at: one.at,
        change: if one.added { "added" } else { "removed" },
        from: named(one.from)?,
        to: named(one.to)?,
        columns: one.columns,
        job: one.job.and_then(named),
        maker: one.maker.as_str(),
    })
}

/// Which datasets.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// `roots` (unless said), `leaves`, `circles`, or a reason to have no lineage: `no_job`, `not_parsed`, `no_definition`, `no_columns`,
    /// `star_only`, `not_crawled`.
    #[param(example = "roots")]
    which: Option<String>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// The datasets where data begins or ends, that go in circles, or that have no lineage for a reason
#[utoipa::path(get, path = "/lineage/datasets", operation_id = "lineage_datasets", tag = "lineage", params(ListParams), responses(
    (status = 200, body = Page<NamedJson>),
    (status = 401, description = "No token in force"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn list(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    Params(params): Params<ListParams>,
) -> Result<Json<Page<NamedJson>>> {
    let which = Listed::of_word(params.which.as_deref().unwrap_or("roots"))
        .ok_or_else(|| Failure::invalid("which", "error-lineage-list"))?;
    let paging = Paging { cursor: params.cursor, limit: params.limit };
    let size = usize::try_from(paging.size()?).unwrap_or(1);
    let from = paging.after::<usize>(&app, "lineage.datasets")?.unwrap_or(0);
    let (covered, labels) = overview::listed(&app, &caller, which, (from, size)).await?;
    let next = from.saturating_add(size);
    let items = NamedJson::all(&labels, &covered.listed);
    Ok(Json(Page::from_place(items, (next < covered.of_chosen).then_some(next), &app, "lineage.datasets")?))
}
