//! COPY, LOAD, UNLOAD, EXPORT: between tables and files.

use sqlparser::ast::{
    CopyIntoSnowflakeKind, CopySource, CopyTarget, Expr, ObjectName, Query, SqlOption, Statement,
};

use crate::lineage::StatementKind;
use crate::names::Name;

use super::Analyzer;
use super::define::Made;
use super::sources::TableId;
use super::tables::idents;

impl Analyzer<'_> {
    /// Between tables and files.
    pub(super) fn copy(&mut self, statement: &Statement) -> Made {
        use StatementKind as K;
        match statement {
            Statement::Copy { source, to, target, .. } => {
                let file = match target {
                    CopyTarget::File { filename } => Some(filename.as_str()),
                    _ => None,
                };
                match (source, to) {
                    (CopySource::Query(query), _) => self.unload(query, file),
                    (CopySource::Table { table_name, .. }, true) => {
                        let table = self.table(table_name).and_then(|relation| relation.table);
                        let path = file.map(|file| self.path_id(file));
                        self.flow(table, path);
                    }
                    (CopySource::Table { table_name, .. }, false) => {
                        let path = file.map(|file| self.path_id(file));
                        self.reads.extend(path);
                        let target = self.write_target(table_name);
                        self.flow(path, target);
                    }
                }
                (K::Copy, Vec::new())
            }
            Statement::CopyIntoSnowflake { .. } => {
                self.copy_into(statement);
                (K::Copy, Vec::new())
            }
            Statement::LoadData { inpath, table_name, .. } => {
                let path = self.path_id(inpath);
                self.reads.push(path);
                let target = self.write_target(table_name);
                self.flow(Some(path), target);
                (K::Copy, Vec::new())
            }
            Statement::Directory { path, source, .. } => {
                self.unload(source, Some(path));
                (K::Copy, Vec::new())
            }
            Statement::Unload { query, query_text, to, .. } => {
                self.unload_statement(query.as_deref(), query_text.as_deref(), &to.value);
                (K::Copy, Vec::new())
            }
            Statement::ExportData(export) => {
                let uri = export.options.iter().find_map(|option| match option {
                    SqlOption::KeyValue { key, value } if key.value.eq_ignore_ascii_case("uri") => {
                        text_of(value)
                    }
                    _ => None,
                });
                self.unload(&export.query, uri.as_deref());
                (K::Copy, Vec::new())
            }
            _ => (K::Other, Vec::new()),
        }
    }

    fn unload_statement(&mut self, query: Option<&Query>, text: Option<&str>, to: &str) {
        if let Some(query) = query {
            self.unload(query, Some(to));
        } else if let Some(text) = text {
            match crate::parse::text_in_text(text, self.dialect, self.options).as_deref() {
                Ok([Statement::Query(query)]) => self.unload(query, Some(to)),
                _ => self.warn("the query in the string was not understood"),
            }
        }
    }

    /// `COPY INTO table FROM stage`, `COPY INTO stage FROM table`.
    fn copy_into(&mut self, statement: &Statement) {
        let Statement::CopyIntoSnowflake { kind, into, into_columns, from_obj, from_query, .. } = statement
        else {
            return;
        };
        let is_unload = *kind == CopyIntoSnowflakeKind::Location;
        let target = if is_unload { Some(self.stage(into)) } else { self.write_target(into) };
        if let Some(query) = from_query {
            let output = self.query(query, None);
            if let Some(target) = target {
                self.write(target);
                let listed: Vec<Name> =
                    into_columns.iter().flatten().map(|ident| self.names.of(ident)).collect();
                self.fill(target, &output, &listed, &[], false);
            }
            return;
        }
        let source = from_obj.as_ref().and_then(|name| {
            if is_unload {
                self.table(name).and_then(|relation| relation.table)
            } else {
                Some(self.stage(name))
            }
        });
        if !is_unload {
            self.reads.extend(source);
        }
        self.flow(source, target);
    }

    /// A stage or a path, by its text.
    fn stage(&mut self, name: &ObjectName) -> TableId {
        let text: Vec<&str> = idents(name).map(|ident| ident.value.as_str()).collect();
        self.path_id(&text.join("."))
    }

    fn path_id(&mut self, path: &str) -> TableId {
        let name = self.names.as_is(path);
        self.tables.exactly(&[name], &self.names)
    }

    /// A query's rows go to a file.
    fn unload(&mut self, query: &Query, path: Option<&str>) {
        let output = self.query(query, None);
        if let Some(path) = path {
            let target = self.path_id(path);
            self.write(target);
            self.emit(Some(target), &output.columns);
        }
    }

    /// All columns of one go to the other.
    fn flow(&mut self, from: Option<TableId>, to: Option<TableId>) {
        let Some(to) = to else { return };
        self.write(to);
        if let Some(from) = from {
            let columns = self.columns_of_table(from);
            self.emit(Some(to), &columns);
        }
    }
}

pub(super) fn text_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Value(value) => value.value.clone().into_string(),
        _ => None,
    }
}
