//! Function calls: aggregates, windows, conditions, and arguments that only look like columns.

use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, Ident,
    NamedWindowDefinition, NamedWindowExpr, WindowSpec, WindowType,
};

use crate::dialect::Dialect;
use crate::lineage::EdgeKind;

use super::Analyzer;
use super::scope::Scope;
use super::sources::Dep;
use super::tables::idents;

/// What a function does with its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    Scalar,
    Aggregate,
    /// The first argument is a condition.
    If,
    /// Conditions and values in turn.
    MultiIf,
    /// Bare words are units of time.
    Date,
    /// Takes a whole row: the name of a relation is no column.
    Row,
    /// ClickHouse: the first argument names a dictionary, the second its attribute.
    Dictionary,
}

const AGGREGATES: [&str; 62] = [
    "any",
    "any_value",
    "anylast",
    "approx_count_distinct",
    "approx_distinct",
    "approx_percentile",
    "approx_quantiles",
    "arbitrary",
    "arg_max",
    "arg_min",
    "argmax",
    "argmin",
    "array_agg",
    "array_concat_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "collect_list",
    "collect_set",
    "corr",
    "count",
    "count_if",
    "countif",
    "covar_pop",
    "covar_samp",
    "every",
    "first",
    "group_concat",
    "grouparray",
    "hll_count",
    "json_agg",
    "json_arrayagg",
    "json_object_agg",
    "json_objectagg",
    "jsonb_agg",
    "last",
    "list",
    "listagg",
    "logical_and",
    "logical_or",
    "max",
    "max_by",
    "median",
    "min",
    "min_by",
    "mode",
    "object_agg",
    "percentile",
    "percentile_approx",
    "percentile_cont",
    "percentile_disc",
    "quantile",
    "stddev",
    "string_agg",
    "sum",
    "uniq",
    "var_pop",
    "variance",
    "xmlagg",
];
const DATES: [&str; 30] = [
    "add_months",
    "date_add",
    "date_diff",
    "date_part",
    "date_sub",
    "date_trunc",
    "dateadd",
    "datediff",
    "datediff_big",
    "datename",
    "datepart",
    "datetime_add",
    "datetime_diff",
    "datetime_sub",
    "datetime_trunc",
    "extract",
    "last_day",
    "next_day",
    "time_add",
    "time_diff",
    "time_slice",
    "time_sub",
    "time_trunc",
    "timeadd",
    "timediff",
    "timestamp_add",
    "timestamp_diff",
    "timestamp_sub",
    "timestamp_trunc",
    "trunc",
];
const UNITS: [&str; 38] = [
    "century",
    "d",
    "day",
    "dayofweek",
    "dayofyear",
    "days",
    "dd",
    "decade",
    "dow",
    "doy",
    "epoch",
    "hh",
    "hour",
    "hours",
    "isodow",
    "isoweek",
    "isoyear",
    "mi",
    "microsecond",
    "microseconds",
    "millisecond",
    "milliseconds",
    "minute",
    "minutes",
    "mm",
    "month",
    "months",
    "nanosecond",
    "quarter",
    "quarters",
    "second",
    "seconds",
    "ss",
    "week",
    "weeks",
    "year",
    "years",
    "yyyy",
];

