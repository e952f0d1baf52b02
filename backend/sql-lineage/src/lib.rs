//! SQL text (and a schema, where there is one) to table and column lineage.
//!
//! [`analyze`] takes a text of one or many statements and says for each which tables it reads and writes, from which input columns
//! each output column comes and how (identity, cast, aggregate …), and which columns decide its rows; and for the text as a whole the same
//! through its temporary and intermediate tables. What is not understood is said in [`Diagnostic`]s and never guessed; one statement that
//! fails does not stop the others.
//!
//! ```
//! use sql_lineage::{Dialect, EdgeKind, Options, Schema, analyze};
//!
//! let schema: Schema = serde_json::from_str(
//!     r#"{"shop.orders": {"id": "int", "customer": "int", "amount": "decimal", "state": "text"},
//!         "shop.customers": {"id": "int", "name": "text"}}"#,
//! )?;
//! let sql = "
//!     CREATE TEMP TABLE paid AS SELECT * FROM shop.orders WHERE state = 'paid';
//!     INSERT INTO mart.revenue (name, total)
//!     SELECT name, sum(amount) FROM paid JOIN shop.customers c ON c.id = customer GROUP BY name;
//! ";
//! let analysis = analyze(sql, Dialect::Postgres, &schema, &Options::default());
//!
//! // The statements one by one …
//! let insert = &analysis.statements[1];
//! assert_eq!(insert.reads[0].to_string(), "paid");
//! assert_eq!(insert.columns[1].expression.as_ref().map(|e| &*e.text), Some("sum(amount)"));
//! assert!(insert.rows.iter().any(|row| row.kind == EdgeKind::Join && &*row.column == "customer"));
//!
//! // … and the text as a whole: the temporary table is looked through.
//! let script = &analysis.script;
//! assert_eq!(script.reads.iter().map(ToString::to_string).collect::<Vec<_>>(), ["shop.orders", "shop.customers"]);
//! assert_eq!(script.writes[0].to_string(), "mart.revenue");
//! let total = &script.columns[1];
//! assert_eq!((&*total.column, &*total.upstreams[0].column, total.upstreams[0].kind), ("total", "amount", EdgeKind::Aggregate));
//! assert_eq!(total.upstreams[0].table.as_ref().map(ToString::to_string).as_deref(), Some("shop.orders"));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Without a schema
//!
//! A schema is not needed, only better: without it `SELECT *` gives the edge `t.* ← s.*`, to be resolved when the columns are known, and
//! a column that several tables may have is an [`Upstream`] without table that names its candidates.
//!
//! # Names
//!
//! Identifiers are folded as the dialect does (PostgreSQL to lower case, Snowflake and Oracle to upper case, most keep them) and
//! compared without case. A table of the schema is shown in the schema's spelling. Defaults for catalog and schema are in [`Options`], and
//! follow `USE`. A column without a name of its own is called `_col0`, `_col1` … by its position (in PostgreSQL and Redshift as they do,
//! by its function).
//!
//! # Hostile texts
//!
//! Texts are refused before parsing when they are too long, too deep or chain too many operators ([`Limits`]); what is deep all the same
//! is parsed, walked and dropped on a thread with a large stack ([`Stack`]). The work is bounded too, so that no text holds a thread for
//! long.
//!
//! # Not here
//!
//! No database is asked. SQL that is put together at run time, bodies of functions in other languages, and triggers are not looked into.
//!
//! Features: `cli` (default) has the command line, [`cli`].

mod analysis;
mod answer;
#[cfg(feature = "cli")]
pub mod cli;
mod dialect;
mod inspect;
mod lineage;
mod names;
mod options;
mod parse;
mod prepass;
pub mod protocol;
mod schema;
mod script;
mod stack;
mod text;
mod tokens;
mod work;

pub use dialect::{Dialect, UnknownDialect};
pub use inspect::{Form, Inspection, inspect, inspect_expression, plain};
pub use lineage::{
    Analysis, ColumnLineage, Diagnostic, EdgeKind, Fragment, Place, Script, Severity, Statement,
    StatementKind, TableName, Upstream,
};
pub use options::{Limits, Options, Stack};
pub use schema::Schema;
pub use stack::with_large_stack;

/// The lineage of a text of SQL: of each statement, and of the whole.
///
/// Never fails: a text that is refused or not understood is a statement of kind [`StatementKind::Unknown`] with its reason. See the
/// [crate] for an example.
pub fn analyze(sql: &str, dialect: Dialect, schema: &Schema, options: &Options) -> Analysis {
    work::analyze(sql, dialect, schema, options)
}
