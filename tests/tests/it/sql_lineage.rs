//! `cadastre lineage sql`: what it prints, and how it ends. It asks no register.

use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], input: &str) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cadastre-in-tests"))
        .env_clear()
        .env("HOME", home.path())
        .args(["lineage", "sql"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may be gone before all is written.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
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
    assert_eq!(text(&output.stderr), "cadastre: not every statement was understood\n");
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
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let script = &answer["script"];
    let columns: Vec<&Value> =
        script["columns"].as_array().unwrap().iter().map(|column| &column["column"]).collect();
    assert_eq!(columns, ["z", "a"]);
    assert_eq!(script["reads"], serde_json::json!([["s", "t"]]));
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
    assert!(text(&output.stderr).starts_with("cadastre: no-such-file.sql: "));
    let output = run(&["--jsonl"], "no case\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("cadastre: line 1 is not a case: "));
}
