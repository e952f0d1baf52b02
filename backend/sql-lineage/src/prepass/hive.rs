//! Hive and Spark.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::dialect::Dialect;

use super::Rule;
use super::edit::{Edits, View};

/// Put right before parsing: sqlparser would read them, but as something else.
pub(super) const BEFORE: &[Rule] = &[strings_in_double_quotes, variables];

/// Tried when no grammar takes the statement.
pub(super) const RULES: &[Rule] =
    &[directory, insert_options, transform, schema_evolution, versions, sampled];

/// `"x"` is a text in Hive and Spark; sqlparser takes it for a name. Where only a name can stand it is left one.
fn strings_in_double_quotes(view: &View<'_>, _: Dialect) -> Edits {
    const NAMES_FOLLOW: [&str; 11] =
        ["as", "from", "join", "into", "table", "view", "update", "exists", "by", "overwrite", "using"];
    let is_name = |i: usize| {
        *view.token(i + 1) == Token::Period
            || (i > 0 && (*view.token(i - 1) == Token::Period || view.is_any(i - 1, &NAMES_FOLLOW)))
    };
    (0..view.len())
        .filter_map(|i| match view.token(i) {
            Token::Word(text) if text.quote_style == Some('"') && !is_name(i) => {
                Some((view.full(i)..view.full(i) + 1, vec![Token::SingleQuotedString(text.value.clone())]))
            }
            _ => None,
        })
        .collect()
}

/// `${name}` and `${hiveconf:name}` are replaced by the client before Hive sees them; here each is a word of its own.
fn variables(view: &View<'_>, _: Dialect) -> Edits {
    let mut edits = Edits::new();
    for i in 0..view.len() {
        // Hive's tokens let a word hold braces, but not the colon.
        if let (Token::Word(one), Token::Colon, Token::Word(two)) =
            (view.token(i), view.token(i + 1), view.token(i + 2))
            && one.value.contains("${")
            && !one.value.contains('}')
        {
            let whole = format!("{}:{}", one.value, two.value);
            edits.push((view.full(i)..view.full(i + 2) + 1, vec![Token::make_word(&whole, Some('`'))]));
        }
        let opens = matches!(view.token(i), Token::Placeholder(dollar) if dollar == "$")
            || matches!(view.token(i), Token::Char('$'));
        if opens && *view.token(i + 1) == Token::LBrace {
            let close = view.close(i + 1);
            let text: String = (i + 2..close).map(|k| view.token(k).to_string()).collect();
            edits.push((
                view.full(i)..view.full(close) + 1,
                vec![Token::make_word(&format!("${{{text}}}"), Some('`'))],
            ));
        }
    }
    edits
}

/// `FROM s INSERT … SELECT a INSERT … SELECT b`: as many INSERTs, each with the FROM behind its select list. sqlparser has no such form.
pub(super) fn multi_insert(view: &View<'_>) -> Option<Vec<Vec<TokenWithSpan>>> {
    // `WITH q AS (…) FROM q INSERT …`: each INSERT gets the WITH too.
    let first =
        if view.is(0, "with") { view.find(1, |i| view.is_any(i, &["from", "select", "insert"]))? } else { 0 };
    if !view.is(first, "from") {
        return None;
    }
    let mut inserts = Vec::new();
    let mut at = view.find_word(first + 1, "insert")?;
    let (with, from) = (view.slice(0, first), view.slice(first, at));
    while at < view.len() {
        let next = view.find_word(at + 1, "insert").unwrap_or(view.len());
        let select = view.find_word(at, "select")?;
        let ends = |i: usize| {
            view.is_any(
                i,
                &[
                    "where",
                    "group",
                    "having",
                    "order",
                    "sort",
                    "cluster",
                    "distribute",
                    "limit",
                    "lateral",
                    "window",
                    "union",
                ],
            )
        };
        let list_end = view.find(select + 1, |i| i < next && ends(i)).unwrap_or(next);
        inserts
            .push([with, view.slice(at, list_end), &separator(), from, view.slice(list_end, next)].concat());
        at = next;
    }
    Some(inserts)
}

fn separator() -> [TokenWithSpan; 1] {
    let token = Token::Whitespace(sqlparser::tokenizer::Whitespace::Space);
    [TokenWithSpan { token, span: sqlparser::tokenizer::Span::empty() }]
}

/// `INSERT OVERWRITE DIRECTORY 'path' ROW FORMAT … STORED AS … USING … OPTIONS (…) SELECT`: sqlparser knows STORED AS only.
fn directory(view: &View<'_>, _: Dialect) -> Edits {
    let Some(at) = (0..view.len().min(5)).find(|&i| view.is(i, "directory")) else {
        return Edits::new();
    };
    if !view.is(0, "insert") {
        return Edits::new();
    }
    match view.find(at + 2, |i| {
        view.is_any(i, &["select", "with", "from", "values"])
            || *view.token(i) == Token::LParen && view.is(i + 1, "select")
    }) {
        Some(query) if query > at + 2 => vec![(view.range(at + 2, query), Vec::new())],
        _ => Edits::new(),
    }
}

