//! What became of a rule.

use crate::fault::{Message, Wrong};
use crate::language::{Bounds, Decimal, Past, Tolerance, Within};
use serde::{Deserialize, Serialize};

/// What became of a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The rule's name.
    pub rule: String,
    /// Whether it holds.
    pub verdict: Verdict,
    /// What was measured: failing rows of checks that count them, rows, seconds of age, the number of a metric, differences of a schema,
    /// missing steps. None where there is none, and of aggregates the left one.
    pub value: Option<f64>,
    /// The second number of two aggregates, or the earlier count.
    pub other: Option<f64>,
    /// Failing rows, of checks that count them.
    pub failing: Option<u64>,
    /// Rows looked at: those of the dataset for which the filter is true.
    pub rows: Option<u64>,
    /// By what it was judged.
    pub bound: Bound,
    /// Why, where that is not told by the numbers.
    pub why: Option<Why>,
    /// The constraint that holds it, where no row was looked at.
    pub held: Option<Held>,
    /// Whether rows were counted on from a mark.
    pub by_watermark: bool,
}

/// Whether a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It holds only just.
    Warn,
    /// It does not hold.
    Fail,
    /// It could not be measured.
    Error,
    /// It was measured, and there is nothing to compare with yet.
    Open,
}

impl Verdict {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Open => "open",
        }
    }
}

/// By what a value is judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Bound {
    /// So many failing rows are borne.
    Tolerance(Tolerances),
    /// The value lies within.
    Bounds(Bounds<Decimal>),
    /// The value lies within, and within what may be fallen and risen since.
    Change {
        /// Fixed bounds.
        bounds: Bounds<Decimal>,
        /// The earlier time.
        against: Past,
        /// The least it may be by then, where that is known.
        low: Option<f64>,
        /// The most it may be by then, where that is known.
        high: Option<f64>,
    },
    /// The value, an age in seconds, is at most this.
    Age {
        /// In seconds.
        seconds: u64,
    },
    /// The value and the other one stand in a relation.
    Relation {
        /// The relation.
        operator: crate::language::Operator,
        /// How far they may lie apart, with `=`.
        within: Option<Within>,
    },
    /// There is none: not one difference, not one gap.
    None,
}

/// A tolerance as the member of a bound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tolerances {
    /// The tolerance.
    pub tolerance: Tolerance,
}

/// A constraint that holds a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The sort of constraint.
    pub by: HeldBy,
    /// Its name; of a type, the type as the source writes it.
    pub name: String,
}

/// What sort of constraint holds a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// NOT NULL.
    NotNull,
    /// A primary key.
    PrimaryKey,
    /// A unique constraint or index.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// The column's type: an enumeration, a length, numbers.
    Type,
}

impl HeldBy {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotNull => "not_null",
            Self::PrimaryKey => "primary_key",
            Self::Unique => "unique",
            Self::ForeignKey => "foreign_key",
            Self::Type => "type",
        }
    }
}

/// Why it became of a rule what it did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// The rule does not fit the dataset.
    Wrong {
        /// Where in the rule.
        at: String,
        /// What.
        fault: Wrong,
    },
    /// The source did not answer the statement.
    Failed {
        /// In the source's words.
        reason: String,
    },
    /// The statement was not run.
    NotRun,
    /// There is nothing from which to measure: no row, no value.
    NoValue,
    /// The measured value is no number.
    NotANumber {
        /// What it is.
        value: String,
    },
    /// The newest value is infinite.
    Infinite,
    /// Nothing is known of the earlier time.
    NothingEarlier,
    /// The value is none that is usual by what was measured before.
    Unusual {
        /// The value, in the unit of the rule.
        value: f64,
        /// What was usual.
        usual: Usual,
        /// Each of the last values might have been usual, not all together.
        together: bool,
    },
    /// The columns are not as expected.
    Differences {
        /// How they differ.
        differences: Vec<Difference>,
    },
}

/// What was usual when a value was measured, in the unit of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    /// The least.
    pub lower: f64,
    /// What was expected.
    pub expected: f64,
    /// The most.
    pub upper: f64,
}

impl Why {
    /// The key for the locale files (`rules-why-no-value`, …) with its arguments.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Wrong { fault, .. } => fault.message(),
            Self::Failed { reason } => Message::new("rules-why-failed").arg("reason", reason),
            Self::NotRun => Message::new("rules-why-not-run"),
            Self::NoValue => Message::new("rules-why-no-value"),
            Self::NotANumber { value } => Message::new("rules-why-not-a-number").arg("value", value),
            Self::Infinite => Message::new("rules-why-infinite"),
            Self::NothingEarlier => Message::new("rules-why-nothing-earlier"),
            Self::Unusual { value, usual, together } => {
                let key = if *together { "rules-why-unusual-together" } else { "rules-why-unusual" };
                Message::new(key).arg("value", value).arg("low", usual.lower).arg("high", usual.upper)
            }
            Self::Differences { differences } => {
                Message::new("rules-why-differences").arg("number", differences.len())
            }
        }
    }
}

/// How columns differ from what is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "difference", rename_all = "snake_case")]
pub enum Difference {
    /// A column is not there.
    Missing {
        /// Its name.
        column: String,
    },
    /// A column is there that is not expected.
    Unexpected {
        /// Its name.
        column: String,
    },
    /// A column has another type.
    Type {
        /// Its name.
        column: String,
        /// What is expected.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A column stands elsewhere among those expected.
    Order {
        /// Its name.
        column: String,
        /// Its place among those expected, from 1.
        expected: usize,
        /// Its place among those of them that are there, from 1.
        found: usize,
    },
}

impl Difference {
    /// The key for the locale files (`rules-column-missing`, …) with its arguments.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Missing { column } => Message::new("rules-column-missing").arg("column", column),
            Self::Unexpected { column } => Message::new("rules-column-unexpected").arg("column", column),
            Self::Type { column, expected, found } => Message::new("rules-column-type")
                .arg("column", column)
                .arg("expected", expected)
                .arg("found", found),
            Self::Order { column, expected, found } => Message::new("rules-column-order")
                .arg("column", column)
                .arg("expected", expected)
                .arg("found", found),
        }
    }
}
