//! `cadastre source`: registers, lists, tests, crawls and removes sources from the shell, also beside a running `serve`.

use std::io::{Read, stdin};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cadastre_frontend::T;
use cadastre_model::{Language, Message, SourceKind};
use clap::{Args, Subcommand};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::attached::with_app;
use super::output::in_words;
use super::{Context, Refusal, say, say_json};
use crate::app::App;
use crate::sources::operate;
use crate::sources::reader::{Check, Outcome, TlsMode};
use crate::sources::{NewSource, Patterns, Place, Schedule, Tested};
use crate::tasks::{KINDS, work_on};

/// How often a crawl that is watched is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Sources: add, list, test, crawl, remove
#[derive(Debug, Args)]
pub(super) struct Source {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Test a connection and register it as a source
    Add(Box<Add>),
    /// Print the sources
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Test the connection of a source, step by step
    Test {
        /// Its name or id
        source: String,
    },
    /// Crawl a source now and wait for the end
    Crawl {
        /// Its name or id
        source: String,
    },
    /// Take a source out of the register; what was found in it is shown as gone
    Remove {
        /// Its name or id
        source: String,
        /// Do it without asking
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// How people call it
    name: String,
    /// A DNS name or an address
    #[arg(long)]
    host: String,
    /// The port
    #[arg(long, default_value_t = 5432)]
    port: u16,
    /// The database
    #[arg(long)]
    database: String,
    /// The role that signs in
    #[arg(long)]
    user: String,
    /// The file that holds its password; - for the standard input. Never an argument: others would see it
    #[arg(long, value_name = "FILE", default_value = "-")]
    secret_file: PathBuf,
    /// disable, require or verify_full
    #[arg(long, default_value = "verify_full")]
    tls: TlsMode,
    /// A file of certificates (PEM) to trust instead of the machine's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// What to take, as sales.* or public.order_*; may be given several times
    #[arg(long, value_name = "PATTERN")]
    include: Vec<String>,
    /// What to leave out; may be given several times
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Five fields, as "0 3 * * *"; without: crawled by hand only
    #[arg(long, value_name = "FIELDS")]
    cron: Option<String>,
    /// The zone of the schedule
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// The domain that it lies in: its name or id; without: in none
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Under which namespace its names stand; without: postgres://host:port
    #[arg(long)]
    namespace: Option<String>,
    /// Another namespace that means the same; may be given several times
    #[arg(long, value_name = "NAMESPACE")]
    alias: Vec<String>,
}

impl Source {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        with_app(&context, async |app| self.what.run(app).await).await
    }
}

impl What {
    async fn run(self, app: &App) -> Result<(), Refusal> {
        let t = T::new(Language::En, chrono_tz::UTC, app.now());
        match self {
            Self::Add(new) => add(app, &t, *new).await,
            Self::List { json } => list(app, &t, json).await,
            Self::Test { source } => {
                let source = operate::find(app, &source).await.map_err(|failure| in_words(&t, failure))?;
                let checks = operate::test(app, &source).await?;
                report(&t, &checks)
            }
            Self::Crawl { source } => crawl(app, &t, &source).await,
            Self::Remove { source, yes } => {
                let source = operate::find(app, &source).await.map_err(|failure| in_words(&t, failure))?;
                if !yes {
                    let line = format!("this takes “{}” out of the register: add --yes", source.name);
                    return Err(Refusal::new(line));
                }
                let name = source.name.clone();
                operate::remove(app, source).await?;
                say(format_args!("{name} is out of the register."))
            }
        }
    }
}

