//! What a dataset or a column affects, and what it comes from: by hop, as the panel beside the graph has it, as tables, and
//! whole for a file.

use super::around::{Opened, Subject, Wanted};
use super::labels::{self, ColumnLabel, ColumnLabels, Labels};
use super::order;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::catalog::owners::{self, Subject as Owner};
use crate::error::Result;
use crate::lineage::activity;
use crate::quality;
use cadastre_frontend::quality::Badge;
use cadastre_lineage::{
    Affected, Direction, Hows, Impact, ImpactAsk, Jobs, Level, Mark, NodeId, Reach, Sight,
};
use cadastre_model::{AssetId, ColumnId, PublicId};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

/// A hop of the panel lists so many, and looks for them among so many.
const LISTED: usize = 6;
const WEIGHED: usize = 64;

/// One that is affected, with its names.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// How far, from 1.
    pub hop: u32,
    /// The dataset.
    pub asset: AssetId,
    /// Its column, at the level of columns.
    pub column: Option<ColumnLabel>,
}

/// One distance of the panel.
#[derive(Debug, Clone)]
pub(crate) struct Hop {
    /// How far down, from 1.
    pub hop: u32,
    /// How many there are.
    pub count: usize,
    /// The first of them, those that reach farthest.
    pub rows: Vec<Row>,
}

/// What the focus affects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Effect {
    /// How many datasets, over all hops.
    pub datasets: usize,
    /// How many people and teams own them.
    pub owners: i64,
    /// By hop, the nearest first.
    pub hops: Vec<Hop>,
    /// Names of those that are listed.
    pub labels: Labels,
    /// Who answers for them.
    pub owned: HashMap<AssetId, Vec<Owner>>,
    /// How their rules stand, today; of an earlier date nothing is said.
    pub quality: HashMap<AssetId, Badge>,
    /// How many datasets there are at each hop; for a column, columns.
    pub reach: Reach,
}

impl Subject {
    /// Everything that is reached from the focus in a direction, to a depth or whole.
    pub(crate) fn reached(
        &self,
        app: &App,
        level: Level,
        direction: Direction,
        depth: Option<u32>,
    ) -> Result<Impact> {
        self.ask_impact(level, direction, depth, |sight, ask| {
            self.ground.ask(app, |graph| graph.impact(sight, ask))
        })
    }

    /// The same of both days that are compared, with the day of each.
    fn reached_of_both(
        &self,
        app: &App,
        level: Level,
        direction: Direction,
        depth: Option<u32>,
    ) -> Result<(Impact, Vec<Mark>)> {
        let impact = self.reached(app, level, direction, depth)?;
        let Some(graph) = self.ground.before() else {
            let marks = vec![Mark::Kept; impact.reached.len()];
            return Ok((impact, marks));
        };
        let before = self.ask_impact(level, direction, depth, |sight, ask| graph.impact(sight, ask));
        Ok(impact.and_before(&before))
    }

    fn ask_impact<R>(
        &self,
        level: Level,
        direction: Direction,
        depth: Option<u32>,
        question: impl FnOnce(Sight<'_>, &ImpactAsk<'_>) -> R,
    ) -> R {
        let level = if self.column.is_some() { level } else { Level::Datasets };
        self.eyes.look(|sight| {
            self.wished.filter(|filter| {
                let from = vec![self.start()];
                question(sight, &ImpactAsk { from, direction, depth, level, jobs: Jobs::Folded, filter })
            })
        })
    }
}

