//! What a task tells while it runs: where it is, and lines for its log. Words are kept as messages, so that each reader
//! gets them in their own language.

use cadastre_model::Message;
use serde::{Deserialize, Serialize};

/// How far a task is, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// What it is doing.
    pub doing: Option<Message>,
    /// How many of [`Progress::total`] are done.
    pub done: u64,
    /// None while it is not known.
    pub total: Option<u64>,
    /// The parts of the work.
    pub stages: Vec<Stage>,
}

/// A part of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Its name.
    pub name: Message,
    /// What came of it so far.
    pub note: Option<Message>,
    /// Whether it is over, under way or to come.
    pub state: StageState,
}

/// Whether a part of the work is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    /// Over.
    Done,
    /// Under way.
    Now,
    /// To come.
    Next,
}

/// What a task changed; part of its result, by these names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// New.
    pub added: i64,
    /// Gone.
    pub removed: i64,
    /// Other than before.
    pub changed: i64,
}

/// How grave a line of the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// As it should be.
    Info,
    /// Worth a look.
    Warn,
    /// Did not work.
    Error,
}

impl Level {
    /// The word as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// A line of the log.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) level: Level,
    pub(crate) message: Message,
}
