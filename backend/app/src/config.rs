//! The configuration: what the operator decides, from a TOML file, the environment and flags, later ones first.
//!
//! This is the only reader of the environment. [`KEYS`] is the one list of keys: the struct, the flags, the
//! variables (`CADASTRE_` and the key in capitals) and the text of `cadastre config` are drawn from it.
//! Not here: the keys that seal secrets ([`crate::keys`]), and what people set in the register itself.

mod layers;
mod places;
mod show;
mod values;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use cadastre_model::Sensitivity;
use figment::Figment;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use crate::notices::{MailServer, MailTls};
use crate::sources::reader::AllowedNetwork;
use crate::start::StartError;

pub use layers::{Layers, Source};
pub use places::{Environment, search_path};
pub use show::{Shown, hide_password};
pub use values::{List, LogFormat, Span};

/// One key of the configuration, as the file, the environment (`CADASTRE_` + capitals) and the flags name it.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key in the file: `session_idle`.
    pub name: &'static str,
    /// What it decides, in one or two sentences.
    pub doc: &'static str,
}

macro_rules! keys {
    ($( $(#[doc = $doc:literal])+ $name:ident: $kind:ty, )+) => {
        /// What is in force. See [`Layers::load`] for where it comes from.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Config {
            $( $(#[doc = $doc])+ pub $name: $kind, )+
        }

        /// Every key there is, in the order in which they are shown.
        pub const KEYS: &[Key] =
            &[$( Key { name: stringify!($name), doc: concat!($($doc),+) }, )+];
    };
}

keys! {
    /// Address and port to listen on, without TLS.
    listen: SocketAddr,
    /// The address that browsers see, such as https://cadastre.example.org. It decides about Secure cookies and HSTS.
    public_url: Option<Url>,
    /// Networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    trusted_proxies: List<IpNet>,
    /// Allow http without TLS off this machine. Passwords and sessions then cross the network in the clear.
    insecure_http: bool,
    /// The register's PostgreSQL, 14 or newer (DATABASE_URL says the same). Without it a private one is run in data_dir.
    database_url: Option<SecretString>,
    /// The same database as its owner, who migrates. Without it database_url does both.
    migrate_url: Option<SecretString>,
    /// Where the private PostgreSQL and the key file live.
    data_dir: PathBuf,
    /// The folder with PostgreSQL's own programs (postgres, initdb, pg_dump). Without it the usual places are searched.
    postgres_bin: Option<PathBuf>,
    /// The key file that seals secrets and signs heads. Without it: keys in data_dir.
    key_file: Option<PathBuf>,
    /// File to which the signed head of the change sets is appended each minute; best on another machine's disk.
    head_file: Option<PathBuf>,
    /// Private and loopback networks that sources may be in, with a port if wanted: 10.0.0.0/8, 127.0.0.1/32:5433.
    allow_networks: List<AllowedNetwork>,
    /// The least time between two crawls that a schedule may ask for.
    shortest_schedule: Span,
    /// How long tasks that are over are kept, with their lines. The newest crawls of each source stay.
    keep_tasks: Span,
    /// How long notices are kept, read or not.
    keep_notices: Span,
    /// The server that takes e-mail. Without it nobody is told of anything by e-mail.
    mail_host: Option<String>,
    /// Its port. Without it 587 for starttls, 465 for tls, 25 for none.
    mail_port: Option<u16>,
    /// How the line to it is kept private: starttls, tls from the first byte, or none.
    mail_tls: MailTls,
    /// The account there, if it wants one.
    mail_user: Option<String>,
    /// The password of that account.
    mail_password: Option<SecretString>,
    /// Whom e-mails come from: cadastre@example.org, or Cadastre <cadastre@example.org>.
    mail_from: Option<String>,
    /// Whom answers to e-mails go to, if not to mail_from.
    mail_reply_to: Option<String>,
    /// Values of columns of this sensitivity or above are masked for everybody: internal, confidential or secret.
    mask_from: Sensitivity,
    /// Connections to the database for pages and the API.
    pool_web: u32,
    /// Connections to the database for background tasks.
    pool_tasks: u32,
    /// A session ends after this long without a request.
    session_idle: Span,
    /// A session ends this long after the sign-in, whatever happens.
    session_absolute: Span,
    /// Memory of one password hash (argon2id) in KiB; 19456 or more.
    argon2_memory: u32,
    /// Passes of one password hash (argon2id); 2 or more.
    argon2_passes: u32,
    /// text for people, json for machines.
    log_format: LogFormat,
    /// What is logged: error, warn, info, debug, trace, or parts as in info,sqlx=warn.
    log_level: String,
}

/// What a password hash must cost at least, in KiB: OWASP's floor for argon2id with two passes.
pub const ARGON2_MEMORY_FLOOR: u32 = 19_456;
/// The passes that go with [`ARGON2_MEMORY_FLOOR`].
pub const ARGON2_PASSES_FLOOR: u32 = 2;

impl Config {
    /// Reads the process's own environment, the file and `flags` (key and value), and checks what they say.
    pub fn load(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Result<Loaded, StartError> {
        Layers::of_process(file, flags)?.load()
    }

    /// The key file in force: the configured one, or `keys` in the data directory.
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data_dir.join("keys"))
    }

    /// The URL of the register's database for the run role, when it is not the private one.
    pub fn database_url(&self) -> Option<&str> {
        self.database_url.as_ref().map(ExposeSecret::expose_secret)
    }

    /// The URL of the register's database for the owner role; [`Config::database_url`] when none is set.
    pub fn migrate_url(&self) -> Option<&str> {
        self.migrate_url.as_ref().map(ExposeSecret::expose_secret).or_else(|| self.database_url())
    }

    /// Whether browsers reach this register by https: Secure cookies, the `__Host-` prefix and HSTS follow.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// The address to show to people: the public one, or the one listened on.
    pub fn address(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None if self.listen.ip().is_unspecified() => format!("http://localhost:{}", self.listen.port()),
            None => format!("http://{}", self.listen),
        }
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        self.check_address()?;
        if self.migrate_url.is_some() && self.database_url.is_none() {
            return Err((
                "migrate_url",
                "set database_url too: the private PostgreSQL has its own owner".into(),
            ));
        }
        for (key, size) in [("pool_web", self.pool_web), ("pool_tasks", self.pool_tasks)] {
            if !(1..=500).contains(&size) {
                return Err((key, format!("{size} connections: give 1 to 500")));
            }
        }
        if self.session_idle.is_zero() || self.session_idle > self.session_absolute {
            return Err(("session_idle", "give more than nothing, and at most session_absolute".into()));
        }
        if *self.keep_tasks < Duration::from_secs(24 * 3600) {
            return Err(("keep_tasks", "give a day or more, as in 90d".into()));
        }
        if *self.keep_notices < Duration::from_secs(24 * 3600) {
            return Err(("keep_notices", "give a day or more, as in 90d".into()));
        }
        self.check_mail()?;
        if self.argon2_memory < ARGON2_MEMORY_FLOOR {
            return Err(("argon2_memory", format!("give {ARGON2_MEMORY_FLOOR} KiB or more")));
        }
        if self.argon2_passes < ARGON2_PASSES_FLOOR {
            return Err(("argon2_passes", format!("give {ARGON2_PASSES_FLOOR} or more")));
        }
        Ok(())
    }

    /// The server that takes e-mail, if there is one.
    pub fn mail_server(&self) -> Option<MailServer> {
        let (host, from) = self.mail_host.clone().zip(self.mail_from.clone())?;
        Some(MailServer {
            port: self.mail_port.unwrap_or_else(|| self.mail_tls.usual_port()),
            host,
            tls: self.mail_tls,
            account: self.mail_user.clone().zip(self.mail_password.clone()),
            from,
            reply_to: self.mail_reply_to.clone(),
        })
    }

    fn check_mail(&self) -> Result<(), (&'static str, String)> {
        let Some(host) = &self.mail_host else { return Ok(()) };
        if self.mail_from.is_none() {
            return Err(("mail_from", "say whom e-mails come from, as in cadastre@example.org".into()));
        }
        for (key, address) in [("mail_from", &self.mail_from), ("mail_reply_to", &self.mail_reply_to)] {
            if let Some(address) = address
                && !MailServer::is_address(address)
            {
                return Err((key, format!("{address} is no address: give cadastre@example.org")));
            }
        }
        if self.mail_user.is_some() != self.mail_password.is_some() {
            return Err(("mail_password", "give mail_user and mail_password, or neither".into()));
        }
        let is_near = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if self.mail_tls == MailTls::None && self.mail_user.is_some() && !is_near {
            return Err((
                "mail_tls",
                "a password would cross the network in the clear: use starttls or tls".into(),
            ));
        }
        Ok(())
    }

    fn check_address(&self) -> Result<(), (&'static str, String)> {
        if let Some(url) = &self.public_url {
            let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
            if !matches!(url.scheme(), "http" | "https") || !plain || !url.username().is_empty() {
                return Err((
                    "public_url",
                    "give scheme and host only, as in https://cadastre.example.org".into(),
                ));
            }
        }
        let behind_tls = self.is_https() && !self.trusted_proxies.is_empty();
        if !self.listen.ip().is_loopback() && !behind_tls && !self.insecure_http {
            let why = format!(
                "{} would serve passwords without TLS: listen on 127.0.0.1, or set public_url (https) and \
                 trusted_proxies for the proxy in front, or insecure_http = true",
                self.listen
            );
            return Err(("listen", why));
        }
        Ok(())
    }
}

/// A configuration and where each of its values comes from. `Debug` leaves out the layers: they hold secrets.
#[derive(Clone)]
pub struct Loaded {
    /// What is in force.
    pub config: Config,
    /// The file that was read, if there is one.
    pub file: Option<PathBuf>,
    /// Variables that start with `CADASTRE_` and name no key: ignored, and worth a warning.
    pub unknown_variables: Vec<String>,
    figment: Figment,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Loaded")
            .field("config", &self.config)
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
