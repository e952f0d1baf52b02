//! dbt's artifacts: `manifest.json`, with `catalog.json` and `run_results.json` beside it.
//!
//! A manifest of 20 MB is mostly macros and settings: it is read as a stream, one node in memory at a time, and of each node
//! what is needed here stays. Versions 1 to 12 of the manifest are read (dbt 0.19 and newer; tried with those of 1.3 and later).
//! A node that cannot be read is a [`Notice`](crate::Notice), not the end.
//!
//! A model's definition is its *compiled* SQL: a bare query whose rows go into [`Definition::fills`](crate::Definition::fills).
//! Ephemeral models have no relation: dbt writes them into whatever uses them, so they are no jobs; who uses them reads what they read.

mod catalog;
mod declare;
mod manifest;
mod node;
mod outcome;
mod results;
mod stream;

use crate::declared::Declared;
use crate::notice::Remark;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::Read;

/// What the artifacts do not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The namespace of the database that dbt works in, as of its datasets: `postgres://db.example.org:5432`.
    pub namespace: String,
    /// The namespace of the jobs; `None` for `dbt`.
    pub jobs: Option<String>,
}

/// What the artifacts of a project declare.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dbt {
    /// The name of the project, where the manifest says it (dbt 1.4 and newer), else of its first model.
    pub project: Option<String>,
    /// The version of dbt.
    pub version: Option<String>,
    /// The version of the manifest's format.
    pub manifest_version: Option<u32>,
    /// The adapter: `postgres`, `snowflake`, …
    pub adapter: Option<String>,
    /// When the manifest was made.
    pub generated_at: Option<DateTime<Utc>>,
    /// The command whose results these are: `build`, `run`, `test`, `generate`, …
    pub command: Option<String>,
    /// The run of dbt whose results these are.
    pub invocation: Option<uuid::Uuid>,
    /// How many ephemeral models there are.
    pub ephemeral: usize,
    /// Jobs, datasets, runs, tests.
    pub declared: Declared,
}

/// Which of the artifacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Artifact {
    /// `manifest.json`
    Manifest,
    /// `catalog.json`
    Catalog,
    /// `run_results.json`
    RunResults,
}

impl Artifact {
    /// The name of its file.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Manifest => "manifest.json",
            Self::Catalog => "catalog.json",
            Self::RunResults => "run_results.json",
        }
    }
}

/// An artifact that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: line {line}, column {column}: {what}", artifact.file())]
pub struct Unusable {
    /// Which.
    pub artifact: Artifact,
    /// The line, from 1; 0 where the whole is meant.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What is wrong.
    pub what: Remark,
}

/// Reads the artifacts of a project. The readers need not be buffered.
///
/// # Errors
/// [`Unusable`] where one of them is no JSON, ends early, or is another kind of file.
pub fn read(
    options: &Options,
    manifest: impl Read,
    catalog: Option<impl Read>,
    run_results: Option<impl Read>,
) -> Result<Dbt, Unusable> {
    let manifest = manifest::read(manifest)?;
    let catalog = catalog.map(catalog::read).transpose()?.unwrap_or_default();
    let results = run_results.map(results::read).transpose()?;
    Ok(declare::declare(options, manifest, &catalog, results.as_ref()))
}
