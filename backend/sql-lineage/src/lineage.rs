//! The answer: what [`crate::analyze`] gives back. Plain data with serde; how it is found is in `analysis`.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

/// The lineage of a text of SQL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Analysis {
    /// One entry a statement, in the order of the text.
    pub statements: Vec<Statement>,
    /// The text as a whole, through its temporary and intermediate tables.
    pub script: Script,
}

/// The lineage of one statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Counted from 0.
    pub index: usize,
    /// What the statement does.
    pub kind: StatementKind,
    /// Where it stands in the text.
    pub place: Place,
    /// The tables it reads.
    pub reads: Vec<TableName>,
    /// The tables it creates, fills, changes or drops.
    pub writes: Vec<TableName>,
    /// The columns that come out of it, in their order.
    pub columns: Vec<ColumnLineage>,
    /// The columns that decide which rows come out: filters, join conditions, grouping, sorting.
    pub rows: Vec<Upstream>,
    /// What was not understood, and what is doubtful.
    pub diagnostics: Vec<Diagnostic>,
}

/// The lineage of a whole text: tables that it fills and reads again are passed through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The tables read from outside.
    pub reads: Vec<TableName>,
    /// The tables that the text leaves changed.
    pub writes: Vec<TableName>,
    /// The columns written last, and what SELECTs return, from the columns read outside.
    pub columns: Vec<ColumnLineage>,
}

/// An output column and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnLineage {
    /// The table it is written to; `None`: it is returned by a query.
    pub table: Option<TableName>,
    /// Its name; `*` for the columns of a star that no schema resolves.
    pub column: Arc<str>,
    /// The expression that makes it, as written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expression: Option<Fragment>,
    /// The columns it comes from.
    pub upstreams: Vec<Upstream>,
}

/// A column that something comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    /// Its table; `None`: not resolved, see `candidates`.
    pub table: Option<TableName>,
    /// Its name; `*` for every column of the table.
    pub column: Arc<str>,
    /// How the output depends on it.
    pub kind: EdgeKind,
    /// Where the table is not known: those that may have the column (at most 32).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub candidates: Vec<TableName>,
}

/// How an output column depends on an input column. The order is that of distance: of two steps the later kind stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// The value itself, under the same name.
    Identity,
    /// The value itself, under another name.
    Rename,
    /// The value, cast to a type.
    Cast,
    /// Through an expression.
    Expression,
    /// An argument of a window function.
    Window,
    /// Through an aggregate function.
    Aggregate,
    /// In a condition of the output's expression: CASE, IF. The first of the indirect kinds.
    Condition,
    /// In the PARTITION BY or ORDER BY of the output's window.
    Over,
    /// Decides rows: WHERE, HAVING, QUALIFY.
    Filter,
    /// Decides rows: a join condition.
    Join,
    /// Decides rows: GROUP BY, DISTINCT ON.
    Group,
    /// Decides rows: ORDER BY.
    Sort,
}

impl EdgeKind {
    /// Whether the value comes from the column, rather than being influenced by it.
    pub fn is_direct(self) -> bool {
        self < Self::Condition
    }

    /// Whether the column decides rows, not values.
    pub fn decides_rows(self) -> bool {
        self >= Self::Filter
    }

    /// The kind of two steps, the outer after the inner.
    pub(crate) fn after(self, inner: Self) -> Self {
        if self.decides_rows() { self } else { self.max(inner) }
    }

    /// The kind's name, as serde writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Rename => "rename",
            Self::Cast => "cast",
            Self::Expression => "expression",
            Self::Window => "window",
            Self::Aggregate => "aggregate",
            Self::Condition => "condition",
            Self::Over => "over",
            Self::Filter => "filter",
            Self::Join => "join",
            Self::Group => "group",
            Self::Sort => "sort",
        }
    }
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragment {
    /// The piece, as written.
    pub text: Arc<str>,
    /// Where it stands.
    pub place: Place,
}

/// A stretch of the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Line, counted from 1.
    pub line: u32,
    /// Character in the line, counted from 1.
    pub column: u32,
    /// First byte in the text.
    pub start: u32,
    /// First byte behind it.
    pub end: u32,
}

/// Something to be said about a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// In words.
    pub message: String,
    /// Where, as far as it is known.
    pub place: Place,
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The answer holds; something may be worth a look (an ambiguous column).
    Note,
    /// A part is missing in the answer.
    Warning,
    /// The statement was not understood; there is no answer for it.
    Error,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// Returns rows.
    Query,
    /// INSERT, in all its forms.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// MERGE.
    Merge,
    /// CREATE TABLE with columns, LIKE, CLONE.
    CreateTable,
    /// CREATE TABLE … AS, SELECT INTO.
    CreateTableAs,
    /// CREATE VIEW, materialised or not.
    CreateView,
    /// CREATE FUNCTION. Its body's lineage is given; the tables count for a script when the function is called.
    CreateFunction,
    /// CREATE PROCEDURE: its statements, as one.
    CreateProcedure,
    /// COPY, LOAD, UNLOAD, EXPORT, INSERT OVERWRITE DIRECTORY: between tables and files.
    Copy,
    /// ALTER TABLE and the like.
    Alter,
    /// RENAME of a table, in any spelling.
    Rename,
    /// DROP of a table or view.
    Drop,
    /// TRUNCATE.
    Truncate,
    /// USE.
    Use,
    /// Anything that moves no data: SET, SHOW, GRANT, BEGIN …
    Other,
    /// Not understood; see the diagnostics.
    Unknown,
}

/// The name of a table, a view, or a path in a file store. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    parts: Arc<[Arc<str>]>,
}

impl TableName {
    /// A name of its parts, outermost first (catalog, schema, table).
    pub fn new<P: Into<Arc<str>>>(parts: impl IntoIterator<Item = P>) -> Self {
        Self { parts: parts.into_iter().map(Into::into).collect() }
    }

    /// The parts, outermost first, without quotes.
    pub fn parts(&self) -> &[Arc<str>] {
        &self.parts
    }

    /// The table's own name, without catalog and schema.
    pub fn last(&self) -> &str {
        self.parts.last().map_or("", |part| part)
    }
}

impl fmt::Display for TableName {
    /// The parts with dots between; a part that has a dot itself stands in double quotes, a lone one (a path) does not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.parts.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            if self.parts.len() > 1 && part.contains(['.', '"']) {
                write!(f, "\"{}\"", part.replace('"', "\"\""))?;
            } else {
                f.write_str(part)?;
            }
        }
        Ok(())
    }
}

impl Serialize for TableName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.parts.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TableName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { parts: Vec::<Arc<str>>::deserialize(deserializer)?.into() })
    }
}
