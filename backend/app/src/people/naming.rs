//! What may be a name: to sign in with, or to be shown.

use cadastre_model::Message;

/// The longest name to sign in with, in characters.
const LOGIN_LONGEST: usize = 100;

/// The longest name that is shown, in characters.
const NAME_LONGEST: usize = 200;

/// The longest e-mail address (RFC 3696).
const EMAIL_LONGEST: usize = 320;

/// Names that a reader would take for the register itself, for everybody or for nobody.
const RESERVED: &[&str] = &[
    "anonymous",
    "cadastre",
    "everybody",
    "everyone",
    "me",
    "nobody",
    "null",
    "public",
    "register",
    "root",
    "self",
    "service",
    "support",
    "system",
    "undefined",
];

/// A name to sign in with, as it is kept.
#[must_use]
pub(crate) fn login(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// What is wrong with a name to sign in with. Only ASCII, so that no letter can pass for one of another script; which
/// names look like one that is there, the database knows.
#[must_use]
pub(crate) fn login_fault(login: &str) -> Option<Message> {
    let taken = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '@');
    if login.is_empty() {
        return Some(Message::new("person-login-missing"));
    }
    if login.len() > LOGIN_LONGEST {
        return Some(Message::new("person-login-long").arg("most", LOGIN_LONGEST));
    }
    let edges = |c: char| c.is_ascii_alphanumeric();
    if !login.chars().all(taken) || !login.starts_with(edges) || !login.ends_with(edges) {
        return Some(Message::new("person-login-characters"));
    }
    if RESERVED.contains(&login) {
        return Some(Message::new("person-login-reserved"));
    }
    None
}

/// What is wrong with a name that is shown, of a person or a team.
#[must_use]
pub(crate) fn name_fault(name: &str) -> Option<Message> {
    if name.is_empty() {
        return Some(Message::new("person-name-missing"));
    }
    if name.chars().count() > NAME_LONGEST {
        return Some(Message::new("person-name-long").arg("most", NAME_LONGEST));
    }
    if name.chars().any(|c| c.is_control() || is_unseen(c)) {
        return Some(Message::new("person-name-unseen"));
    }
    if name.split_whitespace().any(mixes_scripts) {
        return Some(Message::new("person-name-mixed"));
    }
    None
}

/// What is wrong with an e-mail address, as far as it can be told without writing to it.
#[must_use]
pub(crate) fn email_fault(email: &str) -> Option<Message> {
    let whole = email.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    let clean = !email.chars().any(|c| c.is_whitespace() || c.is_control() || is_unseen(c));
    let fits = email.len() <= EMAIL_LONGEST && email.matches('@').count() == 1;
    (!whole || !clean || !fits).then(|| Message::new("people-email-wrong"))
}

/// Characters that take no room or turn the direction of what follows.
const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether one word holds letters of more than one of the scripts whose letters look alike.
fn mixes_scripts(word: &str) -> bool {
    let script = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => Some(0),
        '\u{370}'..='\u{3ff}' => Some(1),
        '\u{400}'..='\u{52f}' => Some(2),
        '\u{530}'..='\u{58f}' => Some(3),
        '\u{ff21}'..='\u{ff5a}' => Some(4),
        _ => None,
    };
    let mut scripts = word.chars().filter_map(script);
    let first = scripts.next();
    scripts.any(|other| Some(other) != first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(fault: Option<Message>) -> String {
        fault.map(|message| message.key.into_owned()).unwrap_or_default()
    }

    #[test]
    fn a_login_is_plain() {
        for good in ["ada", "ada.lovelace", "lin_wei", "a@example.org", "7", "x-1"] {
            assert_eq!(login_fault(good), None, "{good}");
        }
        for (bad, why) in [
            ("", "person-login-missing"),
            ("Ada", "person-login-characters"),
            ("аda", "person-login-characters"),
            ("ada lovelace", "person-login-characters"),
            (".ada", "person-login-characters"),
            ("ada\n", "person-login-characters"),
            ("*", "person-login-characters"),
            ("everyone", "person-login-reserved"),
            ("system", "person-login-reserved"),
        ] {
            assert_eq!(key(login_fault(bad)), why, "{bad:?}");
        }
        assert_eq!(key(login_fault(&"a".repeat(101))), "person-login-long");
        assert_eq!(login("  Ada.Lovelace "), "ada.lovelace");
    }

    #[test]
    fn a_name_that_is_shown_can_be_read() {
        for good in ["Ada Lovelace", "林薇", "Ольга Ладыженская", "José María", "Ada 林", "O'Neil <b>"]
        {
            assert_eq!(name_fault(good), None, "{good}");
        }
        for (bad, why) in [
            ("", "person-name-missing"),
            ("Ada\u{202e}evil", "person-name-unseen"),
            ("Ada\u{200b}", "person-name-unseen"),
            ("Ada\nRoot", "person-name-unseen"),
            ("Аdmin", "person-name-mixed"),
            ("everyοne", "person-name-mixed"),
        ] {
            assert_eq!(key(name_fault(bad)), why, "{bad:?}");
        }
        assert_eq!(key(name_fault(&"林".repeat(201))), "person-name-long");
    }

    #[test]
    fn an_address_is_whole() {
        for good in ["ada@example.org", "a.b+c@mail.example.co"] {
            assert_eq!(email_fault(good), None, "{good}");
        }
        for bad in ["ada", "@example.org", "ada@", "ada@host", "a b@example.org", "a@b@example.org", "a@.org"]
        {
            assert!(email_fault(bad).is_some(), "{bad}");
        }
    }
}
