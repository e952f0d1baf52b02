//! Definitions that somebody hands in: SQL, agents of Flume, connectors of Kafka Connect. Each text becomes one job or
//! several; what was understood of it is said statement by statement.

use super::declared::Ways;
use super::ground;
use super::jobs::{self, Home, Put, ToldJob};
use super::places::Place;
use super::reading;
use super::said::{Said, SaidStatement};
use super::store::JobFacts;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset;
use crate::change::{Author, ChangeSet};
use crate::error::{Failure, FailureKind, Result};
use cadastre_access::Scope;
use cadastre_intake::{self as intake, Declared, DeclaredJob, Notice};
use cadastre_model::{Action, AssetId, JobKind, Maker, Message, Version};
use sql_lineage::Dialect;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// The kinds of definition that can be handed in.
pub const KINDS: [JobKind; 3] = [JobKind::Sql, JobKind::Flume, JobKind::KafkaConnect];

/// The most texts that are handed in at once.
pub const MOST: usize = 200;

/// The largest text, in bytes: what the analysis of SQL takes.
const LARGEST: usize = 256 * 1024;

/// The longest name or namespace, in characters.
const LONGEST_NAME: usize = 500;

/// Texts of one kind for one namespace.
#[derive(Debug, Clone, Default)]
pub struct HandIn {
    /// What they are.
    pub kind: Option<JobKind>,
    /// The dialect of SQL; none: what the namespace speaks.
    pub dialect: Option<String>,
    /// Where the jobs and the names in the texts belong.
    pub namespace: String,
    /// Where names without one lie, as `shop.sales`; empty: what is usual there.
    pub schema: String,
    /// The texts.
    pub texts: Vec<HandedText>,
}

/// A text.
#[derive(Debug, Clone)]
pub struct HandedText {
    /// The name of its job, or of its file.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// What came of a text.
#[derive(Debug)]
pub struct HandedOut {
    /// The name of the text.
    pub name: String,
    /// The jobs in it.
    pub jobs: Vec<HandedJob>,
    /// Why nothing came of it.
    pub error: Option<Message>,
    /// What was not understood of a configuration.
    pub notices: Vec<Notice>,
}

/// A job of a text.
#[derive(Debug)]
pub struct HandedJob {
    /// Its name.
    pub name: String,
    /// Its text, or that part of it that it is.
    pub definition: String,
    /// What came of it; none when it was only checked.
    pub(crate) put: Option<Put>,
    /// What it says, as far as the reader sees what it is about.
    pub(crate) said: Said,
}

/// Hands texts in, or with `save` off only says what would come of it.
///
/// # Errors
/// `Absent` and `Forbidden` by the namespace where it is there, else by the register; `Invalid` with the fields that are
/// wrong.
pub async fn hand_in(
    app: &App,
    caller: &Caller,
    batch: &HandIn,
    save: bool,
) -> Result<(Vec<HandedOut>, Option<Version>)> {
    let see = caller.scope(Action::See)?;
    {
        let mut conn = app.db().web.acquire().await?;
        permit(&mut conn, caller, &batch.namespace).await?;
    }
    let done = hand_in_as(app, &caller.author, Some(&see), batch, save).await?;
    if let Some(version) = done.1 {
        caller.has_seen(version).await;
        app.lineage().wait_for(version).await;
    }
    Ok(done)
}

/// Whoever may not see what a namespace is gets the answer of one that is nothing yet, and never more.
async fn permit(conn: &mut PgConnection, caller: &Caller, namespace: &str) -> Result<()> {
    let on_register = || caller.permit_on_register(Action::ManageLineage).map(drop);
    let Some(id) = jobs::home(conn, namespace.trim()).await?.asset() else { return on_register() };
    let home = asset::of(&mut *conn, id).await?;
    match caller.permit(Action::ManageLineage, &home.resource()) {
        Ok(_) => Ok(()),
        Err(failure) if failure.kind == FailureKind::Absent => on_register().and(Err(failure)),
        Err(failure) => Err(failure),
    }
}

/// The same in somebody's name: for the operator, whom no right limits. Under `see`, what is said of the texts does not tell
/// of datasets beyond it.
///
/// # Errors
/// `Invalid` with the fields that are wrong.
pub async fn hand_in_as(
    app: &App,
    author: &Author,
    see: Option<&Scope>,
    batch: &HandIn,
    save: bool,
) -> Result<(Vec<HandedOut>, Option<Version>)> {
    let kind = checked(batch)?;
    let mut tx = app.db().web.begin().await?;
    let ground = Ground::of(&mut tx, batch).await?;
    let outs: Vec<Under> = batch.texts.iter().map(|text| ground.read(kind, text)).collect();
    let told: Vec<&ToldJob> = outs.iter().flat_map(|out| &out.told).map(|(told, _)| told).collect();
    let facts: Vec<JobFacts> = told.iter().map(|told| told.facts.clone()).collect();
    let said = reading::preview(&mut tx, facts, see).await?;
    let (put, version) = if save && !told.is_empty() {
        let mut change = ChangeSet::begin_set(&mut tx, "job.hand_in", author).await?;
        let told: Vec<ToldJob> = told.into_iter().cloned().collect();
        let (put, _) = jobs::put(&mut tx, &mut change, told).await?;
        let version = if change.is_empty() {
            None
        } else {
            change.note("namespace", batch.namespace.trim());
            change.note("jobs", put.len());
            Some(change.record_set(&mut tx).await?)
        };
        tx.commit().await?;
        (put, version)
    } else {
        (Vec::new(), None)
    };
    let mut put = put.into_iter().map(Some).chain(std::iter::repeat(None));
    let mut said = said.into_iter();
    Ok((outs.into_iter().map(|out| out.finish(&mut put, &mut said)).collect(), version))
}

/// The jobs that texts would become, without writing anything. What is no job is passed over.
///
/// # Errors
/// `Invalid` with the fields that are wrong.
pub(super) async fn told(conn: &mut PgConnection, batch: &HandIn) -> Result<Vec<ToldJob>> {
    let kind = checked(batch)?;
    let ground = Ground::of(conn, batch).await?;
    let under = batch.texts.iter().map(|text| ground.read(kind, text));
    Ok(under.flat_map(|under| under.told).map(|(told, _)| told).collect())
}

/// What kind the texts are; everything that can be wrong about them is wrong at once.
fn checked(batch: &HandIn) -> Result<JobKind> {
    let mut faults: Vec<(String, Message)> = Vec::new();
    let kind = batch.kind.filter(|kind| KINDS.contains(kind));
    if kind.is_none() {
        faults.push(("kind".to_owned(), Message::new("job-kind-unknown")));
    }
    let namespace = batch.namespace.trim();
    if namespace.is_empty() {
        faults.push(("namespace".to_owned(), Message::new("job-namespace-missing")));
    } else if namespace.chars().count() > LONGEST_NAME || namespace.chars().any(char::is_control) {
        faults.push(("namespace".to_owned(), Message::new("job-name-unusable").arg("limit", LONGEST_NAME)));
    }
    if batch.dialect.as_deref().is_some_and(|dialect| dialect.parse::<Dialect>().is_err()) {
        faults.push(("dialect".to_owned(), Message::new("job-dialect-unknown")));
    }
    if batch.texts.is_empty() {
        faults.push(("text".to_owned(), Message::new("job-text-missing")));
    }
    if batch.texts.len() > MOST {
        faults.push(("files".to_owned(), Message::new("job-too-many").arg("limit", MOST)));
    }
    let mut names = BTreeSet::new();
    for text in &batch.texts {
        let name = text.name.trim();
        let unusable =
            name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control);
        if unusable {
            faults.push(("name".to_owned(), Message::new("job-name-unusable").arg("limit", LONGEST_NAME)));
        } else if !names.insert(name) {
            faults.push(("name".to_owned(), Message::new("job-name-twice").arg("name", name)));
        }
    }
    Failure::when_any(faults)?;
    kind.ok_or_else(|| Failure::internal("a kind that was checked"))
}

