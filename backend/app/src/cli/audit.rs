//! `cadastre audit verify`: walks the record of all changes and says whether it is whole.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sqlx::{ConnectOptions, Connection};

use super::attached::with_database;
use super::{Context, Refusal, say, say_json};
use crate::audit::verify::{Verdict, verify};
use crate::error::Failure;
use crate::keys::Keys;

/// Check the record of what was done
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Walk the chain of change sets, the sealed events and the signed heads; exit code 1 at the first that does not hold
    Verify {
        /// A file of signed heads that was kept apart from the database; that of the configuration unless said
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

impl Audit {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        let What::Verify { heads, json } = self.what;
        let config = context.config();
        let keys = Keys::read(&config.key_file())?;
        // What was asked for must be there; what is configured is there from the first signed head on.
        let text = match (&heads, &config.head_file) {
            (Some(file), _) => Some(read(file)?),
            (None, Some(file)) if file.exists() => Some(read(file)?),
            _ => None,
        };
        let verdict = with_database(config, async |database| {
            let mut conn = database.owner.connect().await.map_err(Failure::from)?;
            let verdict = verify(&mut conn, &keys, text.as_deref()).await?;
            conn.close().await.map_err(Failure::from)?;
            Ok(verdict)
        })
        .await?;
        if json {
            say_json(&verdict)?;
        } else {
            say(line(&verdict))?;
        }
        verdict.broken.map_or(Ok(()), |broken| Err(Refusal::new(broken)))
    }
}

fn read(file: &std::path::Path) -> Result<String, Refusal> {
    std::fs::read_to_string(file).map_err(|why| Refusal::new(format!("{}: {why}", file.display())))
}

fn line(verdict: &Verdict) -> String {
    let Verdict { change_sets, events, unsealed, heads, unknown_keys, broken } = verdict;
    let state = if broken.is_none() { "whole" } else { "BROKEN" };
    let unknown = match unknown_keys {
        0 => String::new(),
        count => format!("; {count} signed by keys that are not in the key file"),
    };
    format!(
        "The record is {state}: {change_sets} change sets, {events} sealed events, {heads} signed heads hold; {unsealed} events wait to be sealed{unknown}"
    )
}
