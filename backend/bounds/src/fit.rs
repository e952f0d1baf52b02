//! From a history to a model: every scale and form is tried on it one step ahead, and the one that foretold best is kept.

use crate::cadence::Cadence;
use crate::level::{Course, Followed, Gains, Limits};
use crate::numbers::{cost, median, quantile, sigma, sort};
use crate::point::Sample;
use crate::scale::Scale;
use crate::season::{self, Season};
use crate::width::{Widths, aside};
use serde::{Deserialize, Serialize};

/// What the level does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Form {
    /// The season is in the values; the level moves by so much a second.
    Values { slope: f64 },
    /// The season is in the steps from value to value, as where rows only ever come in; a step moves the level by so much beside.
    Steps { each: f64 },
}

/// How wide errors are at a place, against the usual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Spread {
    Same,
    /// By hour.
    Hours(Vec<f64>),
    /// By weekday.
    Weekdays(Vec<f64>),
}

impl Spread {
    pub(crate) fn at(&self, hour_of_week: usize) -> f64 {
        match self {
            Self::Same => 1.0,
            Self::Hours(by) => by.get(hour_of_week % 24).copied().unwrap_or(1.0),
            Self::Weekdays(by) => by.get(hour_of_week / 24).copied().unwrap_or(1.0),
        }
    }
}

/// What was found.
pub(crate) struct Fit {
    pub(crate) scale: Scale,
    pub(crate) form: Form,
    pub(crate) season: Season,
    pub(crate) spread: Spread,
    pub(crate) widths: Widths,
    pub(crate) followed: Followed,
}

/// A history as all trials see it.
struct History<'a> {
    samples: &'a [Sample],
    ys: Vec<f64>,
    middle: f64,
    steps: Vec<f64>,
    zero: Vec<bool>,
    flat: Vec<f64>,
    within_days: bool,
    an_hour: usize,
    /// The least difference of values that means anything.
    floor: f64,
}

/// A history on one scale in one form.
struct Trial {
    scale: Scale,
    form: Form,
    season: Season,
    values: Vec<f64>,
    advance: Vec<f64>,
    floor: f64,
    sigma: f64,
    cost: f64,
}

/// Points that decide how fast the level follows: the latest.
const DECIDE: usize = 800;

/// Fits; `floor` is the least difference of values that means anything. Takes two samples or more.
pub(crate) fn fit(samples: &[Sample], cadence: &Cadence, floor: f64, rate: f64) -> Fit {
    let history = History::of(samples, cadence, floor);
    let mut best: Option<Trial> = None;
    for scale in Scale::candidates(&history.ys) {
        let mut trials = vec![history.values(scale)];
        if history.rising() {
            trials.push(history.increments(scale));
        }
        for trial in trials {
            // another scale than the first must be clearly better
            if best.as_ref().is_none_or(|best| trial.cost < best.cost - 0.05) {
                best = Some(trial);
            }
        }
    }
    let mut trial = best.unwrap_or_else(|| history.values(Scale::Plain));
    let gains = history.gains(&mut trial);
    history.settle(trial, gains, rate)
}

impl<'a> History<'a> {
    fn of(samples: &'a [Sample], cadence: &Cadence, floor: f64) -> Self {
        let ys: Vec<f64> = samples.iter().map(|sample| sample.y).collect();
        let steps = std::iter::once(1.0)
            .chain(samples.windows(2).map(|pair| cadence.steps(pair[0].at, pair[1].at)))
            .collect();
        let never_negative = ys.iter().all(|&y| y >= 0.0);
        Self {
            samples,
            middle: median(&mut ys.clone()),
            steps,
            zero: ys.iter().map(|&y| never_negative && y == 0.0).collect(),
            flat: vec![1.0; samples.len()],
            within_days: cadence.within_days(),
            an_hour: (3_600 / cadence.step.max(1)).clamp(0, 60) as usize,
            floor,
            ys,
        }
    }

    /// Whether values only ever grow, but for one in twenty.
    fn rising(&self) -> bool {
        let up = self.ys.windows(2).filter(|pair| pair[1] > pair[0]).count();
        let down = self.ys.windows(2).filter(|pair| pair[1] < pair[0]).count();
        self.ys.len() >= 14 && down * 20 <= self.ys.len() && up * 2 > self.ys.len()
    }

    fn values(&self, scale: Scale) -> Trial {
        let z: Vec<f64> = self.ys.iter().map(|&y| scale.to(y)).collect();
        let floor = self.floor * scale.steepness(self.middle);
        let fitted = season::fit(self.samples, &z, floor, self.an_hour);
        let values = z.iter().zip(&fitted.without).map(|(z, season)| z - season).collect();
        let advance = vec![0.0; z.len()];
        let form = Form::Values { slope: 0.0 };
        let season = fitted.season;
        self.measured(Trial { scale, form, season, values, advance, floor, sigma: 0.0, cost: 0.0 })
    }

