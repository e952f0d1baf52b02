//! From A to B.

use hashbrown::HashMap;

use super::eyes::{Eyes, Seen, node_of};
use super::impact::Tour;
use super::{Direction, Level};
use crate::{Filter, Hows, LineageGraph, NodeId, Sight};

/// The paths between two nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routes {
    /// A shortest path, both ends included; empty when there is none. Of several, the one whose nodes come first.
    pub shortest: Vec<NodeId>,
    /// All nodes that lie on some way from one to the other: by hop from the first, then by id.
    pub nodes: Vec<NodeId>,
    /// The edges between them, as indices, each pair once and in order, with their kinds.
    pub links: Vec<(usize, usize, Hows)>,
    /// How many nodes are not listed because more were found than asked for: those on the longest ways.
    pub left_out: usize,
}

impl LineageGraph {
    /// The ways from one node down to another, of at most so many hops and so many nodes. At column level, a dataset
    /// stands for its columns; a way to a column may end at its dataset as a whole.
    #[must_use]
    pub fn routes(
        &self,
        sight: Sight<'_>,
        (from, to): (NodeId, NodeId),
        level: Level,
        filter: &Filter<'_>,
        (hops, most): (u32, usize),
    ) -> Routes {
        let eyes = Eyes::new(self, sight, filter);
        let level = self.level_for(level, &[from, to]);
        let (starts, ends) = (eyes.find(level, from), targets(&eyes, level, to));
        let mut out = Tour::new(&eyes, level, Direction::Down);
        out.go(&starts, hops);
        let mut back = Tour::new(&eyes, level, Direction::Up);
        back.go(&ends, hops);
        let shortest = shortest(&out, level, &ends);
        let on_way = out.steps.iter().filter_map(|step| {
            let rest = back.step(step.at)?.hop;
            Some((step.hop + rest, step.hop, step.key, step.at)).filter(|&(length, ..)| length <= hops)
        });
        let mut nodes: Vec<_> = on_way.collect();
        nodes.sort_unstable();
        let left_out = nodes.len().saturating_sub(most);
        nodes.truncate(most);
        nodes.sort_unstable_by_key(|&(_, hop, key, _)| (hop, key));
        let places: Vec<u32> = nodes.iter().map(|&(.., at)| at).collect();
        Routes {
            shortest,
            nodes: nodes.iter().map(|&(_, _, key, _)| node_of(level, key)).collect(),
            links: links(&eyes, level, &places),
            left_out,
        }
    }
}

/// Where a way may end.
fn targets(eyes: &Eyes<'_>, level: Level, to: NodeId) -> Vec<u32> {
    let mut places = eyes.find(level, to);
    if let (Level::Columns, NodeId::Column(_), Some(&at)) = (level, to, places.first()) {
        let whole = eyes.columns_of(eyes.graph.owner(at)).into_iter();
        places.extend(whole.filter(|&at| eyes.graph.column_id(at).is_none()));
    }
    places
}

fn shortest(out: &Tour<'_, '_>, level: Level, ends: &[u32]) -> Vec<NodeId> {
    let reached = ends.iter().filter_map(|&at| out.step(at));
    let Some(last) = reached.min_by_key(|step| (step.hop, step.key)) else { return Vec::new() };
    let steps = std::iter::successors(Some(last), |step| out.steps.get(step.before as usize));
    let mut path: Vec<NodeId> = steps.map(|step| node_of(level, step.key)).collect();
    path.reverse();
    path
}

fn links(eyes: &Eyes<'_>, level: Level, places: &[u32]) -> Vec<(usize, usize, Hows)> {
    let of: HashMap<u32, usize> = places.iter().enumerate().map(|(index, &at)| (at, index)).collect();
    let mut links = std::collections::BTreeMap::<(usize, usize), Hows>::new();
    for (from, &at) in places.iter().enumerate() {
        eyes.each(level, at, Direction::Down, |found| {
            if let Some(&to) = of.get(&found.at).filter(|_| found.seen == Seen::Open) {
                links.entry((from, to)).or_default().insert(found.bond.how);
            }
        });
    }
    links.into_iter().map(|((from, to), hows)| (from, to, hows)).collect()
}