/// What the focus affects, for the panel.
///
/// # Errors
/// When the database does not answer or the graph is not current.
pub(crate) async fn effect(
    app: &App,
    conn: &mut PgConnection,
    caller: &Caller,
    wanted: &Wanted,
    subject: &Subject,
) -> Result<Effect> {
    let impact = subject.reached(app, Level::Columns, Direction::Down, None)?;
    let mut hops: Vec<(u32, Vec<&Affected>)> = Vec::new();
    for one in others(&impact, subject.focus.id) {
        match hops.last_mut() {
            Some((hop, all)) if *hop == one.hop => all.push(one),
            _ => hops.push((one.hop, vec![one])),
        }
    }
    let datasets = each_once(others(&impact, subject.focus.id).map(|one| one.asset));
    let mut listed = Vec::new();
    for (hop, all) in &hops {
        listed.push((*hop, all.len(), farthest(app, subject, all)?));
    }
    let all: Vec<Affected> = listed.iter().flat_map(|(_, _, rows)| rows.iter().copied()).collect();
    let (labels, columns, owned) = names(conn, caller, wanted, subject, &all).await?;
    let row = |one: &Affected| row(one, &columns);
    let quality = standing(conn, caller, wanted, labels.keys().copied()).await?;
    Ok(Effect {
        quality,
        owners: owners::count(conn, &datasets, wanted.at).await?,
        datasets: datasets.len(),
        reach: Reach { by_hop: hops.iter().map(|(_, all)| all.len()).collect() },
        hops: listed
            .iter()
            .map(|(hop, count, rows)| Hop {
                hop: *hop,
                count: *count,
                rows: rows.iter().filter(|one| labels.contains_key(&one.asset)).map(row).collect(),
            })
            .collect(),
        labels,
        owned,
    })
}

/// How the rules of datasets that are seen stand, today; of an earlier date nothing is said.
pub(super) async fn standing(
    conn: &mut PgConnection,
    caller: &Caller,
    wanted: &Wanted,
    seen: impl Iterator<Item = AssetId>,
) -> Result<HashMap<AssetId, Badge>> {
    match wanted.at {
        None => quality::badges(conn, &seen.collect::<Vec<_>>(), caller.now).await,
        Some(_) => Ok(HashMap::new()),
    }
}

/// Each of these once, in order: walks give them nearly so, and a hundred thousand are put into no set.
fn each_once(ids: impl Iterator<Item = AssetId>) -> Vec<AssetId> {
    let mut ids: Vec<AssetId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What is reached apart from where the walk began; a circle leads back to it.
fn others(impact: &Impact, focus: AssetId) -> impl Iterator<Item = &Affected> {
    impact.reached.iter().filter(move |one| one.hop > 0 && one.asset != focus)
}

fn row(one: &Affected, columns: &ColumnLabels) -> Row {
    let column = match one.node {
        NodeId::Column(id) => columns.get(&id).cloned(),
        NodeId::Asset(_) => None,
    };
    Row { hop: one.hop, asset: one.asset, column }
}

/// How far and how much is looked at to say which of a hop reaches farthest.
const WEIGHED_WITHIN: (usize, usize) = (3, 500);

/// Those of a hop that reach farthest, of a large one among its first.
fn farthest(app: &App, subject: &Subject, all: &[&Affected]) -> Result<Vec<Affected>> {
    let first: Vec<AssetId> = all.iter().take(WEIGHED).map(|one| one.asset).collect();
    let reaches = subject.eyes.look(|sight| {
        subject.wished.filter(|filter| {
            subject
                .ground
                .ask(app, |graph| graph.reaches(sight, &first, Direction::Down, &filter, WEIGHED_WITHIN))
        })
    })?;
    let mut weighed: Vec<(f64, Affected)> =
        reaches.iter().map(Reach::score).zip(all.iter().map(|one| **one)).collect();
    weighed.sort_by(|one, other| other.0.total_cmp(&one.0));
    Ok(weighed.into_iter().take(LISTED).map(|(_, one)| one).collect())
}

/// The names and owners of what is listed; who may not be seen has none.
async fn names(
    conn: &mut PgConnection,
    caller: &Caller,
    wanted: &Wanted,
    subject: &Subject,
    all: &[Affected],
) -> Result<(Labels, ColumnLabels, HashMap<AssetId, Vec<Owner>>)> {
    let see = &subject.eyes.see;
    let assets = all.iter().map(|one| one.asset).collect::<BTreeSet<_>>();
    let seen: Vec<AssetId> = crate::catalog::visible::of(conn, see, assets).await?.into_iter().collect();
    let labels = labels::of(conn, see, &seen, wanted.at, caller.language).await?;
    let columns: Vec<ColumnId> = all.iter().filter_map(|one| column_of(one.node)).collect();
    let columns = labels::of_columns(conn, &columns, wanted.at).await?;
    let owned = owners::of_all(conn, &seen, wanted.at).await?;
    Ok((labels, columns, owned))
}

pub(super) const fn column_of(node: NodeId) -> Option<ColumnId> {
    match node {
        NodeId::Column(id) => Some(id),
        NodeId::Asset(_) => None,
    }
}

/// A row of a table, with the step that leads to it.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// What it is.
    pub row: Row,
    /// How the edge of the last step comes about.
    pub hows: Hows,
    /// How sure it is, and whether a person drew it.
    pub confidence: u8,
    /// A person drew it.
    pub hand: bool,
    /// The jobs of the last step that the reader sees.
    pub jobs: Vec<AssetId>,
    /// The id outside of an edge of it.
    pub edge: Option<PublicId>,
    /// What lies between on a shortest path, from the focus on.
    pub path: Vec<AssetId>,
    /// How many datasets lie behind it that the table has not.
    pub more: usize,
    /// Nothing has written it for long.
    pub is_stale: bool,
    /// Which of two days has it.
    pub mark: Mark,
}

