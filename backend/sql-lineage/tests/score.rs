//! The score table: cases of four tools' own suites, scored by their script, and the floor of each line.
//!
//! The fixtures stand beside the repository (`../shared/fixtures/lineage`); without them this test fails, since it would say nothing.
//! `MISSES.md` explains what is missed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// How many cases of each line pass at least; `tests/lineage.sh` holds to the same file.
const FLOOR: &str = include_str!("floor.json");

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
    let floor: BTreeMap<String, f64> = serde_json::from_str(FLOOR).unwrap();
    assert!(!floor.is_empty());
    for (line, least) in floor {
        let (name, what) = line.rsplit_once(' ').unwrap();
        let passed = report["summary"][name][what][0].as_f64().unwrap();
        assert!(passed >= least, "{line}: {passed} cases pass, the floor is {least}\n{table}");
    }
}
