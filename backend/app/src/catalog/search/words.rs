//! How names and texts become the words that are looked for. The same for what is stored and for what is typed.
//!
//! A name is split where a reader sees a joint: at `_ . -` and the like, between `net` and `Amount`, between `sha` and
//! `256`; beside the parts stands the whole without its joints, so that `customerid` finds `customer_id` and the other
//! way round. Chinese has no blanks: it becomes pairs of neighbouring characters. Nothing here is counted or weighed by
//! how common it is: a hidden document must not change the order of the others.

/// A piece of text between two blanks: its parts, and the whole where that is more than one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// In order, in lower case, each at most [`LONGEST`] characters.
    pub parts: Vec<String>,
    /// The parts without their joints.
    pub whole: Option<String>,
}

/// A longer word is cut: nobody types it, and PostgreSQL takes no lexeme beyond 2 kB.
const LONGEST: usize = 64;

/// What a character does to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Joint,
    Lower,
    Upper,
    Digit,
    /// Written without blanks between words.
    Dense,
    /// A sign that somebody may look for by itself.
    Sign,
}

fn class(c: char) -> Class {
    match c {
        c if c.is_whitespace() => Class::Blank,
        '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}' => Class::Dense,
        c if c.is_numeric() => Class::Digit,
        c if c.is_uppercase() => Class::Upper,
        c if c.is_alphabetic() => Class::Lower,
        '\0'..='\u{BF}'
        | '\u{2000}'..='\u{206F}'
        | '\u{3000}'..='\u{303F}'
        | '\u{FE00}'..='\u{FE6F}'
        | '\u{FEFF}'..='\u{FF0F}' => Class::Joint,
        c if c.is_control() => Class::Joint,
        _ => Class::Sign,
    }
}

/// The pieces of a text.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    text.split_whitespace().map(piece).filter(|piece| !piece.parts.is_empty()).collect()
}

fn piece(text: &str) -> Piece {
    let mut parts = Vec::new();
    for run in runs(text) {
        match run.first().map(|&c| class(c)) {
            Some(Class::Dense) => parts.extend(pairs(&run)),
            Some(_) => parts.push(run.iter().flat_map(|c| c.to_lowercase()).take(LONGEST).collect()),
            None => {}
        }
    }
    let whole: String = text
        .chars()
        .filter(|&c| !matches!(class(c), Class::Joint | Class::Blank))
        .flat_map(char::to_lowercase)
        .take(LONGEST)
        .collect();
    let joined = parts.len() > 1 && !text.chars().all(|c| class(c) == Class::Dense);
    Piece { parts, whole: joined.then_some(whole) }
}

/// Cuts at joints and where the class changes; `HTTPServer` is `HTTP` and `Server`.
fn runs(text: &str) -> Vec<Vec<char>> {
    let chars: Vec<char> = text.chars().collect();
    let mut runs: Vec<Vec<char>> = Vec::new();
    let mut before = Class::Joint;
    for (i, &c) in chars.iter().enumerate() {
        let now = class(c);
        if matches!(now, Class::Joint | Class::Blank) {
            before = Class::Joint;
            continue;
        }
        let starts_word =
            now == Class::Upper && chars.get(i + 1).is_some_and(|&next| class(next) == Class::Lower);
        let goes_on = match (before, now) {
            (Class::Upper, Class::Upper) => !starts_word,
            (Class::Upper, Class::Lower) => true,
            (Class::Sign, Class::Sign) => false,
            (before, now) => before == now,
        };
        match runs.last_mut() {
            Some(run) if goes_on => run.push(c),
            _ => runs.push(vec![c]),
        }
        before = now;
    }
    runs
}

/// Each two neighbours, and the last one alone: every character starts one of them, so that one character typed alone
/// is found by its beginning.
fn pairs(run: &[char]) -> impl Iterator<Item = String> + '_ {
    run.windows(2).map(|pair| pair.iter().collect()).chain(run.last().map(ToString::to_string))
}

/// The word for one, where this may be the word for many: `orders` and `order` find each other.
pub(super) fn singular(word: &str) -> Option<String> {
    let is_latin = word.chars().all(|c| c.is_ascii_lowercase());
    if !is_latin || word.len() < 4 {
        return None;
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    if let Some(stem) =
        word.strip_suffix("es").filter(|stem| stem.ends_with(['x', 'h']) || stem.ends_with("ss"))
    {
        return Some(stem.to_owned());
    }
    let stem = word.strip_suffix('s')?;
    (!stem.ends_with(['s', 'u', 'i'])).then(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str) -> Vec<String> {
        pieces(text).into_iter().flat_map(|piece| piece.parts).collect()
    }

    #[test]
    fn a_name_is_split_where_a_reader_sees_a_joint() {
        for (name, expected) in [
            ("fct_orders", vec!["fct", "orders"]),
            ("public.net-amount", vec!["public", "net", "amount"]),
            ("netAmountUSD", vec!["net", "amount", "usd"]),
            ("HTTPServer", vec!["http", "server"]),
            ("sha256", vec!["sha", "256"]),
            ("stg_2026q1", vec!["stg", "2026", "q", "1"]),
            ("__", vec![]),
            ("Größe", vec!["größe"]),
        ] {
            assert_eq!(parts(name), expected, "{name}");
        }
    }

    #[test]
    fn the_whole_stands_beside_the_parts() {
        assert_eq!(pieces("customer_id")[0].whole.as_deref(), Some("customerid"));
        assert_eq!(pieces("customer")[0].whole, None);
        assert_eq!(pieces("订单")[0].whole, None);
    }

    #[test]
    fn chinese_becomes_pairs_and_every_character_starts_one() {
        assert_eq!(parts("订单明细"), ["订单", "单明", "明细", "细"]);
        assert_eq!(parts("单"), ["单"]);
        assert_eq!(parts("订单表orders_v2"), ["订单", "单表", "表", "orders", "v", "2"]);
    }

    #[test]
    fn a_sign_can_be_looked_for() {
        assert_eq!(parts("😀_a"), ["😀", "a"]);
    }

    #[test]
    fn one_and_many_find_each_other() {
        for (many, one) in
            [("orders", "order"), ("categories", "category"), ("boxes", "box"), ("branches", "branch")]
        {
            assert_eq!(singular(many).as_deref(), Some(one));
        }
        for word in ["status", "address", "analysis", "gas", "订单", "s3"] {
            assert_eq!(singular(word), None, "{word}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_words_are_bounded_and_hold_no_joint(text in any::<String>()) {
            for piece in pieces(&text) {
                for word in piece.parts.iter().chain(&piece.whole) {
                    prop_assert!(!word.is_empty() && word.chars().count() <= LONGEST);
                    prop_assert!(!word.contains(['\'', '\\', ' ', '\0', ':']));
                }
            }
        }
    }
}
