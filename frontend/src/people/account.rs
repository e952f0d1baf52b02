//! The visitor's own: settings, password, sessions, tokens.

use askama::Template;
use cadastre_model::Action;
use chrono::{DateTime, Utc};

use crate::{Choice, Chrome, Form, T};

/// The visitor's own settings.
///
/// Forms: POST [`crate::href::account_settings`]: `language` (`en` or `zh`), `time_zone` (a name of the tz database),
/// `theme` (`auto`, `light` or `dark`). POST [`crate::href::account_password`]: `current`, `password`, `again`; ends all
/// other sessions. POST [`crate::href::end_session`] and [`crate::href::end_other_sessions`]: no fields.
#[derive(Debug, Clone, Template)]
#[template(path = "people/account.html")]
pub struct AccountPage {
    /// The frame.
    pub chrome: Chrome,
    /// User name.
    pub login: String,
    /// Address.
    pub email: Option<String>,
    /// The teams that they are in.
    pub teams: Vec<String>,
    /// Language, zone and theme.
    pub settings: Form,
    /// The form for a new password.
    pub password: Form,
    /// Whether a new password is needed before anything else: then only that form is shown.
    pub must_change_password: bool,
    /// The sessions, newest first.
    pub sessions: Vec<SessionRow>,
}

impl AccountPage {
    /// The themes to choose from.
    #[must_use]
    pub fn themes(&self, t: &T) -> Vec<Choice> {
        crate::Theme::ALL
            .into_iter()
            .map(|theme| Choice::new(theme.as_str(), t.s(theme.choice_key())))
            .collect()
    }

    /// The languages to choose from, each in itself.
    #[must_use]
    pub fn languages(&self) -> Vec<Choice> {
        vec![Choice::new("en", "English"), Choice::new("zh", "简体中文")]
    }
}

/// A session of the visitor.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Public id.
    pub id: String,
    /// When it began.
    pub created: DateTime<Utc>,
    /// When it was last used.
    pub last_seen: DateTime<Utc>,
    /// From which address.
    pub address: Option<String>,
    /// What the browser says of itself.
    pub agent: Option<String>,
    /// Whether it is this one.
    pub is_current: bool,
}

/// The visitor's tokens.
///
/// Forms: POST [`crate::href::tokens`]: `name`, `scopes` (words of [`TokensPage::scopes`], each as often as chosen),
/// `expires` (days: one of [`LIFETIMES`]). Shows this page with [`TokensPage::made`]. POST
/// [`crate::href::revoke_token`]: no fields, after a [`crate::access::ConfirmPage`].
#[derive(Debug, Clone, Template)]
#[template(path = "people/tokens.html")]
pub struct TokensPage {
    /// The frame.
    pub chrome: Chrome,
    /// The token that was just made: its name and itself. Shown once, never again.
    pub made: Option<(String, String)>,
    /// The tokens in force, newest first.
    pub tokens: Vec<TokenRow>,
    /// What was typed.
    pub form: Form,
    /// The scopes: the word that is sent, and the key of its name.
    pub scopes: Vec<TokenScope>,
}

/// For how many days a token may live; the first is the default.
pub const LIFETIMES: [i64; 4] = [90, 7, 30, 365];

impl TokensPage {
    /// For how long it may live.
    #[must_use]
    pub fn lifetimes(&self, t: &T) -> Vec<Choice> {
        LIFETIMES.iter().map(|days| Choice::new(days.to_string(), t.n("token-days", *days))).collect()
    }
}

/// What a token may be used for; never more than its person may.
#[derive(Debug, Clone)]
pub struct TokenScope {
    /// The word that is sent and stored.
    pub word: String,
    /// The actions that it covers.
    pub actions: Vec<Action>,
}

/// A token in a list.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it ends.
    pub expires: DateTime<Utc>,
    /// When it was last used.
    pub last_used: Option<DateTime<Utc>>,
}
