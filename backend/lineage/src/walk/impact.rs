//! Everything that is reached, whole or to a depth, with the shortest path to each: the impact list and its CSV.

use std::collections::BTreeMap;

use cadastre_model::AssetId;

use super::eyes::{Eyes, Seen, node_of};
use super::marks::Marks;
use super::{Direction, Jobs, Level};
use crate::edge::NONE;
use crate::{Filter, Hows, LineageGraph, NodeId, Sight};

/// What to list.
#[derive(Debug, Clone)]
pub struct ImpactAsk<'a> {
    /// Where it begins. At column level a dataset stands for all its columns. A job is walked at dataset level.
    pub from: Vec<NodeId>,
    /// Which way.
    pub direction: Direction,
    /// How many hops at most; nothing for all.
    pub depth: Option<u32>,
    /// Datasets or columns.
    pub level: Level,
    /// Whether jobs are listed too.
    pub jobs: Jobs,
    /// What is left out.
    pub filter: Filter<'a>,
}

impl ImpactAsk<'_> {
    /// Everything of one direction, jobs folded.
    #[must_use]
    pub fn whole(from: NodeId, direction: Direction, level: Level) -> Self {
        let filter = Filter::default();
        Self { from: vec![from], direction, depth: None, level, jobs: Jobs::Folded, filter }
    }
}

/// One that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Affected {
    /// It. At column level a dataset stands for itself as a whole.
    pub node: NodeId,
    /// Its dataset; itself when it is a dataset or a job.
    pub asset: AssetId,
    /// How many hops away; 0 for where the walk begins. A job is as far as what it leads to.
    pub hop: u32,
    /// The one before it on a shortest path, as an index into the list: of those, the one that stands first.
    pub before: Option<usize>,
    /// How the edges from there lead here.
    pub hows: Hows,
    /// Nothing further is there in this direction.
    pub end: bool,
}

/// What is reached: by hop, then by id. Where the walk begins comes first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Impact {
    /// The list.
    pub reached: Vec<Affected>,
    /// Something leads on to what may only be known to exist.
    pub restricted: bool,
}

impl Impact {
    /// A shortest path, from where the walk began to the one at an index; as indices.
    #[must_use]
    pub fn path(&self, index: usize) -> Vec<usize> {
        let steps = std::iter::successors(Some(index), |&at| self.reached.get(at).and_then(|one| one.before));
        let mut path: Vec<usize> = steps.collect();
        path.reverse();
        path
    }

    /// Those of at least one hop that lead nowhere further: the roots of a walk up, the leaves of a walk down.
    pub fn ends(&self) -> impl Iterator<Item = &Affected> {
        self.reached.iter().filter(|one| one.end && one.hop > 0)
    }
}

/// One place of a walk. `before` is an index among the steps.
pub(crate) struct Step {
    pub(crate) key: i64,
    pub(crate) at: u32,
    pub(crate) hop: u32,
    pub(crate) before: u32,
    pub(crate) hows: Hows,
    pub(crate) end: bool,
}

impl LineageGraph {
    /// Lists what is reached. Nothing when the reader sees none of where it begins.
    #[must_use]
    pub fn impact(&self, sight: Sight<'_>, ask: &ImpactAsk<'_>) -> Impact {
        let eyes = Eyes::new(self, sight, &ask.filter);
        let level = self.level_for(ask.level, &ask.from);
        let starts: Vec<u32> = ask.from.iter().flat_map(|&node| eyes.find(level, node)).collect();
        let mut tour = Tour::new(&eyes, level, ask.direction);
        tour.go(&starts, ask.depth.unwrap_or(u32::MAX));
        let mut reached: Vec<Affected> = tour.steps.iter().map(|step| affected(&eyes, level, step)).collect();
        if ask.jobs == Jobs::Shown {
            add_jobs(&mut reached, &tour.jobs(ask.depth.unwrap_or(u32::MAX)));
        }
        Impact { reached, restricted: tour.restricted }
    }

    /// A job has no columns: a walk that begins at one goes from dataset to dataset.
    pub(crate) fn level_for(&self, level: Level, from: &[NodeId]) -> Level {
        let is_job = |node: &NodeId| match node {
            NodeId::Asset(asset) => self.assets.find(asset.0).is_some_and(|place| self.is_job(place)),
            NodeId::Column(_) => false,
        };
        if from.iter().any(is_job) { Level::Datasets } else { level }
    }
}

fn affected(eyes: &Eyes<'_>, level: Level, step: &Step) -> Affected {
    Affected {
        node: node_of(level, step.key),
        asset: eyes.id_at(level, step.at),
        hop: step.hop,
        before: (step.before != NONE).then_some(step.before as usize),
        hows: step.hows,
        end: step.end,
    }
}

