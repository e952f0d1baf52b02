//! How the graph follows the store: changes, each of which may come twice.

use cadastre_model::{AssetId, EdgeId};

use crate::LineageGraph;
use crate::edge::{Bond, Change, Edge, End, Ends, NONE};
use crate::facts::{Facts, Kept};
use crate::graph::{Asset, Column, whole_key};

impl LineageGraph {
    /// Builds a graph from all facts and all open rows. Rows sorted by source are walked faster afterwards.
    #[must_use]
    pub fn build(
        nodes: impl ExactSizeIterator<Item = (AssetId, Facts)>,
        edges: impl ExactSizeIterator<Item = Edge>,
    ) -> Self {
        let mut graph = Self::default();
        graph.assets.reserve(nodes.len(), 0);
        for (id, facts) in nodes {
            graph.apply(&Change::Node(id, facts));
        }
        for edge in edges {
            graph.apply(&Change::Opened(edge));
        }
        graph
    }

    /// Makes room for so many columns, dataset edges and column edges: saves memory and time before a first load.
    pub fn reserve(&mut self, columns: usize, asset_edges: usize, column_edges: usize) {
        self.assets.reserve(0, asset_edges);
        self.columns.reserve(columns, column_edges);
    }

    /// Takes a change over; says whether it changed anything. A row that says nothing usable (no end, or one end and
    /// no job) is as if it were closed.
    pub fn apply(&mut self, change: &Change) -> bool {
        match change {
            Change::Node(id, facts) => self.learn(*id, facts),
            Change::Gone(id) => self.forget(*id),
            Change::Opened(edge) => self.open(edge),
            Change::Closed(id) => self.close(*id),
        }
    }

    fn learn(&mut self, id: AssetId, facts: &Facts) -> bool {
        let kept = Kept::take(id, facts, &mut self.paths);
        let place = self.asset(id);
        let old = self.assets.get_mut(place).and_then(|asset| asset.kept.replace(kept));
        if let Some(old) = old {
            self.paths.release(old.within);
        }
        old != Some(kept)
    }

    fn forget(&mut self, id: AssetId) -> bool {
        let Some(place) = self.assets.find(id.0) else { return false };
        let old = self.assets.get_mut(place).and_then(|asset| asset.kept.take());
        if let Some(old) = old {
            self.paths.release(old.within);
        }
        self.sweep(place);
        old.is_some()
    }

    fn open(&mut self, edge: &Edge) -> bool {
        let Some(ends) = edge.ends() else { return self.close(edge.id) };
        if edge.struck {
            return self.strike(edge.id, ends);
        }
        let edge = settled(edge);
        match self.open_edge(edge.id) {
            Some(open) if open == edge => return false,
            Some(_) => self.close(edge.id),
            None => self.unstrike(edge.id),
        };
        self.draw(&edge, ends);
        true
    }

    fn draw(&mut self, edge: &Edge, ends: Ends) {
        let job = edge.job.map(|job| self.asset(job));
        let bond = Bond::of(edge, job);
        let column_edge = ends.2.is_some() || ends.3.is_some();
        let pair = edge.source.zip(edge.target);
        if let Some((from, to)) = pair.filter(|_| column_edge || edge.star) {
            let (from, to) = (self.column(from), self.column(to));
            self.columns.connect(from, to, bond);
            self.hold(job, 1);
        }
        if !column_edge {
            let (from, to) = (self.asset(ends.0), self.asset(ends.1));
            self.assets.connect(from, to, bond);
            let bearer = job.filter(|_| pair.is_some()).and_then(|job| self.assets.get_mut(job));
            if let Some(asset) = bearer {
                asset.beside.borne.push(edge.id);
            }
        }
    }

    fn close(&mut self, id: EdgeId) -> bool {
        let unstruck = self.unstrike(id);
        let column = self.columns.cut(id);
        if let Some((from, to, bond)) = column {
            self.hold((bond.job != NONE).then_some(bond.job), -1);
            self.sweep_column(from);
            self.sweep_column(to);
            self.sweep(bond.job);
        }
        let asset = self.assets.cut(id);
        if let Some((from, to, bond)) = asset {
            if let Some(job) = self.assets.get_mut(bond.job) {
                job.beside.borne.retain(|borne| *borne != id);
            }
            [from, to, bond.job].into_iter().for_each(|place| self.sweep(place));
        }
        unstruck || column.is_some() || asset.is_some()
    }

    fn strike(&mut self, id: EdgeId, ends: Ends) -> bool {
        if self.strikes.get(&id) == Some(&ends) {
            return false;
        }
        self.close(id);
        self.strikes.insert(id, ends);
        self.struck.entry(ends).or_default().push(id);
        let place = self.asset(ends.0);
        if let Some(asset) = self.assets.get_mut(place) {
            asset.struck += 1;
            asset.beside.holds += 1;
        }
        true
    }

    fn unstrike(&mut self, id: EdgeId) -> bool {
        let Some(ends) = self.strikes.remove(&id) else { return false };
        if let Some(rows) = self.struck.get_mut(&ends) {
            rows.retain(|row| *row != id);
            if rows.is_empty() {
                self.struck.remove(&ends);
            }
        }
        if let Some(place) = self.assets.find(ends.0.0) {
            if let Some(asset) = self.assets.get_mut(place) {
                asset.struck -= 1;
                asset.beside.holds -= 1;
            }
            self.sweep(place);
        }
        true
    }

