//! What hour and weekday do to a metric. Each part must earn its place: it is taken where it foretells the points that it was not
//! made from (leave one out, Stone 1974) better than the simpler form does.
//!
//! Level, then hour within the day, then weekday between days, each by means of the middle, after Tukey's median polish (1977) and
//! Cleveland's STL (1990), whose smoother is here the running median of seven days: it keeps edges, so that a shift stays one.

use serde::{Deserialize, Serialize};

use crate::numbers::{cost, median, middles, sigma};
use crate::point::{Place, Sample};

/// Which pattern of the day was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayPattern {
    /// None.
    Flat,
    /// By hour, all days alike.
    Hour,
    /// By hour, days off apart from working days.
    HourByDayKind,
    /// By hour of the week.
    HourOfWeek,
}

/// What recurs, on the metric's scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Season {
    pub(crate) pattern: DayPattern,
    /// How the hours are cut.
    grain: Grain,
    /// By part of the hours of the week; `None` where no point was seen.
    hours: Vec<Option<f64>>,
    /// Which weekdays are days off, where that is the pattern.
    pub(crate) off: [bool; 7],
    /// By weekday, where it matters.
    pub(crate) weekdays: Option<[f64; 7]>,
    /// What else came again and again at the same place of the calendar.
    pub(crate) habits: Vec<Habit>,
}

/// How finely the pattern of the day is taken where several points come in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Grain {
    /// Parts of an hour.
    parts: usize,
    /// Where points lie within their part on average, for a pattern that goes evenly from part to part; `None`: it goes by steps.
    middle: Option<f64>,
}

impl Grain {
    const HOURS: Self = Self { parts: 1, middle: None };

    /// What is tried on points of which `an_hour` come in an hour: whole hours, halves, and each by itself.
    fn candidates(samples: &[Sample], an_hour: usize) -> Vec<Self> {
        let mut grains = vec![Self::HOURS];
        if an_hour < 2 {
            return grains;
        }
        for parts in [1, 2].into_iter().filter(|parts| parts * 2 <= an_hour) {
            let sum: f64 =
                samples.iter().map(|sample| Self { parts, middle: None }.within(sample.place)).sum();
            grains.push(Self { parts, middle: Some(sum / samples.len().max(1) as f64) });
        }
        grains.push(Self { parts: an_hour.min(12), middle: None });
        grains
    }

    /// The part of the hour of the week, Monday midnight is 0.
    fn part(self, place: Place) -> usize {
        place.hour_of_week() * self.parts + place.minute * self.parts / 60
    }

    /// How far into its part a place lies, 0 to 1.
    fn within(self, place: Place) -> f64 {
        (place.minute * self.parts % 60) as f64 / 60.0
    }

    /// The other part that has a say at a place, and its share.
    fn beside(self, place: Place) -> Option<(usize, f64)> {
        let (all, own) = (168 * self.parts, self.part(place));
        let on = self.within(place) - self.middle?;
        Some((if on < 0.0 { own + all - 1 } else { own + 1 } % all, on.abs()))
    }
}

/// Something that comes at one place of the calendar each time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Habit {
    pub(crate) when: When,
    pub(crate) effect: f64,
}

/// A date of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "number")]
pub enum When {
    /// Day of the month, 1..=31.
    DayOfMonth(u8),
    /// Days to the end of the month, 0 is the last.
    DaysToMonthEnd(u8),
}

/// A season and what it says of each point of the history without that point.
pub(crate) struct Fitted {
    pub(crate) season: Season,
    pub(crate) without: Vec<f64>,
}

impl Season {
    pub(crate) fn none() -> Self {
        Self {
            pattern: DayPattern::Flat,
            grain: Grain::HOURS,
            hours: Vec::new(),
            off: [false; 7],
            weekdays: None,
            habits: Vec::new(),
        }
    }

