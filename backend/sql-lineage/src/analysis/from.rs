//! The FROM clause: tables, subqueries, joins, LATERAL, and what only looks like a table. Table functions are in [`super::table_function`].

use std::rc::Rc;

use sqlparser::ast::{
    Expr, Ident, Join, JoinConstraint, JoinOperator, JsonTableColumn, LateralView, MatchRecognizePattern,
    MatchRecognizeSymbol, ObjectName, TableAlias, TableFactor, TableVersion, TableWithJoins,
};

use crate::dialect::Dialect;
use crate::lineage::EdgeKind;
use crate::names::{Name, Symbol};

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
                let relation = match args {
                    Some(args) => self.table_function(name, &args.args, alias.as_ref(), scope),
                    None => {
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
                self.nested_join(table_with_joins, alias.as_ref(), scope, rows)
            }
            TableFactor::Pivot { table, aggregate_functions, value_column, value_source, alias, .. } => {
                let inner = self.inner_relation(table, scope, rows);
                let output = self.pivot(&inner, aggregate_functions, value_column, value_source, scope);
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

    /// The relation of a table name: a CTE, a table, a path. None: a name that stands for no table (`dual`).
    pub(super) fn table(&mut self, name: &ObjectName) -> Option<Relation> {
        let last = idents(name).last()?;
        if is_path(last) {
            return Some(self.path(&last.value));
        }
        if name.0.len() == 1 && last.value.eq_ignore_ascii_case("dual") {
            return Some(Relation::of(None, Shape::Any(Rc::clone(&self.none))));
        }
        // A variable that holds a table (T-SQL, Snowflake scripting): no table of the database.
        if self.dialect == Dialect::MsSql && last.value.starts_with('@') {
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

    /// `ARRAY JOIN array AS element`.
    fn array(&mut self, name: &ObjectName, alias: Option<&TableAlias>, scope: &mut Scope<'_>) {
        let path: Vec<Ident> = idents(name).cloned().collect();
        let mut out = Vec::new();
        self.push_column(&path, scope, EdgeKind::Expression, &mut out);
        let deps = self.deps(out);
        if let Some(ident) = alias.map(|alias| &alias.name).or(path.last()) {
            let output = self.listed(&[ident], &deps);
            scope.relations.push(Relation::of(None, Shape::Listed(output)));
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

    pub(super) fn listed_as(&mut self, columns: &[&str], deps: &Deps) -> Shape {
        let names: Vec<Name> = columns.iter().map(|column| self.names.folded(column, false)).collect();
        let columns = names.into_iter().map(|name| self.plain_column(name, deps)).collect();
        Shape::Listed(Rc::new(Output { columns, ..Output::default() }))
    }

    /// UNNEST, JSON_TABLE and their like.
    fn unusual(&mut self, factor: &TableFactor, scope: &Scope<'_>) -> Option<Relation> {
        match factor {
            TableFactor::TableFunction { expr: Expr::Function(function), alias } => {
                let args = match &function.args {
                    sqlparser::ast::FunctionArguments::List(list) => &list.args[..],
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

    fn match_recognize(&mut self, factor: &TableFactor, scope: &mut Scope<'_>, rows: &mut Vec<Dep>) {
        let TableFactor::MatchRecognize {
            table,
            partition_by,
            order_by,
            measures,
            rows_per_match,
            pattern,
            symbols,
            alias,
            ..
        } = factor
        else {
            return;
        };
        let inner = self.inner_relation(table, scope, rows);
        let (columns, mut decides) = {
            let mut inside = Scope::inside(scope.parent);
            let mut variables: Vec<&Ident> = symbols.iter().map(|symbol| &symbol.symbol).collect();
            variables_of(pattern, &mut variables);
            for variable in variables {
                let key: Symbol = self.names.of(variable).key;
                inside.relations.push(Relation {
                    alias: Some(key),
                    reach: Reach::QualifiedOnly,
                    ..inner.clone()
                });
            }
            let mut columns = Vec::new();
            if matches!(rows_per_match, Some(sqlparser::ast::RowsPerMatch::AllRows(_))) {
                columns = self.all_columns(&inner);
            }
            inside.relations.push(inner);
            let mut decides = Vec::new();
            for expr in partition_by {
                let (name, deps) = (self.natural_name(expr, columns.len()), self.value_of(expr, &inside));
                columns.push(Column { name, deps, item: None, stars: Rc::from([]) });
                self.expr(expr, EdgeKind::Group, &inside, &mut decides);
            }
            self.sorting(order_by, EdgeKind::Sort, &inside, &mut decides);
            for symbol in symbols {
                self.expr(&symbol.definition, EdgeKind::Filter, &inside, &mut decides);
            }
            for measure in measures {
                let (name, deps) = (self.names.of(&measure.alias), self.value_of(&measure.expr, &inside));
                columns.push(Column { name, deps, item: None, stars: Rc::from([]) });
            }
            (columns, decides)
        };
        rows.append(&mut decides);
        let relation = Relation::of(None, Shape::Listed(Rc::new(Output { columns, ..Output::default() })));
        let relation = self.called_by(Some(relation), alias.as_ref());
        scope.relations.extend(relation);
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

fn json_columns<'a>(columns: &'a [JsonTableColumn], names: &mut Vec<&'a Ident>) {
    for column in columns {
        match column {
            JsonTableColumn::Named(named) => names.push(&named.name),
            JsonTableColumn::ForOrdinality(name) => names.push(name),
            JsonTableColumn::Nested(nested) => json_columns(&nested.columns, names),
        }
    }
}

/// The variables of a MATCH_RECOGNIZE pattern; DEFINE need not name them all.
fn variables_of<'a>(pattern: &'a MatchRecognizePattern, into: &mut Vec<&'a Ident>) {
    use MatchRecognizePattern as P;
    match pattern {
        P::Symbol(MatchRecognizeSymbol::Named(name)) | P::Exclude(MatchRecognizeSymbol::Named(name)) => {
            into.push(name)
        }
        P::Permute(symbols) => into.extend(symbols.iter().filter_map(|symbol| match symbol {
            MatchRecognizeSymbol::Named(name) => Some(name),
            _ => None,
        })),
        P::Concat(list) | P::Alternation(list) => {
            list.iter().for_each(|pattern| variables_of(pattern, into));
        }
        P::Group(inner) | P::Repetition(inner, _) => variables_of(inner, into),
        P::Symbol(_) | P::Exclude(_) => {}
    }
}
