//! CREATE TABLE and CREATE VIEW with options that sqlparser does not know. Every engine has its own (USING, DISTSTYLE, ENGINE, CODEC,
//! WATERMARK, PRIMARY INDEX …) and they grow; none of them says where data comes from. So a CREATE that no grammar took is reduced to
//! what matters: name, names of columns, query.

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;

use super::Rule;
use super::edit::{Edits, View, word};

pub(super) const RULES: &[Rule] = &[reduced];

/// What begins an item of a column list that is no column.
const NO_COLUMNS: [&str; 16] = [
    "primary",
    "constraint",
    "unique",
    "foreign",
    "check",
    "index",
    "key",
    "watermark",
    "period",
    "like",
    "projection",
    "exclude",
    "fulltext",
    "spatial",
    "partition",
    "inherits",
];

fn reduced(view: &View<'_>, dialect: Dialect) -> Edits {
    whole(view, dialect).map_or_else(Edits::new, |new| vec![(0..view.tokens.len(), new)])
}

fn whole(view: &View<'_>, dialect: Dialect) -> Option<Vec<Token>> {
    if !view.is(0, "create") {
        return None;
    }
    let kind = (1..9).find(|&i| view.is_any(i, &["table", "view"]))?;
    let mut at = kind + 1;
    let guarded = view.are(at, &["if", "not", "exists"]);
    if guarded {
        at += 3;
    }
    let (_, name_end) = view.name(at)?;
    let columns = (*view.token(name_end) == Token::LParen && !begins_query(view, name_end + 1))
        .then(|| view.close(name_end));
    let behind = columns.map_or(name_end, |close| close + 1);
    let introduced = view.find(behind, |i| view.is(i, "as") && begins_query(view, i + 1)).map(|i| i + 1);
    // `CREATE TABLE t SELECT …`, without AS.
    let query = introduced.or_else(|| {
        view.find(behind, |i| {
            view.is(i, "select") || (*view.token(i) == Token::LParen && view.is(i + 1, "select"))
        })
    });
    let to = view
        .find(behind, |i| view.is(i, "to") && query.is_some_and(|query| i < query))
        .filter(|_| view.is(kind, "view"));

    let is_view = view.is(kind, "view") && query.is_some();
    let mut new = vec![word("CREATE")];
    if (1..kind).any(|i| view.is(i, "temporary") || view.is(i, "temp")) {
        new.push(word("TEMPORARY"));
    }
    if is_view && to.is_some() {
        new.push(word("MATERIALIZED"));
    }
    new.push(word(if is_view { "VIEW" } else { "TABLE" }));
    if guarded && !is_view {
        new.extend(["IF", "NOT", "EXISTS"].map(word));
    }
    new.extend(view.copied(at, name_end));
    if let Some(close) = columns {
        // MySQL's list makes columns of its own, also before a query: they have types.
        let typed = !is_view && (query.is_none() || dialect == Dialect::MySql);
        list(view, name_end, close, typed, &mut new);
    }
    if let Some((to, (_, end))) = to.and_then(|to| Some((to, view.name(to + 1)?))) {
        new.extend(view.copied(to, end));
    }
    if let Some(query) = query {
        new.push(word("AS"));
        new.extend(view.copied(query, query_end(view, query)));
    }
    Some(new)
}

pub(super) fn begins_query(view: &View<'_>, i: usize) -> bool {
    let mut i = i;
    while *view.token(i) == Token::LParen {
        i += 1;
    }
    view.is_any(i, &["select", "with", "values", "from", "sel", "table"])
}

/// A query in parentheses ends with them (Teradata: `AS (SELECT …) WITH DATA PRIMARY INDEX (a)`), unless a set operation follows.
fn query_end(view: &View<'_>, query: usize) -> usize {
    if *view.token(query) != Token::LParen {
        return view.len();
    }
    let close = view.close(query) + 1;
    if view.is_any(close, &["union", "except", "intersect", "minus", "order", "limit"]) {
        view.len()
    } else {
        close.min(view.len())
    }
}

/// The names of a column list; with a type each where the table is made of them alone.
fn list(view: &View<'_>, open: usize, close: usize, typed: bool, new: &mut Vec<Token>) {
    let mut items = Vec::new();
    let mut i = open + 1;
    while i < close {
        if matches!(view.token(i), Token::Word(_)) && !view.is_any(i, &NO_COLUMNS) {
            items.push(view.token(i).clone());
        }
        i = view.find(i, |k| *view.token(k) == Token::Comma).map_or(close, |comma| comma + 1);
    }
    // A table of columns with a query: the names are the query's, renamed.
    if items.is_empty() {
        return;
    }
    new.push(Token::LParen);
    for (n, item) in items.into_iter().enumerate() {
        if n > 0 {
            new.push(Token::Comma);
        }
        new.push(item);
        if typed {
            new.push(word("INT"));
        }
    }
    new.push(Token::RParen);
}
