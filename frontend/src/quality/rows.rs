//! Rows of a source on a page: failing rows, sample rows, what a dry-run found. Masked before they come here.

use chrono::{DateTime, Utc};

/// Rows, or why there are none.
#[derive(Debug, Clone)]
pub enum Rows {
    /// These.
    Shown(Sample),
    /// The reader lacks the right to see values here.
    Withheld,
    /// The rule keeps none (`sample: false`), or the source's settings do not allow it.
    Off,
    /// There is none: nothing fails, or this kind of check has no rows.
    None,
}

/// Some rows.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// How many there are in all, where that is known.
    pub total: Option<i64>,
    /// When they were read.
    pub taken: Option<DateTime<Utc>>,
    /// Whether any column is masked for the reader.
    pub is_masked: bool,
}

/// A value on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// As it is; long ones are cut before they come here.
    Value(String),
    /// As it is, with the one that is wrong marked.
    Wrong(String),
    /// NULL.
    Null,
    /// NULL, and that is what is wrong.
    WrongNull,
    /// What is shown in place of the value, as `a••@•••.com`.
    Masked(String),
}
