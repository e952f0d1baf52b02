//! The level: exponential smoothing whose errors are drawn in before they move it (Gelper, Fried and Croux 2010), with an echo of the
//! last error where errors hang together, and a jump where several points in a row lie on one side.

use serde::{Deserialize, Serialize};

/// Points in a row, all outside on one side, that make a new level.
pub(crate) const CONFIRM: usize = 5;
/// The same where all lie at zero: nothing at all is rather an outage than a level.
pub(crate) fn confirm(zero: bool, within_days: bool) -> usize {
    match (zero, within_days) {
        (false, _) => CONFIRM,
        (true, true) => 6 * CONFIRM,
        (true, false) => CONFIRM + 2,
    }
}

/// Errors move the level as if they were at most so many standard deviations (Huber 1964, rounded up).
const DRAWN_IN: f64 = 2.5;

/// How fast the level follows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Gains {
    /// Share of an error that the level takes over, 0 to 1.
    pub(crate) level: f64,
    /// Share of the last distance from the level that is expected to remain, 0 to 1.
    pub(crate) echo: f64,
}

impl Gains {
    /// So many of the grid have no echo; the others are for errors that hang together.
    pub(crate) const ALONE: usize = 7;
    /// What is tried on a history, slowest first.
    pub(crate) const GRID: [Self; 14] = {
        const fn of(level: f64, echo: f64) -> Gains {
            Gains { level, echo }
        }
        [
            of(0.01, 0.0),
            of(0.03, 0.0),
            of(0.08, 0.0),
            of(0.2, 0.0),
            of(0.4, 0.0),
            of(0.7, 0.0),
            of(1.0, 0.0),
            of(0.01, 0.4),
            of(0.01, 0.75),
            of(0.03, 0.4),
            of(0.03, 0.75),
            of(0.08, 0.4),
            of(0.08, 0.75),
            of(0.2, 0.4),
        ]
    };
    /// The two that stand for all where scales are compared.
    pub(crate) const ROUGH: [Self; 2] = [Self { level: 0.05, echo: 0.0 }, Self { level: 0.4, echo: 0.0 }];
}

/// How far a point may lie from what is expected, in the unit of errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Limits {
    pub(crate) down: f64,
    pub(crate) up: f64,
}

impl Limits {
    /// -1 below, 1 above, 0 within.
    pub(crate) fn side(self, error: f64) -> i8 {
        i8::from(error > self.up) - i8::from(error < -self.down)
    }
}

/// The level as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Level {
    pub(crate) at: f64,
    pub(crate) gains: Gains,
    /// The last distance from the level, drawn in.
    pub(crate) echo: f64,
    /// Points that it stands on since it began or jumped.
    pub(crate) age: u32,
    /// Distances of the points of the run outside, if one is going on.
    pub(crate) run: Vec<f64>,
}

impl Level {
    pub(crate) fn new(at: f64, gains: Gains, age: u32) -> Self {
        Self { at, gains, echo: 0.0, age, run: Vec::new() }
    }

    /// What is expected `steps` steps on, where the level itself moves by `advance`.
    pub(crate) fn expected(&self, advance: f64, steps: f64) -> f64 {
        self.at + advance + self.remains(steps)
    }

    /// What remains of the last distance after so many steps.
    fn remains(&self, steps: f64) -> f64 {
        if self.gains.echo == 0.0 {
            0.0
        } else if steps == 1.0 {
            self.echo * self.gains.echo
        } else {
            self.echo * self.gains.echo.powf(steps)
        }
    }

    /// Follows an ordinary point. `sigma` is the standard deviation of errors here.
    pub(crate) fn follow(&mut self, value: f64, advance: f64, steps: f64, sigma: f64) {
        let error = value - self.expected(advance, steps);
        let most = DRAWN_IN * sigma;
        let gain = self.gains.level.max(1.0 / (f64::from(self.age) + 1.0));
        self.echo = (value - self.at - advance).clamp(-most, most);
        self.at += advance + gain * error.clamp(-most, most);
        self.age = self.age.saturating_add(1);
        self.run.clear();
    }

