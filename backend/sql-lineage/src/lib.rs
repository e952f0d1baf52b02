//! SQL text (and a schema, where there is one) to table and column lineage.
mod analysis;
mod answer;
#[cfg(feature = "cli")]
pub mod cli;
mod dialect;
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
pub use lineage::{
    Analysis, ColumnLineage, Diagnostic, EdgeKind, Fragment, Place, Script, Severity, Statement, StatementKind, TableName, Upstream,
};
pub use options::{Limits, Options, Stack};
pub use schema::Schema;
pub use stack::with_large_stack;

/// The lineage of a text of SQL.
pub fn analyze(sql: &str, dialect: Dialect, schema: &Schema, options: &Options) -> Analysis {
    work::analyze(sql, dialect, schema, options)
}
