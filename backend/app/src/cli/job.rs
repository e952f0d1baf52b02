//! `cadastre job`: definitions of data jobs from the shell, also beside a running `serve`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cadastre_frontend::T;
use cadastre_model::{JobKind, Language};
use clap::{Args, Subcommand};

use super::attached::with_app;
use super::output::in_words;
use super::progress::Progress;
use super::{Context, Refusal, folder, say, say_json};
use crate::app::App;
use crate::change::Author;
use crate::lineage::ending;
use crate::lineage::handed::{self, HandIn, HandedOut, HandedText, KINDS};

/// Files are handed in by so many at a time: each time is one change of the register.
const AT_ONCE: usize = 50;

/// What is counted where nothing came of a file.
const NOT_TAKEN: &str = "not taken";

/// Jobs: hand in definitions
#[derive(Debug, Args)]
pub(super) struct Job {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Hand in the definitions in a folder, and below, or in one file
    Push(Push),
}

#[derive(Debug, Args)]
struct Push {
    /// The folder or file
    path: PathBuf,
    /// Where the jobs and the tables that they name belong: a source's name or namespace, or any other word
    #[arg(long)]
    namespace: String,
    /// sql, flume or kafka_connect
    #[arg(long, default_value = "sql", value_parser = kind)]
    kind: JobKind,
    /// The dialect of SQL, as postgres or hive; without: what the namespace speaks
    #[arg(long)]
    dialect: Option<String>,
    /// Where tables that are named without one lie, as shop.sales
    #[arg(long, default_value = "")]
    schema: String,
    /// End the jobs of this kind that were handed in for this namespace before and are not in the folder any more
    #[arg(long)]
    prune: bool,
    /// Only say what would come of it
    #[arg(long)]
    check: bool,
    /// As JSON, a line each file
    #[arg(long)]
    json: bool,
}

fn kind(word: &str) -> Result<JobKind, String> {
    let kinds = KINDS.map(JobKind::as_str).join(", ");
    word.parse().ok().filter(|kind| KINDS.contains(kind)).ok_or_else(|| format!("one of: {kinds}"))
}

impl Job {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        let What::Push(push) = self.what;
        let files = folder::files(&push.path, endings(push.kind))?;
        with_app(&context, async |app| push.run(app, files).await).await
    }
}

impl Push {
    async fn run(self, app: &App, files: Vec<(String, PathBuf)>) -> Result<(), Refusal> {
        let t = T::new(Language::En, chrono_tz::UTC, app.now());
        let mut progress = Progress::new("handed in");
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let (mut done, all) = (0, files.len() as u64);
        let mut names = BTreeSet::new();
        for part in files.chunks(AT_ONCE) {
            let mut texts = Vec::with_capacity(part.len());
            for (name, path) in part {
                texts.push(HandedText { name: name.clone(), text: folder::read(path)? });
            }
            let batch = HandIn {
                kind: Some(self.kind),
                dialect: self.dialect.clone(),
                namespace: self.namespace.clone(),
                schema: self.schema.clone(),
                texts,
            };
            let handed = handed::hand_in_as(app, &Author::cli(), None, &batch, !self.check).await;
            let (outs, _) = handed.map_err(|failure| in_words(&t, failure))?;
            done += part.len() as u64;
            progress.tell_count(done, all);
            for out in &outs {
                names.extend(out.jobs.iter().map(|job| job.name.clone()));
                self.tell(&t, out, &mut counts)?;
            }
        }
        progress.end();
        if self.prune {
            self.prune(app, &t, &names, &mut counts).await?;
        }
        if self.json {
            return Ok(());
        }
        let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
        say(format_args!("{all} files: {}", counts.join(", ")))
    }

    /// A file that was not taken may hold what would be ended, so then nothing is.
    async fn prune(
        &self,
        app: &App,
        t: &T,
        names: &BTreeSet<String>,
        counts: &mut BTreeMap<&'static str, usize>,
    ) -> Result<(), Refusal> {
        if counts.contains_key(NOT_TAKEN) {
            return Err(Refusal::new("nothing was ended: some files were not taken, see above"));
        }
        let gone = ending::prune(app, &Author::cli(), &self.namespace, self.kind, names, !self.check).await;
        let gone = gone.map_err(|failure| in_words(t, failure))?;
        let word = if self.check { "would end" } else { "ended" };
        for name in &gone {
            if self.json {
                say_json(&serde_json::json!({"name": name, "fate": word}))?;
            } else {
                say(format_args!("{name}: {word}"))?;
            }
        }
        counts.insert(word, gone.len());
        Ok(())
    }

    fn tell(&self, t: &T, out: &HandedOut, counts: &mut BTreeMap<&'static str, usize>) -> Result<(), Refusal> {
        for job in &out.jobs {
            *counts.entry(job.fate().unwrap_or("checked")).or_default() += 1;
        }
        if out.error.is_some() {
            *counts.entry(NOT_TAKEN).or_default() += 1;
        }
        if self.json {
            return say_json(&out.report(t));
        }
        if let Some(error) = &out.error {
            say(format_args!("{}: {}", out.name, t.message(error)))?;
        }
        for notice in &out.notices {
            say(format_args!("{}: {}: {}", out.name, notice.at, t.message(&notice.what.message())))?;
        }
        for job in &out.jobs {
            for (line, column, why) in job.troubles() {
                say(format_args!("{}:{line}:{column}: {why}", out.name))?;
            }
        }
        Ok(())
    }
}

/// The endings of files of a kind.
const fn endings(kind: JobKind) -> &'static [&'static str] {
    match kind {
        JobKind::Flume => &["properties", "conf"],
        JobKind::KafkaConnect => &["json"],
        _ => &["sql", "hql", "ddl"],
    }
}
