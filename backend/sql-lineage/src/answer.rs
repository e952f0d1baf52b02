//! From facts in numbers to the answer in texts.

use hashbrown::HashMap;
use std::sync::Arc;

use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan};

use crate::analysis::sources::{Dep, TableId};
use crate::analysis::{Analyzer, Facts, Written};
use crate::lineage::{ColumnLineage, Diagnostic, EdgeKind, Fragment, Statement, TableName, Upstream};
use crate::text::Text;
use crate::tokens::{is_one_of, is_significant, is_word, span_of};

/// The answer for a statement.
pub(crate) fn statement(
    index: usize,
    facts: &Facts,
    analyzer: &Analyzer<'_>,
    tokens: &[TokenWithSpan],
    text: &Text<'_>,
) -> Statement {
    let span = span_of(tokens);
    let mut items = Items { tokens, text, known: HashMap::new() };
    let columns = facts.columns.iter().map(|column| {
        let expression = column.item.and_then(|item| items.fragment(item.select, item.number as usize));
        column_lineage(column, expression, analyzer)
    });
    Statement {
        index,
        kind: facts.kind,
        place: text.place(span),
        columns: columns.collect(),
        reads: tables(&facts.reads, analyzer),
        writes: tables(&facts.writes, analyzer),
        rows: facts.rows.iter().map(|&dep| upstream(dep, analyzer)).collect(),
        diagnostics: facts
            .notes
            .iter()
            .map(|note| {
                let at = if note.span.start.line == 0 { span } else { note.span };
                Diagnostic { severity: note.severity, message: note.message.clone(), place: text.place(at) }
            })
            .collect(),
    }
}

pub(crate) fn tables(ids: &[TableId], analyzer: &Analyzer<'_>) -> Vec<TableName> {
    ids.iter().map(|&id| analyzer.tables.name(id).clone()).collect()
}

pub(crate) fn column_lineage(
    column: &Written,
    expression: Option<Fragment>,
    analyzer: &Analyzer<'_>,
) -> ColumnLineage {
    let upstreams = column.deps.iter().map(|&dep| {
        let mut upstream = upstream(dep, analyzer);
        if dep.kind <= EdgeKind::Rename {
            let same = analyzer.sources.get(dep.source).column.key == column.name.key;
            upstream.kind = if same { EdgeKind::Identity } else { EdgeKind::Rename };
        }
        upstream
    });
    ColumnLineage {
        table: column.table.map(|id| analyzer.tables.name(id).clone()),
        column: Arc::clone(analyzer.names.text(column.name.text)),
        expression,
        upstreams: upstreams.collect(),
    }
}

fn upstream(dep: Dep, analyzer: &Analyzer<'_>) -> Upstream {
    let source = analyzer.sources.get(dep.source);
    Upstream {
        table: source.table.map(|id| analyzer.tables.name(id).clone()),
        column: Arc::clone(analyzer.names.text(source.column.text)),
        kind: dep.kind,
        candidates: source.candidates.iter().map(|&id| analyzer.tables.name(id).clone()).collect(),
    }
}

/// The select items of a statement, found in its tokens.
struct Items<'a> {
    tokens: &'a [TokenWithSpan],
    text: &'a Text<'a>,
    known: HashMap<Location, Vec<Span>>,
}

impl Items<'_> {
    /// The expression of an item, without its alias.
    fn fragment(&mut self, select: Location, number: usize) -> Option<Fragment> {
        let tokens = self.tokens;
        let spans = self.known.entry(select).or_insert_with(|| spans_of_items(tokens, select));
        let span = *spans.get(number)?;
        (span.start.line > 0).then(|| self.text.fragment(span))
    }
}

/// Words that end a select list.
const ENDS: [&str; 16] = [
    "from",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "union",
    "except",
    "intersect",
    "minus",
    "into",
    "qualify",
    "window",
    "lateral",
    "fetch",
    "bulk",
];
/// Words between SELECT and its first item.
const STARTS: [&str; 5] = ["distinct", "all", "straight_join", "sql_no_cache", "sql_calc_found_rows"];

fn spans_of_items(tokens: &[TokenWithSpan], select: Location) -> Vec<Span> {
    let from = tokens.partition_point(|token| token.span.start < select);
    if tokens.get(from).is_none_or(|token| token.span.start != select || !is_word(&token.token, "select")) {
        return Vec::new();
    }
    let mut spans = Vec::new();
    let (mut depth, mut item): (usize, Vec<&TokenWithSpan>) = (0, Vec::new());
    for token in tokens[from + 1..].iter().filter(|token| is_significant(token)) {
        match &token.token {
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::RParen | Token::RBracket | Token::RBrace if depth == 0 => break,
            Token::RParen | Token::RBracket | Token::RBrace => depth -= 1,
            Token::SemiColon => break,
            Token::Comma if depth == 0 => {
                spans.push(without_alias(&item));
                item.clear();
                continue;
            }
            word if depth == 0 && is_one_of(word, &ENDS) && !item.is_empty() => break,
            word if depth == 0 && spans.is_empty() && item.is_empty() && is_one_of(word, &STARTS) => {
                continue;
            }
            word if is_word(word, "case") => depth += 1,
            word if is_word(word, "end") => depth = depth.saturating_sub(1),
            _ => {}
        }
        item.push(token);
    }
    spans.push(without_alias(&item));
    spans
}

/// The stretch of an item without `AS alias`, `alias`, `alias =`.
fn without_alias(item: &[&TokenWithSpan]) -> Span {
    let is_name = |token: &TokenWithSpan| {
        matches!(token.token, Token::Word(_) | Token::SingleQuotedString(_) | Token::DoubleQuotedString(_))
    };
    let expression = match item {
        [before @ .., as_word, alias]
            if is_word(&as_word.token, "as") && is_name(alias) && !before.is_empty() =>
        {
            before
        }
        [before @ .., last, alias] if is_bare_alias(last, alias) => &item[..before.len() + 1],
        _ => item,
    };
    match (expression.first(), expression.last()) {
        (Some(first), Some(last)) if first.span.start.line > 0 => Span::new(first.span.start, last.span.end),
        _ => Span::empty(),
    }
}

/// `a + b total`: a word that follows what ends an expression.
fn is_bare_alias(last: &TokenWithSpan, alias: &TokenWithSpan) -> bool {
    let ends = match &last.token {
        Token::Word(word) => {
            word.quote_style.is_some()
                || word.keyword == sqlparser::keywords::Keyword::NoKeyword
                || is_word(&last.token, "end")
        }
        Token::RParen | Token::RBracket | Token::Number(..) | Token::SingleQuotedString(_) | Token::Mul => {
            true
        }
        _ => false,
    };
    ends && matches!(&alias.token, Token::Word(word) if !is_word(&alias.token, "end") && word.value != "*")
}
