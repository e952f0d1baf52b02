//! Series with known events, made by seed: many shapes of metrics, many noises, sizes of events drawn widely.

use bounds::{Domain, Point};
use chrono::{DateTime, Datelike, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use crate::dice::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Spike,
    Drop,
    Shift,
    Burst,
    Drift,
    Zero,
    Absent,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] =
        [Self::Spike, Self::Drop, Self::Shift, Self::Burst, Self::Drift, Self::Zero, Self::Absent];
}

/// An event from one point to another, by index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) kind: Kind,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

pub(crate) struct Scene {
    pub(crate) name: String,
    pub(crate) points: Vec<Point>,
    pub(crate) events: Vec<Event>,
    pub(crate) zone: Tz,
    pub(crate) domain: Domain,
    /// Points in a season, as a baseline may know it.
    pub(crate) period: usize,
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Minutes(i64),
    Hour,
    Day,
}

/// What a metric is without its events.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Flat,
    Wave,
    Peaks,
    Office,
    Batch,
    Walk,
    Growth,
    Pile,
    Sawtooth,
    Sparse,
    Constant,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Noise {
    Normal,
    Uniform,
    Laplace,
    Student,
    Skewed,
    Counted,
    Hanging,
}

const ZONES: [Tz; 5] = [
    chrono_tz::UTC,
    chrono_tz::Asia::Shanghai,
    chrono_tz::Europe::Berlin,
    chrono_tz::America::New_York,
    chrono_tz::Asia::Kolkata,
];

struct Maker {
    dice: Dice,
    step: Step,
    shape: Shape,
    noise: Noise,
    zone: Tz,
    /// Level.
    base: f64,
    /// Standard deviation of the noise, as a share of the level.
    loud: f64,
    /// Height of the season, as a share of the level.
    swing: f64,
    /// Share of the level that is left on days off.
    off: f64,
    days_off: [bool; 7],
    /// Growth a day, as a share.
    growth: f64,
    peak: f64,
    factor: bool,
    counts: bool,
    share: bool,
}

pub(crate) fn scene(seed: u64) -> Scene {
    let mut dice = Dice::new(seed);
    let quiet = dice.chance(0.25);
    let step = match dice.whole(0, 9) {
        0 => Step::Minutes([5, 10, 15, 30][dice.whole(0, 3)]),
        1..=5 => Step::Hour,
        _ => Step::Day,
    };
    let shapes: &[Shape] = if step == Step::Day {
        &[
            Shape::Flat,
            Shape::Flat,
            Shape::Office,
            Shape::Office,
            Shape::Walk,
            Shape::Growth,
            Shape::Pile,
            Shape::Sparse,
            Shape::Constant,
        ]
    } else {
        &[
            Shape::Flat,
            Shape::Wave,
            Shape::Wave,
            Shape::Peaks,
            Shape::Peaks,
            Shape::Office,
            Shape::Office,
            Shape::Batch,
            Shape::Walk,
            Shape::Growth,
            Shape::Sawtooth,
            Shape::Sparse,
        ]
    };
    let shape = shapes[dice.whole(0, shapes.len() - 1)];
    let noises = [
        Noise::Normal,
        Noise::Normal,
        Noise::Uniform,
        Noise::Laplace,
        Noise::Student,
        Noise::Skewed,
        Noise::Counted,
        Noise::Hanging,
    ];
    let noise = noises[dice.whole(0, noises.len() - 1)];
    let mut days_off = [false; 7];
    match dice.whole(0, 4) {
        0 => days_off[6] = true,
        1 => (days_off[4], days_off[5]) = (true, true),
        _ => (days_off[5], days_off[6]) = (true, true),
    }
    let base = 10_f64.powf(dice.between(0.5, 6.5));
    let share = !matches!(noise, Noise::Counted)
        && dice.chance(0.15)
        && !matches!(shape, Shape::Pile | Shape::Growth | Shape::Sparse | Shape::Sawtooth | Shape::Batch);
    let maker = Maker {
        step,
        shape,
        noise,
        zone: ZONES[dice.whole(0, ZONES.len() - 1)],
        base: if share { dice.between(0.01, 0.5) } else { base },
        loud: 10_f64.powf(dice.between(-2.2, -0.7)),
        swing: dice.between(0.2, 0.9),
        off: if dice.chance(0.25) { 0.0 } else { dice.between(0.1, 0.8) },
        days_off,
        growth: dice.between(0.001, 0.012) * if dice.chance(0.2) { -0.3 } else { 1.0 },
        peak: dice.between(0.0, 24.0),
        factor: dice.chance(0.6),
        counts: noise == Noise::Counted || dice.chance(0.5) && base > 30.0,
        share,
        dice,
    };
    maker.make(seed, quiet)
}

