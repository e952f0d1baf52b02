//! The rule language: its words as types. [`read`] takes JSON values (from the API or from YAML) to them and says every fault at once;
//! `Serialize` writes them in their canonical form, which reads back as the same.

mod check;
mod document;
mod kinds;
mod members;
mod read;
mod read_check;
mod values;

pub use check::{Check, Dimension, Kind};
pub use document::{Document, Selection, Target};
pub(crate) use kinds::is_name;
pub use kinds::{
    Accepted, Aggregates, CastTo, Castable, Compare, Elsewhere, Freshness, GapFree, Length, Metric, Named,
    NotNull, Operator, Past, Pattern, Range, References, RowCount, SchemaColumn, SchemaIs, Side, Sql, Step,
    Unique,
};
pub(crate) use read::by_watermark;
pub use read::read;
pub use values::{Bounds, Decimal, Limit, Scalar, Span, Tolerance, Within};

use serde::Serialize;

/// A rule: what has to hold for a dataset, and what to make of it where it does not.
///
/// As YAML:
///
/// ```yaml
/// name: amount-in-range
/// title: No order is negative or above ten thousand
/// check:
///   range: { column: amount, min: 0, max: 10000 }
/// where: status <> 'void'
/// tolerance: { warn: 0, fail: 0.5 % }
/// severity: high
/// learned: normal
/// owner: sales-steward
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// Its name, unique in the dataset: letters, digits, `.`, `_`, `-`.
    pub name: String,
    /// What people read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What has to hold.
    pub check: Check,
    /// Only the rows for which this SQL predicate is true.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// What a row without a value is, for checks on values. With `pass`, as in SQL, only a value can be wrong.
    #[serde(skip_serializing_if = "Nulls::is_pass")]
    pub nulls: Nulls,
    /// How many failing rows are borne, of checks that count rows.
    #[serde(skip_serializing_if = "Tolerance::is_none")]
    pub tolerance: Tolerance,
    /// How bad it is where the rule fails.
    pub severity: Severity,
    /// Whether it fails too where what it measures is unusual by its own history, and how readily.
    #[serde(skip_serializing_if = "Learned::is_off")]
    pub learned: Learned,
    /// What it measures, where that is not what its kind measures as a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimension: Option<Dimension>,
    /// Who answers for it: a name of the register, resolved there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The column by which only new rows are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<String>,
    /// Whether failing rows may be looked at.
    #[serde(skip_serializing_if = "is_true")]
    pub sample: bool,
    /// SQL that would put it right: shown to be copied, never run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    /// When it runs.
    #[serde(skip_serializing_if = "Schedule::is_on_request")]
    pub schedule: Schedule,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes by reference")]
fn is_true(flag: &bool) -> bool {
    *flag
}

impl Rule {
    /// What it measures.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        self.dimension.unwrap_or_else(|| self.check.kind().dimension())
    }
}

/// What a row without a value is to a check on values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nulls {
    /// Not looked at by the check: it passes.
    #[default]
    Pass,
    /// A failing row.
    Fail,
}

impl Nulls {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes by reference")]
    fn is_pass(&self) -> bool {
        *self == Self::Pass
    }
}

/// How readily a rule fails by bounds that are learned of what it measured before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Learned {
    /// Not at all.
    #[default]
    Off,
    /// Only where it is glaring.
    Low,
    /// Where it is unusual.
    Normal,
    /// Where it may be.
    High,
}

impl Learned {
    /// All, from the least ready.
    pub const ALL: [Self; 4] = [Self::Off, Self::Low, Self::Normal, Self::High];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes by reference")]
    fn is_off(&self) -> bool {
        *self == Self::Off
    }
}

/// How bad it is where a rule fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To be looked at some time.
    Low,
    /// To be looked at.
    #[default]
    Medium,
    /// To be looked at now.
    High,
}

impl Severity {
    /// All, from low to high.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// When a rule runs. Read here, kept by the house.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Schedule {
    /// When somebody asks: `on request`.
    #[default]
    OnRequest,
    /// After the dataset was updated: `after update`.
    AfterUpdate,
    /// By cron, in a time zone: `{cron: "0 4 * * *", zone: Asia/Shanghai}`.
    Cron {
        /// Five fields; checked by the house.
        cron: String,
        /// A name of the time zone database.
        zone: String,
    },
}

impl Schedule {
    fn is_on_request(&self) -> bool {
        *self == Self::OnRequest
    }
}

impl Serialize for Schedule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        match self {
            Self::OnRequest => serializer.serialize_str("on request"),
            Self::AfterUpdate => serializer.serialize_str("after update"),
            Self::Cron { cron, zone } => {
                let mut members = serializer.serialize_struct("Schedule", 2)?;
                members.serialize_field("cron", cron)?;
                members.serialize_field("zone", zone)?;
                members.end()
            }
        }
    }
}
