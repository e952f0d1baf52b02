//! Detections against events: within three points of it an event counts as detected, once; all other detections are false.

use std::collections::BTreeMap;

use crate::scenes::{Event, Kind, Scene};

const NEAR: usize = 3;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) events: usize,
    pub(crate) found: usize,
    pub(crate) alarms: usize,
    pub(crate) false_alarms: usize,
    pub(crate) quiet_points: usize,
    pub(crate) quiet_alarms: usize,
    pub(crate) by_kind: BTreeMap<Kind, (usize, usize)>,
}

impl Tally {
    /// `alarms` are indices of points, ascending.
    pub(crate) fn add(&mut self, scene: &Scene, alarms: &[usize]) -> Vec<usize> {
        let mut found = vec![false; scene.events.len()];
        let mut wrong = Vec::new();
        for &alarm in alarms {
            let near = |event: &Event| alarm + NEAR >= event.from && alarm <= event.to + NEAR;
            match (0..found.len()).find(|&index| near(&scene.events[index]) && !found[index]) {
                Some(index) => found[index] = true,
                None => wrong.push(alarm),
            }
        }
        for (event, found) in scene.events.iter().zip(&found) {
            let entry = self.by_kind.entry(event.kind).or_default();
            entry.0 += 1;
            entry.1 += usize::from(*found);
        }
        self.events += found.len();
        self.found += found.iter().filter(|found| **found).count();
        self.alarms += alarms.len();
        self.false_alarms += wrong.len();
        if scene.quiet {
            self.quiet_points += scene.points.len();
            self.quiet_alarms += alarms.len();
        }
        wrong
    }

    pub(crate) fn precision(&self) -> f64 {
        self.found as f64 / (self.found + self.false_alarms).max(1) as f64
    }

    pub(crate) fn recall(&self) -> f64 {
        self.found as f64 / self.events.max(1) as f64
    }

    /// Of 1,000 points of quiet series.
    pub(crate) fn quiet_rate(&self) -> f64 {
        1000.0 * self.quiet_alarms as f64 / self.quiet_points.max(1) as f64
    }
}