impl Maker {
    fn make(mut self, seed: u64, quiet: bool) -> Scene {
        let (n, warm, apart) = match self.step {
            Step::Minutes(minutes) => {
                (self.dice.whole(900, 1_500), (3 * 1440 / minutes).min(500) as usize, 80)
            }
            Step::Hour => (self.dice.whole(600, 1_000), 24 * 15, 50),
            Step::Day => (self.dice.whole(150, 420), 42, 25),
        };
        let times = self.times(n);
        let mut calm = self.calm(&times);
        let noise = self.noises(&calm, &times);
        let wanted = if quiet { Vec::new() } else { self.events(&calm, warm, apart) };
        let typical = self.typical(&calm);
        let mut add = vec![0.0; n];
        let mut zero = vec![false; n];
        let mut absent = vec![false; n];
        let mut events = Vec::new();
        for event in wanted {
            let before = (add.clone(), zero.clone());
            self.strike(&event, &calm, &typical, &mut add, &mut zero, &mut absent);
            let change = |index: usize| {
                let was = if before.1[index] {
                    0.0
                } else {
                    self.finish(calm[index] + noise[index] + before.0[index])
                };
                let is = if zero[index] { 0.0 } else { self.finish(calm[index] + noise[index] + add[index]) };
                (is - was).abs() / typical[index]
            };
            // what the metric's edges swallow is no event
            let seen = match event.kind {
                Kind::Absent => true,
                Kind::Drift => change(event.to) > 5.0,
                _ => change(event.from) > 3.5,
            };
            if seen {
                events.push(event);
            } else {
                (add, zero) = before;
            }
        }
        for index in 0..n {
            calm[index] += noise[index];
        }
        let values: Vec<f64> = (0..n)
            .map(|index| if zero[index] { 0.0 } else { self.finish(calm[index] + add[index]) })
            .collect();
        self.scene(seed, quiet, &times, &values, &events, &absent)
    }

    fn times(&mut self, n: usize) -> Vec<DateTime<Utc>> {
        let day = self.dice.whole(0, 700) as i64;
        let start = self
            .zone
            .with_ymd_and_hms(
                2023,
                1,
                2,
                if self.step == Step::Day { self.dice.whole(0, 23) as u32 } else { 0 },
                30,
                0,
            )
            .earliest()
            .map_or(DateTime::UNIX_EPOCH, |at| at.with_timezone(&Utc))
            + TimeDelta::days(day);
        let late = self.dice.chance(0.4);
        let mut lag = 0;
        (0..n as i64)
            .map(|index| {
                if late {
                    lag = self.dice.whole(0, 300) as i64;
                }
                let step = match self.step {
                    Step::Minutes(minutes) => TimeDelta::minutes(minutes * index),
                    Step::Hour => TimeDelta::hours(index),
                    Step::Day => TimeDelta::days(index),
                };
                start
                    + step
                    + if matches!(self.step, Step::Minutes(_)) {
                        TimeDelta::zero()
                    } else {
                        TimeDelta::seconds(lag)
                    }
            })
            .collect()
    }

    /// The metric without noise and events.
    fn calm(&mut self, times: &[DateTime<Utc>]) -> Vec<f64> {
        let mut walk = 0.0;
        let mut pile = self.base * self.dice.between(5.0, 60.0);
        let wild = self.loud * self.dice.between(0.3, 1.2);
        let start = times[0];
        times
            .iter()
            .map(|at| {
                let local = at.with_timezone(&self.zone);
                let hour = f64::from(local.hour()) + f64::from(local.minute()) / 60.0;
                let weekday = local.weekday().num_days_from_monday() as usize;
                let off = self.days_off[weekday];
                let days = (*at - start).num_minutes() as f64 / 1_440.0;
                let factor = match self.shape {
                    Shape::Flat | Shape::Constant => 1.0,
                    Shape::Wave => {
                        1.0 + self.swing * (std::f64::consts::TAU * (hour - self.peak) / 24.0).cos()
                    }
                    Shape::Peaks => {
                        1.0 - self.swing
                            + self.swing
                                * 2.0
                                * (bump(hour, 10.0, 2.5) + bump(hour, 17.0 + self.peak / 8.0, 2.0))
                    }
                    Shape::Office if self.step == Step::Day => {
                        if off {
                            self.off
                        } else {
                            1.0
                        }
                    }
                    Shape::Office => {
                        let open = if (8.0..19.0).contains(&hour) { 1.0 } else { 1.0 - self.swing };
                        if off { self.off * (1.0 - self.swing) } else { open }
                    }
                    Shape::Batch => {
                        if hour.floor() == self.peak.floor() {
                            4.0 + 4.0 * self.swing
                        } else {
                            1.0
                        }
                    }
                    Shape::Walk => {
                        walk += wild * self.dice.normal();
                        1.0 + walk
                    }
                    Shape::Growth => 1.0 + self.growth * days,
                    Shape::Pile => {
                        pile += self.base * if off { self.off } else { 1.0 };
                        pile / self.base
                    }
                    Shape::Sawtooth => 1.0 + (hour - self.peak).rem_euclid(24.0),
                    Shape::Sparse => 0.0,
                };
                self.base * factor
            })
            .collect()
    }

