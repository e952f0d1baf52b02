//! ClickHouse.

use std::collections::HashSet;

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;

use super::Rule;
use super::create::begins_query;
use super::edit::{Edits, View, word};

/// Tried when no grammar takes the statement.
pub(super) const RULES: &[Rule] =
    &[mutation, global_in, strictness, bare_using, sample, tuple_element, all_but, with_expression];

fn dropped(view: &View<'_>, from: usize, to: usize) -> (std::ops::Range<usize>, Vec<Token>) {
    (view.range(from, to), Vec::new())
}

/// `ALTER TABLE t UPDATE a = b WHERE …`, `ALTER TABLE t DELETE WHERE …` (ClickHouse): an UPDATE, a DELETE.
fn mutation(view: &View<'_>, _: Dialect) -> Edits {
    let Some((_, end)) = view.name(2).filter(|_| view.are(0, &["alter", "table"])) else {
        return Edits::new();
    };
    let verb = if view.are(end, &["on", "cluster"]) { end + 3 } else { end };
    let new = match () {
        () if view.is(verb, "update") => {
            [vec![word("UPDATE")], view.copied(2, end), vec![word("SET")]].concat()
        }
        () if view.is(verb, "delete") => [vec![word("DELETE"), word("FROM")], view.copied(2, end)].concat(),
        () => return Edits::new(),
    };
    vec![(view.range(0, verb + 1), new)]
}

/// `x GLOBAL IN (…)`, `GLOBAL NOT IN` (ClickHouse): where it runs.
fn global_in(view: &View<'_>, _: Dialect) -> Edits {
    (0..view.len())
        .filter(|&i| view.is(i, "global") && (view.is(i + 1, "in") || view.are(i + 1, &["not", "in"])))
        .map(|i| dropped(view, i, i + 1))
        .collect()
}

/// `GLOBAL ANY LEFT JOIN`, `LEFT ALL JOIN`: where it runs, and how many rows match.
fn strictness(view: &View<'_>, dialect: Dialect) -> Edits {
    const KINDS: [&str; 7] = ["inner", "left", "right", "full", "outer", "semi", "anti"];
    let leads_to_join = |i: usize| {
        let end = (i + 1..i + 5).find(|&k| !view.is_any(k, &KINDS) && !view.is_any(k, &["any", "all"]));
        end.is_some_and(|end| view.is(end, "join"))
    };
    (1..view.len())
        .filter(|&i| dialect == Dialect::ClickHouse && view.is_any(i, &["global", "any", "all"]))
        .filter(|&i| leads_to_join(i))
        .map(|i| dropped(view, i, i + 1))
        .collect()
}

/// `USING a, b` without parentheses.
fn bare_using(view: &View<'_>, dialect: Dialect) -> Edits {
    let mut edits = Edits::new();
    for i in 1..view.len() {
        if dialect != Dialect::ClickHouse || !view.is(i, "using") || *view.token(i + 1) == Token::LParen {
            continue;
        }
        let mut end = i + 2;
        while *view.token(end) == Token::Comma {
            end += 2;
        }
        let list = [vec![Token::LParen], view.copied(i + 1, end), vec![Token::RParen]];
        edits.push((view.range(i + 1, end), list.concat()));
    }
    edits
}

/// `FROM t SAMPLE 0.1 OFFSET 0.5`, `SAMPLE 1/10`: which rows, by chance.
fn sample(view: &View<'_>, dialect: Dialect) -> Edits {
    let is_number = |i: usize| matches!(view.token(i), Token::Number(..));
    let value = |i: usize| {
        if *view.token(i + 1) == Token::Div && is_number(i + 2) { i + 3 } else { i + 1 }
    };
    (1..view.len())
        .filter(|&i| dialect == Dialect::ClickHouse && view.is(i, "sample") && is_number(i + 1))
        .map(|i| {
            let end = value(i + 1);
            let end = if view.is(end, "offset") && is_number(end + 1) { value(end + 1) } else { end };
            dropped(view, i, end)
        })
        .collect()
}

