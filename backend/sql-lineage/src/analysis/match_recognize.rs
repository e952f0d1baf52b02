//! MATCH_RECOGNIZE: rows found by a pattern.

use std::rc::Rc;

use sqlparser::ast::{Ident, MatchRecognizePattern, MatchRecognizeSymbol, RowsPerMatch, TableFactor};

use crate::lineage::EdgeKind;
use crate::names::Symbol;

use super::Analyzer;
use super::relation::{Column, Output, Reach, Relation, Shape};
use super::scope::Scope;
use super::sources::Dep;

impl Analyzer<'_> {
    pub(super) fn match_recognize(
        &mut self,
        factor: &TableFactor,
        scope: &mut Scope<'_>,
        rows: &mut Vec<Dep>,
    ) {
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
            if matches!(rows_per_match, Some(RowsPerMatch::AllRows(_))) {
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

/// The variables of a MATCH_RECOGNIZE pattern; DEFINE need not name them all.
fn variables_of<'a>(pattern: &'a MatchRecognizePattern, into: &mut Vec<&'a Ident>) {
    use MatchRecognizePattern as P;
    match pattern {
        P::Symbol(MatchRecognizeSymbol::Named(name)) | P::Exclude(MatchRecognizeSymbol::Named(name)) => {
            into.push(name);
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
