//! A rule in a list, and what becomes of it when.

use std::borrow::Borrow;

use chrono::{DateTime, Utc};

use crate::chart::{self, Drawn};
use crate::lineage::DatasetLink;
use crate::markup::Tone;
use crate::parts::Subject;
use crate::quality::{Bound, Dimension, Gravity, HeldBy, Kind, Measure, RuleState, Verdict};
use crate::{Message, T, href};

/// A rule in a list.
#[derive(Debug, Clone)]
pub struct RuleRow {
    /// Public id.
    pub id: String,
    /// Its name in the language: letters, digits, `.`, `_`, `-`.
    pub name: String,
    /// What people read, where it has a title.
    pub title: Option<String>,
    /// What is checked.
    pub kind: Kind,
    /// The columns that it is about; none: the whole dataset.
    pub columns: Vec<String>,
    /// What it measures.
    pub dimension: Dimension,
    /// How bad it is where it fails.
    pub gravity: Gravity,
    /// How it stands.
    pub state: RuleState,
    /// The constraint that holds it ([`RuleState::Held`]).
    pub held: Option<Held>,
    /// What the last run measured; of checks that count rows with a share as tolerance, the share.
    pub value: Option<Measure>,
    /// What is allowed.
    pub bound: Bound,
    /// Its last runs, oldest first, at most [`RuleRow::RUNS`].
    pub runs: Vec<RunMark>,
    /// When it last ran.
    pub last: Option<DateTime<Utc>>,
    /// When it runs next.
    pub next: Next,
    /// Who answers for it.
    pub owner: Option<Subject>,
    /// Its dataset; `None` on the pages of one dataset.
    pub dataset: Option<DatasetLink>,
    /// Why, where the numbers do not tell: an error, nothing to compare with.
    pub why: Option<Message>,
    /// Until when it is muted.
    pub muted_until: Option<DateTime<Utc>>,
}

impl RuleRow {
    /// How many runs a strip shows.
    pub const RUNS: usize = 30;

    /// What people read: its title, else its name.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }

    pub(crate) fn href(&self) -> String {
        href::rule(&self.id)
    }

    pub(crate) fn columns_line(&self) -> String {
        self.columns.join(", ")
    }

    /// Its last runs as a strip.
    pub(crate) fn strip(&self, t: &T) -> Drawn {
        strip(&self.runs, t)
    }
}

/// The heads of a table of rules: of several datasets, or of one.
pub(crate) fn heads(several: impl Borrow<bool>) -> &'static str {
    if *several.borrow() {
        "rule-name lineage-dataset rule-dimension rule-state >rule-value >rule-bound rule-runs rule-next lineage-owner"
    } else {
        "rule-name rule-dimension rule-state >rule-value >rule-bound rule-runs rule-next lineage-owner"
    }
}

/// Runs as a strip.
pub(crate) fn strip(runs: &[RunMark], t: &T) -> Drawn {
    let tones: Vec<Tone> = runs.iter().map(|run| run.verdict.tone()).collect();
    chart::strip(&tones, RuleRow::RUNS, &runs_said(runs, t))
}

/// Runs in words: `30 runs: passed 28, warning 1, failed 1`.
fn runs_said(runs: &[RunMark], t: &T) -> String {
    let counted = Verdict::ALL.iter().filter_map(|verdict| {
        let n = runs.iter().filter(|run| run.verdict == *verdict).count();
        (n > 0).then(|| t.a2("rule-runs-part", "n", n, "verdict", t.w(verdict)))
    });
    let parts = counted.collect::<Vec<_>>().join(", ");
    if parts.is_empty() {
        return t.s("rule-runs-no");
    }
    t.a2("rule-runs-said", "n", runs.len(), "parts", parts)
}

/// The constraint that holds a rule.
#[derive(Debug, Clone)]
pub struct Held {
    /// What sort of constraint.
    pub by: HeldBy,
    /// Its name; of a type, the type as the source writes it.
    pub name: String,
}

/// A run in a strip.
#[derive(Debug, Clone, Copy)]
pub struct RunMark {
    /// When.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub verdict: Verdict,
}

/// When a rule runs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It runs, or waits for a worker.
    Now,
    /// By its schedule.
    At(DateTime<Utc>),
    /// After the dataset was updated.
    AfterUpdate,
    /// When somebody asks.
    OnRequest,
    /// Not: held by a constraint, or disabled.
    Never,
}

impl Next {
    /// The key of what is read; `None`: the moment is.
    pub(crate) const fn key(&self) -> Option<&'static str> {
        match self {
            Self::At(_) => None,
            Self::Now => Some("rule-next-now"),
            Self::AfterUpdate => Some("rule-next-update"),
            Self::OnRequest => Some("rule-next-request"),
            Self::Never => Some("rule-next-never"),
        }
    }

    pub(crate) const fn at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(*at),
            _ => None,
        }
    }
}
