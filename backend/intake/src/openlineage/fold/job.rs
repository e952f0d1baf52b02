//! The record of a job.

use super::register::{FacetMap, Latest, keep_latest};
use super::run::{Mark, RunRecord, later};
use crate::declared::{ColumnEdge, DeclaredJob, JobRef, RunState};
use crate::naming::DatasetRef;
use crate::openlineage::describe;
use crate::openlineage::parts::{Event, Subject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// What is known of a job from any set of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobRecord {
    /// Its name.
    pub at: JobRef,
    /// The time of the first event.
    pub first_seen: DateTime<Utc>,
    /// The time of the last event.
    pub last_seen: DateTime<Utc>,
    /// Its facets.
    pub facets: FacetMap,
    /// The job that its runs are a part of.
    parent: Option<Latest<JobRef>>,
    /// The run that completed last.
    completed: Option<Mark>,
    /// The run that was last heard of.
    newest: Option<Mark>,
    /// What the newest job event says is read and written.
    said: Option<Latest<Io>>,
}

/// What a job event says is read and written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Io {
    inputs: Vec<DatasetRef>,
    outputs: Vec<DatasetRef>,
    edges: Vec<ColumnEdge>,
}

/// What tells what a job reads and writes today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Current {
    /// This run's record.
    Run(Uuid),
    /// A job event: the job's record holds it.
    Said,
    /// Nothing yet.
    Nothing,
}

impl JobRecord {
    /// The record of one event; `None` for a dataset event.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let job = event.job.as_ref()?;
        let mark = event.run.as_ref().map(|run| Mark { at: event.at, run: run.id });
        let parent = event.run.as_ref().and_then(|run| describe::parent(&run.facets)).map(|run| run.job);
        let says = event.subject == Subject::Job && (event.inputs.is_some() || event.outputs.is_some());
        Some(Self {
            at: job.at.clone(),
            first_seen: event.at,
            last_seen: event.at,
            facets: FacetMap::of(event.at, &job.facets),
            parent: parent.map(|job| Latest::new(event.at, &json!([job.namespace, job.name]), job)),
            completed: mark.clone().filter(|_| event.state == Some(RunState::Complete)),
            newest: mark,
            said: says.then(|| Latest::new(event.at, &event.raw, Io::of(event))),
        })
    }

    /// Takes in what another record of the same job knows. A record of another job changes nothing.
    pub fn merge(&mut self, other: &Self) {
        if self.at != other.at {
            return;
        }
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.facets.merge(&other.facets);
        keep_latest(&mut self.parent, other.parent.as_ref());
        later(&mut self.completed, other.completed.as_ref());
        later(&mut self.newest, other.newest.as_ref());
        keep_latest(&mut self.said, other.said.as_ref());
    }

    /// What tells what the job reads and writes today.
    #[must_use]
    pub fn current(&self) -> Current {
        match (&self.completed, &self.said, &self.newest) {
            (Some(run), Some(said), _) if said.at > run.at => Current::Said,
            (Some(run), ..) => Current::Run(run.run),
            (None, Some(_), _) => Current::Said,
            (None, None, Some(run)) => Current::Run(run.run),
            (None, None, None) => Current::Nothing,
        }
    }

    /// What is known, in the neutral form. `run` is the record of the run that [`Self::current`] names, where it names one.
    #[must_use]
    pub fn declare(&self, run: Option<&RunRecord>) -> DeclaredJob {
        let io = match (self.current(), &self.said, run) {
            (Current::Said, Some(said), _) => said.value.clone(),
            (Current::Run(id), _, Some(run)) if run.at.id == id => Io::of_run(run),
            _ => Io { inputs: Vec::new(), outputs: Vec::new(), edges: Vec::new() },
        };
        let around: Vec<&DatasetRef> = io.outputs.iter().chain(&io.inputs).collect();
        let mut job = describe::job(self.at.clone(), self.facets.facts(), &around);
        job.parent = self.parent.as_ref().map(|parent| parent.value.clone());
        (job.inputs, job.outputs, job.column_edges) = (io.inputs, io.outputs, io.edges);
        job
    }
}

impl Io {
    fn of(event: &Event) -> Self {
        Self { inputs: event.reads(), outputs: event.writes(), edges: event.column_edges() }
    }

    fn of_run(run: &RunRecord) -> Self {
        Self {
            inputs: run.reads().cloned().collect(),
            outputs: run.writes().cloned().collect(),
            edges: run.column_edges().cloned().collect(),
        }
    }
}
