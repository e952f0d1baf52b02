//! What an e-mail says, in its reader's language: plain text, a paragraph a notice.

use crate::notices::told::Told;
use cadastre_frontend::{T, href};
use cadastre_model::Message;

/// A longer subject is cut, in characters.
const SUBJECT: usize = 180;

/// An e-mail before it has an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) body: String,
}

/// These notices in one letter; `address` is what links begin with.
pub(super) fn of_notices(t: &T, address: &str, notices: &[Told]) -> Letter {
    let subject = match notices {
        [one] => one.text(t),
        several => {
            let place = several.iter().find_map(|told| told.upstream.as_ref().or(told.dataset.as_ref()));
            let name = place.map_or_else(|| "Cadastre".to_owned(), |named| named.name.clone());
            t.message(&Message::new("mail-subject-many").arg("n", several.len()).arg("name", name))
        }
    };
    let paragraph = |told: &Told| {
        format!(
            "{}\r\n{}\r\n{address}{}\r\n\r\n",
            plain(&told.text(t)),
            plain(&t.message(&told.why())),
            told.href()
        )
    };
    letter(t, address, &subject, &notices.iter().map(paragraph).collect::<String>())
}

/// A letter that says that letters arrive.
pub(super) fn of_test(t: &T, address: &str) -> Letter {
    let text = format!("{}\r\n\r\n", t.s("delivery-test"));
    letter(t, address, &t.s("mail-subject-test"), &text)
}

fn letter(t: &T, address: &str, subject: &str, text: &str) -> Letter {
    let subject: String = plain(subject).chars().take(SUBJECT).collect();
    let foot = format!("-- \r\n{}\r\n{address}{}\r\n", t.s("mail-subscriptions"), href::subscriptions());
    Letter { subject: format!("[Cadastre] {subject}"), body: format!("{text}{foot}") }
}

/// A text on one line, without what steers: a name may hold anything, and is to forge neither a header nor a paragraph.
pub(super) fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_forges_neither_a_header_nor_a_line() {
        let text = plain("orders\r\nBcc: everybody@example.org\u{2028}x\u{202e}y");
        assert_eq!(text, "orders  Bcc: everybody@example.org x y");
    }
}
