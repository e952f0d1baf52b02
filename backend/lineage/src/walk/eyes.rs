//! One walk's eyes: which nodes and edges are there for this reader and this filter. Every walk goes through
//! [`Eyes::each`]; nothing else reads the edges of the graph.

use std::cell::RefCell;

use cadastre_model::AssetId;

use crate::edge::{Bond, NONE};
use crate::facts::{NodeId, NodeKind};
use crate::graph::column_node;
use crate::sight::{Memo, Way};
use crate::{Direction, Filter, Level, LineageGraph, Sight};

/// What a node is to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A dataset.
    Open,
    /// A job.
    Job,
    /// It exists; nothing else may be said.
    Restricted,
    Absent,
}

const OPEN: u8 = 1;
const RESTRICTED: u8 = 2;
const ABSENT: u8 = 3;
/// Seen, but taken away by the filter.
const LEFT_OUT: u8 = 4;
const JOB: u8 = 5;

pub(crate) struct Eyes<'w> {
    pub(crate) graph: &'w LineageGraph,
    sight: Sight<'w>,
    filter: &'w Filter<'w>,
    /// What is known of each asset, by place; 0 for nothing yet.
    known: RefCell<Vec<u8>>,
    memo: Memo,
}

impl<'w> Eyes<'w> {
    pub(crate) fn new(graph: &'w LineageGraph, sight: Sight<'w>, filter: &'w Filter<'w>) -> Self {
        let known = RefCell::new(vec![0; graph.assets.bound()]);
        let paths = if matches!(sight.how, Way::Scoped(..)) { graph.paths.bound() } else { 0 };
        Self { graph, sight, filter, known, memo: Memo::of(paths) }
    }

    /// What an asset is to the reader.
    pub(crate) fn asset(&self, place: u32) -> Seen {
        match self.state(place) {
            OPEN => Seen::Open,
            JOB => Seen::Job,
            RESTRICTED => Seen::Restricted,
            _ => Seen::Absent,
        }
    }

    /// As [`Eyes::asset`], the filter apart: for where a walk begins. From here on the filter lets it pass.
    pub(crate) fn start(&self, place: u32) -> bool {
        let state = self.state(place);
        if state == LEFT_OUT {
            self.known.borrow_mut()[place as usize] = OPEN;
        }
        matches!(state, OPEN | JOB | LEFT_OUT)
    }

    fn state(&self, place: u32) -> u8 {
        let known = self.known.borrow()[place as usize];
        if known != 0 {
            return known;
        }
        let state = self.judge(place);
        self.known.borrow_mut()[place as usize] = state;
        state
    }

    fn judge(&self, place: u32) -> u8 {
        let Some(view) = self.graph.view(place) else { return ABSENT };
        let seen = match self.sight.how {
            Way::All => true,
            Way::By(see) => see(view),
            Way::Scoped(covers, names) => self.memo.ask(view, covers, names),
        };
        match seen {
            true if view.kind() == NodeKind::Job => JOB,
            true if self.filter.node(view) => OPEN,
            true => LEFT_OUT,
            // A filter must not tell what a restricted node is: it stays whatever is asked for.
            false if self.sight.exists.is_some_and(|exists| exists(view)) => RESTRICTED,
            false => ABSENT,
        }
    }

