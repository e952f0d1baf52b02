//! Each key of the configuration as a flag.

use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::config::KEYS;

/// The keys and values that were given as flags.
#[derive(Debug, Clone, Default)]
pub(super) struct Flags(Vec<(String, String)>);

impl Flags {
    /// Key and value, in the order of the keys.
    pub(super) fn said(&self) -> Vec<(String, String)> {
        self.0.clone()
    }

    fn read(matches: &ArgMatches) -> Self {
        let said = |name: &str| Some((name.to_owned(), matches.get_one::<String>(name)?.clone()));
        Flags(KEYS.iter().filter_map(|key| said(key.name)).collect())
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let flag = |key: &crate::config::Key| {
            Arg::new(key.name)
                .long(key.name.replace('_', "-"))
                .value_name("VALUE")
                .help(key.doc.trim())
                .help_heading(
                    "Settings (each is also a key of the file, and CADASTRE_KEY in the environment)",
                )
                .hide_short_help(true)
                .global(true)
        };
        command.args(KEYS.iter().map(flag))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(Flags::read(matches))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Flags::read(matches);
        Ok(())
    }
}
