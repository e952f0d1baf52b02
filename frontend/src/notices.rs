//! Notices: the inbox behind the bell, and what one is told of.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::lineage::DatasetLink;
use crate::lineage::words::words;
use crate::parts::Pager;
use crate::quality::Gravity;
use crate::{Choice, Chrome, Form, Message, T, Tone, href};

/// `/notices`. Query: `show` (`all`; without it those that are not read), `after`.
///
/// Forms: POST [`href::read_notices`]: `notice` (ids, as often as there are), or `all` (`on`).
#[derive(Debug, Clone, Template)]
#[template(path = "notices/inbox.html")]
pub struct NoticesPage {
    /// The frame.
    pub chrome: Chrome,
    /// Whether those that were read are shown too.
    pub shows_all: bool,
    /// The notices, grouped by what they are about; the group with the newest first.
    pub groups: Vec<NoticeGroup>,
    /// How many are not read.
    pub unread: i64,
    /// Where the others are.
    pub pager: Pager,
}

/// Notices about one thing.
#[derive(Debug, Clone)]
pub struct NoticeGroup {
    /// The dataset; `None`: the register itself.
    pub dataset: Option<DatasetLink>,
    /// The notices, newest first.
    pub notices: Vec<Notice>,
    /// How many more there are about it.
    pub more: i64,
}

/// Something that the reader is told.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its id in forms.
    pub id: String,
    /// How grave.
    pub tone: Tone,
    /// What happened: [`NOTICES`].
    pub what: Message,
    /// Where it leads.
    pub href: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it was read.
    pub is_read: bool,
    /// Why the reader is told.
    pub because: Message,
}

/// The keys of [`Notice::what`], with their arguments, and of [`Notice::because`].
pub const NOTICES: [&str; 13] = [
    // `incident`, `n`: rules.
    "notice-incident-opened",
    // `incident`.
    "notice-incident-assigned",
    // `incident`, `dataset`: upstream of what the reader owns.
    "notice-incident-upstream",
    // `incident`.
    "notice-incident-resolved",
    // `incident`.
    "notice-incident-note",
    // `rule`.
    "notice-rule-error",
    // `name`: a subscription that cannot be delivered.
    "notice-undelivered",
    "notice-because-owner",
    "notice-because-watch",
    // `name`: what is subscribed to.
    "notice-because-subscription",
    // What is subscribed to is not said.
    "notice-because-subscribed",
    "notice-because-assignee",
    "notice-because-downstream",
];

impl NoticeGroup {
    fn has_unread(&self) -> bool {
        self.notices.iter().any(|notice| !notice.is_read)
    }

    fn name(&self, t: &T) -> String {
        self.dataset.as_ref().map_or_else(|| t.s("asset-kind-register"), |link| link.name.clone())
    }
}

impl Notice {
    const fn tone_key(&self) -> &'static str {
        match self.tone {
            Tone::Fail => "notice-tone-fail",
            Tone::Warn | Tone::Held => "notice-tone-warn",
            Tone::Pass => "notice-tone-pass",
            Tone::None | Tone::Run => "notice-tone-none",
        }
    }
}

impl NoticesPage {
    fn shown(&self, all: bool) -> String {
        href::with_query(href::notices(), "show", if all { "all" } else { "" })
    }
}

words! {
    /// By which way somebody is told.
    Channel, "channel" {
        /// In the inbox.
        Inbox = "inbox",
        /// By e-mail.
        Email = "email",
        /// By a signed web request.
        Webhook = "webhook",
    }
}

/// `/notices/subscriptions`: what the reader is told of, and how.
///
/// Forms: POST [`href::subscriptions`]: `scope` (one of [`SubscriptionsPage::scopes`]), `severity` (a word of [`Gravity`]: at least),
/// `channel` (a word of [`Channel`]), `address` (of a web request). POST [`href::remove_subscription`] and
/// [`href::test_subscription`]: no fields.
#[derive(Debug, Clone, Template)]
#[template(path = "notices/subscriptions.html")]
pub struct SubscriptionsPage {
    /// The frame.
    pub chrome: Chrome,
    /// What there is.
    pub subscriptions: Vec<Subscription>,
    /// What can be subscribed to: what is sent, and what is read.
    pub scopes: Vec<Choice>,
    /// The ways that there are: without a mail server there is no e-mail.
    pub channels: Vec<Channel>,
    /// What was typed.
    pub form: Form,
    /// The key with which requests of a new subscription are signed, shown once.
    pub secret: Option<String>,
}

/// What somebody is told of.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// What it is about, as a text: `subscription-mine`, `subscription-all`, or `subscription-of` with `name`.
    pub scope: Message,
    /// Where that leads.
    pub href: Option<String>,
    /// From which severity on.
    pub gravity: Gravity,
    /// How.
    pub channel: Channel,
    /// The address, without what is secret in it.
    pub address: Option<String>,
    /// Since when deliveries fail, and why.
    pub failing: Option<(DateTime<Utc>, Message)>,
    /// Whether something can be sent by it to try it.
    pub may_test: bool,
    /// Whether it may be removed; that one is told of what one owns may not.
    pub may_remove: bool,
}

/// The keys of [`Subscription::scope`].
pub const SCOPES: [&str; 4] =
    ["subscription-mine", "subscription-all", "subscription-of", "subscription-downstream"];

impl SubscriptionsPage {
    fn severities(&self, t: &T) -> Vec<Choice> {
        Gravity::ALL
            .iter()
            .map(|one| Choice::new(one.as_str(), t.a("subscription-from", "what", t.w(one))))
            .collect()
    }

    fn ways(&self, t: &T) -> Vec<Choice> {
        self.channels.iter().map(|one| Choice::new(one.as_str(), t.w(one))).collect()
    }

    fn has_webhook(&self) -> bool {
        self.channels.contains(&Channel::Webhook)
    }
}
