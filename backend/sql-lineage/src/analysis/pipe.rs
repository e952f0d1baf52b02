//! BigQuery's and Spark's pipe syntax: `FROM t |> WHERE … |> SELECT …`.

use std::rc::Rc;

use sqlparser::ast::{Expr, Ident, PipeOperator, Query};

use crate::lineage::EdgeKind;
use crate::names::Symbol;

use super::Analyzer;
use super::relation::{Column, Output, Relation, Shape};
use super::scope::Scope;
use super::sources::{Dep, Deps};

impl Analyzer<'_> {
    /// What one operator makes of a table.
    pub(super) fn pipe(
        &mut self,
        operator: &PipeOperator,
        input: Rc<Output>,
        parent: Option<&Scope<'_>>,
    ) -> Rc<Output> {
        let mut scope = Scope::inside(parent);
        scope.relations.push(Relation::of(None, Shape::Listed(Rc::clone(&input))));
        let mut columns = input.columns.clone();
        let mut rows: Vec<Dep> = input.rows.as_deref().unwrap_or_default().to_vec();
        match operator {
            PipeOperator::Where { expr } => self.expr(expr, EdgeKind::Filter, &scope, &mut rows),
            PipeOperator::OrderBy { exprs } => {
                self.sorting(exprs, EdgeKind::Sort, &scope, &mut rows);
            }
            PipeOperator::Select { exprs } => {
                columns.clear();
                exprs.iter().for_each(|item| self.item(item, None, &mut scope, &mut columns));
            }
            PipeOperator::Extend { exprs } => {
                exprs.iter().for_each(|item| self.item(item, None, &mut scope, &mut columns));
            }
            PipeOperator::Set { assignments } => {
                for assignment in assignments {
                    let deps = self.value_of(&assignment.value, &scope);
                    let target = self.assignment_targets(&assignment.target).first().copied();
                    if let Some(column) =
                        columns.iter_mut().find(|column| Some(column.name.key) == target.map(|name| name.key))
                    {
                        column.deps = deps;
                    }
                }
            }
            PipeOperator::Drop { columns: dropped } => {
                let keys: Vec<Symbol> = dropped.iter().map(|ident| self.names.of(ident).key).collect();
                columns.retain(|column| !keys.contains(&column.name.key));
            }
            PipeOperator::Rename { mappings } => {
                for mapping in mappings {
                    let (old, new) = (self.names.of(&mapping.ident), self.names.of(&mapping.alias));
                    columns
                        .iter_mut()
                        .filter(|column| column.name.key == old.key)
                        .for_each(|column| column.name = new);
                }
            }
            PipeOperator::Aggregate { full_table_exprs, group_by_expr } => {
                columns.clear();
                for by in group_by_expr {
                    self.expr(&by.expr.expr, EdgeKind::Group, &scope, &mut rows);
                    self.aliased(&by.expr.expr, by.expr.alias.as_ref(), &scope, &mut columns);
                }
                for value in full_table_exprs {
                    self.aliased(&value.expr.expr, value.expr.alias.as_ref(), &scope, &mut columns);
                }
            }
            PipeOperator::Union { queries, .. } | PipeOperator::Intersect { queries, .. } => {
                return self.piped_set(input, queries, parent);
            }
            PipeOperator::Except { queries, .. } => {
                for query in queries {
                    let other = self.query(query, parent);
                    for column in &other.columns {
                        self.extend(&mut rows, &column.deps, EdgeKind::Filter);
                    }
                }
            }
            PipeOperator::Join(join) => {
                self.join(join, &mut scope, &mut rows);
                columns = self.star(&scope);
            }
            PipeOperator::Pivot { aggregate_functions, value_column, value_source, .. } => {
                let value_column: Vec<Expr> = value_column.iter().cloned().map(Expr::Identifier).collect();
                let inner = scope.relations.remove(0);
                return self.pivot(&inner, aggregate_functions, &value_column, value_source, &scope);
            }
            PipeOperator::Limit { .. }
            | PipeOperator::As { .. }
            | PipeOperator::TableSample { .. }
            | PipeOperator::Call { .. }
            | PipeOperator::Unpivot { .. } => {}
        }
        let rows: Option<Deps> = (!rows.is_empty()).then(|| self.deps(rows));
        Rc::new(Output { columns, rows, branches: Vec::new() })
    }

    fn aliased(&mut self, expr: &Expr, alias: Option<&Ident>, scope: &Scope<'_>, columns: &mut Vec<Column>) {
        let name = match alias {
            Some(alias) => self.names.of(alias),
            None => self.natural_name(expr, columns.len()),
        };
        let deps = self.value_of(expr, scope);
        columns.push(Column { name, deps, item: None, stars: Rc::from([]) });
    }

    fn piped_set(&mut self, input: Rc<Output>, queries: &[Query], parent: Option<&Scope<'_>>) -> Rc<Output> {
        let mut output = input;
        for query in queries {
            let other = self.query(query, parent);
            output = self.positional(&output, &other);
        }
        output
    }
}