    /// Calls for each edge that is there at an open node, with the place at its other end, that end's asset and what
    /// it is to the reader (never absent).
    ///
    /// At a column the edges of its dataset as a whole count too: they stand for columns that nobody named. At a job
    /// the edges that it bears count.
    #[inline]
    pub(crate) fn each(&self, level: Level, at: u32, direction: Direction, mut found: impl FnMut(Found<'_>)) {
        self.each_while(level, at, direction, |one| {
            found(one);
            true
        });
    }

    /// As [`Eyes::each`], until the answer is no.
    #[inline]
    pub(crate) fn each_while(
        &self,
        level: Level,
        at: u32,
        direction: Direction,
        mut found: impl FnMut(Found<'_>) -> bool,
    ) -> bool {
        let here = |found: &mut _| self.beside(level, at, direction, found);
        match level {
            Level::Datasets => {
                here(&mut found) && (!self.graph.is_job(at) || self.borne(at, direction, &mut found))
            }
            Level::Columns => {
                let whole = self.whole(at);
                let also = whole != NONE && whole != at;
                here(&mut found) && (!also || self.beside(level, whole, direction, &mut found))
            }
        }
    }

    /// The dataset as a whole among the columns, or [`NONE`].
    fn whole(&self, column: u32) -> u32 {
        self.graph.assets.get(self.graph.owner(column)).map_or(NONE, |asset| asset.whole)
    }

    /// Only the edges at this very place.
    #[inline]
    pub(crate) fn beside(
        &self,
        level: Level,
        at: u32,
        direction: Direction,
        found: &mut impl FnMut(Found<'_>) -> bool,
    ) -> bool {
        match level {
            Level::Datasets => self.assets_beside(at, direction, found),
            Level::Columns => self.columns_beside(at, direction, found),
        }
    }

    #[inline]
    fn assets_beside(
        &self,
        at: u32,
        direction: Direction,
        found: &mut impl FnMut(Found<'_>) -> bool,
    ) -> bool {
        for (other, bond) in self.graph.assets.beside(at, direction) {
            let Some(seen) = self.edge(bond, other, other == at) else { continue };
            let (from, to) = direction.order(at, other);
            if !self.struck(from, to, None) && !found(Found { at: other, asset: other, seen, bond }) {
                return false;
            }
        }
        true
    }

    #[inline]
    fn columns_beside(
        &self,
        at: u32,
        direction: Direction,
        found: &mut impl FnMut(Found<'_>) -> bool,
    ) -> bool {
        let here = self.graph.owner(at);
        for (other, bond) in self.graph.columns.beside(at, direction) {
            let asset = self.graph.owner(other);
            let Some(seen) = self.edge(bond, asset, asset == here) else { continue };
            let (from, to) = direction.order(here, asset);
            let columns = Some(direction.order(at, other));
            if !self.struck(from, to, columns) && !found(Found { at: other, asset, seen, bond }) {
                return false;
            }
        }
        true
    }

    fn borne(&self, job: u32, direction: Direction, found: &mut impl FnMut(Found<'_>) -> bool) -> bool {
        let Some(asset) = self.graph.assets.get(job) else { return true };
        for (from, to, bond) in asset.beside.borne.iter().filter_map(|&id| self.graph.assets.edge(id)) {
            // With the flow a job leads to the target, against it to the source.
            let (near, far) = direction.order(from, to);
            let (near, far) = (self.edge(&bond, near, false), (far, self.edge(&bond, far, false)));
            // The edge is there only if both its ends are.
            let (Some(Seen::Open), (at, Some(seen))) = (near, far) else { continue };
            if !self.struck(from, to, None) && !found(Found { at, asset: at, seen, bond: &bond }) {
                return false;
            }
        }
        true
    }

    /// What the far end of an edge is, if the edge is there at all: by the filter, its job and that end.
    #[inline]
    fn edge(&self, bond: &Bond, far: u32, known: bool) -> Option<Seen> {
        if !self.filter.edge(bond) {
            return None;
        }
        let seen = if known { Seen::Open } else { self.asset(far) };
        // Nothing is said of a restricted node's edges, so only a job that is absent takes the edge away.
        let borne = match bond.job {
            NONE => true,
            job if seen == Seen::Restricted => self.asset(job) != Seen::Absent,
            job => matches!(self.asset(job), Seen::Open | Seen::Job),
        };
        (seen != Seen::Absent && borne).then_some(seen)
    }

    #[inline]
    fn struck(&self, from: u32, to: u32, columns: Option<(u32, u32)>) -> bool {
        if self.graph.struck.is_empty() {
            return false;
        }
        let Some(source) = self.graph.assets.get(from).filter(|asset| asset.struck > 0) else { return false };
        let columns =
            columns.map_or((None, None), |(from, to)| (self.graph.column_id(from), self.graph.column_id(to)));
        self.graph.is_struck((source.id, self.graph.asset_id(to), columns.0, columns.1))
    }

    /// Where a node stands at a level, if the reader sees it.
    pub(crate) fn find(&self, level: Level, node: NodeId) -> Vec<u32> {
        let graph = self.graph;
        match (level, node) {
            (Level::Datasets, node) => self.asset_of(node).into_iter().filter(|&at| self.start(at)).collect(),
            (Level::Columns, NodeId::Column(column)) => {
                let place = graph.columns.find(column.0);
                place.into_iter().filter(|&at| self.start(graph.owner(at))).collect()
            }
            (Level::Columns, NodeId::Asset(asset)) => {
                let Some(place) = graph.assets.find(asset.0).filter(|&at| self.start(at)) else {
                    return Vec::new();
                };
                self.columns_of(place)
            }
        }
    }

    /// The places of a dataset's columns, with the dataset as a whole first, in order.
    pub(crate) fn columns_of(&self, asset: u32) -> Vec<u32> {
        let Some(asset) = self.graph.assets.get(asset) else { return Vec::new() };
        let whole = Some(asset.whole).filter(|&whole| whole != NONE);
        let mut places: Vec<u32> = asset.beside.columns.iter().copied().chain(whole).collect();
        places.sort_unstable_by_key(|&at| self.key(Level::Columns, at));
        places
    }

    fn asset_of(&self, node: NodeId) -> Option<u32> {
        match node {
            NodeId::Asset(asset) => self.graph.assets.find(asset.0),
            NodeId::Column(column) => Some(self.graph.owner(self.graph.columns.find(column.0)?)),
        }
    }

    /// By which places are put in order: as [`NodeId`] is.
    pub(crate) fn key(&self, level: Level, at: u32) -> i64 {
        match level {
            Level::Datasets => self.graph.asset_id(at).0,
            Level::Columns => self.graph.columns.get(at).map_or(0, |column| column.key),
        }
    }

    pub(crate) fn bound(&self, level: Level) -> usize {
        match level {
            Level::Datasets => self.graph.assets.bound(),
            Level::Columns => self.graph.columns.bound(),
        }
    }

    pub(crate) fn asset_at(&self, level: Level, at: u32) -> u32 {
        match level {
            Level::Datasets => at,
            Level::Columns => self.graph.owner(at),
        }
    }

    pub(crate) fn id_at(&self, level: Level, at: u32) -> AssetId {
        self.graph.asset_id(self.asset_at(level, at))
    }
}

/// The node that a key stands for.
pub(crate) fn node_of(level: Level, key: i64) -> NodeId {
    match level {
        Level::Datasets => NodeId::Asset(AssetId(key)),
        Level::Columns => column_node(key),
    }
}

/// An edge that is there, from where it was looked for.
pub(crate) struct Found<'e> {
    /// The place at the other end.
    pub(crate) at: u32,
    /// That place's asset.
    pub(crate) asset: u32,
    pub(crate) seen: Seen,
    pub(crate) bond: &'e Bond,
}
