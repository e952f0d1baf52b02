//! What is shown when a page cannot be: what happened, what still works, and the id of the request.

use askama::Template;

use crate::markup::Tone;
use crate::{Chrome, T};

/// An error page. Its answer has the status of [`ErrorPage::problem`].
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "errors/page.html")]
pub struct ErrorPage {
    /// The frame. Without a visitor the page has no navigation entries.
    pub chrome: Chrome,
    /// What went wrong.
    pub problem: Problem,
    /// One more sentence for this case, where there is one that may be shown.
    pub detail: Option<cadastre_model::Message>,
    /// Where the visitor can go back to; home when nothing better is known.
    pub back: String,
    /// In how many seconds it may work again (429, 503).
    pub retry_after: Option<i64>,
}

/// The ways in which a page can fail, one a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// 400: the request can't be read.
    Unreadable,
    /// 401: not signed in.
    SignIn,
    /// 403: may not do it; or the form was not from this session.
    Forbidden,
    /// 403 for a form whose token is not the session's.
    StaleForm,
    /// 404: not there, or hidden: the same words for both.
    NotFound,
    /// 405: no such form here.
    NotAllowed,
    /// 409: does not go together with what is there.
    Conflict,
    /// 412: changed since it was read.
    Changed,
    /// 413: too large.
    TooLarge,
    /// 415: of a kind that is not taken.
    WrongKind,
    /// 422: read, but not acceptable, outside a form that could show it.
    Refused,
    /// 428: nothing said about which version is meant.
    VersionMissing,
    /// 429: too often.
    TooOften,
    /// 500: a fault of the register.
    Fault,
    /// 503: not now.
    Unavailable,
}

impl Problem {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Unreadable,
        Self::SignIn,
        Self::Forbidden,
        Self::StaleForm,
        Self::NotFound,
        Self::NotAllowed,
        Self::Conflict,
        Self::Changed,
        Self::TooLarge,
        Self::WrongKind,
        Self::Refused,
        Self::VersionMissing,
        Self::TooOften,
        Self::Fault,
        Self::Unavailable,
    ];

    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Unreadable => 400,
            Self::SignIn => 401,
            Self::Forbidden | Self::StaleForm => 403,
            Self::NotFound => 404,
            Self::NotAllowed => 405,
            Self::Conflict => 409,
            Self::Changed => 412,
            Self::TooLarge => 413,
            Self::WrongKind => 415,
            Self::Refused => 422,
            Self::VersionMissing => 428,
            Self::TooOften => 429,
            Self::Fault => 500,
            Self::Unavailable => 503,
        }
    }

    /// The problem of a status; a fault for those that no page is written for.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        Self::ALL.into_iter().find(|problem| problem.status() == status).unwrap_or(Self::Fault)
    }

    /// Its word in keys of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::SignIn => "sign-in",
            Self::Forbidden => "forbidden",
            Self::StaleForm => "stale-form",
            Self::NotFound => "not-found",
            Self::NotAllowed => "not-allowed",
            Self::Conflict => "conflict",
            Self::Changed => "changed",
            Self::TooLarge => "too-large",
            Self::WrongKind => "wrong-kind",
            Self::Refused => "refused",
            Self::VersionMissing => "version-missing",
            Self::TooOften => "too-often",
            Self::Fault => "fault",
            Self::Unavailable => "unavailable",
        }
    }

    /// What happened, in a few words.
    #[must_use]
    pub fn title(self, t: &T) -> String {
        t.s(&self.title_key())
    }

    /// What it means and what to do.
    #[must_use]
    pub fn text(self, t: &T) -> String {
        t.s(&self.text_key())
    }

    /// The key of the title.
    #[must_use]
    pub fn title_key(self) -> String {
        format!("error-{}", self.name())
    }

    /// The key of the text.
    #[must_use]
    pub fn text_key(self) -> String {
        format!("error-{}-text", self.name())
    }

    /// Whether it is the register's fault or the visitor's turn.
    #[must_use]
    pub const fn tone(self) -> Tone {
        match self {
            Self::Fault => Tone::Fail,
            Self::NotFound | Self::SignIn => Tone::None,
            _ => Tone::Warn,
        }
    }
}
