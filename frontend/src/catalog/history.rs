//! What changed: change sets with what was before and after.

use cadastre_model::Via;
use chrono::{DateTime, Utc};

use crate::Message;
use crate::parts::Subject;

/// A change set, as far as the reader may see it.
#[derive(Debug, Clone)]
pub struct Change {
    /// Public id; also the anchor on the page.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; `None`: the register itself.
    pub who: Option<Subject>,
    /// By which way.
    pub via: Via,
    /// What was done.
    pub what: Message,
    /// Why, as they wrote it.
    pub reason: Option<String>,
    /// What is other than before.
    pub entries: Vec<Entry>,
    /// How many more entries there are than are shown.
    pub more: i64,
    /// The page as it was just after; `None` when there is nothing to look at.
    pub as_of: Option<String>,
}

/// One thing that is other than before.
#[derive(Debug, Clone)]
pub struct Entry {
    /// New, gone or other.
    pub sign: Sign,
    /// Which, as `order_items.discount`; empty for the asset itself.
    pub subject: String,
    /// What of it, as a key: `history-type`, `text-description`, `history-owner` …
    pub field: Message,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

/// Whether something is new, gone or other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// New.
    Added,
    /// Gone.
    Removed,
    /// Other.
    Changed,
}

impl Sign {
    /// As it is written before the line.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Removed => "−",
            Self::Changed => "~",
        }
    }

    /// The class of the stylesheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Added => "add",
            Self::Removed => "del",
            Self::Changed => "mod",
        }
    }

    /// The key of its word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Added => "ui-added",
            Self::Removed => "ui-removed",
            Self::Changed => "ui-changed",
        }
    }
}

/// What can change, as keys for [`Entry::field`].
pub const FIELDS: [&str; 19] = [
    "history-asset",
    "history-name",
    "history-type",
    "history-nullable",
    "history-default",
    "history-order",
    "history-column",
    "history-kind",
    "history-definition",
    "history-key",
    "history-owner",
    "history-source-owner",
    "history-domain",
    "history-sensitivity",
    "history-state",
    "history-parent",
    "history-grant",
    "history-connection",
    "history-schedule",
];
