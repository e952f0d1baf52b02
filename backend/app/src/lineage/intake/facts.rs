//! A declared job as what defines it here.

use crate::lineage::declared::Ways;
use crate::lineage::jobs::ToldJob;
use crate::lineage::places::{Place, name_of};
use crate::lineage::store::JobFacts;
use cadastre_intake::{self as intake, DatasetRef, DeclaredJob, Definition, SourceCode};
use cadastre_model::{JobKind, Maker};
use sha2::{Digest, Sha256};

/// What defines a job that was declared by a client.
#[must_use]
pub(super) fn told_job(job: &DeclaredJob, maker: Maker) -> ToldJob {
    let definition = job.definition.as_ref();
    let facts = JobFacts {
        kind: kind_of(job.kind),
        maker,
        dialect: definition.filter(|text| text.language == "sql").and_then(|text| text.dialect.clone()),
        definition: definition.map(|text| text.text.clone()),
        place: place_of(job),
        fills: definition.and_then(|text| text.fills.as_ref()).or_else(|| only_output(job)).map(name_of),
        description: job.description.clone(),
        schedule: job.schedule.clone(),
        origin: job.source_code.as_ref().and_then(origin_of),
        declared: Some(Ways::of(job)).filter(|ways| !ways.is_empty()),
    };
    ToldJob { namespace: job.at.namespace.clone(), name: job.at.name.clone(), facts }
}

/// Where the rows of a query go that a client tells of, and says nothing about it: into the one thing that is written.
fn only_output(job: &DeclaredJob) -> Option<&DatasetRef> {
    let [output] = &job.outputs[..] else { return None };
    job.definition.as_ref().filter(|text| text.language == "sql").map(|_| output)
}

const fn kind_of(kind: intake::JobKind) -> JobKind {
    match kind {
        intake::JobKind::Sql => JobKind::Sql,
        intake::JobKind::DbtModel
        | intake::JobKind::DbtSeed
        | intake::JobKind::DbtSnapshot
        | intake::JobKind::DbtExposure => JobKind::Dbt,
        intake::JobKind::FlumeAgent => JobKind::Flume,
        intake::JobKind::KafkaConnect => JobKind::KafkaConnect,
        intake::JobKind::Logstash => JobKind::Logstash,
        intake::JobKind::Filebeat => JobKind::Filebeat,
        intake::JobKind::Openlineage => JobKind::OpenLineage,
    }
}

/// Where the names of its text are looked for: where the text says, else where its datasets are.
fn place_of(job: &DeclaredJob) -> Place {
    let around: Option<&DatasetRef> = job.outputs.first().or_else(|| job.inputs.first());
    let said = |text: &Definition| text.default_namespace.clone();
    let namespace = job.definition.as_ref().and_then(said).or_else(|| around.map(|at| at.namespace.clone()));
    let levels = |text: &Definition| [text.default_database.clone(), text.default_schema.clone()];
    let path = job.definition.as_ref().map(levels).into_iter().flatten().flatten().collect();
    Place { namespace: namespace.unwrap_or_else(|| job.at.namespace.clone()), path }
}

/// A file, an address.
fn origin_of(code: &SourceCode) -> Option<String> {
    match (&code.url, &code.repository, &code.path) {
        (Some(url), _, _) => Some(url.clone()),
        (None, Some(repository), Some(path)) => Some(format!("{repository}/{path}")),
        (None, repository, path) => path.clone().or_else(|| repository.clone()),
    }
}

/// The key of a name in its namespace: a B-tree entry is limited to 2.7 kB. No text holds a NUL.
#[must_use]
pub(super) fn key_of(namespace: &str, name: &str) -> Vec<u8> {
    digest([namespace.as_bytes(), name.as_bytes()])
}

/// SHA-256 of parts that hold no NUL.
#[must_use]
pub(super) fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        digest.update([0]);
    }
    digest.finalize().to_vec()
}
