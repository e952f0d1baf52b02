//! Where dbt's artifacts come from: a folder at the command line, a form of files by the API.

use super::dbt::{self, Ingested};
use super::homes::Teller;
use crate::access::Caller;
use crate::app::App;
use crate::change::Author;
use crate::error::{Failure, FailureKind, Result};
use cadastre_intake::Notice;
use cadastre_intake::dbt::{Artifact, Dbt, Options, Unusable};
use cadastre_model::Message;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

/// The artifacts of a project; only the manifest has to be there.
#[derive(Debug)]
pub(crate) struct Artifacts {
    /// `manifest.json`
    pub(crate) manifest: File,
    /// `catalog.json`
    pub(crate) catalog: Option<File>,
    /// `run_results.json`
    pub(crate) run_results: Option<File>,
}

impl Artifacts {
    /// Those in dbt's target folder.
    ///
    /// # Errors
    /// When the manifest is not there, or one of them cannot be opened.
    pub(crate) fn in_folder(folder: &Path) -> std::io::Result<Self> {
        let open = |artifact: Artifact| File::open(folder.join(artifact.file()));
        let maybe = |artifact| match open(artifact) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        Ok(Self {
            manifest: open(Artifact::Manifest)?,
            catalog: maybe(Artifact::Catalog)?,
            run_results: maybe(Artifact::RunResults)?,
        })
    }

    async fn read(self, options: Options) -> Result<Dbt> {
        let read =
            move || cadastre_intake::dbt::read(&options, self.manifest, self.catalog, self.run_results);
        tokio::task::spawn_blocking(read).await.map_err(Failure::internal)?.map_err(|why| unusable(&why))
    }
}

fn unusable(why: &Unusable) -> Failure {
    let message: Message = why.what.message();
    Failure {
        fields: vec![(why.artifact.file().to_owned(), message)],
        ..Failure::new(FailureKind::Invalid, "error-refused-text")
    }
}

/// What became of a project, and what was not understood in it.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// How much of what.
    pub(crate) done: Ingested,
    /// The project, where its manifest names it.
    pub(crate) project: Option<String>,
    /// What was not understood, and where.
    pub(crate) notices: Vec<Notice>,
}

/// Takes a project in, by the API.
///
/// # Errors
/// `Absent` and `Forbidden` by the namespaces; `Invalid` with the artifact that is none.
pub(super) async fn ingest(
    app: &App,
    caller: &Caller,
    options: Options,
    artifacts: Artifacts,
) -> Result<Outcome> {
    let teller = Teller::Caller(Box::new(caller.clone()));
    let outcome = ingest_by(app, &teller, &caller.author, options, artifacts).await?;
    if let Some(version) = outcome.done.version {
        caller.has_seen(version).await;
        app.lineage().wait_for(version).await;
    }
    Ok(outcome)
}

/// The same by the register's operator, at the command line.
///
/// # Errors
/// `Invalid` with the artifact that is none.
pub(crate) async fn ingest_dbt(app: &App, options: Options, artifacts: Artifacts) -> Result<Outcome> {
    ingest_by(app, &Teller::Operator, &Author::cli(), options, artifacts).await
}

async fn ingest_by(
    app: &App,
    teller: &Teller,
    author: &Author,
    options: Options,
    artifacts: Artifacts,
) -> Result<Outcome> {
    let mut dbt = artifacts.read(options).await?;
    let notices = std::mem::take(&mut dbt.declared.notices);
    let project = dbt.project.clone();
    let mut conn = app.db().tasks.acquire().await?;
    let done = dbt::ingest(&mut conn, teller, author, dbt).await?;
    Ok(Outcome { done, project, notices })
}

/// The namespace of the one source that there is: where several are, it has to be said.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn only_namespace(app: &App) -> Result<Option<String>> {
    let all: Vec<String> = sqlx::query_scalar(
        "select f.namespace from source_facts f join assets a on a.id = f.source_id
         where f.valid_to is null and a.state = 'live' order by 1 limit 2",
    )
    .fetch_all(&app.db().web)
    .await?;
    Ok(<[String; 1]>::try_from(all).ok().map(|[namespace]| namespace))
}
