//! Oracle.

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;

use super::Rule;
use super::edit::{Edits, View, word};

/// Tried when no grammar takes the statement.
pub(super) const RULES: &[Rule] = &[of_another_row, keep];

/// `PRIOR a`, `CONNECT_BY_ROOT a` as a value: the same column, of another row.
fn of_another_row(view: &View<'_>, dialect: Dialect) -> Edits {
    if dialect != Dialect::Oracle {
        return Edits::new();
    }
    (0..view.len())
        .filter(|&i| view.is_any(i, &["prior", "connect_by_root"]))
        .filter(|&i| matches!(view.token(i + 1), Token::Word(_) | Token::LParen))
        .map(|i| (view.range(i, i + 1), Vec::new()))
        .collect()
}

/// `max(a) KEEP (DENSE_RANK LAST ORDER BY b)`: sqlparser knows an order of an aggregate's rows as WITHIN GROUP.
fn keep(view: &View<'_>, _: Dialect) -> Edits {
    (1..view.len())
        .filter(|&i| {
            view.is(i, "keep") && *view.token(i + 1) == Token::LParen && view.is(i + 2, "dense_rank")
        })
        .map(|i| (view.range(i, i + 4), vec![word("WITHIN"), word("GROUP"), Token::LParen]))
        .collect()
}