    /// The part of the hour; `None` where the history has no such hour.
    pub(crate) fn hour(&self, place: Place) -> Option<f64> {
        if self.pattern == DayPattern::Flat {
            return Some(0.0);
        }
        let of = |part: usize| self.hours.get(part).copied().flatten();
        let own = of(self.grain.part(place))?;
        Some(mixed(own, self.grain.beside(place).and_then(|(part, share)| Some((of(part)?, share)))))
    }

    /// The part of the date; the first that stood out counts.
    pub(crate) fn date(&self, place: Place) -> Option<Habit> {
        self.habits.iter().copied().find(|habit| habit.when.is(place.of_month, place.to_month_end))
    }

    /// How far the hours lie apart.
    pub(crate) fn swing(&self) -> f64 {
        let (low, high) =
            self.hours.iter().flatten().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &hour| {
                (low.min(hour), high.max(hour))
            });
        (high - low).max(0.0)
    }

    pub(crate) fn weekday(&self, weekday: usize) -> f64 {
        self.weekdays.map_or(0.0, |days| days.get(weekday).copied().unwrap_or(0.0))
    }
}

fn mixed(own: f64, beside: Option<(f64, f64)>) -> f64 {
    beside.map_or(own, |(other, share)| own + (other - own) * share)
}

/// Points of one local day, by their range in the history.
struct Day {
    weekday: usize,
    of_month: u8,
    to_month_end: u8,
    from: usize,
    to: usize,
    level: f64,
}

fn days(samples: &[Sample]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for (index, sample) in samples.iter().enumerate() {
        match days.last_mut().filter(|day| samples[day.from].place.day == sample.place.day) {
            Some(day) => day.to = index + 1,
            None => days.push(Day {
                weekday: sample.place.weekday,
                of_month: sample.place.of_month,
                to_month_end: sample.place.to_month_end,
                from: index,
                to: index + 1,
                level: 0.0,
            }),
        }
    }
    days
}

/// Levels of days without the part of the hour.
fn level(days: &mut [Day], z: &[f64], hours: &[f64]) {
    let mut values = Vec::new();
    for day in days {
        values.clear();
        values.extend((day.from..day.to).map(|index| z[index] - hours[index]));
        day.level = median(&mut values);
    }
}

/// A day of which only some hours are there lies at these hours' level, not at its own: until hours are known, it is taken to lie
/// where the nearest whole day does.
fn parts_of_days(days: &mut [Day]) {
    let longest = days.iter().map(|day| day.to - day.from).max().unwrap_or(0);
    let is_whole = |day: &Day| (day.to - day.from) * 8 >= longest * 7;
    let whole: Vec<(usize, f64)> =
        days.iter().enumerate().filter(|(_, day)| is_whole(day)).map(|(at, day)| (at, day.level)).collect();
    for (at, day) in days.iter_mut().enumerate().filter(|(_, day)| !is_whole(day)) {
        let nearest = whole.iter().min_by_key(|(other, _)| other.abs_diff(at));
        day.level = nearest.map_or(day.level, |(_, level)| *level);
    }
}

/// The running median of seven entries; at the ends, of the first and the last seven.
fn weekly(levels: &[f64]) -> Vec<f64> {
    let n = levels.len();
    (0..n)
        .map(|index| {
            let from = index.saturating_sub(3).min(n.saturating_sub(7));
            median(&mut levels[from..(from + 7).min(n)].to_vec())
        })
        .collect()
}

/// Finds what recurs in `z`, the history on its scale. `floor` is the least difference that means anything there, `an_hour` how many
/// points come in an hour.
pub(crate) fn fit(samples: &[Sample], z: &[f64], floor: f64, an_hour: usize) -> Fitted {
    let n = samples.len();
    let mut days = days(samples);
    let mut hours = vec![0.0; n];
    level(&mut days, z, &hours);
    let mut season = Season::none();
    if n >= 3 * days.len() && days.len() >= 3 {
        hours = within_days(samples, z, &mut days, floor, an_hour, &mut season);
    }
    let mut without = hours;
    between_days(&days, floor, &mut season, &mut without);
    Fitted { season, without }
}

