//! The frame that every page gets: who reads it, in which language and theme, where they may go.

use std::borrow::Borrow;
use std::fmt::{self, Display, Formatter};

use askama::filters::HtmlSafe;
use cadastre_model::{Language, Message};

use crate::href;
use crate::language::T;
use crate::markup::{Escaped, Tone};

/// The frame of a page. Made once a request, by the same extractor for every handler.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// Language, zone and clock.
    pub t: T,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// Who is signed in.
    pub visitor: Option<Visitor>,
    /// Where they may go, in any order; what is not in here is absent from the page.
    pub nav: Vec<Nav>,
    /// The token of the visitor's session that each form carries.
    pub csrf: Csrf,
    /// Path and query of the page that is shown, as asked for.
    pub url: String,
    /// What stands in the search box of the top bar.
    pub search: String,
    /// How many notices wait; `None` for who has no inbox, and then there is no bell.
    pub bell: Option<i64>,
    /// How many incidents that the visitor sees are open: the count at [`Nav::Quality`]. `None` or nought: no count.
    pub incidents: Option<i64>,
    /// What the last form did, shown once.
    pub flash: Option<Flash>,
    /// The id of the request, for error pages and logs.
    pub request_id: String,
    /// Whether only the inner part is asked for (`HX-Request`).
    pub is_fragment: bool,
}

impl Chrome {
    /// Whether an entry is the one that the page belongs to.
    #[must_use]
    pub fn is_current(&self, entry: &Nav) -> bool {
        Nav::of_path(self.url.split('?').next().unwrap_or_default()) == Some(*entry)
    }

    /// Whether the visitor may go there.
    #[must_use]
    pub fn may(&self, entry: impl Borrow<Nav>) -> bool {
        self.nav.contains(entry.borrow())
    }

    /// The entries of a group that the visitor may open, in their order.
    #[must_use]
    pub fn entries(&self, group: &NavGroup) -> Vec<Nav> {
        Nav::ALL.iter().copied().filter(|entry| entry.group() == *group && self.may(entry)).collect()
    }

    /// The count beside an entry.
    #[must_use]
    pub fn count(&self, entry: impl Borrow<Nav>) -> Option<i64> {
        self.incidents.filter(|n| *n > 0 && *entry.borrow() == Nav::Quality)
    }

    /// The language that the switch in the top bar leads to.
    #[must_use]
    pub fn other_language(&self) -> Language {
        match self.t.language() {
            Language::En => Language::Zh,
            Language::Zh => Language::En,
        }
    }

    /// This page in the other language.
    #[must_use]
    pub fn other_language_url(&self) -> String {
        href::with_language(&self.url, self.other_language())
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the visitor's system has it.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All, in the order in which the switch goes round.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The word in the cookie, the form and `data-theme`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word; anything else is [`Theme::Auto`].
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word).unwrap_or_default()
    }

    /// The one that the switch leads to.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }

    /// The key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Auto => "theme-auto",
            Self::Light => "theme-light",
            Self::Dark => "theme-dark",
        }
    }

    /// The key of its name in a list of choices.
    #[must_use]
    pub const fn choice_key(self) -> &'static str {
        match self {
            Self::Auto => "account-theme-auto",
            Self::Light => "account-theme-light",
            Self::Dark => "account-theme-dark",
        }
    }

    /// Its symbol.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Auto => "sun-moon",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Their public id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// One or two letters of it; see [`initials`].
    pub initials: String,
}

impl Visitor {
    /// A visitor by id and name.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        let name = name.into();
        Self { id: id.into(), initials: initials(&name), name }
    }
}

/// The first letters of the first and the last word; of a Chinese name the last two characters.
#[must_use]
pub fn initials(name: &str) -> String {
    let name = name.trim();
    if Language::of_text(name) == Language::Zh && !name.contains(char::is_whitespace) {
        let chars: Vec<char> = name.chars().collect();
        return chars[chars.len().saturating_sub(2)..].iter().collect();
    }
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// What a form did, said once on the page that follows.
#[derive(Debug, Clone)]
pub struct Flash {
    /// How it went.
    pub tone: Tone,
    /// What happened.
    pub message: Message,
}

/// The session's token against forged requests. Only [`Display`] shows it, as the hidden field named `csrf`.
#[derive(Clone)]
pub struct Csrf(String);

impl Csrf {
    /// The name of the field in every form.
    pub const FIELD: &'static str = "csrf";

    /// The token of a session.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }
}

impl fmt::Debug for Csrf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Csrf(…)")
    }
}

