//! How far something reaches, without listing it.

use cadastre_model::AssetId;

use super::eyes::{Eyes, Seen};
use super::marks::Marks;
use super::{Direction, Level};
use crate::{Filter, LineageGraph, NodeId, Sight};

/// How many are reached.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reach {
    /// How many at each hop; the first number is for one hop.
    pub by_hop: Vec<usize>,
}

impl Reach {
    /// How many in all.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.by_hop.iter().sum()
    }

    /// Each counts 1 / hop: Σ by hop h of (nodes at h) / h.
    #[must_use]
    pub fn score(&self) -> f64 {
        let part = |(at, &nodes): (usize, &usize)| nodes as f64 / (at + 1) as f64;
        self.by_hop.iter().enumerate().map(part).sum()
    }

    /// Nothing is reached. Downstream and with every filter off, this is the part of *safe to drop* that the graph can
    /// say; it is said under the reader's rights, as far as they see.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.by_hop.is_empty()
    }
}

impl LineageGraph {
    /// How much is reached from a node.
    #[must_use]
    pub fn reach(
        &self,
        sight: Sight<'_>,
        from: NodeId,
        direction: Direction,
        level: Level,
        filter: &Filter<'_>,
    ) -> Reach {
        let eyes = Eyes::new(self, sight, filter);
        let level = self.level_for(level, &[from]);
        let starts = eyes.find(level, from);
        Reach { by_hop: count(&eyes, level, direction, starts, usize::MAX, usize::MAX) }
    }

    /// How much is reached from each of some datasets, as far as so many hops and until about so many are found: for putting
    /// many in an order.
    #[must_use]
    pub fn reaches(
        &self,
        sight: Sight<'_>,
        from: &[AssetId],
        direction: Direction,
        filter: &Filter<'_>,
        (hops, enough): (usize, usize),
    ) -> Vec<Reach> {
        let eyes = Eyes::new(self, sight, filter);
        let level = Level::Datasets;
        let starts = from.iter().map(|id| eyes.find(level, NodeId::Asset(*id)));
        starts.map(|starts| Reach { by_hop: count(&eyes, level, direction, starts, hops, enough) }).collect()
    }

    /// How much is reached from each of some datasets over all hops. The ways of 64 at once are gone together, so that what they
    /// share, which is most of a large graph, is looked at once.
    #[must_use]
    pub fn reaches_whole(
        &self,
        sight: Sight<'_>,
        from: &[AssetId],
        direction: Direction,
        filter: &Filter<'_>,
    ) -> Vec<Reach> {
        let eyes = Eyes::new(self, sight, filter);
        from.chunks(TOGETHER).flat_map(|part| count_together(&eyes, part, direction)).collect()
    }
}

/// As many walks as a word has bits.
const TOGETHER: usize = u64::BITS as usize;

/// Counts by hop from each of at most [`TOGETHER`] datasets. A bit of a word is a walk: which have met a node, and which meet it by
/// the next hop (the multi-source search of Then et al., *The More the Merrier*, VLDB 2014).
fn count_together(eyes: &Eyes<'_>, from: &[AssetId], direction: Direction) -> Vec<Reach> {
    let level = Level::Datasets;
    let mut met = vec![0_u64; eyes.bound(level)];
    let mut next = met.clone();
    let mut here = Vec::new();
    for (walk, id) in from.iter().enumerate() {
        for at in eyes.find(level, NodeId::Asset(*id)) {
            met[at as usize] |= 1 << walk;
            here.push((at, 1_u64 << walk));
        }
    }
    let mut reaches = vec![Reach::default(); from.len()];
    while !here.is_empty() {
        let mut found_first = Vec::new();
        for (at, walks) in here.drain(..) {
            eyes.each(level, at, direction, |found| {
                let to = found.at as usize;
                let new = walks & !met[to] & !next[to];
                if found.seen == Seen::Open && new != 0 {
                    if next[to] == 0 {
                        found_first.push(found.at);
                    }
                    next[to] |= new;
                }
            });
        }
        let mut counts = [0; TOGETHER];
        for at in found_first {
            let walks = std::mem::take(&mut next[at as usize]);
            met[at as usize] |= walks;
            here.push((at, walks));
            bits(walks).for_each(|walk| counts[walk] += 1);
        }
        for (reach, count) in reaches.iter_mut().zip(counts).filter(|(_, count)| *count > 0) {
            reach.by_hop.push(count);
        }
    }
    reaches
}

/// The places of the bits that are set.
fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(at)
    })
}

/// Counts by hop, as far as so many hops, and until about so many are found.
pub(crate) fn count(
    eyes: &Eyes<'_>,
    level: Level,
    direction: Direction,
    starts: Vec<u32>,
    hops: usize,
    enough: usize,
) -> Vec<usize> {
    let mut met = Marks::of(eyes.bound(level));
    starts.iter().for_each(|&at| {
        met.enter(at);
    });
    let (mut here, mut by_hop, mut total) = (starts, Vec::new(), 0);
    while !here.is_empty() && by_hop.len() < hops && total < enough {
        let mut next = Vec::new();
        for &at in &here {
            let more = eyes.each_while(level, at, direction, |found| {
                if found.seen == Seen::Open && met.enter(found.at) {
                    next.push(found.at);
                }
                total + next.len() < enough
            });
            if !more {
                break;
            }
        }
        if !next.is_empty() {
            total += next.len();
            by_hop.push(next.len());
        }
        here = next;
    }
    by_hop
}
