//! The lineage of the whole register, as far as the reader sees it.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::catalog::history::Sign;
use crate::jobs::Problem;
use crate::lineage::panel::{Collector, Reach};
use crate::lineage::{DatasetLink, Ends, Gap, JobLink, Maker};
use crate::parts::{Pager, Subject};
use crate::{Bar, Chrome, T, href, percent};

/// `/lineage`: where to start, what is missing, what nobody needs, what changed.
///
/// Query: `q` (a dataset to start at), `list` (a word of [`Listed`]: its datasets are listed). Forms: GET to itself: `q`.
#[derive(Debug, Clone, Template)]
#[template(path = "lineage/overview.html")]
pub struct LineageOverviewPage {
    /// The frame.
    pub chrome: Chrome,
    /// What is looked for.
    pub query: String,
    /// Datasets to start at: what was found, else those that reach farthest.
    pub starts: Vec<Start>,
    /// How much of the register has lineage.
    pub coverage: Coverage,
    /// Statements that could not be parsed, of jobs that the reader may edit, the newest first.
    pub unparsed: Vec<UnparsedStatement>,
    /// How many there are of them.
    pub unparsed_total: i64,
    /// Datasets that nobody seems to need.
    pub droppable: Vec<DropCandidate>,
    /// What changed lately.
    pub changes: Vec<EdgeChange>,
    /// What brings lineage in.
    pub collectors: Vec<Collector>,
    /// Whether the reader may hand in definitions of jobs.
    pub may_upload: bool,
}

impl LineageOverviewPage {
    /// How many of the datasets are covered, and how.
    const fn covered(&self) -> [(&'static str, i64); 2] {
        [
            ("lineage-covered", self.coverage.with_edges),
            ("lineage-covered-columns", self.coverage.with_columns),
        ]
    }

    /// What can be listed, under its heading.
    fn lists(&self) -> [(&'static str, &[ListedRow]); 2] {
        [("lineage-why-none", &self.coverage.gaps), ("lineage-ends", &self.coverage.ends)]
    }

    fn bar(&self, covered: &i64) -> Bar {
        Bar(percent(*covered, self.coverage.datasets))
    }

    fn is_chosen(&self, row: &ListedRow) -> bool {
        self.coverage.chosen == Some(row.what)
    }
}

/// A dataset to start at.
#[derive(Debug, Clone)]
pub struct Start {
    /// The dataset.
    pub link: DatasetLink,
    /// How many lie one hop up.
    pub up: i64,
    /// How many lie one hop down.
    pub down: i64,
    /// How far it reaches.
    pub reach: Reach,
}

/// How much has lineage.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// How many datasets the reader sees.
    pub datasets: i64,
    /// How many of them have an edge.
    pub with_edges: i64,
    /// How many have edges of columns.
    pub with_columns: i64,
    /// Why the others have none.
    pub gaps: Vec<ListedRow>,
    /// Where data begins and ends, and what goes in circles.
    pub ends: Vec<ListedRow>,
    /// Which datasets are listed.
    pub chosen: Option<Listed>,
    /// A page of them.
    pub listed: Vec<DatasetLink>,
    /// Where the others of it are.
    pub pager: Pager,
}

/// Datasets that can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Those that have no lineage, for this reason.
    Gap(Gap),
    /// Those that stand there.
    Ends(Ends),
}

impl Listed {
    /// By its word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Gap::of_word(word).map(Self::Gap).or_else(|| Ends::of_word(word).map(Self::Ends))
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gap(gap) => gap.as_str(),
            Self::Ends(ends) => ends.as_str(),
        }
    }

    /// The overview with its datasets.
    #[must_use]
    pub fn href(self) -> String {
        href::with_query(href::lineage(), "list", self.as_str())
    }

    fn title(self, t: &T) -> String {
        match self {
            Self::Gap(gap) => t.w(&gap),
            Self::Ends(ends) => t.w(&ends),
        }
    }

    const fn text_key(self) -> &'static str {
        match self {
            Self::Gap(gap) => gap.text_key(),
            Self::Ends(ends) => ends.text_key(),
        }
    }
}

/// Datasets that can be listed, and how many they are.
#[derive(Debug, Clone)]
pub struct ListedRow {
    /// Which.
    pub what: Listed,
    /// How many.
    pub count: i64,
}

/// A statement that could not be parsed.
#[derive(Debug, Clone)]
pub struct UnparsedStatement {
    /// The job.
    pub job: JobLink,
    /// Which statement, where, and why.
    pub problem: Problem,
}

/// A dataset that nobody seems to need, with what speaks for it.
#[derive(Debug, Clone)]
pub struct DropCandidate {
    /// The dataset.
    pub link: DatasetLink,
    /// How often it was read and over how many days; `None` where usage is not crawled.
    pub reads: Option<(i64, i64)>,
    /// When a job last wrote it.
    pub written: Option<DateTime<Utc>>,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// Its size on disk.
    pub bytes: Option<i64>,
    /// Who answers for it.
    pub owners: Vec<Subject>,
}

/// An edge that came or went.
#[derive(Debug, Clone)]
pub struct EdgeChange {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it is new or gone.
    pub sign: Sign,
    /// Where the data comes from.
    pub from: DatasetLink,
    /// Where it goes.
    pub to: DatasetLink,
    /// How many of their columns are meant.
    pub columns: i64,
    /// The job whose version did it.
    pub job: Option<JobLink>,
    /// Who says so.
    pub maker: Maker,
}
