//! The register's settings and health, as they are; settings are made in the configuration, not here.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::markup::{Status, Tone};
use crate::{Chrome, Message, T};

/// Settings and health.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/admin.html")]
pub struct AdminPage {
    /// The frame.
    pub chrome: Chrome,
    /// The version of the program.
    pub version: String,
    /// Since when this process runs.
    pub started: DateTime<Utc>,
    /// What was looked at, and how it is.
    pub checks: Vec<HealthCheck>,
    /// Figures: the key of a name and the value, already in words.
    pub figures: Vec<(&'static str, String)>,
    /// The configuration in force, secrets hidden: name, value, where it comes from.
    pub settings: Vec<Setting>,
}

/// The keys that [`AdminPage::figures`] can have.
pub const FIGURES: [&str; 9] = [
    "figure-datasets",
    "figure-columns",
    "figure-sources",
    "figure-people",
    "figure-change-sets",
    "figure-database-size",
    "figure-database-version",
    "figure-memory",
    "figure-tasks-waiting",
];

/// The keys that [`HealthCheck::name`] can have.
pub const CHECKS: [&str; 8] = [
    "health-database",
    "health-migrations",
    "health-roles",
    "health-clock",
    "health-disk",
    "health-keys",
    "health-read-models",
    "health-tasks",
];

/// Something that was looked at.
#[derive(Debug, Clone)]
pub struct HealthCheck {
    /// What, as a key.
    pub name: &'static str,
    /// How it is.
    pub health: Health,
    /// What was found.
    pub text: Message,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Good,
    /// Works, with something to know.
    Warning,
    /// Does not work.
    Bad,
}

impl Health {
    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        let (tone, key) = match self {
            Self::Good => (Tone::Pass, "outcome-pass"),
            Self::Warning => (Tone::Warn, "outcome-warn"),
            Self::Bad => (Tone::Fail, "outcome-fail"),
        };
        Status { tone, word: t.s(key) }
    }
}

/// A setting in force.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its name in the configuration file.
    pub name: String,
    /// Its value; of a secret never more than that it is set.
    pub value: String,
    /// Where it comes from: file, environment, flag or default, as a key `setting-from-…`.
    pub origin: &'static str,
}

/// The keys that [`Setting::origin`] can have.
pub const ORIGINS: [&str; 4] =
    ["setting-from-default", "setting-from-file", "setting-from-environment", "setting-from-flag"];
