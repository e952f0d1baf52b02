//! The batch protocol of `lineage sql --jsonl`: a case a line in, an answer a line out, in the same order.
//!
//! ```text
//! → {"id", "dialect", "sql", "schema", "default_db", "default_schema"}
//! ← {"id", "in_tables": ["db.t"], "out_tables": ["t2"],
//!    "column_lineage": [{"downstream": {"table": "t2"|null, "column": "c"},
//!                        "upstreams": [{"table": "db.t"|null, "column": "a", "kind": "direct"}]}],
//!    "errors": [{"statement": 0, "message": "…"}]}
//! ```
//!
//! The answer is the whole text's ([`crate::Script`]). `kind` is `direct`, `condition` or `window`, and `filter` for what decides the
//! rows of a scalar subquery; what decides the statement's own rows is in the full answer, not here.

use serde::{Deserialize, Serialize};

use crate::{Analysis, ColumnLineage, Dialect, EdgeKind, Options, Schema, Severity, TableName};

/// A case: a text and what is known of its surroundings.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// Given back with the answer.
    pub id: serde_json::Value,
    /// A name that [`Dialect`] knows; none: ansi.
    #[serde(default)]
    pub dialect: Option<String>,
    /// The text.
    pub sql: String,
    /// The tables that are known.
    #[serde(default)]
    pub schema: Option<Schema>,
    /// The catalog of names without one.
    #[serde(default)]
    pub default_db: Option<String>,
    /// The schema of names without one.
    #[serde(default)]
    pub default_schema: Option<String>,
}

/// An answer.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The case's.
    pub id: serde_json::Value,
    /// Tables read from outside.
    pub in_tables: Vec<String>,
    /// Tables left changed.
    pub out_tables: Vec<String>,
    /// Output columns, each with its upstreams.
    pub column_lineage: Vec<Edges>,
    /// What was not understood, by statement.
    pub errors: Vec<Error>,
}

/// An output column and its upstreams.
#[derive(Debug, Serialize)]
pub struct Edges {
    /// The output column.
    pub downstream: Column,
    /// The columns it comes from.
    pub upstreams: Vec<Upstream>,
}

/// A column of a table; of none: of a query's result, or not resolved.
#[derive(Debug, Serialize)]
pub struct Column {
    /// The table's name, its parts with dots between.
    pub table: Option<String>,
    /// The column's name.
    pub column: String,
}

/// An upstream column.
#[derive(Debug, Serialize)]
pub struct Upstream {
    /// Which.
    #[serde(flatten)]
    pub column: Column,
    /// `direct`, `condition`, `window`, `filter`, `join`, `group`, `sort`.
    pub kind: &'static str,
}

/// What was not understood.
#[derive(Debug, Serialize)]
pub struct Error {
    /// The statement, counted from 0.
    pub statement: usize,
    /// In words.
    pub message: String,
}

/// Answers a case. `options` are the caller's; the case's defaults come before them.
pub fn answer(case: Case, options: &Options) -> Answer {
    let schema = case.schema.unwrap_or_default();
    let mut options = options.clone();
    options.default_catalog = case.default_db.or(options.default_catalog);
    options.default_schema = case.default_schema.or(options.default_schema);
    match case.dialect.as_deref().unwrap_or("ansi").parse::<Dialect>() {
        Ok(dialect) => of(case.id, &crate::analyze(&case.sql, dialect, &schema, &options)),
        Err(unknown) => {
            let error = Error { statement: 0, message: unknown.to_string() };
            Answer {
                id: case.id,
                in_tables: Vec::new(),
                out_tables: Vec::new(),
                column_lineage: Vec::new(),
                errors: vec![error],
            }
        }
    }
}

fn of(id: serde_json::Value, analysis: &Analysis) -> Answer {
    let errors = analysis.statements.iter().flat_map(|statement| {
        let errors = statement.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        errors.map(|error| Error { statement: statement.index, message: error.message.clone() })
    });
    Answer {
        id,
        in_tables: analysis.script.reads.iter().map(plain).collect(),
        out_tables: analysis.script.writes.iter().map(plain).collect(),
        column_lineage: analysis.script.columns.iter().map(edges).collect(),
        errors: errors.collect(),
    }
}

fn edges(column: &ColumnLineage) -> Edges {
    let upstreams = column.upstreams.iter().map(|upstream| Upstream {
        column: Column { table: upstream.table.as_ref().map(plain), column: upstream.column.to_string() },
        kind: match upstream.kind {
            EdgeKind::Over => "window",
            kind if kind.is_direct() => "direct",
            kind => kind.name(),
        },
    });
    Edges {
        downstream: Column { table: column.table.as_ref().map(plain), column: column.column.to_string() },
        upstreams: upstreams.collect(),
    }
}

/// The protocol knows no quotes.
fn plain(table: &TableName) -> String {
    table.parts().join(".")
}