    fn increments(&self, scale: Scale) -> Trial {
        let values: Vec<f64> = self.ys.iter().map(|&y| scale.to(y)).collect();
        let floor = self.floor * scale.steepness(self.middle);
        let mut differences: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
        differences.insert(0, median(&mut differences.clone()));
        let fitted = season::fit(self.samples, &differences, floor, self.an_hour);
        let mut rest: Vec<f64> =
            differences.iter().zip(&fitted.without).map(|(d, season)| d - season).collect();
        let each = median(&mut rest);
        let advance =
            fitted.without.iter().zip(&self.steps).map(|(season, steps)| season + each * steps).collect();
        let form = Form::Steps { each };
        let season = fitted.season;
        self.measured(Trial { scale, form, season, values, advance, floor, sigma: 0.0, cost: 0.0 })
    }

    /// Standard deviation and cost of a trial, over two rough gains.
    fn measured(&self, mut trial: Trial) -> Trial {
        let mut apart: Vec<f64> = (1..trial.values.len())
            .map(|index| (trial.values[index] - trial.values[index - 1] - trial.advance[index]).abs())
            .collect();
        trial.sigma = (sigma(&mut apart) / std::f64::consts::SQRT_2).max(trial.floor);
        let course = self.course(&trial.values, &trial.advance, &self.flat);
        let least = Gains::ROUGH
            .iter()
            .map(|&gains| foretold(&course.follow(gains, trial.sigma, rough(trial.sigma)), trial.floor))
            .fold(f64::INFINITY, f64::min);
        trial.cost = least - trial.scale.steepness(self.middle).max(f64::MIN_POSITIVE).ln();
        trial
    }

    fn course<'b>(&'b self, values: &'b [f64], advance: &'b [f64], spread: &'b [f64]) -> Course<'b> {
        Course {
            values,
            advance,
            steps: &self.steps,
            spread,
            zero: &self.zero,
            within_days: self.within_days,
        }
    }

    /// The best gains; sets the slope where one foretells better.
    fn gains(&self, trial: &mut Trial) -> Gains {
        let still = self.best(trial, &trial.advance);
        let slope = match trial.form {
            Form::Values { .. } => slope(self.samples, &trial.values),
            Form::Steps { .. } => None,
        };
        let span = match self.samples {
            [first, .., last] => (last.at - first.at).num_seconds() as f64,
            _ => 0.0,
        };
        let Some(slope) = slope.filter(|slope| (slope * span).abs() > trial.sigma) else { return still.1 };
        let advance = advance(self.samples, slope);
        let moving = self.best(trial, &advance);
        if moving.0 >= still.0 - 0.02 {
            return still.1;
        }
        trial.advance = advance;
        trial.form = Form::Values { slope };
        moving.1
    }

    /// The gains that foretell best, and their cost; of equals the slowest.
    fn best(&self, trial: &Trial, advance: &[f64]) -> (f64, Gains) {
        let from = self.ys.len().saturating_sub(DECIDE);
        let whole = self.course(&trial.values, advance, &self.flat);
        let course = whole.since(from);
        let mut best = (f64::INFINITY, Gains::ROUGH[0]);
        let mut hanging = false;
        for (index, gains) in Gains::GRID.into_iter().enumerate() {
            if index >= Gains::ALONE && !hanging {
                break;
            }
            let followed = course.follow(gains, trial.sigma, rough(trial.sigma));
            hanging |= index == 1 && hang_together(&followed.errors);
            let cost = foretold(&followed, trial.floor);
            if cost < best.0 - 0.005 {
                best = (cost, gains);
            }
        }
        best
    }

    /// The spread by place, and the widths, found in turns with what lies outside them.
    fn settle(&self, trial: Trial, gains: Gains, rate: f64) -> Fit {
        let course = self.course(&trial.values, &trial.advance, &self.flat);
        let first = course.follow(gains, trial.sigma, rough(trial.sigma));
        let spread = spread(self.samples, &first.errors, trial.floor);
        let by_place: Vec<f64> =
            self.samples.iter().map(|sample| spread.at(sample.place.hour_of_week())).collect();
        let errors: Vec<f64> =
            first.errors.iter().zip(&by_place).map(|(error, spread)| error / spread).collect();
        let (limits, sigma, _) = Widths::of_one(&errors, &aside(&errors, &first.outside), rate, trial.floor);
        let course = self.course(&trial.values, &trial.advance, &by_place);
        let second = course.follow(gains, sigma, limits);
        let widths = Widths::of(&second.errors, &aside(&second.errors, &second.outside), rate, trial.floor);
        let followed = course.follow(gains, widths.sigma, widths.one);
        let Trial { scale, form, season, .. } = trial;
        Fit { scale, form, season, spread, widths, followed }
    }
}

