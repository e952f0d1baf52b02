//! Edges: as the store has them ([`Edge`]), as the graph keeps them (`Bond`), and what changes ([`Change`]).

use cadastre_model::{AssetId, ColumnId, EdgeId, How};
use chrono::{DateTime, Utc};

use crate::facts::Facts;

/// One end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct End {
    /// The dataset.
    pub dataset: AssetId,
    /// Its column, where one is known.
    pub column: Option<ColumnId>,
}

impl End {
    /// A dataset as a whole.
    #[must_use]
    pub const fn dataset(dataset: AssetId) -> Self {
        Self { dataset, column: None }
    }

    /// A column of a dataset.
    #[must_use]
    pub const fn column(dataset: AssetId, column: ColumnId) -> Self {
        Self { dataset, column: Some(column) }
    }
}

/// An open row of the edges.
///
/// With a column at either end it is a column edge (a filter has a column at its source and a whole dataset at its
/// target), with none a dataset edge. With one end only, the job reads or writes it and nothing says where it goes or
/// comes from; a column of such an end is not looked at. A row without both ends needs a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The row.
    pub id: EdgeId,
    /// The job that bears it; who does not see the job does not see the edge.
    pub job: Option<AssetId>,
    /// Where it comes from.
    pub source: Option<End>,
    /// Where it goes.
    pub target: Option<End>,
    /// How the value gets there.
    pub how: How,
    /// 0 to 100.
    pub confidence: u8,
    /// When something last said so, to the second.
    pub seen: DateTime<Utc>,
    /// Drawn by a person.
    pub hand: bool,
    /// All columns of the source, of which none is known.
    pub star: bool,
    /// A person said that there is no such edge: while the row is open, every edge with the same ends (datasets, and
    /// columns where it has them) is not there, whatever its job. A struck pair of datasets takes its column edges along.
    pub struck: bool,
}

/// What the store says anew. Taken over twice, or in another order among different rows and assets, it ends in the
/// same graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The facts of a dataset or job, whether they are known already or not.
    Node(AssetId, Facts),
    /// There is no such dataset or job any more. Edges at it stay unseen until they are closed.
    Gone(AssetId),
    /// The row is open, and says this.
    Opened(Edge),
    /// The row is closed.
    Closed(EdgeId),
}

/// An instant in whole seconds since 1970, clamped: 4 bytes an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Second(u32);

impl Second {
    pub(crate) fn of(instant: DateTime<Utc>) -> Self {
        Self(u32::try_from(instant.timestamp().max(0)).unwrap_or(u32::MAX))
    }

    pub(crate) fn instant(self) -> DateTime<Utc> {
        DateTime::from_timestamp(i64::from(self.0), 0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

const HAND: u8 = 1;
const STAR: u8 = 2;

/// What the graph keeps of an edge besides its ends: 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bond {
    pub(crate) id: EdgeId,
    /// The place of the job, or [`NONE`].
    pub(crate) job: u32,
    pub(crate) seen: Second,
    pub(crate) how: How,
    pub(crate) confidence: u8,
    flags: u8,
}

/// No place.
pub(crate) const NONE: u32 = u32::MAX;

impl Bond {
    pub(crate) fn of(edge: &Edge, job: Option<u32>) -> Self {
        let Edge { id, how, confidence, seen, hand, star, .. } = *edge;
        let flags = if hand { HAND } else { 0 } | if star { STAR } else { 0 };
        Self { id, job: job.unwrap_or(NONE), seen: Second::of(seen), how, confidence, flags }
    }

    pub(crate) fn hand(self) -> bool {
        self.flags & HAND != 0
    }

    pub(crate) fn star(self) -> bool {
        self.flags & STAR != 0
    }
}

/// What makes two edges the same to who strikes one out: the assets (the job in place of an end that is not there), and
/// the columns.
pub(crate) type Ends = (AssetId, AssetId, Option<ColumnId>, Option<ColumnId>);

impl Edge {
    /// The ends; nothing when the row lacks both, or one of them and the job too.
    pub(crate) fn ends(&self) -> Option<Ends> {
        match (self.source, self.target) {
            (Some(from), Some(to)) => Some((from.dataset, to.dataset, from.column, to.column)),
            (Some(from), None) => Some((from.dataset, self.job?, None, None)),
            (None, Some(to)) => Some((self.job?, to.dataset, None, None)),
            (None, None) => None,
        }
    }
}