    /// The size of ordinary noise at each point.
    fn typical(&self, calm: &[f64]) -> Vec<f64> {
        let heavy = match self.noise {
            Noise::Student => 1.6,
            Noise::Laplace => 1.4,
            Noise::Skewed => 1.5,
            _ => 1.0,
        };
        calm.iter()
            .map(|level| match (self.shape, self.noise) {
                (Shape::Sparse, _) => 1.2,
                (Shape::Constant, _) => 0.02 * self.base,
                (_, Noise::Counted) => level.abs().sqrt().max(1.0),
                (Shape::Pile, _) => heavy * self.loud * self.base,
                _ if self.factor => heavy * self.loud * level.abs().max(0.02 * self.base),
                _ => heavy * self.loud * self.base,
            })
            .collect()
    }

    fn noises(&mut self, calm: &[f64], times: &[DateTime<Utc>]) -> Vec<f64> {
        let hang = self.dice.between(0.3, 0.85);
        let often = self.dice.between(0.03, 0.6);
        let mut last = 0.0;
        let mut heap = 0.0;
        let mut out = Vec::with_capacity(calm.len());
        for (index, &level) in calm.iter().enumerate() {
            let size = if self.factor && self.shape != Shape::Pile {
                self.loud * level
            } else {
                self.loud * self.base
            };
            let noise = match (self.shape, self.noise) {
                (Shape::Constant, _) => 0.0,
                (Shape::Sparse, _) => self.dice.poisson(often),
                (Shape::Pile, _) => {
                    // what came in stays in
                    let rise = if index == 0 { 0.0 } else { level - calm[index - 1] };
                    heap += (size * self.dice.normal()).max(-rise);
                    heap
                }
                (_, Noise::Counted) => self.dice.poisson(level.max(0.0)) - level,
                (_, Noise::Normal) => size * self.dice.normal(),
                (_, Noise::Uniform) => size * self.dice.between(-1.7, 1.7),
                (_, Noise::Laplace) => size * self.dice.laplace(),
                (_, Noise::Student) => size * self.dice.student(4),
                (_, Noise::Skewed) => size * 1.3 * ((0.6 * self.dice.normal()).exp() - 1.0),
                (_, Noise::Hanging) => {
                    last = hang * last + (1.0 - hang * hang).sqrt() * self.dice.normal();
                    size * last
                }
            };
            out.push(noise);
        }
        debug_assert_eq!(out.len(), times.len());
        out
    }

    fn events(&mut self, calm: &[f64], warm: usize, apart: usize) -> Vec<Event> {
        let n = calm.len();
        let mut events = Vec::new();
        let mut at = warm + self.dice.whole(0, apart);
        while at + apart + 60 < n && events.len() < 5 {
            let kind = Kind::ALL[self.dice.whole(0, Kind::ALL.len() - 1)];
            let sparse = matches!(self.shape, Shape::Sparse | Shape::Constant);
            let low = calm[at] < 0.3 * self.base || self.shape == Shape::Sawtooth;
            let fits = match kind {
                Kind::Drop => !sparse,
                Kind::Zero => !sparse && !low && self.shape != Shape::Pile && !self.share,
                Kind::Drift => !sparse && self.shape != Shape::Walk,
                Kind::Absent => true,
                _ => !(sparse && self.share),
            };
            if !fits {
                at += 1;
                continue;
            }
            let long = match kind {
                Kind::Spike | Kind::Drop => {
                    if self.step == Step::Day {
                        1
                    } else {
                        self.dice.whole(1, 3)
                    }
                }
                Kind::Shift => 1,
                Kind::Burst => self.dice.whole(8, 30).min(apart - 12),
                Kind::Drift => self.dice.whole(12, 40).min(apart),
                Kind::Zero | Kind::Absent => match self.step {
                    Step::Day => self.dice.whole(1, 2),
                    Step::Hour => self.dice.whole(4, 24),
                    Step::Minutes(minutes) => {
                        self.dice.whole((90 / minutes) as usize, (600 / minutes) as usize)
                    }
                },
            };
            events.push(Event { kind, from: at, to: at + long - 1 });
            let more = self.dice.whole(0, apart * 2);
            at += long + apart + more;
        }
        events
    }

