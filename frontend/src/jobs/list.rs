//! The jobs that the reader may see.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::jobs::RunState;
use crate::lineage::JobLink;
use crate::parts::{Pager, Subject};
use crate::{Choice, Chrome};

/// `/jobs`, paged by `cursor`.
///
/// Forms: GET to itself: `q` (part of a name), `kind` (a word of [`crate::jobs::JobKind`]), `namespace`, `state` (a word of
/// [`RunState`], of the last run, or `unparsed`: jobs with statements that were not understood).
#[derive(Debug, Clone, Template)]
#[template(path = "jobs/list.html")]
pub struct JobsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The part of a name that is looked for.
    pub query: String,
    /// The kinds that there are.
    pub kinds: Vec<Choice>,
    /// The chosen one.
    pub kind: String,
    /// The namespaces that there are.
    pub namespaces: Vec<Choice>,
    /// The chosen one.
    pub namespace: String,
    /// The states that can be chosen.
    pub states: Vec<Choice>,
    /// The chosen one.
    pub state: String,
    /// The jobs of this page.
    pub jobs: Vec<JobRow>,
    /// Where the others are.
    pub pager: Pager,
    /// Whether there is no job at all, whatever is chosen.
    pub is_register_empty: bool,
    /// Whether the reader may hand in definitions.
    pub may_upload: bool,
}

/// A job in a list.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// The job.
    pub link: JobLink,
    /// The dialect of its SQL, a proper name.
    pub dialect: Option<String>,
    /// The first who answers for it.
    pub owner: Option<Subject>,
    /// When it runs, as its system writes it.
    pub schedule: Option<String>,
    /// How its last run ended, and when.
    pub last_run: Option<(RunState, DateTime<Utc>)>,
    /// How many datasets it reads and writes.
    pub counts: (i64, i64),
    /// How many of its statements were not understood.
    pub unparsed: i64,
    /// Whether its system has it no longer.
    pub is_gone: bool,
}

impl JobsPage {
    /// The selects: parameter, key of its label, choices, the chosen value.
    fn selects(&self) -> [(&'static str, &'static str, &[Choice], &str); 3] {
        [
            ("kind", "job-kind", &self.kinds, &self.kind),
            ("namespace", "job-namespace", &self.namespaces, &self.namespace),
            ("state", "job-last-run", &self.states, &self.state),
        ]
    }

    fn is_filtered(&self) -> bool {
        [&self.query, &self.kind, &self.namespace, &self.state].iter().any(|value| !value.is_empty())
    }
}
