//! The explorer: what is around a dataset or one of its columns, as much of it as fits on a page.

use super::affected::standing;
use super::eyes::Eyes;
use super::ground::{Ground, Picture};
use super::labels::{self, ColumnLabel, ColumnLabels, Labels};
use super::wish::{Wish, Wished, dataset_kind};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::catalog::{dataset, visible};
use crate::error::{Failure, Result};
use crate::lineage::activity;
use cadastre_frontend::quality::Badge;
use cadastre_lineage::{Ask, Direction, Filter, ImpactAsk, Jobs, Level, Limits, Neighbourhood, NodeId};
use cadastre_model::{Action, AssetId, ColumnId, DatasetKind, EdgeId, PublicId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A box shows so many columns unless they are all opened, and then at most so many.
const COLUMNS: usize = 8;
const COLUMNS_OPENED: usize = 200;

/// What is opened at a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened {
    /// More of what lies up.
    Up,
    /// More of what lies down.
    Down,
    /// Its columns.
    Columns,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// The dataset in focus.
    pub focus: PublicId,
    /// The column in focus.
    pub column: Option<PublicId>,
    /// Hops up.
    pub up: u32,
    /// Hops down.
    pub down: u32,
    /// Datasets, or their columns too.
    pub level: Level,
    /// Jobs on edges or as boxes.
    pub jobs: Jobs,
    /// What is left out.
    pub wish: Wish,
    /// What is opened.
    pub expand: Vec<(PublicId, Opened)>,
    /// The part of a name that is looked for.
    pub find: String,
    /// The instant; none: now.
    pub at: Option<DateTime<Utc>>,
    /// The earlier instant that it is compared with.
    pub diff: Option<DateTime<Utc>>,
}

impl Wanted {
    /// One hop each way around a dataset.
    pub(crate) fn around(focus: PublicId, at: Option<DateTime<Utc>>) -> Self {
        Self {
            focus,
            column: None,
            up: 1,
            down: 1,
            level: Level::Datasets,
            jobs: Jobs::Folded,
            wish: Wish::default(),
            expand: Vec::new(),
            find: String::new(),
            at,
            diff: None,
        }
    }
}

/// What the question is about, found under the caller's scope.
pub(crate) struct Subject {
    pub(crate) focus: Asset,
    pub(crate) column: Option<ColumnLabel>,
    pub(crate) wished: Wished,
    pub(crate) ground: Ground,
    pub(crate) eyes: Eyes,
    pub(crate) expand: Vec<(AssetId, Opened)>,
}

/// The columns that a box shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct BoxColumns {
    /// In their order.
    pub shown: Vec<ColumnId>,
    /// How many more there are.
    pub more: i64,
}

/// What is around.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    /// The column in focus.
    pub column: Option<ColumnLabel>,
    /// Boxes and links.
    pub picture: Picture,
    /// Names of what is in it.
    pub labels: Labels,
    /// Names of the columns in it.
    pub columns: ColumnLabels,
    /// What the boxes show; empty at the level of datasets.
    pub boxes: HashMap<AssetId, BoxColumns>,
    /// The ids outside of the first row of each link.
    pub edges: HashMap<EdgeId, PublicId>,
    /// What nothing has written for long.
    pub stale: HashSet<AssetId>,
    /// How the rules of the datasets stand, today; of an earlier date nothing is said.
    pub quality: HashMap<AssetId, Badge>,
    /// How many of what is not drawn beside a box have the part of a name that is looked for.
    pub found: HashMap<(AssetId, Direction), i64>,
    /// How much can be drawn.
    pub limits: Limits,
}

impl Around {
    /// Whether nothing at all is known of the focus.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        let around = &self.picture.around;
        let bare =
            |node: usize| around.nodes.get(node).is_none_or(|node| node.up.count + node.down.count == 0);
        around.nodes.len() < 2 && around.links.is_empty() && around.focus.is_none_or(bare)
    }
}

