//! A test of data and its result as somebody declared it.

use super::{Facts, JobRef};
use crate::naming::DatasetRef;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestStatus {
    /// It holds.
    Pass,
    /// It does not hold, and that is a warning only.
    Warn,
    /// It does not hold.
    Fail,
    /// It could not be run.
    Error,
    /// It was left out of a run.
    Skip,
    /// It is declared; it was not run (also: only compiled).
    NotRun,
}

/// A test, with its result where there is one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeclaredTest {
    /// Its name, stable from run to run (dbt: the unique id).
    pub name: String,
    /// Its kind as written: `not_null`, `unique`, `accepted_values`, `row_count_equal_to`, …
    pub kind: String,
    /// What it is about.
    pub dataset: Option<DatasetRef>,
    /// The column that it is about, by path.
    pub column: Option<Vec<String>>,
    /// The result.
    pub status: TestStatus,
    /// How bad a failure is, as written: `error`, `warn`, …
    pub severity: Option<String>,
    /// What was said about the result.
    pub message: Option<String>,
    /// Rows that break it, where counted.
    pub failures: Option<u64>,
    /// What was expected, as written.
    pub expected: Option<String>,
    /// What was found, as written.
    pub actual: Option<String>,
    /// When the result is of.
    pub at: Option<DateTime<Utc>>,
    /// The job and run that made the result, where they are known.
    pub job: Option<JobRef>,
    /// The run.
    pub run: Option<Uuid>,
    /// The SQL of the test, where it has one.
    pub text: Option<String>,
    /// What else is said: parameters, tags, meta.
    pub details: Facts,
}