/// Where the texts belong.
struct Ground {
    /// As it was given: the namespace of the jobs.
    jobs: String,
    /// Where names of tables are looked for.
    place: Place,
    dialect: Dialect,
}

/// A text under way: its jobs, each with the part of the text that it is.
struct Under {
    name: String,
    told: Vec<(ToldJob, String)>,
    error: Option<Message>,
    notices: Vec<Notice>,
}

impl Ground {
    async fn of(conn: &mut PgConnection, batch: &HandIn) -> Result<Self> {
        let given = batch.namespace.trim().to_owned();
        let home = jobs::home(conn, &given).await?;
        let (namespace, usual) = match home {
            Home::Source(source) => {
                let namespace = ground::namespace_of(conn, source).await?.unwrap_or_else(|| given.clone());
                (namespace, usual_path(conn, source).await?)
            }
            Home::Namespace(_) | Home::Nowhere => (given.clone(), Vec::new()),
        };
        let typed: Vec<String> = batch
            .schema
            .split('.')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        // A schema alone lies in the source's database.
        let path = match (&typed[..], &usual[..]) {
            ([], _) => usual,
            ([schema], [database, _]) => vec![database.clone(), schema.clone()],
            _ => typed,
        };
        let spoken = intake::platform_of(&namespace).dialect;
        let dialect = batch.dialect.as_deref().filter(|word| !word.is_empty()).or(spoken).unwrap_or("ansi");
        Ok(Self {
            jobs: given,
            dialect: dialect.parse().unwrap_or_default(),
            place: Place { namespace, path },
        })
    }