/// A walk breadth first, in one direction.
pub(crate) struct Tour<'t, 'w> {
    eyes: &'t Eyes<'w>,
    level: Level,
    direction: Direction,
    /// By place: 1 + the index of its step.
    mark: Marks,
    pub(crate) steps: Vec<Step>,
    pub(crate) restricted: bool,
}

impl<'t, 'w> Tour<'t, 'w> {
    pub(crate) fn new(eyes: &'t Eyes<'w>, level: Level, direction: Direction) -> Self {
        let mark = Marks::of(eyes.bound(level));
        Self { eyes, level, direction, mark, steps: Vec::new(), restricted: false }
    }

    /// Walks from these places, as far as so many hops.
    pub(crate) fn go(&mut self, starts: &[u32], depth: u32) {
        for &at in starts {
            self.reach(at, 0, NONE, Hows::default());
        }
        self.settle(0);
        let (mut level, mut hop) = (0, 0);
        while level < self.steps.len() {
            let next = self.steps.len();
            for index in level..next {
                self.leave(index, (hop < depth).then_some(hop + 1));
            }
            self.settle(next);
            level = next;
            hop += 1;
        }
    }

    /// The step of a place, if it was reached.
    pub(crate) fn step(&self, at: u32) -> Option<&Step> {
        self.steps.get((self.mark.get(at) as usize).checked_sub(1)?)
    }

    /// Puts what one hop reached in order.
    fn settle(&mut self, first: usize) {
        self.steps[first..].sort_unstable_by_key(|step| step.key);
        for (index, step) in self.steps.iter().enumerate().skip(first) {
            self.mark.set(step.at, number(index) + 1);
        }
    }

    fn leave(&mut self, index: usize, hop: Option<u32>) {
        let Self { eyes, level, direction, .. } = *self;
        let (at, before) = (self.steps[index].at, number(index));
        let mut end = true;
        eyes.each(level, at, direction, |found| {
            if found.seen == Seen::Restricted {
                self.restricted = true;
            } else if found.at != at && found.seen == Seen::Open {
                end = false;
                if let Some(hop) = hop {
                    self.reach(found.at, hop, before, [found.bond.how].into_iter().collect());
                }
            }
        });
        self.steps[index].end = end;
    }

    fn reach(&mut self, at: u32, hop: u32, before: u32, hows: Hows) {
        let mark = self.mark.get(at);
        if let Some(step) = (mark as usize).checked_sub(1).and_then(|index| self.steps.get_mut(index)) {
            if step.before == before && step.hop == hop {
                step.hows = step.hows.union(hows);
            }
            return;
        }
        let key = self.eyes.key(self.level, at);
        self.steps.push(Step { key, at, hop, before, hows, end: false });
        self.mark.set(at, number(self.steps.len()));
    }

    /// The jobs that bear an edge of the walk, or stand at its side: how far, after which step, and how.
    fn jobs(&self, depth: u32) -> BTreeMap<AssetId, (u32, usize, Hows)> {
        let mut jobs: BTreeMap<AssetId, (u32, usize, Hows)> = BTreeMap::new();
        for (index, step) in self.steps.iter().enumerate().filter(|(_, step)| step.hop < depth) {
            self.eyes.each(self.level, step.at, self.direction, |found| {
                if found.seen == Seen::Restricted || found.bond.job == NONE {
                    return;
                }
                let job = self.eyes.graph.asset_id(found.bond.job);
                let hows = [found.bond.how].into_iter().collect();
                let entry = jobs.entry(job).or_insert((step.hop + 1, index, hows));
                if entry.1 == index {
                    entry.2 = entry.2.union(hows);
                }
            });
        }
        jobs
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}

/// Puts jobs among what was reached, and keeps the order and the indices right.
fn add_jobs(reached: &mut Vec<Affected>, jobs: &BTreeMap<AssetId, (u32, usize, Hows)>) {
    let known: Vec<NodeId> = reached.iter().filter(|one| one.hop == 0).map(|one| one.node).collect();
    let more = jobs.iter().map(|(&asset, &(hop, before, hows))| {
        let node = NodeId::Asset(asset);
        Affected { node, asset, hop, before: Some(before), hows, end: false }
    });
    let all = reached.drain(..).enumerate().map(|(index, one)| (Some(index), one));
    let more = more.filter(|one| !known.contains(&one.node)).map(|one| (None, one));
    let mut all: Vec<_> = all.chain(more.collect::<Vec<_>>()).collect();
    all.sort_by_key(|(_, one)| (one.hop, one.node));
    let mut moved = vec![0; all.len()];
    for (now, (was, _)) in all.iter().enumerate() {
        if let Some(was) = was {
            moved[*was] = now;
        }
    }
    *reached = all
        .into_iter()
        .map(|(_, one)| Affected { before: one.before.map(|before| moved[before]), ..one })
        .collect();
}
