//! What a rule measured over time: the picture, and the table that says the same.

use crate::chart::{Drawn, History, Value};
use crate::quality::measure::said;
use crate::quality::tab::Point;
use crate::quality::{Bound, RuleRow, Unit};
use crate::{Message, T};

/// The picture with its heading, its legend and its table.
#[derive(Debug)]
pub(crate) struct Chart<'a> {
    pub(crate) title: String,
    text: String,
    unit: Unit,
    points: &'a [Point],
}

impl<'a> Chart<'a> {
    pub(crate) fn of(rule: &RuleRow, points: &'a [Point], unit: Unit, t: &T) -> Self {
        let columns = if rule.columns.is_empty() { t.s("rule-whole") } else { rule.columns_line() };
        let title = t.a(&rule.kind.measures_key(), "columns", columns);
        Self { title, text: text(points, unit, t), unit, points }
    }

    pub(crate) fn draw(&self, t: &T) -> Drawn {
        let values: Vec<Value> = self.points.iter().map(value).collect();
        let (title, text) = (self.title.as_str(), self.text.as_str());
        History { t, number: 1, title, text, unit: self.unit, values: &values }.draw()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.points.iter().all(|point| known(point).is_none())
    }

    pub(crate) fn has_band(&self) -> bool {
        self.points.iter().any(|point| point.band.is_some())
    }

    pub(crate) fn has_bounds(&self) -> bool {
        self.points.iter().any(|point| point.allowed != (None, None))
    }

    pub(crate) fn newest_first(&self) -> Vec<&Point> {
        self.points.iter().rev().collect()
    }

    pub(crate) fn value(&self, point: &Point, t: &T) -> String {
        point.value.map_or_else(|| "–".to_owned(), |value| said(value, self.unit, t))
    }

    pub(crate) fn bound(&self, point: &Point, t: &T) -> String {
        let (low, high) = point.allowed;
        Bound { unit: self.unit, low, high, ..Bound::default() }.text(t)
    }

    pub(crate) fn band(&self, point: &Point, t: &T) -> String {
        let Some((low, high)) = point.band else { return "–".to_owned() };
        format!("{} – {}", said(low, self.unit, t), said(high, self.unit, t))
    }
}

fn known(point: &Point) -> Option<f64> {
    point.value.filter(|value| value.is_finite())
}

const fn value(point: &Point) -> Value {
    let tone = point.verdict.tone();
    Value { at: point.at, value: point.value, tone, allowed: point.allowed, band: point.band }
}

/// The picture in a sentence.
fn text(points: &[Point], unit: Unit, t: &T) -> String {
    let values = || points.iter().filter_map(known);
    let (Some(last), Some(first)) = (points.last(), points.first()) else { return String::new() };
    let (low, high) = values().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return t.s("chart-nothing");
    }
    let day = |point: &Point| crate::absolute(point.at, t.zone());
    let newest = values().last().unwrap_or_default();
    let message = Message::new("chart-said")
        .arg("n", values().count())
        .arg("from", day(first))
        .arg("to", day(last))
        .arg("low", said(low, unit, t))
        .arg("high", said(high, unit, t))
        .arg("last", said(newest, unit, t))
        .arg("verdict", t.w(&last.verdict));
    t.message(&message)
}
