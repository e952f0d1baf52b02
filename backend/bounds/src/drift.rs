//! Whether a metric moves away little by little: the mean of its latest points against those some time before, on the way that the
//! level goes by itself, as far as the history's own such differences allow.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::level::Followed;
use crate::numbers::sigma;
use crate::point::Sample;

/// Latest points.
const LATEST: usize = 6;
/// Points between.
const BETWEEN: usize = 6;
/// Points that they are held against, at least and at most.
const FEWEST: usize = 10;
const MOST: usize = 36;

/// The points that count, and how far apart they may lie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Drift {
    /// The greatest difference that is usual; `None` where the history is too short.
    most: Option<f64>,
    /// How far the level has gone by itself.
    gone: f64,
    /// Points of late, less that.
    path: Vec<(DateTime<Utc>, f64)>,
}

impl Drift {
    /// From a history's values without what recurs, and what following it gave; `sigma_of_one` is the standard deviation of errors.
    pub(crate) fn of(
        samples: &[Sample],
        values: &[f64],
        advance: &[f64],
        followed: &Followed,
        sigma_of_one: f64,
    ) -> Self {
        let (mut gone, mut jumped) = (0.0, 0.0);
        let mut jumps = followed.jumps.iter().peekable();
        let mut path = Vec::with_capacity(values.len());
        for (index, sample) in samples.iter().enumerate() {
            gone += advance[index];
            while let Some(&(_, _, height)) = jumps.next_if(|jump| jump.0 <= index) {
                jumped += height;
            }
            if !followed.outside[index] {
                path.push((sample.at, values[index] - gone - jumped));
            }
        }
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        for (_, value) in &path {
            sum += value;
            sums.push(sum);
        }
        let fewest = LATEST + BETWEEN + FEWEST;
        let mut apart: Vec<f64> = (fewest..=path.len()).map(|to| difference(&sums, to).abs()).collect();
        let most = (apart.len() >= 20).then(|| {
            crate::knobs::knob(20, 5.0) * sigma(&mut apart).max(crate::knobs::knob(21, 0.5) * sigma_of_one)
        });
        let from = path.len().saturating_sub(LATEST + BETWEEN + MOST);
        // on the way of the level as it now goes
        let path = path[from..].iter().map(|&(at, value)| (at, value + jumped)).collect();
        Self { most, gone, path }
    }

    /// The points before an instant no longer count.
    pub(crate) fn since(&mut self, at: DateTime<Utc>) {
        self.path.retain(|point| point.0 > at);
    }

    /// A point outside does not count.
    pub(crate) fn pass(&mut self, advance: f64) {
        self.gone += advance;
    }

    /// An ordinary point; gives how far the latest ones lie from those before where that is not usual, and their mean.
    pub(crate) fn push(&mut self, at: DateTime<Utc>, value: f64, advance: f64) -> Option<(f64, f64)> {
        self.gone += advance;
        self.path.push((at, value - self.gone));
        if self.path.len() > LATEST + BETWEEN + MOST {
            self.path.remove(0);
        }
        if self.path.len() < LATEST + BETWEEN + FEWEST {
            return None;
        }
        let most = self.most?;
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        for (_, value) in &self.path {
            sum += value;
            sums.push(sum);
        }
        let n = self.path.len();
        let apart = difference(&sums, n);
        (apart.abs() > most).then(|| (apart, (sums[n] - sums[n - LATEST]) / LATEST as f64 + self.gone))
    }
}

/// The mean of the latest of the first `to` points, less that of those before them, from running sums.
fn difference(sums: &[f64], to: usize) -> f64 {
    let late = to - LATEST;
    let until = late - BETWEEN;
    let from = until.saturating_sub(MOST);
    (sums[to] - sums[late]) / LATEST as f64 - (sums[until] - sums[from]) / (until - from) as f64
}
