//! A walk through a statement that notes what it meets.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, DataType, Expr, Function, Ident, ObjectName, Query, Select, SetExpr, Statement,
    TableAlias, TableFactor, Value, Visitor,
};

use super::{Form, Inspection};
use crate::dialect::{Dialect, Folding};
use crate::lineage::{StatementKind, TableName};

/// What was met so far.
pub(super) struct Seen {
    folding: Folding,
    depth: usize,
    /// The outermost query has not been met.
    outer: bool,
    functions: BTreeSet<String>,
    tables: BTreeSet<TableName>,
    relations: BTreeSet<TableName>,
    ctes: BTreeSet<String>,
    types: BTreeSet<String>,
    operators: BTreeSet<String>,
    forms: BTreeSet<Form>,
}

impl Seen {
    /// For a statement: its own query is no subquery.
    pub(super) fn outermost(dialect: Dialect) -> Self {
        Self { outer: true, ..Self::inside(dialect) }
    }

    /// For an expression: any query is one inside it.
    pub(super) fn inside(dialect: Dialect) -> Self {
        Self {
            folding: dialect.folding(),
            depth: 0,
            outer: false,
            functions: BTreeSet::new(),
            tables: BTreeSet::new(),
            relations: BTreeSet::new(),
            ctes: BTreeSet::new(),
            types: BTreeSet::new(),
            operators: BTreeSet::new(),
            forms: BTreeSet::new(),
        }
    }

    /// A name as the server looks it up. Only ASCII letters are folded: so PostgreSQL does in UTF-8.
    fn folded(&self, ident: &Ident) -> String {
        match (self.folding, ident.quote_style) {
            (Folding::Lower, None) | (Folding::AlwaysLower, _) => ident.value.to_ascii_lowercase(),
            (Folding::Upper, None) => ident.value.to_ascii_uppercase(),
            _ => ident.value.clone(),
        }
    }

    /// As it is told, of a statement of this kind.
    pub(super) fn told(self, kind: StatementKind) -> Inspection {
        let writes = [Form::Into, Form::Lock, Form::WriteInside].iter().any(|form| self.forms.contains(form));
        Inspection {
            kind,
            only_reads: kind == StatementKind::Query && !writes,
            functions: self.functions.into_iter().collect(),
            tables: self.tables.into_iter().collect(),
            relations: self.relations.into_iter().collect(),
            ctes: self.ctes.into_iter().collect(),
            types: self.types.into_iter().collect(),
            operators: self.operators.into_iter().collect(),
            forms: self.forms,
        }
    }

    /// A type by a name that the grammar has no word for, at any depth.
    fn data_type(&mut self, data_type: &DataType) {
        use sqlparser::ast::ArrayElemTypeDef as Array;
        match data_type {
            DataType::Custom(name, _) => {
                let parts: Vec<String> = name
                    .0
                    .iter()
                    .map(|part| part.as_ident().map_or_else(|| part.to_string(), |i| i.value.to_lowercase()))
                    .collect();
                self.types.insert(parts.join("."));
            }
            DataType::Array(
                Array::AngleBracket(inner)
                | Array::SquareBracket(inner, _)
                | Array::Parenthesis(inner)
                | Array::Qualified(inner, _),
            )
            | DataType::Nullable(inner)
            | DataType::LowCardinality(inner) => self.data_type(inner),
            _ => {}
        }
    }

    fn alias(&mut self, alias: Option<&TableAlias>) {
        for column in alias.iter().flat_map(|alias| &alias.columns) {
            if let Some(data_type) = &column.data_type {
                self.data_type(data_type);
            }
        }
    }

    fn function(&mut self, name: &ObjectName) {
        let parts: Vec<String> = name
            .0
            .iter()
            .map(|part| part.as_ident().map_or_else(|| part.to_string(), |ident| ident.value.to_lowercase()))
            .collect();
        self.functions.insert(parts.join("."));
    }

    fn body(&mut self, body: &SetExpr) {
        match body {
            SetExpr::SetOperation { .. } => {
                self.forms.insert(Form::SetOperation);
            }
            SetExpr::Table(_) => {
                self.forms.insert(Form::BareTable);
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                self.forms.insert(Form::WriteInside);
            }
            _ => {}
        }
    }
}

