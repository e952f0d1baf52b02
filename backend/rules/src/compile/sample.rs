//! The query of some failing rows, by their key, for one rule.

use super::beside::wherever;
use super::{Builder, Subject};
use crate::fault::Fault;
use crate::guard;
use crate::language::{Accepted, Check, Rule};
use crate::table::Table;

/// A query of failing rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The query; it gives at most as many rows as were asked for, whichever come first.
    pub sql: String,
    /// Its columns: the key's, then those that the rule concerns, as the dataset calls them. Of a query of one's own and of a comparison
    /// of expressions all that it gives, which is not known here: empty.
    pub columns: Vec<String>,
}

/// The query of at most `limit` failing rows. `None` where the rule does not want it ([`Rule::sample`]) or no rows fail (of a count, an
/// age, a metric).
///
/// # Errors
///
/// The rule does not fit the dataset.
pub fn sample(rule: &Rule, subject: &Subject<'_>, limit: u32) -> Result<Option<Sample>, Fault> {
    if !rule.sample || !rule.check.kind().counts_rows() {
        return Ok(None);
    }
    let builder = Builder::new(*subject);
    let filter = subject.filter(rule.filter.as_deref(), "where")?.map(|filter| filter.sql);
    if let Some(test) = subject.row_test(rule)? {
        let filters: Vec<String> = filter.into_iter().chain([test.test]).collect();
        let columns = if test.columns.is_empty() || test.risky && matches!(rule.check, Check::Compare(_)) {
            subject.table.columns.iter().map(|column| column.name.clone()).collect()
        } else {
            shown(subject.table, &test.columns)
        };
        return Ok(Some(builder.rows(columns, &filters, limit)));
    }
    match &rule.check {
        Check::Sql(check) => {
            let query = guard::query(subject.dialect, &check.query)
                .map_err(|wrong| Fault::new("check.sql.query", wrong))?;
            let sql = format!("{} LIMIT {limit}", guard::within(&query));
            Ok(Some(Sample { sql, columns: Vec::new() }))
        }
        Check::Unique(check) => {
            let keys = builder.quoted(&check.columns);
            let filters = builder.filters(filter.as_deref(), &check.columns);
            let twins = format!(
                "({keys}) IN (SELECT {keys} FROM {}{} GROUP BY {keys} HAVING count(*) > 1 LIMIT {limit})",
                builder.table(),
                wherever(&filters)
            );
            let filters: Vec<String> = filters.into_iter().chain([twins]).collect();
            Ok(Some(builder.rows(shown(subject.table, &check.columns), &filters, limit)))
        }
        Check::References(check) => {
            let there = subject.other(&check.dataset, "check.references.dataset")?;
            Ok(Some(builder.orphans(&check.columns, there, &check.to, filter.as_deref(), limit)))
        }
        Check::Accepted(Accepted { column, from: Some(from), .. }) => {
            let there = subject.other(&from.dataset, "check.accepted.from.dataset")?;
            let (here, keys) = (std::slice::from_ref(column), std::slice::from_ref(&from.column));
            Ok(Some(builder.orphans(here, there, keys, filter.as_deref(), limit)))
        }
        _ => Ok(None),
    }
}

/// The key's columns, then the others.
fn shown(table: &Table, columns: &[String]) -> Vec<String> {
    let mut shown = table.key().to_vec();
    shown.extend(columns.iter().filter(|name| !table.key().contains(name)).cloned());
    shown
}

impl Builder<'_> {
    fn rows(&self, columns: Vec<String>, filters: &[String], limit: u32) -> Sample {
        let listed = self.quoted(&columns);
        let sql = format!("SELECT {listed} FROM {}{} LIMIT {limit}", self.table(), wherever(filters));
        Sample { sql, columns }
    }

    fn orphans(
        &self,
        here: &[String],
        there: &Table,
        keys: &[String],
        filter: Option<&str>,
        limit: u32,
    ) -> Sample {
        let mut filters = self.filters(filter, here);
        filters.push(self.absent(here, there, keys));
        self.rows(shown(self.subject.table, here), &filters, limit)
    }
}
