//! `cadastre ingest`: brings what other tools wrote into the register, also beside a running `serve`.

use std::path::PathBuf;

use cadastre_frontend::T;
use cadastre_intake::dbt::Options;
use cadastre_model::Language;
use clap::{Args, Subcommand};

use super::attached::with_app;
use super::{Context, Refusal, say};
use crate::app::App;
use crate::lineage::{Artifacts, ingest_dbt, only_namespace};

/// How many of the things that were not understood are printed.
const MOST_NOTICES: usize = 20;

/// Bring what other tools wrote into the register
#[derive(Debug, Args)]
pub(super) struct Ingest {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The artifacts of a dbt project: models, seeds, snapshots, exposures, tests, results
    Dbt(Dbt),
}

#[derive(Debug, Args)]
struct Dbt {
    /// dbt's target folder, with manifest.json, and catalog.json and run_results.json where they are
    folder: PathBuf,
    /// The namespace of the database that dbt works in, as postgres://db.example.org:5432; without: that of the only source
    #[arg(long)]
    namespace: Option<String>,
    /// The namespace of the jobs; without: dbt
    #[arg(long)]
    jobs: Option<String>,
}

impl Ingest {
    pub(super) async fn run(self, context: Context) -> Result<(), Refusal> {
        let What::Dbt(said) = self.what;
        with_app(&context, async |app| dbt(app, said).await).await
    }
}

async fn dbt(app: &App, said: Dbt) -> Result<(), Refusal> {
    let artifacts = Artifacts::in_folder(&said.folder)
        .map_err(|error| Refusal::new(format!("{}: {error}", said.folder.join("manifest.json").display())))?;
    let namespace = match said.namespace {
        Some(namespace) => namespace,
        None => only_namespace(app)
            .await?
            .ok_or_else(|| Refusal::new("there is not exactly one source: say --namespace"))?,
    };
    let t = T::new(Language::En, chrono_tz::UTC, app.now());
    let outcome = ingest_dbt(app, Options { namespace, jobs: said.jobs }, artifacts).await.map_err(|failure| {
        match failure.fields.first() {
            Some((file, why)) => Refusal::new(format!("{file}: {}", t.message(why))),
            None => failure.into(),
        }
    })?;
    for notice in outcome.notices.iter().take(MOST_NOTICES) {
        say(format_args!("{}: {}", notice.at, t.message(&notice.what.message())))?;
    }
    if outcome.notices.len() > MOST_NOTICES {
        say(format_args!("… and {} more", outcome.notices.len() - MOST_NOTICES))?;
    }
    let done = outcome.done;
    say(format_args!(
        "{}: {} jobs added, {} changed, {} the same, {} gone; {} relations, {} runs, {} tests",
        outcome.project.as_deref().unwrap_or("dbt"),
        done.added,
        done.changed,
        done.same,
        done.gone,
        done.datasets,
        done.runs,
        done.tests
    ))
}
