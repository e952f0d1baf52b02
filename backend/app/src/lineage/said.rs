//! What a definition says, in names: before it is known which datasets and columns they are.

use cadastre_model::{AssetName, How, Understood};
use std::collections::BTreeSet;

/// All that was read out of one definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// The edges.
    pub(crate) edges: Vec<SaidEdge>,
    /// Its statements, in their order; none where it is no SQL.
    pub(crate) statements: Vec<SaidStatement>,
}

/// An edge between names. With one end only: the job reads or writes it, and nothing says where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SaidEdge {
    /// Where it comes from.
    pub(crate) from: Option<SaidEnd>,
    /// Where it goes.
    pub(crate) to: Option<SaidEnd>,
    /// How the value gets there.
    pub(crate) how: How,
    /// All columns, of which none is known.
    pub(crate) star: bool,
    /// 0 to 100.
    pub(crate) confidence: i16,
    /// Where the definition says so.
    pub(crate) spot: Option<Spot>,
}

/// An end of an edge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SaidEnd {
    /// The dataset.
    pub(crate) name: AssetName,
    /// Its column; none: the dataset as a whole.
    pub(crate) column: Option<String>,
}

impl SaidEnd {
    /// A dataset as a whole.
    #[must_use]
    pub(crate) const fn whole(name: AssetName) -> Self {
        Self { name, column: None }
    }
}

/// A stretch of the definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The statement, from 1.
    pub(crate) statement: i32,
    /// First byte.
    pub(crate) start: i32,
    /// First byte behind it.
    pub(crate) end: i32,
}

/// A statement, and how much of it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SaidStatement {
    /// From 1.
    pub(crate) ordinal: i32,
    /// What it does, in the words of `sql-lineage`.
    pub(crate) kind: String,
    /// How much was understood.
    pub(crate) understood: Understood,
    /// First byte.
    pub(crate) start: i32,
    /// First byte behind it.
    pub(crate) end: i32,
    /// Its line, from 1.
    pub(crate) line: i32,
    /// Of the worst that was not understood the first: why, and in which line and column.
    pub(crate) reason: Option<(String, i32, i32)>,
}

impl Said {
    /// The datasets that it names, each once.
    #[must_use]
    pub(crate) fn names(&self) -> Vec<AssetName> {
        let ends = self.edges.iter().flat_map(|edge| [&edge.from, &edge.to]).flatten();
        let mut seen = BTreeSet::new();
        ends.filter(|end| seen.insert((&end.name.namespace, &end.name.path)))
            .map(|end| end.name.clone())
            .collect()
    }

    /// Adds what another definition of the same job says.
    pub(crate) fn add(&mut self, other: Self) {
        self.edges.extend(other.edges);
        self.statements.extend(other.statements);
    }
}
