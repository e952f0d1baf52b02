//! The command line of `cadastre lineage sql` on its own, for who uses this crate alone: `cargo run -p sql-lineage --example lineage`.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use sql_lineage::cli::{self, Arguments, Outcome};

/// Say which tables and columns SQL reads and writes, and which column comes from which.
#[derive(Parser)]
#[command(name = "lineage")]
struct Command {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let Command { arguments } = Command::parse();
    let mut output = BufWriter::new(io::stdout());
    let colours = io::stdout().is_terminal();
    match cli::run(&arguments, &mut io::stdin(), &mut output, colours) {
        Ok(Outcome::Understood) => ExitCode::SUCCESS,
        // The batch protocol says in each answer what was not understood.
        Ok(Outcome::Partly) => ExitCode::from(if arguments.jsonl { 0 } else { 1 }),
        Err(cli::Error::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}