fn nature(name: &str) -> Nature {
    let mut lower = [0_u8; 24];
    let Some(lower) = lower.get_mut(..name.len()) else {
        return Nature::Scalar;
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    let Ok(name) = std::str::from_utf8(lower) else {
        return Nature::Scalar;
    };
    match name {
        "if" | "iff" | "iif" => Nature::If,
        "multiif" => Nature::MultiIf,
        "hstore" | "row_to_json" | "to_json" | "to_json_string" | "to_jsonb" => Nature::Row,
        "timestampadd" | "timestampdiff" => Nature::Date,
        _ if AGGREGATES.binary_search(&name).is_ok() => Nature::Aggregate,
        _ if name.starts_with("stddev") || name.starts_with("var_") || name.starts_with("regr_") => {
            Nature::Aggregate
        }
        _ if DATES.binary_search(&name).is_ok() => Nature::Date,
        _ if name.starts_with("dictget") => Nature::Dictionary,
        _ => Nature::Scalar,
    }
}

impl Analyzer<'_> {
    pub(super) fn function(
        &mut self,
        function: &Function,
        kind: EdgeKind,
        scope: &Scope<'_>,
        out: &mut Vec<Dep>,
    ) {
        let name = idents(&function.name).last().map_or("", |ident| ident.value.as_str());
        let nature = nature(name);
        let value = kind.max(match nature {
            _ if function.over.is_some() => EdgeKind::Window,
            Nature::Aggregate => EdgeKind::Aggregate,
            _ => EdgeKind::Expression,
        });
        self.call_defined(function, value, out);
        self.receiver(function, value, scope, out);
        self.arguments(&function.parameters, Nature::Scalar, value, scope, out);
        self.arguments(&function.args, nature, value, scope, out);
        let is_pattern = matches!(self.dialect, Dialect::DuckDb | Dialect::ClickHouse)
            && name.eq_ignore_ascii_case("columns")
            && is_text(&function.args);
        if is_pattern || takes_the_row(&function.args) && !name.eq_ignore_ascii_case("count") {
            for column in self.star(scope) {
                self.extend(out, &column.deps, value);
            }
        }
        self.sorting(&function.within_group, value, scope, out);
        function
            .filter
            .iter()
            .for_each(|filter| self.expr(filter, kind.max(EdgeKind::Condition), scope, out));
        if let Some(WindowType::WindowSpec(window)) = &function.over {
            self.window(window, kind, scope, out);
        } else if let Some(WindowType::NamedWindow(name)) = &function.over {
            self.named_window(name, kind, scope, out);
        }
    }

    fn arguments(
        &mut self,
        arguments: &FunctionArguments,
        nature: Nature,
        kind: EdgeKind,
        scope: &Scope<'_>,
        out: &mut Vec<Dep>,
    ) {
        match arguments {
            FunctionArguments::None => {}
            FunctionArguments::Subquery(query) => self.scalar_subquery(query, kind, scope, out),
            FunctionArguments::List(list) => {
                let last = list.args.len().saturating_sub(1);
                for (i, argument) in list.args.iter().enumerate() {
                    let kind = match nature {
                        Nature::If if i == 0 => kind.max(EdgeKind::Condition),
                        Nature::MultiIf if i % 2 == 0 && i != last => kind.max(EdgeKind::Condition),
                        _ => kind,
                    };
                    if nature == Nature::Row && self.row(argument, kind, scope, out) {
                        continue;
                    }
                    if nature == Nature::Dictionary && i == 0 && self.dialect == Dialect::ClickHouse {
                        self.dictionary(argument);
                    } else if !(nature == Nature::Date && is_unit(argument)) {
                        self.argument(argument, kind, scope, out);
                    }
                }
                list.clauses.iter().for_each(|clause| self.clause(clause, kind, scope, out));
            }
        }
    }

    pub(super) fn argument(
        &mut self,
        argument: &FunctionArg,
        kind: EdgeKind,
        scope: &Scope<'_>,
        out: &mut Vec<Dep>,
    ) {
        let (FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg)) =
            argument;
        match arg {
            FunctionArgExpr::Expr(expr) => self.expr(expr, kind, scope, out),
            FunctionArgExpr::QualifiedWildcard(name) => {
                let idents: Vec<&Ident> = idents(name).collect();
                self.push_star_of(&idents, scope, kind, out);
            }
            // `count(*)` counts rows and reads no column; of others see `takes_the_row`.
            FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_) => {}
        }
    }

    fn clause(
        &mut self,
        clause: &FunctionArgumentClause,
        kind: EdgeKind,
        scope: &Scope<'_>,
        out: &mut Vec<Dep>,
    ) {
        match clause {
            FunctionArgumentClause::OrderBy(by) => {
                self.sorting(by, kind.max(EdgeKind::Over), scope, out);
            }
            FunctionArgumentClause::Where(expr) => {
                self.expr(expr, kind.max(EdgeKind::Condition), scope, out);
            }
            FunctionArgumentClause::Having(bound) => {
                self.expr(&bound.1, kind.max(EdgeKind::Condition), scope, out);
            }
            FunctionArgumentClause::Limit(expr) => self.expr(expr, kind, scope, out),
            _ => {}
        }
    }

    fn window(&mut self, window: &WindowSpec, kind: EdgeKind, scope: &Scope<'_>, out: &mut Vec<Dep>) {
        let over = kind.max(EdgeKind::Over);
        self.exprs(&window.partition_by, over, scope, out);
        self.sorting(&window.order_by, over, scope, out);
        if let Some(base) = &window.window_name {
            self.named_window(base, kind, scope, out);
        }
    }

    fn named_window(&mut self, name: &Ident, kind: EdgeKind, scope: &Scope<'_>, out: &mut Vec<Dep>) {
        let key = self.names.of(name).key;
        if let Some((_, deps)) = scope.windows.iter().find(|(window, _)| *window == key) {
            self.extend(out, &std::rc::Rc::clone(deps), kind.max(EdgeKind::Over));
        }
    }

    /// Works out the windows of a WINDOW clause, so that OVER can name them.
    pub(super) fn define_windows(&mut self, windows: &[NamedWindowDefinition], scope: &mut Scope<'_>) {
        for NamedWindowDefinition(name, window) in windows {
            let mut out = Vec::new();
            match window {
                NamedWindowExpr::WindowSpec(window) => {
                    self.window(window, EdgeKind::Over, scope, &mut out);
                }
                NamedWindowExpr::NamedWindow(other) => {
                    self.named_window(other, EdgeKind::Over, scope, &mut out);
                }
            }
            let (key, deps) = (self.names.of(name).key, self.deps(out));
            scope.windows.push((key, deps));
        }
    }

    /// `column.method(…)`: a relation's column, not a schema's function.
    fn receiver(&mut self, function: &Function, kind: EdgeKind, scope: &Scope<'_>, out: &mut Vec<Dep>) {
        let mut parts = idents(&function.name);
        let (Some(first), Some(_), 2..) = (parts.next(), parts.next(), function.name.0.len()) else {
            return;
        };
        let key = self.names.of(first).key;
        if self.dialect == Dialect::MsSql && scope.called(key).is_some() && function.name.0.len() > 2 {
            let path: Vec<Ident> = idents(&function.name).take(function.name.0.len() - 1).cloned().collect();
            self.push_column(&path, scope, kind, out);
        }
    }

    /// `to_json(t)`: every column of t.
    fn row(&mut self, argument: &FunctionArg, kind: EdgeKind, scope: &Scope<'_>, out: &mut Vec<Dep>) -> bool {
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(ident))) = argument else {
            return false;
        };
        let key = self.names.of(ident).key;
        if scope.called(key).is_none() {
            return false;
        }
        self.push_star_of(&[ident], scope, kind, out);
        true
    }

    fn dictionary(&mut self, argument: &FunctionArg) {
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = argument else {
            return;
        };
        let parts: Vec<crate::names::Name> = match expr {
            Expr::Identifier(ident) => vec![self.names.of(ident)],
            Expr::CompoundIdentifier(idents) => idents.iter().map(|ident| self.names.of(ident)).collect(),
            Expr::Value(value) => match value.value.clone().into_string() {
                Some(text) => text.split('.').map(|part| self.names.folded(part, false)).collect(),
                None => return,
            },
            _ => return,
        };
        let table = self.tables.named(&parts, &self.names);
        self.reads.push(table);
    }

    /// A call of a function whose SQL the text has defined reads what its body reads.
    fn call_defined(&mut self, function: &Function, kind: EdgeKind, out: &mut Vec<Dep>) {
        if self.functions.is_empty() {
            return;
        }
        let Some(last) = idents(&function.name).last() else {
            return;
        };
        let key = self.names.of(last).key;
        if let Some(body) = self.functions.get(&key).cloned() {
            self.reads.extend(&body.reads);
            for column in &body.output.columns {
                self.extend(out, &column.deps, kind);
            }
        }
    }
}

