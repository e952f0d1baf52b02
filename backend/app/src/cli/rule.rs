//! `cadastre rule`: rules of quality from the shell, also beside a running `serve`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use cadastre_frontend::T;
use cadastre_model::Language;
use clap::{Args, Subcommand};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::attached::with_app;
use super::output::in_words;
use super::progress::Progress;
use super::{Context, Refusal, folder, say, say_json};
use crate::app::App;
use crate::change::Author;
use crate::error::Failure;
use crate::quality::{self, Applied, Change, Waited};
use crate::tasks::{KINDS, work_on};

/// Rules of quality
#[derive(Debug, Args)]
pub(super) struct Rule {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Bring the register's rules to what the YAML of a folder says, and below, or of one file; each file whole or not at all
    Apply(Apply),
    /// Have a dataset checked; with --wait the exit code says whether its rules hold
    Run(Run),
}

#[derive(Debug, Args)]
struct Apply {
    /// The folder or file
    path: PathBuf,
    /// Only say what would happen
    #[arg(long)]
    plan: bool,
    /// The name of this set of files, so that two teams' files of one name are two; without: the folder's name
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    /// Also retire the rules of files of this set that were applied once and are not in the folder any more
    #[arg(long)]
    prune: bool,
    /// As JSON, a line each rule
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Run {
    /// The dataset, as source.schema.dataset or the end of that
    dataset: String,
    /// Only these rules, by name; may be given several times
    #[arg(long, value_name = "NAME")]
    rule: Vec<String>,
    /// Wait for the results
    #[arg(long)]
    wait: bool,
    /// How long, in seconds; after that the exit code is 6
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
    /// From which verdict on the command fails: warn or fail; a rule that could not be measured fails too
    #[arg(long, value_name = "VERDICT", default_value = "fail")]
    fail_on: FailOn,
    /// As JSON, a line each rule
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    Warn,
    Fail,
}

/// A `serve` that runs takes a task up within this time.
const SERVED_WITHIN: Duration = Duration::from_secs(3);

/// The endings of files of rules.
const ENDINGS: &[&str] = &["yaml", "yml"];

impl Rule {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        with_app(&context, async |app| match self.what {
            What::Apply(apply) => apply.run(app).await,
            What::Run(run) => run.run(app).await,
        })
        .await
    }
}

impl Apply {
    async fn run(self, app: &App) -> Result<(), Refusal> {
        let t = T::new(Language::En, chrono_tz::UTC, app.now());
        let files = folder::files(&self.path, ENDINGS)?;
        let set = self.set()?;
        let (mut applied, mut refused, mut origins) = (Vec::new(), 0, BTreeSet::new());
        for (name, path) in &files {
            let text = folder::read(path)?;
            let origin = format!("{set}/{name}");
            origins.insert(origin.clone());
            match quality::apply(app, &Author::cli(), &origin, &text, !self.plan).await {
                Ok(rules) => applied.extend(rules.into_iter().map(|rule| (name.clone(), rule))),
                Err(failure) if !failure.fields.is_empty() => {
                    refused += 1;
                    self.refuse(&t, name, &failure)?;
                }
                Err(failure) => return Err(in_words(&t, failure)),
            }
        }
        // A file that was not taken may hold what would be retired.
        if self.prune && refused == 0 {
            let gone = quality::prune(app, &Author::cli(), &set, &origins, !self.plan).await;
            let gone = gone.map_err(|failure| in_words(&t, failure))?;
            applied.extend(gone.into_iter().map(|rule| (String::new(), rule)));
        }
        self.tell(&applied)?;
        match refused {
            0 => Ok(()),
            _ => Err(Refusal::new(format!("{refused} of {} files were not taken, see above", files.len()))),
        }
    }

    /// The name of the set: as given, else that of the folder, or of the file's folder.
    fn set(&self) -> Result<String, Refusal> {
        if let Some(set) = &self.set {
            return Ok(set.clone());
        }
        let path = std::fs::canonicalize(&self.path)
            .map_err(|why| Refusal::new(format!("{}: {why}", self.path.display())))?;
        let folder = if path.is_file() { path.parent() } else { Some(path.as_path()) };
        let name = folder.and_then(|folder| folder.file_name()).unwrap_or_default();
        Ok(name.to_string_lossy().into_owned())
    }

