//! One job: its head, its tabs.

use std::borrow::Borrow;

use askama::Template;
use chrono::{DateTime, Utc};

use crate::catalog::history::Sign;
use crate::jobs::code::Code;
use crate::jobs::run::{Durations, RunRow};
use crate::jobs::{JobKind, JobTab, Problem, RunState};
use crate::lineage::{ColumnLink, DatasetLink, How, Maker};
use crate::parts::{Pager, Subject};
use crate::{Chrome, href};

/// What all tabs of a job show.
#[derive(Debug, Clone)]
pub struct JobHead {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// What it is.
    pub kind: JobKind,
    /// The dialect of its SQL, a proper name.
    pub dialect: Option<String>,
    /// Who answers for it.
    pub owners: Vec<Subject>,
    /// When it runs, as its system writes it.
    pub schedule: Option<String>,
    /// Where its definition comes from: the source's name and address, a file, a producer's address.
    pub origin: Option<(String, Option<String>)>,
    /// By which way it came in.
    pub maker: Maker,
    /// What it does, in its system's words.
    pub description: Option<String>,
    /// How its last run ended and when.
    pub last_run: Option<(RunState, DateTime<Utc>)>,
    /// How many datasets it reads and writes.
    pub counts: (i64, i64),
    /// How many runs are known.
    pub runs: i64,
    /// The number of its newest version.
    pub version: i64,
    /// Whether its system has it no longer.
    pub is_gone: bool,
}

impl JobHead {
    fn count(&self, tab: impl Borrow<JobTab>) -> Option<i64> {
        match tab.borrow() {
            JobTab::Definition => None,
            JobTab::Lineage => Some(self.counts.0 + self.counts.1),
            JobTab::Runs => Some(self.runs),
            JobTab::Versions => Some(self.version),
        }
    }

    fn tab_href(&self, tab: impl Borrow<JobTab>) -> String {
        href::job_tab(&self.id, *tab.borrow())
    }
}

/// `/j/{id}`: the definition, with what it reads and writes lit. Query: `col` (an id of [`OutputColumn`]), `version`.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "jobs/definition.html")]
pub struct DefinitionPage {
    /// The frame.
    pub chrome: Chrome,
    /// The job.
    pub head: JobHead,
    /// Which version is shown.
    pub version: i64,
    /// The definition; `None` where there is none, or the reader may not see all that it names.
    pub code: Option<Code>,
    /// Whether there is a definition that the reader may not see.
    pub is_withheld: bool,
    /// The columns that it writes: choosing one lights where it comes from.
    pub columns: Vec<OutputColumn>,
    /// The id of the chosen one.
    pub chosen: Option<String>,
    /// What was not understood, by place; only for who may edit the job.
    pub problems: Vec<Problem>,
    /// How many of its statements were understood, of how many.
    pub parsed: (i64, i64),
}

impl DefinitionPage {
    /// The page with a column chosen, or with none when it is chosen already.
    fn choose(&self, column: &OutputColumn) -> String {
        let col = if self.is_chosen(column) { "" } else { &column.id };
        let url = href::with_query(href::job(&self.head.id), "col", col);
        if self.version == self.head.version {
            url
        } else {
            href::with_query(url, "version", &self.version.to_string())
        }
    }

    fn is_chosen(&self, column: &OutputColumn) -> bool {
        self.chosen.as_ref() == Some(&column.id)
    }
}

/// A column that a job writes.
#[derive(Debug, Clone)]
pub struct OutputColumn {
    /// What stands in `col`.
    pub id: String,
    /// The dataset.
    pub dataset: String,
    /// The column.
    pub name: String,
    /// In which line its expression begins, from 1.
    pub line: Option<i64>,
    /// The columns it comes from, as they are read: `orders.amount`.
    pub from: Vec<String>,
    /// How.
    pub hows: Vec<How>,
}

/// `/j/{id}/lineage`: what it reads and writes.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "jobs/lineage.html")]
pub struct JobLineagePage {
    /// The frame.
    pub chrome: Chrome,
    /// The job.
    pub head: JobHead,
    /// What it reads.
    pub inputs: Vec<JobDataset>,
    /// What it writes.
    pub outputs: Vec<JobDataset>,
}

impl JobLineagePage {
    fn ends(&self) -> [End<'_>; 2] {
        ends(&self.inputs, &self.outputs)
    }
}

/// The key of a heading, the datasets, the key of what is said when there are none.
pub(crate) type End<'a> = (&'static str, &'a [JobDataset], &'static str);

pub(crate) const fn ends<'a>(inputs: &'a [JobDataset], outputs: &'a [JobDataset]) -> [End<'a>; 2] {
    [("job-inputs", inputs, "job-inputs-none"), ("job-outputs", outputs, "job-outputs-none")]
}

