//! The neutral form: what a client declared, with the client's own names, before anything is looked up in the register.
//!
//! Nothing here is normalised: a [`DatasetRef`](crate::DatasetRef) is written as the client wrote it; `resolve()` of the house decides which asset it is.

mod dataset;
mod job;
mod run;
mod test;

pub use dataset::{DeclaredDataset, Field, Lifecycle, LifecycleChange, Owner, Tag};
pub use job::{ColumnEdge, DeclaredJob, Definition, How, JobKind, JobRef, JobType, Pair, SourceCode};
pub use run::{DeclaredRun, RunIo, RunRef, RunState};
pub use test::{DeclaredTest, TestStatus};

use crate::Notice;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Facts that are kept as they came: name to value.
pub type Facts = Map<String, Value>;

/// Everything that one text (an event, a manifest, an agent file) declares.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Declared {
    /// Jobs, with what they read and write.
    pub jobs: Vec<DeclaredJob>,
    /// Datasets, with what is said about them beside their name. A dataset that is only named stands in the jobs alone.
    pub datasets: Vec<DeclaredDataset>,
    /// Runs of jobs.
    pub runs: Vec<DeclaredRun>,
    /// Tests and their results.
    pub tests: Vec<DeclaredTest>,
    /// What was not understood, or was left out, and where.
    pub notices: Vec<Notice>,
}
