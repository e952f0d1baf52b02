//! The graph for programs: what the explorer shows, as JSON.

use super::hand_api::SideJson;
use super::show::affected::{self, Extent, Step, Table};
use super::show::around::{self, Around, Wanted};
use super::show::ground::Ground;
use super::show::labels::{ColumnLabel, Label, Labels};
use super::show::ways::{self, Ways};
use super::show::wish::Wish;
use crate::app::App;
use crate::catalog::moment;
use crate::error::{Failure, Result};
use crate::http::{ApiCaller, Id, Page, Paging, Params, public_id};
use axum::Json;
use axum::extract::{Path, State};
use cadastre_lineage::{Direction, Drawn, Hows, Jobs, Level, Link, Mark, NodeId, Port};
use cadastre_model::{AssetId, DatasetKind, How, Message, PublicId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(neighbourhood)).routes(routes!(reached)).routes(routes!(paths))
}

/// What is asked of the graph around a dataset.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// A column of the dataset: only what it comes from and goes into.
    column: Option<Uuid>,
    /// Hops up, 0 to 50; 1 unless said.
    #[param(minimum = 0, maximum = 50)]
    up: Option<u32>,
    /// Hops down, 0 to 50; 1 unless said.
    #[param(minimum = 0, maximum = 50)]
    down: Option<u32>,
    /// `datasets` or `columns`; `datasets` unless said or a column is asked for.
    level: Option<LevelJson>,
    /// Only datasets of this source.
    source: Option<Uuid>,
    /// Only datasets of this domain and below.
    domain: Option<Uuid>,
    /// Only datasets of this kind.
    #[param(value_type = Option<String>, example = "view")]
    kind: Option<DatasetKind>,
    /// Only datasets that nothing has written for 30 days, or only the others.
    stale: Option<bool>,
    /// Only edges that are at least so sure, in per cent.
    #[param(minimum = 0, maximum = 100)]
    confidence: Option<u8>,
    /// As of this instant.
    at: Option<String>,
    /// Compared with this earlier instant: what is new and gone is marked.
    diff: Option<String>,
}

/// Datasets, or their columns too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LevelJson {
    Datasets,
    Columns,
}

/// Hops that can be asked for.
const MOST_HOPS: u32 = 50;

impl Asked {
    fn wanted(self, app: &App, focus: PublicId) -> Result<Wanted> {
        let hops = |name: &str, hops: Option<u32>| match hops.unwrap_or(1) {
            hops if hops <= MOST_HOPS => Ok(hops),
            _ => Err(Failure::invalid(name, Message::new("error-hops").arg("most", MOST_HOPS))),
        };
        let instant = |text: &Option<String>| moment::read(text.as_deref(), chrono_tz::UTC, app.now());
        let is_columns = self.column.is_some() || self.level == Some(LevelJson::Columns);
        Ok(Wanted {
            column: self.column.map(PublicId),
            up: hops("up", self.up)?,
            down: hops("down", self.down)?,
            level: if is_columns { Level::Columns } else { Level::Datasets },
            jobs: Jobs::Folded,
            wish: Wish {
                source: self.source.map(PublicId),
                domain: self.domain.map(PublicId),
                kind: self.kind,
                stale: self.stale,
                confidence: self.confidence.unwrap_or(0),
            },
            at: instant(&self.at)?,
            diff: instant(&self.diff)?,
            ..Wanted::around(focus, None)
        })
    }
}

/// A dataset or job by its names.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NamedJson {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// What it lies in, from the outside, as far as you see it.
    path: Vec<String>,
    /// `live`, `referenced` (named by a job and crawled nowhere), `tombstoned` or `out_of_scope`.
    state: &'static str,
}

impl NamedJson {
    pub(super) fn of(label: &Label) -> Self {
        Self {
            id: label.named.public_id.0,
            name: label.named.name.clone(),
            path: label.named.path.clone(),
            state: label.state.as_str(),
        }
    }

    pub(super) fn all<'a>(labels: &Labels, ids: impl IntoIterator<Item = &'a AssetId>) -> Vec<Self> {
        ids.into_iter().filter_map(|id| labels.get(id)).map(Self::of).collect()
    }
}

