//! UPDATE, DELETE, MERGE: the tables that they change are written, the others that they look at are read.

use std::rc::Rc;

use sqlparser::ast::{
    Assignment, AssignmentTarget, Delete, FromTable, Merge, MergeAction, MergeInsertExpr, MergeInsertKind,
    MergeUpdateKind, ObjectName, OutputClause, TableFactor, TableWithJoins, Update, UpdateTableFromKind,
};

use crate::dialect::Dialect;
use crate::lineage::EdgeKind;
use crate::names::Name;

use super::relation::{Column, Output, Relation, Shape};
use super::scope::Scope;
use super::sources::{Dep, TableId};
use super::tables::idents;
use super::{Analyzer, Written};

impl Analyzer<'_> {
    pub(super) fn update(&mut self, update: &Update) -> Vec<Dep> {
        self.changed.clear();
        let mut rows = Vec::new();
        let mut scope = Scope::default();
        let from: &[TableWithJoins] = match &update.from {
            Some(UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) => from,
            None => &[],
        };
        self.from(from, &mut scope, &mut rows);
        // T-SQL names the target by its alias in FROM.
        let target = match named_only(&update.table.relation).and_then(|name| self.called_in(name, &scope)) {
            Some(relation) => Some(relation),
            None => {
                let before = scope.relations.len();
                self.factor(&update.table.relation, &mut scope, &mut rows);
                scope.relations.get(before).cloned()
            }
        };
        update.table.joins.iter().for_each(|join| self.join(join, &mut scope, &mut rows));
        let Some(target) = target else { return rows };
        for assignment in &update.assignments {
            self.assign(assignment, &target, &scope);
        }
        if update.assignments.is_empty() {
            self.change(&target, None);
        }
        update.selection.iter().for_each(|filter| self.expr(filter, EdgeKind::Filter, &scope, &mut rows));
        self.sorting(&update.order_by, EdgeKind::Sort, &scope, &mut rows);
        self.output_into(update.output.as_ref());
        rows
    }

    /// `target.column = value`.
    fn assign(&mut self, assignment: &Assignment, target: &Relation, scope: &Scope<'_>) {
        let deps = self.value_of(&assignment.value, scope);
        let names = match &assignment.target {
            AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
            AssignmentTarget::Tuple(names) => names,
        };
        // `(a, b) = (SELECT x, y …)`, `(a, b) = (x, y)`: value by value.
        let each = self.values_of(&assignment.value, names.len(), scope);
        for (i, name) in names.iter().enumerate() {
            let relation = if name.0.len() > 1 { self.qualified_target(name, scope) } else { None };
            let column = if relation.is_none() { self.column_of_field(name, target) } else { None };
            let Some(column) = column.or_else(|| self.last_name(name)) else {
                continue;
            };
            let deps = each.as_ref().map_or(&deps, |each| &each[i]);
            if let Some(table) = self.change(relation.as_ref().unwrap_or(target), Some(column)) {
                self.emit_one(Written {
                    table: Some(table),
                    name: column,
                    deps: Rc::clone(deps),
                    item: None,
                });
            }
        }
    }

    fn values_of(
        &mut self,
        value: &sqlparser::ast::Expr,
        count: usize,
        scope: &Scope<'_>,
    ) -> Option<Vec<super::sources::Deps>> {
        use sqlparser::ast::Expr;
        if count < 2 {
            return None;
        }
        let each: Vec<_> = match value {
            Expr::Tuple(list) => list.iter().map(|expr| self.value_of(expr, scope)).collect(),
            Expr::Subquery(query) => {
                self.query(query, Some(scope)).columns.iter().map(|column| Rc::clone(&column.deps)).collect()
            }
            _ => return None,
        };
        (each.len() == count).then_some(each)
    }

    pub(super) fn assignment_targets(&mut self, target: &AssignmentTarget) -> Vec<Name> {
        match target {
            AssignmentTarget::ColumnName(name) => self.last_name(name).into_iter().collect(),
            AssignmentTarget::Tuple(names) => names.iter().filter_map(|name| self.last_name(name)).collect(),
        }
    }

    /// `SET person.name = …` where `person` is a column: the column. `None`: it is a relation, or such things are not in this dialect.
    fn column_of_field(&mut self, name: &ObjectName, target: &Relation) -> Option<Name> {
        let has_fields = matches!(
            self.dialect,
            Dialect::BigQuery | Dialect::Spark | Dialect::Databricks | Dialect::Postgres | Dialect::DuckDb
        );
        if !has_fields || name.0.len() < 2 {
            return None;
        }
        let mut parts = self.name_parts(name).into_iter();
        let first = parts.next()?;
        if target.alias == Some(first.key) { parts.next() } else { Some(first) }
    }

    /// The relation whose column is assigned: MySQL and T-SQL write `alias.column`.
    fn qualified_target(&mut self, name: &ObjectName, scope: &Scope<'_>) -> Option<Relation> {
        let qualifier = idents(name).nth(name.0.len().checked_sub(2)?)?;
        let key = self.names.of(qualifier).key;
        scope.called(key).cloned()
    }

    /// A relation is changed: its table is written, not read. Behind a CTE the table is the one that the column is of.
    fn change(&mut self, relation: &Relation, column: Option<Name>) -> Option<TableId> {
        let table = match (relation.table, &relation.shape, column) {
            (Some(table), _, _) => table,
            (None, Shape::Listed(_), Some(column)) => {
                let mut deps = Vec::new();
                self.push_column_of(relation, column, EdgeKind::Identity, &mut deps);
                deps.iter().find_map(|dep| self.sources.get(dep.source).table)?
            }
            (None, Shape::Listed(output), None) => self.only_table_of(output)?,
            _ => return None,
        };
        if !self.changed.contains(&table) {
            self.changed.push(table);
            self.unread(table);
            self.write(table);
        }
        Some(table)
    }

    /// The table that all columns of a query are of: what DELETE from a CTE deletes from (T-SQL).
    fn only_table_of(&self, output: &Output) -> Option<TableId> {
        let deps = output.columns.iter().flat_map(|column| column.deps.iter());
        let mut tables: Vec<TableId> = deps.filter_map(|dep| self.sources.get(dep.source).table).collect();
        tables.sort_unstable();
        tables.dedup();
        if let [table] = tables[..] { Some(table) } else { None }
    }

    fn called_in(&mut self, name: &ObjectName, scope: &Scope<'_>) -> Option<Relation> {
        let parts = self.name_parts(name);
        match parts[..] {
            [alias] => scope.called(alias.key).cloned(),
            _ => None,
        }
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Vec<Dep> {
        self.changed.clear();
        let mut rows = Vec::new();
        let mut scope = Scope::default();
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        if let Some(using) = &delete.using {
            self.from(using, &mut scope, &mut rows);
        }
        let mut targets: Vec<Relation> = Vec::new();
        for item in from {
            // MySQL's USING names the targets again; T-SQL's FROM may name one by its alias.
            if let Some(again) = named_only(&item.relation).and_then(|name| self.called_in(name, &scope)) {
                targets.push(again);
                continue;
            }
            let before = scope.relations.len();
            self.table_with_joins(item, &mut scope, &mut rows);
            targets.extend(scope.relations.get(before).cloned());
        }
        if !delete.tables.is_empty() {
            targets.clear();
            for name in &delete.tables {
                match self.called_in(name, &scope) {
                    Some(relation) => targets.push(relation),
                    None => targets.extend(self.table(name)),
                }
            }
        }
        for target in &targets {
            self.change(target, None);
        }
        delete.selection.iter().for_each(|filter| self.expr(filter, EdgeKind::Filter, &scope, &mut rows));
        self.output_into(delete.output.as_ref());
        rows
    }

    pub(super) fn merge_statement(&mut self, merge: &Merge) -> Vec<Dep> {
        self.changed.clear();
        let mut rows = Vec::new();
        let mut scope = Scope::default();
        self.factor(&merge.source, &mut scope, &mut rows);
        let sources = scope.relations.len();
        self.factor(&merge.table, &mut scope, &mut rows);
        let Some(target) = scope.relations.get(sources).cloned() else {
            return rows;
        };
        let source = scope.relations[..sources].to_vec();
        self.expr(&merge.on, EdgeKind::Join, &scope, &mut rows);
        let Some(table) = self.change(&target, None) else {
            return rows;
        };
        for clause in &merge.clauses {
            clause
                .predicate
                .iter()
                .for_each(|predicate| self.expr(predicate, EdgeKind::Filter, &scope, &mut rows));
            match &clause.action {
                MergeAction::Insert(insert) => self.merge_insert(insert, table, &source, &scope),
                MergeAction::Update(update) => match &update.kind {
                    MergeUpdateKind::Set(assignments) => {
                        assignments.iter().for_each(|assignment| self.assign(assignment, &target, &scope));
                    }
                    MergeUpdateKind::Wildcard => self.merge_all(table, &source),
                },
                MergeAction::Delete { .. } | MergeAction::DoNothing { .. } => {}
            }
        }
        rows
    }

    fn merge_insert(
        &mut self,
        insert: &MergeInsertExpr,
        table: TableId,
        source: &[Relation],
        scope: &Scope<'_>,
    ) {
        let MergeInsertKind::Values(values) = &insert.kind else {
            self.merge_all(table, source);
            return;
        };
        let listed: Vec<Name> = insert.columns.iter().filter_map(|column| self.last_name(column)).collect();
        for row in &values.rows {
            let mut columns = Vec::new();
            for (i, expr) in row.content.iter().enumerate() {
                let (name, deps) = (self.natural_name(expr, i), self.value_of(expr, scope));
                columns.push(Column { name, deps, item: None, stars: Rc::from([]) });
            }
            let output = Output { columns, ..Default::default() };
            self.fill(table, &output, &listed, &[], false);
        }
    }

    /// `OUTPUT inserted.a INTO log (a)` (T-SQL): the changed rows go to another table too.
    pub(super) fn output_into(&mut self, output: Option<&OutputClause>) {
        let Some(OutputClause::Output { select_items, into_table: Some(into), .. }) = output else { return };
        let Some(&changed) = self.writes.last() else { return };
        let mut scope = Scope::default();
        for alias in ["inserted", "deleted"] {
            let key = self.names.folded(alias, false).key;
            scope
                .relations
                .push(Relation { table: Some(changed), ..Relation::of(Some(key), Shape::Table(changed)) });
        }
        let mut columns = Vec::new();
        select_items.iter().for_each(|item| self.item(item, None, &mut scope, &mut columns));
        for target in into.targets.iter().filter_map(|target| self.table_of_expr(target)).collect::<Vec<_>>()
        {
            self.write(target);
            self.fill(target, &Output { columns: columns.clone(), ..Output::default() }, &[], &[], false);
        }
    }

    /// `INSERT ROW`, `INSERT *`, `UPDATE SET *`: every column of the source, by name.
    fn merge_all(&mut self, table: TableId, source: &[Relation]) {
        for relation in source {
            let columns = self.all_columns(relation);
            self.emit(Some(table), &columns);
        }
    }
}

/// The name of a table without alias.
fn named_only(factor: &TableFactor) -> Option<&ObjectName> {
    match factor {
        TableFactor::Table { name, alias: None, args: None, .. } => Some(name),
        _ => None,
    }
}
