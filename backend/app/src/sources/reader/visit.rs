//! A visit: one fresh connection on which queries are asked, each in the same snapshot, none of which may write.
//!
//! Whether a query may be asked at all is looked at before (`sources::safe`); here is what holds whatever it is: one statement by the
//! protocol, a transaction that only reads, the server's own limit of time and ours behind it, and caps on what comes back.

use std::time::Duration;

use async_trait::async_trait;

use super::SourceError;

/// A visit that was begun. Dropped in the middle of a query, it has the query cancelled at the server.
#[async_trait]
pub trait Visit: Send + Sync + std::fmt::Debug {
    /// The number of the session at the server.
    fn pid(&self) -> i32;

    /// What the account may do beyond reading, by the words of the server: superuser, roles that reach files or programs.
    fn too_much(&self) -> &[String];

    /// Asks one query. One that fails leaves the snapshot as it was: the next is asked in it.
    ///
    /// # Errors
    /// See [`AskError`]. After [`AskError::Source`] and [`AskError::Slow`] by our own clock the visit is over.
    async fn ask(&mut self, sql: &str, most: &Most) -> Result<Rows, AskError>;

    /// Rolls back and leaves.
    async fn close(self: Box<Self>);
}

/// How long a query may take, and how much of its answer is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Most {
    /// At the server; we wait two seconds longer.
    pub time: Duration,
    /// Rows.
    pub rows: u32,
    /// Columns; more are refused.
    pub columns: usize,
    /// Characters of a cell; the rest is cut.
    pub cell: u32,
    /// Bytes of all cells together.
    pub bytes: usize,
}

impl Default for Most {
    fn default() -> Self {
        Self { time: Duration::from_secs(30), rows: 1_000, columns: 100, cell: 4_000, bytes: 1 << 20 }
    }
}

impl Most {
    /// For a query that gives one row of many columns, as those of rules do: as many as a server allows.
    #[must_use]
    pub fn one_row(time: Duration) -> Self {
        Self { time, rows: 2, columns: 1_664, ..Self::default() }
    }
}

/// What a query gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The columns, in their order.
    pub columns: Vec<RowsColumn>,
    /// The rows, each with a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// There were more rows than are here.
    pub more: bool,
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsColumn {
    /// Its name; need not be unique.
    pub name: String,
    /// The name of its type in the server's catalogue: `int8`, `text`, `_text`.
    pub kind: String,
}

/// A value as the server writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// The text; none: NULL.
    pub text: Option<String>,
    /// There was more of it.
    pub cut: bool,
}

impl Rows {
    /// The cells of the one row that there is; none where there are none or several.
    #[must_use]
    pub fn one(&self) -> Option<&[Cell]> {
        match self.rows.as_slice() {
            [row] if !self.more => Some(row),
            _ => None,
        }
    }
}

/// Why a query gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskError {
    /// The server says that the query is wrong, or what is in the data does not go with it.
    Wrong(Wrong),
    /// The server refused to write.
    Writes(Wrong),
    /// The time was up, by the server's clock or by ours.
    Slow,
    /// It has so many columns.
    Wide(usize),
    /// It has parameters, or gives no columns.
    Shapeless,
    /// The source could not be read.
    Source(SourceError),
}

/// What the server says about a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// In its own words. May hold values of the data.
    pub text: String,
    /// The code of the SQL standard, five characters.
    pub code: String,
    /// The character in the query that it points at, from 1.
    pub position: Option<u32>,
}
