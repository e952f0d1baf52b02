//! How a neighbourhood grows, hop by hop in both directions, until there is no room.

use std::cmp::Reverse;

use cadastre_model::AssetId;
use hashbrown::{HashMap, HashSet};

use super::eyes::{Eyes, Seen};
use super::marks::Marks;
use super::score::count;
use super::{Ask, Direction, Level};
use crate::edge::NONE;
use crate::{Limits, NodeId};

/// A node so far.
pub(crate) struct Grown {
    pub(crate) asset: u32,
    pub(crate) hop: i32,
    pub(crate) before: Option<usize>,
    pub(crate) lit: bool,
    /// The places of columns that a path passes, the dataset as a whole among them.
    pub(crate) members: Vec<u32>,
}

pub(crate) struct Growth<'g, 'w> {
    pub(crate) eyes: &'g Eyes<'w>,
    pub(crate) level: Level,
    pub(crate) context: bool,
    pub(crate) limits: Limits,
    hops: [u32; 2],
    expand: &'g [(AssetId, Direction)],
    pub(crate) nodes: Vec<Grown>,
    pub(crate) of: HashMap<u32, usize>,
    /// Columns that a path passes.
    pub(crate) met: HashSet<u32>,
    /// What was not chosen when there was a choice; it may be drawn later.
    left: Marks,
    pub(crate) left_out: usize,
    /// What was offered last, in each direction.
    offers: [Vec<Offer>; 2],
    pub(crate) columns_left_out: bool,
}

/// Something that a node leads to: where, and by way of which node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Offer {
    asset: u32,
    parent: u32,
    at: u32,
}

/// All offers of one asset; the first node that offers it is its parent.
struct Offered {
    asset: u32,
    id: AssetId,
    parent: usize,
    direction: Direction,
    /// Its part of the offers of this direction.
    offers: std::ops::Range<usize>,
}

/// How far one direction has come.
struct Side {
    front: Vec<u32>,
    met: HashSet<u32>,
}

impl Side {
    fn at(start: &[u32]) -> Self {
        Self { front: start.to_vec(), met: start.iter().copied().collect() }
    }

    /// What was not met yet is walked on from at the next hop.
    fn enter(&mut self, places: &[u32]) {
        self.front.extend(places.iter().filter(|&&at| self.met.insert(at)));
    }
}

/// How many neighbours tell two nodes apart before their reach is looked at.
const DEGREE: usize = 32;
/// How far, and how much, is looked at for a reach.
const REACH: (usize, usize) = (3, 200);

impl<'g, 'w> Growth<'g, 'w> {
    /// With the focus alone; nothing when it isn't seen.
    pub(crate) fn start(eyes: &'g Eyes<'w>, level: Level, ask: &'g Ask<'_>) -> Option<Self> {
        let focus = *eyes.find(Level::Datasets, ask.focus).first()?;
        let members = match level {
            Level::Datasets => Vec::new(),
            Level::Columns => eyes.find(level, ask.focus),
        };
        let mut growth = Self {
            eyes,
            level,
            context: ask.context && level == Level::Columns,
            limits: ask.limits,
            hops: [ask.up, ask.down],
            expand: &ask.expand,
            nodes: Vec::new(),
            of: HashMap::new(),
            met: HashSet::new(),
            left: Marks::of(eyes.bound(Level::Datasets)),
            left_out: 0,
            offers: Default::default(),
            columns_left_out: false,
        };
        let is_whole = matches!(ask.focus, NodeId::Asset(_));
        growth.put(focus, 0, None, level == Level::Datasets || is_whole || !members.is_empty());
        for at in members {
            growth.join(0, at);
        }
        Some(growth)
    }

    pub(crate) fn grow(&mut self) {
        if self.level == Level::Columns {
            self.rings(Level::Columns);
        }
        if self.level == Level::Datasets || self.context {
            self.rings(Level::Datasets);
        }
        for &(asset, direction) in self.expand {
            self.expansion(asset, direction);
        }
        let late = self.of.keys().filter(|&&asset| self.left.get(asset) != 0).count();
        self.left_out = self.left_out.saturating_sub(late);
    }

