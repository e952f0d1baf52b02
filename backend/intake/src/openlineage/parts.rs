//! An event in its parts.

use crate::declared::{Facts, JobRef, RunState};
use crate::naming::DatasetRef;
use crate::notice::Notice;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A run of a job.
    Run,
    /// A job, whether it runs or not.
    Job,
    /// A dataset.
    Dataset,
}

/// An event that is right by the spec.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// SHA-256 of its content in hexadecimal: the same for the same event however its members are ordered. What makes a
    /// repetition a repetition.
    pub id: String,
    /// What it is about.
    pub subject: Subject,
    /// When it happened, by the client's clock.
    pub at: DateTime<Utc>,
    /// Who made it.
    pub producer: String,
    /// Where the run stands; `None` for job and dataset events.
    pub state: Option<RunState>,
    /// The run.
    pub run: Option<RunPart>,
    /// The job.
    pub job: Option<JobPart>,
    /// What is read; `None` where the event says nothing about it.
    pub inputs: Option<Vec<DatasetPart>>,
    /// What is written; `None` where the event says nothing about it.
    pub outputs: Option<Vec<DatasetPart>>,
    /// The dataset of a dataset event.
    pub dataset: Option<DatasetPart>,
    /// Known facets that are not as their schema says. They are kept.
    pub remarks: Vec<Notice>,
    /// The event as it came, unknown members included.
    pub raw: Value,
}

impl Event {
    /// The datasets of the event: inputs, outputs, and the one of a dataset event.
    pub fn datasets(&self) -> impl Iterator<Item = &DatasetPart> {
        let sides = self.inputs.iter().chain(&self.outputs).flatten();
        sides.chain(&self.dataset)
    }
}

/// The run of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPart {
    /// Its id.
    pub id: Uuid,
    /// Its facets.
    pub facets: Facts,
}

/// The job of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct JobPart {
    /// Its name.
    pub at: JobRef,
    /// Its facets.
    pub facets: Facts,
}

/// A dataset of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetPart {
    /// Its name.
    pub at: DatasetRef,
    /// Its facets.
    pub facets: Facts,
    /// Its input facets or output facets: what this run read or wrote.
    pub io_facets: Facts,
}

/// Takes an event apart that was found to be right.
pub(super) fn take(event: Value, subject: Subject, remarks: Vec<Notice>) -> Option<Event> {
    let is_run = subject == Subject::Run;
    let of_job = subject != Subject::Dataset;
    let word = event.get("eventType").and_then(Value::as_str);
    Some(Event {
        id: hash_of(&event),
        subject,
        at: time(event.get("eventTime")?)?,
        producer: event.get("producer")?.as_str()?.to_owned(),
        state: is_run.then(|| state_of(word)),
        run: event.get("run").filter(|_| is_run).and_then(run_part),
        job: event.get("job").filter(|_| of_job).and_then(job_part),
        inputs: event.get("inputs").filter(|_| of_job).and_then(|side| dataset_parts(side, "inputFacets")),
        outputs: event.get("outputs").filter(|_| of_job).and_then(|side| dataset_parts(side, "outputFacets")),
        dataset: event.get("dataset").filter(|_| !of_job).and_then(|part| dataset_part(part, "")),
        remarks,
        raw: event,
    })
}

/// A run event without a type says that there is a run.
fn state_of(word: Option<&str>) -> RunState {
    match word {
        Some("START") => RunState::Start,
        Some("RUNNING") => RunState::Running,
        Some("COMPLETE") => RunState::Complete,
        Some("ABORT") => RunState::Abort,
        Some("FAIL") => RunState::Fail,
        _ => RunState::Other,
    }
}

/// A time by RFC 3339.
pub(super) fn time(value: &Value) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|time| time.with_timezone(&Utc))
}

fn facets_of(part: &Value, member: &str) -> Facts {
    part.get(member).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn run_part(run: &Value) -> Option<RunPart> {
    let id = Uuid::try_parse(run.get("runId")?.as_str()?).ok()?;
    Some(RunPart { id, facets: facets_of(run, "facets") })
}

/// A job's name: `{namespace, name}`.
pub(super) fn job_ref(job: &Value) -> Option<JobRef> {
    Some(JobRef::new(job.get("namespace")?.as_str()?, job.get("name")?.as_str()?))
}

/// A dataset's name: `{namespace, name}`.
pub(super) fn dataset_ref(dataset: &Value) -> Option<DatasetRef> {
    Some(DatasetRef::new(dataset.get("namespace")?.as_str()?, dataset.get("name")?.as_str()?))
}

fn job_part(job: &Value) -> Option<JobPart> {
    Some(JobPart { at: job_ref(job)?, facets: facets_of(job, "facets") })
}

fn dataset_part(dataset: &Value, member: &str) -> Option<DatasetPart> {
    let at = dataset_ref(dataset)?;
    Some(DatasetPart { at, facets: facets_of(dataset, "facets"), io_facets: facets_of(dataset, member) })
}

fn dataset_parts(side: &Value, member: &str) -> Option<Vec<DatasetPart>> {
    Some(side.as_array()?.iter().filter_map(|dataset| dataset_part(dataset, member)).collect())
}

/// Whether a facet says of itself that it is gone.
pub(super) fn is_deleted(facet: &Value) -> bool {
    facet.get("_deleted").and_then(Value::as_bool).unwrap_or(false)
}

/// SHA-256 of a value in hexadecimal, the members of objects in order of their names.
pub(super) fn hash_of(value: &Value) -> String {
    let mut hash = Sha256::new();
    feed(value, &mut hash);
    hex::encode(hash.finalize())
}

fn feed(value: &Value, hash: &mut Sha256) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<_> = members.iter().collect();
            names.sort_unstable_by_key(|(name, _)| *name);
            hash.update(format!("{{{}:", names.len()));
            for (name, member) in names {
                text(name, hash);
                feed(member, hash);
            }
        }
        Value::Array(items) => {
            hash.update(format!("[{}:", items.len()));
            items.iter().for_each(|item| feed(item, hash));
        }
        Value::String(value) => text(value, hash),
        other => hash.update(format!("{other};")),
    }
}

fn text(text: &str, hash: &mut Sha256) {
    hash.update(format!("\"{}:", text.len()));
    hash.update(text);
}
