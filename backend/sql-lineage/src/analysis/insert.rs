//! INSERT, in all its forms, and the filling of a table from a query.

use std::rc::Rc;

use sqlparser::ast::{
    Assignment, Expr, Ident, Insert, MultiTableInsertIntoClause, MultiTableInsertValue, ObjectName,
    OnConflictAction, OnInsert, SetExpr, TableObject,
};

use crate::dialect::Dialect;
use crate::lineage::EdgeKind;
use crate::names::{Name, Symbol};

use super::relation::{Column, Output, Reach, Relation, Shape};
use super::scope::Scope;
use super::sources::{Dep, TableId};
use super::tables::{Columns, idents};
use super::{Analyzer, Effect, Written};

impl Analyzer<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Vec<Dep> {
        let output = insert.source.as_ref().map(|query| self.query(query, None)).unwrap_or_default();
        let mut rows = output.rows.as_deref().unwrap_or_default().to_vec();
        if insert.multi_table_insert_type.is_some() {
            self.insert_into_several(insert, &output, &mut rows);
            return rows;
        }
        let Some(target) = self.insert_target(&insert.table) else {
            return rows;
        };
        self.write(target);
        let listed: Vec<Name> = insert.columns.iter().filter_map(|column| self.last_name(column)).collect();
        let is_values = insert.source.as_ref().is_some_and(|query| matches!(*query.body, SetExpr::Values(_)));
        let fixed: Vec<Symbol> =
            insert.partitioned.iter().flatten().filter_map(|expr| self.fixed_partition(expr)).collect();
        let filled = self.fill(target, &output, &listed, &fixed, is_values);
        self.assignments(
            &insert.assignments,
            target,
            &filled,
            insert.table_alias.as_ref().map(|alias| &alias.alias),
        );
        self.output_into(insert.output.as_ref());
        match &insert.on {
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => {
                let alias = insert.insert_alias.as_ref().and_then(|alias| idents(&alias.row_alias).last());
                self.assignments(assignments, target, &filled, alias);
            }
            Some(OnInsert::OnConflict(conflict)) => {
                if let OnConflictAction::DoUpdate(update) = &conflict.action {
                    self.assignments(&update.assignments, target, &filled, None);
                }
            }
            _ => {}
        }
        rows
    }

    fn insert_target(&mut self, table: &TableObject) -> Option<TableId> {
        match table {
            TableObject::TableName(name) => self.write_target(name),
            TableObject::TableFunction(function) => {
                let args = match &function.args {
                    sqlparser::ast::FunctionArguments::List(list) => &list.args[..],
                    _ => &[],
                };
                let relation = self.table_function(&function.name, args, None, &Scope::default())?;
                relation.table.inspect(|&table| self.unread(table))
            }
            TableObject::TableQuery(_) => None,
        }
    }

    /// The table that a name in a writing position stands for.
    pub(super) fn write_target(&mut self, name: &ObjectName) -> Option<TableId> {
        let last = idents(name).last()?;
        if super::from::is_path(last) {
            let name = self.names.as_is(&last.value);
            return Some(self.tables.exactly(&[name], &self.names));
        }
        let parts = self.name_parts(name);
        // A variable is of no schema.
        if self.dialect == Dialect::MsSql && last.value.starts_with('@') {
            return Some(self.tables.exactly(&parts, &self.names));
        }
        Some(self.tables.named(&parts, &self.names))
    }

    pub(super) fn last_name(&mut self, name: &ObjectName) -> Option<Name> {
        idents(name).last().map(|ident| self.names.of(ident))
    }

    /// `PARTITION (ds = '2024-01-01')`: this column is not in the query.
    fn fixed_partition(&mut self, partition: &Expr) -> Option<Symbol> {
        match partition {
            Expr::BinaryOp { left, .. } => match &**left {
                Expr::Identifier(ident) => Some(self.names.of(ident).key),
                _ => None,
            },
            _ => None,
        }
    }

    /// Writes a query's columns to a table's, by position where the table's are known. Gives them back under their new names.
    pub(super) fn fill(
        &mut self,
        target: TableId,
        output: &Output,
        listed: &[Name],
        fixed: &[Symbol],
        is_values: bool,
    ) -> Vec<Column> {
        let mut names = listed.to_vec();
        if names.is_empty() {
            let (known, open) = self.tables.columns(target);
            if !open {
                names = known.iter().filter(|name| !fixed.contains(&name.key)).copied().collect();
            }
        }
        let mut columns = output.columns.clone();
        let fits = output.is_closed() && names.len() == columns.len();
        if fits {
            columns.iter_mut().zip(&names).for_each(|(column, name)| column.name = *name);
        } else if output.is_closed() && !listed.is_empty() && !is_values {
            self.warn(&format!("{} columns are listed, the query has {}", listed.len(), columns.len()));
        } else if !output.is_closed() && !names.is_empty() {
            name_around_star(&mut columns, &names);
        }
        if is_values && !fits {
            columns.clear();
        }
        self.remember(target, &columns);
        self.emit(Some(target), &columns);
        columns
    }

    /// A table of which nothing was known has at least these columns.
    fn remember(&mut self, target: TableId, columns: &[Column]) {
        let (known, open) = self.tables.columns(target);
        if !open || columns.is_empty() {
            return;
        }
        let mut names = known.to_vec();
        for column in columns.iter().filter(|column| !column.is_star()) {
            if !names.iter().any(|name| name.key == column.name.key) {
                names.push(column.name);
            }
        }
        self.tables.make(target, Columns::Made { names: Rc::from(names), open: true });
    }

    /// Makes a table of a query: its columns, under other names where they are given.
    pub(super) fn create_from(&mut self, target: TableId, output: &Rc<Output>, names: &[&Ident]) {
        self.write(target);
        self.effects.push(Effect::Created(target));
        let output = if names.is_empty() { Rc::clone(output) } else { self.renamed_to(output, names) };
        let known: Vec<Name> =
            output.columns.iter().filter(|column| !column.is_star()).map(|column| column.name).collect();
        self.tables.make(target, Columns::Made { names: Rc::from(known), open: !output.is_closed() });
        self.emit(Some(target), &output.columns);
    }

    /// `SET column = value`; `new` is how the values say that they mean the row to be inserted, besides `excluded`.
    fn assignments(
        &mut self,
        assignments: &[Assignment],
        target: TableId,
        filled: &[Column],
        new: Option<&Ident>,
    ) {
        if assignments.is_empty() {
            return;
        }
        let inserted = Rc::new(Output { columns: filled.to_vec(), ..Output::default() });
        let excluded = self.names.folded("excluded", false).key;
        let mut scope = Scope::default();
        let mut add = |alias: Symbol| {
            scope.relations.push(Relation {
                reach: Reach::QualifiedOnly,
                ..Relation::of(Some(alias), Shape::Listed(Rc::clone(&inserted)))
            });
        };
        add(excluded);
        if let Some(ident) = new {
            let key = self.names.of(ident).key;
            add(key);
        }
        let last = self.tables.name(target).last().to_owned();
        let alias = self.names.as_is(&last).key;
        scope
            .relations
            .push(Relation { table: Some(target), ..Relation::of(Some(alias), Shape::Table(target)) });
        for assignment in assignments {
            let deps = self.value_of(&assignment.value, &scope);
            for name in self.assignment_targets(&assignment.target) {
                self.emit_one(Written { table: Some(target), name, deps: Rc::clone(&deps), item: None });
            }
        }
    }

    /// `INSERT ALL INTO a … INTO b … SELECT …`, with or without WHEN.
    fn insert_into_several(&mut self, insert: &Insert, output: &Rc<Output>, rows: &mut Vec<Dep>) {
        let mut scope = Scope::default();
        scope.relations.push(Relation::of(None, Shape::Listed(Rc::clone(output))));
        self.clauses_of_several(&insert.multi_table_into_clauses, output, &scope);
        for when in &insert.multi_table_when_clauses {
            self.expr(&when.condition, EdgeKind::Filter, &scope, rows);
            self.clauses_of_several(&when.into_clauses, output, &scope);
        }
        self.clauses_of_several(
            insert.multi_table_else_clause.as_deref().unwrap_or_default(),
            output,
            &scope,
        );
    }

    fn clauses_of_several(
        &mut self,
        clauses: &[MultiTableInsertIntoClause],
        output: &Rc<Output>,
        scope: &Scope<'_>,
    ) {
        for clause in clauses {
            let Some(target) = self.write_target(&clause.table_name) else {
                continue;
            };
            self.write(target);
            let listed: Vec<Name> = clause.columns.iter().map(|ident| self.names.of(ident)).collect();
            let Some(values) = &clause.values else {
                self.fill(target, output, &listed, &[], false);
                continue;
            };
            let mut columns = Vec::new();
            for (i, value) in values.values.iter().enumerate() {
                let (name, deps) = match value {
                    MultiTableInsertValue::Expr(expr) => {
                        (self.natural_name(expr, i), self.value_of(expr, scope))
                    }
                    MultiTableInsertValue::Default => {
                        (self.names.as_is(&format!("_col{i}")), Rc::clone(&self.none))
                    }
                };
                columns.push(Column { name, deps, item: None, stars: Rc::from([]) });
            }
            let values = Output { columns, ..Output::default() };
            self.fill(target, &values, &listed, &[], false);
        }
    }
}

/// Names the columns before and behind the only star of a query, counted from both ends.
fn name_around_star(columns: &mut [Column], names: &[Name]) {
    let mut stars = columns.iter().enumerate().filter(|(_, column)| column.is_star()).map(|(i, _)| i);
    let (Some(star), None) = (stars.next(), stars.next()) else {
        return;
    };
    if columns.len() - 1 > names.len() {
        return;
    }
    let behind = columns.len() - star - 1;
    columns[..star].iter_mut().zip(names).for_each(|(column, name)| column.name = *name);
    columns[star + 1..]
        .iter_mut()
        .zip(&names[names.len() - behind..])
        .for_each(|(column, name)| column.name = *name);
}