/// `INSERT INTO t BY NAME`, `REPLACE WHERE condition` (Databricks), `PARTITION (…) IF NOT EXISTS`, `PARTITION (…) (columns)`: how rows are
/// put in, not which; the list of columns is given first where sqlparser wants it.
fn insert_options(view: &View<'_>, _: Dialect) -> Edits {
    let Some(insert) = (0..view.len()).find(|&i| view.is(i, "insert")) else {
        return Edits::new();
    };
    let Some(query) = view.find(insert, |i| view.is_any(i, &["select", "with", "values", "from"])) else {
        return Edits::new();
    };
    let mut edits = Edits::new();
    for i in insert..query {
        if view.are(i, &["by", "name"]) {
            edits.push((view.range(i, i + 2), Vec::new()));
        } else if view.are(i, &["replace", "where"]) {
            edits.push((view.range(i, query), Vec::new()));
        } else if view.is(i, "partition") && *view.token(i + 1) == Token::LParen {
            let close = view.close(i + 1);
            if view.are(close + 1, &["if", "not", "exists"]) {
                edits.push((view.range(close + 1, close + 4), Vec::new()));
            } else if *view.token(close + 1) == Token::LParen && view.close(close + 1) < query {
                let end = view.close(close + 1) + 1;
                let swapped = [view.copied(close + 1, end), view.copied(i, close + 1)].concat();
                edits.push((view.range(i, end), swapped));
            }
        }
    }
    edits
}

/// `SELECT TRANSFORM (a, b) … USING 'script' … AS (c, d)`: a function of its columns; the script is a program.
fn transform(view: &View<'_>, _: Dialect) -> Edits {
    let mut edits = Edits::new();
    for i in 0..view.len() {
        if view.is_any(i, &["transform", "map", "reduce"]) && view.is(i.wrapping_sub(1), "select") {
            let open = if *view.token(i + 1) == Token::LParen {
                i + 1
            } else {
                continue;
            };
            let close = view.close(open);
            let Some(using) = view.find_word(close + 1, "using") else {
                continue;
            };
            let as_at = view.find(using, |k| view.is_any(k, &["as", "from"])).unwrap_or(view.len());
            edits.push((view.range(close + 1, as_at), Vec::new()));
            // `AS c INT, d STRING`: without parentheses.
            if view.is(as_at, "as") && *view.token(as_at + 1) != Token::LParen {
                let end = view.find_word(as_at, "from").unwrap_or(view.len());
                let mut list = vec![Token::LParen];
                for k in as_at + 1..end {
                    let begins = k == as_at + 1 || *view.token(k - 1) == Token::Comma;
                    if begins || *view.token(k) == Token::Comma {
                        list.push(view.token(k).clone());
                    }
                }
                list.push(Token::RParen);
                edits.push((view.range(as_at + 1, end), list));
            }
            // Types in the list (`AS (c INT, d STRING)`) are not needed.
            if view.is(as_at, "as") && *view.token(as_at + 1) == Token::LParen {
                for k in as_at + 2..view.close(as_at + 1) {
                    let is_type = matches!(view.token(k), Token::Word(_))
                        && matches!(view.token(k - 1), Token::Word(_));
                    if is_type {
                        edits.push((view.range(k, k + 1), Vec::new()));
                    }
                }
            }
        }
    }
    edits
}

/// `MERGE WITH SCHEMA EVOLUTION INTO` (Databricks).
fn schema_evolution(view: &View<'_>, _: Dialect) -> Edits {
    (0..view.len())
        .filter(|&i| view.are(i, &["with", "schema", "evolution"]))
        .map(|i| (view.range(i, i + 3), Vec::new()))
        .collect()
}

/// `t VERSION AS OF 3`, `t TIMESTAMP AS OF x` (Spark), `t FOR VERSION AS OF 3`, `FOR SYSTEM_TIME AS OF x` (Trino, Flink), `BEFORE (…)`,
/// `AT (…)`: the table as it was; sqlparser knows some in some dialects. What follows is one value.
fn versions(view: &View<'_>, _: Dialect) -> Edits {
    let mut edits = Edits::new();
    for i in 0..view.len() {
        let names = view.is_any(i, &["version", "timestamp", "system_version", "system_time"])
            && view.are(i + 1, &["as", "of"]);
        if names {
            let from = if view.is(i.wrapping_sub(1), "for") { i - 1 } else { i };
            let to = view
                .find(i + 3, |k| k > i + 3 && ends_value(view, k))
                .unwrap_or_else(|| end_of_group(view, i + 3));
            edits.push((view.range(from, to), Vec::new()));
        }
    }
    edits
}

/// Whether a value ends before this token: it is no operator, and no part of a name or call.
fn ends_value(view: &View<'_>, k: usize) -> bool {
    let continues = |token: &Token| {
        matches!(
            token,
            Token::Period
                | Token::LParen
                | Token::Plus
                | Token::Minus
                | Token::Mul
                | Token::Div
                | Token::DoubleColon
                | Token::StringConcat
        )
    };
    let open = matches!(
        view.token(k - 1),
        Token::Period | Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::DoubleColon
    );
    let of_interval = view.is_any(k - 1, &["interval", "timestamp", "date"])
        || view.is_any(k, &["second", "minute", "hour", "day", "month", "year"]);
    !continues(view.token(k)) && !open && !of_interval
}

fn end_of_group(view: &View<'_>, from: usize) -> usize {
    let mut depth = 0_usize;
    for k in from..view.len() {
        match view.token(k) {
            Token::LParen => depth += 1,
            Token::RParen if depth == 0 => return k,
            Token::RParen => depth -= 1,
            _ => {}
        }
    }
    view.len()
}

/// `t TABLESAMPLE (10 PERCENT) alias` (Hive, Spark): sqlparser wants the alias before.
fn sampled(view: &View<'_>, _: Dialect) -> Edits {
    (0..view.len())
        .filter(|&i| view.is(i, "tablesample"))
        .filter_map(|i| {
            let open = (i + 1..view.len().min(i + 4)).find(|&k| *view.token(k) == Token::LParen)?;
            Some((view.range(i, view.close(open) + 1), Vec::new()))
        })
        .collect()
}
