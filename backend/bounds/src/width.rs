//! How wide bounds are: from the errors that the history itself made one step ahead (as conformal prediction calibrates, Vovk et al.
//! 2005), each side by itself, with what lies far out put aside up to a share.

use serde::{Deserialize, Serialize};

use crate::level::Limits;
use crate::numbers::{quantile, sigma, sort, tail};

/// At most this share of a history is put aside; what goes beyond is how the metric is.
const ASIDE: f64 = 0.1;
/// So many points outside in a row are no chance.
const RUN: usize = 3;
/// What the next error may exceed the past ones by: seasons, level and spread were found on the same points.
const SPARE: f64 = 1.1;
/// The same for sums of several.
const SPARE_OF_FEW: f64 = 1.28;
/// So many times the 90 % quantile of errors even an exponential tail passes once in 17,000 points.
const GLARING: f64 = 4.25;
/// Sum over the last points that are looked at together.
pub(crate) const TOGETHER: usize = 3;
/// What a deviation must exceed, in standard deviations, to add to a drift (half of the shift looked for, Page 1954).
pub(crate) const SLACK: f64 = 0.75;

/// What past errors allow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Widths {
    /// Of one point.
    pub(crate) one: Limits,
    /// Of the sum of the last three, each drawn in, in standard deviations.
    pub(crate) few: Limits,
    /// Of the cumulated sums.
    pub(crate) drift: f64,
    /// Standard deviation by the median of absolute errors.
    pub(crate) sigma: f64,
    /// The tail's weight.
    pub(crate) tail: f64,
}

/// Which errors say nothing of the width: runs outside, the longest first, within the share. Single points outside stay: they are
/// the tail, and quantiles bear one in fifty.
pub(crate) fn aside(errors: &[f64], outside: &[bool]) -> Vec<bool> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    for run in outside.chunk_by(|a, b| a == b) {
        if run[0] && run.len() >= RUN {
            runs.push((from, run.len()));
        }
        from += run.len();
    }
    runs.sort_by_key(|&(from, long)| (std::cmp::Reverse(long), from));
    let mut left = ((outside.len() as f64 * ASIDE) as usize).max(RUN + 1);
    let mut aside = vec![false; outside.len()];
    for (from, long) in runs {
        if long <= left {
            left -= long;
            aside[from..from + long].fill(true);
        }
    }
    glaring(errors, &mut aside);
    aside
}

/// Single errors that not even exponential tails reach are no tail, where they are few.
fn glaring(errors: &[f64], aside: &mut [bool]) {
    let mut absolute: Vec<f64> =
        errors.iter().zip(&*aside).filter(|(_, aside)| !**aside).map(|(error, _)| error.abs()).collect();
    sort(&mut absolute);
    let far = GLARING * quantile(&absolute, 0.9);
    let most = (0.03 * absolute.len() as f64).max(2.0) as usize;
    let beyond = absolute.len() - absolute.partition_point(|&error| error <= far);
    if far > 0.0 && beyond <= most {
        for (error, aside) in errors.iter().zip(aside) {
            *aside |= error.abs() > far;
        }
    }
}

impl Widths {
    /// From errors over spread; `floor` is the least that means anything there.
    pub(crate) fn of(errors: &[f64], aside: &[bool], rate: f64, floor: f64) -> Self {
        let (one, sigma, weight) = Self::of_one(errors, aside, rate, floor);
        let drawn: Vec<f64> = errors
            .iter()
            .zip(aside)
            .map(|(error, aside)| if *aside { 0.0 } else { error.clamp(-one.down, one.up) })
            .collect();
        let sums: Vec<f64> = drawn.windows(TOGETHER).map(|window| window.iter().sum()).collect();
        let (few, _) = sides(&sums, rate / 10.0, floor);
        // three that have nothing to do with one another add up as their root; events of old shall not hide it
        let bound = |few: f64, one: f64| (SPARE_OF_FEW * few).min(1.9 * one) / sigma;
        let few = Limits { down: bound(few.down, one.down), up: bound(few.up, one.up) };
        let most = Page::most(drawn.iter().map(|error| error / sigma));
        Self { one, few, drift: (1.8 * most).max(16.0), sigma, tail: weight }
    }

    /// Limits of one point, the standard deviation, the tail's weight.
    pub(crate) fn of_one(errors: &[f64], aside: &[bool], rate: f64, floor: f64) -> (Limits, f64, f64) {
        let kept: Vec<f64> =
            errors.iter().zip(aside).filter(|(_, aside)| !**aside).map(|(error, _)| *error).collect();
        let mut absolute: Vec<f64> = kept.iter().map(|error| error.abs()).collect();
        let sigma = sigma(&mut absolute).max(floor);
        let (one, weight) = sides(&kept, rate, floor);
        let one = wide_enough(one, &kept, floor);
        (Limits { down: SPARE * one.down, up: SPARE * one.up }, sigma, weight)
    }
}

/// Limits of both sides, each side drawn to both together where it has few.
fn sides(errors: &[f64], rate: f64, floor: f64) -> (Limits, f64) {
    let mut all: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
    sort(&mut all);
    let both = tail(&all, rate);
    let side = |sign: f64| {
        let mut own: Vec<f64> =
            errors.iter().map(|error| error * sign).filter(|&error| error > 0.0).collect();
        sort(&mut own);
        let n = own.len() as f64;
        (n * tail(&own, rate).width + 40.0 * both.width) / (n + 40.0)
    };
    (Limits { down: side(-1.0).max(floor), up: side(1.0).max(floor) }, both.weight)
}

/// Where nine of ten errors are nothing, quantiles say nothing of the rest: what came three times on a side is ordinary there.
fn wide_enough(limits: Limits, errors: &[f64], floor: f64) -> Limits {
    if limits.down > floor && limits.up > floor {
        return limits;
    }
    let third = |sign: f64| {
        let mut own: Vec<f64> =
            errors.iter().map(|error| error * sign).filter(|&error| error > floor).collect();
        sort(&mut own);
        own.len().checked_sub(3).map_or(floor, |place| own[place] * 1.05)
    };
    Limits { down: limits.down.max(third(-1.0)), up: limits.up.max(third(1.0)) }
}

/// Cumulated sums of deviations on either side (CUSUM, Page 1954), in standard deviations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Page {
    pub(crate) up: f64,
    pub(crate) down: f64,
}

impl Page {
    /// The highest sum that fell back to zero: what is still climbing may be what is looked for.
    fn most(deviations: impl Iterator<Item = f64>) -> f64 {
        let (mut page, mut most, mut up, mut down) = (Self::default(), 0.0_f64, 0.0_f64, 0.0_f64);
        for deviation in deviations {
            page.add(deviation);
            (up, down) = (up.max(page.up), down.max(page.down));
            if page.up == 0.0 {
                most = most.max(std::mem::take(&mut up));
            }
            if page.down == 0.0 {
                most = most.max(std::mem::take(&mut down));
            }
        }
        most
    }

    pub(crate) fn add(&mut self, deviation: f64) {
        let deviation = deviation.clamp(-4.0, 4.0);
        self.up = (self.up + deviation - SLACK).max(0.0);
        self.down = (self.down - deviation - SLACK).max(0.0);
    }
}
