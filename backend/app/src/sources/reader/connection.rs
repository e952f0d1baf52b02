//! Where a source is and who signs in: typed fields only. There is no connection string, so nothing can be
//! smuggled in by one (`?options=`, `host=/run/…`, `sslrootcert=/etc/passwd`, `service=`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use cadastre_model::Message;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// How to reach a source. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Connection {
    /// A DNS name or an address in full; never a path.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The role that signs in.
    pub user: String,
    /// Its password; may be empty.
    pub secret: SecretString,
    /// How the line is protected.
    pub tls: TlsMode,
    /// Certificates (PEM) that are trusted instead of the machine's.
    pub ca: Option<String>,
}

/// How the line to a source is protected. There is no "prefer": whoever is in between could always talk it down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// In the clear. A server that asks for the password itself is refused.
    Disable,
    /// Encrypted; whose certificate it is stays open (with a CA given, the chain is checked, the name is not).
    Require,
    /// Encrypted; chain and host name are checked.
    VerifyFull,
}

impl TlsMode {
    /// Every mode, the weakest first.
    pub const ALL: &'static [Self] = &[Self::Disable, Self::Require, Self::VerifyFull];

    /// The word as it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Require => "require",
            Self::VerifyFull => "verify_full",
        }
    }
}

impl std::str::FromStr for TlsMode {
    type Err = UnknownTlsMode;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|mode| mode.as_str() == word).ok_or(UnknownTlsMode)
    }
}

/// A word that is no TLS mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a TLS mode is one of disable, require, verify_full")]
pub struct UnknownTlsMode;

/// A field of a [`Connection`] and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// `host`, `port`, `database`, `user`, `secret` or `ca`.
    pub field: &'static str,
    /// In words.
    pub message: Message,
}

impl Connection {
    /// What is wrong with the fields; empty when nothing is. No name is resolved and nothing is dialled.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldFault> {
        let checks = [
            ("host", host_fault(&self.host)),
            ("port", (self.port == 0).then(|| Message::new("source-port-zero"))),
            ("database", name_fault(&self.database)),
            ("user", name_fault(&self.user)),
            ("secret", secret_fault(self.secret.expose_secret())),
            ("ca", self.ca.as_deref().and_then(ca_fault)),
        ];
        checks
            .into_iter()
            .filter_map(|(field, fault)| fault.map(|message| FieldFault { field, message }))
            .collect()
    }

    /// The host as it is dialled and verified: brackets and the final dot gone, lower case.
    #[must_use]
    pub fn bare_host(&self) -> String {
        let host = self.host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(&self.host);
        host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
    }

    /// Whether another connection goes to another place, so that the secret has to be given again.
    #[must_use]
    pub fn same_place(&self, other: &Self) -> bool {
        self.bare_host() == other.bare_host()
            && self.port == other.port
            && self.tls == other.tls
            && self.ca == other.ca
    }
}

fn host_fault(host: &str) -> Option<Message> {
    if host.is_empty() {
        return Some(Message::new("source-field-empty"));
    }
    if host.starts_with(['/', '@', '\\', '.']) || host.contains('/') {
        return Some(Message::new("source-host-path"));
    }
    if let Some(inner) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().is_err().then(|| Message::new("source-host-invalid"));
    }
    if host.parse::<IpAddr>().is_ok() {
        return None;
    }
    let bare = host.strip_suffix('.').unwrap_or(host);
    if ends_in_a_number(bare) {
        return bare.parse::<Ipv4Addr>().is_err().then(|| Message::new("source-host-number"));
    }
    let good = bare.len() <= 253 && bare.split('.').all(is_label);
    (!good).then(|| Message::new("source-host-invalid"))
}

/// `127.1`, `0x7f000001`, `2130706433`: forms that resolvers read as addresses and people do not.
fn ends_in_a_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(last) || hex.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A label of a DNS name; underscores occur in the names of containers.
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Names of databases and roles travel as values, so only what PostgreSQL cannot hold is refused.
fn name_fault(name: &str) -> Option<Message> {
    match name {
        "" => Some(Message::new("source-field-empty")),
        name if name.contains('\0') => Some(Message::new("source-field-nul")),
        name if name.len() > 63 => Some(Message::new("source-name-long")),
        _ => None,
    }
}

fn secret_fault(secret: &str) -> Option<Message> {
    match secret {
        secret if secret.contains('\0') => Some(Message::new("source-field-nul")),
        secret if secret.len() > 4096 => Some(Message::new("source-secret-long")),
        _ => None,
    }
}

fn ca_fault(pem: &str) -> Option<Message> {
    let good = pem.len() <= 1 << 20 && super::postgresql::trusted_certificates(pem).is_some();
    (!good).then(|| Message::new("source-ca-invalid"))
}
