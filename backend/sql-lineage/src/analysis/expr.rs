//! Which columns an expression reads, and how.

use sqlparser::ast::{
    AccessExpr, BinaryOperator, CaseWhen, Expr, Ident, JsonPath, JsonPathElem, OrderByExpr, Query, Subscript,
    UnaryOperator, Value, ValueWithSpan,
};

use crate::dialect::Dialect;
use crate::lineage::EdgeKind;

use super::Analyzer;
use super::scope::Scope;
use super::sources::Dep;
use super::tables::idents;

impl Analyzer<'_> {
    /// Adds the columns that an expression reads; `kind` is how its value is used.
    pub(super) fn expr(&mut self, expr: &Expr, kind: EdgeKind, scope: &Scope<'_>, out: &mut Vec<Dep>) {
        if self.is_exhausted(1) {
            return;
        }
        let inner = kind.max(EdgeKind::Expression);
        match expr {
            Expr::Identifier(ident) => {
                if !is_no_column(ident) {
                    self.push_column(std::slice::from_ref(ident), scope, kind, out);
                }
            }
            Expr::CompoundIdentifier(idents) => self.push_column(idents, scope, kind, out),
            Expr::Nested(expr)
            | Expr::Collate { expr, .. }
            | Expr::OuterJoin(expr)
            | Expr::Named { expr, .. } => {
                self.expr(expr, kind, scope, out);
            }
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => self.expr(expr, kind, scope, out),
            Expr::Cast { expr, .. } => self.expr(expr, kind.max(EdgeKind::Cast), scope, out),
            Expr::Convert { expr, styles, .. } => {
                self.expr(expr, kind.max(EdgeKind::Cast), scope, out);
                self.exprs(styles, inner, scope, out);
            }
            Expr::CompoundFieldAccess { root, access_chain } => {
                self.field(root, access_chain, kind, scope, out);
            }
            Expr::JsonAccess { value, path } => {
                self.expr(value, inner, scope, out);
                self.json_path(path, inner, scope, out);
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), kind, scope, out);
            }
            Expr::Function(function) => self.function(function, kind, scope, out),
            Expr::Subquery(query) => self.scalar_subquery(query, kind, scope, out),
            Expr::Exists { subquery, .. } => self.rows_of(subquery, scope, out),
            Expr::InSubquery { expr, subquery, .. } => {
                self.expr(expr, inner, scope, out);
                self.scalar_subquery(subquery, inner, scope, out);
            }
            Expr::Lambda(lambda) => {
                let parameters: Vec<&Ident> = lambda.params.iter().map(|parameter| &parameter.name).collect();
                self.lambda(&parameters, &lambda.body, inner, scope, out);
            }
            Expr::BinaryOp { left, op: BinaryOperator::Arrow, right }
                if self.has_arrow_lambdas() && !parameters(left).is_empty() =>
            {
                self.lambda(&parameters(left), right, inner, scope, out);
            }
            Expr::QualifiedWildcard(name, _) => {
                let idents: Vec<&Ident> = idents(name).collect();
                self.push_star_of(&idents, scope, inner, out);
            }
            Expr::MatchAgainst { columns, .. } => {
                for column in columns {
                    let column: Vec<Ident> = idents(column).cloned().collect();
                    self.push_column(&column, scope, inner, out);
                }
            }
            // `$1`: a column of a stage or of VALUES, by its number.
            Expr::Value(ValueWithSpan { value: Value::Placeholder(number), span })
                if self.dialect == Dialect::Snowflake =>
            {
                let ident = Ident { span: *span, ..Ident::new(number) };
                self.push_column(&[ident], scope, kind, out);
            }
            _ => self.operands(expr, inner, scope, out),
        }
    }

    /// Operators and forms that only pass their operands on.
    fn operands(&mut self, expr: &Expr, kind: EdgeKind, scope: &Scope<'_>, out: &mut Vec<Dep>) {
        match expr {
            Expr::IsFalse(e)
            | Expr::IsNotFalse(e)
            | Expr::IsTrue(e)
            | Expr::IsNotTrue(e)
            | Expr::IsNull(e)
            | Expr::IsNotNull(e)
            | Expr::IsUnknown(e)
            | Expr::IsNotUnknown(e)
            | Expr::Prior(e)
            | Expr::UnaryOp { expr: e, .. }
            | Expr::IsJson { expr: e, .. }
            | Expr::IsNormalized { expr: e, .. }
            | Expr::Extract { expr: e, .. }
            | Expr::Ceil { expr: e, .. }
            | Expr::Floor { expr: e, .. }
            | Expr::Prefixed { value: e, .. } => self.expr(e, kind, scope, out),
            Expr::IsDistinctFrom(a, b)
            | Expr::IsNotDistinctFrom(a, b)
            | Expr::BinaryOp { left: a, right: b, .. }
            | Expr::AnyOp { left: a, right: b, .. }
            | Expr::AllOp { left: a, right: b, .. }
            | Expr::InUnnest { expr: a, array_expr: b, .. }
            | Expr::SimilarTo { expr: a, pattern: b, .. }
            | Expr::Like { expr: a, pattern: b, .. }
            | Expr::ILike { expr: a, pattern: b, .. }
            | Expr::RLike { expr: a, pattern: b, .. }
            | Expr::AtTimeZone { timestamp: a, time_zone: b }
            | Expr::Position { expr: a, r#in: b } => {
                self.expr(a, kind, scope, out);
                self.expr(b, kind, scope, out);
            }
            Expr::MemberOf(member) => {
                self.expr(&member.value, kind, scope, out);
                self.expr(&member.array, kind, scope, out);
            }
            Expr::InList { expr, list, .. } => {
                self.expr(expr, kind, scope, out);
                self.exprs(list, kind, scope, out);
            }
            Expr::Between { expr, low, high, .. } => {
                [expr, low, high].into_iter().for_each(|e| self.expr(e, kind, scope, out));
            }
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                self.expr(expr, kind, scope, out);
                [substring_from, substring_for]
                    .into_iter()
                    .flatten()
                    .for_each(|e| self.expr(e, kind, scope, out));
            }
            Expr::Trim { trim_what, expr, trim_characters, .. } => {
                self.expr(expr, kind, scope, out);
                trim_what.iter().for_each(|e| self.expr(e, kind, scope, out));
                trim_characters.iter().for_each(|list| self.exprs(list, kind, scope, out));
            }
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                [expr, overlay_what, overlay_from].into_iter().for_each(|e| self.expr(e, kind, scope, out));
                overlay_for.iter().for_each(|e| self.expr(e, kind, scope, out));
            }
            Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => {
                sets.iter().for_each(|set| self.exprs(set, kind, scope, out));
            }
            Expr::Tuple(list) | Expr::Struct { values: list, .. } => {
                self.exprs(list, kind, scope, out);
            }
            Expr::Array(array) => self.exprs(&array.elem, kind, scope, out),
            Expr::Dictionary(fields) => {
                fields.iter().for_each(|field| self.expr(&field.value, kind, scope, out));
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    self.expr(&entry.key, kind, scope, out);
                    self.expr(&entry.value, kind, scope, out);
                }
            }
            Expr::Interval(interval) => self.expr(&interval.value, kind, scope, out),
            _ => {}
        }
    }

    pub(super) fn exprs(&mut self, list: &[Expr], kind: EdgeKind, scope: &Scope<'_>, out: &mut Vec<Dep>) {
        list.iter().for_each(|expr| self.expr(expr, kind, scope, out));
    }

    pub(super) fn sorting(
        &mut self,
        list: &[OrderByExpr],
        kind: EdgeKind,
        scope: &Scope<'_>,
        out: &mut Vec<Dep>,
    ) {
        list.iter().for_each(|by| self.expr(&by.expr, kind, scope, out));
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
        kind: EdgeKind,
        scope: &Scope<'_>,
        out: &mut Vec<Dep>,
    ) {
        let (value, condition) = (kind.max(EdgeKind::Expression), EdgeKind::Condition.max(kind));
        operand.iter().for_each(|e| self.expr(e, condition, scope, out));
        for when in conditions {
            self.expr(&when.condition, condition, scope, out);
            self.expr(&when.result, value, scope, out);
        }
        otherwise.iter().for_each(|e| self.expr(e, value, scope, out));
    }

    /// A function's body: its parameters are no columns.
    fn lambda(
        &mut self,
        parameters: &[&Ident],
        body: &Expr,
        kind: EdgeKind,
        scope: &Scope<'_>,
        out: &mut Vec<Dep>,
    ) {
        let before = self.parameters.len();
        for parameter in parameters {
            let name = self.names.of(parameter);
            self.parameters.push(name.key);
        }
        self.expr(body, kind, scope, out);
        self.parameters.truncate(before);
    }

    /// Where sqlparser reads `x -> …` as an operator and the dialect has no such operator: the JSON arrow is PostgreSQL's, MySQL's and SQLite's.
    fn has_arrow_lambdas(&self) -> bool {
        matches!(
            self.dialect,
            Dialect::Ansi
                | Dialect::Trino
                | Dialect::Hive
                | Dialect::Flink
                | Dialect::Snowflake
                | Dialect::BigQuery
        )
    }

    /// `a.b[1].c`: the dots at the front may be a table's name.
    fn field(
        &mut self,
        root: &Expr,
        chain: &[AccessExpr],
        kind: EdgeKind,
        scope: &Scope<'_>,
        out: &mut Vec<Dep>,
    ) {
        let inner = kind.max(EdgeKind::Expression);
        let dots = chain.iter().map_while(|access| match access {
            AccessExpr::Dot(Expr::Identifier(ident)) => Some(ident.clone()),
            _ => None,
        });
        let path: Option<Vec<Ident>> = match root {
            Expr::Identifier(ident) => Some(std::iter::once(ident.clone()).chain(dots).collect()),
            Expr::CompoundIdentifier(idents) => Some(idents.iter().cloned().chain(dots).collect()),
            _ => None,
        };
        match path {
            Some(path) => self.push_column(&path, scope, inner, out),
            None => self.expr(root, inner, scope, out),
        }
        for access in chain {
            if let AccessExpr::Subscript(subscript) = access {
                self.subscript(subscript, inner, scope, out);
            }
        }
    }

    fn subscript(&mut self, subscript: &Subscript, kind: EdgeKind, scope: &Scope<'_>, out: &mut Vec<Dep>) {
        match subscript {
            Subscript::Index { index } => self.expr(index, kind, scope, out),
            Subscript::Slice { lower_bound, upper_bound, stride } => {
                [lower_bound, upper_bound, stride]
                    .into_iter()
                    .flatten()
                    .for_each(|e| self.expr(e, kind, scope, out));
            }
        }
    }

    fn json_path(&mut self, path: &JsonPath, kind: EdgeKind, scope: &Scope<'_>, out: &mut Vec<Dep>) {
        for element in &path.path {
            match element {
                JsonPathElem::Bracket { key } | JsonPathElem::ColonBracket { key } => {
                    self.expr(key, kind, scope, out);
                }
                JsonPathElem::Dot { .. } => {}
            }
        }
    }

    /// A subquery's value is its first column; its rows decide which value.
    pub(super) fn scalar_subquery(
        &mut self,
        query: &Query,
        kind: EdgeKind,
        scope: &Scope<'_>,
        out: &mut Vec<Dep>,
    ) {
        let output = self.query(query, Some(scope));
        for column in output.columns.iter().take(if output.is_closed() { 1 } else { usize::MAX }) {
            self.extend(out, &column.deps, kind);
        }
        if let Some(rows) = &output.rows {
            self.extend(out, rows, kind.max(EdgeKind::Filter));
        }
    }

    /// Of EXISTS only the rows count.
    fn rows_of(&mut self, query: &Query, scope: &Scope<'_>, out: &mut Vec<Dep>) {
        if let Some(rows) = &self.query(query, Some(scope)).rows {
            self.extend(out, rows, EdgeKind::Filter);
        }
    }
}

/// Words that stand where a column could, and are none.
fn is_no_column(ident: &Ident) -> bool {
    const WORDS: [&str; 14] = [
        "default",
        "rownum",
        "sysdate",
        "systimestamp",
        "current_date",
        "current_timestamp",
        "current_time",
        "localtime",
        "localtimestamp",
        "current_user",
        "session_user",
        "rowid",
        "level",
        "user",
    ];
    let text = &ident.value;
    ident.quote_style.is_none()
        && (text.starts_with(['@', '#', ':', '$'])
            || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)))
}

/// The parameters on the left of `->`: `x`, `(x, y)`.
fn parameters(left: &Expr) -> Vec<&Ident> {
    fn ident(expr: &Expr) -> Option<&Ident> {
        match expr {
            Expr::Identifier(ident) => Some(ident),
            _ => None,
        }
    }
    match left {
        Expr::Tuple(list) => list.iter().map_while(ident).collect(),
        Expr::Nested(inner) => ident(inner).into_iter().collect(),
        other => ident(other).into_iter().collect(),
    }
}
