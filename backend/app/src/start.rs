//! What can keep the register from starting. Each error is one line that says what to do, and has an exit code.

use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

/// Why a command could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A value of the configuration is missing or wrong.
    #[error("{place}: {what}")]
    Setting {
        /// The file and key, the variable or the flag.
        place: String,
        /// What is wrong, and what to give.
        what: String,
    },
    /// There are no programs of a PostgreSQL server, and no URL of a running one.
    #[error("no PostgreSQL server programs (looked in {looked}): {install}, or set DATABASE_URL")]
    NoPostgres {
        /// The places that were searched.
        looked: String,
        /// The command that installs them here.
        install: String,
    },
    /// The cluster in the data directory was made by a major version whose programs are not here.
    #[error(
        "{} holds the data of PostgreSQL {wrote}, but the programs found are {found}: install PostgreSQL {wrote} \
         ({install}), or name its folder in postgres_bin; to change version: `cadastre backup` with {wrote}, then \
         `cadastre restore` into an empty data_dir", dir.display()
    )]
    OtherVersion {
        /// The directory of the cluster.
        dir: PathBuf,
        /// The major version that wrote it.
        wrote: u32,
        /// The versions found.
        found: String,
        /// The command that installs the right one.
        install: String,
    },
    /// A directory or file cannot be used.
    #[error("cannot use {}: {why}", path.display())]
    Unusable {
        /// The directory or file.
        path: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// Another process holds the data directory.
    #[error("{} is in use by another cadastre{holder}: stop that one, or give this one its own data_dir", dir.display())]
    Held {
        /// The data directory.
        dir: PathBuf,
        /// ` (process 123)`, where that is known.
        holder: String,
    },
    /// A PostgreSQL program failed.
    #[error("{what}: {why}")]
    Cluster {
        /// What was tried.
        what: String,
        /// Its last word, or where its log is.
        why: String,
    },
    /// The register's database does not answer as it should.
    #[error("cannot use the database {place}: {why}")]
    Database {
        /// The address without its password.
        place: String,
        /// Why, and what to do.
        why: String,
    },
    /// The key file cannot be used.
    #[error("key file {}: {why}", file.display())]
    Keys {
        /// The key file.
        file: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// The address to listen on is taken or not ours.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why, and what to do.
        why: String,
    },
}

impl StartError {
    /// The exit code: 2 configuration, 3 database, 4 keys, 5 listening.
    pub fn exit_code(&self) -> u8 {
        match self {
            StartError::Setting { .. } => 2,
            StartError::Keys { .. } => 4,
            StartError::Listen { .. } => 5,
            _ => 3,
        }
    }
}
