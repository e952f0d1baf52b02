//! What the server says by its codes, put into our words.

use cadastre_model::Message;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use super::super::{FailureClass, SourceError};
use super::wire::{Seen, Violation};

/// Signing in did not work.
pub(super) fn of_sign_in(error: &Error, seen: &Seen) -> SourceError {
    if let Some(violation) = seen.violation() {
        return of_violation(violation);
    }
    let Some(said) = error.as_db_error() else {
        // The password is missing, the server does not know what we know, or it just hung up.
        return if seen.heard() {
            SourceError::new(FailureClass::SignIn, Message::new("source-sign-in-broken"), cause(error))
        } else {
            SourceError::unreached(FailureClass::Silent, cause(error))
        };
    };
    let code = said.code();
    let (class, key) = if *code == SqlState::INVALID_PASSWORD {
        (FailureClass::SignIn, "source-sign-in-password")
    } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        (FailureClass::SignIn, "source-sign-in-refused")
    } else if *code == SqlState::INVALID_CATALOG_NAME {
        (FailureClass::SignIn, "source-sign-in-no-database")
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        (FailureClass::Rights, "source-sign-in-no-connect")
    } else if is_busy(code) {
        (FailureClass::Busy, "source-server-busy")
    } else {
        (FailureClass::SignIn, "source-sign-in-refused")
    };
    said_by_server(class, Message::new(key), said)
}

/// A query did not work.
pub(super) fn of_query(error: &Error, seen: &Seen) -> SourceError {
    if let Some(violation) = seen.violation() {
        return of_violation(violation);
    }
    let Some(said) = error.as_db_error() else {
        let lost = error.is_closed() || cause(error).contains("communicating");
        return if lost {
            SourceError::new(FailureClass::Unreachable, Message::new("source-lost"), cause(error))
        } else {
            SourceError::hostile("source-nonsense", cause(error))
        };
    };
    let code = said.code();
    let (class, key) = if *code == SqlState::QUERY_CANCELED {
        (FailureClass::Query, "source-query-slow")
    } else if *code == SqlState::LOCK_NOT_AVAILABLE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        (FailureClass::Busy, "source-locked")
    } else if vanished(code) {
        (FailureClass::Busy, CHANGED)
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        (FailureClass::Rights, "source-query-rights")
    } else if is_busy(code) {
        (FailureClass::Busy, "source-server-busy")
    } else {
        (FailureClass::Query, "source-query-failed")
    };
    said_by_server(class, Message::new(key), said)
}

const CHANGED: &str = "source-changed";

/// Whether something was dropped between the snapshot and the moment when the server described it: then the same
/// again, at once, is likely to work.
pub(super) fn is_change_underway(error: &SourceError) -> bool {
    error.message.key == CHANGED
}

fn vanished(code: &SqlState) -> bool {
    [
        SqlState::INTERNAL_ERROR,
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_OBJECT,
        SqlState::UNDEFINED_COLUMN,
        SqlState::INVALID_SCHEMA_NAME,
    ]
    .contains(code)
}

fn is_busy(code: &SqlState) -> bool {
    [
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::OUT_OF_MEMORY,
        SqlState::DISK_FULL,
    ]
    .contains(code)
}

/// The server does what no honest server does.
pub(super) fn of_violation(violation: Violation) -> SourceError {
    let key = match violation {
        Violation::NotPostgresql => return SourceError::unreached(FailureClass::Hostile, "not PostgreSQL"),
        Violation::CleartextPassword => "source-asks-cleartext",
        Violation::TooManyRounds => "source-nonsense",
        Violation::LongMessage | Violation::TooManyBytes => "source-too-much",
    };
    SourceError::hostile(key, format!("{violation:?}"))
}

fn said_by_server(class: FailureClass, message: Message, said: &DbError) -> SourceError {
    let cause = format!("{}: {}", said.code().code(), said.message());
    SourceError::new(class, message, cause).with_server_text(said.message())
}

/// The chain of causes; the driver's outermost text alone says little.
fn cause(error: &Error) -> String {
    let mut text = error.to_string();
    let mut inner = std::error::Error::source(error);
    while let Some(error) = inner {
        text.push_str(": ");
        text.push_str(&error.to_string());
        inner = error.source();
    }
    text
}
