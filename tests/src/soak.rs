//! How often a test does what it is there for: some times in every run, many times in a soak (`tests/soak.sh`), which
//! wants to know afterwards how many those were.
#![expect(clippy::disallowed_methods, reason = "how a soak says that it is one")]

use std::fs::OpenOptions;
use std::io::Write;

/// How often: as usual, and that many times as often in a soak.
#[must_use]
pub fn times(usual: usize) -> usize {
    usual * variable("CADASTRE_SOAK").and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// Notes that something was done so often, for the report of a soak; nothing where none is written.
///
/// # Panics
/// When the soak's file can't be written.
pub fn count(what: &str, number: usize) {
    let Some(place) = variable("CADASTRE_SOAK_COUNTS") else { return };
    let file = OpenOptions::new().create(true).append(true).open(place);
    // One write, so that those of other processes come before or after it.
    file.and_then(|mut file| file.write_all(format!("{number}\t{what}\n").as_bytes()))
        .expect("a file for counts");
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