    fn refuse(&self, t: &T, name: &str, failure: &Failure) -> Result<(), Refusal> {
        for (at, why) in &failure.fields {
            let why = t.message(why);
            if self.json {
                say_json(&json!({"file": name, "at": at, "error": why}))?;
            } else {
                say(format_args!("{name}: {at}: {why}"))?;
            }
        }
        Ok(())
    }

    fn tell(&self, applied: &[(String, Applied)]) -> Result<(), Refusal> {
        if self.json {
            return applied.iter().try_for_each(|(file, rule)| {
                say_json(&json!({"file": file, "dataset": rule.dataset, "rule": rule.rule, "change": rule.change}))
            });
        }
        for (_, rule) in applied.iter().filter(|(_, rule)| rule.change != Change::Same) {
            say(format_args!("{} {}: {}", sign(rule.change), rule.dataset, rule.rule))?;
        }
        let count = |change| applied.iter().filter(|(_, rule)| rule.change == change).count();
        let (added, changed, retired) = (count(Change::Added), count(Change::Changed), count(Change::Retired));
        let how = if self.plan { "would be " } else { "" };
        say(format_args!("{added} {how}added, {changed} {how}changed, {retired} {how}retired, {} the same", count(Change::Same)))
    }
}

const fn sign(change: Change) -> char {
    match change {
        Change::Added => '+',
        Change::Changed => '~',
        Change::Same => '=',
        Change::Retired => '-',
    }
}

impl Run {
    async fn run(self, app: &App) -> Result<(), Refusal> {
        let t = T::new(Language::En, chrono_tz::UTC, app.now());
        let words = |failure| in_words(&t, failure);
        let dataset = quality::dataset(app, &self.dataset).await.map_err(words)?;
        let asked = quality::ask_beside(app, dataset, &self.rule).await.map_err(words)?;
        if !self.wait {
            return say(format_args!("{} rules are due now", asked.rules));
        }
        let progress = Mutex::new(Progress::new("rules looked at"));
        let told = |done: usize| {
            if let Ok(mut progress) = progress.lock() {
                progress.tell_count(done as u64, asked.rules as u64);
            }
        };
        let stop = CancellationToken::new();
        let (waited, ()) = tokio::join!(
            async {
                let waited = quality::wait(app, &asked, Duration::from_secs(self.timeout), &told).await;
                stop.cancel();
                waited
            },
            self.help(app, &stop),
        );
        if let Ok(mut progress) = progress.lock() {
            progress.end();
        }
        let Some(results) = waited.map_err(words)? else {
            return Err(Refusal::late(format!("no results after {} s; the check goes on", self.timeout)));
        };
        self.tell(&t, &results)?;
        let failing = results.iter().filter(|result| self.fails(result)).count();
        if failing > 0 { Err(Refusal::new(format!("{failing} of {} rules do not hold", results.len()))) } else { Ok(()) }
    }

    /// Where no `serve` does the work, it is done here.
    async fn help(&self, app: &App, stop: &CancellationToken) {
        tokio::select! {
            () = tokio::time::sleep(SERVED_WITHIN) => work_on(app, KINDS, stop.clone()).await,
            () = stop.cancelled() => {}
        }
    }

    fn fails(&self, result: &Waited) -> bool {
        match result.verdict.as_str() {
            "fail" | "error" => true,
            "warn" => self.fail_on == FailOn::Warn,
            _ => false,
        }
    }

    fn tell(&self, t: &T, results: &[Waited]) -> Result<(), Refusal> {
        for result in results {
            let why = result.message.as_ref().map(|why| t.message(why));
            if self.json {
                say_json(&json!({
                    "rule": result.rule, "verdict": result.verdict, "severity": result.severity, "failing": result.failing,
                    "rows": result.rows, "value": result.value, "why": why,
                }))?;
                continue;
            }
            let figures = match (result.failing, result.rows, result.value) {
                (Some(failing), Some(rows), _) => format!("  {failing} of {rows} rows"),
                (Some(failing), None, _) => format!("  {failing} rows"),
                (None, _, Some(value)) => format!("  {value}"),
                (None, _, None) => String::new(),
            };
            let why = why.map(|why| format!("  {why}")).unwrap_or_default();
            say(format_args!("{:5} {}{figures}{why}", result.verdict, result.rule))?;
        }
        Ok(())
    }
}
