//! SQL that people write, looked at before it is put into ours. The wall is the source's role and the safe reader, which looks at every
//! statement once more; this says early and in words what will not run.

use crate::dialect::Dialect;
use crate::fault::Wrong;
use sql_lineage::{Form, StatementKind, inspect, inspect_expression};

/// What was found in an expression that may run.
#[derive(Debug, Clone)]
pub(crate) struct Looked {
    /// In parentheses, so that it stays what it is wherever it stands.
    pub(crate) sql: String,
    /// Whether it gives the same for the same row at any time, as far as its functions tell.
    pub(crate) steady: bool,
}

/// Functions that reach out of the row, by how their names begin.
const REACHING: &[&str] = &[
    "pg_",
    "lo_",
    "dblink",
    "query_to_",
    "table_to_",
    "schema_to_",
    "database_to_",
    "cursor_to_",
    "set_config",
    "current_setting",
    "nextval",
    "setval",
    "currval",
    "lastval",
    "txid_",
    "has_",
    "generate_series",
    "sleep",
    "benchmark",
    "load_file",
    "get_lock",
    "release_lock",
    "release_all_locks",
    "sys_",
    "ts_stat",
    "xpath_table",
    "crosstab",
    "brin_",
    "gin_clean_pending_list",
    "inet_",
    "version",
];

/// Functions that give the same for the same arguments.
const STEADY: &[&str] = &[
    "abs",
    "ascii",
    "btrim",
    "ceil",
    "ceiling",
    "char_length",
    "coalesce",
    "date_part",
    "extract",
    "floor",
    "greatest",
    "least",
    "left",
    "length",
    "lower",
    "ltrim",
    "mod",
    "nullif",
    "octet_length",
    "position",
    "regexp_replace",
    "replace",
    "right",
    "round",
    "rtrim",
    "sign",
    "split_part",
    "strpos",
    "substr",
    "substring",
    "trim",
    "trunc",
    "upper",
];

/// Texts that PostgreSQL reads as a time that moves.
const MOVING: &[&str] = &["'now", "'today", "'yesterday", "'tomorrow"];

/// One expression: no query inside, no window, no parameter, no function that reaches out.
pub(crate) fn expression(dialect: Dialect, text: &str) -> Result<Looked, Wrong> {
    let inspected = inspect_expression(text, dialect.grammar())
        .map_err(|diagnostic| Wrong::Sql { reason: diagnostic.message })?;
    if let Some(form) = inspected.forms.iter().next() {
        return Err(Wrong::Form { form: word(*form) });
    }
    functions(&inspected.functions)?;
    let lower = text.to_ascii_lowercase();
    let steady = inspected.functions.iter().all(|function| STEADY.contains(&function.as_str()))
        && !MOVING.iter().any(|text| lower.contains(text));
    Ok(Looked { sql: format!("({text})"), steady })
}

/// One query that only reads, without its semicolon.
pub(crate) fn query(dialect: Dialect, text: &str) -> Result<String, Wrong> {
    let text = text.trim().trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    let inspected =
        inspect(text, dialect.grammar()).map_err(|diagnostic| Wrong::Sql { reason: diagnostic.message })?;
    let [one] = inspected.as_slice() else {
        return Err(Wrong::Sql { reason: format!("{} statements", inspected.len()) });
    };
    if one.kind != StatementKind::Query {
        return Err(Wrong::Form { form: "statement".to_owned() });
    }
    let refused = [Form::Into, Form::Lock, Form::WriteInside, Form::Parameter, Form::File, Form::Recursive];
    if let Some(form) = one.forms.iter().find(|form| refused.contains(form)) {
        return Err(Wrong::Form { form: word(*form) });
    }
    if !one.only_reads {
        return Err(Wrong::Form { form: "statement".to_owned() });
    }
    functions(&one.functions)?;
    // What is one query by itself has to be one in parentheses too: not `SELECT 1; -- that is all`.
    let within = inspect(&within(text), dialect.grammar());
    match within.map_err(|diagnostic| Wrong::Sql { reason: diagnostic.message })?.as_slice() {
        [one] if one.only_reads => Ok(text.to_owned()),
        _ => Err(Wrong::Sql { reason: "not one query".to_owned() }),
    }
}

/// A query as a derived table. The line ends, lest a comment hide the parenthesis.
pub(crate) fn within(query: &str) -> String {
    format!("SELECT * FROM (\n{query}\n) AS q")
}

fn functions(functions: &[String]) -> Result<(), Wrong> {
    let reaching = functions.iter().find(|function| {
        let name = function.rsplit('.').next().unwrap_or(function);
        REACHING.iter().any(|start| name.starts_with(start))
    });
    reaching.map_or(Ok(()), |function| Err(Wrong::Function { function: function.clone() }))
}

fn word(form: Form) -> String {
    serde_json::to_value(form).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
