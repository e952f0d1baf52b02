//! Snowflake, BigQuery and Databricks.

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;

use super::Rule;
use super::create::begins_query;
use super::edit::{Edits, View, word};

/// Put right before parsing: sqlparser would read them, but as something else.
pub(super) const BEFORE: &[Rule] = &[identifier, table_function];

/// Tried when no grammar takes the statement.
pub(super) const RULES: &[Rule] = &[stage_options, model_argument];

/// `IDENTIFIER('db.t')` (Snowflake, Databricks), `TABLE('db.t')` (Snowflake): the name in the text.
fn identifier(view: &View<'_>, dialect: Dialect) -> Edits {
    let begins = |i: usize| view.is(i, "identifier") || dialect == Dialect::Snowflake && view.is(i, "table");
    (0..view.len())
        .filter(|&i| begins(i) && *view.token(i + 1) == Token::LParen && *view.token(i + 3) == Token::RParen)
        .filter_map(|i| match view.token(i + 2) {
            Token::SingleQuotedString(text) => Some((view.range(i, i + 4), name_of(text)?)),
            _ => None,
        })
        .collect()
}

/// The tokens of a name.
fn name_of(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    for part in text.split('.') {
        if !tokens.is_empty() {
            tokens.push(Token::Period);
        }
        let bare = part.trim().trim_matches('"');
        if bare.is_empty() {
            return None;
        }
        tokens.push(Token::make_word(bare, (bare.len() < part.len()).then_some('"')));
    }
    Some(tokens)
}

/// `CREATE TABLE FUNCTION f(…) RETURNS TABLE<…> AS SELECT …` (BigQuery): sqlparser takes FUNCTION for a table's name. It becomes a function
/// whose value is a query.
fn table_function(view: &View<'_>, _: Dialect) -> Edits {
    let Some(table) = (1..5).find(|&i| view.are(i, &["table", "function"])).filter(|_| view.is(0, "create"))
    else {
        return Edits::new();
    };
    let mut edits = vec![(view.range(table, table + 1), Vec::new())];
    let Some(query) =
        (table + 2..view.len()).find(|&i| view.is(i, "as") && begins_query(view, i + 1)).map(|i| i + 1)
    else {
        return edits;
    };
    if let Some(returns) = (table..query).find(|&i| view.is(i, "returns")) {
        edits.push((view.range(returns, query - 1), Vec::new()));
    }
    if *view.token(query) != Token::LParen {
        edits.push((view.full(query)..view.full(query), vec![Token::LParen]));
        edits.push((view.tokens.len()..view.tokens.len(), vec![Token::RParen]));
    }
    edits
}

/// `COPY INTO t FROM (SELECT … FROM @stage (FILE_FORMAT => f) s)` (Snowflake): how the files are read.
fn stage_options(view: &View<'_>, dialect: Dialect) -> Edits {
    if dialect != Dialect::Snowflake || !view.is(0, "copy") {
        return Edits::new();
    }
    (2..view.len())
        .filter(|&i| *view.token(i) == Token::LParen && view.is_any(i + 1, &["file_format", "pattern"]))
        .filter(|&i| *view.token(i + 2) == Token::RArrow)
        .map(|i| (view.range(i, view.close(i) + 1), Vec::new()))
        .collect()
}

/// `ML.PREDICT(MODEL m, (SELECT …))`, `ML.PREDICT(MODEL m, TABLE t)` (BigQuery): a model is no table, and what is in it is not known.
fn model_argument(view: &View<'_>, dialect: Dialect) -> Edits {
    let mut edits = Edits::new();
    if dialect != Dialect::BigQuery {
        return edits;
    }
    for i in 1..view.len() {
        if !view.is(i, "model") || *view.token(i - 1) != Token::LParen {
            continue;
        }
        let Some((_, end)) = view.name(i + 1) else { continue };
        let comma = usize::from(*view.token(end) == Token::Comma);
        edits.push((view.range(i, end + comma), Vec::new()));
        if view.is(end + comma, "table")
            && let Some((_, to)) = view.name(end + comma + 1)
        {
            let table = view.copied(end + comma + 1, to);
            let query =
                [vec![Token::LParen, word("SELECT"), Token::Mul, word("FROM")], table, vec![Token::RParen]];
            edits.push((view.range(end + comma, to), query.concat()));
        }
    }
    edits
}
