//! PostgreSQL and its kin.

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;

use super::Rule;
use super::edit::{Edits, View, word};

/// Put right before parsing: sqlparser would read them, but as something else.
pub(super) const BEFORE: &[Rule] = &[only, recursive_view];

/// Tried when no grammar takes the statement.
pub(super) const RULES: &[Rule] = &[search_and_cycle, remove_duplicates];

/// `FROM ONLY t`, `UPDATE ONLY t`: without the tables that inherit. sqlparser takes ONLY, a reserved word, for the table.
fn only(view: &View<'_>, _: Dialect) -> Edits {
    (1..view.len())
        .filter(|&i| view.is(i, "only") && view.is_any(i - 1, &["from", "join", "update", "into", "table"]))
        .filter(|&i| matches!(view.token(i + 1), Token::Word(_) | Token::LParen))
        .map(|i| (view.range(i, i + 1), Vec::new()))
        .collect()
}

/// `CREATE RECURSIVE VIEW v (n) AS query` is `CREATE VIEW v (n) AS WITH RECURSIVE v (n) AS (query) SELECT n FROM v`.
fn recursive_view(view: &View<'_>, _: Dialect) -> Edits {
    let Some(recursive) =
        (1..4).find(|&i| view.are(i, &["recursive", "view"])).filter(|_| view.is(0, "create"))
    else {
        return Edits::new();
    };
    let name = recursive + 2;
    let Some((_, list)) = view.name(name).filter(|&(_, end)| *view.token(end) == Token::LParen) else {
        return Edits::new();
    };
    let close = view.close(list);
    if !view.is(close + 1, "as") {
        return Edits::new();
    }
    let with = [
        vec![word("WITH"), word("RECURSIVE"), view.token(list - 1).clone()],
        view.copied(list, close + 1),
        vec![word("AS"), Token::LParen],
    ]
    .concat();
    let select = [
        vec![Token::RParen, word("SELECT")],
        view.copied(list + 1, close),
        vec![word("FROM"), view.token(list - 1).clone()],
    ]
    .concat();
    vec![
        (view.range(recursive, recursive + 1), Vec::new()),
        (view.full(close + 2)..view.full(close + 2), with),
        (view.tokens.len()..view.tokens.len(), select),
    ]
}

/// `WITH RECURSIVE c AS (…) SEARCH DEPTH FIRST BY a SET o`, `… CYCLE a SET found USING path`: in which order, and when it ends.
fn search_and_cycle(view: &View<'_>, _: Dialect) -> Edits {
    let begins = |i: usize| {
        *view.token(i - 1) == Token::RParen
            && (view.is(i, "cycle") || view.is(i, "search") && view.is_any(i + 1, &["depth", "breadth"]))
    };
    let end = |from: usize| {
        let last = if view.is(from, "cycle") { "using" } else { "set" };
        view.find_word(from, last).map(|at| at + 2)
    };
    let mut edits = Edits::new();
    let mut i = 1;
    while i < view.len() {
        match begins(i).then(|| end(i)).flatten() {
            Some(mut to) => {
                if view.is(to, "cycle") {
                    to = end(to).unwrap_or(to);
                }
                edits.push((view.range(i, to), Vec::new()));
                i = to;
            }
            None => i += 1,
        }
    }
    edits
}

/// `MERGE INTO t USING s ON … REMOVE DUPLICATES` (Redshift): all rows of the source come into the target.
fn remove_duplicates(view: &View<'_>, _: Dialect) -> Edits {
    let Some(at) = view.find(0, |i| view.are(i, &["remove", "duplicates"])).filter(|_| view.is(0, "merge"))
    else {
        return Edits::new();
    };
    let all = ["WHEN", "NOT", "MATCHED", "THEN", "INSERT", "ROW"].map(word);
    vec![(view.range(at, at + 2), all.to_vec())]
}
