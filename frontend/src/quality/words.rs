//! The closed sets of quality. Their words are those of the rule language and of the store.

use crate::T;
use crate::lineage::words::words;
use crate::markup::{Status, Tone};

words! {
    /// The kinds of checks, as the rule language calls them.
    Kind, "rule-kind" {
        /// Every row has a value.
        NotNull = "not_null",
        /// No two rows have the same values.
        Unique = "unique",
        /// Values are of a list, or of a column elsewhere.
        Accepted = "accepted",
        /// Numbers, dates and times lie within bounds.
        Range = "range",
        /// Texts have a length within bounds.
        Length = "length",
        /// Texts look like this.
        Pattern = "pattern",
        /// Texts can be read as another type.
        Castable = "castable",
        /// So many rows.
        RowCount = "row_count",
        /// The newest value is young enough.
        Freshness = "freshness",
        /// Every value is there in another dataset.
        References = "references",
        /// Two columns of a row stand in a relation.
        Compare = "compare",
        /// Two aggregates stand in a relation.
        Aggregates = "aggregates",
        /// The columns are as expected.
        Schema = "schema",
        /// An aggregate of one's own lies within bounds.
        Metric = "metric",
        /// A query of one's own gives the failing rows.
        Sql = "sql",
        /// No step is left out.
        GapFree = "gap_free",
    }
}

impl Kind {
    /// The key of what its value is: the heading of its chart, with `columns`.
    #[must_use]
    pub fn measures_key(self) -> String {
        format!("rule-measures-{}", self.as_str().replace('_', "-"))
    }

    /// Whether failing rows are counted, so that a tolerance means something.
    #[must_use]
    pub const fn counts_rows(self) -> bool {
        !matches!(
            self,
            Self::RowCount | Self::Freshness | Self::Aggregates | Self::Schema | Self::Metric | Self::GapFree
        )
    }

    /// Whether it looks at the value of a row, so that a row without one may pass or fail.
    #[must_use]
    pub const fn looks_at_values(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Range | Self::Length | Self::Pattern | Self::Castable | Self::Compare
        )
    }

    /// Whether it may look at some rows only. A query of one's own says so itself; a schema has no rows.
    #[must_use]
    pub const fn takes_where(self) -> bool {
        !matches!(self, Self::Sql | Self::Schema)
    }

    /// Whether what is measured has a course of which bounds can be learned.
    #[must_use]
    pub const fn has_course(self) -> bool {
        !matches!(self, Self::Schema | Self::GapFree | Self::Aggregates)
    }

    /// Whether a watermark serves.
    #[must_use]
    pub const fn goes_by_watermark(self) -> bool {
        self.looks_at_values() || matches!(self, Self::NotNull | Self::RowCount)
    }
}

words! {
    /// What a rule measures.
    Dimension, "dimension" {
        /// Nothing is missing.
        Completeness = "completeness",
        /// Nothing is there twice.
        Uniqueness = "uniqueness",
        /// Values have the form they must have.
        Validity = "validity",
        /// Values are those of the world.
        Accuracy = "accuracy",
        /// Values agree with others.
        Consistency = "consistency",
        /// Data is there in time.
        Timeliness = "timeliness",
    }
}

words! {
    /// How bad it is where a rule fails: the severity of rules and incidents.
    Gravity, "gravity" {
        /// To be looked at some time.
        Low = "low",
        /// To be looked at.
        Medium = "medium",
        /// To be looked at now.
        High = "high",
    }
}

impl Gravity {
    /// What a rule of this severity counts in a score.
    #[must_use]
    pub const fn weight(self) -> i64 {
        match self {
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 3,
        }
    }
}

words! {
    /// How a rule stands now.
    RuleState, "rule-state" {
        /// Its last run did not hold.
        Failing = "failing",
        /// Its last run could not be measured.
        Error = "error",
        /// Its last run held only just.
        Warning = "warning",
        /// Its last run held.
        Passing = "passing",
        /// A constraint of the source guarantees it: no run is needed.
        Held = "held",
        /// Measured, and nothing to compare with yet.
        Open = "open",
        /// It never ran.
        NotRun = "not_run",
        /// Somebody muted it for a while.
        Muted = "muted",
        /// Switched off.
        Disabled = "disabled",
    }
}

