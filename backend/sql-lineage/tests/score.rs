//! The score table: cases of four tools' own suites, scored by their script, and the floor of each line.
//!
//! The fixtures stand beside the repository (`../shared/fixtures/lineage`); without them this test fails, since it would say nothing.
//! `MISSES.md` explains what is missed.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Line, and how many percent of its table cases and column cases pass at least.
const FLOORS: [(&str, f64, f64); 6] = [
    ("datahub/asserted", 100.0, 100.0),
    ("openlineage-sql/asserted", 100.0, 100.0),
    ("openlineage-sql/computed", 80.0, 78.0),
    ("sqlglot/asserted", 0.0, 100.0),
    ("sqlglot/computed", 100.0, 100.0),
    ("sqllineage/asserted", 100.0, 97.0),
];

fn fixtures() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/lineage");
    assert!(
        folder.join("cases.jsonl").is_file() && folder.join("score.py").is_file(),
        "the lineage fixtures are missing: {} must hold cases.jsonl and score.py (they stand beside the clone, in ../shared/fixtures)",
        folder.display()
    );
    folder
}

#[test]
fn each_line_of_the_score_is_at_or_above_its_floor() {
    let fixtures = fixtures();
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("score.json");
    let done = Command::new("python3")
        .arg(fixtures.join("score.py"))
        .arg(fixtures.join("cases.jsonl"))
        .args(["--engine", &format!("'{}' --jsonl", env!("CARGO_BIN_EXE_sql-lineage"))])
        .arg("--json")
        .arg(&report)
        .output()
        .unwrap();
    let table = String::from_utf8_lossy(&done.stdout);
    println!("{table}");
    assert!(done.status.success(), "{table}{}", String::from_utf8_lossy(&done.stderr));
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    for (line, tables, columns) in FLOORS {
        let summary = &report["summary"][line];
        for (what, floor) in [("tables", tables), ("columns", columns)] {
            let (passed, of) = (summary[what][0].as_f64().unwrap(), summary[what][1].as_f64().unwrap());
            assert!(
                of == 0.0 || 100.0 * passed / of >= floor,
                "{line}: {passed} of {of} {what}, the floor is {floor} %\n{table}"
            );
        }
    }
}