/// Finds what is asked about.
///
/// # Errors
/// `Absent` where the caller sees no such dataset, or it has no such column.
pub(crate) async fn subject(conn: &mut PgConnection, caller: &Caller, wanted: &Wanted) -> Result<Subject> {
    let focus = dataset::find(conn, caller, wanted.focus).await?;
    let column = match wanted.column {
        None => None,
        Some(id) => {
            let column = labels::column_of(conn, focus.id, id, wanted.at).await?;
            Some(column.ok_or_else(Failure::absent)?)
        }
    };
    Ok(Subject {
        wished: wanted.wish.find(conn, caller).await?,
        ground: Ground::of(conn, focus.id, wanted.at, wanted.diff).await?,
        eyes: Eyes::of(caller.scope(Action::See)?),
        expand: opened(conn, &wanted.expand).await?,
        focus,
        column,
    })
}

async fn opened(conn: &mut PgConnection, expand: &[(PublicId, Opened)]) -> Result<Vec<(AssetId, Opened)>> {
    let ids: Vec<uuid::Uuid> = expand.iter().map(|(id, _)| id.0).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, uuid::Uuid)> =
        sqlx::query_as("select id, public_id from assets where public_id = any($1)")
            .bind(ids)
            .fetch_all(conn)
            .await?;
    let known: HashMap<uuid::Uuid, i64> = rows.into_iter().map(|(id, outside)| (outside, id)).collect();
    let found = expand.iter().filter_map(|(id, open)| Some((AssetId(*known.get(&id.0)?), *open)));
    Ok(found.collect())
}

impl Subject {
    /// What the walk begins at.
    pub(crate) fn start(&self) -> NodeId {
        self.column.as_ref().map_or(NodeId::Asset(self.focus.id), |column| NodeId::Column(column.id))
    }

    fn ask<'f>(&self, wanted: &Wanted, focus: NodeId, level: Level, filter: Filter<'f>) -> Ask<'f> {
        let expand = self.expand.iter().filter_map(|(id, open)| match open {
            Opened::Up => Some((*id, Direction::Up)),
            Opened::Down => Some((*id, Direction::Down)),
            Opened::Columns => None,
        });
        Ask {
            up: wanted.up,
            down: wanted.down,
            jobs: wanted.jobs,
            filter,
            expand: expand.collect(),
            ..Ask::around(focus, level)
        }
    }

    fn picture(&self, app: &App, wanted: &Wanted, eyes: &Eyes) -> Result<Picture> {
        let draw = |focus, level| {
            eyes.look(|sight| {
                self.wished
                    .filter(|filter| self.ground.picture(app, sight, &self.ask(wanted, focus, level, filter)))
            })
        };
        let picture = draw(self.start(), wanted.level)?;
        if picture.around.focus.is_some() {
            return Ok(picture);
        }
        // A column that no edge knows of, or a dataset without any of columns: what is around the dataset is shown.
        draw(NodeId::Asset(self.focus.id), Level::Datasets)
    }
}

/// What is around a dataset or a column.
///
/// # Errors
/// `Unavailable` while the graph is not current.
pub(crate) async fn explore_of(
    app: &App,
    conn: &mut PgConnection,
    caller: &Caller,
    wanted: &Wanted,
    subject: &mut Subject,
) -> Result<Around> {
    let mut eyes = subject.eyes.clone();
    let question = |eyes: &Eyes| subject.picture(app, wanted, eyes);
    let picture = eyes.sure(conn, question, |picture| assets(&picture.around)).await?;
    subject.eyes = eyes;
    let ids = assets(&picture.around);
    let labels = labels::of(conn, &subject.eyes.see, &ids, wanted.at, caller.language).await?;
    let (boxes, columns) = match wanted.level {
        Level::Datasets => (HashMap::new(), ColumnLabels::new()),
        Level::Columns => boxes(conn, subject, &picture.around, wanted.at).await?,
    };
    let firsts: Vec<EdgeId> =
        picture.around.links.iter().filter_map(|link| link.edges.first().copied()).collect();
    let edges = labels::of_edges(conn, &firsts).await?;
    let stale = activity::stale(conn, &ids, caller.now).await?;
    let quality = standing(conn, caller, wanted, labels.keys().copied()).await?;
    let found = found(app, conn, subject, &picture.around, &wanted.find).await?;
    let column = subject.column.clone();
    let limits = Limits::default();
    Ok(Around { column, picture, labels, columns, boxes, edges, stale, quality, found, limits })
}