    /// Hop by hop, both directions at once, so that neither takes the other's room.
    fn rings(&mut self, level: Level) {
        let Some(focus) = self.nodes.first() else { return };
        let start = match level {
            Level::Datasets => vec![focus.asset],
            Level::Columns => focus.members.clone(),
        };
        let mut sides = [Side::at(&start), Side::at(&start)];
        for hop in 1..=self.hops[0].max(self.hops[1]) {
            let mut all = Vec::new();
            for (side, direction) in Direction::BOTH.into_iter().enumerate() {
                let front = std::mem::take(&mut sides[side].front);
                if hop <= self.hops[side] {
                    let offers = self.offers(level, &front, direction, &mut sides[side]);
                    all.extend(self.sift(offers, direction, self.limits.siblings));
                }
            }
            for (direction, places) in self.place(all, level, hop) {
                sides[usize::from(direction == Direction::Down)].enter(&places);
            }
            for side in &mut sides {
                side.front.sort_unstable_by_key(|&at| self.eyes.key(level, at));
            }
            if sides.iter().all(|side| side.front.is_empty()) {
                break;
            }
        }
    }

    /// What these lead to and is not drawn. What is drawn already is walked on from; its columns join it.
    fn offers(&mut self, level: Level, front: &[u32], direction: Direction, side: &mut Side) -> Vec<Offer> {
        let (mut offers, mut join) = (Vec::new(), Vec::new());
        for &at in front {
            let Some(&parent) = self.of.get(&self.eyes.asset_at(level, at)) else { continue };
            let parent = u32::try_from(parent).unwrap_or(NONE);
            self.eyes.each(level, at, direction, |found| {
                if found.seen != Seen::Open || found.at == at {
                    return;
                }
                match self.of.get(&found.asset) {
                    Some(&node) => join.push((found.at, node)),
                    None => offers.push(Offer { asset: found.asset, parent, at: found.at }),
                }
            });
        }
        join.sort_unstable_by_key(|&(at, _)| self.eyes.key(level, at));
        join.dedup();
        for (at, node) in join {
            if level == Level::Datasets || self.join(node, at) {
                side.enter(&[at]);
            }
        }
        offers
    }

    /// Offers as assets, for each parent the best of them.
    fn sift(&mut self, mut offers: Vec<Offer>, direction: Direction, siblings: usize) -> Vec<Offered> {
        offers.sort_unstable();
        offers.dedup();
        let mut by_parent: Vec<Vec<Offered>> = Vec::new();
        let mut end = 0;
        for group in offers.chunk_by(|one, other| one.asset == other.asset) {
            let Offer { asset, parent, .. } = group[0];
            let parent = parent as usize;
            let range = end..end + group.len();
            end = range.end;
            let id = self.eyes.graph.asset_id(asset);
            if by_parent.len() <= parent {
                by_parent.resize_with(parent + 1, Vec::new);
            }
            by_parent[parent].push(Offered { asset, id, parent, direction, offers: range });
        }
        self.offers[usize::from(direction == Direction::Down)] = offers;
        by_parent.into_iter().flat_map(|offered| self.best(offered, siblings)).collect()
    }

    /// Those that reach furthest, by what the reader sees of it; the rest is noted as left out.
    fn best(&mut self, mut offered: Vec<Offered>, keep: usize) -> Vec<Offered> {
        if offered.len() <= keep {
            return offered;
        }
        let some = keep.saturating_mul(4);
        if offered.len() > some {
            self.leave_lesser(&mut offered, some);
        }
        offered.sort_by_cached_key(|one| {
            let reach = count(self.eyes, Level::Datasets, one.direction, vec![one.asset], REACH.0, REACH.1);
            (Reverse(reach.iter().sum::<usize>()), one.id)
        });
        self.leave(offered.drain(keep..));
        offered
    }

    /// Leaves out those that lead to the fewest, until so many remain.
    fn leave_lesser(&mut self, offered: &mut Vec<Offered>, keep: usize) {
        let mut ranked: Vec<_> =
            offered.drain(..).map(|one| (Reverse(self.degree(&one)), one.id, one)).collect();
        if keep < ranked.len() {
            ranked.select_nth_unstable_by_key(keep, |&(degree, id, _)| (degree, id));
        }
        self.leave(ranked.drain(keep..).map(|(.., one)| one));
        offered.extend(ranked.into_iter().map(|(.., one)| one));
    }

