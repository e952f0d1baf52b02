//! The record of a run.

use super::register::{FacetMap, Latest, keep_greatest, keep_latest, keep_least};
use crate::declared::{ColumnEdge, DeclaredRun, RunIo, RunRef, RunState};
use crate::naming::DatasetRef;
use crate::openlineage::parts::{DatasetPart, Event};
use crate::openlineage::{describe, limits};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Column edges of one run that are kept.
const EDGES: usize = 100_000;

/// What is known of a run from any set of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Which run of which job; the two together are the key.
    pub at: RunRef,
    /// The time of the first event.
    pub first_seen: DateTime<Utc>,
    /// The time of the last event.
    pub last_seen: DateTime<Utc>,
    /// The time of the first start event.
    pub started: Option<DateTime<Utc>>,
    /// The greatest of what the events say about its state.
    stand: Stand,
    /// Its facets.
    pub facets: FacetMap,
    /// What it read.
    #[serde(serialize_with = "as_list", deserialize_with = "from_list")]
    inputs: Io,
    /// What it wrote.
    #[serde(serialize_with = "as_list", deserialize_with = "from_list")]
    outputs: Io,
    /// Which column it made of which.
    edges: BTreeSet<ColumnEdge>,
    /// What it read and wrote is forgotten.
    pub reduced: bool,
}

type Io = BTreeMap<DatasetRef, IoRecord>;

/// What an event says about the state, in the order of how much it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Stand {
    terminal: bool,
    /// Only terminal states are weighed by their time.
    at: Option<DateTime<Utc>>,
    state: RunState,
}

/// What is known of a dataset in a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct IoRecord {
    facets: FacetMap,
    version: Option<Latest<Value>>,
}

impl IoRecord {
    fn of(time: DateTime<Utc>, part: &DatasetPart) -> Self {
        let version = describe::facet(&part.facets, "version");
        Self {
            facets: FacetMap::of(time, &part.io_facets),
            version: version.map(|said| Latest::new(time, said, said.clone())),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.facets.merge(&other.facets);
        keep_latest(&mut self.version, other.version.as_ref());
    }
}

impl RunRecord {
    /// The record of one event; `None` where the event is not of a run.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let (run, job, state) = (event.run.as_ref()?, event.job.as_ref()?, event.state?);
        let terminal = state.is_terminal();
        let mut inputs: Io = event.reads().into_iter().map(|at| (at, IoRecord::default())).collect();
        add(&mut inputs, event.at, event.inputs.as_deref());
        let mut outputs = Io::new();
        add(&mut outputs, event.at, event.outputs.as_deref());
        trim(&mut inputs);
        trim(&mut outputs);
        Some(Self {
            at: RunRef { id: run.id, job: job.at.clone() },
            first_seen: event.at,
            last_seen: event.at,
            started: (state == RunState::Start).then_some(event.at),
            stand: Stand { terminal, at: terminal.then_some(event.at), state },
            facets: FacetMap::of(event.at, &run.facets),
            inputs,
            outputs,
            edges: event.column_edges().into_iter().take(EDGES).collect(),
            reduced: false,
        })
    }

    /// Takes in what another record of the same run knows. A record of another run changes nothing.
    pub fn merge(&mut self, other: &Self) {
        if self.at != other.at {
            return;
        }
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.started = [self.started, other.started].into_iter().flatten().min();
        self.stand = self.stand.max(other.stand);
        self.reduced |= other.reduced;
        if self.reduced {
            return self.reduce();
        }
        self.facets.merge(&other.facets);
        join(&mut self.inputs, &other.inputs);
        join(&mut self.outputs, &other.outputs);
        keep_least(&mut self.edges, &other.edges, EDGES);
    }

    /// Forgets all but name, times and state, for good: what is merged in later is forgotten as well. For runs that are long
    /// over and are not their job's current one.
    pub fn reduce(&mut self) {
        self.reduced = true;
        self.facets.clear();
        self.inputs.clear();
        self.outputs.clear();
        self.edges.clear();
    }

    /// Where the run stands.
    #[must_use]
    pub fn state(&self) -> RunState {
        self.stand.state
    }

    /// When it ended, where it did.
    #[must_use]
    pub fn ended(&self) -> Option<DateTime<Utc>> {
        self.stand.at
    }

    /// What it read, in order of the names.
    pub fn reads(&self) -> impl Iterator<Item = &DatasetRef> {
        self.inputs.keys()
    }

    /// What it wrote, in order of the names.
    pub fn writes(&self) -> impl Iterator<Item = &DatasetRef> {
        self.outputs.keys()
    }

    /// Which column it made of which.
    pub fn column_edges(&self) -> impl Iterator<Item = &ColumnEdge> {
        self.edges.iter()
    }

    /// What is known, in the neutral form.
    #[must_use]
    pub fn declare(&self) -> DeclaredRun {
        let facets = self.facets.facts();
        let (nominal_start, nominal_end) = describe::nominal(&facets);
        DeclaredRun {
            at: self.at.clone(),
            state: self.state(),
            event_time: self.last_seen,
            started: self.started,
            ended: self.ended(),
            nominal_start,
            nominal_end,
            parent: describe::parent(&facets),
            error: describe::error(&facets),
            inputs: told(&self.inputs),
            outputs: told(&self.outputs),
            engine: describe::engine(&facets),
            tags: describe::tags(&facets),
            facets,
        }
    }
}

fn add(io: &mut Io, time: DateTime<Utc>, parts: Option<&[DatasetPart]>) {
    for part in parts.into_iter().flatten() {
        io.entry(part.at.clone()).or_default().merge(&IoRecord::of(time, part));
    }
}

fn join(mine: &mut Io, other: &Io) {
    for (at, theirs) in other {
        mine.entry(at.clone()).or_default().merge(theirs);
    }
    trim(mine);
}

/// The least names stay.
fn trim(io: &mut Io) {
    while io.len() > limits::DATASETS {
        io.pop_last();
    }
}

fn told(io: &Io) -> Vec<RunIo> {
    let one = |(at, record): (&DatasetRef, &IoRecord)| {
        let mut told = describe::io(at.clone(), &crate::declared::Facts::new(), record.facets.facts());
        told.version = record.version.as_ref().and_then(|said| describe::text(&said.value, "datasetVersion"));
        told
    };
    io.iter().map(one).collect()
}

/// JSON's keys are texts: a map by names of datasets is written as a list of pairs.
fn as_list<S: Serializer>(io: &Io, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(io)
}

fn from_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Io, D::Error> {
    Ok(Vec::<(DatasetRef, IoRecord)>::deserialize(deserializer)?.into_iter().collect())
}

/// The run of a job that counts, by what one event says: the time and the run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) at: DateTime<Utc>,
    pub(super) run: uuid::Uuid,
}

/// Keeps the later mark.
pub(super) fn later(mine: &mut Option<Mark>, other: Option<&Mark>) {
    keep_greatest(mine, other);
}
