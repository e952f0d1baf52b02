//! `cadastre backup`: the register in one file.

use std::path::PathBuf;

use super::progress::Progress;
use super::{Context, Refusal, say, say_json, with_database};
use crate::backup::{self, Manifest};

/// Write a backup of the register, also while it is in use
#[derive(Debug, clap::Args)]
pub(super) struct Backup {
    /// The file to write; it must not be there yet
    file: PathBuf,
    /// Put the keys into it: whoever has the file then has the secrets of all sources
    #[arg(long)]
    with_key: bool,
    /// Print the manifest as JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        let config = context.config();
        let mut progress = Progress::new("backing up");
        let made = with_database(config, async |database| {
            let mut told = |bytes| progress.tell(bytes, None);
            Ok(backup::make(config, database, &self.file, self.with_key, &mut told).await?)
        })
        .await;
        progress.end();
        let manifest = made?;
        if self.json { say_json(&manifest) } else { self.tell(&manifest, &context) }
    }

    fn tell(&self, manifest: &Manifest, context: &Context) -> Result<(), Refusal> {
        say(format_args!(
            "Backed up {} assets and {} people of PostgreSQL {} to {} ({} kB), as of {}.",
            manifest.assets,
            manifest.people,
            manifest.server,
            self.file.display(),
            manifest.dump_bytes / 1000,
            manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC")
        ))?;
        if self.with_key {
            return say("The keys are inside: whoever has this file has the secrets of all sources.");
        }
        let key_file = context.config().key_file();
        say(format_args!("The keys are not inside: keep a copy of {} elsewhere.", key_file.display()))
    }
}
