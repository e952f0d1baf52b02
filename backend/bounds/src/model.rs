//! The model: what a history says, small enough to be kept beside the metric.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::cadence::Cadence;
use crate::event::Events;
use crate::fit::{Fit, Form, Spread, fit};
use crate::level::Level;
use crate::numbers::{LEAST, median, quantile, sort};
use crate::options::{Domain, Options};
use crate::point::{Place, Point, Sample, Skipped, clean};
use crate::scale::Scale;
use crate::season::Season;
use crate::told::{Basis, Needs, Shift, Stage};
use crate::width::Widths;

/// Points used at most: the latest. A year and more of days, three months of hours, a week of five minutes.
pub const LONGEST: usize = 2_200;
/// Points needed before there is a band.
const FEWEST: usize = 10;
/// Of points that are all alike.
const FEWEST_ALIKE: usize = 30;
/// Of points that are all zero: failures, rejected rows.
const FEWEST_ZEROS: usize = 60;
/// Of points within days, where there are not yet two days.
const FEWEST_WITHIN_DAYS: usize = 48;

/// What a metric usually does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub(crate) options: Options,
    pub(crate) basis: Basis,
    pub(crate) cadence: Cadence,
    pub(crate) stage: Stage,
    pub(crate) last: Option<DateTime<Utc>>,
    /// `None` while learning.
    pub(crate) shape: Option<Shape>,
}

/// What was found in the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shape {
    pub(crate) scale: Scale,
    pub(crate) form: Form,
    pub(crate) season: Season,
    pub(crate) spread: Spread,
    pub(crate) widths: Widths,
    pub(crate) level: Level,
    pub(crate) events: Events,
    pub(crate) shift: Option<Shift>,
    pub(crate) values: Values,
    /// Weekdays and hours that the history has.
    pub(crate) seen: Seen,
}

/// What values the history has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Values {
    /// All are whole numbers.
    pub(crate) whole: bool,
    /// None is below zero.
    pub(crate) never_negative: bool,
    /// Nearly the lowest and the highest.
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// What counts that are mostly zero may reach by chance; 0 for all others.
    pub(crate) by_chance: f64,
    /// The least difference that means anything.
    pub(crate) floor: f64,
}

/// How many days of each weekday, and of each hour, the history has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) weekdays: [u16; 7],
    pub(crate) hours: Vec<u16>,
    /// Lowest and highest value by hour of the week, where it is short enough for that to matter.
    pub(crate) ranges: Vec<Option<(f64, f64)>>,
    /// The last day, which may not be over.
    pub(crate) last: Option<i32>,
}

/// Learns from a history: any order, with gaps, with values that are no numbers; the latest [`LONGEST`] points count.
#[must_use]
pub fn learn(history: &[Point], options: Options) -> Model {
    let (samples, skipped) = clean(history, options.zone);
    let latest = &samples[samples.len().saturating_sub(LONGEST)..];
    Model::of(latest, skipped, options)
}

impl Model {
    /// From samples in order.
    pub(crate) fn of(samples: &[Sample], skipped: Skipped, options: Options) -> Self {
        let options = options.sound();
        let cadence = Cadence::of(samples, options.zone);
        let stage = stage(samples, &cadence);
        let mut basis = Basis {
            points: samples.len(),
            from: samples.first().map(|sample| sample.at),
            to: samples.last().map(|sample| sample.at),
            skipped,
            aside: 0,
            latest_aside: Vec::new(),
        };
        let shape = match stage {
            Stage::Learning(_) => None,
            _ => Some(Shape::of(samples, &cadence, &options, &mut basis)),
        };
        let last = samples.last().map(|sample| sample.at);
        Self { options, basis, cadence, stage, last, shape }
    }

    /// Whether the metric is known, and what is needed.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The history that the model stands on.
    #[must_use]
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// The rhythm of the metric.
    #[must_use]
    pub fn cadence(&self) -> &Cadence {
        &self.cadence
    }

    /// The last shift of the level.
    #[must_use]
    pub fn shift(&self) -> Option<Shift> {
        self.shape.as_ref().and_then(|shape| shape.shift)
    }

