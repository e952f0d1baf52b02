//! T-SQL.

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;

use super::Rule;
use super::edit::{Edits, View, word};

/// Put right before parsing: sqlparser would read them, but as something else.
pub(super) const BEFORE: &[Rule] = &[top_of_change];

/// Tried when no grammar takes the statement.
pub(super) const RULES: &[Rule] = &[hints, bulk_rowset];

/// What `WITH (…)` behind a table may hold that is a hint, and not the columns of OPENJSON.
const HINTS: [&str; 22] = [
    "forcescan",
    "forceseek",
    "holdlock",
    "ignore_constraints",
    "ignore_triggers",
    "index",
    "keepdefaults",
    "keepidentity",
    "noexpand",
    "nolock",
    "nowait",
    "paglock",
    "readcommitted",
    "readpast",
    "readuncommitted",
    "repeatableread",
    "rowlock",
    "serializable",
    "tablock",
    "tablockx",
    "updlock",
    "xlock",
];

/// `UPDATE TOP (5) t`, `DELETE TOP (5) FROM t`: sqlparser takes TOP for the table's name.
fn top_of_change(view: &View<'_>, _: Dialect) -> Edits {
    let verb = |i: usize| view.is_any(i, &["update", "delete", "insert", "merge"]);
    let Some(verb) = view.find(0, |i| verb(i) && view.is(i + 1, "top")) else {
        return Edits::new();
    };
    let amount = verb + 2;
    let end = if *view.token(amount) == Token::LParen { view.close(amount) } else { amount };
    let end = end + 1 + usize::from(view.is(end + 1, "percent"));
    vec![(view.range(verb + 1, end), Vec::new())]
}

/// `MERGE t WITH (HOLDLOCK) AS a`, `INSERT INTO t WITH (TABLOCK) (a)`: sqlparser knows hints behind the tables of FROM.
fn hints(view: &View<'_>, dialect: Dialect) -> Edits {
    if dialect != Dialect::MsSql {
        return Edits::new();
    }
    (1..view.len())
        .filter(|&i| view.is(i, "with") && *view.token(i + 1) == Token::LParen && view.is_any(i + 2, &HINTS))
        .map(|i| (view.range(i, view.close(i + 1) + 1), Vec::new()))
        .collect()
}

/// `OPENROWSET(BULK 'file', …)` reads a file: the function `file` does, in the words of another dialect.
fn bulk_rowset(view: &View<'_>, _: Dialect) -> Edits {
    (0..view.len())
        .filter(|&i| view.is(i, "openrowset") && view.is(i + 2, "bulk"))
        .filter(|&i| matches!(view.token(i + 3), Token::SingleQuotedString(_)))
        .map(|i| {
            let call = [word("file"), Token::LParen, view.token(i + 3).clone(), Token::RParen];
            (view.range(i, view.close(i + 1) + 1), call.to_vec())
        })
        .collect()
}