/// A dataset that a job reads or writes.
#[derive(Debug, Clone)]
pub struct JobDataset {
    /// The dataset; `None`: the reader may only know that there is one.
    pub link: Option<DatasetLink>,
    /// Its columns that take part, with how they come about where it is written.
    pub columns: Vec<(ColumnLink, Vec<How>)>,
    /// How many more columns take part.
    pub more: i64,
    /// When it was last seen to.
    pub last_seen: Option<DateTime<Utc>>,
    /// How many rows the last run read or wrote.
    pub rows: Option<i64>,
}

impl JobDataset {
    /// The page of a column.
    pub(crate) fn column_href(&self, column: &ColumnLink) -> Option<String> {
        Some(href::column(&self.link.as_ref()?.id, column.id.as_ref()?))
    }
}

/// `/j/{id}/runs`, paged.
///
/// Filter: links, `state` (a word of [`RunState`]). Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "jobs/runs.html")]
pub struct RunsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The job.
    pub head: JobHead,
    /// The chosen state.
    pub state: Option<RunState>,
    /// The runs of this page, newest first.
    pub runs: Vec<RunRow>,
    /// Where the others are.
    pub pager: Pager,
}

impl RunsPage {
    fn durations(&self) -> Durations {
        Durations::of(&self.runs)
    }

    fn is_state(&self, state: &&RunState) -> bool {
        self.state == Some(**state)
    }

    fn with_state(&self, state: &str) -> String {
        href::with_query(href::job_tab(&self.head.id, JobTab::Runs), "state", state)
    }
}

/// `/j/{id}/versions`. Query: `from`, `to`: numbers of the two versions that are compared.
///
/// Forms: GET to itself: `from`, `to`.
#[derive(Debug, Clone, Template)]
#[template(path = "jobs/versions.html")]
pub struct VersionsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The job.
    pub head: JobHead,
    /// The versions, newest first.
    pub versions: Vec<VersionRow>,
    /// Where the others are.
    pub pager: Pager,
    /// What differs between two of them.
    pub diff: Option<VersionDiff>,
}

impl VersionsPage {
    const fn may_compare(&self) -> bool {
        self.versions.len() > 1
    }

    const fn heads(&self) -> &'static str {
        if self.may_compare() {
            "job-compare-from job-compare-to lineage-version job-since job-parsed-head job-edges lineage-says"
        } else {
            "lineage-version job-since job-parsed-head job-edges lineage-says"
        }
    }

    /// Whether it is chosen as the earlier one; the one before the newest is to begin with.
    fn is_from(&self, row: &VersionRow) -> bool {
        row.number == self.diff.as_ref().map_or(self.head.version - 1, |diff| diff.from)
    }

    fn is_to(&self, row: &VersionRow) -> bool {
        row.number == self.diff.as_ref().map_or(self.head.version, |diff| diff.to)
    }
}

/// A version of a job's definition.
#[derive(Debug, Clone)]
pub struct VersionRow {
    /// Its number, from 1.
    pub number: i64,
    /// Since when it holds.
    pub since: DateTime<Utc>,
    /// Until when it held.
    pub until: Option<DateTime<Utc>>,
    /// Who or what brought it.
    pub by: Option<Subject>,
    /// By which way it came in.
    pub maker: Maker,
    /// How many edges it brought and ended.
    pub edges: crate::parts::Changes,
    /// How many of its statements were understood, of how many.
    pub parsed: (i64, i64),
}

/// What differs between two versions.
#[derive(Debug, Clone)]
pub struct VersionDiff {
    /// The number of the earlier one.
    pub from: i64,
    /// The number of the later one.
    pub to: i64,
    /// The lines, with some that are the same around those that differ; `None` where the reader may not see the text.
    pub lines: Option<Vec<DiffLine>>,
    /// The edges that came and went, as they are read: `orders.amount → daily.total`.
    pub edges: Vec<(Sign, String)>,
}

/// A line of a comparison.
#[derive(Debug, Clone)]
pub struct DiffLine {
    /// New, gone, or the same in both. Never changed: that is gone and new.
    pub sign: Option<Sign>,
    /// Its number in the earlier version.
    pub before: Option<i64>,
    /// Its number in the later version.
    pub after: Option<i64>,
    /// The line.
    pub text: String,
}

macro_rules! job_tab_of {
    ($($page:ident => $tab:ident;)+) => {$(
        impl $page {
            fn is_at(&self, tab: impl Borrow<JobTab>) -> bool {
                *tab.borrow() == JobTab::$tab
            }
        }
    )+};
}

job_tab_of! {
    DefinitionPage => Definition;
    JobLineagePage => Lineage;
    RunsPage => Runs;
    VersionsPage => Versions;
}
