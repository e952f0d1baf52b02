//! The tab Quality of a dataset.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::catalog::dataset::DatasetHead;
use crate::href::{self, DatasetTab};
use crate::jobs::code::Code;
use crate::lineage::JobLink;
use crate::parts::{Pager, Subject};
use crate::quality::history::Chart;
use crate::quality::incident::Incident;
use crate::quality::rows::Rows;
use crate::quality::{Badge, Counts, Held, Kind, Outside, RuleRow, RuleState, Score, Unit, Verdict};
use crate::tasks::Live;
use crate::{Chrome, Form, Message, T};

/// `/d/{id}/quality`.
///
/// Query: `rule` (public id: this one is opened), `state` (a word of [`RuleState`]), `q` (part of a name or column), `after`
/// (cursor). Filter: GET to itself: `q`, `state` (hidden). Forms, all answered by a redirect back here:
/// POST [`href::run_rules`]: no fields: all rules of the dataset now. POST [`href::run_rule`]: no fields.
/// POST [`href::take_suggestions`]: `suggestion` (as often as there are; a [`Suggestion::key`]), or `all` (`on`).
/// POST [`href::watch`]: `watch` (`on` or `off`). On the opened rule: POST [`href::mute_rule`]: `until` (`datetime-local` in the
/// reader's zone), `reason`; POST [`href::unmute_rule`]: no fields. In the aside the forms of [`Incident`], with `back` (this page's address,
/// to be led through [`href::local`]).
#[derive(Debug, Clone, Template)]
#[template(path = "quality/tab.html")]
pub struct QualityPage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset.
    pub head: DatasetHead,
    /// Its score with the dimensions.
    pub score: Score,
    /// How many rules stand how, without the filter.
    pub counts: Counts,
    /// The state that is filtered by.
    pub state: Option<RuleState>,
    /// The words that are filtered by.
    pub query: String,
    /// The rules of this page: failing first, then by state, severity, name.
    pub rules: Vec<RuleRow>,
    /// Where the others are.
    pub pager: Pager,
    /// The rule that is opened; drawn below its row, or above the list where it is not on this page.
    pub opened: Option<OpenRule>,
    /// Incidents of the dataset that are not over, the newest first.
    pub incidents: Vec<Incident>,
    /// Results that came from outside, the newest of each check.
    pub outside: Vec<OutsideRow>,
    /// Rules that fit what is known of the dataset, and that it does not have.
    pub suggestions: Vec<Suggestion>,
    /// A check of the dataset that waits or runs.
    pub live: Option<Live>,
    /// When the dataset was last profiled; suggestions come from there too.
    pub profiled: Option<DateTime<Utc>>,
    /// Whether the reader is told of incidents here; `None` where they can't be.
    pub is_watched: Option<bool>,
    /// Whether the reader may write rules here.
    pub may_edit: bool,
    /// Whether the reader may run rules here.
    pub may_run: bool,
}

impl QualityPage {
    fn is_at(&self, tab: &DatasetTab) -> bool {
        *tab == DatasetTab::Quality
    }

    fn here(&self) -> String {
        href::dataset_tab(&self.head.id, DatasetTab::Quality)
    }

    fn is_empty(&self) -> bool {
        self.counts.total() == 0 && self.outside.is_empty()
    }

    /// The page with a filter on one state, or on none.
    fn with_state(&self, state: &str) -> String {
        href::with_query(href::with_query(self.here(), "q", &self.query), "state", state)
    }

    fn filters(&self) -> Vec<(RuleState, i64)> {
        self.counts.some()
    }

    fn is_state(&self, state: &RuleState) -> bool {
        self.state == Some(*state)
    }

    /// The page with a rule opened, or closed when it is open.
    fn toggled(&self, rule: &RuleRow) -> String {
        let id = if self.is_open(rule) { "" } else { &rule.id };
        let url = href::with_query(self.back(), "rule", id);
        if id.is_empty() { format!("{url}#rules") } else { format!("{url}#open") }
    }

    /// Where forms of the aside lead back to.
    fn back(&self) -> String {
        href::with_query(href::local(&self.chrome.url), "lang", "")
    }

    fn is_open(&self, rule: &RuleRow) -> bool {
        self.opened.as_ref().is_some_and(|open| open.rule.id == rule.id)
    }

    fn is_elsewhere(&self) -> bool {
        self.opened.as_ref().is_some_and(|open| !self.rules.iter().any(|row| row.id == open.rule.id))
    }
}

/// A rule opened: what it measured over time, what fails, what can be done.
#[derive(Debug, Clone)]
pub struct OpenRule {
    /// The rule.
    pub rule: RuleRow,
    /// What its author says about it beside its title: nothing yet in the language; the where, as SQL.
    pub filter: Option<String>,
    /// What was measured, oldest first; at most 200.
    pub points: Vec<Point>,
    /// In what.
    pub unit: Unit,
    /// What was learned of it; `None` where nothing is learned for it.
    pub learned: Option<Learned>,
    /// What the last run says in sentences, as `rule-said-times` or [`crate::quality::tab::SAID`].
    pub said: Vec<Message>,
    /// How many rows failed, of how many, at the last run.
    pub failing: Option<(i64, i64)>,
    /// The first failing rows.
    pub rows: Rows,
    /// SQL that would put it right: to copy, never run.
    pub correction: Option<Code>,
    /// Who muted it, until when and why.
    pub muted: Option<Muted>,
    /// The form to mute it; `None` where the reader may not.
    pub mute: Option<Form>,
    /// Whether the reader may change it.
    pub may_edit: bool,
    /// Whether the reader may run it.
    pub may_run: bool,
}

