//! Where log lines go and how they look: stderr, a line for people or JSON for machines.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{Loaded, LogFormat, Source};
use crate::start::StartError;

/// Starts logging. Commands other than `serve` say only what is wrong, unless a level was asked for.
pub(super) fn start(loaded: &Loaded, serves: bool) -> Result<(), StartError> {
    let quiet = !serves && loaded.source("log_level") == Source::Default;
    let level = if quiet { "warn" } else { &loaded.config.log_level };
    let filter = EnvFilter::builder().parse(level).map_err(|why| StartError::Setting {
        place: loaded.place("log_level"),
        what: format!("{why}: write error, warn, info, debug or trace, or parts as in info,sqlx=warn"),
    })?;
    let lines = fmt().with_env_filter(filter).with_writer(stderr);
    match loaded.config.log_format {
        LogFormat::Text => {
            lines.with_target(false).with_ansi(stderr().is_terminal()).init();
        }
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    for name in &loaded.unknown_variables {
        tracing::warn!("{name} is set and names no key of the configuration: it is ignored");
    }
    Ok(())
}
