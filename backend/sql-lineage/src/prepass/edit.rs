//! Looking at tokens and changing them.

use std::ops::Range;

use sqlparser::ast::{Ident, ObjectName};
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use crate::tokens::{is_one_of, is_significant, is_word};

/// A statement's tokens without its white space; positions count those.
pub(super) struct View<'a> {
    pub(super) tokens: &'a [TokenWithSpan],
    at: Vec<usize>,
}

/// What is to stand instead of a stretch of tokens (of all tokens, white space counted).
pub(super) type Edits = Vec<(Range<usize>, Vec<Token>)>;

impl<'a> View<'a> {
    pub(super) fn of(tokens: &'a [TokenWithSpan]) -> Self {
        let at =
            tokens.iter().enumerate().filter(|(_, token)| is_significant(token)).map(|(i, _)| i).collect();
        Self { tokens, at }
    }

    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// The token at a position; behind the last the end of the text.
    pub(super) fn token(&self, i: usize) -> &'a Token {
        self.at.get(i).map_or(&Token::EOF, |&at| &self.tokens[at].token)
    }

    pub(super) fn is(&self, i: usize, word: &str) -> bool {
        is_word(self.token(i), word)
    }

    pub(super) fn is_any(&self, i: usize, words: &[&str]) -> bool {
        is_one_of(self.token(i), words)
    }

    /// Whether these words stand here, one after the other.
    pub(super) fn are(&self, i: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(k, word)| self.is(i + k, word))
    }

    /// Where a position lies among all tokens.
    pub(super) fn full(&self, i: usize) -> usize {
        self.at.get(i).copied().unwrap_or(self.tokens.len())
    }

    /// The stretch of all tokens from one position to before another.
    pub(super) fn range(&self, from: usize, to: usize) -> Range<usize> {
        self.full(from)..self.full(to).max(self.full(from))
    }

    /// The tokens from one position to before another, white space included.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a [TokenWithSpan] {
        &self.tokens[self.range(from, to)]
    }

    /// Copies of the tokens from one position to before another.
    pub(super) fn copied(&self, from: usize, to: usize) -> Vec<Token> {
        (from..to).map(|i| self.token(i).clone()).collect()
    }

    /// The position of the parenthesis that closes the one at `open`; the end where there is none.
    pub(super) fn close(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for i in open..self.len() {
            match self.token(i) {
                Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
                Token::RParen | Token::RBracket | Token::RBrace => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return i;
                    }
                }
                _ => {}
            }
        }
        self.len()
    }

    /// The first position from `from` on, outside parentheses and CASE, where the test holds; it stops at a parenthesis that closes.
    pub(super) fn find(&self, from: usize, test: impl Fn(usize) -> bool) -> Option<usize> {
        let (mut i, mut cases) = (from, 0_usize);
        while i < self.len() {
            if cases == 0 && test(i) {
                return Some(i);
            }
            match self.token(i) {
                Token::LParen | Token::LBracket | Token::LBrace => i = self.close(i),
                Token::RParen | Token::RBracket | Token::RBrace => return None,
                _ if self.is(i, "case") => cases += 1,
                _ if self.is(i, "end") => cases = cases.saturating_sub(1),
                _ => {}
            }
            i += 1;
        }
        None
    }

    pub(super) fn find_word(&self, from: usize, word: &str) -> Option<usize> {
        self.find(from, |i| self.is(i, word))
    }

    /// The name that begins here (`a.b.c`), and the position behind it.
    pub(super) fn name(&self, from: usize) -> Option<(ObjectName, usize)> {
        let mut parts: Vec<Ident> = Vec::new();
        let mut i = from;
        loop {
            match self.token(i) {
                Token::Word(word) => {
                    parts.push(word.clone().into_ident(self.tokens[self.full(i)].span));
                }
                Token::SingleQuotedString(text) if parts.is_empty() => {
                    parts.push(Ident::with_quote('\'', text));
                }
                _ => return None,
            }
            i += 1;
            if *self.token(i) != Token::Period {
                return Some((ObjectName::from(parts), i));
            }
            i += 1;
        }
    }
}

/// The tokens with the edits made. Edits must not overlap.
pub(super) fn apply(tokens: &[TokenWithSpan], mut edits: Edits) -> Vec<TokenWithSpan> {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = Vec::with_capacity(tokens.len());
    let mut from = 0;
    for (range, new) in edits {
        // A parenthesis that nothing closes "closes" behind the last token.
        let range = range.start.min(tokens.len())..range.end.min(tokens.len());
        if range.start < from {
            continue;
        }
        out.extend_from_slice(&tokens[from..range.start]);
        out.extend(new.into_iter().map(|token| TokenWithSpan { token, span: Span::empty() }));
        from = range.end;
    }
    out.extend_from_slice(&tokens[from..]);
    out
}

/// A word, as if written.
pub(super) fn word(text: &str) -> Token {
    Token::make_keyword(text)
}
