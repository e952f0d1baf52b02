//! What is refused, seen on tokens: a parser that recurses over a hostile text would overflow its stack, and so would dropping what
//! it built.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::options::Limits;

use super::{Failure, is_one_of, is_significant, is_word};

/// How deep and how long the text's expressions are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) depth: usize,
    pub(crate) chain: usize,
}

impl Shape {
    /// Whether an ordinary stack (2 MiB, debug build) takes it.
    pub(crate) fn is_shallow(self) -> bool {
        self.depth <= 4 && self.chain <= 24
    }
}

/// Operators since the last separator, and set operations, in one pair of parentheses.
#[derive(Default)]
struct Level {
    operators: usize,
    set_operations: usize,
    joins: usize,
    is_case: bool,
}

/// Words that make one node over what is on their left or right.
const OPERATORS: [&str; 20] = [
    "and",
    "or",
    "not",
    "xor",
    "like",
    "ilike",
    "rlike",
    "regexp",
    "in",
    "is",
    "between",
    "collate",
    "interval",
    "prior",
    "connect_by_root",
    "binary",
    "div",
    "mod",
    "at",
    "escape",
];
/// Words behind which a new expression begins.
const SEPARATORS: [&str; 14] = [
    "select", "from", "where", "having", "when", "then", "else", "on", "set", "values", "by", "qualify",
    "with", "as",
];
const SET_OPERATIONS: [&str; 4] = ["union", "except", "intersect", "minus"];

/// Measures the tokens of a whole text, or refuses it.
pub(crate) fn measure(tokens: &[TokenWithSpan], limits: &Limits) -> Result<Shape, Failure> {
    let mut shape = Shape::default();
    let mut levels = vec![Level::default()];
    let (mut count, mut before) = (0_usize, &Token::EOF);
    for token in tokens.iter().filter(|token| is_significant(token)) {
        count += 1;
        let refuse = |message: String| Err(Failure { message, span: token.span });
        if count > limits.tokens {
            return refuse(format!("the text has more than {} tokens", limits.tokens));
        }
        step(&token.token, before, &mut levels);
        before = &token.token;
        let level = levels.last_mut().map(|level| level.operators.max(level.set_operations).max(level.joins));
        shape.depth = shape.depth.max(levels.len() - 1);
        shape.chain = shape.chain.max(level.unwrap_or(0));
        if shape.depth > limits.depth {
            return refuse(format!("more than {} levels of nesting", limits.depth));
        }
        if shape.chain > limits.chain {
            return refuse(format!("more than {} operators in one chain", limits.chain));
        }
    }
    Ok(shape)
}

fn step(token: &Token, before: &Token, levels: &mut Vec<Level>) {
    let close = |levels: &mut Vec<Level>, case: bool| {
        if levels.len() > 1 && levels.last().is_some_and(|level| level.is_case == case) {
            levels.pop();
        }
    };
    match token {
        Token::LParen | Token::LBrace => levels.push(Level::default()),
        Token::LBracket => {
            if *before == Token::RBracket {
                count(levels, |level| level.operators += 1);
            }
            levels.push(Level::default());
        }
        Token::RParen | Token::RBrace | Token::RBracket => {
            // A CASE without END inside: its level goes with the parenthesis.
            while levels.len() > 1 && levels.last().is_some_and(|level| level.is_case) {
                levels.pop();
            }
            close(levels, false);
        }
        Token::SemiColon => {
            levels.clear();
            levels.push(Level::default());
        }
        Token::Comma => count(levels, |level| level.operators = 0),
        Token::Word(word) if word.quote_style.is_none() => {
            if is_word(token, "case") {
                levels.push(Level { is_case: true, ..Level::default() });
            } else if is_word(token, "end") {
                close(levels, true);
            } else if is_one_of(token, &OPERATORS) {
                count(levels, |level| level.operators += 1);
            } else if is_one_of(token, &SEPARATORS) {
                count(levels, |level| level.operators = 0);
            } else if is_one_of(token, &SET_OPERATIONS) {
                count(levels, |level| level.set_operations += 1);
            } else if is_word(token, "join") {
                count(levels, |level| level.joins += 1);
            }
        }
        Token::Word(_) | Token::Number(..) | Token::Char(_) | Token::Period | Token::Placeholder(_) => {}
        token if is_literal(token) => {}
        _ => count(levels, |level| level.operators += 1),
    }
}

fn count(levels: &mut [Level], change: impl FnOnce(&mut Level)) {
    if let Some(level) = levels.last_mut() {
        change(level);
    }
}

fn is_literal(token: &Token) -> bool {
    matches!(
        token,
        Token::SingleQuotedString(_)
            | Token::DoubleQuotedString(_)
            | Token::TripleSingleQuotedString(_)
            | Token::TripleDoubleQuotedString(_)
            | Token::DollarQuotedString(_)
            | Token::SingleQuotedByteStringLiteral(_)
            | Token::DoubleQuotedByteStringLiteral(_)
            | Token::SingleQuotedRawStringLiteral(_)
            | Token::DoubleQuotedRawStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::EscapedStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::HexStringLiteral(_)
    )
}