/// A bare word that is a unit of time, alone or with its argument (`WEEK(MONDAY)`).
fn is_unit(argument: &FunctionArg) -> bool {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = argument else {
        return false;
    };
    let word = match expr {
        Expr::Identifier(ident) if ident.quote_style.is_none() => ident.value.to_ascii_lowercase(),
        Expr::Function(function) => function.name.to_string().to_ascii_lowercase(),
        _ => return false,
    };
    UNITS.binary_search(&word.as_str()).is_ok()
}

/// `object_construct(*)`, `hash(*)`: all columns in sight.
fn takes_the_row(arguments: &FunctionArguments) -> bool {
    let is_star = |argument: &FunctionArg| {
        matches!(
            argument,
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_))
        )
    };
    matches!(arguments, FunctionArguments::List(list) if list.args.iter().any(is_star))
}

/// `COLUMNS('pattern')`: some of the columns in sight.
fn is_text(arguments: &FunctionArguments) -> bool {
    let FunctionArguments::List(list) = arguments else { return false };
    matches!(&list.args[..], [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(_)))])
}

#[cfg(test)]
mod tests {
    use super::{AGGREGATES, DATES, UNITS};

    #[test]
    fn lists_that_are_searched_are_sorted() {
        for list in [&AGGREGATES[..], &DATES, &UNITS] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
