//! Functions that stand for a table: what is known of their columns, and those that read a file or another database's table.

use std::rc::Rc;

use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, Ident, ObjectName, TableAlias};

use crate::lineage::EdgeKind;
use crate::names::Name;

use super::Analyzer;
use super::from::is_path;
use super::relation::{Relation, Shape};
use super::scope::Scope;
use super::tables::idents;

/// Functions whose first text is a path that they read.
const READERS: [&str; 21] = [
    "azureblobstorage",
    "delta_scan",
    "deltalake",
    "file",
    "gcs",
    "hdfs",
    "iceberg_scan",
    "parquet_scan",
    "read_csv",
    "read_csv_auto",
    "read_files",
    "read_json",
    "read_json_auto",
    "read_ndjson",
    "read_parquet",
    "read_text",
    "read_xlsx",
    "s3",
    "s3cluster",
    "sniff_csv",
    "url",
];

impl Analyzer<'_> {
    pub(super) fn table_function(
        &mut self,
        name: &ObjectName,
        args: &[FunctionArg],
        alias: Option<&TableAlias>,
        scope: &Scope<'_>,
    ) -> Option<Relation> {
        let last = idents(name).last()?;
        let lower = last.value.to_ascii_lowercase();
        let relation = match lower.as_str() {
            "flatten" => {
                let deps = self.arguments_of(args, scope);
                Relation::of(None, self.listed_as(&["seq", "key", "path", "index", "value", "this"], &deps))
            }
            "json_each" | "json_tree" => {
                let deps = self.arguments_of(args, scope);
                Relation::of(
                    None,
                    self.listed_as(
                        &["key", "value", "type", "atom", "id", "parent", "fullkey", "path"],
                        &deps,
                    ),
                )
            }
            "string_split" => {
                let deps = self.arguments_of(args, scope);
                Relation::of(None, self.listed_as(&["value", "ordinal"], &deps))
            }
            // A query in another server's language.
            "openquery" | "openrowset" | "opendatasource" => {
                Relation::of(None, Shape::Any(Rc::clone(&self.none)))
            }
            "cluster" | "clusterallreplicas" | "remote" | "remotesecure" if args.len() > 1 => {
                self.remote_table(&args[1..])?
            }
            _ if READERS.binary_search(&lower.as_str()).is_ok() && text_of(args.first()).is_some() => {
                let path = text_of(args.first())?;
                self.path(&path)
            }
            _ => self.defined_or_any(last, args, scope),
        };
        // Without an alias the function's name is the relation's, and in PostgreSQL its column's too.
        let relation =
            Relation { alias: relation.alias.or_else(|| Some(self.names.of(last).key)), ..relation };
        self.called_by(Some(relation), alias)
    }

    fn defined_or_any(&mut self, name: &Ident, args: &[FunctionArg], scope: &Scope<'_>) -> Relation {
        let key = self.names.of(name).key;
        if let Some(body) = self.functions.get(&key).cloned() {
            self.reads.extend(&body.reads);
            return Relation::of(None, Shape::Listed(Rc::clone(&body.output)));
        }
        let deps = self.arguments_of(args, scope);
        Relation::of(None, Shape::Any(deps))
    }

    fn arguments_of(&mut self, args: &[FunctionArg], scope: &Scope<'_>) -> super::sources::Deps {
        let mut out = Vec::new();
        args.iter().for_each(|argument| self.argument(argument, EdgeKind::Expression, scope, &mut out));
        self.deps(out)
    }

    /// `remote('host', db.table)`, `remote('host', 'db', 'table')`.
    fn remote_table(&mut self, args: &[FunctionArg]) -> Option<Relation> {
        let mut parts: Vec<Name> = Vec::new();
        for argument in args.iter().take(2) {
            match expr_of(argument)? {
                Expr::Identifier(ident) => parts.push(self.names.of(ident)),
                Expr::CompoundIdentifier(idents) => {
                    parts.extend(idents.iter().map(|ident| self.names.of(ident)).collect::<Vec<_>>());
                    break;
                }
                Expr::Value(_) => parts.push(self.names.as_is(&text_of(Some(argument))?)),
                _ => break,
            }
        }
        let table = self.tables.named(&parts, &self.names);
        self.reads.push(table);
        Some(Relation { table: Some(table), ..Relation::of(None, Shape::Table(table)) })
    }
}

fn expr_of(argument: &FunctionArg) -> Option<&Expr> {
    let (FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg)) =
        argument;
    match arg {
        FunctionArgExpr::Expr(expr) => Some(expr),
        _ => None,
    }
}

/// The text of a literal argument.
fn text_of(argument: Option<&FunctionArg>) -> Option<String> {
    match expr_of(argument?)? {
        Expr::Value(value) => value.value.clone().into_string(),
        Expr::Identifier(ident) if is_path(ident) => Some(ident.value.clone()),
        _ => None,
    }
}
