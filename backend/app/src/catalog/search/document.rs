//! What is looked for in one asset, as PostgreSQL keeps it: words, each with the places where it stands.
//!
//! Three places: `A` the asset's names, `C` its columns, `D` its texts. A position says nothing but the place, so that a
//! document stays small. The names as wholes stand there too, behind `=`, which no word holds.

use super::words::{pieces, singular};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A name of the asset: the machine's or people's.
    Name,
    /// A name of a column.
    Column,
    /// A description or a document, of the asset or a column.
    Text,
}

impl Place {
    const fn position(self) -> &'static str {
        match self {
            Self::Name => "1A",
            Self::Column => "2C",
            Self::Text => "3D",
        }
    }
}

/// The most that the words of one document take, in bytes: PostgreSQL takes a megabyte, positions and all. What comes
/// first stays; names come first.
const MOST_BYTES: usize = 400 * 1024;

/// The most of one text that is read for words, in bytes: a comment may have a megabyte.
const MOST_OF_A_TEXT: usize = 64 * 1024;

/// The most of all texts together that is read for words, in bytes: ten thousand columns may each have a long comment, and
/// what is read beyond this would find no room.
const MOST_OF_ALL_TEXTS: usize = 1024 * 1024;

/// The words of an asset under way.
#[derive(Debug, Default)]
pub(super) struct Document {
    words: BTreeMap<String, Vec<Place>>,
    bytes: usize,
    read: usize,
}

impl Document {
    /// Adds a name as a whole and in its parts.
    pub(super) fn name(&mut self, name: &str) {
        self.put(exact(name), Place::Name);
        self.text(name, Place::Name);
    }

    /// Adds the words of a text.
    pub(super) fn text(&mut self, text: &str, place: Place) {
        let mut end = text.len().min(MOST_OF_A_TEXT);
        if place == Place::Text {
            end = end.min(MOST_OF_ALL_TEXTS - self.read);
        }
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        if place == Place::Text {
            self.read += end;
        }
        for piece in pieces(&text[..end]) {
            for word in piece.parts.into_iter().chain(piece.whole) {
                let one = singular(&word);
                self.put(word, place);
                if let Some(one) = one {
                    self.put(one, place);
                }
            }
        }
    }

    fn put(&mut self, word: String, place: Place) {
        if let Some(places) = self.words.get_mut(&word) {
            if !places.contains(&place) {
                places.push(place);
            }
            return;
        }
        let size = word.len() + 16;
        if self.bytes + size <= MOST_BYTES {
            self.bytes += size;
            self.words.insert(word, vec![place]);
        }
    }

    /// As the text of a `tsvector`. Words hold no quote and no backslash.
    pub(super) fn tsvector(&self) -> String {
        let mut out = String::with_capacity(self.bytes);
        for (word, places) in &self.words {
            let places: Vec<_> = places.iter().map(|place| place.position()).collect();
            // Writing to a String can't fail.
            let _ = write!(out, "'{word}':{} ", places.join(","));
        }
        out
    }
}

/// A name as a whole, without its joints: what an exact match compares.
pub(super) fn exact(name: &str) -> String {
    let words = pieces(name).into_iter().map(|piece| {
        let parts = piece.parts;
        piece.whole.unwrap_or_else(|| parts.concat())
    });
    format!("={}", words.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_kept_once_with_all_its_places() {
        let mut document = Document::default();
        document.name("fct_orders");
        document.text("order_id", Place::Column);
        assert_eq!(
            document.tsvector(),
            "'=fctorders':1A 'fct':1A 'fctorder':1A 'fctorders':1A 'id':2C 'order':1A,2C 'orderid':2C 'orders':1A "
        );
    }

    #[test]
    fn of_many_long_texts_no_more_is_read_than_finds_room() {
        let mut document = Document::default();
        let long = "words of a long comment 注释 ".repeat(2_000);
        for _ in 0..10_000 {
            document.text(&long, Place::Text);
        }
        document.text("late_column", Place::Column);
        document.text("never", Place::Text);
        let text = document.tsvector();
        assert!(
            text.contains("'comment':3D") && text.contains("'late':2C") && !text.contains("'never'"),
            "{text}"
        );
    }

    #[test]
    fn a_huge_document_keeps_what_came_first_and_stays_within_what_postgresql_takes() {
        let mut document = Document::default();
        document.name("wide");
        for i in 0..60_000 {
            document.text(&format!("a{i}b"), Place::Column);
        }
        let text = document.tsvector();
        assert!(text.starts_with("'0':2C") && text.contains("'wide':1A"));
        assert!(text.len() < 1_000_000, "{}", text.len());
    }
}
