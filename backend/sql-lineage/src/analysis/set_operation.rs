//! UNION, INTERSECT, EXCEPT: by position, or by name.

use std::rc::Rc;

use sqlparser::ast::{SetOperator, SetQuantifier};

use crate::lineage::EdgeKind;

use super::Analyzer;
use super::relation::{Column, Output};
use super::sources::Deps;

impl Analyzer<'_> {
    pub(super) fn set_operation(
        &mut self,
        op: SetOperator,
        quantifier: SetQuantifier,
        left: &Rc<Output>,
        right: &Rc<Output>,
    ) -> Rc<Output> {
        if matches!(op, SetOperator::Except | SetOperator::Minus) {
            // What is taken away decides rows; no value comes from it.
            let mut rows = left.rows.as_deref().unwrap_or_default().to_vec();
            for column in &right.columns {
                self.extend(&mut rows, &column.deps, EdgeKind::Filter);
            }
            self.extend(&mut rows, right.rows.as_deref().unwrap_or_default(), EdgeKind::Filter);
            let rows = Some(self.deps(rows));
            return Rc::new(Output { columns: left.columns.clone(), rows, branches: left.branches.clone() });
        }
        let by_name = matches!(
            quantifier,
            SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName
        );
        let same_shape = left.columns.len() == right.columns.len()
            && left.columns.iter().zip(&right.columns).all(|(a, b)| a.is_star() == b.is_star())
            && left.branches.is_empty()
            && right.branches.is_empty();
        if !by_name && (same_shape || (left.is_closed() && right.is_closed())) {
            return self.positional(left, right);
        }
        self.by_name(left, right)
    }

    /// Column by column; names from the left.
    pub(super) fn positional(&mut self, left: &Rc<Output>, right: &Rc<Output>) -> Rc<Output> {
        let mut columns = Vec::with_capacity(left.columns.len());
        for (i, column) in left.columns.iter().enumerate() {
            let Some(other) = right.columns.get(i) else {
                columns.push(column.clone());
                continue;
            };
            let stars = if column.is_star() {
                column.stars.iter().chain(&*other.stars).cloned().collect()
            } else {
                Rc::clone(&column.stars)
            };
            columns.push(Column { deps: self.union(&column.deps, &other.deps), stars, ..column.clone() });
        }
        Rc::new(Output { columns, rows: self.rows_of_both(left, right), branches: Vec::new() })
    }

    /// The columns of both, those of one name together.
    fn by_name(&mut self, left: &Rc<Output>, right: &Rc<Output>) -> Rc<Output> {
        let mut columns = left.columns.clone();
        for other in &right.columns {
            match columns.iter_mut().find(|column| column.name.key == other.name.key) {
                Some(column) => {
                    column.deps = self.union(&column.deps, &other.deps);
                    if column.is_star() {
                        column.stars = column.stars.iter().chain(&*other.stars).cloned().collect();
                    }
                }
                None => columns.push(other.clone()),
            }
        }
        let branches = if left.is_closed() && right.is_closed() {
            Vec::new()
        } else {
            vec![Rc::clone(left), Rc::clone(right)]
        };
        Rc::new(Output { columns, rows: self.rows_of_both(left, right), branches })
    }

    fn rows_of_both(&mut self, left: &Output, right: &Output) -> Option<Deps> {
        match (&left.rows, &right.rows) {
            (Some(left), Some(right)) => Some(self.union(left, right)),
            (one, other) => one.as_ref().or(other.as_ref()).map(Rc::clone),
        }
    }
}
