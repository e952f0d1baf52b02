//! `cadastre job`: definitions of data jobs from the shell, also beside a running `serve`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cadastre_frontend::T;
use cadastre_model::{JobKind, Language};
use clap::{Args, Subcommand};

use super::attached::with_app;
use super::output::in_words;
use super::progress::Progress;
use super::{Context, Refusal, say, say_json};
use crate::app::App;
use crate::change::Author;
use crate::lineage::ending;
use crate::lineage::handed::{self, HandIn, HandedOut, HandedText, KINDS};

/// Files are handed in by so many at a time: each time is one change of the register.
const AT_ONCE: usize = 50;

/// A text that is larger is not read at all, in bytes.
const LARGEST: u64 = 16 << 20;

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
        let files = files(&push.path, push.kind)?;
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
                texts.push(HandedText { name: name.clone(), text: read(path)? });
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

/// The files of a folder and below with the ending of their kind, by name; a file by itself whatever its ending. Names are
/// paths from the folder, with `/`.
fn files(path: &Path, kind: JobKind) -> Result<Vec<(String, PathBuf)>, Refusal> {
    if path.is_file() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![(name, path.to_owned())]);
    }
    let (mut left, mut found) = (vec![path.to_owned()], Vec::new());
    while let Some(folder) = left.pop() {
        let unreadable = |why: std::io::Error| Refusal::new(format!("{}: {why}", folder.display()));
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            // A link may lead round in a circle: it is not followed.
            let kind_of = entry.file_type().map_err(unreadable)?;
            if kind_of.is_dir() {
                left.push(path);
            } else if kind_of.is_file() && path.extension().is_some_and(|end| endings(kind).iter().any(|known| end.eq_ignore_ascii_case(known))) {
                found.push(path);
            }
        }
    }
    let name = |file: PathBuf| {
        let parts = file.strip_prefix(path).unwrap_or(&file).components();
        let name = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/");
        (name, file)
    };
    let mut files: Vec<(String, PathBuf)> = found.into_iter().map(name).collect();
    files.sort();
    if files.is_empty() {
        let endings = endings(kind).join(", .");
        return Err(Refusal::new(format!("{}: no file ends in .{endings}", path.display())));
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String, Refusal> {
    let told = |why: &dyn std::fmt::Display| Refusal::new(format!("{}: {why}", path.display()));
    let size = std::fs::metadata(path).map_err(|why| told(&why))?.len();
    if size > LARGEST {
        return Err(told(&"it is larger than 16 MiB"));
    }
    let bytes = std::fs::read(path).map_err(|why| told(&why))?;
    String::from_utf8(bytes).map_err(|_| told(&"it is not UTF-8 text"))
}
