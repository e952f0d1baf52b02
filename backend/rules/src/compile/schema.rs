//! Columns against those expected: no row is looked at.

use super::Subject;
use crate::language::{SchemaColumn, SchemaIs};
use crate::outcome::Difference;

impl Subject<'_> {
    /// How the dataset's columns differ from what is expected.
    pub(super) fn differences(&self, check: &SchemaIs) -> Vec<Difference> {
        let mut differences: Vec<Difference> =
            check.columns.iter().filter_map(|expected| self.difference(expected)).collect();
        let is_expected = |name: &str| check.columns.iter().any(|column| column.name == name);
        if !check.others {
            let unexpected = self.table.columns.iter().filter(|column| !is_expected(&column.name));
            differences
                .extend(unexpected.map(|column| Difference::Unexpected { column: column.name.clone() }));
        }
        if check.ordered {
            differences.extend(self.out_of_order(check));
        }
        differences
    }

    fn difference(&self, expected: &SchemaColumn) -> Option<Difference> {
        let Some(found) = self.table.column(&expected.name) else {
            return Some(Difference::Missing { column: expected.name.clone() });
        };
        let written = expected.written.as_ref()?;
        (plain(written) != plain(&found.written)).then(|| Difference::Type {
            column: expected.name.clone(),
            expected: written.clone(),
            found: found.written.clone(),
        })
    }

    /// Columns that are there and stand at another place among those expected that are there.
    fn out_of_order(&self, check: &SchemaIs) -> Vec<Difference> {
        let expected: Vec<&str> = check
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .filter(|name| self.table.column(name).is_some())
            .collect();
        let found = self.table.columns.iter().map(|column| column.name.as_str());
        let found: Vec<&str> = found.filter(|name| expected.contains(name)).collect();
        let place = |name: &str| found.iter().position(|found| *found == name).map_or(0, |at| at + 1);
        expected
            .iter()
            .enumerate()
            .filter(|(i, name)| place(name) != i + 1)
            .map(|(i, name)| Difference::Order {
                column: (*name).to_owned(),
                expected: i + 1,
                found: place(name),
            })
            .collect()
    }
}

/// A type without case and needless blanks.
fn plain(written: &str) -> String {
    let mut plain = String::with_capacity(written.len());
    for word in written.to_lowercase().split_whitespace() {
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        if joins(plain.chars().last()) && joins(word.chars().next()) {
            plain.push(' ');
        }
        plain.push_str(word);
    }
    plain
}
