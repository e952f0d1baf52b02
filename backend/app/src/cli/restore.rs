//! `cadastre restore`: a backup takes the place of the register.

use std::path::PathBuf;

use super::progress::Progress;
use super::{Context, Refusal, say, with_own_database};
use crate::backup::Restore as Reading;

/// Put a backup in the place of the register: all of it, or nothing
#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// A file that `cadastre backup` wrote
    file: PathBuf,
    /// Replace a register that is there; what it holds is gone then
    #[arg(long)]
    replace: bool,
}

impl Restore {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        let config = context.config();
        let reading = Reading::read(config, &self.file)?;
        let mut progress = Progress::new("restoring");
        let restored = with_own_database(config, async |database| {
            let mut told = |done, all| progress.tell(done, Some(all));
            Ok(reading.run(config, database, self.replace, &mut told).await?)
        })
        .await;
        progress.end();
        let restored = restored?;
        let manifest = &restored.manifest;
        say(format_args!(
            "Restored {} assets and {} people, as of {}.",
            manifest.assets,
            manifest.people,
            manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC")
        ))?;
        if restored.keys_added {
            let key_file = config.key_file();
            say(format_args!("The keys of the backup were added to {}.", key_file.display()))?;
        }
        say("Everybody has to sign in again; tasks that waited or ran then are cancelled.")?;
        say("The next `cadastre serve` brings the schema up to date.")
    }
}