/// Every asset of a picture, jobs too.
fn assets(around: &Neighbourhood) -> Vec<AssetId> {
    let nodes = around.nodes.iter().map(|node| node.asset);
    let jobs = around.links.iter().flat_map(|link| link.jobs.iter().copied());
    nodes.chain(jobs).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The columns that boxes show: those on a path first, then as many more of the focus as there is room for; all where they
/// were opened.
async fn boxes(
    conn: &mut PgConnection,
    subject: &Subject,
    around: &Neighbourhood,
    at: Option<DateTime<Utc>>,
) -> Result<(HashMap<AssetId, BoxColumns>, ColumnLabels)> {
    let datasets: Vec<AssetId> =
        around.nodes.iter().filter(|node| !node.job).map(|node| node.asset).collect();
    let totals = labels::count_columns(conn, &datasets, at).await?;
    let lit: BTreeSet<ColumnId> = around
        .nodes
        .iter()
        .flat_map(|node| node.columns.iter().copied())
        .chain(subject.column.iter().map(|column| column.id))
        .collect();
    let mut columns = labels::of_columns(conn, &lit.into_iter().collect::<Vec<_>>(), at).await?;
    let is_open = |id: AssetId| subject.expand.contains(&(id, Opened::Columns));
    let all: Vec<AssetId> = datasets.iter().copied().filter(|id| is_open(*id)).collect();
    let mut more = labels::first_columns(conn, &all, COLUMNS_OPENED as i64, at).await?;
    if !is_open(subject.focus.id) {
        more.extend(labels::first_columns(conn, &[subject.focus.id], COLUMNS as i64, at).await?);
    }
    let mut boxes = HashMap::new();
    for node in around.nodes.iter().filter(|node| !node.job) {
        let own = subject.column.iter().filter(|column| column.dataset == node.asset).map(|column| column.id);
        let lit: Vec<ColumnId> = node.columns.iter().copied().chain(own).collect();
        let beside = more.iter().filter(|column| column.dataset == node.asset);
        let room = if is_open(node.asset) { COLUMNS_OPENED } else { COLUMNS };
        let shown = shown(&lit, beside, &columns, room);
        let total = totals.get(&node.asset).copied().unwrap_or(0);
        let count = i64::try_from(shown.len()).unwrap_or(0);
        // Only a box of which a column is shown offers the others.
        let more = if shown.is_empty() && !is_open(node.asset) { 0 } else { (total - count).max(0) };
        boxes.insert(node.asset, BoxColumns { shown, more });
    }
    columns.extend(more.into_iter().map(|column| (column.id, column)));
    Ok((boxes, columns))
}

/// As many as there is room for, those on a path before others; in the order of the dataset.
fn shown<'c>(
    lit: &[ColumnId],
    beside: impl Iterator<Item = &'c ColumnLabel>,
    columns: &ColumnLabels,
    room: usize,
) -> Vec<ColumnId> {
    let mut lit: Vec<(i32, ColumnId)> =
        lit.iter().filter_map(|id| Some((columns.get(id)?.ordinal, *id))).collect();
    lit.sort_unstable();
    lit.dedup();
    // All that lie on the path of one column are shown, however many; a wide box is cut.
    lit.truncate(room.max(COLUMNS * 3));
    let more = beside.map(|column| (column.ordinal, column.id));
    let more: Vec<_> = more.filter(|column| !lit.contains(column)).collect();
    let free = room.saturating_sub(lit.len());
    lit.extend(more.into_iter().take(free));
    lit.sort_unstable();
    lit.into_iter().map(|(_, id)| id).collect()
}

