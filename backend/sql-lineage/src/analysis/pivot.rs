//! PIVOT and UNPIVOT: columns made from values, and back.

use std::rc::Rc;

use sqlparser::ast::{Expr, ExprWithAlias, Ident, PivotValueSource, TableAlias};

use crate::dialect::Dialect;
use crate::lineage::EdgeKind;
use crate::names::{Name, Symbol};

use super::Analyzer;
use super::relation::{Column, Output, Relation, Star};
use super::scope::Scope;
use super::sources::{Dep, Deps};

impl Analyzer<'_> {
    /// The columns that the aggregates do not use stay; each aggregate makes one for each value.
    pub(super) fn pivot(
        &mut self,
        inner: &Relation,
        aggregates: &[ExprWithAlias],
        value_columns: &[Expr],
        values: &PivotValueSource,
        outer: &Scope<'_>,
    ) -> Rc<Output> {
        let scope = Scope { relations: vec![inner.clone()], ..Scope::inside(outer.parent) };
        let mut deciding = Vec::new();
        self.exprs(value_columns, EdgeKind::Filter, &scope, &mut deciding);
        let mut used: Vec<Symbol> =
            deciding.iter().map(|dep| self.sources.get(dep.source).column.key).collect();
        used.extend(value_columns.iter().map(|expr| self.natural_name(expr, 0).key));
        let mut made: Vec<(Option<&Ident>, Deps)> = Vec::new();
        for aggregate in aggregates {
            let deps = self.value_of(&aggregate.expr, &scope);
            used.extend(self.columns_in(&aggregate.expr));
            let mut with_value = deps.to_vec();
            self.extend(&mut with_value, &deciding, EdgeKind::Filter);
            made.push((aggregate.alias.as_ref(), self.deps(with_value)));
        }
        let mut columns = self.all_but(inner, &used);
        match values {
            PivotValueSource::List(list) => {
                for value in list {
                    let value_name = match &value.alias {
                        Some(alias) => alias.value.clone(),
                        // Snowflake names the column as the literal is written, quotes and all.
                        None if self.dialect == Dialect::Snowflake => value.expr.to_string(),
                        None => plain_text(&value.expr),
                    };
                    for (alias, deps) in &made {
                        let name = self.pivoted_name(&value_name, *alias, aggregates.len());
                        columns.push(Column { name, deps: Rc::clone(deps), item: None, stars: Rc::from([]) });
                    }
                }
            }
            PivotValueSource::Any(_) | PivotValueSource::Subquery(_) => {
                if let PivotValueSource::Subquery(query) = values {
                    self.query(query, Some(&scope));
                }
                // Which columns there are depends on the data.
                let mut all: Vec<Dep> = Vec::new();
                made.iter().for_each(|(_, deps)| all.extend_from_slice(deps));
                let deps = self.deps(all);
                let star = Star { table: None, hidden: Rc::from([]), deps: Rc::clone(&deps) };
                columns.push(Column { name: self.names.star, deps, item: None, stars: Rc::from([star]) });
            }
        }
        Rc::new(Output { columns, ..Output::default() })
    }

    /// The alias of a pivot lists all columns or none: the last are those made from values, also where nobody knows how many stay.
    pub(super) fn pivot_called(&mut self, output: Rc<Output>, alias: Option<&TableAlias>) -> Rc<Output> {
        let names: Vec<&Ident> =
            alias.iter().flat_map(|alias| &alias.columns).map(|column| &column.name).collect();
        let Some(star) = output.columns.iter().rposition(Column::is_star) else {
            return output;
        };
        let (before, made) = output.columns.split_at(star + 1);
        let Some(stay) = names.len().checked_sub(made.len()).filter(|_| !names.is_empty()) else {
            return output;
        };
        let before = Rc::new(Output { columns: before.to_vec(), ..Output::default() });
        let mut columns = self.renamed_to(&before, &names[..stay]).columns.clone();
        for (column, ident) in made.iter().zip(&names[stay..]) {
            columns.push(Column { name: self.names.of(ident), ..column.clone() });
        }
        Rc::new(Output { columns, ..Output::default() })
    }

    fn pivoted_name(&mut self, value: &str, aggregate: Option<&Ident>, aggregates: usize) -> Name {
        let text = match aggregate {
            Some(alias) if self.dialect == Dialect::BigQuery => format!("{}_{value}", alias.value),
            Some(alias) if aggregates > 1 || !self.dialect.is_spark() => {
                format!("{value}_{}", alias.value)
            }
            _ => value.to_owned(),
        };
        self.names.as_is(&text)
    }

    /// The names of the columns that an expression mentions.
    fn columns_in(&mut self, expr: &Expr) -> Vec<Symbol> {
        let mut found = Vec::new();
        let mut note = |ident: &Ident| found.push(ident.clone());
        let _ = sqlparser::ast::visit_expressions(expr, |e: &Expr| {
            match e {
                Expr::Identifier(ident) => note(ident),
                Expr::CompoundIdentifier(idents) => idents.last().into_iter().for_each(&mut note),
                _ => {}
            }
            std::ops::ControlFlow::<()>::Continue(())
        });
        found.iter().map(|ident| self.names.of(ident).key).collect()
    }

    fn all_but(&mut self, inner: &Relation, used: &[Symbol]) -> Vec<Column> {
        let mut columns = self.all_columns(inner);
        columns.retain(|column| column.is_star() || !used.contains(&column.name.key));
        for column in columns.iter_mut().filter(|column| column.is_star()) {
            let hide = |star: &Star| Star {
                hidden: star.hidden.iter().chain(used).copied().collect(),
                ..star.clone()
            };
            column.stars = column.stars.iter().map(hide).collect();
        }
        columns
    }

    /// The columns listed become rows: their values in `value`, their names in `name`.
    pub(super) fn unpivot(
        &mut self,
        inner: &Relation,
        value: &Expr,
        name: &Ident,
        listed: &[ExprWithAlias],
    ) -> Rc<Output> {
        let values: Vec<&Expr> = parts(value);
        let scope = Scope { relations: vec![inner.clone()], ..Scope::default() };
        let mut from: Vec<Vec<Dep>> = vec![Vec::new(); values.len()];
        let (mut all, mut used) = (Vec::new(), Vec::new());
        for group in listed {
            for (i, column) in parts(&group.expr).into_iter().enumerate() {
                let deps = self.value_of(column, &scope);
                used.push(self.natural_name(column, i).key);
                self.extend(&mut all, &deps, EdgeKind::Condition);
                if let Some(out) = from.get_mut(i) {
                    self.extend(out, &deps, EdgeKind::Expression);
                }
            }
        }
        let mut columns = self.all_but(inner, &used);
        let of_name =
            Column { name: self.names.of(name), deps: self.deps(all), item: None, stars: Rc::from([]) };
        let mut of_values = Vec::new();
        for (expr, out) in values.into_iter().zip(from) {
            let name = self.natural_name(expr, 0);
            of_values.push(Column { name, deps: self.deps(out), item: None, stars: Rc::from([]) });
        }
        // Snowflake and T-SQL put the name first, the others the value: by name it makes no difference.
        columns.push(of_name);
        columns.extend(of_values);
        Rc::new(Output { columns, ..Output::default() })
    }
}

/// `(a, b)` as two, `a` as one.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Tuple(list) => list.iter().collect(),
        Expr::Nested(inner) => parts(inner),
        other => vec![other],
    }
}

fn plain_text(expr: &Expr) -> String {
    match expr {
        Expr::Value(value) => value.value.clone().into_string().unwrap_or_else(|| value.value.to_string()),
        Expr::Identifier(ident) => ident.value.clone(),
        other => other.to_string(),
    }
}