async fn add(app: &App, t: &T, new: Add) -> Result<(), Refusal> {
    let ca = new.ca.as_deref().map(read).transpose()?;
    let place = Place {
        host: new.host,
        port: new.port,
        database: new.database,
        user: new.user,
        tls: new.tls,
        ca,
    };
    let domain = match &new.domain {
        Some(name) => Some(operate::domain(app, name).await.map_err(|failure| in_words(t, failure))?),
        None => None,
    };
    let secret = read(&new.secret_file)?;
    let source = NewSource {
        kind: SourceKind::Postgresql,
        domain,
        name: new.name,
        place,
        secret: SecretString::from(secret.trim_end_matches(['\r', '\n'])),
        patterns: Patterns { include: new.include, exclude: new.exclude },
        schedule: Schedule { cron: new.cron, time_zone: new.time_zone, paused: false },
        namespace: new.namespace,
        aliases: new.alias,
    };
    match operate::add(app, &source).await.map_err(|failure| in_words(t, failure))? {
        Tested::Works(made) => say(format_args!("{} is registered: {}", source.name, made.public_id)),
        Tested::Fails(checks) => report(t, &checks),
    }
}

async fn list(app: &App, t: &T, json: bool) -> Result<(), Refusal> {
    let sources = operate::list(app).await?;
    if json {
        return say_json(&sources);
    }
    for source in sources {
        let last = source.last_crawl_at.map_or_else(|| "never crawled".to_owned(), |at| t.time(&at).to_string());
        let failing = if source.failing_since.is_some() { ", failing" } else { "" };
        let (id, name, address) = (source.id, source.name, source.address);
        say(format_args!("{id}  {name}  {address}  {} datasets, {last}{failing}", source.datasets))?;
    }
    Ok(())
}

/// Asks for a crawl and works on the queue itself meanwhile, so that it also runs where no `serve` does.
async fn crawl(app: &App, t: &T, name: &str) -> Result<(), Refusal> {
    let source = operate::find(app, name).await.map_err(|failure| in_words(t, failure))?;
    let asked = operate::crawl(app, &source).await?;
    let stop = CancellationToken::new();
    let (ended, ()) = tokio::join!(
        async {
            let ended = watch(app, t, &asked).await;
            stop.cancel();
            ended
        },
        work_on(app, KINDS, stop.clone()),
    );
    ended
}

async fn watch(app: &App, t: &T, asked: &crate::tasks::Asked) -> Result<(), Refusal> {
    let mut doing = None;
    loop {
        let now = operate::watch(app, asked).await?;
        if now.progress.doing.is_some() && now.progress.doing != doing {
            doing.clone_from(&now.progress.doing);
            say(doing.as_ref().map_or_else(String::new, |doing| t.message(doing)))?;
        }
        match now.state.as_str() {
            "done" => return say(t.message(&said(&now.result.unwrap_or_default()))),
            "failed" | "cancelled" => {
                let reason = now.reason.map(|reason| match reason.detail {
                    Some(detail) => format!("{} ({detail})", t.message(&reason.message)),
                    None => t.message(&reason.message),
                });
                return Err(Refusal::new(reason.unwrap_or_else(|| now.state.clone())));
            }
            _ => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

fn said(result: &serde_json::Value) -> Message {
    let count = |name: &str| result[name].as_i64().unwrap_or(0);
    Message::new("crawl-said")
        .arg("added", count("added"))
        .arg("changed", count("changed"))
        .arg("removed", count("removed"))
        .arg("unchanged", count("unchanged"))
}

/// The steps of a test, a line each; a refusal where one failed.
fn report(t: &T, checks: &[Check]) -> Result<(), Refusal> {
    for check in checks {
        let word = match check.outcome {
            Outcome::Passed => "ok  ",
            Outcome::Warned => "note",
            Outcome::Failed => "FAIL",
        };
        say(format_args!("{word}  {:8}  {}", check.step.as_str(), t.message(&check.message)))?;
        if let Some(said) = check.failure.as_ref().and_then(|failure| failure.server_text.as_ref()) {
            say(format_args!("                the server said: {said}"))?;
        }
    }
    if checks.iter().any(|check| check.outcome == Outcome::Failed) {
        return Err(Refusal::new("the connection does not work; nothing was changed"));
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Refusal> {
    if path == Path::new("-") {
        let mut text = String::new();
        stdin().lock().take(1 << 20).read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(|why| Refusal::new(format!("{}: {why}", path.display())))
}
