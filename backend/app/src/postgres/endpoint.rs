//! How a cluster is reached: a socket in a short folder of ours, else a random loopback port.

use std::fs::{self, DirBuilder};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use super::account::Account;
use super::postmaster::PidFile;
use crate::start::StartError;

/// The number in a socket's name; no port is opened for it.
const SOCKET_PORT: u16 = 5432;
/// What fits into the address of a socket (`sun_path`), on every system that we know.
const SOCKET_LIMIT: usize = 103;

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// A socket in this folder, and no port.
    Socket(PathBuf),
    /// A port of 127.0.0.1, and no socket.
    Port(u16),
}

impl Endpoint {
    /// A socket in the first runtime folder that will do, else a free port.
    pub(super) fn socket(runtime: &[PathBuf], home: &Path, account: &Account) -> Result<Self, StartError> {
        let name =
            format!("cadastre-{}", hex::encode(&Sha256::digest(home.as_os_str().as_encoded_bytes())[..6]));
        let fit = runtime.iter().map(|folder| folder.join(&name)).find(|folder| own_folder(folder, account));
        fit.map_or_else(Endpoint::free_port, |folder| Ok(Endpoint::Socket(folder)))
    }

    /// A port of 127.0.0.1 that nobody uses at this moment.
    pub(super) fn free_port() -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        listener.map(|address| Endpoint::Port(address.port())).map_err(|why| StartError::Cluster {
            what: "no free port on 127.0.0.1".into(),
            why: why.to_string(),
        })
    }

    /// Where the server that wrote this file listens.
    pub(super) fn of(file: &PidFile) -> Self {
        match &file.socket {
            Some(folder) => Endpoint::Socket(folder.clone()),
            None => Endpoint::Port(file.port),
        }
    }

    /// The server's settings for it.
    pub(super) fn settings(&self) -> [(&'static str, String); 3] {
        let (port, folder, addresses) = match self {
            Endpoint::Socket(folder) => (SOCKET_PORT, folder.display().to_string(), ""),
            Endpoint::Port(port) => (*port, String::new(), "127.0.0.1"),
        };
        [
            ("port", port.to_string()),
            ("unix_socket_directories", folder),
            ("listen_addresses", addresses.to_owned()),
        ]
    }

    /// How sqlx connects to it.
    pub(super) fn options(&self, role: &str, password: &str, database: &str) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass();
        let options = match self {
            Endpoint::Socket(folder) => options.socket(folder).port(SOCKET_PORT),
            Endpoint::Port(port) => options.host("127.0.0.1").port(*port),
        };
        // Socket and loopback never leave the machine.
        options.ssl_mode(PgSslMode::Disable).username(role).password(password).database(database)
    }

    /// The same as a URL, for other programs. It holds the password.
    pub(super) fn url(&self, role: &str, password: &str, database: &str) -> String {
        let (port, socket) = match self {
            Endpoint::Socket(folder) => (SOCKET_PORT, Some(folder)),
            Endpoint::Port(port) => (*port, None),
        };
        let base = format!("postgres://127.0.0.1:{port}/{database}");
        let Ok(mut url) = Url::parse(&base) else { return base };
        if url.set_username(role).is_err() || url.set_password(Some(password)).is_err() {
            return base;
        }
        if let Some(folder) = socket {
            url.query_pairs_mut().append_pair("host", &folder.display().to_string());
        }
        url.to_string()
    }
}

/// Makes a folder that is the account's alone; false where its path is too long, or somebody else has it.
fn own_folder(folder: &Path, account: &Account) -> bool {
    let socket = folder.join(format!(".s.PGSQL.{SOCKET_PORT}.lock"));
    if socket.as_os_str().len() > SOCKET_LIMIT {
        return false;
    }
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => account.give(folder).is_ok(),
        Err(_) => fs::symlink_metadata(folder).is_ok_and(|metadata| {
            metadata.is_dir() && account.owns(&metadata) && metadata.permissions().mode() & 0o077 == 0
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[test]
    fn a_path_too_long_for_a_socket_gives_a_port() {
        let deep = tempfile::tempdir().unwrap();
        let deep = deep.path().join("x".repeat(90));
        fs::create_dir(&deep).unwrap();
        let account = Account::for_cluster(&deep).unwrap();
        assert!(matches!(
            Endpoint::socket(std::slice::from_ref(&deep), &deep, &account).unwrap(),
            Endpoint::Port(_)
        ));
    }

    #[test]
    fn a_socket_folder_that_others_may_enter_is_not_used() {
        let runtime = tempfile::tempdir().unwrap();
        let home = Path::new("/nowhere");
        let account = Account::for_cluster(home).unwrap();
        let Endpoint::Socket(folder) = Endpoint::socket(&[runtime.path().into()], home, &account).unwrap()
        else {
            panic!("a short path gives a socket");
        };
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(
            Endpoint::socket(&[runtime.path().into()], home, &account).unwrap(),
            Endpoint::Port(_)
        ));
    }

    #[test]
    fn the_url_says_the_same_as_the_options() {
        for endpoint in [Endpoint::Socket("/run/cadastre-1".into()), Endpoint::Port(5555)] {
            let options = PgConnectOptions::from_str(&endpoint.url("ada", "p:@/%w", "register")).unwrap();
            let same = endpoint.options("ada", "p:@/%w", "register");
            assert_eq!(options.get_socket(), same.get_socket());
            assert_eq!(options.get_port(), same.get_port());
            assert_eq!(options.get_username(), same.get_username());
            assert_eq!(options.get_database(), same.get_database());
        }
    }
}
