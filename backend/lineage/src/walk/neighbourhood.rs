//! What fits on a page: the nodes around one, those that reach furthest first, and the rest counted.

use cadastre_model::{AssetId, ColumnId, EdgeId};
use chrono::{DateTime, Utc};

use super::eyes::Eyes;
use super::grow::Growth;
use super::links;
use super::{Direction, Jobs, Level};
use crate::{Filter, Hows, LineageGraph, NodeId, Sight};

/// How much is drawn. Nodes are datasets and jobs; the columns of a dataset are in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nodes before anything is expanded.
    pub first: usize,
    /// Nodes in all.
    pub most: usize,
    /// Nodes that one node leads to in one direction, unless it is expanded.
    pub siblings: usize,
    /// Nodes that one expansion adds.
    pub expansion: usize,
    /// Columns in all.
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { first: 60, most: 300, siblings: 8, expansion: 40, columns: 2000 }
    }
}

/// What to draw.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// The focus: a dataset, a job or a column. At column level a dataset stands for all its columns. A job is drawn at
    /// dataset level.
    pub focus: NodeId,
    /// Hops up.
    pub up: u32,
    /// Hops down.
    pub down: u32,
    /// Datasets or columns.
    pub level: Level,
    /// At column level: whether the datasets around are drawn too, unlit, beside those on a path of columns.
    pub context: bool,
    /// Jobs on edges, or as nodes.
    pub jobs: Jobs,
    /// What is left out.
    pub filter: Filter<'a>,
    /// How much is drawn.
    pub limits: Limits,
    /// Nodes that show more of what they lead to, in the order in which they were opened.
    pub expand: Vec<(AssetId, Direction)>,
}

impl Ask<'_> {
    /// One hop each way, jobs folded.
    #[must_use]
    pub fn around(focus: NodeId, level: Level) -> Self {
        Self {
            focus,
            up: 1,
            down: 1,
            level,
            context: true,
            jobs: Jobs::Folded,
            filter: Filter::default(),
            limits: Limits::default(),
            expand: Vec::new(),
        }
    }
}

/// What a node leads to and is not drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct More {
    /// Datasets that the reader sees and the filter lets pass: the *+N*.
    pub count: usize,
    /// Something may only be known to exist: one *restricted* node.
    pub restricted: bool,
}

/// A node of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The dataset or job.
    pub asset: AssetId,
    /// It is a job.
    pub job: bool,
    /// How many hops from the focus it was found: below 0 up, above 0 down. A job is as far as its dataset that is
    /// further from the focus.
    pub hop: i32,
    /// The node that it was found from.
    pub before: Option<usize>,
    /// At column level: a path of columns passes. Else always.
    pub lit: bool,
    /// The columns that are on a path, by id.
    pub columns: Vec<ColumnId>,
    /// It is on a path as a whole: which of its columns is not known.
    pub whole: bool,
    /// What it comes from and is not drawn.
    pub up: More,
    /// What it leads to and is not drawn.
    pub down: More,
}

/// Where a link begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Port {
    /// An index among the nodes.
    pub node: usize,
    /// The column; nothing for the node as a whole.
    pub column: Option<ColumnId>,
}

/// All edges from one port to another, as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it comes from.
    pub from: Port,
    /// Where it goes.
    pub to: Port,
    /// The jobs on it, by id; none where they are nodes.
    pub jobs: Vec<AssetId>,
    /// The rows, by id.
    pub edges: Vec<EdgeId>,
    /// Their kinds.
    pub hows: Hows,
    /// The best of their confidences.
    pub confidence: u8,
    /// When something last said so.
    pub seen: DateTime<Utc>,
    /// All of them stand for columns that are not known.
    pub star: bool,
    /// A person drew one of them.
    pub hand: bool,
    /// It is on a path of columns, or columns are not asked for.
    pub lit: bool,
}

/// A picture's content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbourhood {
    /// By hop, then by id.
    pub nodes: Vec<Drawn>,
    /// By where they come from, then by where they go. A link from a node to itself is possible, and circles are.
    pub links: Vec<Link>,
    /// The focus among the nodes. Nothing when the reader does not see it: then nothing else is there either.
    pub focus: Option<usize>,
    /// Datasets within the depth that were found and not drawn for want of room; what only they lead to is not counted.
    pub left_out: usize,
    /// Columns were left out for want of room.
    pub columns_left_out: bool,
}

impl Neighbourhood {
    /// The node of an asset.
    #[must_use]
    pub fn find(&self, asset: AssetId) -> Option<usize> {
        self.nodes.iter().position(|node| node.asset == asset)
    }
}

impl LineageGraph {
    /// What is around a node.
    #[must_use]
    pub fn neighbourhood(&self, sight: Sight<'_>, ask: &Ask<'_>) -> Neighbourhood {
        let eyes = Eyes::new(self, sight, &ask.filter);
        let level = self.level_for(ask.level, &[ask.focus]);
        let Some(mut growth) = Growth::start(&eyes, level, ask) else { return Neighbourhood::default() };
        growth.grow();
        links::draw(growth, ask.jobs)
    }
}
