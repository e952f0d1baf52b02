//! Where this platform keeps configuration, data and sockets. Here, and nowhere else, the environment is read.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use nix::unistd::Uid;

/// The environment of a process: its variables and whether it runs as root.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Variables whose value is text; others name nothing of ours.
    pub variables: BTreeMap<String, String>,
    /// Whether the process may act as other users.
    pub root: bool,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        let text =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Environment {
            variables: std::env::vars_os().filter_map(text).collect(),
            root: Uid::effective().is_root(),
        }
    }

    /// The configuration file where no other is named.
    pub fn config_file(&self) -> Option<PathBuf> {
        let folder = if self.root {
            PathBuf::from("/etc/cadastre")
        } else if cfg!(target_os = "macos") {
            self.home()?.join("Library/Application Support/cadastre")
        } else {
            self.folder("XDG_CONFIG_HOME").or_else(|| Some(self.home()?.join(".config")))?.join("cadastre")
        };
        Some(folder.join("cadastre.toml"))
    }

    /// The data directory where no other is named.
    pub fn data_dir(&self) -> Option<PathBuf> {
        if self.root {
            Some("/var/lib/cadastre".into())
        } else if cfg!(target_os = "macos") {
            Some(self.home()?.join("Library/Application Support/cadastre"))
        } else {
            let folder = self.folder("XDG_DATA_HOME").or_else(|| Some(self.home()?.join(".local/share")))?;
            Some(folder.join("cadastre"))
        }
    }

    /// Folders for sockets that vanish with the machine, the best first. They are short: a socket's path is
    /// limited to 107 bytes.
    pub fn runtime_dirs(&self) -> Vec<PathBuf> {
        let own = if self.root { Some(PathBuf::from("/run")) } else { self.folder("XDG_RUNTIME_DIR") };
        own.into_iter().filter(|folder| folder.is_dir()).chain([PathBuf::from("/tmp")]).collect()
    }

    fn home(&self) -> Option<PathBuf> {
        self.folder("HOME")
    }

    fn folder(&self, variable: &str) -> Option<PathBuf> {
        self.variables.get(variable).map(PathBuf::from).filter(|path| path.is_absolute())
    }
}

/// The folders that are searched for programs.
pub fn search_path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}
