//! What was measured and what is allowed, as text.

use crate::{T, grouped};

/// In what a value is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// A number of rows, of missing steps, of differences.
    Rows,
    /// A share of rows, of 1.
    Share,
    /// An age, in seconds.
    Seconds,
    /// Any other number: a metric, an aggregate.
    #[default]
    Number,
}

/// A measured value.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measure {
    /// The value; a share is of 1, an age in seconds. What is not finite is said as `–`.
    pub value: f64,
    /// In what.
    pub unit: Unit,
}

impl Measure {
    /// A value.
    #[must_use]
    pub const fn new(value: f64, unit: Unit) -> Self {
        Self { value, unit }
    }

    /// As text: `3.14%`, `48,211,903`, `2 h 10 min`, `12.5`.
    #[must_use]
    pub fn text(&self, t: &T) -> String {
        said(self.value, self.unit, t)
    }
}

/// What is allowed of a value, in its unit. Nothing set: no bound.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bound {
    /// In what.
    pub unit: Unit,
    /// The least that passes.
    pub low: Option<f64>,
    /// The most that passes.
    pub high: Option<f64>,
    /// Above this (and up to `high`) it is a warning.
    pub warn: Option<f64>,
    /// The bounds do not belong to what is allowed (`above`, `below` of the language).
    pub is_strict: bool,
}

impl Bound {
    /// As text: `≤ 1%`, `≥ 5`, `5 – 10`, `= 0`, `–`.
    #[must_use]
    pub fn text(&self, t: &T) -> String {
        let say = |value: f64| said(value, self.unit, t);
        let (more, less) = if self.is_strict { (">", "<") } else { ("≥", "≤") };
        match (self.low, self.high) {
            (None, None) => "–".to_owned(),
            (None, Some(0.0)) if !self.is_strict => "= 0".to_owned(),
            (None, Some(high)) => format!("{less} {}", say(high)),
            (Some(low), None) => format!("{more} {}", say(low)),
            (Some(low), Some(high)) if same(low, high) => format!("= {}", say(low)),
            (Some(low), Some(high)) => format!("{} – {}", self.short(low, t), self.short(high, t)),
        }
    }
}

impl Bound {
    /// One of two: few letters, as both stand in one cell.
    #[expect(clippy::cast_possible_truncation, reason = "`as` is saturating, and the figure is for the eye")]
    fn short(&self, value: f64, t: &T) -> String {
        match self.unit {
            Unit::Rows | Unit::Number if value.abs() >= 10_000.0 => crate::compact(value as i64),
            unit => said(value, unit, t),
        }
    }
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= f64::EPSILON * a.abs().max(b.abs())
}

/// A number in its unit.
pub(crate) fn said(value: f64, unit: Unit, t: &T) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    match unit {
        Unit::Rows => number(value.round()),
        Unit::Share => share(value),
        #[expect(clippy::cast_possible_truncation, reason = "`as` is saturating, and no age is that long")]
        Unit::Seconds => t.duration(&((value * 1000.0) as i64)),
        Unit::Number => number(value),
    }
}

/// A share of 1 in per cent: never `0%` where there is some, never `100%` where there is not all.
#[must_use]
pub fn share(of_one: f64) -> String {
    let percent = of_one * 100.0;
    match percent {
        p if p > 0.0 && p < 0.01 => "< 0.01%".to_owned(),
        p if p < 100.0 && p >= 99.995 => "> 99.99%".to_owned(),
        p => format!("{}%", number((p * 100.0).round() / 100.0)),
    }
}

/// A number with four digits that matter after the point where it is small, grouped.
#[must_use]
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-4) {
        return format!("{value:.3e}").replace('-', "−");
    }
    let places = match size {
        1000.0.. => 1,
        100.0..1000.0 => 2,
        1.0..100.0 => 3,
        _ => 4,
    };
    let text = format!("{size:.places$}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse::<i64>().map_or_else(|_| whole.to_owned(), grouped);
    let part = part.trim_end_matches('0');
    let is_nought = whole == "0" && part.is_empty();
    let sign = if value < 0.0 && !is_nought { "−" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadastre_model::Language;
    use chrono::DateTime;

    #[test]
    fn numbers_keep_what_matters() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (48_211_903.0, "48,211,903"),
            (0.0314, "0.0314"),
            (12.5, "12.5"),
            (-1_234.56, "−1,234.6"),
            (0.000_01, "1.000e−5"),
        ] {
            assert_eq!(number(value), text, "{value}");
        }
    }

    #[test]
    fn a_share_is_whole_only_when_it_is() {
        for (of_one, text) in
            [(0.0314, "3.14%"), (0.000_001, "< 0.01%"), (0.0, "0%"), (1.0, "100%"), (0.999_999, "> 99.99%")]
        {
            assert_eq!(share(of_one), text, "{of_one}");
        }
    }

    #[test]
    fn bounds_are_said_as_they_are_meant() {
        let t = T::new(Language::En, chrono_tz::UTC, DateTime::UNIX_EPOCH);
        let bound = |low, high, unit| Bound { unit, low, high, ..Bound::default() }.text(&t);
        assert_eq!(bound(None, Some(0.01), Unit::Share), "≤ 1%");
        assert_eq!(bound(None, Some(0.0), Unit::Rows), "= 0");
        assert_eq!(bound(Some(5.0), None, Unit::Rows), "≥ 5");
        assert_eq!(bound(Some(5.0), Some(10.0), Unit::Number), "5 – 10");
        assert_eq!(bound(Some(7.0), Some(7.0), Unit::Number), "= 7");
        assert_eq!(bound(None, Some(7200.0), Unit::Seconds), "≤ 2 h 0 min");
        assert_eq!(bound(None, None, Unit::Rows), "–");
        let strict = Bound { low: Some(0.0), is_strict: true, ..Bound::default() };
        assert_eq!(strict.text(&t), "> 0");
    }
}