    /// When the next point is due, if there is a rhythm.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.cadence.next(self.last?, self.options.zone)
    }

    /// How many points are missing at an instant, beyond what this metric loses at times; 0 if none.
    #[must_use]
    pub fn missing_at(&self, now: DateTime<Utc>) -> usize {
        match (self.last, &self.shape) {
            (Some(last), Some(_)) if now > last => self.cadence.missing(last, now, self.options.zone),
            _ => 0,
        }
    }
}

/// What is still needed before the metric is known.
fn stage(samples: &[Sample], cadence: &Cadence) -> Stage {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return Stage::Learning(Needs { points: FEWEST, days_for_hours: 0, days_for_weekdays: 14 });
    };
    let n = samples.len();
    let hours = (last.at - first.at).num_hours().max(0) as usize;
    let days_for = |days: usize| days.saturating_sub(hours / 24);
    let within = cadence.within_days();
    let fewest = if within && hours < 47 { FEWEST_WITHIN_DAYS.max(n.min(200)) } else { FEWEST };
    // that nothing ever changed is known late, that nothing ever came later still
    let fewest = match samples {
        _ if samples.iter().any(|sample| sample.y != first.y) => fewest,
        _ if first.y == 0.0 => fewest.max(FEWEST_ZEROS),
        _ => fewest.max(FEWEST_ALIKE),
    };
    let needs = Needs {
        points: fewest.saturating_sub(n),
        days_for_hours: if within { days_for(3) } else { 0 },
        days_for_weekdays: if cadence.step > 5 * 86_400 { 0 } else { days_for(14) },
    };
    if needs.points > 0 || (within && hours < 47 && n < 200) {
        return Stage::Learning(Needs { points: needs.points.max(1), ..needs });
    }
    if needs.days_for_hours > 0 || needs.days_for_weekdays > 0 {
        Stage::Provisional(needs)
    } else {
        Stage::Learned
    }
}

impl Shape {
    fn of(samples: &[Sample], cadence: &Cadence, options: &Options, basis: &mut Basis) -> Self {
        let values = Values::of(samples, options);
        let Fit { scale, form, season, spread, widths, followed } =
            fit(samples, cadence, values.floor, options.sensitivity.rate());
        let put_aside: Vec<DateTime<Utc>> = samples
            .iter()
            .zip(&followed.outside)
            .filter(|(_, outside)| **outside)
            .map(|(sample, _)| sample.at)
            .collect();
        basis.aside = put_aside.len();
        basis.latest_aside = put_aside[put_aside.len().saturating_sub(20)..].to_vec();
        let shift = followed.jumps.last().map(|&(index, from, by)| Shift {
            at: samples[index].at,
            from: scale.from(from),
            to: scale.from(from + by),
        });
        let run = followed.level.run.len();
        let since = (run > 0).then(|| samples[samples.len() - run].at);
        let side = followed.level.run.last().copied().unwrap_or(0.0);
        let calm = if cadence.within_days() {
            (36, (4 * 86_400 / cadence.step).clamp(25, 400) as u16)
        } else {
            (10, 25)
        };
        let events = Events::resumed(since, side, &followed.errors, widths.sigma, calm);
        let days = samples.last().map_or(0, |last| last.place.day - samples[0].place.day);
        Self {
            scale,
            form,
            season,
            spread,
            widths,
            level: followed.level,
            events,
            shift,
            values,
            seen: Seen::of(samples, days < 21),
        }
    }

    /// How far the level moves by itself to a place, `steps` steps and `seconds` on.
    pub(crate) fn advance(&self, place: Place, steps: f64, seconds: f64) -> f64 {
        match self.form {
            Form::Values { slope } => slope * seconds,
            Form::Steps { each } => each * steps + self.recurring(place),
        }
    }

    /// What recurs at a place, on the scale.
    pub(crate) fn recurring(&self, place: Place) -> f64 {
        let hour = self.season.hour(place).unwrap_or(0.0);
        let date = self.season.date(place).map_or(0.0, |habit| habit.effect);
        hour + self.season.weekday(place.weekday) + date
    }

    /// What recurs in the values (and not in the steps).
    pub(crate) fn season_of_values(&self, place: Place) -> f64 {
        match self.form {
            Form::Values { .. } => self.recurring(place),
            Form::Steps { .. } => 0.0,
        }
    }
}