    /// Keeps its way past a point outside; gives the jump where the run is long enough to make a new level.
    pub(crate) fn pass(&mut self, value: f64, advance: f64, steps: f64, confirm: usize) -> Option<f64> {
        self.at += advance;
        self.echo = self.remains(steps);
        let apart = value - self.at;
        if self.run.last().is_some_and(|last| (*last > 0.0) != (apart > 0.0)) {
            self.run.clear();
        }
        self.run.push(apart);
        if self.run.len() < confirm {
            return None;
        }
        let jump = crate::numbers::median(&mut self.run.clone());
        let age = self.run.len() as u32;
        self.jump(jump, age);
        Some(jump)
    }

    pub(crate) fn jump(&mut self, by: f64, age: u32) {
        self.at += by;
        self.age = age;
        self.echo = 0.0;
        self.run.clear();
    }
}

/// A history, ready to be followed.
pub(crate) struct Course<'a> {
    /// Values without what recurs.
    pub(crate) values: &'a [f64],
    /// How far the level moves by itself to each.
    pub(crate) advance: &'a [f64],
    /// Steps to each from the one before.
    pub(crate) steps: &'a [f64],
    /// How wide errors are at each, against the usual.
    pub(crate) spread: &'a [f64],
    /// Which lie at zero, below which the metric does not go: less than that may have been expected.
    pub(crate) zero: &'a [bool],
    pub(crate) within_days: bool,
}

/// What following a history gave.
pub(crate) struct Followed {
    pub(crate) level: Level,
    /// Errors over spread, by point.
    pub(crate) errors: Vec<f64>,
    /// Which points lay outside.
    pub(crate) outside: Vec<bool>,
    /// Jumps: the index of the first point of each, the level before, its height.
    pub(crate) jumps: Vec<(usize, f64, f64)>,
}

impl Course<'_> {
    /// The same from a point on.
    pub(crate) fn since(&self, from: usize) -> Self {
        Self {
            values: &self.values[from..],
            advance: &self.advance[from..],
            steps: &self.steps[from..],
            spread: &self.spread[from..],
            zero: &self.zero[from..],
            ..*self
        }
    }

    /// Follows all of it. `sigma` is in the unit of errors over spread, as the limits are.
    pub(crate) fn follow(&self, gains: Gains, sigma: f64, limits: Limits) -> Followed {
        let n = self.values.len();
        let first = n.min(7);
        let mut path = 0.0;
        let mut start: Vec<f64> = Vec::with_capacity(first);
        for index in 0..first {
            path += if index == 0 { 0.0 } else { self.advance[index] };
            start.push(self.values[index] - path);
        }
        let foot = crate::numbers::median(&mut start) - self.advance.first().copied().unwrap_or(0.0);
        let mut level = Level::new(foot, gains, 3);
        let mut out = Followed {
            level: level.clone(),
            errors: Vec::with_capacity(n),
            outside: vec![false; n],
            jumps: Vec::new(),
        };
        for index in 0..n {
            let (value, advance, steps) = (self.values[index], self.advance[index], self.steps[index]);
            let spread = self.spread[index];
            let expected = level.expected(advance, steps);
            let value = if self.zero[index] && expected < value { expected } else { value };
            let error = (value - expected) / spread;
            out.errors.push(error);
            if limits.side(error) == 0 {
                level.follow(value, advance, steps, sigma * spread);
                continue;
            }
            out.outside[index] = true;
            let before = level.at + advance;
            let long = level.run.len() + 1;
            if let Some(jump) = level.pass(value, advance, steps, confirm(self.zero[index], self.within_days))
            {
                out.jumps.push((index + 1 - long, before, jump));
            }
        }
        out.level = level;
        out
    }
}
