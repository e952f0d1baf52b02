//! What a command says: lines or JSON on stdout, and at the end one line that tells why it could not be done.

use std::fmt::Display;
use std::io::{ErrorKind, Write, stderr, stdout};
use std::process::ExitCode;

use cadastre_frontend::T;
use cadastre_model::Language;
use serde::Serialize;

use crate::backup::BackupError;
use crate::error::Failure;
use crate::keys::RotateError;
use crate::start::StartError;

/// Why a command ends without having done its work: one line for people, and an exit code.
#[derive(Debug)]
pub struct Refusal {
    code: u8,
    line: String,
}

impl Refusal {
    /// A refusal with exit code 1.
    pub fn new(line: impl Display) -> Self {
        Refusal { code: 1, line: line.to_string() }
    }

    /// What was asked for cannot be: exit code 2.
    pub(super) fn usage(line: impl Display) -> Self {
        Refusal { code: 2, line: line.to_string() }
    }

    /// What was waited for did not come in time: exit code 6, so that it is told from what did not hold.
    pub(super) fn late(line: impl Display) -> Self {
        Refusal { code: 6, line: line.to_string() }
    }

    pub(super) fn tell(self) -> ExitCode {
        // Nobody is left to be told that stderr is closed.
        writeln!(stderr(), "cadastre: {}", self.line).unwrap_or_default();
        ExitCode::from(self.code)
    }
}

impl From<StartError> for Refusal {
    fn from(error: StartError) -> Self {
        Refusal { code: error.exit_code(), line: error.to_string() }
    }
}

impl From<BackupError> for Refusal {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Start(error) => error.into(),
            error => Refusal::new(error),
        }
    }
}

impl From<RotateError> for Refusal {
    fn from(error: RotateError) -> Self {
        match error {
            RotateError::Start(error) => error.into(),
            error => Refusal::new(error),
        }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Refusal::new(error)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let t = T::new(Language::En, chrono_tz::Tz::UTC, chrono::DateTime::UNIX_EPOCH);
        let mut line = t.message(&failure.message);
        for (field, message) in &failure.fields {
            line = format!("{line} {field}: {}", t.message(message));
        }
        // Whoever sits beside the database may know the cause.
        if let Some(cause) = &failure.cause {
            line = format!("{line} ({cause})");
        }
        Refusal::new(line)
    }
}

/// Prints a line to stdout. A reader that went away, as `head` does, is no error.
pub fn say(line: impl Display) -> Result<(), Refusal> {
    match writeln!(stdout(), "{line}") {
        Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(why.into()),
        _ => Ok(()),
    }
}

/// Prints a line to stderr: what is to be known beside what was asked for, which may be read by a program.
pub fn say_beside(line: impl Display) -> Result<(), Refusal> {
    match writeln!(stderr(), "{line}") {
        Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(why.into()),
        _ => Ok(()),
    }
}

/// Prints a value as JSON to stdout.
pub fn say_json(value: &impl Serialize) -> Result<(), Refusal> {
    say(serde_json::to_string_pretty(value).map_err(Refusal::new)?)
}

/// A failure in the words of its language: the fields that are wrong, else what happened.
pub(super) fn in_words(t: &T, failure: Failure) -> Refusal {
    if failure.cause.is_some() {
        return failure.into();
    }
    let fields: Vec<String> =
        failure.fields.iter().map(|(field, message)| format!("{field}: {}", t.message(message))).collect();
    if fields.is_empty() {
        Refusal::new(t.message(&failure.message))
    } else {
        Refusal::new(fields.join("; "))
    }
}