    /// The place of an asset, made where there is none.
    fn asset(&mut self, id: AssetId) -> u32 {
        self.assets.find(id.0).unwrap_or_else(|| {
            let beside = Box::default();
            self.assets.add(Asset { id, kept: None, whole: NONE, struck: 0, beside })
        })
    }

    /// The place of a column, or of a dataset as a whole, made where there is none.
    fn column(&mut self, end: End) -> u32 {
        let owner = self.asset(end.dataset);
        let key = end.column.map_or_else(|| whole_key(end.dataset), |column| column.0);
        if let Some(place) = self.columns.find(key) {
            self.move_column(place, owner);
            return place;
        }
        let place = self.columns.add(Column { key, owner });
        if let Some(asset) = self.assets.get_mut(owner) {
            match end.column {
                Some(_) => asset.beside.columns.push(place),
                None => asset.whole = place,
            }
        }
        place
    }

    /// A merge takes columns along: the newest word about whose column it is counts.
    fn move_column(&mut self, place: u32, owner: u32) {
        let Some(column) = self.columns.get_mut(place).filter(|column| column.owner != owner) else { return };
        let before = std::mem::replace(&mut column.owner, owner);
        if let Some(asset) = self.assets.get_mut(before) {
            asset.beside.columns.retain(|column| *column != place);
        }
        if let Some(asset) = self.assets.get_mut(owner) {
            asset.beside.columns.push(place);
        }
        self.sweep(before);
    }

    fn hold(&mut self, asset: Option<u32>, more: i32) {
        if let Some(asset) = asset.and_then(|place| self.assets.get_mut(place)) {
            asset.beside.holds = asset.beside.holds.saturating_add_signed(more);
        }
    }

    /// Removes a column without edges.
    fn sweep_column(&mut self, place: u32) {
        if self.columns.get(place).is_none() || !self.columns.is_bare(place) {
            return;
        }
        let Some(column) = self.columns.remove(place) else { return };
        if let Some(asset) = self.assets.get_mut(column.owner) {
            if asset.whole == place {
                asset.whole = NONE;
            }
            asset.beside.columns.retain(|column| *column != place);
        }
        self.sweep(column.owner);
    }

    /// Removes an asset of which nothing is known and that nothing holds.
    fn sweep(&mut self, place: u32) {
        let Some(asset) = self.assets.get(place) else { return };
        let held = asset.kept.is_some()
            || asset.beside.holds > 0
            || asset.whole != NONE
            || !asset.beside.borne.is_empty()
            || !asset.beside.columns.is_empty();
        if !held && self.assets.is_bare(place) {
            self.assets.remove(place);
        }
    }

    /// The row as it is open, if it is; struck rows apart.
    fn open_edge(&self, id: EdgeId) -> Option<Edge> {
        let end = |place| {
            let dataset = self.asset_id(self.owner(place));
            End { dataset, column: self.column_id(place) }
        };
        if let Some((from, to, bond)) = self.columns.edge(id) {
            return Some(self.row(bond, Some(end(from)), Some(end(to))));
        }
        let (from, to, bond) = self.assets.edge(id)?;
        let end = |place| (place != bond.job).then(|| End::dataset(self.asset_id(place)));
        Some(self.row(bond, end(from), end(to)))
    }

    fn row(&self, bond: Bond, source: Option<End>, target: Option<End>) -> Edge {
        Edge {
            id: bond.id,
            job: (bond.job != NONE).then(|| self.asset_id(bond.job)),
            source,
            target,
            how: bond.how,
            confidence: bond.confidence,
            seen: bond.seen.instant(),
            hand: bond.hand(),
            star: bond.star(),
            struck: false,
        }
    }

    /// Every open row that is not struck out, in no order; a struck row itself is not among them.
    pub fn rows(&self) -> impl Iterator<Item = Edge> {
        let columns = self.columns.edges().map(|(_, _, bond)| bond.id);
        let assets = self.assets.edges().map(|(_, _, bond)| bond).filter(|bond| !bond.star());
        let ids = columns.chain(assets.map(|bond| bond.id));
        ids.filter_map(|id| self.open_edge(id))
            .filter(|row| row.ends().is_none_or(|ends| !self.is_struck(ends)))
    }

    /// Whether a row is open and not struck out.
    pub(crate) fn is_open(&self, id: EdgeId) -> bool {
        self.open_edge(id).is_some_and(|row| row.ends().is_none_or(|ends| !self.is_struck(ends)))
    }

    /// Every asset with facts, in no order.
    pub fn nodes(&self) -> impl Iterator<Item = (AssetId, Facts)> {
        self.assets.iter().filter_map(|(_, asset)| Some((asset.id, asset.kept?.give(asset.id, &self.paths))))
    }

    pub(crate) fn is_struck(&self, ends: Ends) -> bool {
        let (from, to, ..) = ends;
        !self.struck.is_empty()
            && (self.struck.contains_key(&ends) || self.struck.contains_key(&(from, to, None, None)))
    }
}

/// An edge as the graph gives it back: to the second, and with one end neither a column nor a star.
fn settled(edge: &Edge) -> Edge {
    let paired = edge.source.is_some() && edge.target.is_some();
    let end = |end: End| End { column: end.column.filter(|_| paired), ..end };
    let seen = Bond::of(edge, None).seen.instant();
    Edge {
        source: edge.source.map(end),
        target: edge.target.map(end),
        seen,
        star: edge.star && paired,
        ..*edge
    }
}
