//! A point against the model: its band, what it is, what the model learns from it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::event::{Today, Weak, side};
use crate::fit::Form;
use crate::level::confirm;
use crate::model::{Model, Shape};
use crate::numbers::drawn_in;
use crate::options::Domain;
use crate::point::{Place, Point};
use crate::season::DayPattern;
use crate::told::{Alarm, Band, Bounds, Cause, Grounds, Judgement, News, Part, Shift, Stage, Verdict, Wider};

/// What is expected at a place, on the scale.
struct Outlook {
    place: Place,
    advance: f64,
    steps: f64,
    center: f64,
    /// Width of an error of 1.
    spread: f64,
    /// The same, wider for what is not known well.
    reach: f64,
    wider: Vec<Wider>,
}

/// How much wider bands are while a season may be unknown.
const PROVISIONAL: f64 = 1.35;
/// So many times its limit a single point is an event; one that lies nearer becomes one where another follows on its side.
const GLARING: f64 = 1.4;
/// Days on which an hour must have been seen before what it does is known.
const DAYS_OF_HOUR: u16 = 4;

impl Model {
    /// What is usual at an instant, `None` while learning. Meant for what comes next: the farther ahead, the wider; before the last
    /// point it is what today's model says of then.
    #[must_use]
    pub fn bounds_at(&self, at: DateTime<Utc>) -> Option<Bounds> {
        let shape = self.shape.as_ref()?;
        let outlook = self.outlook(shape, at);
        let band = self.band(shape, &outlook);
        Some(Bounds { at, band, grounds: self.grounds(shape, &outlook) })
    }

    /// What is usual at an instant, without its grounds.
    #[must_use]
    pub fn band_at(&self, at: DateTime<Utc>) -> Option<Band> {
        let shape = self.shape.as_ref()?;
        Some(self.band(shape, &self.outlook(shape, at)))
    }

    /// Judges a point; the model stays as it is.
    #[must_use]
    pub fn judge(&self, point: Point) -> Judgement {
        self.clone().take(point)
    }

    /// Judges a point and goes on from it: the level follows, events begin and end. Seasons and widths stay as learned.
    pub fn take(&mut self, point: Point) -> Judgement {
        let mut judgement = Judgement {
            at: point.at,
            value: point.value,
            band: self.band_at(point.at),
            verdict: Verdict::Learning,
            alarm: None,
            news: None,
        };
        if !point.value.is_finite() {
            judgement.verdict = Verdict::NotFinite;
            return judgement;
        }
        if !self.options.domain.holds(point.value) {
            judgement.verdict = Verdict::Impossible;
            judgement.alarm = Some(Alarm::Impossible);
            return judgement;
        }
        let Some(band) = judgement.band else { return judgement };
        if self.last.is_some_and(|last| point.at <= last) {
            judgement.verdict = Verdict::Late;
            return judgement;
        }
        self.weigh(Point { value: drawn_in(point.value), ..point }, band, &mut judgement);
        self.last = Some(point.at);
        judgement
    }

