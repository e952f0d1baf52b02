//! What stands in a file, and how much.

use cadastre_tests::tree::texts;

/// A file is read in one sitting.
const LINES: usize = 600;

#[test]
fn no_file_is_longer_than_one_sitting() {
    let endings = [".rs", ".html", ".css", ".ts", ".sql", ".mjs", ".sh"];
    let files = texts(&["backend", "frontend", "migrations", "tests"], &endings);
    let long: Vec<String> = files
        .iter()
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| *lines > LINES)
        .map(|(lines, path)| format!("{path}: {lines}"))
        .collect();
    assert!(long.is_empty(), "cut along the domain: {long:#?}");
}

#[test]
fn a_lint_is_expected_with_a_reason_and_never_allowed() {
    // Written in two parts, or this file would find itself.
    let signs = [concat!("#[", "allow("), concat!("#![", "allow(")];
    for file in texts(&["backend", "frontend", "tests"], &[".rs"]) {
        for sign in signs {
            assert!(!file.text.contains(sign), "{}: {sign}", file.path);
        }
    }
}

#[test]
fn every_rust_file_says_what_it_is() {
    let silent: Vec<String> = texts(&["backend", "frontend", "tests"], &[".rs"])
        .into_iter()
        .filter(|file| !file.text.trim_start().starts_with("//!"))
        .map(|file| file.path)
        .collect();
    assert!(silent.is_empty(), "no story at the head: {silent:#?}");
}

#[test]
fn nothing_committed_names_a_registry_or_a_machines_folder() {
    let signs = [concat!("registry.", "npmjs"), concat!("index.", "crates.io"), concat!("/wo", "rk/")];
    let endings = [".rs", ".md", ".toml", ".json", ".sh", ".mjs", ".ts", ".sql", ".html", ".lock", ".npmrc"];
    for file in texts(&["backend", "frontend", "migrations", "openapi", "tests"], &endings) {
        for sign in signs {
            assert!(!file.text.contains(sign), "{}: {sign}", file.path);
        }
    }
}

/// Only where cargo runs them may there be examples: for the other crates they are switched off, which saves building each
/// a second time.
#[test]
fn every_example_in_the_documentation_is_run() {
    let unrun: Vec<String> = texts(&["backend", "frontend", "tests"], &[".toml"])
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml") && file.text.contains("doctest = false"))
        .flat_map(|file| texts(&[file.path.trim_end_matches("/Cargo.toml")], &[".rs"]))
        .filter(|file| has_an_example(&file.text))
        .map(|file| file.path)
        .collect();
    assert!(unrun.is_empty(), "take doctest = false out of its Cargo.toml: {unrun:#?}");
    assert!(
        has_an_example("/// ```\n/// assert!(true);\n/// ```") && has_an_example("//! ```no_run\n//! ```")
    );
    assert!(!has_an_example("//! ```text\n//! a picture\n//! ```"));
}

/// Whether a code block of the documentation is one that rustdoc would run or compile.
fn has_an_example(text: &str) -> bool {
    let mut inside = false;
    let fences = text.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?.trim_start().strip_prefix("```")
    });
    fences.into_iter().any(|language| {
        inside = !inside;
        inside && !["text", "sql", "json", "toml", "sh"].contains(&language.trim())
    })
}
