//! CREATE, ALTER, DROP, RENAME, and copies between tables and files.

use std::rc::Rc;

use sqlparser::ast::{
    AlterTable, AlterTableOperation, CreateFunction, CreateFunctionBody, CreateTable, CreateTableLikeKind,
    CreateView, DataType, Expr, FunctionReturnType, Ident, MacroDefinition, ObjectName, ObjectType,
    RenameTableNameKind, SetExpr, Statement,
};

use crate::dialect::Dialect;
use crate::lineage::StatementKind;
use crate::names::Name;
use crate::prepass::OnlyTables;

use super::copy::text_of;
use super::relation::Output;
use super::scope::Scope;
use super::sources::{Dep, TableId};
use super::tables::Columns;
use super::{Analyzer, Effect, Facts, FunctionBody};

pub(super) type Made = (StatementKind, Vec<Dep>);

impl Analyzer<'_> {
    pub(super) fn definition(&mut self, statement: &Statement) -> Made {
        use StatementKind as K;
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::CreateView(create) => self.create_view(create),
            Statement::CreateFunction(create) => self.create_function(create),
            Statement::CreateMacro { name, definition: MacroDefinition::Table(query), .. } => {
                self.define_function(name, |analyzer| analyzer.query(query, None))
            }
            Statement::CreateVirtualTable { name, .. } => {
                let targets = self.targets(std::slice::from_ref(name));
                self.effects.extend(targets.into_iter().map(Effect::Created));
                (K::CreateTable, Vec::new())
            }
            Statement::AlterView { name, columns, query, .. } => {
                let output = self.query(query, None);
                if let Some(target) = self.write_target(name) {
                    self.create_from(target, &output, &columns.iter().collect::<Vec<_>>());
                }
                (K::CreateView, output.rows.as_deref().unwrap_or_default().to_vec())
            }
            Statement::AlterTable(alter) => self.alter_table(alter),
            Statement::RenameTable(renames) => {
                for rename in renames {
                    self.rename(&rename.old_name, &rename.new_name);
                }
                (K::Rename, Vec::new())
            }
            Statement::Drop { object_type, names, .. } => {
                if matches!(object_type, ObjectType::Table | ObjectType::View | ObjectType::MaterializedView)
                {
                    let targets = self.targets(names);
                    self.effects.extend(targets.into_iter().map(Effect::Dropped));
                    return (K::Drop, Vec::new());
                }
                (K::Other, Vec::new())
            }
            Statement::Truncate(truncate) => {
                let names: Vec<ObjectName> =
                    truncate.table_names.iter().map(|target| target.name.clone()).collect();
                self.targets(&names);
                (K::Truncate, Vec::new())
            }
            _ => self.copy(statement),
        }
    }

    /// Tables that are written without anything being read.
    fn targets(&mut self, names: &[ObjectName]) -> Vec<TableId> {
        let targets: Vec<TableId> = names.iter().filter_map(|name| self.write_target(name)).collect();
        targets.iter().for_each(|&target| self.write(target));
        targets
    }

    fn create_table(&mut self, create: &CreateTable) -> Made {
        let Some(target) = self.write_target(&create.name) else {
            return (StatementKind::CreateTable, Vec::new());
        };
        let columns: Vec<&Ident> = create.columns.iter().map(|column| &column.name).collect();
        if let Some(query) = &create.query {
            let output = self.query(query, None);
            // MySQL's list makes columns of its own, besides the query's.
            let renames = columns.len() == output.columns.len() && self.dialect != Dialect::MySql;
            let names: &[&Ident] = if renames { &columns } else { &[] };
            self.create_from(target, &output, names);
            return (StatementKind::CreateTableAs, output.rows.as_deref().unwrap_or_default().to_vec());
        }
        self.write(target);
        if !create.if_not_exists || matches!(self.tables.shape(target), Columns::Unknown) {
            let names: Vec<Name> = columns.iter().map(|ident| self.names.of(ident)).collect();
            let open = names.is_empty();
            self.tables.make(target, Columns::Made { names: Rc::from(names), open });
        }
        self.effects.push(Effect::Created(target));
        if let Some(CreateTableLikeKind::Parenthesized(like) | CreateTableLikeKind::Plain(like)) =
            &create.like
        {
            self.copy_shape(target, &like.name);
        } else if let Some(clone) = &create.clone
            && let Some(original) = self.copy_shape(target, clone)
        {
            // A clone has the rows too.
            let columns = self.columns_of_table(original);
            self.emit(Some(target), &columns);
        }
        (StatementKind::CreateTable, Vec::new())
    }

    fn copy_shape(&mut self, target: TableId, original: &ObjectName) -> Option<TableId> {
        let original = self.write_target(original)?;
        self.reads.push(original);
        let shape = self.tables.shape(original);
        self.tables.make(target, shape);
        Some(original)
    }

    fn create_view(&mut self, create: &CreateView) -> Made {
        let output = self.query(&create.query, None);
        let rows = output.rows.as_deref().unwrap_or_default().to_vec();
        let columns: Vec<&Ident> = create.columns.iter().map(|column| &column.name).collect();
        let to = create.to.as_ref().and_then(|name| self.write_target(name));
        if let Some(view) = self.write_target(&create.name) {
            match to {
                // ClickHouse: the view only feeds another table.
                Some(to) => {
                    self.write(view);
                    self.write(to);
                    let names: Vec<Name> = columns.iter().map(|ident| self.names.of(ident)).collect();
                    self.fill(to, &output, &names, &[], false);
                }
                None => self.create_from(view, &output, &columns),
            }
        }
        (StatementKind::CreateView, rows)
    }

    fn create_function(&mut self, create: &CreateFunction) -> Made {
        match &create.function_body {
            Some(CreateFunctionBody::AsReturnSelect(select)) => {
                let body = SetExpr::Select(Box::new(select.clone()));
                self.define_function(&create.name, |analyzer| analyzer.set_expr(&body, None))
            }
            Some(CreateFunctionBody::Return(expr) | CreateFunctionBody::AsReturnExpr(expr)) => {
                self.define_value(&create.name, create, expr)
            }
            Some(
                CreateFunctionBody::AsBeforeOptions { body, .. } | CreateFunctionBody::AsAfterOptions(body),
            ) => {
                let is_sql = create
                    .language
                    .as_ref()
                    .is_none_or(|language| language.value.eq_ignore_ascii_case("sql"));
                match text_of(body) {
                    Some(text) if is_sql => self.define_text(create, &text),
                    None if is_sql => self.define_value(&create.name, create, body),
                    _ => (StatementKind::CreateFunction, Vec::new()),
                }
            }
            _ => (StatementKind::CreateFunction, Vec::new()),
        }
    }

    /// A body in a string: a query, or an expression.
    fn define_text(&mut self, create: &CreateFunction, text: &str) -> Made {
        let parsed = crate::parse::text_in_text(text, self.dialect, self.options);
        match parsed.as_deref() {
            Ok([Statement::Query(query)]) => {
                let before = self.begin_parameters(create);
                let columns: Vec<&Ident> = match &create.return_type {
                    Some(FunctionReturnType::DataType(DataType::Table(Some(columns)))) => {
                        columns.iter().map(|column| &column.name).collect()
                    }
                    _ => Vec::new(),
                };
                let made = self.define_function(&create.name, |analyzer| {
                    let output = analyzer.query(query, None);
                    if columns.is_empty() { output } else { analyzer.renamed_to(&output, &columns) }
                });
                self.parameters.truncate(before);
                made
            }
            Ok(statements) => {
                self.block(statements);
                (StatementKind::CreateFunction, Vec::new())
            }
            Err(failure) => {
                self.warn(&format!("the body of the function was not understood: {}", failure.message));
                (StatementKind::CreateFunction, Vec::new())
            }
        }
    }

    fn define_value(&mut self, name: &ObjectName, create: &CreateFunction, body: &Expr) -> Made {
        let before = self.begin_parameters(create);
        let made = self.define_function(name, |analyzer| match body {
            Expr::Subquery(query) => analyzer.query(query, None),
            _ => {
                let (name, deps) =
                    (analyzer.natural_name(body, 0), analyzer.value_of(body, &Scope::default()));
                let column = super::relation::Column { name, deps, item: None, stars: Rc::from([]) };
                Rc::new(Output { columns: vec![column], ..Output::default() })
            }
        });
        self.parameters.truncate(before);
        made
    }

    /// A function's parameters are no columns.
    fn begin_parameters(&mut self, create: &CreateFunction) -> usize {
        let before = self.parameters.len();
        for argument in create.args.iter().flatten() {
            if let Some(name) = &argument.name {
                let key = self.names.of(name).key;
                self.parameters.push(key);
            }
        }
        before
    }

    fn define_function(&mut self, name: &ObjectName, body: impl FnOnce(&mut Self) -> Rc<Output>) -> Made {
        let output = body(self);
        let reads = self.reads.clone();
        if let Some(name) = self.last_name(name) {
            self.functions.insert(name.key, Rc::new(FunctionBody { output: Rc::clone(&output), reads }));
        }
        self.emit(None, &output.columns);
        (StatementKind::CreateFunction, output.rows.as_deref().unwrap_or_default().to_vec())
    }

    fn alter_table(&mut self, alter: &AlterTable) -> Made {
        let Some(table) = self.write_target(&alter.name) else {
            return (StatementKind::Alter, Vec::new());
        };
        for operation in &alter.operations {
            match operation {
                AlterTableOperation::RenameTable {
                    table_name: RenameTableNameKind::As(new) | RenameTableNameKind::To(new),
                } => {
                    self.rename_beside(&alter.name, new);
                    return (StatementKind::Rename, Vec::new());
                }
                AlterTableOperation::SwapWith { table_name } => {
                    if let Some(other) = self.write_target(table_name) {
                        self.reads.push(other);
                        let (one, two) = (self.tables.shape(table), self.tables.shape(other));
                        self.tables.make(table, two);
                        self.tables.make(other, one);
                    }
                }
                AlterTableOperation::AddColumn { column_def, .. } => {
                    let name = self.names.of(&column_def.name);
                    if let Columns::Made { names, open } = self.tables.shape(table) {
                        let names = names.iter().copied().chain([name]).collect();
                        self.tables.make(table, Columns::Made { names, open });
                    }
                }
                _ => {}
            }
        }
        self.write(table);
        (StatementKind::Alter, Vec::new())
    }

    /// `ALTER TABLE s.a RENAME TO b`: b stands in s too.
    fn rename_beside(&mut self, old: &ObjectName, new: &ObjectName) {
        if new.0.len() == 1 && old.0.len() > 1 {
            let mut full = old.0[..old.0.len() - 1].to_vec();
            full.extend(new.0.iter().cloned());
            self.rename(old, &ObjectName(full));
        } else {
            self.rename(old, new);
        }
    }

    pub(super) fn rename(&mut self, old: &ObjectName, new: &ObjectName) {
        let (Some(old), Some(new)) = (self.write_target(old), self.write_target(new)) else {
            return;
        };
        self.reads.push(old);
        self.write(new);
        let shape = self.tables.shape(old);
        self.tables.make(new, shape);
        self.effects.push(Effect::Renamed(old, new));
    }

    /// The facts of a statement of which only the tables are known.
    pub(crate) fn only_tables(&mut self, only: &OnlyTables) -> Facts {
        self.facts_of(|analyzer| {
            if let (StatementKind::Rename, [old], [new]) = (only.kind, &only.reads[..], &only.writes[..]) {
                analyzer.rename(old, new);
                return (only.kind, Vec::new());
            }
            let reads: Vec<TableId> =
                only.reads.iter().filter_map(|name| analyzer.write_target(name)).collect();
            for target in analyzer.targets(&only.writes) {
                if only.kind == StatementKind::CreateTable
                    && let [original] = reads[..]
                {
                    let shape = analyzer.tables.shape(original);
                    analyzer.tables.make(target, shape);
                    analyzer.effects.push(Effect::Created(target));
                    if only.is_copy {
                        let columns = analyzer.columns_of_table(original);
                        analyzer.emit(Some(target), &columns);
                    }
                }
            }
            analyzer.reads.extend(reads);
            (only.kind, Vec::new())
        })
    }
}
