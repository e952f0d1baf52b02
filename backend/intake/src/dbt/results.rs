//! `run_results.json`.

use super::stream::{self, Artifacts, Want};
use super::{Artifact, Unusable};
use crate::declared::{Facts, RunState, TestStatus};
use crate::notice::{Notice, Place, Remark};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::io::Read;
use uuid::Uuid;

/// Commands that only compile: their results say nothing about data.
const COMPILING: &[&str] = &["generate", "compile", "docs", "parse", "list", "ls", "show"];

#[derive(Default)]
pub(super) struct Results {
    pub(super) metadata: Metadata,
    pub(super) args: Args,
    pub(super) results: Vec<Outcome>,
    pub(super) notices: Vec<Notice>,
    has_results: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) dbt_version: Option<String>,
    pub(super) generated_at: Option<DateTime<Utc>>,
    pub(super) invocation_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Args {
    which: Option<String>,
    /// Until dbt 1.0.
    rpc_method: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Outcome {
    pub(super) unique_id: String,
    pub(super) status: String,
    timing: Vec<Timing>,
    pub(super) execution_time: Option<f64>,
    pub(super) message: Option<Value>,
    pub(super) failures: Option<u64>,
    pub(super) adapter_response: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Timing {
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
}

/// Reads results.
pub(super) fn read(from: impl Read) -> Result<Results, Unusable> {
    let mut results = Results::default();
    stream::read(Artifact::RunResults, from, &mut results)?;
    if !results.has_results {
        return Err(Unusable { artifact: Artifact::RunResults, line: 0, column: 0, what: Remark::Missing });
    }
    Ok(results)
}

impl Artifacts for Results {
    fn member(&mut self, name: &str) -> Want {
        self.has_results |= name == "results";
        match name {
            "metadata" | "args" => Want::Whole,
            "results" => Want::Entries,
            _ => Want::Nothing,
        }
    }

    fn whole(&mut self, name: &str, value: &RawValue) {
        if name == "args" {
            self.args = serde_json::from_str(value.get()).unwrap_or_default();
        } else {
            self.metadata = serde_json::from_str(value.get()).unwrap_or_default();
        }
    }

    fn entry(&mut self, _name: &str, _key: &str, value: &RawValue) {
        match serde_json::from_str::<Outcome>(value.get()) {
            Ok(outcome) => self.results.push(outcome),
            Err(error) => {
                let place = Place::path(format!("results[{}]", self.results.len()));
                let reason = error.to_string().chars().take(200).collect();
                self.notices.push(Notice::new(place, Remark::Unreadable { reason }));
            }
        }
    }
}

impl Results {
    /// The command whose results these are.
    pub(super) fn command(&self) -> Option<&str> {
        self.args.which.as_deref().or(self.args.rpc_method.as_deref())
    }

    /// Whether nothing was run: `dbt docs generate` writes "success" for every test that it compiled.
    pub(super) fn only_compiled(&self) -> bool {
        self.command().is_some_and(|command| COMPILING.contains(&command))
    }

    /// The run of dbt.
    pub(super) fn invocation(&self) -> Option<Uuid> {
        Uuid::try_parse(self.metadata.invocation_id.as_deref()?).ok()
    }
}

impl Outcome {
    /// When the first of its steps began.
    pub(super) fn started(&self) -> Option<DateTime<Utc>> {
        self.timing.iter().filter_map(|step| step.started_at).min()
    }

    /// When the last of its steps ended.
    pub(super) fn ended(&self) -> Option<DateTime<Utc>> {
        self.timing.iter().filter_map(|step| step.completed_at).max()
    }

    /// How a model, seed or snapshot ended.
    pub(super) fn state(&self) -> RunState {
        match self.status.as_str() {
            "success" | "pass" | "warn" => RunState::Complete,
            "skipped" | "no-op" => RunState::Abort,
            _ => RunState::Fail,
        }
    }

    /// How a test ended.
    pub(super) fn verdict(&self) -> TestStatus {
        match self.status.as_str() {
            "pass" | "success" => TestStatus::Pass,
            "warn" => TestStatus::Warn,
            "fail" => TestStatus::Fail,
            "skipped" => TestStatus::Skip,
            _ => TestStatus::Error,
        }
    }

    /// What was said about it.
    pub(super) fn message(&self) -> Option<String> {
        self.message.as_ref()?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A count of the adapter: `rows_affected`, `bytes_processed`.
    pub(super) fn count(&self, member: &str) -> Option<u64> {
        self.adapter_response.as_ref()?.get(member)?.as_u64()
    }

    /// What else is known of it.
    pub(super) fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        facts.insert("status".to_owned(), Value::from(self.status.clone()));
        facts.extend(self.execution_time.map(|seconds| ("execution_time".to_owned(), Value::from(seconds))));
        facts.extend(self.adapter_response.clone().map(|said| ("adapter_response".to_owned(), said)));
        facts
    }
}