/// `a.1`: an element of the tuple `a`. It comes from the column as a whole.
fn tuple_element(view: &View<'_>, dialect: Dialect) -> Edits {
    (1..view.len())
        .filter(|&i| {
            dialect == Dialect::ClickHouse
                && matches!(view.token(i), Token::Number(text, _) if text.starts_with('.'))
                && matches!(view.token(i - 1), Token::Word(_) | Token::RParen | Token::RBracket)
                && view.full(i) == view.full(i - 1) + 1
        })
        .map(|i| dropped(view, i, i + 1))
        .collect()
}

/// `INSERT INTO t (* EXCEPT (a)) …`: the columns of the table, by its own order.
fn all_but(view: &View<'_>, _: Dialect) -> Edits {
    if !view.is(0, "insert") {
        return Edits::new();
    }
    (2..view.len().min(12))
        .find(|&i| *view.token(i) == Token::LParen && *view.token(i + 1) == Token::Mul)
        .map(|i| dropped(view, i, view.close(i) + 1))
        .into_iter()
        .collect()
}

/// `WITH a + b AS c SELECT …`: c is an expression, not a query. The item goes, and the name stands for its expression, in parentheses,
/// wherever it is used; as a select item of its own it keeps its name.
fn with_expression(view: &View<'_>, dialect: Dialect) -> Edits {
    let with = (0..view.len()).find(|&i| view.is(i, "with")).filter(|_| dialect == Dialect::ClickHouse);
    let Some((with, select)) = with.and_then(|with| Some((with, view.find_word(with, "select")?))) else {
        return Edits::new();
    };
    let mut named: Vec<(&str, Vec<Token>)> = Vec::new();
    let mut queries: Vec<Vec<Token>> = Vec::new();
    let mut from = with + 1;
    while from < select {
        let end = view.find(from, |i| i == select || *view.token(i) == Token::Comma).unwrap_or(select);
        if view.is(from + 1, "as") && *view.token(from + 2) == Token::LParen && begins_query(view, from + 3) {
            queries.push(view.copied(from, end));
        } else {
            let Token::Word(name) = view.token(end - 1) else { return Edits::new() };
            if !view.is(end - 2, "as") {
                return Edits::new();
            }
            named.push((&name.value, view.copied(from, end - 2)));
        }
        from = end + 1;
    }
    if named.is_empty() {
        return Edits::new();
    }
    let kept = if queries.is_empty() {
        Vec::new()
    } else {
        [vec![word("WITH")], queries.join(&Token::Comma)].concat()
    };
    let mut edits = vec![(view.range(with, select), kept)];
    let listed = listed(view, select);
    for i in select..view.len() {
        let Token::Word(used) = view.token(i) else { continue };
        let is_part = *view.token(i - 1) == Token::Period
            || *view.token(i + 1) == Token::Period
            || view.is(i - 1, "as");
        let Some((_, tokens)) = named.iter().find(|(name, _)| *name == used.value).filter(|_| !is_part)
        else {
            continue;
        };
        let mut new = [vec![Token::LParen], tokens.clone(), vec![Token::RParen]].concat();
        let is_whole = (*view.token(i - 1) == Token::Comma || view.is(i - 1, "select"))
            && (*view.token(i + 1) == Token::Comma || view.is(i + 1, "from"));
        if is_whole && listed.contains(&i) {
            new.extend([word("AS"), view.token(i).clone()]);
        }
        edits.push((view.full(i)..view.full(i) + 1, new));
    }
    edits
}

/// The positions of a select list that stand in no call.
fn listed(view: &View<'_>, select: usize) -> HashSet<usize> {
    let (mut depth, mut listed) = (0_usize, HashSet::new());
    for i in select..view.len() {
        match view.token(i) {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
            _ if depth == 0 && view.is(i, "from") => break,
            _ if depth == 0 => drop(listed.insert(i)),
            _ => {}
        }
    }
    listed
}
