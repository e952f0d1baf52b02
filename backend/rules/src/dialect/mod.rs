//! What differs between databases, in one place: how names and values are written, and the forms that the compiler builds on.
//!
//! **Values are literals**, not parameters. A literal takes the column's type, as in a query written by hand, so that the same indexes and
//! operators serve; the text is what is shown to people and can be copied; a long list of accepted values does not meet the limit of
//! parameters; and everything that is written passes [`Dialect::literal`] or [`Dialect::name`], whose texts cannot end early: they are
//! tested with quotes, backslashes and every other sign. NUL, which no text of a database holds, never gets here ([`crate::read`]).

mod postgresql;

use crate::fault::Wrong;
use crate::language::{CastTo, Named, Scalar, Step};
use crate::table::{Column, Sort};
use chrono::{DateTime, Utc};

/// A database's way of SQL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL from 12.
    #[default]
    PostgreSql,
}

/// SQL that gives true, false or null.
pub(crate) type Test = String;

impl Dialect {
    /// What can be done with values of a type, by how the source writes it. An enumeration's labels the caller knows.
    ///
    /// ```
    /// use rules::{Dialect, Sort};
    ///
    /// assert_eq!(Dialect::PostgreSql.sort_of("character varying(40)"), Sort::Text(Some(40)));
    /// assert_eq!(Dialect::PostgreSql.sort_of("json"), Sort::Opaque);
    /// ```
    #[must_use]
    pub fn sort_of(self, written: &str) -> Sort {
        match self {
            Self::PostgreSql => postgresql::sort_of(written),
        }
    }

    /// A name in quotes.
    #[must_use]
    pub fn name(self, name: &str) -> String {
        match self {
            Self::PostgreSql => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text as a literal. In PostgreSQL one with a backslash is written `E'…'`, which reads the same whatever
    /// `standard_conforming_strings` says.
    #[must_use]
    pub fn literal(self, text: &str) -> String {
        match self {
            Self::PostgreSql => postgresql::literal(text),
        }
    }

    pub(crate) fn path(self, path: &[String]) -> String {
        path.iter().map(|name| self.name(name)).collect::<Vec<_>>().join(".")
    }

    /// `SQL` dialect of the parser.
    pub(crate) const fn grammar(self) -> sql_lineage::Dialect {
        match self {
            Self::PostgreSql => sql_lineage::Dialect::Postgres,
        }
    }

    /// Outputs that a statement may have.
    pub(crate) const fn outputs(self) -> usize {
        match self {
            Self::PostgreSql => 1_000,
        }
    }

    /// How many rows pass these tests, all of them.
    pub(crate) fn count(self, tests: &[&str]) -> String {
        match self {
            Self::PostgreSql if tests.is_empty() => "count(*)".to_owned(),
            Self::PostgreSql => format!("count(*) FILTER (WHERE {})", tests.join(" AND ")),
        }
    }

    /// A column's values as text: of padded ones without the padding.
    pub(crate) fn text(self, column: &Column) -> String {
        let name = self.name(&column.name);
        match (self, &column.sort) {
            (Self::PostgreSql, Sort::Text(_)) => name,
            (Self::PostgreSql, _) => format!("{name}::text"),
        }
    }

    /// A value as text; what is given is one operand.
    pub(crate) fn as_text(self, sql: &str) -> String {
        match self {
            Self::PostgreSql => format!("{sql}::text"),
        }
    }

    /// A value that stands against a column: of its type, checked before it is written.
    pub(crate) fn value(self, column: &Column, value: &Scalar, now: DateTime<Utc>) -> Result<String, Wrong> {
        match self {
            Self::PostgreSql => postgresql::value(column, value, now),
        }
    }

    /// A value that the source gave earlier as text, as a literal of the column's type.
    pub(crate) fn mark(self, column: &Column, low: &str) -> Result<String, Wrong> {
        let wrong = || Wrong::Value { value: low.to_owned(), written: column.written.clone() };
        match (self, &column.sort) {
            (Self::PostgreSql, Sort::Integer(_) | Sort::Decimal) => {
                crate::language::Decimal::parse(low).map(|number| number.to_string()).ok_or_else(wrong)
            }
            (Self::PostgreSql, Sort::Date) => Ok(format!("{}::date", self.literal(low))),
            (Self::PostgreSql, Sort::Timestamp) => Ok(format!("{}::timestamp", self.literal(low))),
            (Self::PostgreSql, Sort::Instant) => Ok(format!("{}::timestamptz", self.literal(low))),
            _ => Err(wrong()),
        }
    }

    /// Whether a text has nothing but blanks.
    pub(crate) fn blank(self, text: &str) -> Test {
        match self {
            Self::PostgreSql => format!("btrim({text}, E' \\t\\n\\r') = ''"),
        }
    }

    /// The length of a text in characters, of a byte string in bytes.
    pub(crate) fn length(self, column: &Column) -> String {
        match (self, &column.sort) {
            (Self::PostgreSql, Sort::Bytes) => format!("octet_length({})", self.name(&column.name)),
            (Self::PostgreSql, _) => format!("char_length({})", self.text(column)),
        }
    }

    /// Whether a text is not like a regular expression of the database's own kind.
    pub(crate) fn unlike(self, text: &str, pattern: &str) -> Test {
        match self {
            Self::PostgreSql => format!("{text} !~ {}", self.literal(pattern)),
        }
    }

    /// Whether a text is not of a named pattern.
    pub(crate) fn unlike_named(self, text: &str, named: Named) -> Test {
        match self {
            Self::PostgreSql => postgresql::unlike_named(text, named),
        }
    }

    /// Whether a text cannot be read as a type. Never raises an error, whatever the text.
    pub(crate) fn not_castable(self, text: &str, to: CastTo) -> Test {
        match self {
            Self::PostgreSql => postgresql::not_castable(text, to),
        }
    }

    /// Whether a number is NaN.
    pub(crate) fn is_nan(self, column: &Column) -> Test {
        match self {
            Self::PostgreSql => format!("{} = 'NaN'", self.name(&column.name)),
        }
    }

    /// Seconds since 1970 of the newest value, as text.
    pub(crate) fn newest(self, column: &Column, zone: &str, tests: &[&str]) -> String {
        match self {
            Self::PostgreSql => postgresql::newest(column, zone, tests),
        }
    }

    /// Whether a value of a watermark is neither NaN nor infinite; none where all are.
    pub(crate) fn finite(self, column: &Column) -> Option<Test> {
        match self {
            Self::PostgreSql => postgresql::finite(column),
        }
    }

    /// The query of (steps from the least to the greatest value as text, how many of them are there).
    pub(crate) fn steps(self, table: &str, column: &Column, step: Step, tests: &[&str]) -> String {
        match self {
            Self::PostgreSql => postgresql::steps(table, column, step, tests),
        }
    }
}
