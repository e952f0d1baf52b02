//! What a crawl saw: plain structs, in the source's own words and ids. Nothing here knows how it is stored.

use std::sync::Arc;

use cadastre_model::{ColumnType, ConstraintKind, DatasetKind, Message};
use chrono::{DateTime, Utc};

/// One database of a source as of one snapshot.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Which cluster answered: a 64-bit number, as text. `None` where the account may not read it (a notice says so);
    /// then no oid can be trusted from one crawl to the next, and names decide.
    pub system_identifier: Option<String>,
    /// The server's version as it says it (`15.14 (Debian 15.14-0+deb12u1)`).
    pub server_version: String,
    /// The database's name.
    pub database: String,
    /// The database's oid.
    pub database_oid: u32,
    /// The database's comment.
    pub database_comment: Option<String>,
    /// The source's clock when the snapshot was taken.
    pub collected_at: DateTime<Utc>,
    /// When the source began to count reads and writes, where it says so.
    pub counted_since: Option<DateTime<Utc>>,
    /// The schemas in scope, by name.
    pub schemas: Vec<Schema>,
    /// The datasets in scope, by schema and name. Partitions are folded into their parent.
    pub datasets: Vec<Dataset>,
    /// Functions and procedures in SQL and PL/pgSQL, by schema, name and arguments.
    pub functions: Vec<Function>,
    /// What is there and was left out by the filters: it is out of scope, not gone.
    pub left_out: Vec<LeftOut>,
    /// Whether everything in scope was seen. Only then does "not in the listing" mean "gone".
    pub complete: bool,
    /// What could not be read or was cut, in words.
    pub notices: Vec<Message>,
}

impl Listing {
    /// How many columns all datasets have together.
    #[must_use]
    pub fn column_count(&self) -> usize {
        self.datasets.iter().map(|dataset| dataset.columns.len()).sum()
    }
}

/// A schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// Its oid.
    pub oid: u32,
    /// The role that owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// Whether the account may look inside (USAGE). What is inside is listed either way.
    pub usable: bool,
}

/// Something that a filter left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The schema.
    pub schema: String,
    /// The dataset in it; `None` when the whole schema was left out.
    pub dataset: Option<String>,
    /// The oid of the dataset, or of the schema.
    pub oid: u32,
}

/// A table, view or the like.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The schema it lies in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its oid.
    pub oid: u32,
    /// What it is.
    pub kind: DatasetKind,
    /// The role that owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// Rows, as the planner believes; `None` when it was never analysed, and for views.
    pub row_estimate: Option<i64>,
    /// Bytes on disk with indexes and TOAST, all partitions together; `None` for views and foreign tables.
    pub bytes: Option<i64>,
    /// How often it was read and written, all partitions together; `None` where the source does not count.
    pub counters: Option<Counters>,
    /// The query of a view or materialised view, all names qualified.
    pub definition: Option<String>,
    /// How it is cut into partitions.
    pub partitioning: Option<Partitioning>,
    /// The foreign server behind a foreign table.
    pub foreign_server: Option<String>,
    /// How durable it is.
    pub persistence: Persistence,
    /// Whether the account may SELECT from it, from some column at least.
    pub readable: bool,
    /// Whether row level security is switched on.
    pub row_security: bool,
    /// Columns, in the table's order.
    pub columns: Vec<Column>,
    /// Keys and checks, by name.
    pub constraints: Vec<Constraint>,
    /// Indexes that no constraint stands on, by name.
    pub indexes: Vec<Index>,
}

/// What a source counted since it began to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Scans of the table and of its indexes.
    pub reads: i64,
    /// Rows inserted, changed and deleted.
    pub writes: i64,
}

/// How durable a dataset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// Logged.
    Permanent,
    /// Emptied after a crash.
    Unlogged,
}

/// How a table is cut into partitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partitioning {
    /// `range`, `list` or `hash`.
    pub strategy: &'static str,
    /// The key as written: `payment_date`, `lower(email)`.
    pub key: String,
    /// How many partitions hold rows (the leaves).
    pub count: u32,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The source's own number of the column: survives a rename, is never used again.
    pub attnum: i16,
    /// Its name.
    pub name: String,
    /// Its place among the columns that are there, from 1.
    pub ordinal: u32,
    /// Its type; shared between the columns of one type.
    pub data_type: Arc<DataType>,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The expression of the default.
    pub default: Option<String>,
    /// Where its values come from, when not from the writer.
    pub generated: Option<Generated>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A type as the source writes it, and as we understand it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataType {
    /// As the source writes it, with length and precision: `character varying(20)`, `sales.stage[]`.
    pub written: String,
    /// What it holds; a domain counts as the type below it.
    pub kind: ColumnType,
    /// What the elements of an array hold.
    pub element: Option<ColumnType>,
    /// The words of an enum (or of an array's enum), in their order.
    pub labels: Vec<String>,
}

/// Where a column's values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generated {
    /// `GENERATED ALWAYS AS IDENTITY`.
    IdentityAlways,
    /// `GENERATED BY DEFAULT AS IDENTITY`.
    IdentityByDefault,
    /// Computed from other columns and stored; the expression stands in `default`.
    Stored,
    /// Computed at each read; the expression stands in `default`.
    Virtual,
}

/// A key or a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// Primary, unique, foreign or check.
    pub kind: ConstraintKind,
    /// Names of the columns, in the order of the key.
    pub columns: Vec<String>,
    /// What a foreign key points to.
    pub references: Option<Reference>,
    /// As the source writes it.
    pub definition: String,
    /// Whether the rows that were there before were checked.
    pub validated: bool,
}

/// What a foreign key points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The schema.
    pub schema: String,
    /// The table; the parent, where it is a partition.
    pub dataset: String,
    /// The table's oid.
    pub oid: u32,
    /// The columns, in the order of the key.
    pub columns: Vec<String>,
}

/// An index that is no constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Key columns and expressions, in their order, as written.
    pub keys: Vec<String>,
    /// Whether it forbids equal keys.
    pub unique: bool,
    /// As the source writes it.
    pub definition: String,
}

/// A function or procedure whose body tells lineage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its oid.
    pub oid: u32,
    /// The arguments that tell it from its namesakes.
    pub arguments: String,
    /// What it returns; `None` for a procedure.
    pub returns: Option<String>,
    /// `sql` or `plpgsql`.
    pub language: String,
    /// The whole `CREATE OR REPLACE …`.
    pub definition: String,
    /// Its comment.
    pub comment: Option<String>,
}
