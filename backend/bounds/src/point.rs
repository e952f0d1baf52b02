//! Points as they come in, and the history made of them: finite, in order, one a moment.

use chrono::{DateTime, Datelike, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::numbers::drawn_in;

/// One measured value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// When it was measured.
    pub at: DateTime<Utc>,
    /// What was measured, in the metric's own unit. NaN and infinities are no values: they are counted and skipped.
    pub value: f64,
}

impl Point {
    /// A point at an instant of any zone.
    pub fn new<Z: TimeZone>(at: &DateTime<Z>, value: f64) -> Self {
        Self { at: at.with_timezone(&Utc), value }
    }
}

/// What of a history could not be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Values that are no number or infinite.
    pub not_finite: usize,
    /// Earlier values of a moment that has several: the last one counts.
    pub repeated: usize,
}

/// Where an instant lies in the calendar of the metric's zone. Daylight saving needs nothing more: an hour that comes twice is the
/// same hour, one that is left out has no points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// 0..=23.
    pub(crate) hour: usize,
    /// 0..=59.
    pub(crate) minute: usize,
    /// Monday is 0.
    pub(crate) weekday: usize,
    /// The day, counted.
    pub(crate) day: i32,
    /// 1..=31.
    pub(crate) of_month: u8,
    /// 0 on the last day of the month.
    pub(crate) to_month_end: u8,
}

impl Place {
    pub(crate) fn of(at: DateTime<Utc>, zone: Tz) -> Self {
        let local = at.with_timezone(&zone);
        let days = u32::from(local.num_days_in_month());
        Self {
            hour: local.hour() as usize,
            minute: local.minute() as usize,
            weekday: local.weekday().num_days_from_monday() as usize,
            day: local.num_days_from_ce(),
            of_month: local.day() as u8,
            to_month_end: days.saturating_sub(local.day()) as u8,
        }
    }

    /// 0..=167, Monday midnight is 0.
    pub(crate) fn hour_of_week(self) -> usize {
        self.weekday * 24 + self.hour
    }
}

/// A point with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) at: DateTime<Utc>,
    pub(crate) place: Place,
    pub(crate) y: f64,
}

impl Sample {
    pub(crate) fn of(point: Point, zone: Tz) -> Self {
        Self { at: point.at, place: Place::of(point.at, zone), y: drawn_in(point.value) }
    }
}

/// Sorts, drops what is no number, keeps the last of each moment.
pub(crate) fn clean(history: &[Point], zone: Tz) -> (Vec<Sample>, Skipped) {
    let mut points: Vec<Point> = history.iter().copied().filter(|point| point.value.is_finite()).collect();
    let not_finite = history.len() - points.len();
    points.sort_by_key(|point| point.at);
    let mut samples: Vec<Sample> = Vec::with_capacity(points.len());
    for point in points {
        let sample = Sample::of(point, zone);
        match samples.last_mut().filter(|last| last.at == sample.at) {
            Some(last) => *last = sample,
            None => samples.push(sample),
        }
    }
    let repeated = history.len() - not_finite - samples.len();
    (samples, Skipped { not_finite, repeated })
}
