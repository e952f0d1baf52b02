//! PostgreSQL's own programs: where systems keep them, and of which version they are.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::config::search_path;
use crate::start::StartError;

/// The oldest major version that is used.
pub const OLDEST_MAJOR: u32 = 14;

/// A program of PostgreSQL and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// Its major version, such as 15.
    pub major: u32,
    /// Its version as it says it, such as `15.18`.
    pub version: String,
}

/// A folder with the programs of one server version.
#[derive(Debug, Clone)]
pub struct Programs {
    folder: PathBuf,
    /// Their major version.
    pub major: u32,
    /// Their version, such as `15.18`.
    pub version: String,
}

impl fmt::Display for Programs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PostgreSQL {} in {}", self.version, self.folder.display())
    }
}

impl Programs {
    /// The programs for the cluster that `wrote` names by its major version, or the newest ones for a new cluster.
    /// `only` is the one folder to look in; without it the search path and the usual places are searched.
    pub async fn find(only: Option<&Path>, wrote: Option<(u32, &Path)>) -> Result<Self, StartError> {
        let found = Programs::all(only).await;
        match wrote {
            None => match found.into_iter().find(|programs| programs.major >= OLDEST_MAJOR) {
                Some(newest) => Ok(newest),
                None => Err(nothing(only)),
            },
            Some((major, dir)) => {
                let versions: Vec<String> = found.iter().map(|programs| programs.version.clone()).collect();
                found.into_iter().find(|programs| programs.major == major).ok_or_else(|| {
                    if versions.is_empty() {
                        return nothing(only);
                    }
                    let (dir, found, install) = (dir.to_owned(), versions.join(", "), install(Some(major)));
                    StartError::OtherVersion { dir, wrote: major, found, install }
                })
            }
        }
    }

    /// All servers found, the newest first.
    pub async fn all(only: Option<&Path>) -> Vec<Self> {
        let mut found = Vec::new();
        for folder in folders(only) {
            if !folder.join("initdb").is_file() {
                continue;
            }
            if let Some(postgres) = Program::ask(&folder.join("postgres")).await {
                // A folder of links, as /usr/local/bin may be, leads to the one with the rest of the programs.
                let folder = postgres.path.parent().map_or(folder, Path::to_owned);
                found.push(Programs { folder, major: postgres.major, version: postgres.version });
            }
        }
        found.sort_by_key(|programs| std::cmp::Reverse(programs.major));
        found
    }

    /// The path of one of them.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Program {
    /// The oldest client program of this name that suits a server of major version `server`; an error that names what
    /// to install when there is none, or only older ones.
    pub async fn client(only: Option<&Path>, name: &str, server: u32) -> Result<Self, StartError> {
        let mut found = Vec::new();
        for folder in folders(only) {
            found.extend(Program::ask(&folder.join(name)).await);
        }
        found.sort_by_key(|program| program.major);
        if let Some(index) = found.iter().position(|program| program.major >= server) {
            return Ok(found.swap_remove(index));
        }
        let why = match found.last() {
            Some(newest) => format!(
                "the server is PostgreSQL {server}, and the newest {name} found is {} ({}): install {name} {server} or \
                 newer ({}), or name its folder in postgres_bin",
                newest.version,
                newest.path.display(),
                install_client(Some(server))
            ),
            None => format!("there is no {name} here: {}", install_client(Some(server))),
        };
        Err(StartError::Cluster { what: name.to_owned(), why })
    }

    /// Asks a program for its version; nothing when it is not there or is something else.
    async fn ask(path: &Path) -> Option<Self> {
        let name = path.file_name()?;
        // Debian's /usr/bin/pg_dump is a link to a wrapper that picks a version by itself.
        let path =
            path.canonicalize().ok().filter(|path| path.is_file() && path.file_name() == Some(name))?;
        let output =
            Command::new(&path).arg("--version").env_clear().stdin(Stdio::null()).output().await.ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let (major, version) = version(&text)?;
        Some(Program { path, major, version })
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15, `15.18`.
fn version(text: &str) -> Option<(u32, String)> {
    let version = text.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, version.to_owned()))
}

/// The folders to look in, each once.
fn folders(only: Option<&Path>) -> Vec<PathBuf> {
    let candidates = match only {
        Some(folder) => vec![folder.to_owned()],
        None => search_path().into_iter().chain(usual_places()).collect(),
    };
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in candidates.into_iter().filter_map(|folder| folder.canonicalize().ok()) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// Parent folders, what the names in them start with, and where the programs are below.
const PLACES: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),         // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                  // PostgreSQL's own packages for Red Hat
    ("/usr/lib64", "postgresql-", "bin"),       // Gentoo
    ("/usr/lib", "postgresql", "bin"),          // SUSE
    ("/usr/libexec", "postgresql", ""),         // Alpine
    ("/usr/local", "pgsql", "bin"),             // built from source
    ("/opt/homebrew/opt", "postgresql", "bin"), // Homebrew
    ("/usr/local/opt", "postgresql", "bin"),    // Homebrew on Intel
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

fn usual_places() -> impl Iterator<Item = PathBuf> {
    PLACES.iter().flat_map(|(parent, start, below)| {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        entries
            .filter(move |entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(start)))
            .map(move |entry| entry.path().join(below))
    })
}

fn nothing(only: Option<&Path>) -> StartError {
    let looked = match only {
        Some(folder) => format!("postgres_bin, {}", folder.display()),
        None => "PATH, /usr/lib/postgresql/*/bin, /usr/pgsql-*/bin and the like".to_owned(),
    };
    StartError::NoPostgres { looked, install: format!("{} (14 or newer)", install(None)) }
}

/// The command that installs a server here, of one major version or any.
fn install(major: Option<u32>) -> String {
    let apt = match major {
        Some(major) => format!("apt-get install postgresql-{major}"),
        None => "apt-get install postgresql".to_owned(),
    };
    let dnf = match major {
        Some(major) => format!("dnf install postgresql{major}-server"),
        None => "dnf install postgresql-server".to_owned(),
    };
    one_for_here(&apt, &dnf, "postgresql", major)
}

fn install_client(major: Option<u32>) -> String {
    let version = major.map(|major| format!("-{major}")).unwrap_or_default();
    one_for_here(
        &format!("apt-get install postgresql-client{version}"),
        "dnf install postgresql",
        "postgresql",
        major,
    )
}

fn one_for_here(apt: &str, dnf: &str, name: &str, major: Option<u32>) -> String {
    let path = search_path();
    let has = |program: &str| path.iter().any(|folder| folder.join(program).is_file());
    let major = |before: &str| major.map(|major| format!("{before}{major}")).unwrap_or_default();
    if has("apt-get") {
        apt.to_owned()
    } else if has("dnf") {
        dnf.to_owned()
    } else if has("apk") {
        format!("apk add {name}{}", major(""))
    } else if has("brew") {
        format!("brew install {name}{}", major("@"))
    } else {
        format!("{apt}, or {dnf}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_the_program_says() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(version(debian), Some((15, "15.18".into())));
        assert_eq!(version("postgres (PostgreSQL) 19beta1\n"), Some((19, "19beta1".into())));
        assert_eq!(version("postgres (EnterpriseDB) 15"), None);
    }

    #[tokio::test]
    async fn an_empty_folder_has_no_programs_and_the_line_says_what_to_install() {
        let folder = tempfile::tempdir().unwrap();
        let error = Programs::find(Some(folder.path()), None).await.unwrap_err();
        assert_eq!(error.exit_code(), 3);
        let line = error.to_string();
        assert!(line.contains("postgresql") && line.contains("DATABASE_URL"), "{line}");
    }
}
