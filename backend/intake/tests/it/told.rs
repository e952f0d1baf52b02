//! What was declared, in a few lines for snapshots.

use cadastre_intake::Declared;
use std::fmt::Write as _;

/// Jobs with their ends and ways, and the notices.
pub(crate) fn told(declared: &Declared) -> String {
    let mut text = String::new();
    for job in &declared.jobs {
        writeln!(text, "{} {}", job.kind.as_str(), job.at.name).unwrap();
        for input in &job.inputs {
            writeln!(text, "  <- {input} ({})", input.sort().as_str()).unwrap();
        }
        for output in &job.outputs {
            writeln!(text, "  -> {output} ({})", output.sort().as_str()).unwrap();
        }
        for pair in job.pairs.iter().flatten() {
            writeln!(text, "  {} => {}", pair.from.name, pair.to.name).unwrap();
        }
    }
    for notice in &declared.notices {
        writeln!(text, "! {notice}").unwrap();
    }
    text
}