    fn weigh(&mut self, point: Point, band: Band, judgement: &mut Judgement) {
        let missing = if self.options.missing { self.missing_at(point.at) } else { 0 };
        let last = self.last.unwrap_or(point.at);
        let step = self.cadence.step;
        let within_days = self.cadence.within_days();
        let memory =
            if self.cadence.within_days() { (2 * 86_400 / step.max(1)).clamp(12, 60) as u16 } else { 21 };
        let Some(shape) = self.shape.as_ref() else { return };
        let outlook = self.outlook(shape, point.at);
        let known = self.well_known();
        let today = self.today(shape, &outlook, point.value);
        let Some(shape) = self.shape.as_mut() else { return };
        shape.events.tick();
        shape.events.today = today;
        if missing > 0 && shape.events.gap(point.at) {
            judgement.alarm = Some(Alarm::Missing { points: missing, since: last });
        }
        let value = shape.scale.to(point.value) - shape.season_of_values(outlook.place);
        // at the edge of what the metric can have, more may have been expected
        let edge = point.value == band.expected && self.at_edge(point.value);
        let Some(shape) = self.shape.as_mut() else { return };
        let value = if edge { outlook.center } else { value };
        let apart = value - outlook.center;
        if point.value >= band.lower && point.value <= band.upper {
            judgement.verdict = Verdict::Within;
            shape.level.follow(value, outlook.advance, outlook.steps, shape.widths.sigma * outlook.spread);
            let (weak, news) = shape.events.within(point.at, apart / outlook.spread, &shape.widths, known);
            judgement.news = news;
            if let Some(weak) = weak {
                shape.lean(weak, outlook.spread);
                if judgement.alarm.is_none() {
                    judgement.alarm = weak.alarm(point.at, step);
                }
            }
            return;
        }
        let above = point.value > band.upper;
        judgement.verdict = Verdict::Outside(side(above));
        match shape.back(value, &outlook) {
            None => {}
            Some(false) => return,
            Some(true) => {
                judgement.news = shape.shift.map(News::Returned);
                return;
            }
        }
        let error = apart / outlook.spread;
        let limit = if above { shape.widths.one.up } else { shape.widths.one.down };
        let far = apart.abs() / (limit * outlook.reach).max(f64::MIN_POSITIVE);
        let glaring = far >= GLARING;
        let (alarm, news) =
            shape.events.outside(point.at, above, glaring, (error / shape.widths.sigma).clamp(-3.0, 3.0));
        judgement.alarm = judgement.alarm.or(alarm);
        judgement.news = news;
        let since = shape.events.open.map_or(point.at, |open| open.since);
        let before = shape.level.at + outlook.advance;
        let confirm = confirm(point.value == 0.0, within_days);
        if let Some(jump) = shape.level.pass(value, outlook.advance, outlook.steps, confirm) {
            let shift =
                Shift { at: since, from: shape.scale.from(before), to: shape.scale.from(before + jump) };
            shape.shift = Some(shift);
            shape.events.shifted(jump, memory);
            judgement.news = Some(News::Shifted(shift));
        }
    }

    /// What a day whose weekday was not seen yet has shown of itself, with a point of it: one that has gone as others do stays so.
    fn today(&self, shape: &Shape, outlook: &Outlook, value: f64) -> Today {
        let (mut today, place) = (shape.events.today, outlook.place);
        if !self.cadence.within_days() || !self.unseen_weekday(shape, place) {
            return today;
        }
        let narrow = self.band(shape, &Outlook { wider: Vec::new(), ..*outlook });
        let usual = value >= narrow.lower && value <= narrow.upper;
        if usual || !today.is_usual(place.day, shape.season.swing()) {
            today.add(place.day, shape.season.hour(place).unwrap_or(0.0), usual);
        }
        today
    }

    /// Whether every season that may be there has been seen often enough for weak signs to mean something.
    fn well_known(&self) -> bool {
        let days = match (self.basis.from, self.basis.to) {
            (Some(from), Some(to)) => (to - from).num_days(),
            _ => 0,
        };
        self.stage == Stage::Learned
            && self.basis.points >= 28
            && (days >= 21 || self.cadence.within_days() && days >= 14)
    }

    fn at_edge(&self, value: f64) -> bool {
        value == 0.0 || value == 1.0 && self.options.domain == Domain::Share
    }

    fn outlook(&self, shape: &Shape, at: DateTime<Utc>) -> Outlook {
        let place = Place::of(at, self.options.zone);
        let last = self.last.unwrap_or(at);
        let (steps, seconds) = if at > last {
            (self.cadence.steps(last, at), (at - last).num_seconds() as f64)
        } else {
            (1.0, 0.0)
        };
        let advance = shape.advance(place, steps, seconds);
        let spread = shape.spread.at(place.hour_of_week());
        let mut wider = Vec::new();
        let mut reach = spread;
        if steps > 1.0 {
            let gain = shape.level.gains.level;
            let more = (1.0 + gain * gain * (steps - 1.0).min(60.0)).sqrt();
            if more > 1.05 {
                wider.push(Wider::Gap);
            }
            reach *= more;
        }
        if shape.level.age <= 8 {
            wider.push(Wider::NewLevel);
            reach *= (1.0 + 1.5 / f64::from(shape.level.age.max(1))).sqrt();
        }
        if matches!(self.stage, Stage::Provisional(_)) {
            wider.push(Wider::Provisional);
            reach *= PROVISIONAL;
        }
        if self.unseen(shape, place) {
            wider.push(Wider::Unseen);
        }
        // less than nothing is not to be expected
        let center = shape.level.expected(advance, steps);
        let season = shape.season_of_values(place);
        let center = if shape.scale.from(center + season) < self.least(shape) {
            shape.scale.to(self.least(shape)) - season
        } else {
            center
        };
        Outlook { place, advance, steps, center, spread, reach, wider }
    }

