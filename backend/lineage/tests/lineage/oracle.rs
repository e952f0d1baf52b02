//! The plain answer: rows filtered one by one, then breadth first over pairs.

use std::collections::{BTreeMap, BTreeSet};

use cadastre_lineage::{Direction, Edge, Level, NodeId};
use cadastre_model::AssetId;

use crate::made::JOBS;

/// The rows that are there for a reader.
pub(crate) fn there(rows: &[Edge], hidden: &[AssetId], confidence: u8) -> Vec<Edge> {
    let struck: Vec<&Edge> = rows.iter().filter(|row| row.struck).collect();
    let seen = |asset: Option<AssetId>| asset.is_none_or(|asset| !hidden.contains(&asset));
    let mut open = Vec::new();
    for row in rows.iter().filter(|row| !row.struck) {
        let ends = [row.source, row.target].map(|end| end.map(|end| end.dataset));
        let whole = row.source.is_none() || row.target.is_none();
        let is_struck = struck.iter().any(|mark| {
            let same = match (mark.source, mark.target) {
                (Some(from), Some(to)) => ends == [Some(from.dataset), Some(to.dataset)],
                _ => {
                    ends == [mark.source.map(|end| end.dataset), mark.target.map(|end| end.dataset)]
                        && row.job == mark.job
                }
            };
            let columns = |edge: &Edge| [edge.source, edge.target].map(|end| end.and_then(|end| end.column));
            let all = columns(mark) == [None, None];
            same && (whole || all || columns(mark) == columns(row))
        });
        let visible = ends.into_iter().all(seen) && seen(row.job);
        if visible && !is_struck && row.confidence >= confidence {
            open.push(*row);
        }
    }
    open
}

/// The pairs at a level.
pub(crate) fn pairs(rows: &[Edge], level: Level) -> BTreeSet<(NodeId, NodeId)> {
    let mut pairs = BTreeSet::new();
    for row in rows {
        let (Some(from), Some(to)) = (row.source, row.target) else { continue };
        let column_edge = from.column.is_some() || to.column.is_some();
        let node = |end: cadastre_lineage::End| end.column.map_or(NodeId::Asset(end.dataset), NodeId::Column);
        match level {
            Level::Datasets if !column_edge => {
                pairs.insert((NodeId::Asset(from.dataset), NodeId::Asset(to.dataset)));
            }
            Level::Columns if column_edge || row.star => {
                pairs.insert((node(from), node(to)));
            }
            Level::Datasets | Level::Columns => {}
        }
    }
    pairs
}

/// What is next to a node: at a column, what is next to its dataset as a whole too.
pub(crate) fn next(
    pairs: &BTreeSet<(NodeId, NodeId)>,
    node: NodeId,
    direction: Direction,
) -> BTreeSet<NodeId> {
    let here = [Some(node), whole(node)];
    let far = pairs.iter().filter_map(|&(from, to)| {
        let (near, far) = if direction == Direction::Down { (from, to) } else { (to, from) };
        (here.contains(&Some(near)) && far != node).then_some(far)
    });
    far.collect()
}

fn whole(node: NodeId) -> Option<NodeId> {
    match node {
        NodeId::Column(column) => Some(NodeId::Asset(AssetId(column.0 / 100))),
        NodeId::Asset(_) => None,
    }
}

/// Hops of everything reached.
pub(crate) fn hops(
    pairs: &BTreeSet<(NodeId, NodeId)>,
    starts: &[NodeId],
    direction: Direction,
    depth: u32,
) -> BTreeMap<NodeId, u32> {
    let mut hops: BTreeMap<NodeId, u32> = starts.iter().map(|&node| (node, 0)).collect();
    let mut here: BTreeSet<NodeId> = starts.iter().copied().collect();
    for hop in 1..=depth {
        let found: BTreeSet<NodeId> = here
            .iter()
            .flat_map(|&node| next(pairs, node, direction))
            .filter(|node| !hops.contains_key(node))
            .collect();
        if found.is_empty() {
            break;
        }
        hops.extend(found.iter().map(|&node| (node, hop)));
        here = found;
    }
    hops
}

/// The columns of a dataset that have an edge among these, and itself as a whole if that has one.
pub(crate) fn columns_of(rows: &[Edge], dataset: AssetId) -> Vec<NodeId> {
    let all: BTreeSet<NodeId> =
        pairs(rows, Level::Columns).into_iter().flat_map(|(from, to)| [from, to]).collect();
    let of = |node: &NodeId| match *node {
        NodeId::Asset(asset) => asset == dataset,
        NodeId::Column(column) => column.0 / 100 == dataset.0,
    };
    all.into_iter().filter(of).collect()
}

pub(crate) fn is_job(asset: AssetId) -> bool {
    JOBS.contains(&asset.0)
}
