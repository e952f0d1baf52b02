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

/// Fits; `floor` is the least difference of values that means anything. Takes two samples or more.
pub(crate) fn fit(samples: &[Sample], cadence: &Cadence, floor: f64, rate: f64) -> Fit {
    let ys: Vec<f64> = samples.iter().map(|sample| sample.y).collect();
    let steps: Vec<f64> = std::iter::once(1.0)
        .chain(samples.windows(2).map(|pair| cadence.steps(pair[0].at, pair[1].at)))
        .collect();
    let flat = vec![1.0; samples.len()];
    let never_negative = ys.iter().all(|&y| y >= 0.0);
    let zero: Vec<bool> = ys.iter().map(|&y| never_negative && y == 0.0).collect();
    let mut best: Option<Trial> = None;
    for scale in Scale::candidates(&ys) {
        let mut trials = vec![values(samples, &ys, &steps, &zero, scale, floor)];
        if rising(&ys) {
            trials.push(increments(samples, &ys, &steps, &zero, scale, floor));
        }
        for trial in trials {
            // another scale than the first must be clearly better
            if best.as_ref().is_none_or(|best| trial.cost < best.cost - 0.05) {
                best = Some(trial);
            }
        }
    }
    let trial = best.unwrap_or_else(|| values(samples, &ys, &steps, &zero, Scale::Plain, floor));
    finish(trial, samples, &steps, &flat, &zero, rate)
}

/// Whether values only ever grow, but for one in twenty.
fn rising(ys: &[f64]) -> bool {
    let up = ys.windows(2).filter(|pair| pair[1] > pair[0]).count();
    let down = ys.windows(2).filter(|pair| pair[1] < pair[0]).count();
    ys.len() >= 14 && down * 20 <= ys.len() && up * 2 > ys.len()
}

fn values(samples: &[Sample], ys: &[f64], steps: &[f64], zero: &[bool], scale: Scale, floor: f64) -> Trial {
    let z: Vec<f64> = ys.iter().map(|&y| scale.to(y)).collect();
    let steepness = scale.steepness(median(&mut ys.to_vec()));
    let floor = floor * steepness;
    let fitted = season::fit(samples, &z, floor);
    let values: Vec<f64> = z.iter().zip(&fitted.without).map(|(z, season)| z - season).collect();
    let advance = vec![0.0; z.len()];
    let form = Form::Values { slope: 0.0 };
    measured(
        Trial { scale, form, season: fitted.season, values, advance, floor, sigma: 0.0, cost: 0.0 },
        steps,
        zero,
        steepness,
    )
}

fn increments(samples: &[Sample], ys: &[f64], steps: &[f64], zero: &[bool], scale: Scale, floor: f64) -> Trial {
    let values: Vec<f64> = ys.iter().map(|&y| scale.to(y)).collect();
    let steepness = scale.steepness(median(&mut ys.to_vec()));
    let floor = floor * steepness;
    let mut differences: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    differences.insert(0, median(&mut differences.clone()));
    let fitted = season::fit(samples, &differences, floor);
    let mut rest: Vec<f64> = differences.iter().zip(&fitted.without).map(|(d, season)| d - season).collect();
    let each = median(&mut rest);
    let advance = fitted.without.iter().zip(steps).map(|(season, steps)| season + each * steps).collect();
    let form = Form::Steps { each };
    measured(
        Trial { scale, form, season: fitted.season, values, advance, floor, sigma: 0.0, cost: 0.0 },
        steps,
        zero,
        steepness,
    )
}

/// Standard deviation and cost of a trial, over two rough gains.
fn measured(mut trial: Trial, steps: &[f64], zero: &[bool], steepness: f64) -> Trial {
    let spread = vec![1.0; trial.values.len()];
    let mut apart: Vec<f64> = (1..trial.values.len())
        .map(|index| (trial.values[index] - trial.values[index - 1] - trial.advance[index]).abs())
        .collect();
    trial.sigma = (sigma(&mut apart) / std::f64::consts::SQRT_2).max(trial.floor);
    let course = Course { values: &trial.values, advance: &trial.advance, steps, spread: &spread, zero };
    let least = Gains::ROUGH
        .iter()
        .map(|&gains| foretold(&course.follow(gains, trial.sigma, rough(trial.sigma)), trial.floor))
        .fold(f64::INFINITY, f64::min);
    trial.cost = least - steepness.max(f64::MIN_POSITIVE).ln();
    trial
}

fn rough(sigma: f64) -> Limits {
    Limits { down: 5.0 * sigma, up: 5.0 * sigma }
}

/// The cost of errors, those at the beginning apart.
fn foretold(followed: &Followed, floor: f64) -> f64 {
    let first = (followed.errors.len() / 5).min(14);
    cost(&followed.errors[first..], floor)
}

/// The best gains and slope, the spread by place, the widths.
fn finish(mut trial: Trial, samples: &[Sample], steps: &[f64], flat: &[f64], zero: &[bool], rate: f64) -> Fit {
    let mut best = (f64::INFINITY, Gains::ROUGH[0]);
    let slope = match trial.form {
        Form::Values { .. } => slope(samples, &trial.values),
        Form::Steps { .. } => None,
    };
    let mut chosen = None;
    for slope in [None, slope] {
        let advance = match slope {
            None if chosen.is_some() => continue,
            None => trial.advance.clone(),
            Some(slope) => advance(samples, slope),
        };
        let course = Course { values: &trial.values, advance: &advance, steps, spread: flat, zero };
        let margin = if slope.is_some() { 0.02 } else { 0.0 };
        for gains in Gains::GRID {
            let cost = foretold(&course.follow(gains, trial.sigma, rough(trial.sigma)), trial.floor);
            if cost < best.0 - 0.005 - margin {
                best = (cost, gains);
                chosen = Some((slope, advance.clone()));
            }
        }
    }
    if let Some((slope, advance)) = chosen {
        trial.advance = advance;
        if let Some(slope) = slope {
            trial.form = Form::Values { slope };
        }
    }
    settle(trial, best.1, samples, steps, flat, zero, rate)
}

fn settle(trial: Trial, gains: Gains, samples: &[Sample], steps: &[f64], flat: &[f64], zero: &[bool], rate: f64) -> Fit {
    let course = Course { values: &trial.values, advance: &trial.advance, steps, spread: flat, zero };
    let first = course.follow(gains, trial.sigma, rough(trial.sigma));
    let spread = spread(samples, &first.errors, trial.floor);
    let by_place: Vec<f64> = samples.iter().map(|sample| spread.at(sample.place.hour_of_week())).collect();
    let errors: Vec<f64> = first.errors.iter().zip(&by_place).map(|(error, spread)| error / spread).collect();
    let mut widths = Widths::of(&errors, &aside(&first.outside), rate, trial.floor);
    let course = Course { spread: &by_place, ..course };
    let mut followed = course.follow(gains, widths.sigma, widths.one);
    let mut put_aside = aside(&followed.outside);
    for _ in 0..2 {
        widths = Widths::of(&followed.errors, &put_aside, rate, trial.floor);
        followed = course.follow(gains, widths.sigma, widths.one);
        put_aside = aside(&followed.outside);
    }
    let Trial { scale, form, season, .. } = trial;
    Fit { scale, form, season, spread, widths, followed }
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
            let near = if ring { (ratios[(group + 1) % count] + ratios[(group + count - 1) % count]) / 2.0 } else { 1.0 };
            ((n * ratios[group] + NEAR * near + DRAW) / (n + NEAR + DRAW)).clamp(0.3, 30.0)
        })
        .collect()
}
