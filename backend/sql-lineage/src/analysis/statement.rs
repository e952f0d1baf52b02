//! Which statement is what. What writes tables is in `insert`, `change` and `define`; what moves no data ends here.

use hashbrown::hash_map::Entry;
use std::rc::Rc;

use sqlparser::ast::{
    ConditionalStatements, FromTable, Ident, Query, Select, SelectItem, SetExpr, Statement, TableFactor,
    TableWithJoins, UpdateTableFromKind, Use,
};
use sqlparser::tokenizer::Span;

use crate::dialect::{Dialect, UseMeans};
use crate::lineage::{Severity, StatementKind};
use crate::names::Name;

use super::relation::{Column, Output, Relation};
use super::scope::Scope;
use super::sources::{Dep, TableId};
use super::tables::idents;
use super::{Analyzer, Facts, Written};

impl Analyzer<'_> {
    /// The facts of a statement.
    pub(crate) fn facts(&mut self, statement: &Statement) -> Facts {
        self.facts_of(|analyzer| analyzer.statement(statement))
    }

    /// The facts of what `work` does; it says what kind of statement it was and what decides its rows.
    pub(crate) fn facts_of(&mut self, work: impl FnOnce(&mut Self) -> (StatementKind, Vec<Dep>)) -> Facts {
        let most = self.options.limits.steps;
        if self.steps > most {
            self.note(Severity::Error, format!("more than {most} steps before: not analysed"), Span::empty());
        }
        let (kind, rows) = work(self);
        let rows = self.deps(rows);
        let mut reads = std::mem::take(&mut self.reads);
        let mut seen = hashbrown::HashSet::new();
        reads.retain(|table| seen.insert(*table));
        self.ctes.clear();
        self.emitted.clear();
        Facts {
            kind,
            reads,
            writes: std::mem::take(&mut self.writes),
            columns: std::mem::take(&mut self.written),
            rows,
            effects: std::mem::take(&mut self.effects),
            notes: std::mem::take(&mut self.notes),
        }
    }

    /// Facts of what cannot be analysed, or need not be.
    pub(crate) fn nothing(&mut self, kind: StatementKind) -> Facts {
        self.facts_of(|_| (kind, Vec::new()))
    }

    /// Several statements as one: the body of a procedure, of IF.
    pub(crate) fn block(&mut self, statements: &[Statement]) -> Vec<Dep> {
        let mut rows = Vec::new();
        for statement in statements {
            let (kind, mut of_statement) = self.statement(statement);
            rows.append(&mut of_statement);
            if kind == StatementKind::Query {
                // What a query returns inside a block goes nowhere.
                let (kept, _): (Vec<Written>, Vec<Written>) =
                    std::mem::take(&mut self.written).into_iter().partition(|column| column.table.is_some());
                self.emitted.clear();
                kept.into_iter().for_each(|column| self.emit_one(column));
            }
        }
        rows
    }

    pub(super) fn statement(&mut self, statement: &Statement) -> (StatementKind, Vec<Dep>) {
        use StatementKind as K;
        match statement {
            Statement::Query(query) => self.query_statement(query),
            Statement::Insert(insert) => (K::Insert, self.insert(insert)),
            Statement::Update(update) => (K::Update, self.update(update)),
            Statement::Delete(delete) => (K::Delete, self.delete(delete)),
            Statement::Merge(merge) => (K::Merge, self.merge_statement(merge)),
            Statement::Use(name) => {
                self.use_statement(name);
                (K::Use, Vec::new())
            }
            Statement::If(statement) => {
                let blocks = std::iter::once(&statement.if_block)
                    .chain(&statement.elseif_blocks)
                    .chain(&statement.else_block);
                let mut rows = Vec::new();
                blocks.for_each(|block| {
                    rows.append(&mut self.conditional(&block.conditional_statements));
                });
                (K::Other, rows)
            }
            Statement::While(statement) => {
                (K::Other, self.conditional(&statement.while_block.conditional_statements))
            }
            Statement::Case(statement) => {
                let mut rows = Vec::new();
                let blocks = statement.when_blocks.iter().chain(&statement.else_block);
                blocks.for_each(|block| {
                    rows.append(&mut self.conditional(&block.conditional_statements));
                });
                (K::Other, rows)
            }
            Statement::StartTransaction { statements, .. } => (K::Other, self.block(statements)),
            Statement::CreateProcedure { body, .. } => (K::CreateProcedure, self.conditional(body)),
            _ => self.definition(statement),
        }
    }

    fn conditional(&mut self, statements: &ConditionalStatements) -> Vec<Dep> {
        match statements {
            ConditionalStatements::Sequence { statements } => self.block(statements),
            ConditionalStatements::BeginEnd(block) => self.block(&block.statements),
        }
    }

    /// A query alone, `SELECT … INTO table`, or a statement behind a WITH.
    fn query_statement(&mut self, query: &Query) -> (StatementKind, Vec<Dep>) {
        if let SetExpr::Insert(statement)
        | SetExpr::Update(statement)
        | SetExpr::Delete(statement)
        | SetExpr::Merge(statement) = &*query.body
        {
            if let Some(with) = &query.with {
                self.with(with, None);
            }
            return self.statement(statement);
        }
        let output = self.query(query, None);
        let rows = output.rows.as_deref().unwrap_or_default().to_vec();
        if let Some(name) = self.swapped_partitions(query) {
            return name;
        }
        if let Some(into) = first_select(&query.body).and_then(|select| select.into.as_ref()) {
            let targets: Vec<TableId> =
                into.targets.iter().filter_map(|target| self.table_of_expr(target)).collect();
            if let [target] = targets[..] {
                self.create_from(target, &output, &[]);
                return (StatementKind::CreateTableAs, rows);
            }
        }
        self.emit(None, &output.columns);
        (StatementKind::Query, rows)
    }

    /// The table that `SELECT … INTO` names; variables are none.
    pub(super) fn table_of_expr(&mut self, target: &sqlparser::ast::Expr) -> Option<TableId> {
        use sqlparser::ast::Expr;
        let parts: Vec<Name> = match target {
            Expr::Identifier(ident) if !ident.value.starts_with(['@', ':']) => {
                vec![self.names.of(ident)]
            }
            Expr::CompoundIdentifier(idents) => idents.iter().map(|ident| self.names.of(ident)).collect(),
            // `OUTPUT … INTO log (a, b)` reads as a call.
            Expr::Function(function) => self.name_parts(&function.name),
            _ => return None,
        };
        if matches!(self.dialect, Dialect::MySql | Dialect::Oracle) {
            return None;
        }
        Some(self.tables.named(&parts, &self.names))
    }

    /// Vertica: `SELECT swap_partitions_between_tables('from', …, 'to')`.
    fn swapped_partitions(&mut self, query: &Query) -> Option<(StatementKind, Vec<Dep>)> {
        use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments};
        let SetExpr::Select(select) = &*query.body else {
            return None;
        };
        let [SelectItem::UnnamedExpr(Expr::Function(function))] = &select.projection[..] else {
            return None;
        };
        let last = idents(&function.name).last()?;
        if !last.value.eq_ignore_ascii_case("swap_partitions_between_tables") {
            return None;
        }
        let FunctionArguments::List(list) = &function.args else {
            return None;
        };
        let mut named = |argument: Option<&FunctionArg>| {
            let FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value))) = argument? else {
                return None;
            };
            let text = value.value.clone().into_string()?;
            let parts: Vec<Name> = text.split('.').map(|part| self.names.folded(part, false)).collect();
            Some(self.tables.named(&parts, &self.names))
        };
        let (from, to) = (named(list.args.first())?, named(list.args.last())?);
        self.reads.push(from);
        self.write(to);
        Some((StatementKind::Alter, Vec::new()))
    }

    fn use_statement(&mut self, name: &Use) {
        let mut parts = |name: &sqlparser::ast::ObjectName| self.name_parts(name);
        match name {
            Use::Catalog(name) => {
                let parts = parts(name);
                self.tables.use_default(&parts, UseMeans::Catalog);
            }
            Use::Database(name) => {
                let parts = parts(name);
                let means =
                    if self.dialect == Dialect::Snowflake { UseMeans::Catalog } else { UseMeans::Schema };
                self.tables.use_default(&parts, means);
            }
            Use::Schema(name) => {
                let parts = parts(name);
                self.tables.use_default(&parts, UseMeans::Schema);
            }
            Use::Object(name) => {
                let parts = parts(name);
                self.tables.use_default(&parts, self.dialect.use_means());
            }
            Use::Default => self.tables.use_default(&[], UseMeans::Schema),
            Use::Warehouse(_) | Use::Role(_) | Use::SecondaryRoles(_) => {}
        }
    }

    /// A statement that stands as a CTE and returns rows (PostgreSQL: `WITH moved AS (DELETE … RETURNING *)`).
    pub(super) fn nested_statement(&mut self, statement: &Statement) -> Rc<Output> {
        let before = self.writes.len();
        self.statement(statement);
        let returning = match statement {
            Statement::Insert(insert) => insert.returning.as_deref(),
            Statement::Update(update) => update.returning.as_deref(),
            Statement::Delete(delete) => delete.returning.as_deref(),
            _ => None,
        };
        let (Some(items), Some(&target)) = (returning, self.writes.get(before).or(self.writes.last())) else {
            return Rc::default();
        };
        self.reads.push(target);
        // What is beside the target was read when the statement was: it is looked at again, and counts once.
        let reads = self.reads.len();
        let columns = self.returned(items, target, statement);
        self.reads.truncate(reads);
        Rc::new(Output { columns, ..Output::default() })
    }

    fn returned(&mut self, items: &[SelectItem], target: TableId, statement: &Statement) -> Vec<Column> {
        let mut scope = Scope::default();
        let (alias, beside) = target_and_others(statement);
        let alias = match alias {
            Some(ident) => self.names.of(ident).key,
            None => {
                let last = self.tables.name(target).last().to_owned();
                self.names.as_is(&last).key
            }
        };
        scope.relations.push(Relation {
            table: Some(target),
            ..Relation::of(Some(alias), super::relation::Shape::Table(target))
        });
        self.from(beside, &mut scope, &mut Vec::new());
        let mut columns = Vec::new();
        items.iter().for_each(|item| self.item(item, None, &mut scope, &mut columns));
        columns
    }

    /// Says what columns a table gets, or (`None`) what columns are returned.
    pub(super) fn emit(&mut self, table: Option<TableId>, columns: &[Column]) {
        for column in columns {
            self.emit_one(Written {
                table,
                name: column.name,
                deps: Rc::clone(&column.deps),
                item: column.item,
            });
        }
    }

    pub(super) fn emit_one(&mut self, column: Written) {
        // One column of a table is one, however often the statement writes it; a query may return two of one name.
        if column.table.is_none() && column.name != self.names.star {
            self.written.push(column);
            return;
        }
        match self.emitted.entry((column.table, column.name.key)) {
            Entry::Occupied(place) => {
                let at = *place.get();
                let before = Rc::clone(&self.written[at].deps);
                self.written[at].deps = self.union(&before, &column.deps);
            }
            Entry::Vacant(place) => {
                place.insert(self.written.len());
                self.written.push(column);
            }
        }
    }

    /// Forgets that a table was read once: it stood there to be written.
    pub(super) fn unread(&mut self, table: TableId) {
        if let Some(at) = self.reads.iter().position(|read| *read == table) {
            self.reads.remove(at);
        }
    }

    pub(super) fn warn(&mut self, message: &str) {
        self.note(Severity::Warning, message.to_owned(), Span::empty());
    }
}

fn alias_of(factor: &TableFactor) -> Option<&Ident> {
    match factor {
        TableFactor::Table { alias, .. } => alias.as_ref().map(|alias| &alias.name),
        _ => None,
    }
}

/// The alias of what a statement changes, and the FROM or USING beside it.
fn target_and_others(statement: &Statement) -> (Option<&Ident>, &[TableWithJoins]) {
    match statement {
        Statement::Insert(insert) => (insert.table_alias.as_ref().map(|alias| &alias.alias), &[]),
        Statement::Update(update) => {
            let beside = match &update.from {
                Some(UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) => &from[..],
                None => &[],
            };
            (alias_of(&update.table.relation), beside)
        }
        Statement::Delete(delete) => {
            let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
            let target = from.first().and_then(|item| alias_of(&item.relation));
            (target, delete.using.as_deref().unwrap_or_default())
        }
        _ => (None, &[]),
    }
}

fn first_select(body: &SetExpr) -> Option<&Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::SetOperation { left, .. } => first_select(left),
        SetExpr::Query(query) => first_select(&query.body),
        _ => None,
    }
}
