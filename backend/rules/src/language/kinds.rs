//! The members of each kind of check.

use super::values::{Bounds, Decimal, Limit, Scalar, Span, Within};
use serde::Serialize;

/// See [`super::Check::NotNull`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NotNull {
    /// The column.
    pub column: String,
    /// A text without anything but blanks, tabs and line ends counts as no value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub blank: bool,
}

/// See [`super::Check::Unique`]. As in a unique index of SQL, a row that lacks one of the values is compared with none. The failing rows are all
/// those that have a twin, not only the second of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unique {
    /// The columns.
    pub columns: Vec<String>,
}

/// See [`super::Check::Accepted`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Accepted {
    /// The column.
    pub column: String,
    /// The list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Scalar>>,
    /// Or where the list stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Elsewhere>,
}

/// A column of another dataset of the source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Elsewhere {
    /// The dataset, as the source calls it.
    pub dataset: String,
    /// The column there.
    pub column: String,
}

/// See [`super::Check::Range`]. Bounds are numbers, or texts for dates and times (`2026-01-31`, `2026-01-31 12:00:00`, with a zone or in UTC), or
/// `now`, `now - 30 d`, `now + 1 h`. A NaN is out of range; an infinite value is greater (less) than all others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Range {
    /// The column.
    pub column: String,
    /// The bounds.
    #[serde(flatten)]
    pub bounds: Bounds<Scalar>,
}

/// See [`super::Check::Length`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Length {
    /// The column.
    pub column: String,
    /// At least so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    /// At most so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

/// See [`super::Check::Pattern`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pattern {
    /// The column.
    pub column: String,
    /// A regular expression of the source's own kind, found anywhere unless it is anchored (`^…$`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// Or one that has a name; always for the whole text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named: Option<Named>,
}

/// Patterns with a name; told in `patterns`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "their words say it")]
pub enum Named {
    Email,
    Url,
    Date,
    Timestamp,
    Phone,
    ChinaMobile,
    ChinaResidentId,
    Uuid,
    Ipv4,
    Ipv6,
}

impl Named {
    /// All.
    pub const ALL: [Self; 10] = [
        Self::Email,
        Self::Url,
        Self::Date,
        Self::Timestamp,
        Self::Phone,
        Self::ChinaMobile,
        Self::ChinaResidentId,
        Self::Uuid,
        Self::Ipv4,
        Self::Ipv6,
    ];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Url => "url",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Phone => "phone",
            Self::ChinaMobile => "china_mobile",
            Self::ChinaResidentId => "china_resident_id",
            Self::Uuid => "uuid",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }
}

/// See [`super::Check::Castable`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Castable {
    /// The column.
    pub column: String,
    /// The type.
    pub to: CastTo,
}

/// Types that a text can be read as, by a grammar of our own that is the same everywhere: what it takes, every database casts; what a
/// database takes beyond it (`Jan 5 2026`, `0x1F`) is refused. No blanks around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CastTo {
    /// `true`, `false`, `t`, `f`, `yes`, `no`, `y`, `n`, `on`, `off`, `1`, `0`, in any case.
    Boolean,
    /// A whole number of 32 bit, of at most 40 characters.
    Integer,
    /// A whole number of 64 bit, of at most 40 characters.
    Bigint,
    /// A number, with or without exponent, of at most 1,000 characters.
    Decimal,
    /// `2026-01-31`, from the year 1 to 9999.
    Date,
    /// `2026-01-31 12:00:00`, with `T` or a blank, with or without parts of a second and a zone (`Z`, `+08:00`).
    Timestamp,
    /// A UUID in its usual form.
    Uuid,
}

impl CastTo {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Boolean, Self::Integer, Self::Bigint, Self::Decimal, Self::Date, Self::Timestamp, Self::Uuid];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Bigint => "bigint",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Uuid => "uuid",
        }
    }
}

/// See [`super::Check::RowCount`]. Bounds, and against an earlier count how far it may fall and rise: rows (`1000`) or a share of it (`10 %`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowCount {
    /// Fixed bounds.
    #[serde(flatten)]
    pub bounds: Bounds<Decimal>,
    /// The earlier count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Past>,
    /// How far it may lie below the earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fall: Option<Limit>,
    /// How far it may lie above the earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rise: Option<Limit>,
}

