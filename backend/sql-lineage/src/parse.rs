//! sqlparser, called: one statement's tokens at a time, with its dialect's grammar, else with the generic one.

use sqlparser::ast::{Expr, Statement};
use sqlparser::dialect as grammar;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan};

use crate::dialect::Dialect;
use crate::options::Options;
use crate::text::Text;
use crate::tokens::{self, Failure, is_significant, limits};

/// What became of a statement's tokens.
pub(crate) struct Parsed {
    pub(crate) statements: Result<Vec<Statement>, Failure>,
    /// The tokens again, for the places of select items.
    pub(crate) tokens: Vec<TokenWithSpan>,
    /// The dialect's own grammar did not take it, another did.
    pub(crate) by_other_grammar: bool,
}

/// Parses the tokens of one statement (of several, where the dialect needs no semicolons).
pub(crate) fn statements(tokens: Vec<TokenWithSpan>, dialect: Dialect, options: &Options) -> Parsed {
    let own = dialect.grammar();
    let (first, mut tokens) = attempt(tokens, own, dialect, options);
    let Err(failure) = first else {
        return Parsed { statements: first, tokens, by_other_grammar: false };
    };
    for other in others(&tokens, dialect) {
        let (again, back) = attempt(tokens, other, dialect, options);
        tokens = back;
        if again.is_ok() {
            return Parsed { statements: again, tokens, by_other_grammar: true };
        }
    }
    Parsed { statements: Err(failure), tokens, by_other_grammar: false }
}

/// Parses with the dialect's own grammar and nothing else.
pub(crate) fn strictly(
    tokens: Vec<TokenWithSpan>,
    dialect: Dialect,
    options: &Options,
) -> Result<Vec<Statement>, Failure> {
    attempt(tokens, dialect.grammar(), dialect, options).0
}

/// One expression by the dialect's own grammar, to the end of the tokens.
pub(crate) fn expression(
    tokens: Vec<TokenWithSpan>,
    dialect: Dialect,
    options: &Options,
) -> Result<Expr, Failure> {
    let mut parser = parser(tokens, dialect.grammar(), options);
    let parsed = parser.parse_expr().and_then(|parsed| match &parser.peek_token_ref().token {
        Token::EOF => Ok(parsed),
        _ => parser.expected_ref("end of expression", parser.peek_token_ref()),
    });
    let here = parser.peek_token_ref().span;
    parsed.map_err(|error| failure(&error, here))
}

/// Grammars that may know a form which the dialect's own lacks.
fn others(tokens: &[TokenWithSpan], dialect: Dialect) -> Vec<&'static dyn grammar::Dialect> {
    let mut others: Vec<&'static dyn grammar::Dialect> = Vec::new();
    if !matches!(dialect, Dialect::Ansi | Dialect::Trino | Dialect::Flink) {
        others.push(&grammar::GenericDialect {});
    }
    let first = tokens.iter().find(|token| is_significant(token)).map(|token| &token.token);
    let is = |word: &str| first.is_some_and(|token| tokens::is_word(token, word));
    let second = tokens.iter().filter(|token| is_significant(token)).nth(1).map(|token| &token.token);
    if is("use") {
        others.push(&grammar::DatabricksDialect {});
    }
    if is("copy") || (is("insert") && second.is_some_and(|token| tokens::is_one_of(token, &["all", "first"])))
    {
        others.push(&grammar::SnowflakeDialect {});
    }
    if is("update") || is("delete") || is("insert") || is("with") || is("replace") {
        others.push(&grammar::MySqlDialect {});
    }
    if dialect == Dialect::Ansi || dialect == Dialect::Trino {
        others.push(&grammar::DuckDbDialect {});
        others.push(&grammar::SnowflakeDialect {});
    }
    others
}

fn attempt(
    tokens: Vec<TokenWithSpan>,
    grammar: &'static dyn grammar::Dialect,
    dialect: Dialect,
    options: &Options,
) -> (Result<Vec<Statement>, Failure>, Vec<TokenWithSpan>) {
    let mut parser = parser(tokens, grammar, options);
    let parsed = all(&mut parser, dialect);
    let here = parser.peek_token_ref().span;
    let parsed = parsed.map_err(|error| failure(&error, here));
    (parsed, parser.into_tokens())
}

fn parser(
    tokens: Vec<TokenWithSpan>,
    grammar: &'static dyn grammar::Dialect,
    options: &Options,
) -> Parser<'static> {
    let depth =
        options.limits.depth.saturating_mul(4).saturating_add(options.limits.chain).saturating_add(50);
    Parser::new(grammar).with_recursion_limit(depth).with_tokens_with_locations(tokens)
}

fn all(parser: &mut Parser<'_>, dialect: Dialect) -> Result<Vec<Statement>, ParserError> {
    let mut statements = Vec::new();
    loop {
        while parser.consume_token(&Token::SemiColon) {}
        if parser.peek_token_ref().token == Token::EOF {
            return Ok(statements);
        }
        if !statements.is_empty() && !dialect.semicolons_are_optional() {
            return parser.expected_ref("end of statement", parser.peek_token_ref());
        }
        statements.push(parser.parse_statement()?);
    }
}

/// sqlparser writes the place into the message.
fn failure(error: &ParserError, here: Span) -> Failure {
    let text = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.as_str(),
        ParserError::RecursionLimitExceeded => {
            return Failure { message: "nested too deeply".to_owned(), span: here };
        }
    };
    let place = text.rsplit_once(" at Line: ").and_then(|(message, place)| {
        let (line, column) = place.split_once(", Column: ")?;
        Some((message, Location { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? }))
    });
    match place {
        Some((message, at)) => Failure { message: message.to_owned(), span: Span::new(at, at) },
        None => Failure { message: text.to_owned(), span: here },
    }
}

/// The statements of an SQL text that stands in a string of another (UNLOAD, the body of a function). The same limits hold.
pub(crate) fn text_in_text(
    sql: &str,
    dialect: Dialect,
    options: &Options,
) -> Result<Vec<Statement>, Failure> {
    let text = Text::new(sql);
    let (tokens, failures) = tokens::read(sql, &text, dialect.grammar());
    if let Some((_, failure)) = failures.into_iter().next() {
        return Err(failure);
    }
    limits::measure(&tokens, &options.limits)?;
    statements(tokens, dialect, options).statements
}
