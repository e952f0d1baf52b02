//! The server that takes e-mail, as the operator names it.

use lettre::message::Mailbox;
use secrecy::SecretString;
use serde::Deserialize;

/// A mail server with the account there.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line to it is kept private.
    pub tls: MailTls,
    /// User and password, if it wants them.
    pub account: Option<(String, SecretString)>,
    /// Whom e-mails come from.
    pub from: String,
    /// Whom answers go to.
    pub reply_to: Option<String>,
}

/// How the line to a mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// It begins in the clear and turns to TLS before anything is said; a server that can't is not used.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// In the clear.
    None,
}

impl MailTls {
    /// The port where such a server usually listens.
    #[must_use]
    pub const fn usual_port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

impl MailServer {
    /// Whether a text is an address, with or without a name before it.
    #[must_use]
    pub fn is_address(text: &str) -> bool {
        text.parse::<Mailbox>().is_ok()
    }
}