    fn leave(&mut self, offered: impl Iterator<Item = Offered>) {
        for one in offered {
            self.left_out += usize::from(self.left.enter(one.asset));
        }
    }

    fn degree(&self, one: &Offered) -> usize {
        let mut degree = 0;
        self.eyes.each_while(Level::Datasets, one.asset, one.direction, |found| {
            degree += usize::from(found.seen == Seen::Open);
            degree < DEGREE
        });
        degree
    }

    /// Draws what there is room for; gives where the next hop begins.
    fn place(&mut self, offered: Vec<Offered>, level: Level, hop: u32) -> Vec<(Direction, Vec<u32>)> {
        // An asset that both directions offer is drawn once, where it comes first, and walked on from in both.
        let mut known = HashSet::new();
        let (single, twice): (Vec<_>, Vec<_>) = offered.into_iter().partition(|one| known.insert(one.asset));
        let room = self.limits.first.min(self.limits.most).saturating_sub(self.nodes.len());
        let mut chosen = self.best(single, room);
        chosen.sort_by_key(|one| (one.direction, one.parent, one.id));
        let mut placed = Vec::new();
        for one in chosen {
            let hop = one.direction.sign() * hop.cast_signed();
            placed.push((one.direction, self.take(&one, level, hop)));
        }
        for one in twice {
            if let Some(&node) = self.of.get(&one.asset) {
                placed.push((one.direction, self.enter(node, &one, level)));
            }
        }
        placed
    }

    fn take(&mut self, one: &Offered, level: Level, hop: i32) -> Vec<u32> {
        let node = self.put(one.asset, hop, Some(one.parent), level == self.level);
        self.enter(node, one, level)
    }

    /// Where to walk on from: the dataset, or those of its columns that there is room for.
    fn enter(&mut self, node: usize, one: &Offered, level: Level) -> Vec<u32> {
        if level == Level::Datasets {
            return vec![one.asset];
        }
        let offers = &self.offers[usize::from(one.direction == Direction::Down)][one.offers.clone()];
        let mut places: Vec<u32> = offers.iter().map(|offer| offer.at).collect();
        places.sort_unstable_by_key(|&at| self.eyes.key(level, at));
        places.dedup();
        places.retain(|&at| self.join(node, at));
        places
    }

    fn put(&mut self, asset: u32, hop: i32, before: Option<usize>, lit: bool) -> usize {
        let node = self.nodes.len();
        self.nodes.push(Grown { asset, hop, before, lit, members: Vec::new() });
        self.of.insert(asset, node);
        node
    }

    /// Puts a column on a path; whether it is on one now.
    fn join(&mut self, node: usize, at: u32) -> bool {
        if self.met.contains(&at) {
            return true;
        }
        if self.met.len() >= self.limits.columns {
            self.columns_left_out = true;
            return false;
        }
        self.met.insert(at);
        if let Some(node) = self.nodes.get_mut(node) {
            node.lit = true;
            node.members.push(at);
        }
        true
    }

    /// More of what one node leads to.
    fn expansion(&mut self, asset: AssetId, direction: Direction) {
        let place = self.eyes.graph.assets.find(asset.0);
        let Some((place, &node)) = place.and_then(|place| Some((place, self.of.get(&place)?))) else {
            return;
        };
        let mut room = self.limits.expansion;
        let hop = self.nodes[node].hop + direction.sign();
        for level in [Level::Columns, Level::Datasets] {
            let front = match level {
                Level::Columns if self.level == Level::Columns => self.nodes[node].members.clone(),
                Level::Datasets if self.level == Level::Datasets || self.context => vec![place],
                _ => continue,
            };
            let offers = self.offers(level, &front, direction, &mut Side::at(&[]));
            let here = room.min(self.limits.most.saturating_sub(self.nodes.len()));
            let mut chosen = self.sift(offers, direction, here);
            chosen.sort_by_key(|one| one.id);
            room = room.saturating_sub(chosen.len());
            for one in chosen {
                self.take(&one, level, hop);
            }
        }
    }
}
