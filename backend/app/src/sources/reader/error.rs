//! Why a source could not be read: in words for whoever asked, and apart from them what only few may see.

use cadastre_model::Message;

/// Why a check or a crawl did not succeed.
///
/// Three readers, three parts: [`message`](Self::message) is for everybody and the same for everything that happens
/// before a PostgreSQL server has answered, so that it tells nothing about addresses and ports;
/// [`server_text`](Self::server_text) is for who may manage the source; [`cause`](Self::cause) is for the operator's log.
/// None of them holds the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SourceError {
    /// What kind of failure, for retries, metrics and the log. Not to be shown: it tells refused from silent.
    pub class: FailureClass,
    /// In words.
    pub message: Message,
    /// What the server itself said, cut to a line; only for those who may manage the source.
    pub server_text: Option<String>,
    /// What happened underneath; only for the log.
    pub cause: String,
}

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// A field of the connection is not good.
    Invalid,
    /// The guard does not allow the address, or it is the register's own cluster.
    Denied,
    /// No such name, no route.
    Unreachable,
    /// Nothing listens there.
    Refused,
    /// Somebody is there and says nothing, or too slowly.
    Silent,
    /// The line could not be protected as asked.
    Tls,
    /// The role, the password or the database was not accepted.
    SignIn,
    /// The account may not read what is needed.
    Rights,
    /// Somebody holds a lock, the server starts or is full: again later.
    Busy,
    /// A query failed at the source.
    Query,
    /// Somebody stopped it.
    Cancelled,
    /// The server does what no honest server does: asks for the password in the clear, answers without end.
    Hostile,
}

impl FailureClass {
    /// Whether trying again later may help without anybody changing anything.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Unreachable | Self::Refused | Self::Silent | Self::Busy)
    }

    /// The word for logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Denied => "denied",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Tls => "tls",
            Self::SignIn => "sign_in",
            Self::Rights => "rights",
            Self::Busy => "busy",
            Self::Query => "query",
            Self::Cancelled => "cancelled",
            Self::Hostile => "hostile",
        }
    }
}

impl SourceError {
    /// A failure with its words.
    pub(crate) fn new(class: FailureClass, message: Message, cause: impl std::fmt::Display) -> Self {
        Self { class, message, server_text: None, cause: cause.to_string() }
    }

    /// Before a PostgreSQL server has answered: one text for all of it.
    pub(crate) fn unreached(class: FailureClass, cause: impl std::fmt::Display) -> Self {
        Self::new(class, Message::new("source-unreached"), cause)
    }

    /// Somebody stopped it.
    pub(crate) fn cancelled() -> Self {
        Self::new(FailureClass::Cancelled, Message::new("source-cancelled"), "cancelled")
    }

    /// The server breaks the protocol or a limit.
    pub(crate) fn hostile(key: &'static str, cause: impl std::fmt::Display) -> Self {
        Self::new(FailureClass::Hostile, Message::new(key), cause)
    }

    /// The same with what the server said, on one line of at most 500 characters.
    pub(crate) fn with_server_text(mut self, text: &str) -> Self {
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
        self.server_text = Some(line);
        self
    }
}
