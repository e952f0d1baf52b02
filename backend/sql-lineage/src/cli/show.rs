//! An analysis for people: a tree of statements, their columns, and the script as a whole.

use std::fmt::Write as _;

use crate::{Analysis, ColumnLineage, Severity, Statement, StatementKind, TableName, Upstream};

/// Escape codes, or none.
struct Style {
    bold: &'static str,
    dim: &'static str,
    table: &'static str,
    warn: &'static str,
    error: &'static str,
    end: &'static str,
}

const PLAIN: Style = Style { bold: "", dim: "", table: "", warn: "", error: "", end: "" };
const COLOURED: Style = Style {
    bold: "\x1b[1m",
    dim: "\x1b[2m",
    table: "\x1b[36m",
    warn: "\x1b[33m",
    error: "\x1b[31m",
    end: "\x1b[0m",
};

/// The text of an analysis.
pub(super) fn analysis(analysis: &Analysis, colours: bool) -> String {
    let style = if colours { &COLOURED } else { &PLAIN };
    let mut out = String::new();
    for of in &analysis.statements {
        statement(of, style, &mut out);
    }
    if analysis.statements.len() > 1 {
        let script = &analysis.script;
        let _ = writeln!(
            out,
            "{}script{}  {}",
            style.bold,
            style.end,
            flow(&script.reads, &script.writes, style)
        );
        columns(&script.columns, style, &mut out);
    }
    out
}

fn statement(statement: &Statement, style: &Style, out: &mut String) {
    let Style { bold, dim, end, .. } = style;
    let kind = serde_json::to_value(statement.kind)
        .ok()
        .and_then(|kind| kind.as_str().map(|kind| kind.replace('_', " ")));
    let tables = flow(&statement.reads, &statement.writes, style);
    let place = format!("{}:{}", statement.place.line, statement.place.column);
    let _ = writeln!(
        out,
        "{bold}{} {}{end}  {tables}  {dim}{place}{end}",
        statement.index + 1,
        kind.unwrap_or_default()
    );
    columns(&statement.columns, style, out);
    if !statement.rows.is_empty() {
        let rows: Vec<String> =
            statement.rows.iter().map(|row| format!("{} {}", row.kind.name(), column(row))).collect();
        let _ = writeln!(out, "   {dim}rows by {}{end}", rows.join(", "));
    }
    for diagnostic in &statement.diagnostics {
        let (colour, word) = match diagnostic.severity {
            Severity::Error => (style.error, "error"),
            Severity::Warning => (style.warn, "warning"),
            Severity::Note => (style.dim, "note"),
        };
        let place = format!("{}:{}", diagnostic.place.line, diagnostic.place.column);
        let _ = writeln!(out, "   {colour}{word} {place} {}{end}", diagnostic.message);
    }
    if statement.kind != StatementKind::Other {
        out.push('\n');
    }
}

fn flow(reads: &[TableName], writes: &[TableName], style: &Style) -> String {
    let Style { table, end, .. } = style;
    let list = |tables: &[TableName]| {
        tables.iter().map(|name| format!("{table}{name}{end}")).collect::<Vec<_>>().join(", ")
    };
    match (reads, writes) {
        ([], []) => String::new(),
        (reads, []) => format!("reads {}", list(reads)),
        ([], writes) => list(writes),
        (reads, writes) => format!("{} ← {}", list(writes), list(reads)),
    }
}

fn columns(columns: &[ColumnLineage], style: &Style, out: &mut String) {
    let Style { dim, end, .. } = style;
    let width = columns.iter().map(|column| column.column.chars().count()).max().unwrap_or(0).min(32);
    for (i, of) in columns.iter().enumerate() {
        let branch = if i + 1 == columns.len() { "└─" } else { "├─" };
        let from: Vec<String> = of
            .upstreams
            .iter()
            .map(|upstream| format!("{} {dim}{}{end}", column(upstream), upstream.kind.name()))
            .collect();
        let arrow = if from.is_empty() { "" } else { " ← " };
        let _ = write!(out, "   {dim}{branch}{end} {:width$}{arrow}{}", of.column, from.join(", "));
        let _ = match &of.expression {
            Some(expression) if expression.text.len() > of.column.len() + 2 => {
                writeln!(out, "  {dim}{}{end}", one_line(&expression.text))
            }
            _ => writeln!(out),
        };
    }
}

fn column(upstream: &Upstream) -> String {
    match &upstream.table {
        Some(table) => format!("{table}.{}", upstream.column),
        None if upstream.candidates.is_empty() => format!("?.{}", upstream.column),
        None => {
            let candidates: Vec<String> = upstream.candidates.iter().map(ToString::to_string).collect();
            format!("({}).{}", candidates.join(" or "), upstream.column)
        }
    }
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
