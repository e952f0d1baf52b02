//! A job as somebody declared it: its definition, and what flows from where to where.

use super::{Facts, Owner, Tag};
use crate::naming::DatasetRef;
use serde::{Deserialize, Serialize};

/// The name of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobRef {
    /// Where the name holds: a scheduler, a project, a host.
    pub namespace: String,
    /// Unique in the namespace.
    pub name: String,
}

impl JobRef {
    /// A name in a namespace.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }
}

/// What kind of job it is, by who declared it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// SQL text.
    Sql,
    /// A model of dbt that makes a relation.
    DbtModel,
    /// A file that dbt loads.
    DbtSeed,
    /// A snapshot of dbt.
    DbtSnapshot,
    /// An exposure of dbt: something downstream that reads.
    DbtExposure,
    /// An agent of Flume.
    FlumeAgent,
    /// A connector of Kafka Connect.
    KafkaConnect,
    /// A pipeline of Logstash.
    Logstash,
    /// A Filebeat.
    Filebeat,
    /// Known by its run events; see [`DeclaredJob::job_type`].
    Openlineage,
}

impl JobKind {
    /// The word as it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sql => "sql",
            Self::DbtModel => "dbt_model",
            Self::DbtSeed => "dbt_seed",
            Self::DbtSnapshot => "dbt_snapshot",
            Self::DbtExposure => "dbt_exposure",
            Self::FlumeAgent => "flume_agent",
            Self::KafkaConnect => "kafka_connect",
            Self::Logstash => "logstash",
            Self::Filebeat => "filebeat",
            Self::Openlineage => "openlineage",
        }
    }
}

/// `OpenLineage`'s jobType facet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobType {
    /// `BATCH`, `STREAMING`, `SERVICE`, …
    pub processing: Option<String>,
    /// `SPARK`, `AIRFLOW`, `DBT`, `FLINK`, …
    pub integration: Option<String>,
    /// `QUERY`, `DAG`, `TASK`, `MODEL`, …
    pub job_type: Option<String>,
}

/// The text that a job does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The text. Secrets are never in it: they are replaced by `***` before this value is made.
    pub text: String,
    /// What language: `sql`, `jinja` (SQL of dbt that was not compiled), `python`, `properties`, `json`, `yaml`, `logstash`, …
    pub language: String,
    /// For SQL, the dialect in the words of `sql-lineage` where the platform tells, else as written.
    pub dialect: Option<String>,
    /// Where unqualified names of the text are.
    pub default_namespace: Option<String>,
    /// The database of unqualified names.
    pub default_database: Option<String>,
    /// The schema of unqualified names.
    pub default_schema: Option<String>,
    /// Where the rows of a text that is a bare query go (a model of dbt, a Spark write).
    pub fills: Option<DatasetRef>,
}

impl Definition {
    /// A text in a language, with nothing else known.
    pub fn new(language: &str, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            language: language.to_owned(),
            dialect: None,
            default_namespace: None,
            default_database: None,
            default_schema: None,
            fills: None,
        }
    }
}

/// How a value comes from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The same value.
    Identity,
    /// Computed from one row.
    Expression,
    /// Computed from many rows.
    Aggregate,
    /// By a window.
    Window,
    /// Decides which rows there are.
    Filter,
    /// Decides which rows meet.
    Join,
    /// Decides which rows are counted together.
    Group,
    /// Decides the order.
    Sort,
    /// Decides which of several values.
    Condition,
    /// Comes from it; how is not said.
    Unknown,
}

/// A field that comes from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ColumnEdge {
    /// The dataset that is read.
    pub from: DatasetRef,
    /// The field that is read, by path; empty for the whole dataset.
    pub from_field: Vec<String>,
    /// The dataset that is written.
    pub to: DatasetRef,
    /// The field that is written, by path; empty where every row of the dataset depends on it (a filter, a join).
    pub to_field: Vec<String>,
    /// How.
    pub how: How,
    /// The value is hidden on its way (a hash, a mask).
    pub masking: bool,
}

/// One way through a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pair {
    /// What is read.
    pub from: DatasetRef,
    /// What is written.
    pub to: DatasetRef,
}

/// Where the source code is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCode {
    /// `git`, `svn`, …
    pub kind: Option<String>,
    /// The whole address of the file.
    pub url: Option<String>,
    /// The address of the repository.
    pub repository: Option<String>,
    /// The path in the repository or project.
    pub path: Option<String>,
    /// A commit or a revision.
    pub version: Option<String>,
    /// A branch.
    pub branch: Option<String>,
    /// A tag.
    pub tag: Option<String>,
}

/// What is said about a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeclaredJob {
    /// Its name.
    pub at: JobRef,
    /// What kind it is.
    pub kind: JobKind,
    /// `OpenLineage`'s words for its type.
    pub job_type: Option<JobType>,
    /// What it does.
    pub definition: Option<Definition>,
    /// What it reads, each once, in the order of the text.
    pub inputs: Vec<DatasetRef>,
    /// What it writes, each once, in the order of the text.
    pub outputs: Vec<DatasetRef>,
    /// The ways through the job where *inputs × outputs* would be wrong; `None` where each input reaches each output.
    pub pairs: Option<Vec<Pair>>,
    /// What is said about columns. Where it is empty and the definition is SQL, the SQL has to be parsed.
    pub column_edges: Vec<ColumnEdge>,
    /// Text or Markdown, as written.
    pub description: Option<String>,
    /// Who owns it.
    pub owners: Vec<Owner>,
    /// Tags.
    pub tags: Vec<Tag>,
    /// When it runs, as written: a cron line, an interval.
    pub schedule: Option<String>,
    /// The job that it is a part of.
    pub parent: Option<JobRef>,
    /// Where its source code is.
    pub source_code: Option<SourceCode>,
    /// What the reader knows beside: materialisation, channels, meta, … Without secrets.
    pub details: Facts,
    /// `OpenLineage`'s job facets as they came.
    pub facets: Facts,
}

impl DeclaredJob {
    /// A job of which only the name and kind are known.
    #[must_use]
    pub fn new(at: JobRef, kind: JobKind) -> Self {
        Self {
            at,
            kind,
            job_type: None,
            definition: None,
            inputs: Vec::new(),
            outputs: Vec::new(),
            pairs: None,
            column_edges: Vec::new(),
            description: None,
            owners: Vec::new(),
            tags: Vec::new(),
            schedule: None,
            parent: None,
            source_code: None,
            details: Facts::new(),
            facets: Facts::new(),
        }
    }

    /// The ways through the job: the pairs that are said, or each input to each output.
    pub fn ways(&self) -> impl Iterator<Item = (&DatasetRef, &DatasetRef)> {
        let said = self.pairs.iter().flatten().map(|pair| (&pair.from, &pair.to));
        let crossed = self.inputs.iter().filter(|_| self.pairs.is_none());
        said.chain(crossed.flat_map(|from| self.outputs.iter().map(move |to| (from, to))))
    }
}
