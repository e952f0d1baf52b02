//! Queries: WITH, set operations, SELECT with its clauses.

use std::rc::Rc;

use sqlparser::ast::{
    ConnectByKind, Cte, Distinct, Expr, GroupByExpr, GroupByWithModifier, Ident, LimitClause, OrderBy,
    OrderByKind, Query, Select, SetExpr, SetOperator, TableAliasColumnDef, Value, Values, With,
};

use crate::dialect::Dialect;
use crate::lineage::{EdgeKind, Severity};
use crate::names::Name;

use super::Analyzer;
use super::relation::{Column, Output, Relation, Shape, Star};
use super::scope::Scope;
use super::sources::Dep;
use super::tables::idents;

impl Analyzer<'_> {
    /// The columns of a query; `parent`: what it stands in, where it may look outside.
    pub(super) fn query(&mut self, query: &Query, parent: Option<&Scope<'_>>) -> Rc<Output> {
        if self.is_exhausted(1) {
            return Rc::default();
        }
        let visible = self.ctes.len();
        if let Some(with) = &query.with {
            self.with(with, parent);
        }
        let mut output = match &*query.body {
            SetExpr::Select(select) => self.select(select, parent, query.order_by.as_ref()),
            body => {
                let output = self.set_expr(body, parent);
                self.ordered(output, query.order_by.as_ref(), parent)
            }
        };
        for operator in &query.pipe_operators {
            output = self.pipe(operator, output, parent);
        }
        self.limit(query, parent);
        self.ctes.truncate(visible);
        output
    }

    /// The CTEs of a WITH, which are in sight until the caller forgets them.
    pub(super) fn with(&mut self, with: &With, parent: Option<&Scope<'_>>) {
        let first = self.ctes.len();
        for cte in &with.cte_tables {
            let name = self.names.of(&cte.alias.name);
            if self.ctes[first..].iter().any(|(key, _)| *key == name.key) {
                let name = &cte.alias.name;
                let message =
                    format!("WITH defines {name} more than once, which databases refuse: the last is taken");
                self.note(Severity::Note, message, name.span);
            }
            let recursive = with.recursive
                || matches!(self.dialect, Dialect::MsSql | Dialect::Oracle | Dialect::Teradata);
            let output = match &*cte.query.body {
                SetExpr::SetOperation { op: SetOperator::Union, left, right, .. } if recursive => {
                    self.recursive_cte(name, cte, left, right, parent)
                }
                _ => {
                    let output = self.query(&cte.query, parent);
                    self.renamed(output, &cte.alias.columns)
                }
            };
            self.ctes.push((name.key, output));
        }
    }

    /// The first side gives the columns; the second is read again until nothing new comes.
    fn recursive_cte(
        &mut self,
        name: Name,
        cte: &Cte,
        left: &SetExpr,
        right: &SetExpr,
        parent: Option<&Scope<'_>>,
    ) -> Rc<Output> {
        let visible = self.ctes.len();
        if let Some(with) = &cte.query.with {
            self.with(with, parent);
        }
        let base = self.set_expr(left, parent);
        let mut output = self.renamed(base, &cte.alias.columns);
        for _ in 0..3 {
            self.ctes.push((name.key, Rc::clone(&output)));
            let step = self.set_expr(right, parent);
            self.ctes.pop();
            let next = self.positional(&output, &step);
            let same = next.columns.iter().zip(&output.columns).all(|(a, b)| a.deps == b.deps)
                && next.rows == output.rows;
            output = next;
            if same {
                break;
            }
        }
        self.ctes.truncate(visible);
        output
    }

    pub(super) fn set_expr(&mut self, body: &SetExpr, parent: Option<&Scope<'_>>) -> Rc<Output> {
        match body {
            SetExpr::Select(select) => self.select(select, parent, None),
            SetExpr::Query(query) => self.query(query, parent),
            SetExpr::Values(values) => self.values(values, parent),
            SetExpr::SetOperation { op, set_quantifier, left, right } => {
                let left = self.set_expr(left, parent);
                let right = self.set_expr(right, parent);
                self.set_operation(*op, *set_quantifier, &left, &right)
            }
            SetExpr::Table(table) => {
                let parts: Vec<Name> = [&table.schema_name, &table.table_name]
                    .into_iter()
                    .flatten()
                    .map(|text| self.names.folded(text, false))
                    .collect();
                let relation = self.table_or_cte(&parts);
                let columns = self.all_columns(&relation);
                Rc::new(Output { columns, ..Output::default() })
            }
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement)
            | SetExpr::Merge(statement) => self.nested_statement(statement),
        }
    }

    fn values(&mut self, values: &Values, parent: Option<&Scope<'_>>) -> Rc<Output> {
        let scope = Scope::inside(parent);
        let width = values.rows.iter().map(|row| row.content.len()).max().unwrap_or(0);
        let mut collected: Vec<Vec<Dep>> = vec![Vec::new(); width];
        for row in &values.rows {
            for (expr, out) in row.content.iter().zip(&mut collected) {
                self.expr(expr, EdgeKind::Identity, &scope, out);
            }
        }
        let columns = collected.into_iter().enumerate().map(|(i, out)| {
            let name = self.names.as_is(&format!("column{}", i + 1));
            Column { name, deps: self.deps(out), item: None, stars: Rc::from([]) }
        });
        let columns = columns.collect();
        Rc::new(Output { columns, ..Output::default() })
    }

    fn select(
        &mut self,
        select: &Select,
        parent: Option<&Scope<'_>>,
        order_by: Option<&OrderBy>,
    ) -> Rc<Output> {
        let mut scope = Scope::inside(parent);
        let mut rows = Vec::new();
        self.from(&select.from, &mut scope, &mut rows);
        for view in &select.lateral_views {
            let relation = self.lateral_view(view, &scope);
            scope.relations.push(relation);
        }
        self.define_windows(&select.named_window, &mut scope);
        let columns = self.projection(select, &mut scope);
        self.clauses(select, &columns, &scope, &mut rows);
        if let Some(order_by) = order_by {
            self.order_by(order_by, &columns, &scope, &mut rows);
        }
        let rows = (!rows.is_empty()).then(|| self.deps(rows));
        Rc::new(Output { columns, rows, branches: Vec::new() })
    }

    /// What decides the rows of a SELECT.
    fn clauses(&mut self, select: &Select, columns: &[Column], scope: &Scope<'_>, rows: &mut Vec<Dep>) {
        for filter in
            [&select.prewhere, &select.selection, &select.having, &select.qualify].into_iter().flatten()
        {
            self.expr(filter, EdgeKind::Filter, scope, rows);
        }
        for connect in &select.connect_by {
            match connect {
                ConnectByKind::ConnectBy { relationships, .. } => {
                    self.exprs(relationships, EdgeKind::Join, scope, rows);
                }
                ConnectByKind::StartWith { condition, .. } => {
                    self.expr(condition, EdgeKind::Filter, scope, rows);
                }
            }
        }
        if let GroupByExpr::Expressions(list, modifiers) = &select.group_by {
            list.iter().for_each(|expr| self.by_number(expr, columns, EdgeKind::Group, scope, rows));
            for modifier in modifiers {
                if let GroupByWithModifier::GroupingSets(expr) = modifier {
                    self.expr(expr, EdgeKind::Group, scope, rows);
                }
            }
        }
        if let Some(Distinct::On(list)) = &select.distinct {
            self.exprs(list, EdgeKind::Group, scope, rows);
        }
        self.exprs(&select.cluster_by, EdgeKind::Sort, scope, rows);
        self.exprs(&select.distribute_by, EdgeKind::Sort, scope, rows);
        self.sorting(&select.sort_by, EdgeKind::Sort, scope, rows);
    }

    fn order_by(&mut self, order_by: &OrderBy, columns: &[Column], scope: &Scope<'_>, rows: &mut Vec<Dep>) {
        if let OrderByKind::Expressions(list) = &order_by.kind {
            for by in list {
                // An output column comes before a table's column of the same name.
                let output = match &by.expr {
                    Expr::Identifier(ident) => {
                        let key = self.names.of(ident).key;
                        columns.iter().find(|column| column.name.key == key)
                    }
                    _ => None,
                };
                match output {
                    Some(column) => self.extend(rows, &column.deps, EdgeKind::Sort),
                    None => self.by_number(&by.expr, columns, EdgeKind::Sort, scope, rows),
                }
            }
        }
    }

    /// `GROUP BY 1` and `ORDER BY 1` mean a column's number.
    fn by_number(
        &mut self,
        expr: &Expr,
        columns: &[Column],
        kind: EdgeKind,
        scope: &Scope<'_>,
        rows: &mut Vec<Dep>,
    ) {
        let number = match expr {
            Expr::Value(value) => match &value.value {
                Value::Number(number, _) => number.to_string().parse::<usize>().ok(),
                _ => None,
            },
            _ => None,
        };
        match number.and_then(|n| columns.get(n.checked_sub(1)?)) {
            Some(column) => self.extend(rows, &column.deps, kind),
            None => self.expr(expr, kind, scope, rows),
        }
    }

    /// ORDER BY behind a set operation: its output's columns are all that it sees.
    fn ordered(
        &mut self,
        output: Rc<Output>,
        order_by: Option<&OrderBy>,
        parent: Option<&Scope<'_>>,
    ) -> Rc<Output> {
        let Some(order_by) = order_by else {
            return output;
        };
        let mut scope = Scope::inside(parent);
        scope.relations.push(Relation::of(None, Shape::Listed(Rc::clone(&output))));
        let mut rows = output.rows.as_deref().unwrap_or_default().to_vec();
        self.order_by(order_by, &output.columns, &scope, &mut rows);
        let rows = Some(self.deps(rows));
        Rc::new(Output { columns: output.columns.clone(), rows, branches: output.branches.clone() })
    }

    /// LIMIT may hold a subquery, which is read.
    fn limit(&mut self, query: &Query, parent: Option<&Scope<'_>>) {
        let scope = Scope::inside(parent);
        let mut unused = Vec::new();
        let mut read = |expr: &Expr| {
            if !matches!(expr, Expr::Value(_)) {
                self.expr(expr, EdgeKind::Filter, &scope, &mut unused);
            }
        };
        match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, .. }) => {
                limit.iter().for_each(&mut read);
                offset.iter().for_each(|offset| read(&offset.value));
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => {
                [offset, limit].into_iter().for_each(read);
            }
            None => {}
        }
    }

    /// A relation under other column names: `t(a, b)`.
    pub(super) fn renamed(&mut self, output: Rc<Output>, columns: &[TableAliasColumnDef]) -> Rc<Output> {
        if columns.is_empty() {
            return output;
        }
        let names: Vec<&Ident> = columns.iter().map(|column| &column.name).collect();
        self.renamed_to(&output, &names)
    }

    pub(super) fn renamed_to(&mut self, output: &Rc<Output>, names: &[&Ident]) -> Rc<Output> {
        let mut columns = output.columns.clone();
        let open = columns.iter().position(|column| column.is_star() || !output.branches.is_empty());
        for (i, ident) in names.iter().enumerate() {
            let name = self.names.of(ident);
            match columns.get_mut(i) {
                Some(column) if open.is_none_or(|open| i < open) => column.name = name,
                // Somewhere among the columns of a star: from all of them, as far as we know.
                _ => {
                    let stars: Vec<Star> =
                        output.columns.iter().flat_map(|column| column.stars.iter().cloned()).collect();
                    let mut deps = Vec::new();
                    stars.iter().for_each(|star| self.extend(&mut deps, &star.deps, EdgeKind::Expression));
                    let column = Column { name, deps: self.deps(deps), item: None, stars: Rc::from([]) };
                    columns.insert(i.min(columns.len()), column);
                }
            }
        }
        if open.is_some() {
            columns.truncate(names.len());
        }
        Rc::new(Output { columns, rows: output.rows.clone(), branches: Vec::new() })
    }

    /// The relation that a name stands for: a CTE, else a table.
    pub(super) fn table_or_cte(&mut self, parts: &[Name]) -> Relation {
        if let [name] = parts
            && let Some((_, output)) = self.ctes.iter().rev().find(|(cte, _)| *cte == name.key)
        {
            return Relation::of(Some(name.key), Shape::Listed(Rc::clone(output)));
        }
        let table = self.tables.named(parts, &self.names);
        self.reads.push(table);
        Relation {
            table: Some(table),
            path: parts.iter().map(|part| part.key).collect(),
            ..Relation::of(parts.last().map(|part| part.key), Shape::Table(table))
        }
    }

    pub(super) fn name_parts(&mut self, name: &sqlparser::ast::ObjectName) -> Vec<Name> {
        let splits = self.dialect.splits_quoted_paths();
        let mut parts = Vec::with_capacity(name.0.len());
        for ident in idents(name) {
            if splits && ident.quote_style.is_some() && ident.value.contains('.') {
                parts.extend(ident.value.split('.').map(|part| self.names.folded(part, true)));
            } else {
                parts.push(self.names.of(ident));
            }
        }
        parts
    }
}
