//! The graph in memory. petgraph is named here and nowhere else; its indices do not leave the crate.
//!
//! Two graphs: one of datasets and jobs, one of columns (with a node for a dataset as a whole where an edge has a
//! column at one end only, or stands for columns not known yet). See backend/decisions/lineage-graph.md.

use cadastre_model::{AssetId, ColumnId, EdgeId};
use hashbrown::HashMap;
use petgraph::stable_graph::{EdgeIndex, NodeIndex, StableDiGraph};
use petgraph::visit::{EdgeRef, IntoEdgeReferences, NodeIndexable};

use crate::Direction;
use crate::edge::{Bond, Ends, NONE};
use crate::facts::{Facts, Kept, NodeId, NodeKind, NodeView};
use crate::paths::Paths;
use crate::places::Places;

/// A dataset or a job. What every step of a walk looks at fits into a line of the processor's cache.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) id: AssetId,
    /// Nothing while only an edge has named it.
    pub(crate) kept: Option<Kept>,
    /// The place of the dataset as a whole among the columns.
    pub(crate) whole: u32,
    /// How many struck rows begin at it.
    pub(crate) struck: u32,
    pub(crate) beside: Box<Beside>,
}

/// What a walk seldom asks of an asset.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// The dataset edges with two ends that it bears as a job.
    pub(crate) borne: Vec<EdgeId>,
    /// Places of its columns that have an edge.
    pub(crate) columns: Vec<u32>,
    /// How many column edges and struck rows hold it.
    pub(crate) holds: u32,
}

/// A column, or a dataset as a whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) key: i64,
    /// The place of its dataset.
    pub(crate) owner: u32,
}

/// The key of a dataset as a whole stands below all ids of columns.
pub(crate) fn whole_key(asset: AssetId) -> i64 {
    i64::MIN.wrapping_add(asset.0)
}

pub(crate) fn column_node(key: i64) -> NodeId {
    if key < 0 { NodeId::Asset(AssetId(key.wrapping_sub(i64::MIN))) } else { NodeId::Column(ColumnId(key)) }
}

/// One of the two graphs, with its keys.
#[derive(Debug)]
pub(crate) struct Net<N> {
    graph: StableDiGraph<N, Bond>,
    nodes: Places,
    edges: Places,
}

pub(crate) trait Keyed {
    fn key(&self) -> i64;
}

impl Keyed for Asset {
    fn key(&self) -> i64 {
        self.id.0
    }
}

impl Keyed for Column {
    fn key(&self) -> i64 {
        self.key
    }
}

/// The datasets, jobs and columns, and what leads from one to another.
///
/// Kept by [`LineageGraph::apply`]; asked by the walks, each under a [`crate::Sight`].
#[derive(Debug, Default)]
pub struct LineageGraph {
    pub(crate) assets: Net<Asset>,
    pub(crate) columns: Net<Column>,
    pub(crate) paths: Paths,
    pub(crate) struck: HashMap<Ends, Vec<EdgeId>>,
    pub(crate) strikes: HashMap<EdgeId, Ends>,
}

/// How much the graph holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Datasets and jobs.
    pub assets: usize,
    /// Columns that have an edge, and datasets as a whole among them.
    pub columns: usize,
    /// Edges between datasets and jobs.
    pub asset_edges: usize,
    /// Edges between columns.
    pub column_edges: usize,
    /// About how many bytes of memory.
    pub bytes: usize,
}

impl Beside {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.columns.capacity() * 4 + self.borne.capacity() * 8
    }
}

impl<N> Default for Net<N> {
    fn default() -> Self {
        Self { graph: StableDiGraph::default(), nodes: Places::default(), edges: Places::default() }
    }
}

impl<N: Keyed> Net<N> {
    pub(crate) fn reserve(&mut self, nodes: usize, edges: usize) {
        self.graph.reserve_nodes(nodes);
        self.graph.reserve_edges(edges);
        let Self { graph, nodes: by_key, edges: by_id } = self;
        by_key.reserve(nodes, |place| key_at(graph, place));
        by_id.reserve(edges, |place| id_at(graph, place));
    }

