//! What has to hold: a check of one of these kinds.

use super::kinds::{
    Accepted, Aggregates, Castable, Compare, Freshness, GapFree, Length, Metric, NotNull, Pattern, Range,
    References, RowCount, SchemaIs, Sql, Unique,
};
use serde::Serialize;

/// What has to hold. Written as a mapping of one member, the kind: `not_null: {column: id}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Every row has a value. Short: `not_null: id`.
    NotNull(NotNull),
    /// No two rows have the same values. Short: `unique: id`, `unique: [a, b]`.
    Unique(Unique),
    /// Values are of a list, or of a column elsewhere in the source.
    Accepted(Accepted),
    /// Numbers, dates and times lie within bounds.
    Range(Range),
    /// Texts have a length within bounds, in characters (bytes of a byte string).
    Length(Length),
    /// Texts look like this.
    Pattern(Pattern),
    /// Texts can be read as another type.
    Castable(Castable),
    /// So many rows.
    RowCount(RowCount),
    /// The newest value is young enough.
    Freshness(Freshness),
    /// Every value is there in another dataset of the source.
    References(References),
    /// Two columns (or expressions) of a row stand in a relation.
    Compare(Compare),
    /// Two aggregates stand in a relation, maybe of two datasets of the source.
    Aggregates(Aggregates),
    /// The columns are as expected.
    Schema(SchemaIs),
    /// An aggregate of one's own lies within bounds.
    Metric(Metric),
    /// A query of one's own gives the failing rows.
    Sql(Sql),
    /// No step is left out between the least and the greatest value.
    GapFree(GapFree),
}

/// The kinds of checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they are told at Check")]
pub enum Kind {
    NotNull,
    Unique,
    Accepted,
    Range,
    Length,
    Pattern,
    Castable,
    RowCount,
    Freshness,
    References,
    Compare,
    Aggregates,
    Schema,
    Metric,
    Sql,
    GapFree,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 16] = [
        Self::NotNull,
        Self::Unique,
        Self::Accepted,
        Self::Range,
        Self::Length,
        Self::Pattern,
        Self::Castable,
        Self::RowCount,
        Self::Freshness,
        Self::References,
        Self::Compare,
        Self::Aggregates,
        Self::Schema,
        Self::Metric,
        Self::Sql,
        Self::GapFree,
    ];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotNull => "not_null",
            Self::Unique => "unique",
            Self::Accepted => "accepted",
            Self::Range => "range",
            Self::Length => "length",
            Self::Pattern => "pattern",
            Self::Castable => "castable",
            Self::RowCount => "row_count",
            Self::Freshness => "freshness",
            Self::References => "references",
            Self::Compare => "compare",
            Self::Aggregates => "aggregates",
            Self::Schema => "schema",
            Self::Metric => "metric",
            Self::Sql => "sql",
            Self::GapFree => "gap_free",
        }
    }

    /// What a rule of this kind measures, where it does not say otherwise.
    #[must_use]
    pub const fn dimension(self) -> Dimension {
        match self {
            Self::NotNull | Self::RowCount | Self::GapFree => Dimension::Completeness,
            Self::Unique => Dimension::Uniqueness,
            Self::Accepted | Self::Range | Self::Length | Self::Pattern | Self::Castable | Self::Schema => {
                Dimension::Validity
            }
            Self::References | Self::Compare | Self::Aggregates => Dimension::Consistency,
            Self::Freshness => Dimension::Timeliness,
            Self::Metric | Self::Sql => Dimension::Accuracy,
        }
    }

    /// Whether each row by itself passes or fails.
    #[must_use]
    pub const fn is_by_row(self) -> bool {
        matches!(
            self,
            Self::NotNull
                | Self::Accepted
                | Self::Range
                | Self::Length
                | Self::Pattern
                | Self::Castable
                | Self::Compare
        )
    }

    /// Whether failing rows are counted, so that a tolerance means something.
    #[must_use]
    pub const fn counts_rows(self) -> bool {
        self.is_by_row() || matches!(self, Self::Unique | Self::References | Self::Sql)
    }

    /// Whether what is measured has a course of which bounds can be learned: not one that is told by differences, gaps or a relation.
    #[must_use]
    pub const fn has_course(self) -> bool {
        !matches!(self, Self::Schema | Self::GapFree | Self::Aggregates)
    }

    /// Whether rows that were counted once need no second look, so that a watermark serves. The others need all rows (uniqueness,
    /// aggregates, gaps), depend on another dataset, or cost nothing.
    #[must_use]
    pub const fn goes_by_watermark(self) -> bool {
        self.is_by_row() || matches!(self, Self::RowCount)
    }
}

/// What a rule measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Nothing is missing.
    Completeness,
    /// Nothing is there twice.
    Uniqueness,
    /// Values have the form they must have.
    Validity,
    /// Values are those of the world.
    Accuracy,
    /// Values agree with others.
    Consistency,
    /// Data is there in time.
    Timeliness,
}

impl Dimension {
    /// All.
    pub const ALL: [Self; 6] = [
        Self::Completeness,
        Self::Uniqueness,
        Self::Validity,
        Self::Accuracy,
        Self::Consistency,
        Self::Timeliness,
    ];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Uniqueness => "uniqueness",
            Self::Validity => "validity",
            Self::Accuracy => "accuracy",
            Self::Consistency => "consistency",
            Self::Timeliness => "timeliness",
        }
    }
}

impl Check {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NotNull(_) => Kind::NotNull,
            Self::Unique(_) => Kind::Unique,
            Self::Accepted(_) => Kind::Accepted,
            Self::Range(_) => Kind::Range,
            Self::Length(_) => Kind::Length,
            Self::Pattern(_) => Kind::Pattern,
            Self::Castable(_) => Kind::Castable,
            Self::RowCount(_) => Kind::RowCount,
            Self::Freshness(_) => Kind::Freshness,
            Self::References(_) => Kind::References,
            Self::Compare(_) => Kind::Compare,
            Self::Aggregates(_) => Kind::Aggregates,
            Self::Schema(_) => Kind::Schema,
            Self::Metric(_) => Kind::Metric,
            Self::Sql(_) => Kind::Sql,
            Self::GapFree(_) => Kind::GapFree,
        }
    }

    /// The columns of the dataset that it names, in its order. What stands in SQL that somebody wrote is not among them.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        fn all(columns: &[String]) -> Vec<&str> {
            columns.iter().map(String::as_str).collect()
        }
        match self {
            Self::NotNull(check) => vec![&check.column],
            Self::Unique(check) => all(&check.columns),
            Self::Accepted(check) => vec![&check.column],
            Self::Range(check) => vec![&check.column],
            Self::Length(check) => vec![&check.column],
            Self::Pattern(check) => vec![&check.column],
            Self::Castable(check) => vec![&check.column],
            Self::Freshness(check) => vec![&check.column],
            Self::References(check) => all(&check.columns),
            Self::GapFree(check) => vec![&check.column],
            Self::RowCount(_)
            | Self::Compare(_)
            | Self::Aggregates(_)
            | Self::Schema(_)
            | Self::Metric(_)
            | Self::Sql(_) => Vec::new(),
        }
    }

    /// Where in the source it looks besides: the names of other datasets, as written.
    #[must_use]
    pub fn others(&self) -> Vec<&str> {
        match self {
            Self::References(check) => vec![&check.dataset],
            Self::Accepted(check) => check.from.iter().map(|from| from.dataset.as_str()).collect(),
            Self::Aggregates(check) => check.right.dataset.as_deref().into_iter().collect(),
            _ => Vec::new(),
        }
    }
}
