//! `cadastre lineage`: where data comes from, asked from the shell.

use std::io::{BufWriter, ErrorKind, IsTerminal, stdin, stdout};

use clap::{Args, Subcommand};
use sql_lineage::cli::{Arguments, Error, Outcome};

use super::{Context, Refusal};

/// Lineage: which tables and columns SQL reads and writes
#[derive(Debug, Args)]
pub(super) struct Lineage {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say which tables and columns SQL reads and writes, and which column comes from which
    Sql(Arguments),
}

impl Lineage {
    #[expect(clippy::unused_async, reason = "the commands have one form")]
    pub(super) async fn run(self, _: Context) -> Result<(), Refusal> {
        match self.what {
            // It computes and writes, and nothing else runs beside it: that it blocks is no matter.
            What::Sql(arguments) => sql(&arguments),
        }
    }
}

/// No register is asked. What was not understood is in the answer, and told once more by the exit code; in a batch by the answers alone.
fn sql(arguments: &Arguments) -> Result<(), Refusal> {
    let mut output = BufWriter::new(stdout());
    match sql_lineage::cli::run(arguments, &mut stdin(), &mut output, stdout().is_terminal()) {
        Ok(Outcome::Partly) if !arguments.jsonl => Err(Refusal::new("not every statement was understood")),
        // A reader that went away, as `head` does, is no error.
        Err(Error::Io(why)) if why.kind() == ErrorKind::BrokenPipe => Ok(()),
        Ok(_) => Ok(()),
        Err(why) => Err(Refusal::usage(why)),
    }
}