/// A column by its name.
#[derive(Debug, Serialize, ToSchema)]
struct ColumnJson {
    /// Its id.
    id: Uuid,
    /// Its path with dots.
    name: String,
}

impl ColumnJson {
    fn of(label: &ColumnLabel) -> Self {
        Self { id: label.public_id.0, name: label.name.clone() }
    }
}

/// A dataset of the picture.
#[derive(Debug, Serialize, ToSchema)]
struct NodeJson {
    /// It.
    #[serde(flatten)]
    named: NamedJson,
    /// Hops from the focus: below 0 up, above 0 down.
    hop: i32,
    /// At the level of columns: those on a path.
    columns: Vec<ColumnJson>,
    /// Nothing has written it for 30 days.
    stale: bool,
    /// How many datasets it comes from that are not in the answer.
    more_up: usize,
    /// How many it leads to that are not in the answer.
    more_down: usize,
    /// `added` or `removed` between two instants.
    change: Option<&'static str>,
}

/// The edges from one place to another, as one.
#[derive(Debug, Serialize, ToSchema)]
struct LinkJson {
    /// The id of an edge among them.
    edge: Option<Uuid>,
    /// From this dataset.
    from: Uuid,
    /// To this dataset.
    to: Uuid,
    /// From this column; none: the dataset as a whole.
    from_column: Option<Uuid>,
    /// To this column.
    to_column: Option<Uuid>,
    /// How the data goes over: `identity`, `expression`, `filter` …
    how: Vec<&'static str>,
    /// How sure that is, in per cent.
    confidence: u8,
    /// A person drew it.
    by_hand: bool,
    /// It stands for columns that are not known yet.
    star: bool,
    /// The jobs that do it, as far as you see them.
    jobs: Vec<NamedJson>,
    /// `added` or `removed` between two instants.
    change: Option<&'static str>,
}

/// What is around a dataset.
#[derive(Debug, Serialize, ToSchema)]
struct NeighbourhoodJson {
    /// The datasets, the focus among them; 60 at most, those that reach farthest.
    nodes: Vec<NodeJson>,
    /// The edges between them.
    links: Vec<LinkJson>,
    /// How many datasets within the depth are left out; `reached` lists all.
    left_out: usize,
    /// The graph of another day was too large to be looked at whole: more may be there.
    cut: bool,
}

/// What lies around a dataset
///
/// The graph as the explorer draws it: at most 60 datasets, those first that reach farthest.
#[utoipa::path(get, path = "/datasets/{id}/lineage", operation_id = "lineage_around", tag = "lineage",
    params(("id" = Uuid, Path, description = "The dataset"), Asked), responses(
    (status = 200, body = NeighbourhoodJson),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn neighbourhood(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    Id(id): Id,
    Params(asked): Params<Asked>,
) -> Result<Json<NeighbourhoodJson>> {
    let wanted = asked.wanted(&app, id)?;
    let mut conn = app.db().web.acquire().await?;
    let mut subject = around::subject(&mut conn, &caller, &wanted).await?;
    let around = around::explore_of(&app, &mut conn, &caller, &wanted, &mut subject).await?;
    Ok(Json(picture(&around, &subject.ground)))
}

fn picture(around: &Around, ground: &Ground) -> NeighbourhoodJson {
    let shown = &around.picture.around;
    let mark = |marks: &[Mark], at: usize| marks.get(at).copied().and_then(Mark::as_str);
    let nodes = shown.nodes.iter().enumerate();
    let links = shown.links.iter().enumerate();
    NeighbourhoodJson {
        nodes: nodes.filter_map(|(at, one)| node(around, one, mark(&around.picture.nodes, at))).collect(),
        links: links.filter_map(|(at, one)| link(around, one, mark(&around.picture.links, at))).collect(),
        left_out: shown.left_out,
        cut: ground.is_cut(),
    }
}

fn node(around: &Around, one: &Drawn, change: Option<&'static str>) -> Option<NodeJson> {
    Some(NodeJson {
        named: NamedJson::of(around.labels.get(&one.asset)?),
        hop: one.hop,
        columns: one.columns.iter().filter_map(|id| around.columns.get(id)).map(ColumnJson::of).collect(),
        stale: around.stale.contains(&one.asset),
        more_up: one.up.count,
        more_down: one.down.count,
        change,
    })
}

fn link(around: &Around, one: &Link, change: Option<&'static str>) -> Option<LinkJson> {
    let end = |port: &Port| {
        let node = around.picture.around.nodes.get(port.node)?;
        let column = port.column.and_then(|id| around.columns.get(&id)).map(|label| label.public_id.0);
        Some((around.labels.get(&node.asset)?.named.public_id.0, column))
    };
    let ((from, from_column), (to, to_column)) = (end(&one.from)?, end(&one.to)?);
    Some(LinkJson {
        edge: one.edges.first().and_then(|id| around.edges.get(id)).map(|id| id.0),
        from,
        to,
        from_column,
        to_column,
        how: words(one.hows),
        confidence: one.confidence,
        by_hand: one.hand,
        star: one.star,
        jobs: NamedJson::all(&around.labels, &one.jobs),
        change,
    })
}

fn words(hows: Hows) -> Vec<&'static str> {
    hows.iter().map(How::as_str).collect()
}