    pub(crate) fn find(&self, key: i64) -> Option<u32> {
        self.nodes.find(key, |place| key_at(&self.graph, place))
    }

    pub(crate) fn get(&self, place: u32) -> Option<&N> {
        self.graph.node_weight(NodeIndex::new(place as usize))
    }

    pub(crate) fn get_mut(&mut self, place: u32) -> Option<&mut N> {
        self.graph.node_weight_mut(NodeIndex::new(place as usize))
    }

    /// The node must not be there yet.
    pub(crate) fn add(&mut self, node: N) -> u32 {
        let key = node.key();
        let place = place(self.graph.add_node(node));
        let Self { graph, nodes, .. } = self;
        nodes.insert(key, place, |place| key_at(graph, place));
        place
    }

    /// Its edges must be gone already.
    pub(crate) fn remove(&mut self, place: u32) -> Option<N> {
        let key = self.get(place)?.key();
        self.nodes.remove(key, |place| key_at(&self.graph, place));
        self.graph.remove_node(NodeIndex::new(place as usize))
    }

    pub(crate) fn is_bare(&self, place: u32) -> bool {
        self.graph.neighbors_undirected(NodeIndex::new(place as usize)).next().is_none()
    }

    /// The edge must not be there yet.
    pub(crate) fn connect(&mut self, from: u32, to: u32, bond: Bond) {
        let (from, to) = (NodeIndex::new(from as usize), NodeIndex::new(to as usize));
        let edge = self.graph.add_edge(from, to, bond);
        let at = u32::try_from(edge.index()).unwrap_or(NONE);
        let Self { graph, edges, .. } = self;
        edges.insert(bond.id.0, at, |place| id_at(graph, place));
    }

    /// Both ends and the bond.
    pub(crate) fn edge(&self, id: EdgeId) -> Option<(u32, u32, Bond)> {
        let index = EdgeIndex::new(self.edges.find(id.0, |place| id_at(&self.graph, place))? as usize);
        let (from, to) = self.graph.edge_endpoints(index)?;
        Some((place(from), place(to), *self.graph.edge_weight(index)?))
    }

    pub(crate) fn cut(&mut self, id: EdgeId) -> Option<(u32, u32, Bond)> {
        let ends = self.edge(id)?;
        let index = self.edges.remove(id.0, |place| id_at(&self.graph, place))?;
        self.graph.remove_edge(EdgeIndex::new(index as usize));
        Some(ends)
    }

    /// Each edge that leaves (or reaches) the node, with its other end.
    #[inline]
    pub(crate) fn beside(&self, at: u32, direction: Direction) -> impl Iterator<Item = (u32, &Bond)> {
        let way = direction.petgraph();
        let edges = self.graph.edges_directed(NodeIndex::new(at as usize), way);
        edges.map(move |edge| match direction {
            Direction::Down => (place(edge.target()), edge.weight()),
            Direction::Up => (place(edge.source()), edge.weight()),
        })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &N)> {
        self.graph.node_indices().filter_map(|index| Some((place(index), self.graph.node_weight(index)?)))
    }

    pub(crate) fn edges(&self) -> impl Iterator<Item = (u32, u32, &Bond)> {
        self.graph.edge_references().map(|edge| (place(edge.source()), place(edge.target()), edge.weight()))
    }

    /// One more than the largest place in use.
    pub(crate) fn bound(&self) -> usize {
        self.graph.node_bound()
    }

    fn bytes(&self) -> usize {
        let (nodes, edges) = self.graph.capacity();
        let node = size_of::<Option<N>>().next_multiple_of(8) + 8;
        let edge = size_of::<Option<Bond>>() + 16;
        nodes * node + edges * edge + self.nodes.bytes() + self.edges.bytes()
    }
}