impl OpenRule {
    pub(crate) fn chart(&self, t: &T) -> Chart<'_> {
        Chart::of(&self.rule, &self.points, self.unit, t)
    }

    pub(crate) const fn has_rows(&self) -> bool {
        matches!(self.rows, Rows::Shown(_))
    }

    pub(crate) const fn is_withheld(&self) -> bool {
        matches!(self.rows, Rows::Withheld)
    }
}

/// What can be said of the last value, with its arguments, all texts.
pub const SAID: [&str; 6] = [
    // `times`: how many times the usual value.
    "rule-said-times",
    // `bound`: the band would have warned there.
    "rule-said-band-warns",
    // The value lies in the band, and fails by its fixed bound.
    "rule-said-usual",
    // `since`: a time.
    "rule-said-since",
    // `n`, `by`: rows of `n` counted on from a watermark.
    "rule-said-watermark",
    // `n`: so many runs in a row.
    "rule-said-row",
];

/// A point of a rule's history.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// When it was measured.
    pub at: DateTime<Utc>,
    /// The value; `None` where there was none.
    pub value: Option<f64>,
    /// What became of it.
    pub verdict: Verdict,
    /// What was allowed then: the least and the most.
    pub allowed: (Option<f64>, Option<f64>),
    /// What was usual then: the lowest and the highest.
    pub band: Option<(f64, f64)>,
}

/// What was learned of a metric, in sentences.
#[derive(Debug, Clone)]
pub struct Learned {
    /// Over how many days.
    pub days: i64,
    /// Whether there is a band already.
    pub is_known: bool,
    /// Why the band lies where it lies, a sentence each: [`GROUNDS`].
    pub grounds: Vec<Message>,
}

/// The keys of [`Learned::grounds`]; arguments are texts, numbers by [`crate::quality::measure`].
pub const GROUNDS: [&str; 17] = [
    // `points`, `days`: the history that it stands on.
    "band-history",
    // `level`.
    "band-level",
    // `change`: by how much a day.
    "band-trend",
    // `hour`, `effect`.
    "band-hour",
    // `weekday` (0 Monday … 6 Sunday), `effect`.
    "band-weekday",
    // `weekday`, `hour`, `effect`.
    "band-hour-of-week",
    // `effect`: what comes each time at this date.
    "band-calendar",
    // `effect`: what remains of the last point.
    "band-echo",
    // `effect`: the usual step.
    "band-step",
    // `n`: points put aside as outliers.
    "band-aside",
    // `at`, `from`, `to`: the level shifted.
    "band-shift",
    // Why it is wider than usual.
    "band-wider-gap",
    "band-wider-new-level",
    "band-wider-provisional",
    "band-wider-unseen",
    // `points`: so many more until there is a band.
    "band-learning",
    // `days`: so many more until hours and weekdays are known.
    "band-provisional",
];

/// A rule is muted.
#[derive(Debug, Clone)]
pub struct Muted {
    /// Until when.
    pub until: DateTime<Utc>,
    /// Who.
    pub by: Option<Subject>,
    /// Why.
    pub reason: Option<String>,
}

/// A result that came from outside.
#[derive(Debug, Clone)]
pub struct OutsideRow {
    /// The check, as its system calls it.
    pub name: String,
    /// Whose it is.
    pub from: Outside,
    /// The column that it is about.
    pub column: Option<String>,
    /// What came of it.
    pub verdict: Verdict,
    /// How many rows failed, where that is told.
    pub failing: Option<i64>,
    /// What its system said.
    pub said: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// The job that told it.
    pub job: Option<JobLink>,
}

/// A rule that would fit.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// What is sent: opaque to the page.
    pub key: String,
    /// What would be checked.
    pub kind: Kind,
    /// The columns.
    pub columns: Vec<String>,
    /// What would be allowed, in the words of the language: `null`: nothing more than the kind says.
    pub detail: Option<String>,
    /// Why it is suggested: [`REASONS`].
    pub reason: Message,
    /// The constraint that would hold it, so that it costs nothing.
    pub held: Option<Held>,
}

impl Suggestion {
    pub(crate) fn columns_line(&self) -> String {
        self.columns.join(", ")
    }
}

/// The keys of [`Suggestion::reason`], with their arguments.
pub const REASONS: [&str; 8] = [
    // `name`: a constraint.
    "suggest-constraint",
    // `rows`: none of so many rows was empty.
    "suggest-never-empty",
    // `rows`: as many values as rows.
    "suggest-all-distinct",
    // `n`: so few values.
    "suggest-few-values",
    // `low`, `high`.
    "suggest-range",
    // `share`, `pattern` (a word of `Named`).
    "suggest-pattern",
    // `rows`.
    "suggest-row-count",
    // `age`.
    "suggest-fresh",
];

/// How a dataset's rules stand, for its head: the badge, and the incident that the banner points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeadQuality {
    /// How its rules stand.
    pub badge: Badge,
    /// How many incidents are open.
    pub incidents: i64,
}