/// Which way, and where the page begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ReachedParams {
    /// `down`, unless said: what is made from it, which is what is affected; `up`: what it is made from.
    direction: Option<SideJson>,
    /// A column of the dataset: only what it comes from or goes into.
    column: Option<Uuid>,
    /// So many hops at most, 1 to 50; all unless said.
    #[param(minimum = 1, maximum = 50)]
    depth: Option<u32>,
    /// As of this instant.
    at: Option<String>,
    /// Compared with this earlier instant.
    diff: Option<String>,
    /// From the `next` of the page before.
    cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A dataset that is reached, or one of its columns.
#[derive(Debug, Serialize, ToSchema)]
struct ReachedJson {
    /// How far, from 1.
    hop: u32,
    /// The dataset.
    dataset: NamedJson,
    /// The column, where one was asked for.
    column: Option<ColumnJson>,
    /// How the last step comes about.
    how: Vec<&'static str>,
    /// How sure it is, in per cent.
    confidence: u8,
    /// The jobs of the last step, as far as you see them.
    jobs: Vec<NamedJson>,
    /// What lies between on a shortest path, from the focus on.
    path: Vec<NamedJson>,
    /// Who answers for it.
    owners: Vec<String>,
    /// Nothing has written it for 30 days.
    stale: bool,
    /// `added` or `removed` between two instants.
    change: Option<&'static str>,
}

/// What a dataset or column is made from, or what is made from it
///
/// By hop, then by name; each with a shortest path to it.
#[utoipa::path(get, path = "/datasets/{id}/lineage/reached", operation_id = "lineage_reached", tag = "lineage",
    params(("id" = Uuid, Path, description = "The dataset"), ReachedParams), responses(
    (status = 200, body = Page<ReachedJson>),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn reached(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    Id(id): Id,
    Params(params): Params<ReachedParams>,
) -> Result<Json<Page<ReachedJson>>> {
    let direction = match params.direction {
        Some(SideJson::Up) => Direction::Up,
        Some(SideJson::Down) | None => Direction::Down,
    };
    let instant = |text: &Option<String>| moment::read(text.as_deref(), chrono_tz::UTC, app.now());
    let depth = params.depth.map_or(u32::MAX, |depth| depth.min(MOST_HOPS));
    let wanted = Wanted {
        column: params.column.map(PublicId),
        level: if params.column.is_some() { Level::Columns } else { Level::Datasets },
        up: depth,
        down: depth,
        diff: instant(&params.diff)?,
        ..Wanted::around(id, instant(&params.at)?)
    };
    let paging = Paging { cursor: params.cursor, limit: params.limit };
    let (size, from) = (paging.size()?, paging.after::<usize>(&app, "reached")?.unwrap_or(0));
    let size = usize::try_from(size).unwrap_or(1);
    let mut conn = app.db().web.acquire().await?;
    let subject = around::subject(&mut conn, &caller, &wanted).await?;
    let extent = Extent::From { row: from, most: size };
    let table = affected::table(&app, &mut conn, &caller, &wanted, &subject, direction, extent).await?;
    let items = table.steps.iter().filter_map(|step| row(&table, step)).collect();
    let next = from.saturating_add(size);
    Ok(Json(Page::from_place(items, (next < table.rows).then_some(next), &app, "reached")?))
}

fn row(table: &Table, step: &Step) -> Option<ReachedJson> {
    let owners = table.owned.get(&step.row.asset).into_iter().flatten();
    Some(ReachedJson {
        hop: step.row.hop,
        dataset: NamedJson::of(table.labels.get(&step.row.asset)?),
        column: step.row.column.as_ref().map(ColumnJson::of),
        how: words(step.hows),
        confidence: step.confidence,
        jobs: NamedJson::all(&table.labels, &step.jobs),
        path: NamedJson::all(&table.labels, &step.path),
        owners: owners.map(|owner| owner.name.clone()).collect(),
        stale: step.is_stale,
        change: step.mark.as_str(),
    })
}

/// Where a way leads.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct WaysParams {
    /// From this column of the first.
    column: Option<Uuid>,
    /// To this column of the second.
    to_column: Option<Uuid>,
    /// As of this instant.
    at: Option<String>,
}

