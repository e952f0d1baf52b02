//! The record of a dataset.

use super::register::FacetMap;
use crate::declared::{DeclaredDataset, Lifecycle};
use crate::naming::DatasetRef;
use crate::openlineage::describe;
use crate::openlineage::parts::{DatasetPart, Event};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Changes of its life that are kept, the newest.
const CHANGES: usize = 64;

/// What is known of a dataset from any set of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetRecord {
    /// Its name.
    pub at: DatasetRef,
    /// The time of the first event that names it.
    pub first_seen: DateTime<Utc>,
    /// The time of the last event that names it.
    pub last_seen: DateTime<Utc>,
    /// Its facets.
    pub facets: FacetMap,
    /// What was done to it as a whole, with the time, oldest first; at most the newest 64.
    pub lifecycle: BTreeSet<(DateTime<Utc>, Lifecycle)>,
}

impl DatasetRecord {
    /// One record for each dataset that an event names.
    #[must_use]
    pub fn all_of(event: &Event) -> Vec<Self> {
        let mut records: BTreeMap<DatasetRef, Self> = BTreeMap::new();
        for named in event.reads() {
            records.insert(named.clone(), Self::blank(named, event.at));
        }
        for part in event.datasets() {
            let record = Self::of(event.at, part);
            records.entry(part.at.clone()).and_modify(|mine| mine.merge(&record)).or_insert(record);
        }
        records.into_values().collect()
    }

    fn blank(at: DatasetRef, time: DateTime<Utc>) -> Self {
        let (facets, lifecycle) = (FacetMap::default(), BTreeSet::new());
        Self { at, first_seen: time, last_seen: time, facets, lifecycle }
    }

    fn of(time: DateTime<Utc>, part: &DatasetPart) -> Self {
        let mut record = Self::blank(part.at.clone(), time);
        record.facets = FacetMap::of(time, &part.facets);
        let change = describe::facet(&part.facets, "lifecycleStateChange").and_then(describe::lifecycle);
        record.lifecycle.extend(change.map(|change| (time, change)));
        record
    }

    /// Takes in what another record of the same dataset knows. A record of another dataset changes nothing.
    pub fn merge(&mut self, other: &Self) {
        if self.at != other.at {
            return;
        }
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.facets.merge(&other.facets);
        self.lifecycle.extend(other.lifecycle.iter().cloned());
        while self.lifecycle.len() > CHANGES {
            self.lifecycle.pop_first();
        }
    }

    /// What is known, in the neutral form.
    #[must_use]
    pub fn declare(&self) -> DeclaredDataset {
        let mut dataset = describe::dataset(self.at.clone(), self.facets.facts());
        dataset.lifecycle = self.lifecycle.last().map(|(_, change)| change.clone());
        dataset
    }
}