impl RuleState {
    /// The tone: shape and colour.
    #[must_use]
    pub const fn tone(self) -> Tone {
        match self {
            Self::Failing | Self::Error => Tone::Fail,
            Self::Warning => Tone::Warn,
            Self::Passing | Self::Held => Tone::Pass,
            Self::Open | Self::NotRun | Self::Disabled => Tone::None,
            Self::Muted => Tone::Held,
        }
    }

    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        Status { tone: self.tone(), word: t.w(&self) }
    }
}

words! {
    /// What became of a run of a rule.
    Verdict, "verdict" {
        /// It holds.
        Pass = "pass",
        /// It holds only just.
        Warn = "warn",
        /// It does not hold.
        Fail = "fail",
        /// It could not be measured.
        Error = "error",
        /// It was measured, and there is nothing to compare with yet.
        Open = "open",
        /// It was due and did not run: the one time that was caught up stands for it.
        Missed = "missed",
    }
}

impl Verdict {
    /// The tone: shape and colour.
    #[must_use]
    pub const fn tone(self) -> Tone {
        match self {
            Self::Pass => Tone::Pass,
            Self::Warn => Tone::Warn,
            Self::Fail | Self::Error => Tone::Fail,
            Self::Open | Self::Missed => Tone::None,
        }
    }

    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        Status { tone: self.tone(), word: t.w(&self) }
    }
}

words! {
    /// What sort of constraint holds a rule.
    HeldBy, "held-by" {
        /// NOT NULL.
        NotNull = "not_null",
        /// A primary key.
        PrimaryKey = "primary_key",
        /// A unique constraint or index.
        Unique = "unique",
        /// A foreign key.
        ForeignKey = "foreign_key",
        /// The column's type.
        Type = "type",
    }
}

words! {
    /// How an incident stands.
    IncidentState, "incident-state" {
        /// Nobody has said that they look at it.
        Open = "open",
        /// Somebody looks at it.
        Acknowledged = "acknowledged",
        /// Nobody is told about it for a while.
        Muted = "muted",
        /// Over: a run passed, or somebody said so.
        Resolved = "resolved",
    }
}

impl IncidentState {
    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        let tone = match self {
            Self::Open => Tone::Fail,
            Self::Acknowledged => Tone::Warn,
            Self::Muted => Tone::Held,
            Self::Resolved => Tone::Pass,
        };
        Status { tone, word: t.w(&self) }
    }
}

words! {
    /// Whose result it is that came from outside.
    Outside, "outside" {
        /// A dbt test.
        Dbt = "dbt",
        /// An assertion told by OpenLineage.
        OpenLineage = "openlineage",
    }
}

words! {
    /// Patterns with a name.
    Named, "rule-pattern" {
        /// An e-mail address.
        Email = "email",
        /// A web address.
        Url = "url",
        /// A date.
        Date = "date",
        /// A date with a time.
        Timestamp = "timestamp",
        /// A phone number.
        Phone = "phone",
        /// A Chinese mobile number.
        ChinaMobile = "china_mobile",
        /// A Chinese resident id, with its check digit.
        ChinaResidentId = "china_resident_id",
        /// A UUID.
        Uuid = "uuid",
        /// An IPv4 address.
        Ipv4 = "ipv4",
        /// An IPv6 address.
        Ipv6 = "ipv6",
    }
}

words! {
    /// Types that a text can be read as.
    CastTo, "rule-cast" {
        /// True or false.
        Boolean = "boolean",
        /// A whole number of 32 bit.
        Integer = "integer",
        /// A whole number of 64 bit.
        Bigint = "bigint",
        /// A number.
        Decimal = "decimal",
        /// A date.
        Date = "date",
        /// A date with a time.
        Timestamp = "timestamp",
        /// A UUID.
        Uuid = "uuid",
    }
}

words! {
    /// An earlier time with which is compared.
    Past, "rule-past" {
        /// The day before.
        Yesterday = "yesterday",
        /// The same weekday, a week ago.
        LastWeek = "last_week",
    }
}

words! {
    /// A step without gaps.
    Step, "rule-step" {
        /// The next whole number.
        One = "one",
        /// The next day.
        Day = "day",
    }
}

words! {
    /// A relation; its words in the language are the signs ([`Operator::sign`]).
    Operator, "rule-operator" {
        /// Less than.
        Less = "less",
        /// At most.
        AtMost = "at_most",
        /// The same.
        Same = "same",
        /// Not the same.
        Other = "other",
        /// At least.
        AtLeast = "at_least",
        /// More than.
        More = "more",
    }
}

impl Operator {
    /// As in the rule language, and as the form sends it.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Same => "=",
            Self::Other => "<>",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }
}
