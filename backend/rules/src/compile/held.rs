//! What the source guarantees needs no scan.
//!
//! A guarantee holds for all rows, so for those of any filter too. The types of columns bind every dataset, views included; constraints
//! and lengths only where the source holds each row to them ([`crate::Shape::is_held`]).

use super::rows::is_castable_by_type;
use super::{Builder, Subject};
use crate::language::{Accepted, Check, NotNull, Nulls, Rule, Scalar};
use crate::outcome::{Held, HeldBy};
use crate::table::{Column, Constraint, Guarantee, Sort};

impl Subject<'_> {
    /// The constraint that holds a rule, if one does.
    pub(super) fn held(&self, rule: &Rule) -> Option<Held> {
        // A row without a value fails, and nothing said of values holds that.
        if rule.nulls == Nulls::Fail && !self.has_no_nulls(&rule.check) {
            return None;
        }
        match &rule.check {
            Check::NotNull(NotNull { column, blank: false }) if self.table.shape.is_held() => {
                self.table.not_null(column).map(held)
            }
            Check::Unique(check) if self.table.shape.is_held() => self.unique(&check.columns).map(held),
            Check::References(check) if self.table.shape.is_held() => {
                let there = self.others.get(&check.dataset)?;
                self.foreign_key(&check.columns, &there.path, &check.to).map(held)
            }
            Check::Accepted(Accepted { column, from: Some(from), .. }) if self.table.shape.is_held() => {
                let there = self.others.get(&from.dataset)?;
                let (here, to) = (std::slice::from_ref(column), std::slice::from_ref(&from.column));
                self.foreign_key(here, &there.path, to).map(held)
            }
            _ => self.by_type(&rule.check),
        }
    }

    /// A key of some of the columns: rows that differ in them differ in all.
    fn unique(&self, columns: &[String]) -> Option<&Constraint> {
        let within = |key: &[String]| !key.is_empty() && key.iter().all(|name| columns.contains(name));
        self.table.constraints.iter().find(|constraint| match &constraint.what {
            Guarantee::PrimaryKey(key) | Guarantee::Unique(key) => within(key),
            _ => false,
        })
    }

    /// A foreign key of the same pairs, in any order, or of one pair, to a dataset whose rows it looks at.
    fn foreign_key(&self, here: &[String], there: &[String], keys: &[String]) -> Option<&Constraint> {
        let mut wanted: Vec<_> = here.iter().zip(keys).collect();
        wanted.sort();
        self.table.constraints.iter().find(|constraint| match &constraint.what {
            Guarantee::ForeignKey { columns, to, keys } if to == there => {
                let mut pairs: Vec<_> = columns.iter().zip(keys).collect();
                pairs.sort();
                pairs == wanted
            }
            _ => false,
        })
    }

    fn by_type(&self, check: &Check) -> Option<Held> {
        let held = |column: &Column| Held { by: HeldBy::Type, name: column.written.clone() };
        match check {
            Check::Castable(check) => {
                let column = self.table.column(&check.column)?;
                is_castable_by_type(&column.sort, check.to).then(|| held(column))
            }
            Check::Length(check) if self.table.shape.is_held() => {
                let column = self.table.column(&check.column)?;
                let (Sort::Text(Some(length)) | Sort::Padded(Some(length))) = column.sort else {
                    return None;
                };
                let fits = check.max.is_some_and(|max| u64::from(length) <= max)
                    && check.min.is_none_or(|min| min == 0);
                fits.then(|| held(column))
            }
            Check::Accepted(Accepted { column, values: Some(values), .. }) => {
                let column = self.table.column(column)?;
                let takes = |label: &str| values.iter().any(|value| value.to_string() == label);
                let fits = match &column.sort {
                    Sort::Enumeration(labels) => labels.iter().all(|label| takes(label)),
                    Sort::Boolean => [true, false].iter().all(|flag| values.contains(&Scalar::Flag(*flag))),
                    _ => false,
                };
                fits.then(|| held(column))
            }
            _ => None,
        }
    }

    /// Whether the column of a check on values has a value in every row.
    fn has_no_nulls(&self, check: &Check) -> bool {
        let column = match check {
            Check::Accepted(check) => &check.column,
            Check::Length(check) => &check.column,
            Check::Castable(check) => &check.column,
            _ => return false,
        };
        self.table.shape.is_held() && self.table.not_null(column).is_some()
    }
}

impl Builder<'_> {
    /// Whether a column has a value in every row, so that nobody has to look.
    pub(super) fn is_filled(&self, column: &str) -> bool {
        self.subject.table.shape.is_held() && self.subject.table.not_null(column).is_some()
    }
}

fn held(constraint: &Constraint) -> Held {
    let by = match constraint.what {
        Guarantee::NotNull(_) => HeldBy::NotNull,
        Guarantee::PrimaryKey(_) => HeldBy::PrimaryKey,
        Guarantee::Unique(_) => HeldBy::Unique,
        Guarantee::ForeignKey { .. } => HeldBy::ForeignKey,
    };
    Held { by, name: constraint.name.clone() }
}
