//! Pages about who is who: signing in, the first administrator.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::{Chrome, Form};

/// Signing in with a password. Says nothing about whether a name is known.
///
/// Forms: POST [`crate::href::sign_in`]: `login`, `password`, `next` (a path of this register, or empty).
#[derive(Debug, Clone, Template)]
#[template(path = "people/sign_in.html")]
pub struct SignInPage {
    /// The frame; its token is that of the visit before sign-in.
    pub chrome: Chrome,
    /// `login` as typed; refused with a banner, never with a message at one field.
    pub form: Form,
    /// Where to go afterwards; empty for home.
    pub next: String,
    /// What to do by whoever has no password yet or forgot it: always the same words.
    pub is_first_start: bool,
}

/// The first administrator, made from the one-time link. 404 once there is one.
///
/// Forms: POST [`crate::href::set_up`] of the token: `display_name`, `login`, `email` (optional), `password`,
/// `language` (`en` or `zh`).
#[derive(Debug, Clone, Template)]
#[template(path = "people/set_up.html")]
pub struct SetUpPage {
    /// The frame.
    pub chrome: Chrome,
    /// The token of the link.
    pub token: String,
    /// Until when the link works.
    pub expires: DateTime<Utc>,
    /// What was typed.
    pub form: Form,
}

impl SetUpPage {
    /// How many minutes the link still works; at least one.
    #[must_use]
    pub fn minutes_left(&self) -> i64 {
        (self.expires - self.chrome.t.now()).num_minutes().max(1)
    }
}

pub mod account;
pub mod register;
