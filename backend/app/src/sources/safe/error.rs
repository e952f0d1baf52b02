//! Why nothing was read: in words for everybody, and apart from them what only some may see.

use crate::error::{Failure, FailureKind};
use crate::sources::reader::{SourceError, Wrong};
use crate::tasks::{Reason, Trouble};
use cadastre_model::Message;
use std::time::Duration;

/// Why a source, or a query at it, gave nothing.
#[derive(Debug, Clone)]
pub enum ReadError {
    /// The source says that the query is wrong, or that what is in its data does not go with it.
    Wrong(Wrong),
    /// Something that the query reads (a view, a function behind it) tried to write; nothing was written.
    Writes(Wrong),
    /// The query is none that may be asked: which form or function it is.
    Refused(Message),
    /// A limit of the source, or of the query.
    Limit(Limit),
    /// The source could not be read.
    Source(SourceError),
    /// The source was taken out of the register, or the visit is over.
    Gone,
    /// The register's own database.
    Register(Failure),
}

/// A limit that was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// The time of one query.
    Time(Duration),
    /// Columns of one answer.
    Columns {
        /// How many it has.
        columns: usize,
        /// How many may be.
        most: usize,
    },
    /// All connections that the source allows at once are in use.
    Connections(u32),
    /// Queries of one day.
    Statements(u32),
    /// Seconds of one day.
    Seconds(u32),
    /// The source is not read at this time of day.
    Quiet {
        /// The stretch as it was set: `22:00–06:00`.
        hours: String,
        /// The zone of these times.
        zone: String,
    },
}

impl ReadError {
    /// In words, for everybody: says nothing of what is in the data.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Wrong(wrong) => Message::new("read-wrong").arg("code", &wrong.code),
            Self::Writes(_) => Message::new("read-refused-writes"),
            Self::Refused(message) => message.clone(),
            Self::Limit(limit) => limit.message(),
            Self::Source(error) => error.message.clone(),
            Self::Gone => Message::new("source-gone"),
            Self::Register(failure) => failure.message.clone(),
        }
    }

    /// What the source said, for who may see its values.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Wrong(wrong) | Self::Writes(wrong) => Some(&wrong.text),
            Self::Source(error) => error.server_text.as_deref(),
            _ => None,
        }
    }

    /// The character of the query, from 1, at which the source points.
    #[must_use]
    pub const fn position(&self) -> Option<u32> {
        match self {
            Self::Wrong(wrong) | Self::Writes(wrong) => wrong.position,
            _ => None,
        }
    }

    /// Whether the query itself is to blame, so that parts of it may do better, and the same again would not.
    #[must_use]
    pub const fn lies_in_the_query(&self) -> bool {
        matches!(
            self,
            Self::Wrong(_) | Self::Writes(_) | Self::Refused(_) | Self::Limit(Limit::Columns { .. })
        )
    }

    /// Whether others of ours are reading, and that is all.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Limit(Limit::Connections(_)))
    }

    /// Whether the same may succeed later without anybody changing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Limit(limit) => !matches!(limit, Limit::Columns { .. } | Limit::Time(_)),
            Self::Source(error) => error.class.may_pass(),
            Self::Register(failure) => failure.kind == FailureKind::Unavailable,
            Self::Wrong(_) | Self::Writes(_) | Self::Refused(_) | Self::Gone => false,
        }
    }
}

impl Limit {
    fn message(&self) -> Message {
        match self {
            Self::Time(time) => Message::new("read-limit-time").arg("seconds", time.as_secs()),
            Self::Columns { columns, most } => {
                Message::new("read-limit-columns").arg("columns", columns).arg("most", most)
            }
            Self::Connections(most) => Message::new("read-limit-connections").arg("most", most),
            Self::Statements(most) => Message::new("read-limit-statements").arg("most", most),
            Self::Seconds(most) => Message::new("read-limit-seconds").arg("most", most),
            Self::Quiet { hours, zone } => {
                Message::new("read-limit-quiet").arg("hours", hours).arg("zone", zone)
            }
        }
    }
}

impl From<SourceError> for ReadError {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        Self::Register(failure)
    }
}

/// For tasks: what may pass is tried again. What the source said of a query is left out: it may hold values, and the reason of a task is seen
/// by more than those who may see these.
impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        let detail = match &error {
            ReadError::Source(error) => error.server_text.clone(),
            _ => None,
        };
        let reason = Reason { message: error.message(), detail };
        match error {
            ReadError::Register(failure) => failure.into(),
            error if error.is_busy() => Self::Busy(reason),
            error if error.may_pass() => Self::MayPass(reason),
            _ => Self::Final(reason),
        }
    }
}

/// For requests: a limit is 429 where it may pass, else what was asked is wrong; a source that is not there is 503.
impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let kind = match &error {
            ReadError::Register(_) => FailureKind::Internal,
            ReadError::Gone => FailureKind::Absent,
            ReadError::Limit(_) if error.may_pass() => FailureKind::TooMany,
            ReadError::Limit(_) | ReadError::Refused(_) | ReadError::Wrong(_) | ReadError::Writes(_) => {
                FailureKind::Invalid
            }
            ReadError::Source(_) => FailureKind::Unavailable,
        };
        match error {
            ReadError::Register(failure) => failure,
            error => Self::new(kind, error.message()),
        }
    }
}
