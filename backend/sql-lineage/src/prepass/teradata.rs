//! Teradata.

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;

use super::Rule;
use super::edit::{Edits, View, word};

/// Tried when no grammar takes the statement.
pub(super) const RULES: &[Rule] = &[operators, teradata_words, locking, behind_values, insert_without_values];

fn dropped(view: &View<'_>, from: usize, to: usize) -> (std::ops::Range<usize>, Vec<Token>) {
    (view.range(from, to), Vec::new())
}

/// `SEL`, `INS`, `DEL`, `UPD` (Teradata); `REPLACE VIEW`; `DELETE t ALL`.
fn teradata_words(view: &View<'_>, dialect: Dialect) -> Edits {
    if dialect != Dialect::Teradata {
        return Edits::new();
    }
    let mut edits: Edits = Vec::new();
    for i in 0..view.len() {
        let long = [("sel", "SELECT"), ("ins", "INSERT"), ("del", "DELETE"), ("upd", "UPDATE")];
        if let Some((_, long)) = long.iter().find(|(short, _)| view.is(i, short))
            && (i == 0 || *long == "SELECT")
        {
            edits.push((view.full(i)..view.full(i) + 1, vec![word(long)]));
        }
    }
    if view.are(0, &["replace", "view"]) {
        edits.push((view.full(0)..view.full(0) + 1, vec![word("CREATE"), word("OR"), word("REPLACE")]));
    }
    edits
}

/// `LOCKING ROW FOR ACCESS`, `LOCKING TABLE t FOR READ` (Teradata), before a SELECT.
fn locking(view: &View<'_>, _: Dialect) -> Edits {
    (0..view.len())
        .filter(|&i| {
            view.is_any(i, &["locking", "lock"]) && view.is_any(i + 1, &["row", "table", "database", "view"])
        })
        .filter_map(|i| {
            let select = (i..view.len()).find(|&k| view.is_any(k, &["select", "sel", "with"]))?;
            Some(dropped(view, i, select))
        })
        .collect()
}

/// Operators of Teradata and Oracle: `^=`, `~=`, `NOT=`, `NE`, `EQ` …, `a MOD b`, `a ** b`.
fn operators(view: &View<'_>, dialect: Dialect) -> Edits {
    let mut edits = Edits::new();
    if !matches!(dialect, Dialect::Teradata | Dialect::Oracle | Dialect::Vertica) {
        return edits;
    }
    for i in 1..view.len() {
        let is_not_equal = *view.token(i + 1) == Token::Eq
            && (matches!(view.token(i), Token::Caret | Token::Tilde) || view.is(i, "not"));
        let between_values = matches!(view.token(i - 1), Token::Word(_) | Token::Number(..) | Token::RParen);
        let word = [
            ("mod", Token::Mod),
            ("ne", Token::Neq),
            ("eq", Token::Eq),
            ("gt", Token::Gt),
            ("ge", Token::GtEq),
            ("lt", Token::Lt),
            ("le", Token::LtEq),
        ];
        if is_not_equal {
            edits.push((view.full(i)..view.full(i + 1) + 1, vec![Token::Neq]));
        } else if *view.token(i) == Token::Mul && *view.token(i + 1) == Token::Mul {
            edits.push(dropped(view, i, i + 1));
        } else if let Some((_, operator)) = word.into_iter().find(|(word, _)| view.is(i, word))
            && between_values
            && *view.token(i + 1) != Token::LParen
        {
            edits.push((view.full(i)..view.full(i) + 1, vec![operator]));
        }
    }
    edits
}

/// `a (FORMAT 'YYYY')`, `b (DATE)`, `CAST(c AS DATE FORMAT 'YYYY')`: how a value is shown, and its type. `d (NAMED e)` is `d AS e`.
fn behind_values(view: &View<'_>, dialect: Dialect) -> Edits {
    const TYPES: [&str; 8] = ["date", "integer", "int", "float", "timestamp", "title", "bigint", "smallint"];
    let mut edits = Edits::new();
    if dialect != Dialect::Teradata {
        return edits;
    }
    for i in 1..view.len() {
        let is_format =
            |i: usize| view.is(i, "format") && matches!(view.token(i + 1), Token::SingleQuotedString(_));
        let follows =
            matches!(view.token(i - 1), Token::Word(_) | Token::RParen) && *view.token(i) == Token::LParen;
        if follows && view.is(i + 1, "named") && *view.token(i + 3) == Token::RParen {
            edits.push((view.range(i, i + 4), vec![word("AS"), view.token(i + 2).clone()]));
        } else if follows && (is_format(i + 1) || is_type(view, i, &TYPES)) {
            edits.push(dropped(view, i, view.close(i) + 1));
        } else if is_format(i) && *view.token(i - 1) != Token::LParen {
            edits.push(dropped(view, i, i + 2));
        }
    }
    edits
}

/// `(DATE)` and the like alone, behind what is no call of that name.
fn is_type(view: &View<'_>, open: usize, types: &[&str]) -> bool {
    view.is_any(open + 1, types)
        && *view.token(open + 2) == Token::RParen
        && !view.is_any(open - 1, &["as", "in", "by"])
}

/// `MERGE … WHEN NOT MATCHED THEN INSERT (a, b)`: the values, not the columns.
fn insert_without_values(view: &View<'_>, dialect: Dialect) -> Edits {
    if dialect != Dialect::Teradata || !view.is(0, "merge") {
        return Edits::new();
    }
    (1..view.len())
        .filter(|&i| view.are(i, &["then", "insert"]) && *view.token(i + 2) == Token::LParen)
        .filter(|&i| !view.is_any(view.close(i + 2) + 1, &["values", "value"]))
        .map(|i| (view.full(i + 2)..view.full(i + 2), vec![word("VALUES")]))
        .collect()
}
