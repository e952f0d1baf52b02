//! On which graph a question is asked: the one in memory, or a small one of another day, built from the rows that were
//! valid then around the focus, hop by hop.

use crate::app::App;
use crate::error::Result;
use crate::lineage::model::{EdgeRow, NodeRow, edge_columns, node_columns};
use cadastre_lineage::{Ask, Change, Compared, Facts, LineageGraph, Mark, Neighbourhood, Sight};
use cadastre_model::AssetId;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashSet};

/// A graph of another day goes so far, and is never larger than so many datasets.
const MOST_HOPS: usize = 12;
const MOST_DATASETS: usize = 5_000;
const MOST_EDGES: i64 = 50_000;

/// The graph of a question.
#[derive(Debug)]
pub(crate) enum Ground {
    /// As it is.
    Now,
    /// As it was.
    Then(Box<Day>),
    /// As it was at an earlier day, and at the later one that is looked at.
    Both(Box<Day>, Box<Day>),
}

/// The graph of a day around a dataset.
#[derive(Debug)]
pub(crate) struct Day {
    graph: LineageGraph,
    /// It was larger than is looked at: farther away there may be more.
    is_cut: bool,
}

/// What is around a node, perhaps of two days.
#[derive(Debug, Clone, Default)]
pub(crate) struct Picture {
    /// Boxes and links.
    pub around: Neighbourhood,
    /// Which of the two days has each box; empty when days are not compared.
    pub nodes: Vec<Mark>,
    /// Which of the two days has each link.
    pub links: Vec<Mark>,
}

impl Ground {
    /// The graph of an instant, or of two, around a dataset.
    pub(crate) async fn of(
        conn: &mut PgConnection,
        focus: AssetId,
        at: Option<DateTime<Utc>>,
        against: Option<DateTime<Utc>>,
    ) -> Result<Self> {
        Ok(match (at, against) {
            (None, None) => Self::Now,
            (Some(_), None) => Self::Then(Box::new(around(conn, focus, at).await?)),
            (_, Some(_)) => {
                let before = around(conn, focus, against).await?;
                Self::Both(Box::new(before), Box::new(around(conn, focus, at).await?))
            }
        })
    }

    /// Asks; of two days the later.
    pub(crate) fn ask<R>(&self, app: &App, question: impl FnOnce(&LineageGraph) -> R) -> Result<R> {
        match self {
            Self::Now => app.lineage().ask(question),
            Self::Then(day) | Self::Both(_, day) => Ok(question(&day.graph)),
        }
    }

    /// What is around a node.
    pub(crate) fn picture(&self, app: &App, sight: Sight<'_>, ask: &Ask<'_>) -> Result<Picture> {
        if let Self::Both(before, after) = self {
            let Compared { both, nodes, links } =
                LineageGraph::compare(&before.graph, &after.graph, sight, ask);
            return Ok(Picture { around: both, nodes, links });
        }
        let around = self.ask(app, |graph| graph.neighbourhood(sight, ask))?;
        Ok(Picture { around, ..Picture::default() })
    }

    /// Of two days the earlier.
    pub(crate) fn before(&self) -> Option<&LineageGraph> {
        match self {
            Self::Both(before, _) => Some(&before.graph),
            Self::Now | Self::Then(_) => None,
        }
    }

    /// What a dataset or job was then.
    pub(crate) fn facts(&self, app: &App, asset: AssetId) -> Result<Option<Facts>> {
        let facts = self.ask(app, |graph| graph.facts(asset))?;
        Ok(facts.or_else(|| self.before().and_then(|before| before.facts(asset))))
    }

    /// Whether the graph of another day was too large to be looked at whole.
    pub(crate) fn is_cut(&self) -> bool {
        match self {
            Self::Now => false,
            Self::Then(day) => day.is_cut,
            Self::Both(before, after) => before.is_cut || after.is_cut,
        }
    }
}

/// The graph that was around a dataset, both ways.
async fn around(conn: &mut PgConnection, focus: AssetId, at: Option<DateTime<Utc>>) -> Result<Day> {
    let mut is_cut = false;
    let mut changes = Vec::new();
    let mut assets = BTreeSet::from([focus.0]);
    let mut rows = HashSet::new();
    for down in [true, false] {
        let mut met = HashSet::from([focus.0]);
        let mut here = vec![focus.0];
        for hop in 0.. {
            if here.is_empty() {
                break;
            }
            if hop == MOST_HOPS || met.len() > MOST_DATASETS {
                is_cut = true;
                break;
            }
            let mut next = BTreeSet::new();
            let found = edges(conn, &here, down, at).await?;
            is_cut |= i64::try_from(found.len()).unwrap_or(i64::MAX) == MOST_EDGES;
            for row in found {
                let edge = row.edge()?;
                let far = if down { edge.target } else { edge.source };
                next.extend(far.map(|end| end.dataset.0).filter(|id| met.insert(*id)));
                let ends = [edge.source, edge.target].into_iter().flatten().map(|end| end.dataset);
                assets.extend(ends.chain(edge.job).map(|id| id.0));
                if rows.insert(edge.id) {
                    changes.push(Change::Opened(edge));
                }
            }
            here = next.into_iter().collect();
        }
    }
    let assets: Vec<i64> = assets.into_iter().collect();
    let mut graph = LineageGraph::build(std::iter::empty(), std::iter::empty());
    for node in nodes(conn, &assets).await? {
        graph.apply(&node.change()?);
    }
    for change in &changes {
        graph.apply(change);
    }
    Ok(Day { graph, is_cut })
}

const DOWN: &str = concat!(
    "select ",
    edge_columns!(),
    " from lineage_edges e where e.from_id = any($1) and holds(e.valid_from, e.valid_to, $2) order by e.id limit $3"
);
const UP: &str = concat!(
    "select ",
    edge_columns!(),
    " from lineage_edges e where e.to_id = any($1) and holds(e.valid_from, e.valid_to, $2) order by e.id limit $3"
);
const NODES: &str = concat!("select ", node_columns!(), " from assets a where a.id = any($1)");

/// The edges that were valid on one side of some datasets.
async fn edges(
    conn: &mut PgConnection,
    at: &[i64],
    down: bool,
    instant: Option<DateTime<Utc>>,
) -> Result<Vec<EdgeRow>> {
    let sql = if down { DOWN } else { UP };
    Ok(sqlx::query_as(sql).bind(at).bind(instant).bind(MOST_EDGES).fetch_all(conn).await?)
}

async fn nodes(conn: &mut PgConnection, ids: &[i64]) -> Result<Vec<NodeRow>> {
    Ok(sqlx::query_as(NODES).bind(ids).fetch_all(conn).await?)
}
