//! Data jobs and their runs: the list, one job with its tabs, handing in definitions.

pub mod code;
pub mod job;
pub mod list;
pub mod run;
pub mod upload;
mod words;

pub use cadastre_model::{JobKind, RunState};
pub use words::{JobTab, Severity, job_icon, run_status, run_tone};

use crate::Message;

/// Something in a definition that was not understood, or is doubtful.
#[derive(Debug, Clone)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Which statement of the definition, from 1.
    pub statement: i64,
    /// In which line it stands, from 1.
    pub line: i64,
    /// At which character of the line, from 1.
    pub column: i64,
    /// Why: a key, or the parser's own words as `job-problem-parser` with `text`.
    pub reason: Message,
    /// The statement's first words.
    pub excerpt: String,
}

/// The keys of [`Problem::reason`] and of what goes wrong with a file as a whole.
pub const REASONS: [&str; 4] =
    ["job-problem-parser", "job-problem-too-large", "job-problem-encoding", "job-problem-kind"];
