//! How often points come, at which hours and weekdays they can be counted on, and which are overdue.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::numbers::median;
use crate::point::{Place, Sample};

/// The rhythm of a metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cadence {
    /// The usual time between two points, in seconds; 0 where there are fewer than two.
    pub step: i64,
    /// Share of the steps that are within a quarter of the usual one, 0 to 1.
    pub regular: f64,
    /// Share of the due points that did not come, places apart where none is expected, 0 to 1; 0 without a rhythm.
    pub lost: f64,
    /// Due points that were looked at for `lost`.
    pub due: usize,
    /// Share of the days (0 is Monday) on which points came.
    weekdays: [f64; 7],
    /// Share of the days on which points came at each hour.
    hours: Vec<f64>,
}

/// Less than this share of a place's days: nothing is expected there.
const COUNTED_ON: f64 = 0.85;
/// Gaps longer than this many steps are not walked through.
const FARTHEST: i64 = 2_000;

impl Cadence {
    pub(crate) fn of(samples: &[Sample], zone: Tz) -> Self {
        let mut steps: Vec<f64> =
            samples.windows(2).map(|pair| (pair[1].at - pair[0].at).num_seconds() as f64).collect();
        let step = median(&mut steps);
        let near = steps.iter().filter(|&&seconds| (seconds - step).abs() <= step / 4.0).count();
        let (weekdays, hours) = presence(samples);
        let mut cadence = Self {
            step: step as i64,
            regular: near as f64 / steps.len().max(1) as f64,
            lost: 0.0,
            due: 0,
            weekdays,
            hours,
        };
        // without a rhythm nothing is due, and gaps of a thousand steps are many
        let lost: usize = if cadence.rhythmic() {
            samples.windows(2).map(|pair| cadence.lost_between(pair[0].at, pair[1].at, zone)).sum()
        } else {
            0
        };
        cadence.due = samples.len() + lost;
        cadence.lost = lost as f64 / cadence.due.max(1) as f64;
        cadence
    }

    /// Whether points come so regularly that one can be due.
    fn rhythmic(&self) -> bool {
        self.step > 0 && self.regular >= 0.7
    }

    /// Several points a day.
    pub(crate) fn within_days(&self) -> bool {
        self.step > 0 && self.step < 20 * 3600
    }

    /// Usual steps from one instant to another, at least 1.
    pub(crate) fn steps(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
        if self.step <= 0 {
            return 1.0;
        }
        ((to - from).num_seconds() as f64 / self.step as f64).round().clamp(1.0, 1e6)
    }

    /// Points that were due between two that came, at places where points can be counted on.
    fn lost_between(&self, from: DateTime<Utc>, to: DateTime<Utc>, zone: Tz) -> usize {
        let gap = (to - from).num_seconds();
        // a quarter of a step late is late, not lost; so is a day of 25 hours
        if self.step <= 0 || gap * 2 <= self.step * 3 {
            return 0;
        }
        let due = ((gap + self.step / 2) / self.step - 1).min(FARTHEST);
        (1..=due)
            .filter(|step| {
                let place = Place::of(from + TimeDelta::seconds(self.step * step), zone);
                self.weekdays[place.weekday] >= COUNTED_ON
                    && (!self.within_days() || self.hours[place.hour] >= COUNTED_ON)
            })
            .count()
    }

    /// How many points are missing between the last one and now (or the next one), where that is more than this metric loses at
    /// times by chance; 0 otherwise, and where there is no rhythm or too little of it seen.
    pub(crate) fn missing(&self, from: DateTime<Utc>, to: DateTime<Utc>, zone: Tz) -> usize {
        if !self.rhythmic() || self.due < 20 {
            return 0;
        }
        let lost = self.lost_between(from, to, zone);
        // a run of k points is lost by chance with p^k; a day matters more than an hour
        let (chance, unsure): (f64, f64) = if self.within_days() { (0.000_3, 2.5) } else { (0.03, 0.5) };
        let p = (self.lost * self.due as f64 + unsure) / (self.due as f64 + 1.0);
        let enough = (chance.ln() / p.min(0.9).ln()).ceil() as usize;
        if lost >= enough.max(1) { lost } else { 0 }
    }

    /// When the next point is due, at a place where points can be counted on.
    pub(crate) fn next(&self, last: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        if !self.rhythmic() {
            return None;
        }
        (1..=FARTHEST).map(|step| last + TimeDelta::seconds(self.step * step)).find(|at| {
            let place = Place::of(*at, zone);
            self.weekdays[place.weekday] >= COUNTED_ON
                && (!self.within_days() || self.hours[place.hour] >= COUNTED_ON)
        })
    }
}

/// Shares of days on which there were points: by weekday, and by hour among the days with points.
fn presence(samples: &[Sample]) -> ([f64; 7], Vec<f64>) {
    let mut weekdays = [0.0; 7];
    let mut hours = vec![0.0; 24];
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return (weekdays, hours) };
    let mut chances = [0.0_f64; 7];
    for day in first.place.day..=last.place.day.min(first.place.day + 4_000) {
        let ahead = (day - first.place.day) as usize;
        chances[(first.place.weekday + ahead) % 7] += 1.0;
    }
    let mut active = 0.0_f64;
    let mut before: Option<Place> = None;
    for sample in samples {
        let place = sample.place;
        if before.is_none_or(|before| before.day != place.day) {
            weekdays[place.weekday] += 1.0;
            active += 1.0;
        }
        if before.is_none_or(|before| (before.day, before.hour) != (place.day, place.hour)) {
            hours[place.hour] += 1.0;
        }
        before = Some(place);
    }
    for (weekday, chances) in weekdays.iter_mut().zip(chances) {
        *weekday /= chances.max(1.0);
    }
    // the first and the last day may be parts of days
    for hour in &mut hours {
        *hour /= (active - 1.0).max(1.0);
    }
    (weekdays, hours)
}
