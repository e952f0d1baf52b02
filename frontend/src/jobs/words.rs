//! The closed sets of jobs.

use std::borrow::Borrow;

use cadastre_model::{JobKind, RunState};

use crate::T;
use crate::lineage::words::words;
use crate::markup::{Status, Tone};

/// The symbol of a kind of job.
#[must_use]
pub fn job_icon(kind: impl Borrow<JobKind>) -> &'static str {
    match kind.borrow() {
        JobKind::View | JobKind::MaterializedView => "eye",
        JobKind::Function => "braces",
        JobKind::Sql => "file-text",
        JobKind::Dbt => "layers",
        JobKind::OpenLineage => "activity",
        JobKind::Flume | JobKind::KafkaConnect | JobKind::Filebeat | JobKind::Logstash => "workflow",
    }
}

/// How a run stands: shape, word and colour.
#[must_use]
pub fn run_status(state: impl Borrow<RunState>, t: &T) -> Status {
    Status { tone: run_tone(state.borrow()), word: t.w(state.borrow()) }
}

/// The tone of how a run stands.
#[must_use]
pub fn run_tone(state: impl Borrow<RunState>) -> Tone {
    match state.borrow() {
        RunState::Waiting => Tone::Held,
        RunState::Running => Tone::Run,
        RunState::Done => Tone::Pass,
        RunState::Failed => Tone::Fail,
        RunState::Aborted => Tone::None,
    }
}

words! {
    /// How bad a problem of a definition is.
    Severity, "severity" {
        /// May be worth a look.
        Note = "note",
        /// A part of the answer is missing.
        Warning = "warning",
        /// The statement was not understood.
        Error = "error",
    }
}

impl Severity {
    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        let tone = match self {
            Self::Note => Tone::None,
            Self::Warning => Tone::Warn,
            Self::Error => Tone::Fail,
        };
        Status { tone, word: t.w(&self) }
    }
}

words! {
    /// The tabs of a job, in their order.
    JobTab, "job-tab" {
        /// Its text.
        Definition = "definition",
        /// What it reads and writes.
        Lineage = "lineage",
        /// When it ran.
        Runs = "runs",
        /// How its text changed.
        Versions = "versions",
    }
}
