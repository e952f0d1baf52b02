//! The closed sets of jobs.

use crate::T;
use crate::lineage::words::words;
use crate::markup::{Status, Tone};

words! {
    /// What a job is.
    JobKind, "job-kind" {
        /// A view; its definition is the job.
        View = "view",
        /// A materialised view.
        MaterializedView = "materialized_view",
        /// A function or procedure of a database.
        Function = "function",
        /// A script of SQL.
        Sql = "sql",
        /// A model, seed or snapshot of dbt.
        Dbt = "dbt",
        /// Something that sends events of OpenLineage.
        OpenLineage = "openlineage",
        /// An agent of Flume.
        Flume = "flume",
        /// A connector of Kafka Connect or Debezium.
        KafkaConnect = "kafka_connect",
        /// Filebeat.
        Filebeat = "filebeat",
        /// Logstash.
        Logstash = "logstash",
    }
}

impl JobKind {
    /// Its symbol.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::View | Self::MaterializedView => "eye",
            Self::Function => "braces",
            Self::Sql => "file-text",
            Self::Dbt => "layers",
            Self::OpenLineage => "activity",
            Self::Flume | Self::KafkaConnect | Self::Filebeat | Self::Logstash => "workflow",
        }
    }
}

words! {
    /// How a run stands.
    RunState, "run-state" {
        /// Announced, not begun.
        Waiting = "waiting",
        /// Under way.
        Running = "running",
        /// Came to its end.
        Done = "done",
        /// Failed.
        Failed = "failed",
        /// Was stopped.
        Aborted = "aborted",
    }
}

impl RunState {
    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        Status { tone: self.tone(), word: t.w(&self) }
    }

    /// The tone alone.
    #[must_use]
    pub const fn tone(self) -> Tone {
        match self {
            Self::Waiting => Tone::Held,
            Self::Running => Tone::Run,
            Self::Done => Tone::Pass,
            Self::Failed => Tone::Fail,
            Self::Aborted => Tone::None,
        }
    }
}

words! {
    /// How bad a problem of a definition is.
    Severity, "severity" {
        /// May be worth a look.
        Note = "note",
        /// A part of the answer is missing.
        Warning = "warning",
        /// The statement was not understood.
        Error = "error",
    }
}

impl Severity {
    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        let tone = match self {
            Self::Note => Tone::None,
            Self::Warning => Tone::Warn,
            Self::Error => Tone::Fail,
        };
        Status { tone, word: t.w(&self) }
    }
}

words! {
    /// The tabs of a job, in their order.
    JobTab, "job-tab" {
        /// Its text.
        Definition = "definition",
        /// What it reads and writes.
        Lineage = "lineage",
        /// When it ran.
        Runs = "runs",
        /// How its text changed.
        Versions = "versions",
    }
}