impl Values {
    fn of(samples: &[Sample], options: &Options) -> Self {
        let mut ys: Vec<f64> = samples.iter().map(|sample| sample.y).collect();
        sort(&mut ys);
        let whole = options.domain == Domain::Count || ys.iter().all(|y| y.fract() == 0.0);
        let never_negative = ys.first().is_none_or(|&low| low >= 0.0);
        let (low, high) = (quantile(&ys, 0.005), quantile(&ys, 0.995));
        let middle = quantile(&ys, 0.5).abs();
        let mut apart: Vec<f64> = ys.iter().map(|y| (y - quantile(&ys, 0.5)).abs()).collect();
        // a constant may differ by a thousandth before that is news
        let constant = if median(&mut apart) == 0.0 { 1e-3 * middle } else { 0.0 };
        let least = if whole { 0.499 } else { 1e-9 * middle.max(high.abs()) };
        let rare = whole && never_negative && middle == 0.0 && high > 0.0;
        let by_chance = if rare { by_chance(&ys, high, options.sensitivity.rate()) } else { 0.0 };
        Self {
            whole,
            never_negative,
            low,
            high,
            by_chance,
            floor: least.max(constant).max(options.at_least).max(LEAST),
        }
    }
}

/// What independent counts (Poisson 1837) as often as these exceed at `rate`, where they are as frequent as these few allow.
fn by_chance(sorted: &[f64], high: f64, rate: f64) -> f64 {
    let sum: f64 = sorted.iter().map(|y| y.min(high)).sum();
    let often = (sum + 1.0 + sum.sqrt()) / sorted.len().max(1) as f64;
    let (mut each, mut beyond, mut count) = ((-often).exp(), 1.0, 0.0);
    loop {
        beyond -= each;
        if beyond <= rate || count > 1_000.0 {
            return count;
        }
        count += 1.0;
        each *= often / count;
    }
}

impl Seen {
    fn of(samples: &[Sample], ranges: bool) -> Self {
        let mut seen = Self { weekdays: [0; 7], hours: vec![0; 24], ranges: Vec::new(), last: None };
        if ranges {
            seen.ranges = range_by_hour(samples);
        }
        let mut before: Option<Place> = None;
        for place in samples.iter().map(|sample| sample.place) {
            if before.is_none_or(|before| before.day != place.day) {
                seen.weekdays[place.weekday] = seen.weekdays[place.weekday].saturating_add(1);
            }
            if before.is_none_or(|before| (before.day, before.hour) != (place.day, place.hour)) {
                seen.hours[place.hour] = seen.hours[place.hour].saturating_add(1);
            }
            before = Some(place);
        }
        seen.last = before.map(|place| place.day);
        seen
    }

    /// Whether nothing is known of days like this one. Tuesday to Thursday are like the working day before; days off lie among the
    /// others, and the day after them comes back from another level.
    pub(crate) fn never(&self, place: Place) -> bool {
        let working: u16 = self.weekdays[..4].iter().sum();
        let like_yesterday =
            (1..4).contains(&place.weekday) && working >= 3 && self.weekdays[place.weekday - 1] > 0;
        self.days(place) == 0 && !like_yesterday
    }

    /// What was seen at a place's hour of the week.
    pub(crate) fn range(&self, place: Place) -> Option<(f64, f64)> {
        self.ranges.get(place.hour_of_week()).copied().flatten()
    }

    /// What was seen at a place's hour on any day.
    pub(crate) fn range_of_hour(&self, place: Place) -> Option<(f64, f64)> {
        let ranges = self.ranges.iter().skip(place.hour).step_by(24).flatten();
        ranges.copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// Whole days of a place's weekday.
    pub(crate) fn days(&self, place: Place) -> u16 {
        let now = u16::from(self.last == Some(place.day));
        self.weekdays[place.weekday].saturating_sub(now)
    }
}

fn range_by_hour(samples: &[Sample]) -> Vec<Option<(f64, f64)>> {
    let mut ranges = vec![None; 168];
    for sample in samples {
        let range: &mut Option<(f64, f64)> = &mut ranges[sample.place.hour_of_week()];
        let (low, high) = range.unwrap_or((sample.y, sample.y));
        *range = Some((low.min(sample.y), high.max(sample.y)));
    }
    ranges
}
