//! The command line: `lineage sql`. It is an argument struct and a function, so that a larger program can take it as a subcommand.

mod show;

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::protocol::{self, Case};
use crate::{Analysis, Dialect, Options, Schema, Severity, Stack, with_large_stack};

/// Say which tables and columns SQL reads and writes, and which column comes from which.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// The SQL dialect.
    #[arg(long, short, default_value = "ansi", value_parser = parse_dialect)]
    pub dialect: Dialect,
    /// A JSON file with the columns of tables: {"schema.table": {"column": "type"}}.
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// The schema of names without one.
    #[arg(long, value_name = "NAME")]
    pub default_schema: Option<String>,
    /// The catalog (database, project) of names without one.
    #[arg(long, value_name = "NAME")]
    pub default_catalog: Option<String>,
    /// Schemas to look through for a table that is named without one, first to last.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub search_path: Vec<String>,
    /// Answer in JSON, one document a file.
    #[arg(long, conflicts_with = "jsonl")]
    pub json: bool,
    /// Speak the batch protocol: a case a line on the standard input, an answer a line on the standard output.
    #[arg(long)]
    pub jsonl: bool,
    /// Colour the answer.
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// Files of SQL; none, or `-`: the standard input.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Why the command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// The schema file is not what it should be.
    #[error("{path}: {cause}")]
    Schema {
        /// Which.
        path: String,
        /// Why.
        cause: serde_json::Error,
    },
    /// A line of the batch protocol is not a case.
    #[error("line {line} is not a case: {cause}")]
    Case {
        /// Which, counted from 1.
        line: usize,
        /// Why.
        cause: serde_json::Error,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Whether everything was understood: what the command's exit status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every statement.
    Understood,
    /// Some were not; the answer says which.
    Partly,
}

fn parse_dialect(name: &str) -> Result<Dialect, String> {
    name.parse().map_err(|unknown: crate::UnknownDialect| unknown.to_string())
}

/// Does what the arguments say. `colours`: what [`Colour::Auto`] means for `output`.
///
/// # Errors
///
/// A file cannot be read or is no schema, a line is no case, the output is closed. SQL that is not understood is no error but part of the
/// answer.
pub fn run(
    arguments: &Arguments,
    input: &mut (dyn Read + Send),
    output: &mut (dyn Write + Send),
    colours: bool,
) -> Result<Outcome, Error> {
    // One thread with a large stack for all the work, instead of one for each deep text.
    with_large_stack(|| {
        if arguments.jsonl {
            batch(arguments, input, output)
        } else {
            texts(arguments, input, output, colours)
        }
    })?
}

fn options(arguments: &Arguments) -> Options {
    Options {
        default_catalog: arguments.default_catalog.clone(),
        default_schema: arguments.default_schema.clone(),
        search_path: arguments.search_path.clone(),
        stack: Stack::Callers,
        ..Options::default()
    }
}

fn batch(
    arguments: &Arguments,
    input: &mut (dyn Read + Send),
    output: &mut (dyn Write + Send),
) -> Result<Outcome, Error> {
    let options = options(arguments);
    let mut outcome = Outcome::Understood;
    for (number, line) in BufReader::new(input).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Case =
            serde_json::from_str(&line).map_err(|cause| Error::Case { line: number + 1, cause })?;
        let answer = protocol::answer(case, &options);
        if !answer.errors.is_empty() {
            outcome = Outcome::Partly;
        }
        let mut line = serde_json::to_vec(&answer).map_err(io::Error::from)?;
        line.push(b'\n');
        // Line by line: who asks may wait for the answer before asking on.
        output.write_all(&line)?;
        output.flush()?;
    }
    Ok(outcome)
}

fn texts(
    arguments: &Arguments,
    input: &mut (dyn Read + Send),
    output: &mut (dyn Write + Send),
    colours: bool,
) -> Result<Outcome, Error> {
    let options = options(arguments);
    let schema = schema(arguments)?;
    let colours = match arguments.color {
        Colour::Auto => colours,
        Colour::Always => true,
        Colour::Never => false,
    };
    let mut outcome = Outcome::Understood;
    let stdin = [PathBuf::from("-")];
    let files = if arguments.files.is_empty() { &stdin[..] } else { &arguments.files };
    for file in files {
        let sql = if file.as_os_str() == "-" {
            let mut sql = String::new();
            input.read_to_string(&mut sql)?;
            sql
        } else {
            fs::read_to_string(file)
                .map_err(|cause| Error::File { path: file.display().to_string(), cause })?
        };
        let analysis = crate::analyze(&sql, arguments.dialect, &schema, &options);
        if has_errors(&analysis) {
            outcome = Outcome::Partly;
        }
        if arguments.json {
            serde_json::to_writer_pretty(&mut *output, &analysis).map_err(io::Error::from)?;
            output.write_all(b"\n")?;
        } else {
            if files.len() > 1 {
                writeln!(output, "{}", file.display())?;
            }
            output.write_all(show::analysis(&analysis, colours).as_bytes())?;
        }
    }
    output.flush()?;
    Ok(outcome)
}

fn schema(arguments: &Arguments) -> Result<Schema, Error> {
    let Some(file) = &arguments.schema else {
        return Ok(Schema::new());
    };
    let path = || file.display().to_string();
    let text = fs::read_to_string(file).map_err(|cause| Error::File { path: path(), cause })?;
    serde_json::from_str(&text).map_err(|cause| Error::Schema { path: path(), cause })
}

fn has_errors(analysis: &Analysis) -> bool {
    let mut diagnostics = analysis.statements.iter().flat_map(|statement| &statement.diagnostics);
    diagnostics.any(|diagnostic| diagnostic.severity == Severity::Error)
}
