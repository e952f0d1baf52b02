//! Values that are unfolded to rows: UNNEST, LATERAL VIEW, ARRAY JOIN, JSON_TABLE and their like.

use std::rc::Rc;

use sqlparser::ast::{
    Expr, FunctionArguments, Ident, JsonTableColumn, LateralView, ObjectName, TableAlias, TableFactor,
};

use crate::lineage::EdgeKind;
use crate::names::Name;

use super::Analyzer;
use super::relation::{Output, Relation, Shape};
use super::scope::Scope;
use super::sources::Deps;
use super::tables::idents;

impl Analyzer<'_> {
    /// `ARRAY JOIN array AS element`.
    pub(super) fn array(&mut self, name: &ObjectName, alias: Option<&TableAlias>, scope: &mut Scope<'_>) {
        let path: Vec<Ident> = idents(name).cloned().collect();
        let mut out = Vec::new();
        self.push_column(&path, scope, EdgeKind::Expression, &mut out);
        let deps = self.deps(out);
        if let Some(ident) = alias.map(|alias| &alias.name).or(path.last()) {
            let output = self.listed(&[ident], &deps);
            let key = self.names.of(ident).key;
            scope.relations.push(Relation::of(Some(key), Shape::Listed(output)));
        }
    }

    /// `LATERAL VIEW explode(x) t AS a, b`.
    pub(super) fn lateral_view(&mut self, view: &LateralView, scope: &Scope<'_>) -> Relation {
        let mut out = Vec::new();
        self.expr(&view.lateral_view, EdgeKind::Expression, scope, &mut out);
        let deps = self.deps(out);
        let alias = idents(&view.lateral_view_name).last().map(|ident| self.names.of(ident).key);
        let columns: Vec<&Ident> = view.lateral_col_alias.iter().collect();
        let shape = if columns.is_empty() {
            self.listed_as(&["col", "key", "value", "pos"], &deps)
        } else {
            Shape::Listed(self.listed(&columns, &deps))
        };
        Relation::of(alias, shape)
    }

    /// UNNEST, JSON_TABLE and their like.
    pub(super) fn unusual(&mut self, factor: &TableFactor, scope: &Scope<'_>) -> Option<Relation> {
        match factor {
            TableFactor::TableFunction { expr: Expr::Function(function), alias } => {
                let args = match &function.args {
                    FunctionArguments::List(list) => &list.args[..],
                    _ => &[],
                };
                self.table_function(&function.name, args, alias.as_ref(), scope)
            }
            TableFactor::TableFunction { expr, alias } => self.unfolded(expr, alias.as_ref(), scope),
            TableFactor::Function { name, args, alias, .. } => {
                self.table_function(name, args, alias.as_ref(), scope)
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset_alias, with_offset, with_ordinality } => {
                let offset = with_offset_alias.clone().or_else(|| with_offset.then(|| Ident::new("offset")));
                self.unnest(array_exprs, alias.as_ref(), offset.as_ref(), *with_ordinality, scope)
            }
            TableFactor::JsonTable { json_expr, columns, alias, .. } => {
                let mut names = Vec::new();
                json_columns(columns, &mut names);
                self.table_of(json_expr, &names, alias.as_ref(), scope)
            }
            TableFactor::OpenJsonTable { json_expr, columns, alias, .. } => {
                if columns.is_empty() {
                    let deps = self.value_of(json_expr, scope);
                    let shape = self.listed_as(&["key", "value", "type"], &deps);
                    return self.called_by(Some(Relation::of(None, shape)), alias.as_ref());
                }
                let names: Vec<&Ident> = columns.iter().map(|column| &column.name).collect();
                self.table_of(json_expr, &names, alias.as_ref(), scope)
            }
            TableFactor::XmlTable { row_expression, passing, columns, alias, .. } => {
                let names: Vec<&Ident> = columns.iter().map(|column| &column.name).collect();
                let argument = passing.arguments.first().map_or(row_expression, |argument| &argument.expr);
                self.table_of(argument, &names, alias.as_ref(), scope)
            }
            TableFactor::UnpivotExpr { expression, value_alias, attribute_alias } => {
                let deps = self.value_of(expression, scope);
                let names: Vec<&Ident> = std::iter::once(value_alias).chain(attribute_alias).collect();
                let output = self.listed(&names, &deps);
                Some(Relation::of(None, Shape::Listed(output)))
            }
            _ => None,
        }
    }

    fn table_of(
        &mut self,
        value: &Expr,
        columns: &[&Ident],
        alias: Option<&TableAlias>,
        scope: &Scope<'_>,
    ) -> Option<Relation> {
        let deps = self.value_of(value, scope);
        let output = self.listed(columns, &deps);
        self.called_by(Some(Relation::of(None, Shape::Listed(output))), alias)
    }

    /// A value that is unfolded to rows: what its columns are called is not known.
    pub(super) fn unfolded(
        &mut self,
        value: &Expr,
        alias: Option<&TableAlias>,
        scope: &Scope<'_>,
    ) -> Option<Relation> {
        let deps = self.value_of(value, scope);
        self.called_by(Some(Relation::of(None, Shape::Any(deps))), alias)
    }

    fn unnest(
        &mut self,
        arrays: &[Expr],
        alias: Option<&TableAlias>,
        offset: Option<&Ident>,
        with_ordinality: bool,
        scope: &Scope<'_>,
    ) -> Option<Relation> {
        let each: Vec<Deps> = arrays.iter().map(|array| self.value_of(array, scope)).collect();
        let mut all = Vec::new();
        each.iter().for_each(|deps| self.extend(&mut all, deps, EdgeKind::Expression));
        let all = self.deps(all);
        let Some(alias) = alias else {
            return Some(Relation::of(None, Shape::Any(all)));
        };
        let key = self.names.of(&alias.name).key;
        let mut names: Vec<Name> = alias.columns.iter().map(|column| self.names.of(&column.name)).collect();
        if names.is_empty() && offset.is_none() {
            return Some(Relation::of(Some(key), Shape::Any(all)));
        }
        // BigQuery: the alias of the array is its element's name.
        if names.is_empty() {
            names.push(self.names.of(&alias.name));
        }
        let values = names.len() - usize::from(with_ordinality && names.len() > each.len());
        let by_position = values == each.len();
        let mut columns = Vec::new();
        for (i, &name) in names.iter().enumerate() {
            let deps = match each.get(i) {
                Some(deps) if by_position => Rc::clone(deps),
                None if i >= values => Rc::clone(&self.none),
                _ => Rc::clone(&all),
            };
            columns.push(self.plain_column(name, &deps));
        }
        if let Some(offset) = offset {
            let name = self.names.of(offset);
            let none = Rc::clone(&self.none);
            columns.push(self.plain_column(name, &none));
        }
        Some(Relation::of(Some(key), Shape::Listed(Rc::new(Output { columns, ..Output::default() }))))
    }
}

fn json_columns<'a>(columns: &'a [JsonTableColumn], names: &mut Vec<&'a Ident>) {
    for column in columns {
        match column {
            JsonTableColumn::Named(named) => names.push(&named.name),
            JsonTableColumn::ForOrdinality(name) => names.push(name),
            JsonTableColumn::Nested(nested) => json_columns(&nested.columns, names),
        }
    }
}