/// The pattern of the day, and what it says of each point without the point.
fn within_days(
    samples: &[Sample],
    z: &[f64],
    days: &mut [Day],
    floor: f64,
    an_hour: usize,
    season: &mut Season,
) -> Vec<f64> {
    let n = samples.len();
    let flat = vec![0.0; n];
    parts_of_days(days);
    let first = by(samples, z, days, DayPattern::Hour, &[false; 7], Grain::HOURS).without;
    level(days, z, &first);
    season.off = days_off(days);
    let mut best = flat.clone();
    let mut least = cost(&rest(z, days, &flat), floor);
    let weeks = days.len() / 7;
    let grains = Grain::candidates(samples, an_hour);
    for (pattern, days_needed) in
        [(DayPattern::Hour, 3), (DayPattern::HourByDayKind, 9), (DayPattern::HourOfWeek, 15)]
    {
        if days.len() < days_needed || (pattern == DayPattern::HourByDayKind && season.off == [false; 7]) {
            continue;
        }
        for &grain in &grains {
            let found = by(samples, z, days, pattern, &season.off, grain);
            // a pattern that most points had no fellow for says nothing
            if found.lonely * 2 > n
                || (pattern == DayPattern::HourOfWeek && weeks < 3 && found.lonely * 10 > n)
            {
                continue;
            }
            let cost = cost(&rest(z, days, &found.without), floor);
            if cost < least - 0.03 {
                least = cost;
                best = found.without;
                (season.pattern, season.grain, season.hours) = (pattern, grain, found.table);
            }
        }
    }
    level(days, z, &best);
    best
}

fn rest(z: &[f64], days: &[Day], hours: &[f64]) -> Vec<f64> {
    days.iter().flat_map(|day| (day.from..day.to).map(|index| z[index] - day.level - hours[index])).collect()
}

/// Effects by a pattern.
struct Effects {
    /// For each point, without itself.
    without: Vec<f64>,
    /// By part of the hours of the week.
    table: Vec<Option<f64>>,
    /// How many points had no fellow.
    lonely: usize,
}

fn by(
    samples: &[Sample],
    z: &[f64],
    days: &[Day],
    pattern: DayPattern,
    off: &[bool; 7],
    grain: Grain,
) -> Effects {
    let (day, all) = (24 * grain.parts, 168 * grain.parts);
    let slot = |part: usize| match pattern {
        DayPattern::Flat => 0,
        DayPattern::Hour => part % day,
        DayPattern::HourByDayKind => part % day + if off[part / day] { day } else { 0 },
        DayPattern::HourOfWeek => part,
    };
    let groups: Vec<usize> = samples.iter().map(|sample| slot(grain.part(sample.place))).collect();
    let values: Vec<f64> =
        days.iter().flat_map(|day| (day.from..day.to).map(|index| z[index] - day.level)).collect();
    let found = middles(&groups, all, &values);
    let of = |part: usize| (found.counts[slot(part)] > 0).then(|| found.of[slot(part)]);
    let lonely = found.without.iter().filter(|without| without.is_none()).count();
    let without = samples
        .iter()
        .zip(&found.without)
        .map(|(sample, without)| {
            let own = without.unwrap_or(0.0);
            mixed(own, grain.beside(sample.place).and_then(|(part, share)| Some((of(part)?, share))))
        })
        .collect();
    Effects { without, table: (0..all).map(of).collect(), lonely }
}

