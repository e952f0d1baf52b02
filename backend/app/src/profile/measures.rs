//! What is measured of a column, as it is kept.

use cadastre_model::ColumnType;
use serde::{Deserialize, Serialize};

/// The measures of a column over the rows that were looked at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Measures {
    /// Rows without a value.
    pub(super) nulls: i64,
    /// Different values: counted where all rows were looked at, else estimated for the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) distinct: Option<i64>,
    /// Values that occur once, among the rows that were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) once: Option<i64>,
    /// The rest, which shows values; none where they are masked for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<Values>,
}

/// What shows values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Values {
    /// The least.
    pub(super) min: Option<String>,
    /// The greatest.
    pub(super) max: Option<String>,
    /// The mean of numbers.
    pub(super) mean: Option<f64>,
    /// Their standard deviation.
    pub(super) deviation: Option<f64>,
    /// The values below which a twentieth, a quarter, half, three quarters and nineteen twentieths lie.
    pub(super) quantiles: Vec<String>,
    /// The most frequent, with how often they occur.
    pub(super) top: Vec<(String, i64)>,
    /// Bars of the same width, of numbers; of times in seconds since 1970.
    pub(super) histogram: Option<Histogram>,
    /// Characters of texts.
    pub(super) length: Option<Lengths>,
    /// The shapes of texts: `A` for capitals, `a` for small letters, `9` for digits, `文` for others, each for any number of them.
    pub(super) patterns: Vec<(String, i64)>,
}

/// Bars of the same width.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Histogram {
    /// Where the first begins.
    pub(super) from: f64,
    /// Where the last ends.
    pub(super) to: f64,
    /// How many values lie in each.
    pub(super) counts: Vec<i64>,
}

/// Characters of texts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Lengths {
    /// Of the shortest.
    pub(super) min: i64,
    /// Of the longest.
    pub(super) max: i64,
    /// On average.
    pub(super) mean: f64,
}

/// What a column's type lets one measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Number,
    Time,
    Text,
    /// Has an equality, and an order that tells nothing.
    Word,
    /// Only whether there is a value.
    Opaque,
}

impl Sort {
    pub(super) const fn of(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Integer | ColumnType::Decimal | ColumnType::Float => Self::Number,
            ColumnType::Date | ColumnType::Timestamp => Self::Time,
            ColumnType::Text => Self::Text,
            ColumnType::Boolean
            | ColumnType::Enum
            | ColumnType::Uuid
            | ColumnType::Time
            | ColumnType::Interval => Self::Word,
            _ => Self::Opaque,
        }
    }

    /// Whether its values can be grouped.
    pub(super) const fn has_equality(self) -> bool {
        !matches!(self, Self::Opaque)
    }

    /// Whether its least and greatest values say something.
    pub(super) const fn has_order(self) -> bool {
        matches!(self, Self::Number | Self::Time | Self::Text)
    }
}

/// How many different values a whole has, by a sample: of `looked_at` values, `distinct` were different and `once` occurred once (Haas and
/// Stokes' Duj1, which PostgreSQL uses too). Never less than were seen.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "an estimate")]
pub(super) fn estimated(distinct: i64, once: i64, looked_at: i64, whole: i64) -> i64 {
    if looked_at <= 0 || whole <= looked_at {
        return distinct;
    }
    // All different: so is the rest.
    if once == looked_at {
        return whole;
    }
    let (d, f, n, all) = (distinct as f64, once as f64, looked_at as f64, whole as f64);
    let estimate = n * d / (n - f + f * n / all);
    (estimate.round() as i64).clamp(distinct, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_values_are_estimated_within_reason() {
        assert_eq!(estimated(3, 0, 1_000, 100_000), 3, "few words stay few");
        assert_eq!(estimated(1_000, 1_000, 1_000, 100_000), 100_000, "a key stays a key");
        let some = estimated(632, 368, 1_000, 100_000);
        assert!((632..5_000).contains(&some), "{some}");
        assert_eq!(estimated(5, 1, 10, 10), 5, "all was looked at");
        assert_eq!(estimated(0, 0, 0, 10), 0);
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let measures = Measures { nulls: 3, values: Some(Values::default()), ..Measures::default() };
        let text = serde_json::to_string(&measures).unwrap();
        assert_eq!(serde_json::from_str::<Measures>(&text).unwrap(), measures);
        assert_eq!(serde_json::from_str::<Measures>(r#"{"nulls": 0}"#).unwrap(), Measures::default());
    }
}
