//! Learned bounds: what they say of plain cases, of odd ones, and how well they find events in generated series.

mod dice;
mod odd;
mod plain;
#[expect(dead_code, reason = "names and periods are for examples/score")]
mod scenes;
mod score;
mod seasons;
mod tally;

use bounds::Point;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use dice::Dice;

/// A Monday.
fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 1, 1, 6, 0, 0).unwrap()
}

fn hours(values: impl IntoIterator<Item = f64>) -> Vec<Point> {
    every(TimeDelta::hours(1), values)
}

fn days(values: impl IntoIterator<Item = f64>) -> Vec<Point> {
    every(TimeDelta::days(1), values)
}

fn every(step: TimeDelta, values: impl IntoIterator<Item = f64>) -> Vec<Point> {
    let mut at = start() - step;
    values
        .into_iter()
        .map(|value| {
            at += step;
            Point { at, value }
        })
        .collect()
}

/// `n` values around a level.
fn noise(seed: u64, n: usize, level: f64, sigma: f64) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    (0..n).map(|_| level + sigma * dice.normal()).collect()
}
