//! Where in a text the words of a search stand.

/// The text in pieces, those that are a word of the search marked.
#[must_use]
pub(crate) fn mark(text: &str, words: &[String]) -> Vec<(String, bool)> {
    let chars: Vec<char> = text.chars().collect();
    let lower: Vec<char> = chars.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
    let mut marked = vec![false; chars.len()];
    for word in words {
        let word: Vec<char> = word.chars().collect();
        let says_little = word.len() == 1 && word[0].is_ascii();
        if word.is_empty() || says_little || word.len() > chars.len() {
            continue;
        }
        for at in 0..=chars.len() - word.len() {
            if lower[at..at + word.len()] == word[..] && starts_word(&chars, at) {
                marked[at..at + word.len()].fill(true);
            }
        }
    }
    let mut pieces: Vec<(String, bool)> = Vec::new();
    for (c, is_marked) in chars.into_iter().zip(marked) {
        match pieces.last_mut() {
            Some((piece, same)) if *same == is_marked => piece.push(c),
            _ => pieces.push((c.to_string(), is_marked)),
        }
    }
    pieces
}

/// Whether a word can begin here: `order` is not marked in `border`.
fn starts_word(chars: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|i| chars[i]) else { return true };
    let here = chars[at];
    !before.is_alphanumeric()
        || !here.is_ascii()
        || !before.is_ascii()
        || before.is_ascii_digit() != here.is_ascii_digit()
        || (here.is_uppercase() && !before.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        mark(text, &words)
            .into_iter()
            .map(|(piece, is_marked)| if is_marked { format!("[{piece}]") } else { piece })
            .collect()
    }

    #[test]
    fn words_are_marked_where_they_begin() {
        assert_eq!(marked("fct_orders", &["order"]), "fct_[order]s");
        assert_eq!(marked("border Orders", &["order"]), "border [Order]s");
        assert_eq!(marked("netAmount", &["amount"]), "net[Amount]");
        assert_eq!(marked("订单明细表", &["订单", "单明"]), "[订单明]细表");
        assert_eq!(marked("a <b>", &["a", "b"]), "a <b>");
    }
}
