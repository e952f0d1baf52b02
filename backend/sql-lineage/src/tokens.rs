//! From text to tokens to one run of tokens a statement, all before any parsing: what cannot be read is set aside with its
//! reason, and the rest goes on.

pub(crate) mod limits;
pub(crate) mod split;

use sqlparser::dialect::Dialect as Grammar;
use sqlparser::tokenizer::{
    Location, Span, Token, TokenWithSpan, Tokenizer, TokenizerError, Whitespace, Word,
};

use crate::text::Text;

/// Tokens of one statement, or why there are none.
#[derive(Debug)]
pub(crate) struct Run {
    /// White space and comments included: some grammars look at them.
    pub(crate) tokens: Vec<TokenWithSpan>,
    pub(crate) failure: Option<Failure>,
}

/// Why a statement could not be read, and where.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) span: Span,
}

/// More places than this where no token can be read: what follows is no SQL.
const MOST_FAILURES: usize = 16;

/// The tokens of a text, and the places where there are none: (how many tokens stand before, why). Behind such a place reading goes on
/// after the next semicolon.
pub(crate) fn read(
    sql: &str,
    text: &Text<'_>,
    grammar: &dyn Grammar,
) -> (Vec<TokenWithSpan>, Vec<(usize, Failure)>) {
    // Each blank is a token: an indented query has up to five in eight bytes, and moving them as they become more costs.
    let (mut tokens, mut failures) = (Vec::with_capacity(sql.len() / 8 * 5 + 8), Vec::new());
    // As a rule there is nothing to go around, and no place to move.
    let read = Tokenizer::new(grammar, sql).tokenize_with_location_into_buf(&mut tokens);
    squeeze(&mut tokens);
    let Err(error) = read else {
        return (tokens, failures);
    };
    let mut from = go_on(sql, text, error, 0, tokens.len(), &mut failures);
    while from < sql.len() && failures.len() < MOST_FAILURES {
        let shift = text.location(from);
        let moved = |at: Location| Location {
            line: at.line + shift.line - 1,
            column: if at.line == 1 { at.column + shift.column - 1 } else { at.column },
        };
        let read = Tokenizer::new(grammar, &sql[from..]).tokenize_with_location_into_buf_with_mapper(
            &mut tokens,
            |mut token| {
                token.span = Span::new(moved(token.span.start), moved(token.span.end));
                token
            },
        );
        squeeze(&mut tokens);
        let Err(mut error) = read else { break };
        error.location = moved(error.location);
        from = go_on(sql, text, error, from, tokens.len(), &mut failures);
    }
    (tokens, failures)
}

/// Leaves one of several blanks in a row: each is a token, of an indented query most are, and the parser steps over them each time it looks
/// ahead. No grammar asks how many there are, but some whether a line ended (strings on two lines are one). Comments stay, some are hints.
fn squeeze(tokens: &mut Vec<TokenWithSpan>) {
    let is_line_end = |token: &TokenWithSpan| token.token == Token::Whitespace(Whitespace::Newline);
    let is_blank = |token: &TokenWithSpan| {
        matches!(token.token, Token::Whitespace(Whitespace::Space | Whitespace::Tab | Whitespace::Newline))
    };
    tokens.dedup_by(|token, before| {
        let is_more = is_blank(token) && is_blank(before);
        if is_more && is_line_end(token) {
            std::mem::swap(token, before);
        }
        is_more
    });
}

/// Notes a place without a token; gives the byte of the next semicolon.
fn go_on(
    sql: &str,
    text: &Text<'_>,
    error: TokenizerError,
    from: usize,
    tokens: usize,
    failures: &mut Vec<(usize, Failure)>,
) -> usize {
    let span = Span::new(error.location, error.location);
    failures.push((tokens, Failure { message: error.message, span }));
    let at = text.byte(error.location).max(from);
    sql.get(at..).and_then(|rest| rest.find(';')).map_or(sql.len(), |next| at + next)
}

/// The word of a token in upper case letters' sense: compared without case.
pub(crate) fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(Word { value, quote_style: None, .. }) if value.eq_ignore_ascii_case(word))
}

/// Whether a token is one of these words.
pub(crate) fn is_one_of(token: &Token, words: &[&str]) -> bool {
    matches!(token, Token::Word(Word { value, quote_style: None, .. }) if words.iter().any(|word| value.eq_ignore_ascii_case(word)))
}

/// Whether a token says something.
pub(crate) fn is_significant(token: &TokenWithSpan) -> bool {
    !matches!(token.token, Token::Whitespace(_) | Token::EOF)
}

/// The stretch that tokens take, white space at their ends left out.
pub(crate) fn span_of(tokens: &[TokenWithSpan]) -> Span {
    let mut significant = tokens.iter().filter(|token| is_significant(token) && token.span.start.line > 0);
    let Some(first) = significant.next() else {
        return Span::empty();
    };
    let last = significant.next_back().unwrap_or(first);
    Span::new(first.span.start, last.span.end)
}
