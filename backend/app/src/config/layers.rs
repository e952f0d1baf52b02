//! Defaults, the file, the environment and the flags, laid over each other: the later one wins.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use figment::error::Kind;
use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::{Config, Environment, KEYS, Loaded};
use crate::start::StartError;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody said anything.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// A flag of the command.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => formatter.write_str("default"),
            Source::File(path) => write!(formatter, "{}", path.display()),
            Source::Variable(name) | Source::Flag(name) => formatter.write_str(name),
        }
    }
}

/// What a configuration is made of, before it is read.
#[derive(Debug, Clone)]
pub struct Layers {
    /// The environment, and the platform's places that follow from it.
    pub environment: Environment,
    /// The file named by `--config`; without one `CADASTRE_CONFIG`, else the platform's place, if it is there.
    pub file: Option<PathBuf>,
    /// Keys and values from the command line.
    pub flags: Vec<(String, String)>,
}

const PREFIX: &str = "CADASTRE_";
const ENVIRONMENT: &str = "environment";
const FLAGS: &str = "flags";
const PLAIN: &str = "DATABASE_URL";

impl Layers {
    /// The layers of this process.
    pub(super) fn of_process(
        file: Option<PathBuf>,
        flags: Vec<(String, String)>,
    ) -> Result<Self, StartError> {
        Ok(Layers { environment: Environment::of_process(), file, flags })
    }

    /// Reads the file, lays the layers over each other and checks the outcome. The error names the key and the
    /// place where it was said.
    pub fn load(self) -> Result<Loaded, StartError> {
        let variables = &self.environment.variables;
        let named = self.file.clone().or_else(|| variables.get("CADASTRE_CONFIG").map(PathBuf::from));
        let file = match named {
            Some(path) => Some(readable(&path)?),
            None => self.environment.config_file().filter(|path| path.exists()),
        };
        let mut figment = Figment::from(Texts::defaults(&self.environment));
        if let Some(path) = &file {
            let text = fs::read_to_string(readable(path)?).map_err(|why| unreadable(path, &why))?;
            let layer = TomlText { path: path.clone(), text };
            layer.data().map_err(|error| not_toml(path, &error))?;
            figment = figment.merge(layer);
        }
        let plain = variables.get(PLAIN).map(|url| ("database_url".to_owned(), url.clone()));
        figment = figment
            .merge(Texts { name: PLAIN, values: plain.into_iter().collect() })
            .merge(Texts { name: ENVIRONMENT, values: self.known_variables() })
            .merge(Texts { name: FLAGS, values: self.flags.clone() });
        let config: Config = figment.extract_lossy().map_err(|error| told(&figment, error))?;
        let unknown_variables = self.unknown_variables();
        let loaded = Loaded { config, file, unknown_variables, figment };
        match loaded.config.check() {
            Ok(()) => Ok(loaded),
            Err((key, what)) => Err(StartError::Setting { place: loaded.place(key), what }),
        }
    }

    fn known_variables(&self) -> Vec<(String, String)> {
        let variables = &self.environment.variables;
        let said = |name: &str| Some((name.to_owned(), variables.get(&variable(name))?.clone()));
        KEYS.iter().filter_map(|key| said(key.name)).collect()
    }

    /// A service called `cadastre` in Kubernetes sets `CADASTRE_PORT` and the like by itself: unknown variables
    /// are no error.
    fn unknown_variables(&self) -> Vec<String> {
        let known =
            |name: &str| name == "CADASTRE_CONFIG" || KEYS.iter().any(|key| variable(key.name) == name);
        let ours = self.environment.variables.keys().filter(|name| name.starts_with(PREFIX));
        ours.filter(|name| !known(name)).cloned().collect()
    }
}

impl Loaded {
    /// Where the value of a key comes from.
    pub fn source(&self, key: &str) -> Source {
        source(&self.figment, key)
    }

    /// What is said for a key, as it was written.
    pub(super) fn value(&self, key: &str) -> Option<Value> {
        self.figment.find_value(key).ok()
    }

    /// Where the value of a key was said, for messages.
    pub(crate) fn place(&self, key: &str) -> String {
        place(&self.figment, key)
    }
}