/// Which weekdays are days off: those on the other side of the widest gap between the weekdays' levels, where they are the fewer.
fn days_off(days: &[Day]) -> [bool; 7] {
    let mut off = [false; 7];
    let groups: Vec<usize> = days.iter().map(|day| day.weekday).collect();
    let levels: Vec<f64> = days.iter().map(|day| day.level).collect();
    let found = middles(&groups, 7, &levels);
    let mut order: Vec<usize> = (0..7).filter(|&weekday| found.counts[weekday] > 0).collect();
    order.sort_by(|&a, &b| found.of[a].total_cmp(&found.of[b]));
    let widest = (1..order.len()).max_by(|&a, &b| {
        let gap = |place: usize| found.of[order[place]] - found.of[order[place - 1]];
        gap(a).total_cmp(&gap(b))
    });
    if let Some(cut) = widest {
        let fewer = if cut * 2 <= order.len() { &order[..cut] } else { &order[cut..] };
        for &weekday in fewer {
            off[weekday] = true;
        }
    }
    off
}

/// The part of the weekday, from two weeks on.
fn between_days(days: &[Day], floor: f64, season: &mut Season, without: &mut [f64]) {
    if days.len() < 12 {
        return;
    }
    let levels: Vec<f64> = days.iter().map(|day| day.level).collect();
    let base = weekly(&levels);
    let apart: Vec<f64> = levels.iter().zip(&base).map(|(level, base)| level - base).collect();
    let groups: Vec<usize> = days.iter().map(|day| day.weekday).collect();
    let found = middles(&groups, 7, &apart);
    let foretold: Vec<f64> = found.without.iter().map(|without| without.unwrap_or(0.0)).collect();
    let rest: Vec<f64> = apart.iter().zip(&foretold).map(|(apart, foretold)| apart - foretold).collect();
    let margin = 0.05 + 1.5 / days.len() as f64;
    let mut left = apart;
    if cost(&rest, floor) < cost(&left, floor) - margin {
        let mut weekdays = [0.0; 7];
        weekdays.copy_from_slice(&found.of);
        season.weekdays = Some(weekdays);
        add(&days_of(days), &foretold, without);
        left = rest;
    }
    let by_date = habits(days, &left, floor, season);
    add(&days_of(days), &by_date, without);
}

fn days_of(days: &[Day]) -> Vec<(usize, usize)> {
    days.iter().map(|day| (day.from, day.to)).collect()
}

/// Adds what is said of days to what is said of their points.
fn add(days: &[(usize, usize)], effects: &[f64], without: &mut [f64]) {
    for (&(from, to), effect) in days.iter().zip(effects) {
        for value in &mut without[from..to] {
            *value += effect;
        }
    }
}

/// Dates that stood out each time: three times or more, all on one side, all far. Gives what each says of its days without the day
/// itself.
fn habits(days: &[Day], left: &[f64], floor: f64, season: &mut Season) -> Vec<f64> {
    const TIMES: usize = 3;
    let mut by_date = vec![0.0; days.len()];
    if days.len() < 60 {
        return by_date;
    }
    let far = 4.0 * sigma(&mut left.iter().map(|rest| rest.abs()).collect::<Vec<_>>()).max(floor);
    // the end of the month before the date: the 31st is also the last
    let whens = (0..=2).map(When::DaysToMonthEnd).chain((1..=31).map(When::DayOfMonth));
    for when in whens {
        let on: Vec<usize> =
            (0..days.len()).filter(|&index| days[index].is(when) && by_date[index] == 0.0).collect();
        let above = on.iter().all(|&index| left[index] > far);
        let below = on.iter().all(|&index| left[index] < -far);
        if on.len() < TIMES || !(above || below) {
            continue;
        }
        let values: Vec<f64> = on.iter().map(|&index| left[index]).collect();
        let found = middles(&vec![0; on.len()], 1, &values);
        season.habits.push(Habit { when, effect: found.of[0] });
        for (&index, without) in on.iter().zip(&found.without) {
            by_date[index] = without.unwrap_or(0.0);
        }
    }
    by_date
}

impl Day {
    fn is(&self, when: When) -> bool {
        when.is(self.of_month, self.to_month_end)
    }
}

impl When {
    pub(crate) fn is(self, of_month: u8, to_month_end: u8) -> bool {
        match self {
            Self::DayOfMonth(day) => day == of_month,
            Self::DaysToMonthEnd(days) => days == to_month_end,
        }
    }
}
