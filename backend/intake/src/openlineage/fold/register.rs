//! Last-writer-wins registers, and sets that keep what is least.

use crate::declared::Facts;
use crate::openlineage::limits;
use crate::openlineage::parts::{hash_of, is_deleted};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A value with the time that it is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Latest<T> {
    /// The event's time.
    pub at: DateTime<Utc>,
    /// The beginning of the SHA-256 of what was said: decides between two values of one time.
    pub tie: String,
    /// The value.
    pub value: T,
}

impl<T> Latest<T> {
    /// A value at a time; `content` decides between two of one time.
    pub(super) fn new(at: DateTime<Utc>, content: &Value, value: T) -> Self {
        let mut tie = hash_of(content);
        tie.truncate(24);
        Self { at, tie, value }
    }

    fn rank(&self, other: &Self) -> Ordering {
        (self.at, &self.tie).cmp(&(other.at, &other.tie))
    }
}

/// The later of two.
pub(super) fn keep_latest<T: Clone>(mine: &mut Option<Latest<T>>, other: Option<&Latest<T>>) {
    let Some(theirs) = other else { return };
    if mine.as_ref().is_none_or(|mine| mine.rank(theirs) == Ordering::Less) {
        *mine = Some(theirs.clone());
    }
}

/// The greater of two.
pub(super) fn keep_greatest<T: Ord + Clone>(mine: &mut Option<T>, other: Option<&T>) {
    if mine.as_ref() < other {
        *mine = other.cloned();
    }
}

/// Facets by name, each the newest that was said; `None` where the newest thing said is that it is deleted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FacetMap(BTreeMap<String, Latest<Option<Value>>>);

impl FacetMap {
    /// The facets of one event.
    pub(super) fn of(at: DateTime<Utc>, facets: &Facts) -> Self {
        let entry = |(name, facet): (&String, &Value)| {
            let value = (!is_deleted(facet)).then(|| facet.clone());
            (name.clone(), Latest::new(at, facet, value))
        };
        Self(facets.iter().map(entry).collect())
    }

    /// Takes in others. Of more than 500 names those with the newest values stay: a value's time only grows, so a name that
    /// falls out and belongs in comes back with the event that brings it there.
    pub(super) fn merge(&mut self, other: &Self) {
        for (name, theirs) in &other.0 {
            match self.0.get_mut(name) {
                Some(mine) if mine.rank(theirs) == Ordering::Less => *mine = theirs.clone(),
                Some(_) => {}
                None => {
                    self.0.insert(name.clone(), theirs.clone());
                }
            }
        }
        while self.0.len() > limits::FACETS {
            let oldest = self.0.iter().min_by(|a, b| a.1.rank(b.1).then_with(|| a.0.cmp(b.0)));
            let Some(name) = oldest.map(|(name, _)| name.clone()) else { break };
            self.0.remove(&name);
        }
    }

    /// The facets that are there.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let there = self.0.iter().filter_map(|(name, facet)| Some((name.clone(), facet.value.clone()?)));
        there.collect()
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Takes others into a set and keeps the least of them.
pub(super) fn keep_least<T: Ord + Clone>(mine: &mut BTreeSet<T>, other: &BTreeSet<T>, most: usize) {
    mine.extend(other.iter().cloned());
    while mine.len() > most {
        mine.pop_last();
    }
}