    /// Whether the history may not know what is usual at a place.
    fn unseen(&self, shape: &Shape, place: Place) -> bool {
        let within = self.cadence.within_days();
        let weekday = self.unseen_weekday(shape, place)
            && !(within && shape.events.today.is_usual(place.day, shape.season.swing()));
        weekday || self.unseen_hour(shape, place) || shape.season.hour(place).is_none()
    }

    fn unseen_hour(&self, shape: &Shape, place: Place) -> bool {
        self.cadence.within_days() && shape.seen.hours[place.hour] < DAYS_OF_HOUR
    }

    /// Whether the weekday may be another than those that the history knows.
    fn unseen_weekday(&self, shape: &Shape, place: Place) -> bool {
        let within = self.cadence.within_days();
        let weekday = if within {
            shape.seen.never(place) || shape.seen.days(place) == 1 && shape.season.weekdays.is_none()
        } else {
            shape.seen.days(place) < 2
        };
        weekday && (within || matches!(self.stage, Stage::Provisional(_))) && self.cadence.step < 5 * 86_400
    }

    fn band(&self, shape: &Shape, outlook: &Outlook) -> Band {
        let season = shape.season_of_values(outlook.place);
        let from = |z: f64| shape.scale.from(z + season);
        let expected = from(outlook.center);
        let floor = shape.values.floor;
        let mut lower = from(outlook.center - shape.widths.one.down * outlook.reach).min(expected - floor);
        let mut upper = from(outlook.center + shape.widths.one.up * outlook.reach).max(expected + floor);
        if outlook.wider.contains(&Wider::Unseen) {
            let never = shape.seen.never(outlook.place);
            let band = Band { lower, expected, upper };
            let (low, high) = self.unseen_range(shape, outlook.place, never, band);
            lower = lower.min(low);
            upper = upper.max(high);
        }
        upper = upper.max(shape.values.by_chance);
        let band = self.within_domain(shape, Band { lower, expected, upper });
        Band { lower: band.lower.min(band.expected), upper: band.upper.max(band.expected), ..band }
    }

    /// What is let pass where the history may not know what is usual.
    fn unseen_range(&self, shape: &Shape, place: Place, never: bool, band: Band) -> (f64, f64) {
        let range = shape.values.high - shape.values.low;
        let usual = !never || shape.events.today.is_usual(place.day, shape.season.swing());
        let seen = if usual && self.unseen_hour(shape, place) && shape.seen.hours[place.hour] >= 2 {
            shape.seen.range_of_hour(place)
        } else {
            shape.seen.range(place).filter(|_| !never && self.cadence.within_days())
        };
        if let Some((low, high)) = seen {
            // the same hour of last week, or of the days before, as far away as it would be from what is expected
            return (low - (band.expected - band.lower), high + (band.upper - band.expected));
        }
        // a first Saturday may be anything that is not glaring
        let margin = if never { range } else { 0.25 * range };
        let low = shape.values.low - margin;
        (if never && shape.values.never_negative { low.min(0.0) } else { low }, shape.values.high + margin)
    }

    /// The least that the metric can have.
    fn least(&self, shape: &Shape) -> f64 {
        match self.options.domain {
            Domain::Any => -f64::MAX,
            Domain::Unknown if !shape.values.never_negative => -f64::MAX,
            _ => 0.0,
        }
    }

