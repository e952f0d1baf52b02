//! Flink SQL. Its CREATE TABLE (watermarks, computed and metadata columns) is mended in [`super::create`].

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;

use super::Rule;
use super::edit::{Edits, View, word};

pub(super) const RULES: &[Rule] = &[window_functions, plan_for];

/// `TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), …))` is `t` with the window's bounds, which come from `ts`:
/// `(SELECT *, TUMBLE(ts) AS window_start, … FROM t)`. sqlparser knows neither a table nor a descriptor as an argument.
fn window_functions(view: &View<'_>, _: Dialect) -> Edits {
    let mut edits = Edits::new();
    for i in 0..view.len() {
        let is_call = view.is(i, "table")
            && *view.token(i + 1) == Token::LParen
            && view.is_any(i + 2, &["tumble", "hop", "cumulate", "session"])
            && *view.token(i + 3) == Token::LParen;
        if !is_call {
            continue;
        }
        let end = view.close(i + 1);
        let inside = || i + 4..end;
        let Some(table) = inside().find(|&k| view.is(k, "table")) else {
            continue;
        };
        let Some(descriptor) = inside().find(|&k| view.is(k, "descriptor")) else {
            continue;
        };
        let table_end = match view.token(table + 1) {
            Token::LParen => view.close(table + 1) + 1,
            _ => view.name(table + 1).map_or(table + 2, |(_, behind)| behind),
        };
        let column = view.copied(descriptor + 2, view.close(descriptor + 1));
        let mut new = vec![Token::LParen, word("SELECT"), Token::Mul];
        for bound in ["window_start", "window_end", "window_time"] {
            new.extend([Token::Comma, view.token(i + 2).clone(), Token::LParen]);
            new.extend(column.iter().cloned());
            new.extend([Token::RParen, word("AS"), word(bound)]);
        }
        new.push(word("FROM"));
        new.extend(view.copied(table + 1, table_end));
        new.push(Token::RParen);
        edits.push((view.full(i)..view.full(end) + 1, new));
    }
    edits
}

/// `EXPLAIN PLAN FOR`, `EXPLAIN ESTIMATED_COST, … INSERT` never come here (they move nothing); `COMPILE AND EXECUTE PLAN 'x' FOR INSERT …`
/// does, and is its INSERT.
fn plan_for(view: &View<'_>, _: Dialect) -> Edits {
    if !view.are(0, &["compile", "and", "execute"]) {
        return Edits::new();
    }
    view.find_word(3, "for").map(|at| (view.range(0, at + 1), Vec::new())).into_iter().collect()
}
