//! A backup of the register in one file, and the way back.
//!
//! The file is a tar of `database.dump` (pg_dump's custom format), `keys` if it was asked for, and `manifest.json`,
//! which comes last, so that a file cut short has none. The dump and the facts in the manifest are of one snapshot.
//! Sessions, throttles and one-time links are not in it: whoever was signed in signs in again after a restore.
//! Not here: copies of the running cluster's files (PostgreSQL's own tools do that).

mod archive;
mod make;
mod restore;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::process::Command;
use uuid::Uuid;

use crate::postgres::Libpq;
use crate::start::StartError;

pub use make::make;
pub use restore::{Restore, Restored};

/// The format of the file that this version writes and reads.
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the file.
    pub format: u32,
    /// The version of Cadastre that made it.
    pub cadastre: String,
    /// The database's clock when the snapshot was taken.
    pub made_at: DateTime<Utc>,
    /// The version of the server, such as `15.18`.
    pub server: String,
    /// The major version of the server.
    pub server_major: u32,
    /// The major version of the pg_dump that wrote the dump.
    pub pg_dump_major: u32,
    /// The last migration of the schema.
    pub migration: i64,
    /// The register's own id.
    pub register: Uuid,
    /// The register's version in the snapshot.
    pub version: i64,
    /// How many assets the snapshot has.
    pub assets: i64,
    /// How many people the snapshot has.
    pub people: i64,
    /// The ids of the keys that its secrets may be sealed by.
    pub keys: Vec<String>,
    /// Whether the keys themselves are in the file.
    pub with_key: bool,
    /// The size of the dump.
    pub dump_bytes: u64,
    /// SHA-256 of the dump, in hex.
    pub dump_sha256: String,
}

/// Why a backup was not made, or not restored. One line that says what to do.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The database, the configuration, the keys or PostgreSQL's programs.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The file.
    #[error("{}: {why}", path.display())]
    File {
        /// The backup.
        path: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// What stands against it, and what to do.
    #[error("{0}")]
    Refused(String),
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> Self {
        BackupError::Refused(format!("the database answers: {error}"))
    }
}

fn at<'a>(path: &'a Path) -> impl Fn(std::io::Error) -> BackupError + 'a {
    move |why| BackupError::File { path: path.to_owned(), why: why.to_string() }
}

/// A command of PostgreSQL that knows nothing of our environment but how to connect.
fn command(program: &Path, libpq: Option<&Libpq>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").env("PGAPPNAME", "cadastre backup");
    command.env("PGCONNECT_TIMEOUT", "10").stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    if let Some(libpq) = libpq {
        command.arg("--dbname").arg(&libpq.address);
        if let Some(password) = &libpq.password {
            command.env("PGPASSWORD", password.expose_secret());
        }
    }
    command
}

fn failed(program: &str, why: impl std::fmt::Display) -> BackupError {
    BackupError::Refused(format!("{program} failed: {why}"))
}
