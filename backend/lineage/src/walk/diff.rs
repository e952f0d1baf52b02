//! Two days in one picture.

use cadastre_model::AssetId;

use super::{Ask, Impact, Link, Neighbourhood};
use crate::{Change, LineageGraph, NodeId, Sight};
use std::collections::HashMap;

/// Which of the two days has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// Both.
    Kept,
    /// Only the later.
    Added,
    /// Only the earlier.
    Removed,
}

impl Mark {
    /// Its word outside; none for what did not change.
    #[must_use]
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Kept => None,
            Self::Added => Some("added"),
            Self::Removed => Some("removed"),
        }
    }
}

/// A neighbourhood of both days together, with the day of each part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// What either day has. Limits are for both together, so that nothing looks removed because it was cut.
    pub both: Neighbourhood,
    /// One per node. The focus is kept; any other is where its links are.
    pub nodes: Vec<Mark>,
    /// One per link: by its ends, whatever rows or jobs stand for it.
    pub links: Vec<Mark>,
}

impl Impact {
    /// This list and what an earlier day had besides, with the day of each. What is only the earlier day's stands at the
    /// end, as far as it was then.
    #[must_use]
    pub fn and_before(mut self, before: &Self) -> (Self, Vec<Mark>) {
        let then: HashMap<NodeId, usize> =
            before.reached.iter().enumerate().map(|(at, one)| (one.node, at)).collect();
        let mut marks: Vec<Mark> =
            self.reached.iter().map(|one| mark(then.contains_key(&one.node), true)).collect();
        let mut place: HashMap<NodeId, usize> =
            self.reached.iter().enumerate().map(|(at, one)| (one.node, at)).collect();
        for one in &before.reached {
            if place.contains_key(&one.node) {
                continue;
            }
            let near = one.before.and_then(|at| before.reached.get(at)).map(|near| near.node);
            place.insert(one.node, self.reached.len());
            let before = near.and_then(|near| place.get(&near)).copied();
            self.reached.push(super::Affected { before, ..*one });
            marks.push(Mark::Removed);
        }
        self.restricted |= before.restricted;
        (self, marks)
    }
}

impl LineageGraph {
    /// Compares two small graphs, of an earlier and a later day, around one node. Facts of a node are the later day's
    /// where it has them; rights are the reader's of today for both.
    #[must_use]
    pub fn compare(before: &Self, after: &Self, sight: Sight<'_>, ask: &Ask<'_>) -> Compared {
        let mut union = Self::default();
        for graph in [before, after] {
            let nodes = graph.nodes().map(|(id, facts)| Change::Node(id, facts));
            for change in nodes.chain(graph.rows().map(Change::Opened)) {
                union.apply(&change);
            }
        }
        let both = union.neighbourhood(sight, ask);
        let links: Vec<Mark> =
            both.links.iter().map(|link| mark(has(before, link), has(after, link))).collect();
        let node = |node: usize| {
            let at = both
                .links
                .iter()
                .zip(&links)
                .filter(|(link, _)| link.from.node == node || link.to.node == node);
            let marks: Vec<Mark> = at.map(|(_, &mark)| mark).collect();
            let kept = both.focus == Some(node) || marks.is_empty();
            let any = |mark| marks.contains(&mark) || marks.contains(&Mark::Kept);
            if kept { Mark::Kept } else { mark(any(Mark::Removed), any(Mark::Added)) }
        };
        Compared { nodes: (0..both.nodes.len()).map(node).collect(), links, both }
    }
}

/// Whether a graph has one of the link's rows open and not struck out.
///
/// By ends: a row that was closed and another opened between the same ends make one link, whose rows both days share.
fn has(graph: &LineageGraph, link: &Link) -> bool {
    link.edges.iter().any(|&id| graph.is_open(id))
}

fn mark(before: bool, after: bool) -> Mark {
    match (before, after) {
        (true, false) => Mark::Removed,
        (false, true) => Mark::Added,
        _ => Mark::Kept,
    }
}

impl Compared {
    /// The mark of a node of the picture.
    #[must_use]
    pub fn mark_of(&self, asset: AssetId) -> Option<Mark> {
        self.nodes.get(self.both.find(asset)?).copied()
    }
}
