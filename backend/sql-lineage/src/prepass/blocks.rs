//! Procedures and blocks: the statements inside, without the words around them that steer (BEGIN, IF … THEN, LOOP). sqlparser parses
//! procedures of T-SQL only; each other dialect has a language of its own, of which only the SQL matters here.

use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use crate::dialect::Dialect;
use crate::options::Limits;
use crate::text::Text;
use crate::tokens::{Failure, limits, read, split::split};

use super::create::begins_query;
use super::edit::View;

/// The tokens of statements.
type Runs = Vec<Vec<TokenWithSpan>>;

/// CREATE [OR REPLACE] PROCEDURE.
pub(super) fn is_procedure(view: &View<'_>) -> bool {
    // MySQL names the definer before: `CREATE DEFINER = a@b PROCEDURE p`.
    view.is_any(0, &["create", "alter", "replace"])
        && (1..10).any(|i| view.is_any(i, &["procedure", "proc"]) && *view.token(i - 1) != Token::Period)
}

/// The statements of a procedure's body.
pub(super) fn procedure(view: &View<'_>, dialect: Dialect, limits: &Limits) -> Result<Runs, Failure> {
    let body_at = (2..view.len()).find(|&i| view.is_any(i, &["as", "is"])).unwrap_or(2);
    if let Some(body) = (body_at..view.len()).find_map(|i| text_at(view, i)) {
        let speaks_sql = (2..view.len())
            .find(|&i| view.is(i, "language"))
            .is_none_or(|i| view.is_any(i + 1, &["sql", "plpgsql", "plvsql"]));
        return if speaks_sql { statements_in(&body, dialect, limits) } else { Ok(Runs::new()) };
    }
    let begin = (2..view.len()).find(|&i| view.is(i, "begin"));
    let from = match begin {
        Some(begin) => begin + 1,
        None => body_at + 1,
    };
    let mut to = view.len();
    if begin.is_some() {
        // `END`, `END;`, `END name`: the body's own.
        to = (from..view.len()).rev().find(|&i| view.is(i, "end")).unwrap_or(to);
    }
    Ok(split_body(view.slice(from, to).to_vec(), dialect))
}

/// A string that holds statements: `$$ … $$`, `'…'`.
fn text_at(view: &View<'_>, i: usize) -> Option<String> {
    match view.token(i) {
        Token::DollarQuotedString(body) => Some(body.value.clone()),
        Token::SingleQuotedString(body) if view.is(i.wrapping_sub(1), "as") => Some(body.clone()),
        _ => None,
    }
}

/// The statements in a string of the text. Their places are not the text's, so they have none.
fn statements_in(body: &str, dialect: Dialect, limits: &Limits) -> Result<Runs, Failure> {
    let (mut tokens, _) = read(body, &Text::new(body), dialect.grammar());
    tokens.iter_mut().for_each(|token| token.span = Span::empty());
    limits::measure(&tokens, limits)?;
    let begin = tokens.iter().position(|token| crate::tokens::is_word(&token.token, "begin"));
    if let Some(begin) = begin {
        tokens.drain(..=begin);
        if let Some(end) = tokens.iter().rposition(|token| crate::tokens::is_word(&token.token, "end")) {
            tokens.truncate(end);
        }
    }
    Ok(split_body(tokens, dialect))
}

fn split_body(tokens: Vec<TokenWithSpan>, dialect: Dialect) -> Runs {
    split(tokens, Vec::new(), dialect).into_iter().map(|run| run.tokens).collect()
}

/// `DO $$ … $$` (PostgreSQL), `EXECUTE IMMEDIATE $$ … $$` (Snowflake): a block in a string.
pub(super) fn anonymous(view: &View<'_>, dialect: Dialect, limits: &Limits) -> Option<Result<Runs, Failure>> {
    let body = match () {
        () if view.is(0, "do") => (1..view.len()).find_map(|i| dollar_text(view, i))?,
        () if view.are(0, &["execute", "immediate"]) => dollar_text(view, 2)?,
        () => return None,
    };
    Some(statements_in(&body, dialect, limits))
}

fn dollar_text(view: &View<'_>, i: usize) -> Option<String> {
    match view.token(i) {
        Token::DollarQuotedString(body) => Some(body.value.clone()),
        _ => None,
    }
}

