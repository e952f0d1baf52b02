//! What is refused, seen on tokens: a parser that recurses over a hostile text would overflow its stack, and so would dropping what
//! it built.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::options::Limits;

use super::{Failure, is_significant};

/// How deep and how long the text's expressions are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) depth: usize,
    pub(crate) chain: usize,
    /// A string is long enough to hold deep SQL itself (UNLOAD, the body of a procedure).
    pub(crate) has_long_string: bool,
}

impl Shape {
    /// Whether an ordinary stack (2 MiB, debug build) takes it.
    pub(crate) fn is_shallow(self) -> bool {
        self.depth <= 4 && self.chain <= 24 && !self.has_long_string
    }
}

/// Operators since the last separator, and set operations, in one pair of parentheses.
#[derive(Default)]
struct Level {
    operators: usize,
    set_operations: usize,
    joins: usize,
    openers: usize,
    is_case: bool,
}

/// What a word means for the depth of what is parsed.
enum Weight {
    /// It makes one node over what is on its left or right.
    Operator,
    /// Behind it a new expression begins.
    Separator,
    SetOperation,
    Join,
    /// It stands before a statement in a statement. These are counted to the next semicolon: no separator ends such a chain.
    Opener,
    Case,
    End,
    None,
}

fn weight(word: Keyword) -> Weight {
    use Keyword as K;
    match word {
        K::AND
        | K::OR
        | K::NOT
        | K::XOR
        | K::LIKE
        | K::ILIKE
        | K::RLIKE
        | K::REGEXP
        | K::IN
        | K::IS
        | K::BETWEEN
        | K::COLLATE
        | K::INTERVAL
        | K::PRIOR
        | K::CONNECT_BY_ROOT
        | K::BINARY
        | K::DIV
        | K::AT
        | K::ESCAPE
        | K::DISTINCT
        | K::ALL
        | K::ANY
        | K::SOME => Weight::Operator,
        K::SELECT
        | K::FROM
        | K::WHERE
        | K::HAVING
        | K::WHEN
        | K::THEN
        | K::ELSE
        | K::ON
        | K::SET
        | K::VALUES
        | K::BY
        | K::QUALIFY
        | K::WITH
        | K::AS => Weight::Separator,
        K::UNION | K::EXCEPT | K::INTERSECT | K::MINUS => Weight::SetOperation,
        K::JOIN => Weight::Join,
        K::EXPLAIN | K::DESCRIBE | K::PREPARE | K::EXECUTE | K::BEGIN | K::IF | K::WHILE | K::DO => {
            Weight::Opener
        }
        K::CASE => Weight::Case,
        K::END => Weight::End,
        _ => Weight::None,
    }
}

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
        shape.has_long_string |= match &token.token {
            Token::DollarQuotedString(text) => text.value.len() > 64,
            Token::SingleQuotedString(text) => text.len() > 256,
            _ => false,
        };
        step(&token.token, before, &mut levels);
        before = &token.token;
        shape.depth = shape.depth.max(levels.len() - 1);
        if let Some(level) = levels.last() {
            let longest = level.operators.max(level.set_operations).max(level.joins).max(level.openers);
            shape.chain = shape.chain.max(longest);
        }
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
        Token::LParen | Token::LBrace => {
            // `IF(…)` is a function.
            if let Token::Word(word) = before
                && matches!(weight(word.keyword), Weight::Opener)
            {
                count(levels, |level| level.openers = level.openers.saturating_sub(1));
            }
            levels.push(Level::default());
        }
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
        Token::Word(word) => match weight(word.keyword) {
            Weight::Case => levels.push(Level { is_case: true, ..Level::default() }),
            Weight::End => close(levels, true),
            Weight::Operator => count(levels, |level| level.operators += 1),
            Weight::Separator => count(levels, |level| level.operators = 0),
            Weight::SetOperation => count(levels, |level| level.set_operations += 1),
            Weight::Join => count(levels, |level| level.joins += 1),
            Weight::Opener => count(levels, |level| level.openers += 1),
            Weight::None => {}
        },
        Token::Number(..) | Token::Char(_) | Token::Period | Token::Placeholder(_) => {}
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
