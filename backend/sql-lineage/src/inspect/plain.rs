//! A text without what only people read.

use sqlparser::tokenizer::{Location, Span, Token};

use crate::dialect::Dialect;
use crate::lineage::{Diagnostic, Severity};
use crate::options::Options;
use crate::text::Text;
use crate::tokens::{self, Failure, is_significant, limits};

/// The text with a blank in place of each character of a comment and of white space (line ends stay), so that what is looked at is what a
/// server reads, however it reads comments, and places stay the same. What is left are tokens as they were written.
///
/// ```
/// use sql_lineage::{Dialect, plain};
///
/// assert_eq!(plain("SELECT 1 /* one /* or */ two */ + 'a--b' -- end", Dialect::Postgres)?, "SELECT 1                        + 'a--b'       ");
/// assert!(plain("SELECT $$a$$", Dialect::Postgres).is_err());
/// # Ok::<(), sql_lineage::Diagnostic>(())
/// ```
///
/// # Errors
///
/// The text is refused by the default [`crate::Limits`], cannot be cut into tokens, or has a form of literal whose end two readers may see
/// at different places: `$tag$ … $tag$`, `U&'…'`, or two literals side by side.
pub fn plain(sql: &str, dialect: Dialect) -> Result<String, Diagnostic> {
    let text = Text::new(sql);
    let refused = |message: &str, span: Span| Diagnostic {
        severity: Severity::Error,
        place: text.place(span),
        message: message.to_owned(),
    };
    let options = Options::default();
    if sql.len() > options.limits.bytes {
        return Err(refused("the text is too long", Span::empty()));
    }
    let (tokens, failures) = tokens::read(sql, &text, dialect.grammar());
    if let Some((_, Failure { message, span })) = failures.into_iter().next() {
        return Err(refused(&message, span));
    }
    limits::measure(&tokens, &options.limits).map_err(|Failure { message, span }| refused(&message, span))?;
    let (mut plain, mut end, mut after_literal) = (String::with_capacity(sql.len()), 0, false);
    let mut cursor = Cursor { rest: sql.char_indices(), line: 1, column: 1 };
    for token in tokens.iter().filter(|token| is_significant(token)) {
        if matches!(token.token, Token::DollarQuotedString(_) | Token::UnicodeStringLiteral(_)) {
            return Err(refused("a literal in this form", token.span));
        }
        let is_literal = is_literal(&token.token);
        if is_literal && after_literal {
            return Err(refused("two literals side by side", token.span));
        }
        after_literal = is_literal;
        let from = cursor.to(token.span.start, sql.len());
        let to = cursor.to(token.span.end, sql.len());
        plain.extend(sql[end..from].chars().map(blank));
        plain.push_str(&sql[from..to]);
        end = to;
    }
    plain.extend(sql[end..].chars().map(blank));
    Ok(plain)
}

/// Walks through the text once; [`Text::byte`] would begin anew at each token.
struct Cursor<'t> {
    rest: std::str::CharIndices<'t>,
    line: u64,
    column: u64,
}

impl Cursor<'_> {
    /// The byte of a location that is not before the last one.
    fn to(&mut self, at: Location, end: usize) -> usize {
        while (self.line, self.column) < (at.line, at.column) {
            match self.rest.next() {
                Some((_, '\n')) => (self.line, self.column) = (self.line + 1, 1),
                Some(_) => self.column += 1,
                None => return end,
            }
        }
        self.rest.offset()
    }
}

const fn blank(c: char) -> char {
    if c == '\n' { c } else { ' ' }
}

const fn is_literal(token: &Token) -> bool {
    matches!(
        token,
        Token::SingleQuotedString(_)
            | Token::EscapedStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::HexStringLiteral(_)
            | Token::SingleQuotedByteStringLiteral(_)
    )
}
