//! The command line. A command is one file with a clap struct and `run`, and one line in the list below.
//!
//! What people asked for goes to stdout; why it could not be done is one line on stderr, and the exit code is not 0:
//! 1 the command failed, 2 configuration or usage, 3 database, 4 keys, 5 the address to listen on, 6 not in time.

mod attached;
mod flags;
mod folder;
mod log;
mod output;
mod progress;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Loaded};
use flags::Flags;

use attached::{with_database, with_own_database};
pub use output::{Refusal, say, say_beside, say_json};

/// A register of data assets: what they are, where they come from, how good they are, who may use them.
#[derive(Debug, Parser)]
#[command(name = "cadastre", version, max_term_width = 100)]
struct Cli {
    /// The configuration file (also CADASTRE_CONFIG)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

/// What a command runs in.
#[derive(Debug)]
pub struct Context {
    /// The configuration in force, and where it comes from.
    pub loaded: Loaded,
}

impl Context {
    /// The configuration in force.
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }
}

macro_rules! commands {
    ($( $(#[doc = $doc:literal])+ $module:ident::$name:ident, )+) => {
        $( mod $module; )+

        #[derive(Debug, Subcommand)]
        enum Command {
            $( $(#[doc = $doc])+ $name($module::$name), )+
        }

        impl Command {
            async fn run(self, context: Context) -> Result<(), Refusal> {
                match self {
                    $( Command::$name(command) => command.run(context).await, )+
                }
            }
        }
    };
}

commands! {
    /// Run the register: pages, API and background tasks
    serve::Serve,
    /// Sources: add, list, test, crawl, remove
    source::Source,
    /// Jobs: hand in definitions of data jobs
    job::Job,
    /// Rules of quality: apply those of a folder, have a dataset checked
    rule::Rule,
    /// Lineage: which tables and columns SQL reads and writes
    lineage::Lineage,
    /// Bring what other tools wrote into the register: dbt
    ingest::Ingest,
    /// Run a register that knows a sample company, in two private PostgreSQL of its own
    demo::Demo,
    /// Print the configuration in force and where each value comes from; secrets are hidden
    config::Config,
    /// People: add, list, disable, new passwords
    user::User,
    /// Give, revoke and list grants
    grant::Grant,
    /// Check the record of what was done
    audit::Audit,
    /// The keys that seal secrets: list, add, seal anew, remove
    keys::Keys,
    /// Look at rights, versions, disk, clock, keys, roles, port: a line each, with what to do
    doctor::Doctor,
    /// Write a backup of the register to a file, also while it is in use
    backup::Backup,
    /// Put a backup in the place of the register: all of it, or nothing
    restore::Restore,
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => refusal.tell(),
    }
}

impl Cli {
    fn run(self) -> Result<(), Refusal> {
        let loaded = Config::load(self.config, self.flags.said())?;
        log::start(&loaded, matches!(self.command, Command::Serve(_) | Command::Demo(_)))?;
        // An error says that a provider is there already, which is what is wanted.
        drop(rustls::crypto::ring::default_provider().install_default());
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.command.run(Context { loaded }))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_setting_may_stand_before_and_after_the_command() {
        for line in [["cadastre", "--pool-web", "7", "config"], ["cadastre", "config", "--pool-web", "7"]] {
            let cli = Cli::try_parse_from(line).unwrap();
            assert_eq!(cli.flags.said(), [("pool_web".to_owned(), "7".to_owned())], "{line:?}");
        }
    }
}
