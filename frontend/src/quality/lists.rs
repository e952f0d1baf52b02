//! The list of all rules, the runs of one, its failing rows.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use crate::lineage::DatasetLink;
use crate::parts::{Pager, Subject};
use crate::quality::history::Chart;
use crate::quality::rows::Rows;
use crate::quality::tab::Point;
use crate::quality::{Bound, Held, Measure, RuleRow, Select, Unit, Verdict};
use crate::{Chrome, Message, T};

/// `/quality/rules`. Query: `q` (part of a name, title, column or dataset), the filters of
/// [`crate::quality::select::RULE_FILTERS`] (`owner`: `me`, `nobody` or a public id), `stale` (`yes`: see
/// [`crate::quality::overview::QualityOverviewPage::stale`]), `after`.
///
/// Filter: GET to itself with these fields. Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "quality/rules.html")]
pub struct RulesPage {
    /// The frame.
    pub chrome: Chrome,
    /// The words that are looked for.
    pub query: String,
    /// The filters.
    pub filters: Vec<Select>,
    /// The rules of this page: failing first. Each with its dataset.
    pub rules: Vec<RuleRow>,
    /// Where the others are.
    pub pager: Pager,
    /// Whether the reader may write rules anywhere.
    pub may_add: bool,
}

impl RulesPage {
    fn is_filtered(&self) -> bool {
        !self.query.is_empty() || self.filters.iter().any(|filter| !filter.chosen.is_empty())
    }
}

/// `/quality/rules/{id}/runs`: what became of a rule, run by run. Query: `state` (a word of [`Verdict`]), `after`.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "quality/runs.html")]
pub struct RuleRunsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The rule, with its dataset.
    pub rule: RuleRow,
    /// Its dataset.
    pub dataset: DatasetLink,
    /// The chosen verdict.
    pub verdict: Option<Verdict>,
    /// What was measured, oldest first; for the chart, at most 200.
    pub points: Vec<Point>,
    /// In what.
    pub unit: Unit,
    /// The runs of this page, newest first.
    pub runs: Vec<RuleRun>,
    /// Where the others are.
    pub pager: Pager,
    /// Whether the reader may see failing rows.
    pub may_see_rows: bool,
}

impl RuleRunsPage {
    fn chart(&self, t: &T) -> Chart<'_> {
        Chart::of(&self.rule, &self.points, self.unit, t)
    }

    fn is_verdict(&self, verdict: &&Verdict) -> bool {
        self.verdict == Some(**verdict)
    }

    fn with_state(&self, state: &str) -> String {
        crate::href::with_query(crate::href::rule_runs(&self.rule.id), "state", state)
    }
}

/// A run of a rule.
#[derive(Debug, Clone)]
pub struct RuleRun {
    /// For which due time, or when it was asked for.
    pub due: DateTime<Utc>,
    /// When its result was recorded.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub verdict: Verdict,
    /// What was measured.
    pub value: Option<Measure>,
    /// What was allowed then.
    pub bound: Bound,
    /// How many rows failed, of how many.
    pub failing: Option<(i64, i64)>,
    /// How long the statement took that it was a part of, in milliseconds.
    pub took_ms: Option<i64>,
    /// Why, where the numbers do not tell.
    pub why: Option<Message>,
    /// The constraint that held it.
    pub held: Option<Held>,
    /// Whether only new rows were read.
    pub by_watermark: bool,
    /// What started it: `rule-by-schedule`, `rule-by-update`, `rule-by-hand`, `rule-by-api`, `rule-by-catch-up`.
    pub by: Message,
    /// Who asked for it.
    pub who: Option<Subject>,
    /// The task that ran it, where the reader may see it: its public id.
    pub task: Option<String>,
}

impl RuleRun {
    /// Whether the result came so late after its due time that both are worth saying.
    pub(crate) fn is_late(&self) -> bool {
        self.at - self.due > TimeDelta::minutes(1)
    }
}

/// The keys of [`RuleRun::by`].
pub const RUN_BY: [&str; 5] =
    ["rule-by-schedule", "rule-by-update", "rule-by-hand", "rule-by-api", "rule-by-catch-up"];

/// `/quality/rules/{id}/rows`: the failing rows of the last run.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "quality/rows.html")]
pub struct FailingRowsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The rule.
    pub rule: RuleRow,
    /// Its dataset.
    pub dataset: DatasetLink,
    /// How many rows failed, of how many.
    pub failing: Option<(i64, i64)>,
    /// The rows.
    pub rows: Rows,
}
