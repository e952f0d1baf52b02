//! `/quality`: how the data stands, where it is worst, what nobody looks after.

use askama::Template;

use crate::chart::{self, Drawn};
use crate::lineage::DatasetLink;
use crate::parts::Pager;
use crate::quality::incident::Incident;
use crate::quality::score::tenths;
use crate::quality::{Badge, Counts, Points, RuleRow, RuleState, Select};
use crate::{Bar, Chrome, Message, T, href};

/// `/quality`. Query: the filters of [`crate::quality::select::RULE_FILTERS`] (for the list of what fails), `after`.
///
/// Filter: GET to itself with these fields. Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "quality/overview.html")]
pub struct QualityOverviewPage {
    /// The frame.
    pub chrome: Chrome,
    /// Of all rules that the reader sees.
    pub points: Points,
    /// The score of the last 30 days in tenths, oldest first, a day each; `None`: nothing is known of it.
    pub trend: Vec<Option<i64>>,
    /// How many rules stand how.
    pub counts: Counts,
    /// By domain, the worst first; what has no domain is not in here.
    pub domains: Vec<ScoreRow>,
    /// By source, the worst first.
    pub sources: Vec<ScoreRow>,
    /// The datasets with the lowest scores, at most 20.
    pub worst: Vec<WorstRow>,
    /// The filters of what fails.
    pub filters: Vec<Select>,
    /// What fails now (failing, errors, warnings), by the filters; each with its dataset.
    pub failing: Vec<RuleRow>,
    /// Where the others are.
    pub pager: Pager,
    /// Incidents that are not over, the gravest first, at most 5.
    pub incidents: Vec<Incident>,
    /// How many there are.
    pub incidents_total: i64,
    /// Rules that nobody answers for: the first, and how many there are.
    pub unowned: (Vec<RuleRow>, i64),
    /// Rules that are an hour late by their schedule, or never ran in the week since they were made: the first, and how many
    /// there are.
    pub stale: (Vec<RuleRow>, i64),
    /// How many datasets have rules, by how much depends on them.
    pub coverage: Vec<Coverage>,
    /// Whether the reader may write rules anywhere.
    pub may_add: bool,
}

impl QualityOverviewPage {
    fn is_empty(&self) -> bool {
        self.counts.total() == 0
    }

    fn is_filtered(&self) -> bool {
        self.filters.iter().any(|filter| !filter.chosen.is_empty())
    }

    fn states(&self) -> Vec<(RuleState, i64)> {
        self.counts.some()
    }

    fn state_href(&self, state: &RuleState) -> String {
        href::with_query(href::rules(), "state", state.as_str())
    }

    fn groups(&self) -> [(&'static str, &[ScoreRow]); 2] {
        [("quality-by-domain", &self.domains), ("quality-by-source", &self.sources)]
    }

    fn spark(&self, t: &T) -> Drawn {
        trend(&self.trend, t)
    }

    fn leftovers(&self) -> [Leftover<'_>; 2] {
        let all = |name, value| href::with_query(href::rules(), name, value);
        [
            (
                "quality-unowned",
                "quality-unowned-none",
                all("owner", "nobody"),
                &self.unowned.0,
                self.unowned.1,
            ),
            ("quality-stale", "quality-stale-none", all("stale", "yes"), &self.stale.0, self.stale.1),
        ]
    }
}

/// The key of a heading, of what is said when there are none, the list of all, the first rules, how many.
type Leftover<'a> = (&'static str, &'static str, String, &'a [RuleRow], i64);

/// A score over 30 days, in tenths; its name says the first and the last.
#[expect(clippy::cast_precision_loss, reason = "tenths of a per cent")]
fn trend(days: &[Option<i64>], t: &T) -> Drawn {
    let values: Vec<Option<f64>> = days.iter().map(|day| day.map(|tenths| tenths as f64)).collect();
    let said = |day: Option<&i64>| day.map_or_else(String::new, |day| tenths(*day));
    let (first, last) = (said(days.iter().flatten().next()), said(days.iter().flatten().last()));
    chart::spark(&values, &t.a2("quality-trend-said", "first", first, "last", last))
}

/// The score of a domain or source.
#[derive(Debug, Clone)]
pub struct ScoreRow {
    /// Its name.
    pub name: String,
    /// The list of its rules, or its page.
    pub href: String,
    /// Its score.
    pub points: Points,
    /// The score of the last 30 days in tenths, oldest first.
    pub trend: Vec<Option<i64>>,
    /// How many rules fail.
    pub failing: i64,
    /// How many rules there are.
    pub rules: i64,
    /// How many of its datasets have a rule, of how many.
    pub covered: (i64, i64),
}

impl ScoreRow {
    pub(crate) fn spark(&self, t: &T) -> Drawn {
        trend(&self.trend, t)
    }
}

/// A dataset with a low score.
#[derive(Debug, Clone)]
pub struct WorstRow {
    /// The dataset.
    pub link: DatasetLink,
    /// How its rules stand.
    pub badge: Badge,
    /// The score of the last 30 days in tenths, oldest first.
    pub trend: Vec<Option<i64>>,
    /// Who answers for it.
    pub owner: Option<crate::parts::Subject>,
    /// How many datasets read it, over all hops; `None` where nothing is known.
    pub downstream: Option<i64>,
}

impl WorstRow {
    pub(crate) fn spark(&self, t: &T) -> Drawn {
        trend(&self.trend, t)
    }
}

/// How many of some datasets have rules.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Which: [`IMPORTANCE`].
    pub what: Message,
    /// With a rule.
    pub covered: i64,
    /// Of so many.
    pub total: i64,
}

impl Coverage {
    pub(crate) fn bar(&self) -> Bar {
        Bar(crate::percent(self.covered, self.total))
    }
}

/// The keys of [`Coverage::what`].
pub const IMPORTANCE: [&str; 3] =
    // `n`: at least so many datasets read them.
    ["quality-importance-many", "quality-importance-some", "quality-importance-none"];