/// A place on a way.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceJson {
    /// The dataset.
    dataset: NamedJson,
    /// The column; none: the dataset as a whole.
    column: Option<ColumnJson>,
}

/// An edge of a way, by the places in the list.
#[derive(Debug, Serialize, ToSchema)]
struct WayLinkJson {
    /// From this place, from 0.
    from: usize,
    /// To this place.
    to: usize,
    /// How the data goes over.
    how: Vec<&'static str>,
}

/// The ways from one dataset or column down to another.
#[derive(Debug, Serialize, ToSchema)]
struct WaysJson {
    /// A shortest one, with both ends; empty where there is none.
    shortest: Vec<PlaceJson>,
    /// All places that lie on some way, by hop.
    places: Vec<PlaceJson>,
    /// The edges between them.
    links: Vec<WayLinkJson>,
    /// How many places on longer ways are not listed.
    left_out: usize,
}

/// The ways from one dataset or column down to another
#[utoipa::path(get, path = "/datasets/{id}/lineage/ways/{other}", operation_id = "lineage_ways", tag = "lineage",
    params(("id" = Uuid, Path, description = "The dataset that the data comes from"),
    ("other" = Uuid, Path, description = "The dataset that it goes to"), WaysParams), responses(
    (status = 200, body = WaysJson),
    (status = 401, description = "No token in force"),
    (status = 404, description = "Not there, or not for you"),
    (status = 422, description = "A parameter is wrong"),
))]
async fn paths(
    State(app): State<App>,
    ApiCaller { caller, .. }: ApiCaller,
    Path((id, other)): Path<(String, String)>,
    Params(params): Params<WaysParams>,
) -> Result<Json<WaysJson>> {
    let (id, other) = (public_id(&id)?, public_id(&other)?);
    let at = moment::read(params.at.as_deref(), chrono_tz::UTC, app.now())?;
    let wanted = Wanted { column: params.column.map(PublicId), ..Wanted::around(id, at) };
    let to = (other, params.to_column.map(PublicId));
    let ways = ways::between(&app, &caller, &wanted, to).await?;
    let places = |nodes: &[NodeId]| nodes.iter().filter_map(|node| place(&ways, *node)).collect();
    let links = ways.routes.links.iter();
    Ok(Json(WaysJson {
        shortest: places(&ways.routes.shortest),
        places: places(&ways.routes.nodes),
        links: links.map(|&(from, to, hows)| WayLinkJson { from, to, how: words(hows) }).collect(),
        left_out: ways.routes.left_out,
    }))
}

fn place(ways: &Ways, node: NodeId) -> Option<PlaceJson> {
    let (dataset, column) = ways.place(node)?;
    Some(PlaceJson { dataset: NamedJson::of(ways.labels.get(&dataset)?), column: column.map(ColumnJson::of) })
}