/// One side as a table: a page of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// The rows.
    pub steps: Vec<Step>,
    /// How many datasets there are on this side.
    pub datasets: usize,
    /// How many rows there are.
    pub rows: usize,
    /// Names.
    pub labels: Labels,
    /// Who answers for them.
    pub owned: HashMap<AssetId, Vec<Owner>>,
}

/// A page of a table has so many rows.
pub(crate) const PAGE: usize = 100;

/// How much of a table is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// So many rows from one on, as far as the view is deep.
    From {
        /// The first row, from 0.
        row: usize,
        /// How many.
        most: usize,
    },
    /// Everything, however deep.
    Whole,
}

/// The rows of one side from a place on, by hop, then by name.
///
/// # Errors
/// When the database does not answer or the graph is not current.
pub(crate) async fn table(
    app: &App,
    conn: &mut PgConnection,
    caller: &Caller,
    wanted: &Wanted,
    subject: &Subject,
    direction: Direction,
    extent: Extent,
) -> Result<Table> {
    let depth = match (extent, direction) {
        (Extent::Whole, _) => None,
        (_, Direction::Up) => Some(wanted.up),
        (_, Direction::Down) => Some(wanted.down),
    };
    let (mut impact, mut marks) = subject.reached_of_both(app, wanted.level, direction, depth)?;
    expand(app, subject, direction, &mut impact)?;
    marks.resize(impact.reached.len(), Mark::Kept);
    let all: Vec<usize> = (0..impact.reached.len())
        .filter(|&at| impact.reached[at].hop > 0 && impact.reached[at].asset != subject.focus.id)
        .collect();
    let datasets = each_once(all.iter().map(|&at| impact.reached[at].asset));
    let page = order::page(conn, &impact, &all, extent).await?;
    let pairs_of = |removed: bool| {
        let page = page.iter().filter(|&&at| (marks[at] == Mark::Removed) == removed);
        page.filter_map(|&at| pair(&impact, at, direction)).collect::<Vec<_>>()
    };
    let mut steps = super::evidence::steps(conn, &subject.eyes.see, &pairs_of(false), wanted.at).await?;
    steps.extend(super::evidence::steps(conn, &subject.eyes.see, &pairs_of(true), wanted.diff).await?);
    let listed: Vec<AssetId> = page.iter().map(|&at| impact.reached[at].asset).collect();
    let stale = activity::stale(conn, &listed, caller.now).await?;
    let reached = each_once(impact.reached.iter().map(|one| one.asset));
    let mut ids: Vec<Affected> = page.iter().map(|&at| impact.reached[at]).collect();
    let mut table = Table { datasets: datasets.len(), rows: all.len(), ..Table::default() };
    for &at in &page {
        let between: Vec<Affected> = between(&impact, at, subject.focus.id);
        ids.extend(between.iter().copied());
        let edge = pair(&impact, at, direction).and_then(|pair| steps.get(&pair));
        let mut step = step(impact.reached[at], edge, between);
        step.is_stale = stale.contains(&step.row.asset);
        step.mark = marks[at];
        if extent != Extent::Whole && !impact.reached[at].end {
            let behind = subject.beside(app, step.row.asset, direction)?;
            step.more = behind.iter().filter(|id| reached.binary_search(id).is_err()).count();
        }
        table.steps.push(step);
    }
    ids.extend(table.steps.iter().flat_map(|step| &step.jobs).map(|job| of_job(*job)));
    let (labels, columns, owned) = names(conn, caller, wanted, subject, &ids).await?;
    table.steps.retain(|step| labels.contains_key(&step.row.asset));
    for (step, at) in
        table.steps.iter_mut().zip(page.iter().filter(|&&at| labels.contains_key(&impact.reached[at].asset)))
    {
        step.row = row(&impact.reached[*at], &columns);
    }
    (table.labels, table.owned) = (labels, owned);
    Ok(table)
}