    /// What the metric can have at all.
    fn within_domain(&self, shape: &Shape, band: Band) -> Band {
        let least = self.least(shape);
        let most = if self.options.domain == Domain::Share { 1.0 } else { f64::MAX };
        let cut = |value: f64| value.clamp(least, most);
        // of whole numbers, the outermost that are within
        let (lower, upper) = if shape.values.whole {
            (band.lower.ceil(), band.upper.floor())
        } else {
            (band.lower, band.upper)
        };
        Band { lower: cut(lower), expected: cut(band.expected), upper: cut(upper) }
    }

    fn grounds(&self, shape: &Shape, outlook: &Outlook) -> Grounds {
        let place = outlook.place;
        let (mut at, trend) = match shape.form {
            Form::Values { slope } => (shape.level.at + outlook.advance, slope * 86_400.0),
            Form::Steps { each } => (shape.level.at, each * 86_400.0 / self.cadence.step.max(1) as f64),
        };
        let level = shape.scale.from(at);
        let mut parts = Vec::new();
        let mut add = |cause: Cause, effect: f64| {
            let before = shape.scale.from(at);
            at += effect;
            if effect != 0.0 {
                parts.push(Part { cause, effect: shape.scale.from(at) - before });
            }
        };
        if let Form::Steps { .. } = shape.form {
            add(Cause::Step, outlook.advance);
        } else {
            let hour = shape.season.hour(place).unwrap_or(0.0);
            add(hour_cause(shape, place), hour);
            add(Cause::Weekday { weekday: place.weekday }, shape.season.weekday(place.weekday));
            if let Some(habit) = shape.season.date(place) {
                add(Cause::Calendar { when: habit.when }, habit.effect);
            }
        }
        add(Cause::Echo, outlook.center - shape.level.at - outlook.advance);
        let sigma = shape.widths.sigma * outlook.spread;
        let trend_a_day = shape.scale.from(shape.level.at + trend) - shape.scale.from(shape.level.at);
        Grounds {
            level,
            trend_a_day,
            parts,
            spread: (shape.scale.from(at + sigma) - shape.scale.from(at - sigma)) / 2.0,
            tail: shape.widths.tail,
            scale: shape.scale,
            rate: self.options.sensitivity.rate(),
            wider: outlook.wider.clone(),
            history: self.basis.clone(),
            shift: shape.shift,
            stage: self.stage,
        }
    }
}

fn hour_cause(shape: &Shape, place: Place) -> Cause {
    match shape.season.pattern {
        DayPattern::HourOfWeek => Cause::HourOfWeek { weekday: place.weekday, hour: place.hour },
        DayPattern::HourByDayKind => {
            Cause::Hour { hour: place.hour, off: Some(shape.season.off[place.weekday]) }
        }
        _ => Cause::Hour { hour: place.hour, off: None },
    }
}

impl Shape {
    /// Whether a point outside is one of the level before the last shift: `Some(true)` where the metric has returned there.
    fn back(&mut self, value: f64, outlook: &Outlook) -> Option<bool> {
        let former = self.events.former?;
        let error = (value - (self.level.at + outlook.advance - former.jump)) / outlook.reach;
        if self.widths.one.side(error) != 0 {
            return None;
        }
        self.level.at += outlook.advance;
        let returned = self.events.back();
        if returned {
            self.level.jump(-former.jump, 20);
            self.level.follow(value, 0.0, 1.0, self.widths.sigma * outlook.spread);
            self.events.returned();
        }
        Some(returned)
    }

    /// Leans to where several points lie together.
    fn lean(&mut self, weak: Weak, spread: f64) {
        self.level.jump(0.5 * weak.mean * self.widths.sigma * spread, 4);
    }
}

impl Weak {
    fn alarm(self, at: DateTime<Utc>, step: i64) -> Option<Alarm> {
        let ago = step.saturating_mul(i64::from(self.points.saturating_sub(1))).clamp(0, 86_400 * 3_650);
        let since = at - TimeDelta::seconds(ago);
        let side = side(self.above);
        match (self.drift, self.fresh) {
            (true, true) => Some(Alarm::Drift { side, since }),
            (true, false) => None,
            (false, _) => Some(Alarm::Together { side, since }),
        }
    }
}
