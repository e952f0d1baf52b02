//! `cadastre doctor`: looks at everything that a register stands on, and says what to do where something is not well.
//!
//! It changes nothing. A private PostgreSQL that is not running is started for the look, and stopped again; one that was
//! never made is not made. Not here: what goes wrong inside the register (tasks, sources), which has pages of its own.

mod database;
mod machine;
mod mail;

use std::fmt;

use serde::Serialize;

use crate::config::Loaded;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and something should be better.
    Warn,
    /// It does not work, or must not be so.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How it is.
    pub state: State,
    /// What was found.
    pub says: String,
    /// What to do, unless all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, says: impl fmt::Display) -> Self {
        Finding { check, state: State::Ok, says: says.to_string(), advice: None }
    }

    fn warn(check: &'static str, says: impl fmt::Display, advice: impl fmt::Display) -> Self {
        Finding { check, state: State::Warn, says: says.to_string(), advice: Some(advice.to_string()) }
    }

    fn fail(check: &'static str, says: impl fmt::Display, advice: impl fmt::Display) -> Self {
        Finding { check, state: State::Fail, says: says.to_string(), advice: Some(advice.to_string()) }
    }

    /// An error that says by itself what to do.
    fn error(check: &'static str, error: impl fmt::Display) -> Self {
        Finding { check, state: State::Fail, says: error.to_string(), advice: None }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "FAIL",
        };
        write!(formatter, "{state:<4}  {:<14}  {}", self.check, self.says)?;
        self.advice.as_ref().map_or(Ok(()), |advice| write!(formatter, ": {advice}"))
    }
}

/// Looks at everything, in the order in which a start needs it.
pub async fn examine(loaded: &Loaded) -> Vec<Finding> {
    let config = &loaded.config;
    let mut findings = vec![
        machine::configuration(loaded),
        machine::network(config),
        machine::port(config).await,
        machine::data_dir(config),
        machine::disk(config),
        machine::keys(config),
    ];
    findings.extend(machine::programs(config).await);
    findings.extend(database::examine(config).await);
    findings.extend(mail::server(config).await);
    findings
}