fn place(index: NodeIndex) -> u32 {
    u32::try_from(index.index()).unwrap_or(NONE)
}

fn key_at<N: Keyed>(graph: &StableDiGraph<N, Bond>, place: u32) -> i64 {
    graph.node_weight(NodeIndex::new(place as usize)).map_or(-1, Keyed::key)
}

fn id_at<N>(graph: &StableDiGraph<N, Bond>, place: u32) -> i64 {
    graph.edge_weight(EdgeIndex::new(place as usize)).map_or(-1, |bond| bond.id.0)
}

impl Direction {
    fn petgraph(self) -> petgraph::Direction {
        match self {
            Self::Down => petgraph::Outgoing,
            Self::Up => petgraph::Incoming,
        }
    }
}

impl LineageGraph {
    /// Whether the graph has facts of it.
    #[must_use]
    pub fn knows(&self, asset: AssetId) -> bool {
        self.assets.find(asset.0).is_some_and(|place| self.view(place).is_some())
    }

    /// The facts of a dataset or job.
    #[must_use]
    pub fn facts(&self, asset: AssetId) -> Option<Facts> {
        let kept = self.assets.get(self.assets.find(asset.0)?)?.kept?;
        Some(kept.give(asset, &self.paths))
    }

    /// The dataset of a column that has an edge.
    #[must_use]
    pub fn dataset_of(&self, column: ColumnId) -> Option<AssetId> {
        let owner = self.columns.get(self.columns.find(column.0)?)?.owner;
        Some(self.assets.get(owner)?.id)
    }

    /// How much it holds.
    #[must_use]
    pub fn size(&self) -> Size {
        let listed: usize = self.assets.iter().map(|(_, asset)| asset.beside.bytes()).sum();
        Size {
            assets: self.assets.nodes.len(),
            columns: self.columns.nodes.len(),
            asset_edges: self.assets.edges.len(),
            column_edges: self.columns.edges.len(),
            bytes: self.assets.bytes() + self.columns.bytes() + listed,
        }
    }

    pub(crate) fn view(&self, place: u32) -> Option<NodeView<'_>> {
        let asset = self.assets.get(place)?;
        let kept = asset.kept.as_ref()?;
        Some(NodeView { id: asset.id, kept, within: self.paths.get(kept.within) })
    }

    pub(crate) fn is_job(&self, place: u32) -> bool {
        let kept = self.assets.get(place).and_then(|asset| asset.kept);
        kept.is_some_and(|kept| kept.kind == NodeKind::Job)
    }

    pub(crate) fn asset_id(&self, place: u32) -> AssetId {
        self.assets.get(place).map_or(AssetId(0), |asset| asset.id)
    }

    /// The column at a place; [`None`] for a dataset as a whole.
    pub(crate) fn column_id(&self, place: u32) -> Option<ColumnId> {
        self.columns.get(place).filter(|column| column.key >= 0).map(|column| ColumnId(column.key))
    }

    pub(crate) fn owner(&self, column: u32) -> u32 {
        self.columns.get(column).map_or(NONE, |column| column.owner)
    }
}

/// Groups that can reach each other, by petgraph, over the pairs given.
pub(crate) fn strongly_connected(nodes: usize, pairs: impl Iterator<Item = (u32, u32)>) -> Vec<Vec<u32>> {
    let mut graph = petgraph::graph::DiGraph::<(), ()>::with_capacity(nodes, 0);
    for _ in 0..nodes {
        graph.add_node(());
    }
    for (from, to) in pairs {
        graph.add_edge(NodeIndex::new(from as usize), NodeIndex::new(to as usize), ());
    }
    // Kosaraju's keeps its stack on the heap: a chain of 100,000 must not end the process.
    let groups = petgraph::algo::kosaraju_scc(&graph);
    groups.into_iter().map(|group| group.into_iter().map(place).collect()).collect()
}