/// Of what is not drawn beside each box: how many have the part of a name.
async fn found(
    app: &App,
    conn: &mut PgConnection,
    subject: &Subject,
    around: &Neighbourhood,
    part: &str,
) -> Result<HashMap<(AssetId, Direction), i64>> {
    let mut found = HashMap::new();
    if part.trim().is_empty() {
        return Ok(found);
    }
    let drawn: HashSet<AssetId> = around.nodes.iter().map(|node| node.asset).collect();
    for node in &around.nodes {
        for (direction, more) in [(Direction::Up, node.up), (Direction::Down, node.down)] {
            if more.count == 0 {
                continue;
            }
            let beside = subject.beside(app, node.asset, direction)?;
            let hidden: Vec<AssetId> = beside.into_iter().filter(|id| !drawn.contains(id)).collect();
            let seen = visible::of(conn, &subject.eyes.see, hidden).await?;
            let seen: Vec<AssetId> = seen.into_iter().collect();
            let count = labels::count_named(conn, &seen, part.trim()).await?;
            found.insert((node.asset, direction), count);
        }
    }
    Ok(found)
}

impl Subject {
    /// The datasets one hop from another.
    pub(crate) fn beside(&self, app: &App, asset: AssetId, direction: Direction) -> Result<Vec<AssetId>> {
        let whole = ImpactAsk::whole(NodeId::Asset(asset), direction, Level::Datasets);
        let reached = self.eyes.look(|sight| {
            self.wished.filter(|filter| {
                let ask = ImpactAsk { depth: Some(1), from: whole.from.clone(), filter, ..whole };
                self.ground.ask(app, |graph| graph.impact(sight, &ask))
            })
        })?;
        Ok(reached.reached.into_iter().filter(|one| one.hop == 1).map(|one| one.asset).collect())
    }
}

/// What filters offer: what there is around the focus.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values {
    /// Sources and domains by id and name, in the order of names.
    pub sources: Vec<(PublicId, String)>,
    /// Domains.
    pub domains: Vec<(PublicId, String)>,
    /// Kinds.
    pub kinds: Vec<DatasetKind>,
}

/// How far and how much is looked at for the values of filters.
const VALUES_DEPTH: u32 = 3;
const VALUES_FROM: usize = 2_000;

pub(crate) async fn values(
    app: &App,
    conn: &mut PgConnection,
    caller: &Caller,
    subject: &Subject,
) -> Result<Values> {
    let (mut around, mut kinds) = (BTreeSet::new(), Vec::new());
    for direction in Direction::BOTH {
        let start = NodeId::Asset(subject.focus.id);
        let ask =
            ImpactAsk { depth: Some(VALUES_DEPTH), ..ImpactAsk::whole(start, direction, Level::Datasets) };
        let reached =
            subject.eyes.look(|sight| subject.ground.ask(app, |graph| graph.impact(sight, &ask)))?;
        for one in reached.reached.iter().take(VALUES_FROM) {
            let Some(facts) = subject.ground.facts(app, one.asset)? else { continue };
            around.extend(facts.source.into_iter().chain(facts.domain));
            kinds.extend(dataset_kind(facts.kind).filter(|kind| !kinds.contains(kind)));
        }
    }
    let seen: Vec<AssetId> = visible::of(conn, &subject.eyes.see, around).await?.into_iter().collect();
    let labels = labels::of(conn, &subject.eyes.see, &seen, None, caller.language).await?;
    let mut named: Vec<(String, PublicId, bool)> = labels
        .into_values()
        .map(|label| {
            let is_domain = label.named.kind == cadastre_model::AssetKind::Domain;
            (label.named.display_name.unwrap_or(label.named.name), label.named.public_id, is_domain)
        })
        .collect();
    named.sort();
    let of = |domain: bool| {
        named.iter().filter(move |one| one.2 == domain).map(|one| (one.1, one.0.clone())).collect()
    };
    kinds.sort_by_key(|kind| kind.as_str());
    Ok(Values { sources: of(false), domains: of(true), kinds })
}
