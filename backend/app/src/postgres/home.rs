//! The directory of a cluster: who holds it, where its parts are, and the passwords of its roles.
//!
//! ```text
//! lock              held by flock for the life of the process that runs the cluster
//! postgres/         the cluster
//! postgres.secret   a role and its password a line, for our eyes only
//! postgres.log      what the server says; the one before is postgres.log.1
//! ```

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};

use super::account::Account;
use crate::start::StartError;

/// When the server's log is moved aside at a start, in bytes.
const LOG_LIMIT: u64 = 8 << 20;

/// A directory that holds, or will hold, a cluster.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) dir: PathBuf,
}

/// The directory is ours until this is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(super) struct Held(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

impl Home {
    pub(super) fn new(dir: &Path) -> Self {
        Home { dir: dir.canonicalize().unwrap_or_else(|_| dir.to_owned()) }
    }

    /// PGDATA.
    pub(super) fn data(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    /// The major version that wrote the cluster; none when there is no cluster yet.
    pub(super) fn wrote(&self) -> Result<Option<u32>, StartError> {
        let file = self.data().join("PG_VERSION");
        match fs::read_to_string(&file) {
            Ok(text) => text
                .trim()
                .parse()
                .map(Some)
                .map_err(|_| unusable(&file, "it names no version of PostgreSQL")),
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
            Err(why) => Err(refused(&file, &why)),
        }
    }

    /// Makes the directory where it is not there, and takes its lock.
    pub(super) fn hold(&mut self) -> Result<Held, StartError> {
        let mode = if nix::unistd::Uid::effective().is_root() { 0o711 } else { 0o700 };
        DirBuilder::new()
            .recursive(true)
            .mode(mode)
            .create(&self.dir)
            .map_err(|why| refused(&self.dir, &why))?;
        self.dir = self.dir.canonicalize().map_err(|why| refused(&self.dir, &why))?;
        let path = self.dir.join("lock");
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file = open.map_err(|why| refused(&self.dir, &why))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let known = file.read_to_string(&mut holder).is_ok() && !holder.trim().is_empty();
                let holder = if known { format!(" (process {})", holder.trim()) } else { String::new() };
                return Err(StartError::Held { dir: self.dir.clone(), holder });
            }
            Err(TryLockError::Error(why)) => return Err(refused(&path, &why)),
        }
        let noted = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        noted.map_err(|why| refused(&path, &why))?;
        Ok(Held(file))
    }

    /// Refuses a directory that the account of the server cannot reach.
    pub(super) fn check_way(&self, account: &Account) -> Result<(), StartError> {
        match account.barred_from(&self.dir) {
            None => Ok(()),
            Some(folder) => Err(unusable(
                &self.dir,
                &format!(
                    "PostgreSQL runs as {}, who may not enter {}: chmod o+x it, or choose another data_dir",
                    account.name,
                    folder.display()
                ),
            )),
        }
    }

    /// The server's log, open for appending; a long one is moved aside first.
    pub(super) fn log(&self) -> Result<File, StartError> {
        let path = self.log_path();
        if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LOG_LIMIT) {
            fs::rename(&path, self.dir.join("postgres.log.1")).map_err(|why| refused(&path, &why))?;
        }
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(|why| refused(&path, &why))
    }

    pub(super) fn log_path(&self) -> PathBuf {
        self.dir.join("postgres.log")
    }

    /// The passwords of these roles; those that have none yet get one, and the file is written anew.
    pub(super) fn passwords(&self, roles: &[&str]) -> Result<BTreeMap<String, String>, StartError> {
        let mut passwords = self.known_passwords()?;
        let before = passwords.len();
        for role in roles {
            if !passwords.contains_key(*role) {
                passwords.insert((*role).to_owned(), random_password()?);
            }
        }
        if passwords.len() > before {
            self.write_passwords(&passwords)?;
        }
        Ok(passwords)
    }

    /// The passwords that are there.
    pub(super) fn known_passwords(&self) -> Result<BTreeMap<String, String>, StartError> {
        let path = self.secret_path();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.lines().filter_map(|line| line.split_once(' ')).map(owned).collect()),
            Err(why) if why.kind() == ErrorKind::NotFound && !self.data().exists() => Ok(BTreeMap::new()),
            Err(why) if why.kind() == ErrorKind::NotFound => Err(unusable(
                &path,
                "it is gone, and with it the passwords of the cluster: restore it from your backup",
            )),
            Err(why) => Err(refused(&path, &why)),
        }
    }

    fn write_passwords(&self, passwords: &BTreeMap<String, String>) -> Result<(), StartError> {
        let path = self.secret_path();
        let draft = self.dir.join("postgres.secret.draft");
        let write = || {
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
            for (role, password) in passwords {
                writeln!(file, "{role} {password}")?;
            }
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            File::open(&self.dir)?.sync_all()
        };
        write().map_err(|why| refused(&path, &why))
    }

    fn secret_path(&self) -> PathBuf {
        self.dir.join("postgres.secret")
    }
}

fn owned((role, password): (&str, &str)) -> (String, String) {
    (role.to_owned(), password.to_owned())
}

fn random_password() -> Result<String, StartError> {
    let mut bytes = [0; 24];
    SystemRandom::new().fill(&mut bytes).map_err(|_| StartError::Cluster {
        what: "cannot make a password".into(),
        why: "the system gives no random bytes".into(),
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(super) fn unusable(path: &Path, why: &str) -> StartError {
    StartError::Unusable { path: path.to_owned(), why: why.to_owned() }
}

/// An error of the file system, in words that say what to do.
pub(super) fn refused(path: &Path, why: &std::io::Error) -> StartError {
    let why = match why.kind() {
        ErrorKind::PermissionDenied => {
            "this user may not write there: change its owner, or choose another data_dir".into()
        }
        ErrorKind::NotFound => "it cannot be made there: choose another data_dir".into(),
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only: choose another data_dir".into(),
        ErrorKind::StorageFull => "the disk is full: free some space".into(),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "a file is in the way: choose another data_dir".into()
        }
        _ => why.to_string(),
    };
    StartError::Unusable { path: path.to_owned(), why }
}
