//! The register's own background work: the list, one task with its progress and log.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::markup::{Status, Tone};
use crate::parts::{AssetLink, Changes, FacetOption, Pager, Subject};
use crate::{Chrome, Message};
use crate::{T, href};

/// How a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// Waits for a worker, or for its time.
    Queued,
    /// A worker has it.
    Running,
    /// Came to its end.
    Done,
    /// Gave up.
    Failed,
    /// Was told to stop.
    Cancelled,
}

impl TaskState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The word, as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing will change any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// The key of its word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Queued => "task-state-queued",
            Self::Running => "task-state-running",
            Self::Done => "task-state-done",
            Self::Failed => "task-state-failed",
            Self::Cancelled => "task-state-cancelled",
        }
    }

    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        let tone = match self {
            Self::Queued => Tone::Held,
            Self::Running => Tone::Run,
            Self::Done => Tone::Pass,
            Self::Failed => Tone::Fail,
            Self::Cancelled => Tone::None,
        };
        Status { tone, word: t.s(self.key()) }
    }
}

/// The tasks that the reader may see, newest first.
///
/// Filters are links: `?state=` with a word of [`TaskState`]. Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "tasks/list.html")]
pub struct TasksPage {
    /// The frame.
    pub chrome: Chrome,
    /// One for each state and one for all.
    pub filters: Vec<FacetOption>,
    /// The tasks of this page.
    pub tasks: Vec<TaskRow>,
    /// Where the others are.
    pub pager: Pager,
}

/// A task in a list; also a crawl in the list of a source.
#[derive(Debug, Clone)]
pub struct TaskRow {
    /// Public id.
    pub id: String,
    /// What it does.
    pub title: Message,
    /// What it works on.
    pub asset: Option<AssetLink>,
    /// How it stands.
    pub state: TaskState,
    /// When it was asked for.
    pub created: DateTime<Utc>,
    /// When a worker took it.
    pub started: Option<DateTime<Utc>>,
    /// How long it took or has taken, in milliseconds.
    pub took_ms: Option<i64>,
    /// What it changed; `None` when it changed nothing yet or changes nothing.
    pub changes: Option<Changes>,
    /// Why it failed.
    pub error: Option<Message>,
}

/// One task.
///
/// Forms: POST [`href::cancel_task`]: no fields.
#[derive(Debug, Clone, Template)]
#[template(path = "tasks/task.html")]
pub struct TaskPage {
    /// The frame.
    pub chrome: Chrome,
    /// What it does.
    pub title: Message,
    /// What it works on.
    pub asset: Option<AssetLink>,
    /// Who asked for it; `None`: the register itself.
    pub asked_by: Option<Subject>,
    /// When it was asked for.
    pub created: DateTime<Utc>,
    /// When it came to its end.
    pub finished: Option<DateTime<Utc>>,
    /// Which attempt this is, and how many there may be.
    pub attempt: (i64, i64),
    /// The part that changes while it runs.
    pub live: Live,
}

/// What the events of a task carry: the live part alone. Event `live` holds its HTML in one `data`.
#[derive(Debug, Clone, Template)]
#[template(path = "tasks/fragment.html")]
pub struct TaskFragment {
    /// The frame; only its language and token are used.
    pub chrome: Chrome,
    /// What is shown.
    pub live: Live,
}

/// The part of a task that changes while it runs.
#[derive(Debug, Clone)]
pub struct Live {
    /// The public id of the task.
    pub id: String,
    /// How it stands.
    pub state: TaskState,
    /// What it is doing.
    pub doing: Option<Message>,
    /// How many of how many are done.
    pub done: i64,
    /// `None` while it is not known.
    pub total: Option<i64>,
    /// How long it took or has taken, in milliseconds.
    pub took_ms: i64,
    /// The parts of the work.
    pub stages: Vec<Stage>,
    /// What it changed so far.
    pub changes: Option<Changes>,
    /// The last lines of its log, oldest first.
    pub lines: Vec<LogLine>,
    /// How many lines there are.
    pub line_count: i64,
    /// Why it failed.
    pub error: Option<Message>,
    /// What the source said; only for who may manage it.
    pub error_detail: Option<String>,
    /// Whether the reader may stop it.
    pub may_cancel: bool,
    /// Whether it was told to stop and has not yet.
    pub is_stopping: bool,
}

impl Live {
    /// How much is done in per cent, where that is known.
    #[must_use]
    pub fn percent(&self) -> Option<i64> {
        self.total.filter(|total| *total > 0).map(|total| crate::percent(self.done, total))
    }

    /// Where its events come from.
    #[must_use]
    pub fn events(&self) -> String {
        href::task_events(&self.id)
    }
}

/// A part of the work.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Its name.
    pub name: Message,
    /// What came of it so far.
    pub note: Option<Message>,
    /// Whether it is over, under way or to come.
    pub state: StageState,
}

/// Whether a part of the work is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageState {
    /// Over.
    Done,
    /// Under way.
    Now,
    /// To come.
    Next,
}

/// A line of a task's log.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// When.
    pub at: DateTime<Utc>,
    /// How grave.
    pub level: Level,
    /// What happened.
    pub text: Message,
}

/// How grave a line is.
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
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warn, Self::Error];

    /// The level of a stored word; what is unknown is only information.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        match word {
            "error" => Self::Error,
            "warn" => Self::Warn,
            _ => Self::Info,
        }
    }

    /// The key of its word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Info => "task-level-info",
            Self::Warn => "task-level-warn",
            Self::Error => "task-level-error",
        }
    }

    /// The class of the stylesheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "fail",
        }
    }
}

/// The parts of a crawl, by their words, in their order.
pub const CRAWL_PHASES: [(&str, &str); 9] = [
    ("connect", "crawl-phase-connect"),
    ("schemas", "crawl-phase-schemas"),
    ("datasets", "crawl-phase-datasets"),
    ("columns", "crawl-phase-columns"),
    ("constraints", "crawl-phase-constraints"),
    ("indexes", "crawl-phase-indexes"),
    ("functions", "crawl-phase-functions"),
    ("sizes", "crawl-phase-sizes"),
    ("write", "crawl-phase-write"),
];

/// The name of a part of a crawl; `None` for a word that is none.
#[must_use]
pub fn crawl_phase(word: &str) -> Option<Message> {
    CRAWL_PHASES.into_iter().find(|(phase, _)| *phase == word).map(|(_, key)| Message::new(key))
}
