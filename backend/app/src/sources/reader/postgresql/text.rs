//! Text from a source: any bytes, of any length.

use std::error::Error as StdError;

use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

/// Text that may not be UTF-8: a database in SQL_ASCII hands out whatever was put in. What is no character becomes
/// U+FFFD, so that one bad name does not stop a crawl.
pub(super) struct Text(pub(super) String);

impl<'a> FromSql<'a> for Text {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        // NUL cannot be in PostgreSQL's text; from something else that plays PostgreSQL it could come.
        Ok(Self(String::from_utf8_lossy(raw).replace('\0', "\u{fffd}")))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::TEXT | Type::NAME | Type::VARCHAR)
    }
}

/// A text that is always there.
pub(super) fn text(row: &Row, column: usize) -> Result<String, tokio_postgres::Error> {
    row.try_get::<_, Text>(column).map(|text| text.0)
}

/// A text that may be NULL.
pub(super) fn optional(row: &Row, column: usize) -> Result<Option<String>, tokio_postgres::Error> {
    row.try_get::<_, Option<Text>>(column).map(|text| text.map(|text| text.0))
}

/// Cuts texts to a length, and counts how many it cut.
#[derive(Debug)]
pub(super) struct Scissors {
    longest: usize,
    /// How many texts were longer.
    pub(super) cut: u64,
}

impl Scissors {
    /// Keeps so many bytes of each.
    pub(super) const fn new(longest: usize) -> Self {
        Self { longest, cut: 0 }
    }

    /// What the server is asked for: no character has less than one byte, and one more shows that there was more.
    pub(super) fn asked(&self) -> i32 {
        i32::try_from(self.longest).unwrap_or(i32::MAX - 1).saturating_add(1)
    }

    /// The text, no longer than it may be, ending with a whole character.
    pub(super) fn cut(&mut self, text: Option<String>) -> Option<String> {
        let mut text = text?;
        if text.len() > self.longest {
            let end = (0..=self.longest).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(end);
            self.cut += 1;
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_ends_with_a_whole_character() {
        let mut scissors = Scissors::new(5);
        assert_eq!(scissors.cut(Some("订单明细".into())).as_deref(), Some("订"));
        assert_eq!(scissors.cut(Some("short".into())).as_deref(), Some("short"));
        assert_eq!(scissors.cut, 1);
    }

    #[test]
    fn bytes_that_are_no_characters_are_shown_as_such() {
        let read = Text::from_sql(&Type::TEXT, b"caf\xe9\0").unwrap();
        assert_eq!(read.0, "caf\u{fffd}\u{fffd}");
    }
}