impl Display for Csrf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, r#"<input type="hidden" name="{}" value="{}">"#, Self::FIELD, Escaped(&self.0))
    }
}

impl HtmlSafe for Csrf {}

/// The parts of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NavGroup {
    /// What everybody uses.
    Find,
    /// Rights and records.
    Govern,
    /// Running the register.
    Operate,
}

impl NavGroup {
    /// All, from top to bottom.
    pub const ALL: [Self; 3] = [Self::Find, Self::Govern, Self::Operate];

    /// The key of its heading; the first has none.
    #[must_use]
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::Find => None,
            Self::Govern => Some("nav-govern"),
            Self::Operate => Some("nav-operate"),
        }
    }
}

/// The entries of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// What needs the visitor.
    Home,
    /// The catalogue.
    Browse,
    /// The tree of domains.
    Domains,
    /// Lineage and jobs.
    Lineage,
    /// Rules, incidents, scores.
    Quality,
    /// Roles and what they may.
    Access,
    /// The record of what was done.
    Audit,
    /// Sources.
    Sources,
    /// The register's own work.
    Tasks,
    /// People and teams.
    People,
    /// Settings and health.
    Admin,
}

impl Nav {
    /// All, from top to bottom.
    pub const ALL: &'static [Self] = &[
        Self::Home,
        Self::Browse,
        Self::Domains,
        Self::Lineage,
        Self::Quality,
        Self::Access,
        Self::Audit,
        Self::Sources,
        Self::Tasks,
        Self::People,
        Self::Admin,
    ];

    /// Its group.
    #[must_use]
    pub const fn group(self) -> NavGroup {
        match self {
            Self::Home | Self::Browse | Self::Domains | Self::Lineage => NavGroup::Find,
            Self::Quality | Self::Access | Self::Audit => NavGroup::Govern,
            Self::Sources | Self::Tasks | Self::People | Self::Admin => NavGroup::Operate,
        }
    }

    /// The key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Home => "nav-home",
            Self::Browse => "nav-browse",
            Self::Domains => "nav-domains",
            Self::Lineage => "nav-lineage",
            Self::Quality => "nav-quality",
            Self::Access => "nav-access",
            Self::Audit => "nav-audit",
            Self::Sources => "nav-sources",
            Self::Tasks => "nav-tasks",
            Self::People => "nav-people",
            Self::Admin => "nav-admin",
        }
    }

    /// Its symbol.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Home => "house",
            Self::Browse => "library",
            Self::Domains => "network",
            Self::Lineage => "waypoints",
            Self::Quality => "shield-check",
            Self::Access => "key-round",
            Self::Audit => "scroll-text",
            Self::Sources => "plug",
            Self::Tasks => "list-checks",
            Self::People => "users-round",
            Self::Admin => "settings-2",
        }
    }

    /// Where it leads.
    #[must_use]
    pub fn href(self) -> String {
        match self {
            Self::Home => href::home(),
            Self::Browse => href::browse(),
            Self::Domains => href::domains(),
            Self::Lineage => href::lineage(),
            Self::Quality => href::quality(),
            Self::Access => href::roles(),
            Self::Audit => href::audit(),
            Self::Sources => href::sources(),
            Self::Tasks => href::tasks(),
            Self::People => href::people(),
            Self::Admin => href::admin(),
        }
    }

    /// The entry that a path belongs to.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        Some(match first {
            "" => Self::Home,
            "browse" | "search" | "d" => Self::Browse,
            "domains" => Self::Domains,
            "lineage" | "jobs" | "j" => Self::Lineage,
            "quality" => Self::Quality,
            "access" => Self::Access,
            "audit" => Self::Audit,
            "sources" => Self::Sources,
            "tasks" => Self::Tasks,
            "people" | "teams" => Self::People,
            "admin" => Self::Admin,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_one_or_two_letters_in_both_scripts() {
        for (name, letters) in [
            ("Sales steward", "SS"),
            ("admin", "A"),
            ("Ada M. Lovelace", "AL"),
            ("王小明", "小明"),
            ("李", "李"),
            ("", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn every_entry_knows_its_own_page() {
        for entry in Nav::ALL {
            assert_eq!(Nav::of_path(&entry.href()), Some(*entry), "{entry:?}");
        }
    }

    #[test]
    fn the_token_is_never_printed_by_debug() {
        assert!(!format!("{:?}", Csrf::new("tell-nobody")).contains("tell"));
    }
}
