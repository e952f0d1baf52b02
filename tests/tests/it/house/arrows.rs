//! Every arrow points one way: who may depend on whom, by what Cargo says.

use cadastre_tests::tree::root;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// What of ours each crate may use.
const OURS: &[(&str, &[&str])] = &[
    ("bounds", &[]),
    ("cadastre-model", &[]),
    ("sql-lineage", &[]),
    ("cadastre-access", &["cadastre-model"]),
    ("cadastre-entities", &["cadastre-model"]),
    ("cadastre-lineage", &["cadastre-model"]),
    ("cadastre-frontend", &["cadastre-model"]),
    ("cadastre-intake", &["cadastre-model"]),
    // Its parser is that of the safe reader: what people write is looked at by one eye.
    ("rules", &["sql-lineage"]),
    (
        "cadastre",
        &[
            "cadastre-model",
            "cadastre-access",
            "cadastre-entities",
            "cadastre-frontend",
            "cadastre-lineage",
            "cadastre-intake",
            "bounds",
            "rules",
            "sql-lineage",
        ],
    ),
    (
        "cadastre-tests",
        &["cadastre", "cadastre-model", "cadastre-access", "cadastre-frontend", "cadastre-lineage", "rules"],
    ),
];

/// The rooms of the libraries: each is named by these crates only.
const ROOMS: &[(&str, &[&str])] = &[
    ("askama", &["cadastre-frontend"]),
    ("casbin", &["cadastre-access"]),
    ("sqlparser", &["sql-lineage"]),
    ("petgraph", &["cadastre-lineage"]),
    ("serde-saphyr", &["rules"]),
    ("tantivy", &["cadastre"]),
    ("axum", &["cadastre", "cadastre-tests"]),
    ("sea-orm", &["cadastre", "cadastre-entities"]),
    ("sqlx", &["cadastre", "cadastre-entities", "cadastre-tests"]),
    ("tokio-postgres", &["cadastre"]),
];

/// The members of the workspace: name to names of dependencies, a crate's own name apart.
fn members() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .map(|package| {
            let name = text(&package["name"]);
            let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
            let uses = dependencies.map(|d| text(&d["name"])).filter(|used| *used != name).collect();
            (name, uses)
        })
        .collect()
}

#[test]
fn every_arrow_points_one_way() {
    let members = members();
    let known: BTreeMap<&str, &[&str]> = OURS.iter().copied().collect();
    for (name, uses) in &members {
        let may = known.get(name.as_str()).unwrap_or_else(|| panic!("{name} has no line in OURS"));
        let ours = uses.iter().filter(|used| members.contains_key(*used));
        let wrong: Vec<_> = ours.filter(|used| !may.contains(&used.as_str())).collect();
        assert!(wrong.is_empty(), "{name} uses {wrong:?}");
    }
}

#[test]
fn every_library_stays_in_its_room() {
    let members = members();
    for (library, rooms) in ROOMS {
        let named = members.iter().filter(|(_, uses)| uses.contains(*library)).map(|(name, _)| name);
        let wrong: Vec<_> = named.filter(|name| !rooms.contains(&name.as_str())).collect();
        assert!(wrong.is_empty(), "{library} is named by {wrong:?}");
    }
}

#[test]
fn every_crate_takes_versions_and_lints_from_the_workspace() {
    for file in cadastre_tests::tree::texts(&["backend", "frontend", "tests"], &["Cargo.toml"]) {
        // Fuzz targets are a workspace of their own: they are built with other flags.
        if file.text.contains("[workspace]") {
            continue;
        }
        let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
        let lints = lines.windows(2).any(|pair| pair == ["[lints]", "workspace = true"]);
        assert!(lints, "{}: no workspace lints", file.path);
        let own: Vec<_> = lines.iter().filter(|line| line.contains("version = \"")).collect();
        assert!(own.is_empty(), "{}: versions of its own: {own:?}", file.path);
    }
}
