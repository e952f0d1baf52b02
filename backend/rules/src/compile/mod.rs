//! From rules to a plan: what each rule reads, gathered into as few statements as can be.
//!
//! * Everything that one pass over the dataset can tell is **one scan** of aggregates, whatever the rules' filters are: a rule's filter
//!   stands in its aggregates (`count(*) FILTER (WHERE filter AND failing)`); where all have the same, it stands in WHERE, so that an index
//!   can serve. Two rules that need the same number share it, as all share the number of rows.
//! * An aggregate of one's own with a filter cannot carry it inside, so there is one more scan for each such filter, which takes over
//!   the other rules with the same.
//! * Uniqueness, references and gaps are **one statement** of a derived table each: measured, that takes less than grouping sets (0.6 of
//!   them) or one pass with outer joins (0.55 of it).
//! * What reads from a mark on is one statement for each watermark and mark.
//! * A query of one's own is a statement by itself: nobody knows how long it takes.
//!
//! What is held by a constraint or needs no row is settled here.

mod beside;
mod builder;
mod held;
mod rows;
mod sample;
mod schema;
mod settle;

pub(crate) use builder::Builder;
pub use sample::{Sample, sample};

use crate::dialect::Dialect;
use crate::fault::{Fault, Wrong};
use crate::guard;
use crate::language::Rule;
use crate::plan::{Mark, Plan};
use crate::table::{Column, Table};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// For what rules are compiled.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The database's way of SQL.
    pub dialect: Dialect,
    /// The dataset.
    pub table: &'a Table,
    /// Other datasets of the source by the names that rules use ([`crate::Check::others`]); what is not here does not exist for them.
    pub others: &'a BTreeMap<String, Table>,
    /// What rules mean by `now`.
    pub now: DateTime<Utc>,
    /// Up to where rows were counted already, by the rules' names; a rule with a watermark and without a mark counts all.
    pub marks: &'a BTreeMap<String, Mark>,
}

/// Compiles all rules that are due on a dataset. A rule that does not fit it takes none with it: its outcome is an error that says why.
pub fn compile<'r>(rules: impl IntoIterator<Item = &'r Rule>, subject: &Subject<'_>) -> Plan {
    let mut builder = Builder::new(*subject);
    for rule in rules {
        builder.add(rule);
    }
    builder.finish()
}

/// Looks whether a rule fits a dataset: columns, types, values, SQL.
///
/// # Errors
///
/// The first thing that does not fit.
pub fn check(rule: &Rule, subject: &Subject<'_>) -> Result<(), Fault> {
    Builder::new(*subject).try_add(rule).map(|_| ())
}

/// A name of a constraint's column or of a rule's, found.
impl<'a> Subject<'a> {
    fn column(&self, name: &str, at: &str) -> Result<&'a Column, Fault> {
        column(self.table, name, at)
    }

    fn other(&self, name: &str, at: &str) -> Result<&'a Table, Fault> {
        let missing = || Fault::new(at, Wrong::NoDataset { dataset: name.to_owned() });
        self.others.get(name).ok_or_else(missing)
    }

    /// The rule's filter, looked at.
    fn filter(&self, text: Option<&str>, at: &str) -> Result<Option<guard::Looked>, Fault> {
        text.map(|text| guard::expression(self.dialect, text).map_err(|wrong| Fault::new(at, wrong)))
            .transpose()
    }
}

fn column<'t>(table: &'t Table, name: &str, at: &str) -> Result<&'t Column, Fault> {
    let missing = || Fault::new(at, Wrong::NoColumn { column: name.to_owned() });
    table.column(name).ok_or_else(missing)
}

fn misfit(column: &Column, at: &str) -> Fault {
    Fault::new(at, Wrong::Type { column: column.name.clone(), written: column.written.clone() })
}