    fn strike(
        &mut self,
        event: &Event,
        calm: &[f64],
        typical: &[f64],
        add: &mut [f64],
        zero: &mut [bool],
        absent: &mut [bool],
    ) {
        let n = calm.len();
        // a change is one of the usual size of noise around, not of the hour's alone
        let around = |from: usize| {
            let near = &typical[from.saturating_sub(12)..(from + 12).min(n)];
            near.iter().copied().fold(0.0_f64, f64::max)
        };
        let lasting = matches!(event.kind, Kind::Shift | Kind::Burst | Kind::Drift);
        let as_factor = self.factor && lasting && self.shape != Shape::Pile;
        let size = if as_factor { typical[event.from] } else { around(event.from) };
        let long = (event.to - event.from + 1) as f64;
        let (height, to) = match event.kind {
            Kind::Spike => (self.dice.between(5.5, 16.0), event.to + 1),
            Kind::Drop => (-self.dice.between(5.5, 16.0), event.to + 1),
            Kind::Shift => (self.dice.sign() * self.dice.between(4.0, 14.0), n),
            Kind::Burst => (self.dice.sign() * self.dice.between(5.0, 14.0), event.to + 1),
            Kind::Drift => (self.dice.sign() * self.dice.between(7.0, 18.0), n),
            Kind::Zero => return zero[event.from..=event.to].fill(true),
            Kind::Absent => return absent[event.from..=event.to].fill(true),
        };
        // what changes as a factor changes nights less than days
        let share = (height * size / calm[event.from].abs().max(1e-9)).max(-0.85);
        // a lower level is still one of this metric: it does not rest at zero
        let least = calm[event.from..n].iter().copied().fold(f64::INFINITY, f64::min);
        let height = if lasting { height.max(-0.8 * least / size) } else { height };
        for index in event.from..to {
            let whole = if as_factor { share * calm[index] } else { height * size };
            let part = if event.kind == Kind::Drift {
                ((index - event.from + 1) as f64 / long).min(1.0)
            } else {
                1.0
            };
            add[index] += whole * part;
        }
    }

    fn finish(&self, value: f64) -> f64 {
        if self.share {
            return (value.clamp(0.0, 1.0) * 1e6).round() / 1e6;
        }
        let value = value.max(0.0);
        if self.counts || self.shape == Shape::Sparse { value.round() } else { value }
    }

    /// Leaves out what is absent; an absent event is at the point after it.
    fn scene(
        &mut self,
        seed: u64,
        quiet: bool,
        times: &[DateTime<Utc>],
        values: &[f64],
        events: &[Event],
        absent: &[bool],
    ) -> Scene {
        // a day that is not there is an event; an hour may be lost
        let holes = if self.dice.chance(0.2) && self.step != Step::Day {
            self.dice.between(0.005, 0.05)
        } else {
            0.0
        };
        let mut points = Vec::new();
        let mut place = vec![0; values.len()];
        for (index, (&at, &value)) in times.iter().zip(values).enumerate() {
            place[index] = points.len();
            let busy = events.iter().any(|event| index + 1 >= event.from && index <= event.to + 1);
            if !(absent[index] || !busy && self.dice.chance(holes)) {
                points.push(Point { at, value });
            }
        }
        let events = events
            .iter()
            .map(|event| Event { kind: event.kind, from: place[event.from], to: place[event.to] })
            .collect();
        let period = match self.step {
            Step::Day => 7,
            Step::Hour => {
                if self.shape == Shape::Office {
                    168
                } else {
                    24
                }
            }
            Step::Minutes(minutes) => (1_440 / minutes) as usize,
        };
        let domain = match self.dice.whole(0, 1) {
            0 => Domain::Unknown,
            _ if self.share => Domain::Share,
            _ if self.counts || self.shape == Shape::Sparse => Domain::Count,
            _ => Domain::NonNegative,
        };
        let kind = if self.share {
            "share"
        } else if self.counts {
            "count"
        } else {
            "value"
        };
        let name = format!(
            "{seed} {:?} {:?} {:?} {kind}{}",
            self.step,
            self.shape,
            self.noise,
            if self.factor { " factor" } else { "" }
        );
        Scene { name, points, events, zone: self.zone, domain, period, quiet }
    }
}

fn bump(hour: f64, at: f64, wide: f64) -> f64 {
    (-((hour - at) / wide).powi(2) / 2.0).exp()
}