    fn read(&self, kind: JobKind, text: &HandedText) -> Under {
        let mut under =
            Under { name: text.name.trim().to_owned(), told: Vec::new(), error: None, notices: Vec::new() };
        if text.text.len() > LARGEST {
            let limit = format!("{} KiB", LARGEST / 1024);
            under.error = Some(Message::new("job-problem-too-large").arg("limit", limit));
            return under;
        }
        let declared = match kind {
            JobKind::Flume => {
                let options = intake::flume::Options { namespace: self.jobs.clone(), host: None };
                intake::flume::read(text.text.as_bytes(), &options)
            }
            JobKind::KafkaConnect => {
                let options = intake::kafka_connect::Options {
                    namespace: self.jobs.clone(),
                    topics: None,
                    unnamed: Some(under.name.clone()),
                };
                intake::kafka_connect::read(text.text.as_bytes(), &options)
            }
            _ => {
                under.told.push((self.sql(&under.name, &text.text), text.text.clone()));
                return under;
            }
        };
        self.configured(kind, declared, &mut under);
        under
    }

    fn configured(&self, kind: JobKind, declared: Declared, under: &mut Under) {
        under.notices = declared.notices;
        if declared.jobs.is_empty() {
            under.error = Some(Message::new("job-problem-kind"));
        }
        for job in declared.jobs {
            let text = job.definition.as_ref().map(|definition| definition.text.clone()).unwrap_or_default();
            under.told.push((self.told(kind, job, &under.name), text));
        }
    }

    fn sql(&self, name: &str, text: &str) -> ToldJob {
        ToldJob {
            namespace: self.jobs.clone(),
            name: name.to_owned(),
            facts: JobFacts {
                kind: JobKind::Sql,
                maker: Maker::Sql,
                dialect: Some(self.dialect.to_string()),
                definition: Some(text.to_owned()),
                place: self.place.clone(),
                fills: None,
                description: None,
                schedule: None,
                origin: None,
                declared: None,
            },
        }
    }

    fn told(&self, kind: JobKind, job: DeclaredJob, file: &str) -> ToldJob {
        let ways = Ways::of(&job);
        ToldJob {
            namespace: self.jobs.clone(),
            name: job.at.name,
            facts: JobFacts {
                kind,
                maker: Maker::Config,
                dialect: None,
                definition: job.definition.map(|definition| definition.text),
                place: self.place.clone(),
                fills: None,
                description: job.description,
                schedule: job.schedule,
                origin: Some(file.to_owned()),
                declared: Some(ways),
            },
        }
    }
}

impl Under {
    fn finish(
        self,
        put: &mut impl Iterator<Item = Option<Put>>,
        said: &mut impl Iterator<Item = Said>,
    ) -> HandedOut {
        let job = |(told, definition): (ToldJob, String)| HandedJob {
            name: told.name,
            definition,
            put: put.next().flatten(),
            said: said.next().unwrap_or_default(),
        };
        HandedOut {
            name: self.name,
            jobs: self.told.into_iter().map(job).collect(),
            error: self.error,
            notices: self.notices,
        }
    }
}

/// The database of a source, and the schema in which it looks first.
async fn usual_path(conn: &mut PgConnection, source: AssetId) -> Result<Vec<String>> {
    let database: Option<Option<String>> = sqlx::query_scalar(
        "select coalesce(f.connection ->> 'database',
                (select a.name from assets a where a.source_id = $1 and a.kind = 'database' and a.state = 'live' limit 1))
         from source_facts f where f.source_id = $1 and f.valid_to is null",
    )
    .bind(source.0)
    .fetch_optional(conn)
    .await?;
    Ok(database.flatten().map(|database| vec![database, "public".to_owned()]).unwrap_or_default())
}

impl HandedJob {
    /// How many columns its edges fill.
    #[must_use]
    pub fn columns(&self) -> usize {
        let ends = self.said.edges.iter().filter_map(|edge| edge.to.as_ref());
        ends.filter_map(|end| Some((&end.name.path, end.column.as_ref()?))).collect::<BTreeSet<_>>().len()
    }

    /// What a statement reads and writes, by names, and how many columns it fills.
    pub(crate) fn ends(&self, statement: &SaidStatement) -> (Vec<String>, Vec<String>, usize) {
        let edges = self
            .said
            .edges
            .iter()
            .filter(|edge| edge.spot.is_some_and(|spot| spot.statement == statement.ordinal));
        let (mut reads, mut writes, mut columns) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for edge in edges {
            reads.extend(edge.from.as_ref().map(|end| end.name.path.join(".")));
            writes.extend(edge.to.as_ref().map(|end| end.name.path.join(".")));
            columns
                .extend(edge.to.as_ref().and_then(|end| Some((end.name.to_string(), end.column.clone()?))));
        }
        (reads.into_iter().collect(), writes.into_iter().collect(), columns.len())
    }

    /// The first words of a statement.
    pub(crate) fn excerpt(&self, statement: &SaidStatement) -> String {
        let place = |byte: i32| usize::try_from(byte).unwrap_or(0);
        let text = self.definition.get(place(statement.start)..place(statement.end)).unwrap_or_default();
        super::job_view::excerpt(text)
    }
}
