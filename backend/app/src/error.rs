//! One failure, two renderings: problem+json for programs, a page with a way back for people. Which of the two is
//! decided in `http`; here stands only what went wrong, as a [`Message`] that is put into the reader's words later.

use cadastre_model::Message;
use std::time::Duration;

/// What a use case answers when it can't do what was asked.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// The kind of a failure; each is one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// 400: can't be read at all.
    Unreadable,
    /// 401: nobody is signed in, or the token is not in force.
    Unauthenticated,
    /// 403: seen, but not allowed; or a form without its token.
    Forbidden,
    /// 404: not there, or not for the reader's eyes.
    Absent,
    /// 405: there, but not by this method.
    NotAllowed,
    /// 409: in the way of something that is there.
    Conflict,
    /// 412: changed since it was read.
    Stale,
    /// 413: larger than is taken.
    TooLarge,
    /// 415: a form or format that is not taken here.
    Unsupported,
    /// 422: read, and wrong; `fields` says where.
    Invalid,
    /// 428: a write without saying which state it was made from.
    NeedsCondition,
    /// 429: too often.
    TooMany,
    /// 500: our fault; the reader gets the request id, the log the cause.
    Internal,
    /// 503: not now; try again.
    Unavailable,
}

impl FailureKind {
    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Unreadable => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::Absent => 404,
            Self::NotAllowed => 405,
            Self::Conflict => 409,
            Self::Stale => 412,
            Self::TooLarge => 413,
            Self::Unsupported => 415,
            Self::Invalid => 422,
            Self::NeedsCondition => 428,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The stable word for programs: the last part of the problem's `type`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::Absent => "absent",
            Self::NotAllowed => "not-allowed",
            Self::Conflict => "conflict",
            Self::Stale => "stale",
            Self::TooLarge => "too-large",
            Self::Unsupported => "unsupported",
            Self::Invalid => "invalid",
            Self::NeedsCondition => "needs-condition",
            Self::TooMany => "too-many",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What went wrong, for the reader, and apart from it the cause, for the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} ({message})", kind.word())]
pub struct Failure {
    /// Decides the status.
    pub kind: FailureKind,
    /// What the reader is told.
    pub message: Message,
    /// By the name of the form's field or JSON member: what is wrong with it.
    pub fields: Vec<(String, Message)>,
    /// When it makes sense to try again.
    pub retry_after: Option<Duration>,
    /// The cause, for the log only.
    pub cause: Option<String>,
}

impl Failure {
    /// A failure of a kind, with what the reader is told.
    pub fn new(kind: FailureKind, message: impl Into<Message>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new(), retry_after: None, cause: None }
    }

    /// What there is to say in one sentence: what is wrong with a field, else the message.
    #[must_use]
    pub fn said(&self) -> &Message {
        self.fields.first().map_or(&self.message, |(_, message)| message)
    }

    /// What is not there, or not for the reader: both answer alike.
    #[must_use]
    pub fn absent() -> Self {
        Self::new(FailureKind::Absent, "error-not-found-text")
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(FailureKind::Unauthenticated, "error-sign-in-text")
    }

    /// Seen, but not allowed.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(FailureKind::Forbidden, "error-forbidden-text")
    }

    /// One field is wrong.
    pub fn invalid(field: impl Into<String>, message: impl Into<Message>) -> Self {
        let mut failure = Self::new(FailureKind::Invalid, "error-refused-text");
        failure.fields.push((field.into(), message.into()));
        failure
    }

    /// Several fields are wrong; `Ok` when the list is empty.
    ///
    /// # Errors
    /// `Invalid` with all of them.
    pub fn when_any(fields: Vec<(String, Message)>) -> Result<()> {
        if fields.is_empty() {
            return Ok(());
        }
        Err(Self { fields, ..Self::new(FailureKind::Invalid, "error-refused-text") })
    }

    /// Changed since it was read.
    #[must_use]
    pub fn stale() -> Self {
        Self::new(FailureKind::Stale, "error-changed-text")
    }

    /// Our fault. The cause goes to the log.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..Self::new(FailureKind::Internal, "error-fault-text") }
    }

    /// Not now.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self {
            cause: Some(cause.to_string()),
            retry_after: Some(Duration::from_secs(2)),
            ..Self::new(FailureKind::Unavailable, "error-unavailable-text")
        }
    }

    /// Too often; may be tried again after the time.
    #[must_use]
    pub fn too_many(retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(FailureKind::TooMany, "error-too-often-text") }
    }
}

/// SQLSTATEs that mean *not now*: lost or refused connections, a server that stops or only reads, locks that took too
/// long, a deadlock or a serialisation that lost, a full disk.
const NOT_NOW: &[&str] = &[
    "08000", "08003", "08006", "25006", "25P03", "40001", "40P01", "53000", "53100", "53200", "53300",
    "55P03", "57014", "57P01", "57P02", "57P03",
];

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::WorkerCrashed => Self::unavailable(error),
            sqlx::Error::Database(db) if db.code().is_some_and(|code| NOT_NOW.contains(&code.as_ref())) => {
                Self::unavailable(error)
            }
            // PostgreSQL has no NUL in text; whoever sends one gets told so, see `http::body`.
            sqlx::Error::Database(db) if db.code().as_deref() == Some("22021") => {
                Self::new(FailureKind::Unreadable, "error-nul")
            }
            sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) => Self::unavailable(error),
            _ => Self::internal(error),
        }
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(error: sea_orm::DbErr) -> Self {
        use sea_orm::{DbErr, RuntimeErr};
        match error {
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => match std::sync::Arc::try_unwrap(inner) {
                Ok(inner) => inner.into(),
                Err(shared) => from_shared(&shared),
            },
            DbErr::ConnectionAcquire(_) => Self::unavailable(error),
            other => Self::internal(other),
        }
    }
}

fn from_shared(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(db) if db.code().is_some_and(|code| NOT_NOW.contains(&code.as_ref())) => {
            Failure::unavailable(error)
        }
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
            Failure::unavailable(error)
        }
        _ => Failure::internal(error),
    }
}