/// `FOR r IN (SELECT …) LOOP …`, `FOR r IN SELECT … LOOP …`, `FOR r IN (SELECT …) DO …`: the query, and what follows.
pub(super) fn loop_over(view: &View<'_>) -> Option<(Vec<TokenWithSpan>, Vec<TokenWithSpan>)> {
    if !view.is(0, "for") || !view.is(2, "in") {
        return None;
    }
    let is_query = |i: usize| view.is_any(i, &["select", "with"]);
    let from = if *view.token(3) == Token::LParen { 4 } else { 3 };
    let body = view.find(3, |i| view.is_any(i, &["loop", "do"])).filter(|_| is_query(from))?;
    let to = if from == 4 { view.close(3) } else { body };
    Some((view.slice(from, to).to_vec(), view.slice(body + 1, view.len()).to_vec()))
}

/// Where a statement begins behind words that only steer; `None`: it begins at once.
pub(super) fn after_control(view: &View<'_>, dialect: Dialect) -> Option<usize> {
    if view.len() == 0 {
        return None;
    }
    let behind = |i: Option<usize>| i.map(|i| view.full(i + 1));
    let then = |from: usize| view.find_word(from, "then");
    match () {
        // EXECUTE STATEMENT SET BEGIN, STATEMENT SET BEGIN (Flink).
        () if view.is(0, "execute") && view.are(1, &["statement", "set"]) => behind(Some(3)),
        () if view.are(0, &["statement", "set"]) => behind(Some(2)),
        () if view.are(0, &["execute", "insert"]) => Some(view.full(1)),
        () if view.is(0, "begin") && view.is_any(1, &["try", "catch", "atomic"]) => behind(Some(1)),
        () if view.is(0, "begin") => behind(Some(0)),
        // BEGIN ATOMIC (its BEGIN is taken off with the body's), PERFORM statement (Vertica).
        () if view.is_any(0, &["atomic", "perform"]) => behind(Some(0)),
        () if view.is(0, "end") => {
            let extra = usize::from(
                view.is_any(1, &["if", "loop", "while", "repeat", "for", "case", "try", "catch"]),
            );
            behind(Some(extra))
        }
        () if view.is(0, "else") && view.is(1, "if") => behind(then(0)),
        () if view.is_any(0, &["else", "loop", "repeat"]) => behind(Some(0)),
        () if view.is_any(0, &["elseif", "elsif", "when", "exception"]) => behind(then(0)),
        () if view.is(0, "if") => behind(then(0)).or_else(|| opened(view, dialect)),
        () if view.is_any(0, &["while", "for"]) => {
            behind(view.find(1, |i| view.is_any(i, &["do", "loop"]))).or_else(|| opened(view, dialect))
        }
        // CREATE TASK … AS statement, CREATE PIPE … AS COPY INTO … (Snowflake): the statement is what matters.
        () if view.is(0, "create") && (1..4).any(|i| view.is_any(i, &["task", "pipe"])) => {
            behind(view.find(2, |i| view.is(i, "as") && !view.is(i.wrapping_sub(1), "execute")))
        }
        // CREATE MODEL … AS query (BigQuery): a model is no table, but the query reads some.
        () if view.is(0, "create") && (1..5).any(|i| view.is(i, "model")) => {
            behind((2..view.len()).find(|&i| view.is(i, "as") && begins_query(view, i + 1)))
        }
        // A label: `<<name>>`, `name:`.
        () if *view.token(0) == Token::ShiftLeft => behind(Some(2)),
        () if *view.token(1) == Token::Colon
            && view.is_any(2, &["begin", "loop", "while", "repeat", "for"]) =>
        {
            Some(view.full(2))
        }
        () => None,
    }
}

/// T-SQL: `IF condition BEGIN` without its END, which stands behind a semicolon.
fn opened(view: &View<'_>, dialect: Dialect) -> Option<usize> {
    let begin = view.find_word(1, "begin")?;
    let is_closed = view.find_word(begin, "end").is_some();
    (dialect == Dialect::MsSql && !is_closed).then(|| view.full(begin + 1))
}
