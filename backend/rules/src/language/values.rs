//! Small values of the language: numbers kept as they were written, limits, spans, bounds.

use serde::{Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;

/// More digits than any database keeps exactly are a mistake.
const DIGITS: usize = 60;

/// A number as it was written, without exponent: `-12.5`. Two that are equal are written equally.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// Reads `-12.50`; `None` where it is no such number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, part) = match digits.split_once('.') {
            Some((whole, part)) if !part.is_empty() => (whole, part),
            Some(_) => return None,
            None => (digits, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(part) || digits.len() > DIGITS {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let (whole, part) = (if whole.is_empty() { "0" } else { whole }, part.trim_end_matches('0'));
        let point = if part.is_empty() { "" } else { "." };
        let sign = if negative && (whole != "0" || !part.is_empty()) { "-" } else { "" };
        Some(Self(format!("{sign}{whole}{point}{part}")))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest binary number, by which measured values are compared with it.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        // What `parse` took, Rust reads too.
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let parts = |decimal: &'_ Self| {
            let digits = decimal.0.trim_start_matches('-').to_owned();
            let (whole, part) = digits.split_once('.').unwrap_or((digits.as_str(), ""));
            (decimal.0.starts_with('-'), whole.len(), whole.to_owned(), part.to_owned())
        };
        let (a, b) = (parts(self), parts(other));
        let size = (a.1, &a.2, &a.3).cmp(&(b.1, &b.2, &b.3));
        match (a.0, b.0) {
            (false, false) => size,
            (true, true) => size.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As a number where a reader of JSON gets the same number back, else as text.
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Ok(whole) = self.0.parse::<i64>() {
            return serializer.serialize_i64(whole);
        }
        let binary = self.to_f64();
        if format!("{binary}") == self.0 && binary.abs() < 1e15 && binary.abs() > 1e-5 {
            serializer.serialize_f64(binary)
        } else {
            serializer.serialize_str(&self.0)
        }
    }
}

/// A value as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Flag(bool),
    /// A number.
    Number(Decimal),
    /// A text; for dates too.
    Text(String),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Parts of a share: 100 % is this many.
const WHOLE: u64 = 1_000_000_000;

/// A number of rows, or a share of the rows looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// So many rows.
    Rows(u64),
    /// So many parts of 1,000,000,000: exact, so that 7 of 100 are not more than 7 %.
    Share(u64),
}

impl Limit {
    /// Reads `10` or `0.5 %`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some(percent) = text.strip_suffix('%') else {
            return text.parse().ok().map(Self::Rows);
        };
        let number = Decimal::parse(percent.trim())?;
        let (whole, part) = number.as_str().split_once('.').unwrap_or((number.as_str(), ""));
        if part.len() > 7 {
            return None;
        }
        let whole: u64 = whole.parse().ok()?;
        let part: u64 = format!("{part:0<7}").parse().ok()?;
        whole.checked_mul(WHOLE / 100)?.checked_add(part).map(Self::Share)
    }

    /// Whether `many` of `all` are more than this.
    #[must_use]
    pub fn is_exceeded(self, many: u64, all: u64) -> bool {
        match self {
            Self::Rows(rows) => many > rows,
            Self::Share(share) => u128::from(many) * u128::from(WHOLE) > u128::from(share) * u128::from(all),
        }
    }

    /// The share as a number, 1 for 100 %; `None` for rows.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for display and charts")]
    pub fn share(self) -> Option<f64> {
        match self {
            Self::Rows(_) => None,
            Self::Share(share) => Some(share as f64 / WHOLE as f64),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Share(share) => {
                let (whole, part) = (share / (WHOLE / 100), share % (WHOLE / 100));
                let part = format!("{part:07}");
                let part = part.trim_end_matches('0');
                let point = if part.is_empty() { "" } else { "." };
                write!(f, "{whole}{point}{part} %")
            }
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Rows(rows) => serializer.serialize_u64(*rows),
            Self::Share(_) => serializer.collect_str(self),
        }
    }
}

/// How many failing rows are borne: above `warn` it is a warning, above `fail` a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// Above this a warning, where there is one before failing.
    pub warn: Option<Limit>,
    /// Above this a failure.
    pub fail: Limit,
}

impl Tolerance {
    /// Not one failing row.
    pub const NONE: Self = Self { warn: None, fail: Limit::Rows(0) };

    pub(crate) fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::NONE
    }
}

impl Serialize for Tolerance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let Some(warn) = self.warn else { return self.fail.serialize(serializer) };
        let mut members = serializer.serialize_struct("Tolerance", 2)?;
        members.serialize_field("warn", &warn)?;
        members.serialize_field("fail", &self.fail)?;
        members.end()
    }
}

/// A time span in whole seconds: `26 h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

/// Units, the largest first. A day has 24 hours.
const UNITS: [(&str, u64); 5] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

impl Span {
    /// Of so many seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Reads `90 m`, `26h`, `3 d`; at most 1,000 years.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(end);
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
        let all = number.parse::<u64>().ok()?.checked_mul(*seconds)?;
        (all <= 1_000 * 366 * 86_400).then_some(Self(all))
    }

    /// In seconds.
    #[must_use]
    pub const fn as_seconds(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(_, seconds)| self.0 != 0 && self.0.is_multiple_of(*seconds));
        let (name, seconds) = unit.copied().unwrap_or(("s", 1));
        write!(f, "{} {name}", self.0 / seconds)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Bounds of a value: `min` and `max` belong to what is allowed, `above` and `below` do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bounds<T> {
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<T>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<T>,
    /// More than.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<T>,
    /// Less than.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<T>,
}

impl<T> Default for Bounds<T> {
    fn default() -> Self {
        Self { min: None, max: None, above: None, below: None }
    }
}

impl<T> Bounds<T> {
    /// Nothing is bounded.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.min.is_none() && self.max.is_none() && self.above.is_none() && self.below.is_none()
    }
}

impl Bounds<Decimal> {
    /// Whether a measured number lies within. A NaN lies in no bounds.
    #[must_use]
    pub fn hold(&self, value: f64) -> bool {
        !value.is_nan()
            && self.min.as_ref().is_none_or(|bound| value >= bound.to_f64())
            && self.max.as_ref().is_none_or(|bound| value <= bound.to_f64())
            && self.above.as_ref().is_none_or(|bound| value > bound.to_f64())
            && self.below.as_ref().is_none_or(|bound| value < bound.to_f64())
    }
}

/// How far two numbers may lie apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Within {
    /// So far.
    Absolute(Decimal),
    /// So many parts of 1,000,000,000 of the second.
    Share(Limit),
}

impl Within {
    /// Whether the two lie so near.
    #[must_use]
    pub fn holds(&self, left: f64, right: f64) -> bool {
        let far = match self {
            Self::Absolute(far) => far.to_f64(),
            Self::Share(share) => right.abs() * share.share().unwrap_or(0.0),
        };
        // Infinite numbers of one sign are the same and have no distance.
        left == right || (left - right).abs() <= far
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(far) => write!(f, "{far}"),
            Self::Share(share) => write!(f, "{share}"),
        }
    }
}

impl Serialize for Within {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absolute(far) => far.serialize(serializer),
            Self::Share(share) => share.serialize(serializer),
        }
    }
}
