//! The record of what was done: change sets and other events, and whether the chain is whole.

use askama::Template;
use cadastre_model::Via;
use chrono::{DateTime, Utc};

use crate::parts::{AssetLink, Pager, Subject};
use crate::{Choice, Chrome, Form, Message};

/// The record, newest first.
///
/// Filter: GET [`crate::href::audit`]: `who` (user name), `what` (a value of [`AuditPage::kinds`]), `from`, `to`
/// (`datetime-local` in the reader's zone), `after`. Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "audit/audit.html")]
pub struct AuditPage {
    /// The frame.
    pub chrome: Chrome,
    /// The filter as it is set.
    pub filter: Form,
    /// What can be filtered by.
    pub kinds: Vec<Choice>,
    /// Whether the chain is whole.
    pub chain: Chain,
    /// The events.
    pub events: Vec<AuditEvent>,
    /// Where the others are.
    pub pager: Pager,
}

/// Whether the chain of change sets is whole.
#[derive(Debug, Clone)]
pub enum Chain {
    /// Whole up to a moment, over so many change sets.
    Whole {
        /// When it was walked.
        at: DateTime<Utc>,
        /// Over how many change sets.
        length: i64,
        /// The first letters of its head.
        head: String,
    },
    /// Broken.
    Broken {
        /// When it was walked.
        at: DateTime<Utc>,
        /// The change set at which it breaks, counted from the first.
        position: i64,
    },
    /// Not walked yet since the start.
    Unknown,
}

/// One event.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// Public id.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; `None`: nobody who is known, or the register itself.
    pub who: Option<Subject>,
    /// The name that was given where nobody was known, as at a failed sign-in.
    pub claimed: Option<String>,
    /// By which way.
    pub via: Via,
    /// From which address.
    pub address: Option<String>,
    /// What was done.
    pub what: Message,
    /// To what, as far as the reader may see it.
    pub asset: Option<AssetLink>,
    /// Why, as they wrote it.
    pub reason: Option<String>,
    /// Whether it was refused.
    pub is_refused: bool,
    /// The id of the request.
    pub request_id: Option<String>,
}