/// Whether errors have the side of the one before clearly more often than not.
fn hang_together(errors: &[f64]) -> bool {
    let same = errors.windows(2).filter(|pair| (pair[0] > 0.0) == (pair[1] > 0.0)).count();
    same as f64 > 0.55 * errors.len() as f64
}

fn rough(sigma: f64) -> Limits {
    Limits { down: 5.0 * sigma, up: 5.0 * sigma }
}

/// The cost of errors, those at the beginning apart.
fn foretold(followed: &Followed, floor: f64) -> f64 {
    let first = (followed.errors.len() / 5).min(14);
    cost(&followed.errors[first..], floor)
}

/// How far the level moves between points at a slope.
fn advance(samples: &[Sample], slope: f64) -> Vec<f64> {
    std::iter::once(0.0)
        .chain(samples.windows(2).map(|pair| slope * (pair[1].at - pair[0].at).num_seconds() as f64))
        .collect()
}

/// The median slope between medians of blocks (Theil 1950, Sen 1968), by the second.
fn slope(samples: &[Sample], values: &[f64]) -> Option<f64> {
    const BLOCKS: usize = 24;
    if values.len() < 21 {
        return None;
    }
    let size = values.len().div_ceil(BLOCKS);
    let blocks: Vec<(f64, f64)> = (0..values.len())
        .step_by(size)
        .map(|from| {
            let to = (from + size).min(values.len());
            let middle = samples[(from + to - 1) / 2].at - samples[0].at;
            (middle.num_seconds() as f64, median(&mut values[from..to].to_vec()))
        })
        .collect();
    let mut slopes = Vec::with_capacity(blocks.len() * blocks.len() / 2);
    for (index, later) in blocks.iter().enumerate() {
        slopes.extend(
            blocks[..index]
                .iter()
                .filter(|earlier| later.0 > earlier.0)
                .map(|earlier| (later.1 - earlier.1) / (later.0 - earlier.0)),
        );
    }
    Some(median(&mut slopes)).filter(|slope| *slope != 0.0 && slope.is_finite())
}

/// The quantile of absolute errors by which spreads are compared: an hour may have two minds.
const WIDE: f64 = 0.75;

/// The spread by hour or weekday, drawn to the common one where a place has few points; the same for all unless that foretells worse.
fn spread(samples: &[Sample], errors: &[f64], floor: f64) -> Spread {
    let mut absolute: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
    sort(&mut absolute);
    let common = quantile(&absolute, WIDE);
    if common <= floor {
        return Spread::Same;
    }
    let hours: Vec<usize> = samples.iter().map(|sample| sample.place.hour).collect();
    let weekdays: Vec<usize> = samples.iter().map(|sample| sample.place.weekday).collect();
    let mut best = Spread::Same;
    let mut least = cost(errors, floor);
    for (groups, hourly) in [(&hours, true), (&weekdays, false)] {
        let count = if hourly { 24 } else { 7 };
        let by = spreads(groups, count, hourly, errors, common);
        let scaled: Vec<f64> = errors.iter().zip(groups).map(|(error, &group)| error / by[group]).collect();
        let width: f64 = groups.iter().map(|&group| by[group].ln()).sum();
        let cost = cost(&scaled, floor) + width / errors.len() as f64;
        if cost < least - 0.03 {
            least = cost;
            best = if hourly { Spread::Hours(by) } else { Spread::Weekdays(by) };
        }
    }
    best
}

fn spreads(groups: &[usize], count: usize, ring: bool, errors: &[f64], common: f64) -> Vec<f64> {
    // points' worth of what neighbours of an hour say, and of what all say
    const NEAR: f64 = 10.0;
    const DRAW: f64 = 10.0;
    let mut by: Vec<Vec<f64>> = vec![Vec::new(); count];
    for (&group, error) in groups.iter().zip(errors) {
        by[group].push(error.abs());
    }
    let own: Vec<usize> = by.iter().map(Vec::len).collect();
    let ratios: Vec<f64> = by
        .iter_mut()
        .map(|errors| {
            sort(errors);
            if errors.is_empty() { 1.0 } else { quantile(errors, WIDE) / common }
        })
        .collect();
    (0..count)
        .map(|group| {
            let n = own[group] as f64;
            let near = if ring {
                (ratios[(group + 1) % count] + ratios[(group + count - 1) % count]) / 2.0
            } else {
                1.0
            };
            ((n * ratios[group] + NEAR * near + DRAW) / (n + NEAR + DRAW)).clamp(0.3, 30.0)
        })
        .collect()
}
