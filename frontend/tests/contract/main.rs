//! What every page and every template holds to.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod locales;
mod pages;
mod templates;

use std::fs;
use std::path::{Path, PathBuf};

/// A path in this crate.
fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// All files below a folder with an extension: path and text.
fn files(folder: &Path, extension: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != "node_modules" && entry.file_name() != "target")
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    found
}