fn source(figment: &Figment, key: &str) -> Source {
    let Some(metadata) = figment.find_metadata(key) else { return Source::Default };
    match metadata.name.as_ref() {
        ENVIRONMENT => Source::Variable(variable(key)),
        PLAIN => Source::Variable(PLAIN.into()),
        FLAGS => Source::Flag(flag(key)),
        _ => metadata
            .source
            .as_ref()
            .and_then(figment::Source::file_path)
            .map_or(Source::Default, |path| Source::File(path.to_owned())),
    }
}

/// The variable of a key: `session_idle` is `CADASTRE_SESSION_IDLE`.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase())
}

/// The flag of a key: `session_idle` is `--session-idle`.
fn flag(key: &str) -> String {
    format!("--{}", key.replace('_', "-"))
}

fn place(figment: &Figment, key: &str) -> String {
    match source(figment, key) {
        Source::File(path) => format!("{}, {key}", path.display()),
        Source::Default => key.to_owned(),
        said => said.to_string(),
    }
}

/// figment's error in one line of ours.
fn told(figment: &Figment, error: figment::Error) -> StartError {
    let key = error.path.first().cloned().unwrap_or_default();
    let place = place(figment, &key);
    match error.kind {
        Kind::UnknownField(key, _) => StartError::Setting {
            place: figment.find_metadata(&key).map_or(key.clone(), |_| {
                self::place(figment, &key).trim_end_matches(&format!(", {key}")).to_owned()
            }),
            what: format!("there is no key `{key}`; `cadastre config` lists the keys"),
        },
        Kind::MissingField(key) => StartError::Setting {
            place: key.to_string(),
            what: format!("is not set: give {} or {}", flag(&key), variable(&key)),
        },
        Kind::Message(what) => StartError::Setting { place, what },
        kind => StartError::Setting { place, what: kind.to_string() },
    }
}

/// The parser prints the place, then the line, which may be a secret, then the reason: the middle is left out.
fn not_toml(path: &Path, error: &figment::Error) -> StartError {
    let text = error.to_string();
    let place = text.lines().next().unwrap_or_default().trim_start_matches("TOML parse error at ");
    let reason = text.lines().rfind(|line| !line.is_empty()).unwrap_or_default();
    StartError::Setting { place: path.display().to_string(), what: format!("{place}: {reason}") }
}

fn readable(path: &Path) -> Result<PathBuf, StartError> {
    fs::File::open(path).map_err(|why| unreadable(path, &why))?;
    Ok(path.to_owned())
}

fn unreadable(path: &Path, why: &std::io::Error) -> StartError {
    let what = match why.kind() {
        ErrorKind::NotFound => "there is no such configuration file".to_owned(),
        ErrorKind::PermissionDenied => "this user may not read the configuration file".to_owned(),
        _ => why.to_string(),
    };
    StartError::Setting { place: path.display().to_string(), what }
}

/// Keys and values that were written as plain text, by name of their layer.
struct Texts {
    name: &'static str,
    values: Vec<(String, String)>,
}

impl Texts {
    fn defaults(environment: &Environment) -> Self {
        let said = [
            ("listen", "127.0.0.1:8600"),
            ("trusted_proxies", ""),
            ("insecure_http", "false"),
            ("allow_networks", ""),
            ("shortest_schedule", "5m"),
            ("keep_tasks", "90d"),
            ("keep_notices", "90d"),
            ("mail_tls", "starttls"),
            ("mask_from", "confidential"),
            ("pool_web", "10"),
            ("pool_tasks", "4"),
            ("session_idle", "12h"),
            ("session_absolute", "14d"),
            ("argon2_memory", "19456"),
            ("argon2_passes", "2"),
            ("log_format", "text"),
            ("log_level", "info,sqlx=warn"),
        ];
        let data_dir = environment.data_dir().map(|path| ("data_dir".to_owned(), path.display().to_string()));
        let said = said.map(|(key, value)| (key.to_owned(), value.to_owned()));
        Texts { name: "default", values: said.into_iter().chain(data_dir).collect() }
    }
}

impl Provider for Texts {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name)
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        let values = self.values.iter().map(|(key, value)| (key.clone(), Value::from(value.clone())));
        Ok(Profile::Default.collect(values.collect()))
    }
}

/// A TOML file that was read already, so that what cannot be read is said in our words.
struct TomlText {
    path: PathBuf,
    text: String,
}

impl Provider for TomlText {
    fn metadata(&self) -> Metadata {
        Metadata::from("file", self.path.as_path())
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Toml::string(&self.text).data()
    }
}
