//! What a definition says, in names: before it is known which datasets and columns they are.

use cadastre_model::{AssetName, How, Understood};
use std::collections::BTreeSet;

/// All that was read out of one definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The edges.
    pub edges: Vec<SaidEdge>,
    /// Its statements, in their order; none where it is no SQL.
    pub statements: Vec<SaidStatement>,
}

/// An edge between names. With one end only: the job reads or writes it, and nothing says where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidEdge {
    /// Where it comes from.
    pub from: Option<SaidEnd>,
    /// Where it goes.
    pub to: Option<SaidEnd>,
    /// How the value gets there.
    pub how: How,
    /// All columns, of which none is known.
    pub star: bool,
    /// 0 to 100.
    pub confidence: i16,
    /// Where the definition says so.
    pub spot: Option<Spot>,
}

/// An end of an edge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SaidEnd {
    /// The dataset.
    pub name: AssetName,
    /// Its column; none: the dataset as a whole.
    pub column: Option<String>,
}

impl SaidEnd {
    /// A dataset as a whole.
    #[must_use]
    pub const fn whole(name: AssetName) -> Self {
        Self { name, column: None }
    }
}

/// A stretch of the definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The statement, from 1.
    pub statement: i32,
    /// First byte.
    pub start: i32,
    /// First byte behind it.
    pub end: i32,
}

/// A statement, and how much of it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidStatement {
    /// From 1.
    pub ordinal: i32,
    /// What it does, in the words of `sql-lineage`.
    pub kind: String,
    /// How much was understood.
    pub understood: Understood,
    /// First byte.
    pub start: i32,
    /// First byte behind it.
    pub end: i32,
    /// Its line, from 1.
    pub line: i32,
    /// Of the worst that was not understood the first: why, and in which line and column.
    pub reason: Option<(String, i32, i32)>,
}

impl Said {
    /// The datasets that it names, each once.
    #[must_use]
    pub fn names(&self) -> Vec<AssetName> {
        let ends = self.edges.iter().flat_map(|edge| [&edge.from, &edge.to]).flatten();
        let mut seen = BTreeSet::new();
        ends.filter(|end| seen.insert((&end.name.namespace, &end.name.path)))
            .map(|end| end.name.clone())
            .collect()
    }

    /// Adds what another definition of the same job says.
    pub fn add(&mut self, other: Self) {
        self.edges.extend(other.edges);
        self.statements.extend(other.statements);
    }
}