const fn of_job(asset: AssetId) -> Affected {
    let node = NodeId::Asset(asset);
    Affected { node, asset, hop: 0, before: None, hows: Hows::ALL, end: true }
}

/// Puts what was opened behind a row at the end of the list.
fn expand(app: &App, subject: &Subject, direction: Direction, impact: &mut Impact) -> Result<()> {
    let side = if direction == Direction::Up { Opened::Up } else { Opened::Down };
    for (asset, _) in subject.expand.iter().filter(|(_, open)| *open == side) {
        let Some(at) = impact.reached.iter().position(|one| one.asset == *asset) else { continue };
        let hop = impact.reached[at].hop + 1;
        for next in subject.beside(app, *asset, direction)? {
            if impact.reached.iter().all(|one| one.asset != next) {
                let node = NodeId::Asset(next);
                let hows = Hows::default();
                impact.reached.push(Affected { node, asset: next, hop, before: Some(at), hows, end: false });
            }
        }
    }
    Ok(())
}

/// The ends of the last step to a row, as the data flows.
fn pair(impact: &Impact, at: usize, direction: Direction) -> Option<Pair> {
    let one = impact.reached.get(at)?;
    let before = impact.reached.get(one.before?)?;
    let (from, to) = match direction {
        Direction::Down => (before, one),
        Direction::Up => (one, before),
    };
    Some(((from.asset, column_of(from.node)), (to.asset, column_of(to.node))))
}

/// Two ends, each a dataset and perhaps its column.
pub(crate) type Pair = ((AssetId, Option<ColumnId>), (AssetId, Option<ColumnId>));

fn between(impact: &Impact, at: usize, focus: AssetId) -> Vec<Affected> {
    let path = impact.path(at);
    let inner = path.iter().filter(|&&step| step != at).filter_map(|&step| impact.reached.get(step));
    let mut between: Vec<Affected> = inner.filter(|one| one.asset != focus).copied().collect();
    between.dedup_by_key(|one| one.asset);
    between
}

fn step(one: Affected, edge: Option<&super::evidence::Between>, between: Vec<Affected>) -> Step {
    Step {
        row: Row { hop: one.hop, asset: one.asset, column: None },
        hows: edge.map_or(one.hows, |edge| edge.hows),
        confidence: edge.map_or(100, |edge| edge.confidence),
        hand: edge.is_some_and(|edge| edge.hand),
        jobs: edge.map(|edge| edge.jobs.clone()).unwrap_or_default(),
        edge: edge.map(|edge| edge.edge),
        path: between.into_iter().map(|one| one.asset).collect(),
        more: 0,
        is_stale: false,
        mark: Mark::Kept,
    }
}

/// Everything that the focus affects, however far: the rows of a file.
///
/// # Errors
/// As the explorer.
pub(crate) async fn impact(app: &App, caller: &Caller, wanted: &Wanted) -> Result<(Asset, Table)> {
    let mut conn = app.db().web.acquire().await?;
    let subject = super::around::subject(&mut conn, caller, wanted).await?;
    let table = table(app, &mut conn, caller, wanted, &subject, Direction::Down, Extent::Whole).await?;
    Ok((subject.focus, table))
}
