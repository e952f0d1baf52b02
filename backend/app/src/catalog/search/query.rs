//! What somebody typed, as conditions on the words of documents.

use super::document::exact;
use super::words::{Piece, pieces, singular};

/// The longest search that is read, in characters; the rest is not looked for.
pub(crate) const LONGEST_SEARCH: usize = 200;

/// More words than this are not looked for.
const MOST_WORDS: usize = 16;

/// A search, read. Its parts are texts of `tsquery`: all words have to be there, and the last may be unfinished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search {
    /// A name is this, from its first letter to its last.
    pub exact: String,
    /// All stand in names of the asset.
    pub in_names: String,
    /// All stand in names of the asset or its columns.
    pub in_columns: String,
    /// All stand somewhere.
    pub anywhere: String,
    /// Where it was typed with dots, `mart.orders`: what the asset lies in or is, from the outside to the inside, and the
    /// last part by itself.
    pub dotted: Option<Dotted>,
    /// The single words, to say where they were found.
    pub words: Vec<String>,
}

/// A name with what it lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dotted {
    /// Names of containers, or of the dataset where the last part is a column; lower case.
    pub inside: Vec<String>,
    /// A name is the last part.
    pub exact: String,
    /// The last part stands in names of the asset.
    pub in_names: String,
    /// It stands in names of the asset or its columns.
    pub in_columns: String,
    /// It stands somewhere.
    pub anywhere: String,
}

impl Search {
    /// Reads what was typed; none where there is nothing to look for.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let typed: String = typed.trim().chars().take(LONGEST_SEARCH).collect();
        let mut found = pieces(&typed);
        found.truncate(MOST_WORDS);
        if found.is_empty() {
            return None;
        }
        let words = found.iter().flat_map(|piece| piece.parts.iter().chain(&piece.whole).cloned()).collect();
        Some(Self {
            exact: format!("'{}'", exact(&typed)),
            in_names: condition(&found, "A"),
            in_columns: condition(&found, "AC"),
            anywhere: condition(&found, ""),
            dotted: dotted(&typed),
            words,
        })
    }
}

fn dotted(typed: &str) -> Option<Dotted> {
    let mut inside: Vec<&str> = typed.split('.').map(|part| part.trim_matches('"')).collect();
    let last = inside.pop()?;
    let found = pieces(last);
    let is_path = !inside.is_empty() && !typed.contains(char::is_whitespace) && !found.is_empty();
    (is_path && inside.iter().all(|part| !part.is_empty())).then(|| Dotted {
        inside: inside.into_iter().map(str::to_lowercase).collect(),
        exact: format!("'{}'", exact(last)),
        in_names: condition(&found, "A"),
        in_columns: condition(&found, "AC"),
        anywhere: condition(&found, ""),
    })
}

/// All pieces; each by all its parts or by its whole.
fn condition(pieces: &[Piece], places: &str) -> String {
    let last = pieces.len().saturating_sub(1);
    let each = pieces.iter().enumerate().map(|(i, piece)| one_piece(piece, i == last, places));
    each.collect::<Vec<_>>().join(" & ")
}

fn one_piece(piece: &Piece, unfinished: bool, places: &str) -> String {
    let last = piece.parts.len().saturating_sub(1);
    // Of a run of Chinese the last character alone says no more than the pair before it.
    let is_rest = |i: usize| i == last && i > 0 && is_single_dense(&piece.parts[i]);
    let parts = piece.parts.iter().enumerate().filter(|(i, _)| !is_rest(*i));
    let all: Vec<_> = parts.map(|(i, part)| one_word(part, unfinished && i == last, places)).collect();
    match &piece.whole {
        Some(whole) => format!("({} | {})", all.join(" & "), one_word(whole, unfinished, places)),
        None => format!("({})", all.join(" & ")),
    }
}

fn one_word(word: &str, unfinished: bool, places: &str) -> String {
    let star = if unfinished || is_single_dense(word) { "*" } else { "" };
    let mark = if star.is_empty() && places.is_empty() { String::new() } else { format!(":{star}{places}") };
    match singular(word) {
        Some(one) => {
            let colon = if places.is_empty() { "" } else { ":" };
            format!("('{word}'{mark} | '{one}'{colon}{places})")
        }
        None => format!("'{word}'{mark}"),
    }
}

fn is_single_dense(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|c| !c.is_ascii() && c.is_alphabetic() && !c.is_lowercase())
        && chars.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anywhere(typed: &str) -> String {
        Search::read(typed).unwrap().anywhere
    }

    #[test]
    fn all_words_have_to_be_there_and_the_last_may_be_unfinished() {
        assert_eq!(anywhere("net amou"), "('net') & ('amou':*)");
        assert_eq!(anywhere("net_amount"), "('net' & 'amount':* | 'netamount':*)");
        assert_eq!(anywhere("orders paid"), "(('orders' | 'order')) & ('paid':*)");
        assert_eq!(Search::read("net").unwrap().in_columns, "('net':*AC)");
    }

    #[test]
    fn chinese_is_looked_for_by_pairs_and_one_character_by_its_beginning() {
        assert_eq!(anywhere("订单明细"), "('订单' & '单明' & '明细')");
        assert_eq!(anywhere("单"), "('单':*)");
    }

    #[test]
    fn a_name_with_dots_says_what_it_lies_in() {
        let dotted = Search::read("mart.Fct.orders").unwrap().dotted.unwrap();
        assert_eq!(
            (dotted.inside, dotted.anywhere.as_str()),
            (vec!["mart".into(), "fct".into()], "(('orders':* | 'order'))")
        );
        assert_eq!(Search::read("mart. orders").unwrap().dotted, None);
        assert_eq!(Search::read(".orders").unwrap().dotted, None);
    }

    #[test]
    fn where_there_is_nothing_to_look_for_nothing_is_found() {
        for nothing in ["", "   ", "'", "\\", "__", "&|!()", ":*"] {
            assert_eq!(Search::read(nothing), None, "{nothing}");
        }
    }
}
