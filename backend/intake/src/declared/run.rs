//! A run of a job as somebody declared it.

use super::{Facts, JobRef, Tag};
use crate::naming::DatasetRef;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Something is known of it; not whether it runs.
    Other,
    /// Started.
    Start,
    /// At work.
    Running,
    /// Ended well.
    Complete,
    /// Stopped before its end (also: skipped).
    Abort,
    /// Ended badly.
    Fail,
}

impl RunState {
    /// Whether nothing more is to come.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Complete | Self::Abort | Self::Fail)
    }

    /// The word as it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Start => "start",
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Abort => "abort",
            Self::Fail => "fail",
        }
    }
}

/// The name of a run, with its job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunRef {
    /// The run.
    pub id: Uuid,
    /// Its job.
    pub job: JobRef,
}

/// What a run read from, or wrote to, one dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunIo {
    /// The dataset.
    pub at: DatasetRef,
    /// Rows, where counted.
    pub rows: Option<u64>,
    /// Bytes, where counted.
    pub bytes: Option<u64>,
    /// Files, where counted.
    pub files: Option<u64>,
    /// The version of the dataset that was read or made, as written.
    pub version: Option<String>,
    /// The facets of this dataset in this run as they came.
    pub facets: Facts,
}

/// What is said about a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeclaredRun {
    /// Which run of which job. A client may give one id to runs of several jobs: the two together are the key.
    pub at: RunRef,
    /// Where it stands.
    pub state: RunState,
    /// When the newest thing known of it happened, by the client's clock.
    pub event_time: DateTime<Utc>,
    /// When it started, where that is known.
    pub started: Option<DateTime<Utc>>,
    /// When it ended, where it did.
    pub ended: Option<DateTime<Utc>>,
    /// The beginning of the time that it works for.
    pub nominal_start: Option<DateTime<Utc>>,
    /// The end of the time that it works for.
    pub nominal_end: Option<DateTime<Utc>>,
    /// The run that started it.
    pub parent: Option<RunRef>,
    /// Why it failed, with the stack where one came.
    pub error: Option<String>,
    /// What it read.
    pub inputs: Vec<RunIo>,
    /// What it wrote.
    pub outputs: Vec<RunIo>,
    /// What ran it: `spark 3.5.1`, `dbt 1.11.16`, …
    pub engine: Option<String>,
    /// Tags of the run.
    pub tags: Vec<Tag>,
    /// `OpenLineage`'s run facets as they came, or what else the reader knows.
    pub facets: Facts,
}
