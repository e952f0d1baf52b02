//! The command line: what it prints, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sql-lineage"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const SCRIPT: &str = "CREATE TEMP TABLE paid AS SELECT id, amount, customer FROM orders WHERE state = 'paid';
INSERT INTO mart.revenue (name, total)
SELECT c.name, sum(p.amount) FROM paid p JOIN customers c ON c.id = p.customer GROUP BY c.name;
SELEC 1;
";

#[test]
fn a_script_is_shown_as_a_tree() {
    let output = run(&["--dialect", "postgres", "--default-schema", "shop", "-"], SCRIPT);
    assert_eq!(
        output.status.code(),
        Some(1),
        "a statement that was not understood is told by the exit status"
    );
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn json_is_the_library_s_own_answer() {
    let output = run(&["--dialect", "postgres", "--json"], "SELECT a + 1 AS b FROM t");
    assert!(output.status.success());
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn a_schema_resolves_stars() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("schema.json");
    std::fs::write(&schema, r#"{"s.t": {"z": "int", "a": "int"}}"#).unwrap();
    let sql = folder.path().join("query.sql");
    std::fs::write(&sql, "INSERT INTO u SELECT * FROM t").unwrap();
    let output = run(&["--schema", schema.to_str().unwrap(), "--json", sql.to_str().unwrap()], "");
    let answer: sql_lineage::Analysis = serde_json::from_slice(&output.stdout).unwrap();
    let columns: Vec<&str> = answer.script.columns.iter().map(|column| &*column.column).collect();
    assert_eq!(columns, ["z", "a"]);
    assert_eq!(answer.script.reads[0].to_string(), "s.t");
}

#[test]
fn the_batch_protocol_answers_each_line_in_its_turn() {
    let cases = r#"{"id": "one", "dialect": "snowflake", "sql": "INSERT INTO b SELECT CASE WHEN x THEN y END AS z FROM a", "default_db": "D", "default_schema": "S"}
{"id": "two", "dialect": "klingon", "sql": "SELECT 1"}
{"id": 3, "sql": "SELECT FROM WHERE; SELECT a FROM t"}
"#;
    let output = run(&["--jsonl"], cases);
    assert!(output.status.success());
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn what_cannot_be_read_is_said() {
    let output = run(&["no-such-file.sql"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("no-such-file.sql: "));
    let output = run(&["--jsonl"], "no case\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("line 1 is not a case: "));
}
