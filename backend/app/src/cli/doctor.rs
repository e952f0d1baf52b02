//! `cadastre doctor`: a line for each check; exit code 1 when one fails.

use super::{Context, Refusal, say, say_json};
use crate::doctor::{State, examine};
use crate::shutdown::Shutdown;

/// Look at everything that the register stands on
#[derive(Debug, clap::Args)]
pub(super) struct Doctor {
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        let shutdown = Shutdown::by_signal()?;
        let findings = tokio::select! {
            findings = examine(&context.loaded) => findings,
            () = shutdown.asked() => return Err(Refusal::new("stopped by a signal")),
        };
        if self.json {
            say_json(&findings)?;
        } else {
            findings.iter().try_for_each(say)?;
        }
        match findings.iter().filter(|finding| finding.state == State::Fail).count() {
            0 => Ok(()),
            1 => Err(Refusal::new("one check fails")),
            count => Err(Refusal::new(format!("{count} checks fail"))),
        }
    }
}