impl Visitor for Seen {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if !self.outer {
            self.forms.insert(Form::Subquery);
        } else if query.limit_clause.is_some() || query.fetch.is_some() {
            self.forms.insert(Form::Limit);
        }
        self.outer = false;
        if let Some(with) = &query.with {
            self.forms.insert(Form::With);
            if with.recursive {
                self.forms.insert(Form::Recursive);
            }
            let names: Vec<String> = with.cte_tables.iter().map(|cte| self.folded(&cte.alias.name)).collect();
            self.ctes.extend(names);
        }
        if !query.locks.is_empty() {
            self.forms.insert(Form::Lock);
        }
        self.body(&query.body);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        use sqlparser::ast::SelectItem;
        self.depth += 1;
        if select.into.is_some() {
            self.forms.insert(Form::Into);
        }
        if select.top.is_some() && self.depth == 1 {
            self.forms.insert(Form::Limit);
        }
        if select.from.len() > 1 || select.from.iter().any(|item| !item.joins.is_empty()) {
            self.forms.insert(Form::Join);
        }
        if select
            .projection
            .iter()
            .any(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)))
        {
            self.forms.insert(Form::Star);
        }
        if !select.lateral_views.is_empty() {
            self.forms.insert(Form::Lateral);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        let writes = matches!(
            statement,
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) | Statement::Merge(_)
        );
        if writes && !self.outer {
            self.forms.insert(Form::WriteInside);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        let idents: Vec<_> = name.0.iter().filter_map(|part| part.as_ident()).collect();
        if idents.iter().any(|ident| ident.quote_style == Some('\'') || ident.value.contains("://")) {
            self.forms.insert(Form::File);
        }
        let folded = TableName::new(idents.iter().map(|ident| self.folded(ident)));
        self.relations.insert(folded);
        self.tables.insert(TableName::new(idents.into_iter().map(|ident| ident.value.as_str())));
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        match factor {
            TableFactor::Table { name, args: Some(_), alias, .. }
            | TableFactor::Function { name, alias, .. } => {
                self.function(name);
                self.alias(alias.as_ref());
                self.forms.insert(Form::TableFunction);
            }
            TableFactor::Table { alias, .. } => self.alias(alias.as_ref()),
            TableFactor::UNNEST { alias, .. } => {
                self.functions.insert("unnest".to_owned());
                self.alias(alias.as_ref());
                self.forms.insert(Form::TableFunction);
            }
            TableFactor::XmlTable { .. } => {
                self.functions.insert("xmltable".to_owned());
                self.forms.insert(Form::TableFunction);
            }
            TableFactor::JsonTable { .. } => {
                self.functions.insert("json_table".to_owned());
                self.forms.insert(Form::TableFunction);
            }
            TableFactor::OpenJsonTable { .. } => {
                self.functions.insert("openjson".to_owned());
                self.forms.insert(Form::TableFunction);
            }
            TableFactor::TableFunction { .. } => {
                self.forms.insert(Form::TableFunction);
            }
            TableFactor::Derived { lateral, alias, .. } => {
                self.alias(alias.as_ref());
                if *lateral {
                    self.forms.insert(Form::Lateral);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(Function { name, over, .. }) => {
                self.function(name);
                if over.is_some() {
                    self.forms.insert(Form::Window);
                }
            }
            Expr::Cast { data_type, .. } | Expr::Convert { data_type: Some(data_type), .. } => {
                self.data_type(data_type);
            }
            Expr::TypedString(typed) => self.data_type(&typed.data_type),
            // `name 'text'`: in PostgreSQL a literal of a type of that name.
            Expr::Prefixed { prefix, .. } => {
                self.types.insert(prefix.value.to_lowercase());
            }
            Expr::BinaryOp { op: BinaryOperator::PGCustomBinaryOperator(parts), .. } => {
                self.operators.insert(parts.join("."));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_ident(&mut self, ident: &Ident) -> ControlFlow<()> {
        if ident.quote_style == Some('\'') {
            self.forms.insert(Form::NameInApostrophes);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_value(&mut self, value: &sqlparser::ast::ValueWithSpan) -> ControlFlow<()> {
        if matches!(value.value, Value::Placeholder(_)) {
            self.forms.insert(Form::Parameter);
        }
        ControlFlow::Continue(())
    }
}
