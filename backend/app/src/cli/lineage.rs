//! `cadastre lineage`: where data comes from, asked from the shell.

use std::path::{Component, Path, PathBuf};
use std::io::{BufWriter, ErrorKind, IsTerminal, stdin, stdout};

use cadastre_frontend::T;
use cadastre_model::{JobKind, Language};
use clap::{Args, Subcommand};
use sql_lineage::cli::{Arguments, Error, Outcome};

use super::attached::with_app;
use super::output::in_words;
use super::{Context, Refusal, say, say_json};
use crate::app::App;
use crate::lineage::breakage::{self, Breakage, Happening, Planned, Severity};
use crate::lineage::handed::{HandIn, HandedText};

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
    /// Say what would break if definitions changed so, or something were dropped; the exit code is for CI
    Impact(Impact),
}

#[derive(Debug, Args)]
struct Impact {
    /// Changed files of SQL, named as they were handed in
    files: Vec<PathBuf>,
    /// The folder from which the files are named
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Where the jobs and the tables that they name belong: as they were handed in
    #[arg(long, default_value = "")]
    namespace: String,
    /// The dialect of SQL; without: what the namespace speaks
    #[arg(long)]
    dialect: Option<String>,
    /// Where tables that are named without one lie, as shop.sales
    #[arg(long, default_value = "")]
    schema: String,
    /// A dataset or a column that is to go, as mart.daily.total; may be given several times
    #[arg(long, value_name = "NAME")]
    drop: Vec<String>,
    /// From which severity on the command fails: breaks, changes or never
    #[arg(long, value_name = "SEVERITY", default_value = "breaks")]
    fail_on: FailOn,
    /// As Markdown, for a pull request
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    Breaks,
    Changes,
    Never,
}

impl Lineage {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        match self.what {
            // It computes and writes, and nothing else runs beside it: that it blocks is no matter.
            What::Sql(arguments) => sql(&arguments),
            What::Impact(impact) => with_app(&context, async |app| impact.run(app).await).await,
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

impl Impact {
    async fn run(self, app: &App) -> Result<(), Refusal> {
        if self.files.is_empty() && self.drop.is_empty() {
            return Err(Refusal::usage("name changed files, or what is to go with --drop"));
        }
        let texts = self.files.iter().map(|file| self.text(file)).collect::<Result<_, _>>()?;
        let texts = HandIn {
            kind: Some(JobKind::Sql),
            dialect: self.dialect.clone(),
            namespace: self.namespace.clone(),
            schema: self.schema.clone(),
            texts,
        };
        let planned = Planned { texts, drops: self.drop.clone() };
        let t = T::new(Language::En, chrono_tz::UTC, app.now());
        let found = breakage::ask_as(app, None, &planned).await.map_err(|failure| in_words(&t, failure))?;
        self.tell(&found)?;
        let fails = match self.fail_on {
            FailOn::Breaks => found.severity >= Severity::Breaks,
            FailOn::Changes => found.severity >= Severity::Changes,
            FailOn::Never => false,
        };
        if fails { Err(Refusal::new("others are made from what changes")) } else { Ok(()) }
    }

    fn text(&self, file: &Path) -> Result<HandedText, Refusal> {
        let path = if file.is_absolute() { file.to_owned() } else { self.root.join(file) };
        let text = std::fs::read_to_string(&path)
            .map_err(|why| Refusal::new(format!("{}: {why}", path.display())))?;
        let name = path.strip_prefix(&self.root).unwrap_or(file);
        let parts = name.components().filter(|part| !matches!(part, Component::CurDir));
        let name: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        Ok(HandedText { name: name.join("/"), text })
    }

    fn tell(&self, found: &Breakage) -> Result<(), Refusal> {
        if self.json {
            return say_json(found);
        }
        if self.markdown {
            return say(found.markdown.trim_end());
        }
        let full = |dataset: &str, column: Option<&String>| match column {
            Some(column) => format!("{dataset}.{column}"),
            None => dataset.to_owned(),
        };
        for change in &found.changes {
            let what = if change.what == Happening::Goes { "goes" } else { "is made in another way" };
            let name = full(&change.dataset, change.column.as_ref());
            say(format_args!("{name} {what}: {} affected", change.total))?;
            for one in &change.affected {
                let name = full(&one.dataset, one.column.as_ref());
                let owners = if one.owners.is_empty() { String::new() } else { format!("  ({})", one.owners.join(", ")) };
                say(format_args!("  {} {name}  {}{owners}", one.hop, one.how.join(", ")))?;
            }
        }
        if found.changes.is_empty() { say("nothing that is known changes") } else { Ok(()) }
    }
}
