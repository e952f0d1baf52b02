//! `cadastre config`: what is in force.

use super::{Context, Refusal, say, say_json};

/// Print the configuration
#[derive(Debug, clap::Args)]
pub(super) struct Config {
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Config {
    #[expect(clippy::unused_async, reason = "all commands are run alike")]
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        let shown = context.loaded.shown();
        if self.json {
            return say_json(&shown);
        }
        match &context.loaded.file {
            Some(path) => say(format_args!("# file: {}", path.display()))?,
            None => say("# file: none")?,
        }
        for key in shown {
            let value = key.value.map_or_else(|| "(not set)".to_owned(), |value| format!("{value:?}"));
            say(format_args!("\n# {}\n{} = {value}    # {}", key.doc, key.key, key.source))?;
        }
        Ok(())
    }
}
