//! Handing in definitions of jobs, and what came of each statement.

use askama::Template;

use crate::catalog::history::Sign;
use crate::jobs::Problem;
use crate::lineage::JobLink;
use crate::markup::{Status, Tone};
use crate::{Choice, Chrome, Form, Message, T};

/// `/jobs/new`.
///
/// Forms: POST [`crate::href::new_job`], `multipart/form-data`, the token as its first part: `kind` (a word of
/// [`crate::jobs::JobKind`] that can be handed in: `sql`, `flume`, `kafka_connect`, `filebeat`, `logstash`, `dbt`),
/// `dialect` (for SQL), `namespace`, `schema` (where names without one lie, as `shop.sales`; optional), `name` (of the
/// pasted text; optional), `text` (pasted), `files` (several). `do`: `check` says what would come of it, `save` does it.
#[derive(Debug, Clone, Template)]
#[template(path = "jobs/upload.html")]
pub struct UploadPage {
    /// The frame.
    pub chrome: Chrome,
    /// What was typed.
    pub form: Form,
    /// The kinds that can be handed in.
    pub kinds: Vec<Choice>,
    /// The dialects of SQL.
    pub dialects: Vec<Choice>,
    /// Namespaces that there are already, as suggestions.
    pub namespaces: Vec<String>,
    /// What came of it, a row each file or pasted text; empty before.
    pub outcomes: Vec<UploadOutcome>,
    /// Whether it was saved, not only checked.
    pub is_saved: bool,
}

/// What came of one text.
#[derive(Debug, Clone)]
pub struct UploadOutcome {
    /// The name of the file, or of the pasted text.
    pub file: String,
    /// The job that it is; `None` when it is none, or was only checked.
    pub job: Option<JobLink>,
    /// New, other than before; `None`: as it was.
    pub sign: Option<Sign>,
    /// Why nothing came of it.
    pub error: Option<Message>,
    /// Its statements.
    pub statements: Vec<StatementOutcome>,
}

/// What came of a statement.
#[derive(Debug, Clone)]
pub struct StatementOutcome {
    /// Which, from 1.
    pub number: i64,
    /// In which line it begins, from 1.
    pub line: i64,
    /// Its first words.
    pub excerpt: String,
    /// The datasets that it reads.
    pub reads: Vec<String>,
    /// The datasets that it writes.
    pub writes: Vec<String>,
    /// How many edges of columns it gives.
    pub columns: i64,
    /// What was not understood in it.
    pub problems: Vec<Problem>,
}

impl UploadOutcome {
    /// How many of its statements were understood.
    fn understood(&self) -> usize {
        self.statements.iter().filter(|statement| statement.is_understood()).count()
    }
}

impl StatementOutcome {
    /// Shape, word and colour.
    fn status(&self, t: &T) -> Status {
        let key = if self.is_understood() { "job-statement-understood" } else { "job-statement-not" };
        Status { tone: if self.is_understood() { Tone::Pass } else { Tone::Fail }, word: t.s(key) }
    }

    fn is_understood(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != super::Severity::Error)
    }
}