/// An earlier time with which is compared. What was measured then, the caller gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Past {
    /// The day before.
    Yesterday,
    /// The same weekday, a week ago.
    LastWeek,
}

impl Past {
    /// All.
    pub const ALL: [Self; 2] = [Self::Yesterday, Self::LastWeek];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yesterday => "yesterday",
            Self::LastWeek => "last_week",
        }
    }
}

/// See [`super::Check::Freshness`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Freshness {
    /// A column of times or dates.
    pub column: String,
    /// How old the newest may be. A date is as old as its midnight.
    pub max_age: Span,
    /// The zone in which times without zone are meant; UTC where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// See [`super::Check::References`]. As a foreign key, a row that lacks one of the values refers to nothing and passes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct References {
    /// The columns here.
    pub columns: Vec<String>,
    /// The dataset, as the source calls it.
    pub dataset: String,
    /// The columns there, in the same order.
    pub to: Vec<String>,
}

/// See [`super::Check::Compare`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compare {
    /// A column, or an SQL expression.
    pub left: String,
    /// The relation.
    pub operator: Operator,
    /// A column, or an SQL expression.
    pub right: String,
    /// With `=`: how far the two may lie apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Decimal>,
}

impl Compare {
    /// Whether both sides are the names of columns, and nothing that is reckoned.
    #[must_use]
    pub fn is_of_names(&self) -> bool {
        is_name(&self.left) && is_name(&self.right)
    }
}

/// Whether a text is a plain name: letters, digits and underscores, no digit first.
pub(crate) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// A relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Operator {
    /// Less than.
    #[serde(rename = "<")]
    Less,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// The same.
    #[serde(rename = "=")]
    Same,
    /// Not the same.
    #[serde(rename = "<>")]
    Other,
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// More than.
    #[serde(rename = ">")]
    More,
}

impl Operator {
    /// All.
    pub const ALL: [Self; 6] = [Self::Less, Self::AtMost, Self::Same, Self::Other, Self::AtLeast, Self::More];

    /// As in SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Same => "=",
            Self::Other => "<>",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }

    /// The relation that holds where this one does not.
    #[must_use]
    pub const fn not(self) -> Self {
        match self {
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::Same => Self::Other,
            Self::Other => Self::Same,
            Self::AtLeast => Self::Less,
            Self::More => Self::AtMost,
        }
    }
}

/// See [`super::Check::Aggregates`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Aggregates {
    /// Here; the rule's filter holds for it.
    pub left: String,
    /// The relation.
    pub operator: Operator,
    /// There.
    pub right: Side,
    /// With `=`: how far the two may lie apart, absolutely or as a share of the right one (`0.1 %`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
}

/// The other side of two aggregates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    /// An aggregate: `sum(amount)`.
    pub aggregate: String,
    /// The dataset, as the source calls it; the rule's own where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Only these rows of it.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// See [`super::Check::Schema`]. Needs no scan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SchemaIs {
    /// The columns expected.
    pub columns: Vec<SchemaColumn>,
    /// Whether they stand in this order.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ordered: bool,
    /// Whether there may be others.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
}

/// A column that is expected. Short, where only its name matters: the name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SchemaColumn {
    /// Its name.
    pub name: String,
    /// Its type as the source writes it; blanks and case do not matter.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
}

/// See [`super::Check::Metric`]. Without any row many aggregates have no value; a value that is none, or no number, fails.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metric {
    /// An aggregate: `avg(amount)`.
    pub expression: String,
    /// The bounds.
    #[serde(flatten)]
    pub bounds: Bounds<Decimal>,
}

/// See [`super::Check::Sql`]. The rule's filter does not hold for it; a share in its tolerance is one of all rows of the dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sql {
    /// One query; each row that it gives is a failing one.
    pub query: String,
}

/// See [`super::Check::GapFree`]. Failing are the steps that are missing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapFree {
    /// A column of whole numbers, dates or times.
    pub column: String,
    /// The step.
    pub step: Step,
}

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The next whole number.
    One,
    /// The next day (of times, in UTC).
    Day,
}

impl Step {
    /// All.
    pub const ALL: [Self; 2] = [Self::One, Self::Day];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Day => "day",
        }
    }
}
