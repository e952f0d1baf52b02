//! Walks: each under a [`crate::Sight`] and a [`crate::Filter`], each in the same order every time.

mod coverage;
mod cycles;
mod diff;
mod eyes;
mod grow;
mod impact;
mod links;
mod marks;
mod neighbourhood;
mod path;
mod score;

pub use coverage::Survey;
pub use diff::{Compared, Mark};
pub use impact::{Affected, Impact, ImpactAsk};
pub use neighbourhood::{Ask, Drawn, Limits, Link, More, Neighbourhood, Port};
pub use path::Routes;
pub use score::Reach;

/// Against or with the flow of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// To where it comes from.
    Up,
    /// To where it goes.
    Down,
}

impl Direction {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Up, Self::Down];

    /// The other one.
    #[must_use]
    pub const fn back(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }

    /// From a near and a far end: what comes first in the flow, and what after. Its own inverse.
    pub(crate) fn order<T>(self, near: T, far: T) -> (T, T) {
        match self {
            Self::Down => (near, far),
            Self::Up => (far, near),
        }
    }

    pub(crate) const fn sign(self) -> i32 {
        match self {
            Self::Up => -1,
            Self::Down => 1,
        }
    }
}

/// What is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Level {
    /// From dataset to dataset.
    #[default]
    Datasets,
    /// From column to column. At a column, edges of its dataset as a whole count as its own. A dataset that is reached as
    /// a whole is walked on from by its edges as a whole only.
    Columns,
}

/// What becomes of jobs. A hop is from dataset to dataset either way, so both reach the same datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Jobs {
    /// They stand on the edges that they bear. A job that only reads or only writes is not there.
    #[default]
    Folded,
    /// They are nodes between the datasets, and at the end of those that they only read or only write.
    Shown,
}
