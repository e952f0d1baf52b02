//! Statements of each dialect, in `statements/*.txt`: what is read, what is written, and the columns between.
//!
//! ```text
//! ### dialect | title
//! SQL, on as many lines as it takes
//! --- tables read -> tables written
//! table.column <- table.column table.column
//! ```
//!
//! A name without a dot on the left is a column that a query returns. Columns that a case does not list are not compared; the
//! upstreams of those that it lists are, all of them (but for what only decides rows).

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use sql_lineage::{Analysis, ColumnLineage, Dialect, Options, Schema, Severity};

struct Case {
    dialect: Dialect,
    title: String,
    sql: String,
    reads: BTreeSet<String>,
    writes: BTreeSet<String>,
    columns: Vec<(String, BTreeSet<String>)>,
}

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn read(text: &str) -> Vec<Case> {
    let blocks = text.split("### ").skip(1);
    blocks
        .map(|block| {
            let (head, rest) = block.split_once('\n').unwrap();
            let (dialect, title) = head.split_once(" | ").unwrap();
            let (sql, expected) = rest.split_once("\n---").unwrap();
            let mut lines = expected.lines();
            let (reads, writes) = lines.next().unwrap().split_once("->").unwrap();
            let columns = lines
                .filter_map(|line| line.split_once(" <-"))
                .map(|(column, from)| (column.to_owned(), words(from)));
            Case {
                dialect: dialect.parse().unwrap(),
                title: title.to_owned(),
                sql: sql.to_owned(),
                reads: words(reads),
                writes: words(writes),
                columns: columns.collect(),
            }
        })
        .collect()
}

fn name(column: &ColumnLineage) -> String {
    column.table.as_ref().map_or_else(
        || column.column.to_string(),
        |table| format!("{}.{}", table.parts().join("."), column.column),
    )
}

fn upstreams(column: &ColumnLineage) -> BTreeSet<String> {
    let values = column.upstreams.iter().filter(|upstream| !upstream.kind.decides_rows());
    values
        .map(|upstream| match &upstream.table {
            Some(table) => format!("{}.{}", table.parts().join("."), upstream.column),
            None => format!("?.{}", upstream.column),
        })
        .collect()
}

fn differences(case: &Case, analysis: &Analysis) -> String {
    let mut out = String::new();
    let errors = analysis
        .statements
        .iter()
        .flat_map(|statement| &statement.diagnostics)
        .filter(|d| d.severity >= Severity::Warning);
    for error in errors {
        let _ = writeln!(
            out,
            "  {:?}: {} ({}:{})",
            error.severity, error.message, error.place.line, error.place.column
        );
    }
    let tables = |list: &[sql_lineage::TableName]| {
        list.iter().map(|table| table.parts().join(".")).collect::<BTreeSet<String>>()
    };
    for (what, expected, got) in [
        ("reads", &case.reads, tables(&analysis.script.reads)),
        ("writes", &case.writes, tables(&analysis.script.writes)),
    ] {
        if *expected != got {
            let _ = writeln!(out, "  {what}: expected {expected:?}, got {got:?}");
        }
    }
    for (column, expected) in &case.columns {
        let got: BTreeSet<String> =
            analysis.script.columns.iter().filter(|c| name(c) == *column).flat_map(upstreams).collect();
        if *expected != got {
            let _ = writeln!(out, "  {column}: expected {expected:?}, got {got:?}");
        }
    }
    out
}

fn check(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/statements").join(file);
    let cases = read(&std::fs::read_to_string(path).unwrap());
    assert!(!cases.is_empty());
    let mut failures = String::new();
    for case in &cases {
        let analysis = sql_lineage::analyze(&case.sql, case.dialect, &Schema::new(), &Options::default());
        let differences = differences(case, &analysis);
        if !differences.is_empty() {
            let _ = writeln!(failures, "{} | {}\n{}\n{differences}", case.dialect, case.title, case.sql);
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn hive_and_spark() {
    check("hive_spark.txt");
}

#[test]
fn flink() {
    check("flink.txt");
}

#[test]
fn warehouses() {
    check("warehouses.txt");
}

#[test]
fn databases() {
    check("databases.txt");
}
