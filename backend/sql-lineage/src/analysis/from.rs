//! The FROM clause: tables, subqueries, joins, LATERAL, and what only looks like a table. Table functions are in [`super::table_function`].

use std::rc::Rc;

use sqlparser::ast::{
    Ident, Join, JoinConstraint, JoinOperator, ObjectName, TableAlias, TableFactor, TableVersion,
    TableWithJoins,
};

use crate::dialect::Dialect;
use crate::lineage::EdgeKind;
use crate::names::Name;

use super::Analyzer;
use super::relation::{Column, Has, Output, Reach, Relation, Shape};
use super::scope::Scope;
use super::sources::{Dep, Deps};
use super::tables::idents;

impl Analyzer<'_> {
    /// Brings the relations of a FROM clause into a scope; `rows` takes what its joins and subqueries filter by.
    pub(super) fn from(&mut self, from: &[TableWithJoins], scope: &mut Scope<'_>, rows: &mut Vec<Dep>) {
        let mut arrays = false;
        for item in from {
            match &item.relation {
                // `ARRAY JOIN a, b`: what follows the comma is an array too.
                TableFactor::Table { name, alias, .. } if arrays => {
                    self.array(name, alias.as_ref(), scope);
                }
                _ => self.table_with_joins(item, scope, rows),
            }
            let is_array = |join: &Join| {
                matches!(
                    join.join_operator,
                    JoinOperator::ArrayJoin | JoinOperator::LeftArrayJoin | JoinOperator::InnerArrayJoin
                )
            };
            arrays = item.joins.last().map_or(arrays && item.joins.is_empty(), is_array);
        }
    }

    pub(super) fn table_with_joins(
        &mut self,
        item: &TableWithJoins,
        scope: &mut Scope<'_>,
        rows: &mut Vec<Dep>,
    ) {
        self.factor(&item.relation, scope, rows);
        item.joins.iter().for_each(|join| self.join(join, scope, rows));
    }

    pub(super) fn join(&mut self, join: &Join, scope: &mut Scope<'_>, rows: &mut Vec<Dep>) {
        use JoinOperator as J;
        if matches!(join.join_operator, J::ArrayJoin | J::LeftArrayJoin | J::InnerArrayJoin)
            && let TableFactor::Table { name, alias, .. } = &join.relation
        {
            self.array(name, alias.as_ref(), scope);
            return;
        }
        let before = scope.relations.len();
        self.factor(&join.relation, scope, rows);
        match &join.join_operator {
            J::Join(on)
            | J::Inner(on)
            | J::Left(on)
            | J::LeftOuter(on)
            | J::Right(on)
            | J::RightOuter(on)
            | J::FullOuter(on)
            | J::CrossJoin(on)
            | J::StraightJoin(on)
            | J::RightSemi(on)
            | J::RightAnti(on) => self.constraint(on, before, scope, rows),
            J::Semi(on) | J::LeftSemi(on) | J::Anti(on) | J::LeftAnti(on) => {
                self.constraint(on, before, scope, rows);
                scope.relations[before..].iter_mut().for_each(|relation| relation.reach = Reach::NoStar);
            }
            J::AsOf { match_condition, constraint } => {
                self.expr(match_condition, EdgeKind::Join, scope, rows);
                self.constraint(constraint, before, scope, rows);
            }
            J::CrossApply | J::OuterApply | J::ArrayJoin | J::LeftArrayJoin | J::InnerArrayJoin => {}
        }
    }

    fn constraint(
        &mut self,
        constraint: &JoinConstraint,
        before: usize,
        scope: &mut Scope<'_>,
        rows: &mut Vec<Dep>,
    ) {
        match constraint {
            JoinConstraint::On(expr) => self.expr(expr, EdgeKind::Join, scope, rows),
            JoinConstraint::Using(columns) => {
                for ident in columns.iter().filter_map(|column| idents(column).last()) {
                    let name = self.names.of(ident);
                    self.merge(name, before, scope, rows);
                }
            }
            JoinConstraint::Natural => {
                for name in self.common_columns(before, scope) {
                    self.merge(name, before, scope, rows);
                }
            }
            JoinConstraint::None => {}
        }
    }

    /// Makes one column of the two of this name on both sides of a join.
    fn merge(&mut self, name: Name, before: usize, scope: &mut Scope<'_>, rows: &mut Vec<Dep>) {
        let having = |range: std::ops::Range<usize>, wanted: Has| {
            range.filter(|&i| self.has(&scope.relations[i], name) == wanted).collect::<Vec<usize>>()
        };
        let side = |range: std::ops::Range<usize>| {
            let sure = having(range.clone(), Has::Yes);
            if sure.is_empty() { having(range, Has::Open) } else { sure }
        };
        let right = side(before..scope.relations.len());
        let known = scope.merged.iter().position(|(key, _)| *key == name.key);
        let left = known.map_or_else(|| side(0..before), |i| scope.merged[i].1.clone());
        let of: Vec<usize> = left.into_iter().chain(right).collect();
        for relation in of.iter().filter_map(|&i| scope.relations.get(i)) {
            self.push_column_of(relation, name, EdgeKind::Join, rows);
        }
        match known {
            Some(i) => scope.merged[i].1 = of,
            None => scope.merged.push((name.key, of)),
        }
    }

    fn common_columns(&mut self, before: usize, scope: &Scope<'_>) -> Vec<Name> {
        let mut names = |range: &[Relation]| -> Vec<Name> {
            let columns = range.iter().flat_map(|relation| self.all_columns(relation));
            columns.filter(|column| !column.is_star()).map(|column| column.name).collect()
        };
        let (left, right) = scope.relations.split_at(before);
        let (left, right) = (names(left), names(right));
        right.into_iter().filter(|name| left.iter().any(|other| other.key == name.key)).collect()
    }

    /// Brings one item of FROM into the scope.
    pub(super) fn factor(&mut self, factor: &TableFactor, scope: &mut Scope<'_>, rows: &mut Vec<Dep>) {
        let from = scope.relations.len();
        match factor {
            TableFactor::Table { name, alias, args, version, .. } => {
                let is_stage = idents(name).next().is_some_and(|ident| ident.value.starts_with('@'));
                if args.is_none() && self.is_array_of_sibling(name, scope) {
                    self.array(name, alias.as_ref(), scope);
                    return;
                }
                let relation = match args {
                    Some(args) if !is_stage => self.table_function(name, &args.args, alias.as_ref(), scope),
                    _ => {
                        let relation = self.table(name);
                        self.called_by(relation, alias.as_ref())
                    }
                };
                if let Some(TableVersion::Function(expr) | TableVersion::ForSystemTimeAsOf(expr)) = version {
                    self.expr(expr, EdgeKind::Join, scope, rows);
                }
                scope.relations.extend(relation);
            }
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                let sees_siblings = *lateral || self.dialect == Dialect::MsSql;
                let output = if sees_siblings {
                    self.query(subquery, Some(scope))
                } else {
                    self.query(subquery, scope.parent)
                };
                let relation =
                    self.called_by(Some(Relation::of(None, Shape::Listed(output))), alias.as_ref());
                scope.relations.extend(relation);
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                self.nested_join(table_with_joins, alias.as_ref(), scope, rows);
            }
            TableFactor::Pivot { table, aggregate_functions, value_column, value_source, alias, .. } => {
                let inner = self.inner_relation(table, scope, rows);
                let output = self.pivot(&inner, aggregate_functions, value_column, value_source, scope);
                let output = self.pivot_called(output, alias.as_ref());
                let relation =
                    self.called_by(Some(Relation::of(inner.alias, Shape::Listed(output))), alias.as_ref());
                scope.relations.extend(relation);
            }
            TableFactor::Unpivot { table, value, name, columns, alias, .. } => {
                let inner = self.inner_relation(table, scope, rows);
                let output = self.unpivot(&inner, value, name, columns);
                let relation =
                    self.called_by(Some(Relation::of(inner.alias, Shape::Listed(output))), alias.as_ref());
                scope.relations.extend(relation);
            }
            TableFactor::MatchRecognize { .. } => self.match_recognize(factor, scope, rows),
            TableFactor::SemanticView { name, alias, .. } => {
                let relation = self.table(name);
                let relation = self.called_by(relation, alias.as_ref());
                scope.relations.extend(relation);
            }
            _ => {
                let relation = self.unusual(factor, scope);
                scope.relations.extend(relation);
            }
        }
        for relation in &scope.relations[from..] {
            if let Shape::Listed(output) = &relation.shape
                && let Some(deps) = output.rows.clone()
            {
                self.extend(rows, &deps, EdgeKind::Identity);
            }
        }
    }

    /// `FROM t, t.items AS item` (BigQuery, Redshift): not a table `items` of a schema `t`, but a column of the table before.
    fn is_array_of_sibling(&mut self, name: &ObjectName, scope: &Scope<'_>) -> bool {
        let has_these = matches!(self.dialect, Dialect::BigQuery | Dialect::Redshift);
        let Some(first) = idents(name).next().filter(|_| has_these && name.0.len() > 1) else { return false };
        let key = self.names.of(first).key;
        scope.called(key).is_some()
    }

    /// The relation of a table name: a CTE, a table, a path. None: a name that stands for no table (`dual`).
    pub(super) fn table(&mut self, name: &ObjectName) -> Option<Relation> {
        let last = idents(name).last()?;
        if is_path(last) {
            return Some(self.path(&last.value));
        }
        // A stage, with or without a path in it.
        if self.dialect == Dialect::Snowflake
            && idents(name).next().is_some_and(|ident| ident.value.starts_with('@'))
        {
            let text: Vec<&str> = idents(name).map(|ident| ident.value.as_str()).collect();
            return Some(self.path(&text.join(".")));
        }
        if name.0.len() == 1 && last.value.eq_ignore_ascii_case("dual") {
            return Some(Relation::of(None, Shape::Any(Rc::clone(&self.none))));
        }
        // A variable that holds a table (T-SQL): no table of the database. What the text put into it is passed on.
        if self.dialect == Dialect::MsSql && last.value.starts_with('@') {
            let variable = self.names.of(last);
            if let Some(table) = self.tables.known(variable.key) {
                self.reads.push(table);
                return Some(Relation {
                    table: Some(table),
                    ..Relation::of(Some(variable.key), Shape::Table(table))
                });
            }
            return Some(Relation::of(Some(self.names.of(last).key), Shape::Any(Rc::clone(&self.none))));
        }
        let parts = self.name_parts(name);
        Some(self.table_or_cte(&parts))
    }

    /// A file or folder that is read as a table.
    pub(super) fn path(&mut self, path: &str) -> Relation {
        let name = self.names.as_is(path);
        let table = self.tables.exactly(&[name], &self.names);
        self.reads.push(table);
        Relation { table: Some(table), ..Relation::of(Some(name.key), Shape::Table(table)) }
    }

    /// A relation under its alias, and its columns under theirs.
    pub(super) fn called_by(
        &mut self,
        relation: Option<Relation>,
        alias: Option<&TableAlias>,
    ) -> Option<Relation> {
        let mut relation = relation?;
        let Some(alias) = alias else {
            return Some(relation);
        };
        relation.alias = Some(self.names.of(&alias.name).key);
        if !alias.columns.is_empty() {
            let columns: Vec<&Ident> = alias.columns.iter().map(|column| &column.name).collect();
            let output = match &relation.shape {
                Shape::Listed(output) => self.renamed_to(&Rc::clone(output), &columns),
                Shape::Any(deps) => self.listed(&columns, &Rc::clone(deps)),
                Shape::Table(_) => {
                    let columns_before = self.all_columns(&relation);
                    self.renamed_to(
                        &Rc::new(Output { columns: columns_before, ..Output::default() }),
                        &columns,
                    )
                }
            };
            relation.shape = Shape::Listed(output);
        }
        Some(relation)
    }

    /// Columns of these names, each from the same.
    pub(super) fn listed(&mut self, columns: &[&Ident], deps: &Deps) -> Rc<Output> {
        let names: Vec<Name> = columns.iter().map(|ident| self.names.of(ident)).collect();
        Rc::new(Output {
            columns: names.into_iter().map(|name| self.plain_column(name, deps)).collect(),
            ..Output::default()
        })
    }

    pub(super) fn plain_column(&mut self, name: Name, deps: &Deps) -> Column {
        let deps = self.through(deps, EdgeKind::Expression);
        Column { name, deps, item: None, stars: Rc::from([]) }
    }

    fn nested_join(
        &mut self,
        nested: &TableWithJoins,
        alias: Option<&TableAlias>,
        scope: &mut Scope<'_>,
        rows: &mut Vec<Dep>,
    ) {
        let offset = scope.relations.len();
        let (relations, merged) = {
            let mut inner = Scope::inside(Some(scope));
            self.table_with_joins(nested, &mut inner, rows);
            let columns = alias.map(|_| self.star(&inner));
            match columns {
                Some(columns) => {
                    let output = Rc::new(Output { columns, ..Output::default() });
                    let relation = self.called_by(Some(Relation::of(None, Shape::Listed(output))), alias);
                    (relation.into_iter().collect(), Vec::new())
                }
                None => (inner.relations, inner.merged),
            }
        };
        scope.relations.extend(relations);
        let shifted = merged.into_iter().map(|(key, of)| (key, of.into_iter().map(|i| i + offset).collect()));
        scope.merged.extend(shifted);
    }

    /// The one relation inside PIVOT, UNPIVOT, MATCH_RECOGNIZE.
    pub(super) fn inner_relation(
        &mut self,
        factor: &TableFactor,
        scope: &mut Scope<'_>,
        rows: &mut Vec<Dep>,
    ) -> Relation {
        let mut relations = {
            let mut inner = Scope::inside(Some(scope));
            self.factor(factor, &mut inner, rows);
            inner.relations
        };
        match relations.len() {
            1 => relations.remove(0),
            _ => {
                let inner = Scope { relations, ..Scope::default() };
                let columns = self.star(&inner);
                Relation::of(None, Shape::Listed(Rc::new(Output { columns, ..Output::default() })))
            }
        }
    }

    pub(super) fn listed_as(&mut self, columns: &[&str], deps: &Deps) -> Shape {
        let names: Vec<Name> = columns.iter().map(|column| self.names.folded(column, false)).collect();
        let columns = names.into_iter().map(|name| self.plain_column(name, deps)).collect();
        Shape::Listed(Rc::new(Output { columns, ..Output::default() }))
    }
}

/// Whether a name is a file's or folder's.
pub(super) fn is_path(ident: &Ident) -> bool {
    let text = &ident.value;
    ident.quote_style == Some('\'')
        || text.contains("://")
        || (ident.quote_style.is_some() && text.starts_with('/'))
        || text.starts_with("@") && text.contains('/')
}
