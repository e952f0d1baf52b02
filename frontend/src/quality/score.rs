//! Scores, counts and the badge.
//!
//! The score: each rule that has a result counts its weight ([`Gravity::weight`]: low 1, medium 2, high 3) times what its last
//! run is worth ([`Points::WORTH`]: pass and held 1, warning ½, fail 0). Rules without a result (error, nothing to compare
//! with, never run), muted and disabled ones do not count. The score is what was earned of what could be, in per cent; of a
//! dimension by its rules, of a dataset by all its rules, of a domain or source by all rules of its datasets.

use crate::markup::{Meter, Status, Tone};
use crate::quality::{Dimension, Gravity, RuleState};
use crate::{T, href};

/// What was earned of what could be, in halves of a point, so that a warning is a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Points {
    /// Earned, in halves.
    pub earned: i64,
    /// What could be, in halves.
    pub possible: i64,
}

impl Points {
    /// What a result is worth, in halves of the weight; `None`: it does not count.
    #[must_use]
    pub const fn worth(state: RuleState) -> Option<i64> {
        match state {
            RuleState::Passing | RuleState::Held => Some(2),
            RuleState::Warning => Some(1),
            RuleState::Failing => Some(0),
            RuleState::Error
            | RuleState::Open
            | RuleState::NotRun
            | RuleState::Muted
            | RuleState::Disabled => None,
        }
    }

    /// The points of some rules.
    #[must_use]
    pub fn of(rules: impl IntoIterator<Item = (Gravity, RuleState)>) -> Self {
        rules.into_iter().fold(Self::default(), |sum, (gravity, state)| match Self::worth(state) {
            Some(worth) => Self {
                earned: sum.earned + worth * gravity.weight(),
                possible: sum.possible + 2 * gravity.weight(),
            },
            None => sum,
        })
    }

    /// The score in tenths of a per cent; `None` where nothing counts. Never 100 where not all was earned.
    #[must_use]
    pub fn tenths(&self) -> Option<i64> {
        match (self.earned.max(0), self.possible) {
            (_, ..=0) => None,
            (earned, possible) if earned >= possible => Some(1000),
            (0, _) => Some(0),
            (earned, possible) => Some((earned * 1000 / possible).clamp(1, 999)),
        }
    }

    /// The score as `91.4`; `–` where nothing counts.
    #[must_use]
    pub fn score(&self) -> String {
        self.tenths().map_or_else(|| "–".to_owned(), tenths)
    }

    /// For a bar, in per cent.
    pub(crate) fn percent(&self) -> i64 {
        self.tenths().unwrap_or_default() / 10
    }

    /// Earned, in whole or half points.
    pub(crate) fn earned_text(&self) -> String {
        halves(self.earned)
    }

    pub(crate) fn possible_text(&self) -> String {
        halves(self.possible)
    }
}

fn halves(n: i64) -> String {
    format!("{}{}", crate::grouped(n / 2), if n % 2 == 0 { "" } else { ".5" })
}

/// `914` as `91.4`, `1000` as `100`.
pub(crate) fn tenths(n: i64) -> String {
    if n % 10 == 0 { (n / 10).to_string() } else { format!("{}.{}", n / 10, n % 10) }
}

/// The score of a dataset, today and yesterday, with its dimensions.
#[derive(Debug, Clone, Default)]
pub struct Score {
    /// Of all its rules, now.
    pub now: Points,
    /// Of all its rules, a day ago; `None` where nothing is known of then.
    pub yesterday: Option<Points>,
    /// One for each dimension, in any order; what is missing has no rule.
    pub dimensions: Vec<DimensionScore>,
}

impl Score {
    /// All six, in their order; with nothing for those without rules.
    pub(crate) fn all(&self) -> Vec<DimensionScore> {
        let of = |dimension: &Dimension| {
            let found = self.dimensions.iter().find(|one| one.dimension == *dimension).copied();
            found.unwrap_or_else(|| DimensionScore::none(*dimension))
        };
        Dimension::ALL.iter().map(of).collect()
    }
}

/// The score of a dimension.
#[derive(Debug, Clone, Copy)]
pub struct DimensionScore {
    /// Which.
    pub dimension: Dimension,
    /// Of its rules.
    pub points: Points,
    /// How many rules measure it.
    pub rules: i64,
    /// How many of them fail.
    pub failing: i64,
    /// How many warn.
    pub warning: i64,
}

impl DimensionScore {
    const fn none(dimension: Dimension) -> Self {
        Self { dimension, points: Points { earned: 0, possible: 0 }, rules: 0, failing: 0, warning: 0 }
    }

    pub(crate) fn bar(&self) -> Meter {
        Meter(self.points.percent(), self.tone())
    }

    pub(crate) const fn tone(&self) -> Tone {
        match (self.failing, self.warning, self.points.possible) {
            (1.., ..) => Tone::Fail,
            (_, 1.., _) => Tone::Warn,
            (_, _, 1..) => Tone::Pass,
            _ => Tone::None,
        }
    }

    /// The key of the line below and its counts: how many of how many.
    pub(crate) const fn said(&self) -> (&'static str, i64, i64) {
        match (self.failing, self.warning) {
            (1.., _) => ("quality-of-failing", self.failing, self.rules),
            (_, 1..) => ("quality-of-warning", self.warning, self.rules),
            _ if self.rules == 0 => ("quality-of-none", 0, 0),
            _ if self.points.possible == 0 => ("quality-of-unmeasured", self.rules, self.rules),
            _ => ("quality-of-passing", self.rules, self.rules),
        }
    }
}

/// How many rules stand how.
#[derive(Debug, Clone, Default)]
pub struct Counts(pub Vec<(RuleState, i64)>);

impl Counts {
    /// How many stand so.
    #[must_use]
    pub fn of(&self, state: RuleState) -> i64 {
        self.0.iter().filter(|(of, _)| *of == state).map(|(_, n)| n).sum()
    }

    /// All.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.0.iter().map(|(_, n)| n).sum()
    }

    pub(crate) fn total_text(&self) -> String {
        crate::grouped(self.total())
    }

    /// Those with any, in the order of the states.
    pub(crate) fn some(&self) -> Vec<(RuleState, i64)> {
        let counted = RuleState::ALL.iter().map(|state| (*state, self.of(*state)));
        counted.filter(|(_, n)| *n > 0).collect()
    }
}

/// How the rules of a dataset stand, in one word: for rows of a search, nodes of the lineage, the head of a dataset.
/// Drawn by the macro `badge` of `quality/ui.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Badge {
    /// How many rules count: those that are switched off or muted do not. Nought: the badge says so.
    pub rules: i64,
    /// How many fail or could not be measured.
    pub failing: i64,
    /// How many warn.
    pub warning: i64,
    /// How many have no result yet.
    pub unmeasured: i64,
    /// The score.
    pub points: Points,
}

impl Badge {
    /// Its tone; the mark of a node in the lineage too ([`crate::lineage::graph`] takes a [`Status`]).
    #[must_use]
    pub const fn tone(&self) -> Tone {
        match (self.failing, self.warning) {
            (1.., _) => Tone::Fail,
            (_, 1..) => Tone::Warn,
            _ if self.passing() == 0 => Tone::None,
            _ => Tone::Pass,
        }
    }

    const fn passing(&self) -> i64 {
        self.rules - self.failing - self.warning - self.unmeasured
    }

    /// Shape, word and colour: `2 failing`, `1 warning`, `18 passing`, `no rules`.
    #[must_use]
    pub fn status(&self, t: &T) -> Status {
        let word = match self.tone() {
            Tone::Fail => t.n("quality-badge-failing", self.failing),
            Tone::Warn => t.n("quality-badge-warning", self.warning),
            Tone::Pass => t.n("quality-badge-passing", self.passing()),
            _ if self.rules == 0 => t.s("quality-badge-none"),
            _ => t.n("quality-badge-unmeasured", self.rules),
        };
        Status { tone: self.tone(), word }
    }

    /// Where it leads: the tab Quality of the dataset.
    pub(crate) fn href(id: &str) -> String {
        href::dataset_tab(id, href::DatasetTab::Quality)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_what_its_text_says() {
        use Gravity::{High, Low, Medium};
        use RuleState::{Error, Failing, Held, Muted, NotRun, Passing, Warning};
        let points = Points::of([(High, Passing), (Medium, Warning), (Low, Failing), (High, Muted)]);
        assert_eq!(points, Points { earned: 8, possible: 12 });
        assert_eq!((points.score().as_str(), points.earned_text().as_str()), ("66.6", "4"));
        assert_eq!(Points::of([(High, Error), (Low, NotRun)]).score(), "–");
        assert_eq!(Points::of([(High, Held)]).score(), "100");
        assert_eq!(Points { earned: 1_999_999, possible: 2_000_000 }.score(), "99.9");
        assert_eq!(Points { earned: 1, possible: 2_000_000 }.score(), "0.1");
    }

    #[test]
    fn a_badge_says_the_worst() {
        let t = T::new(crate::Language::En, chrono_tz::UTC, chrono::DateTime::UNIX_EPOCH);
        let badge = |failing, warning, unmeasured| {
            let badge = Badge { rules: 5, failing, warning, unmeasured, points: Points::default() };
            let status = badge.status(&t);
            (status.tone, status.word)
        };
        let said = |tone, word: &str| (tone, word.to_owned());
        assert_eq!(badge(1, 2, 0), said(Tone::Fail, "1 failing"));
        assert_eq!(badge(0, 2, 0), said(Tone::Warn, "2 warnings"));
        assert_eq!(
            badge(0, 0, 1),
            said(Tone::Pass, "4 rules passing"),
            "one that was not measured passes nothing"
        );
        assert_eq!(badge(0, 0, 5).0, Tone::None);
        assert_eq!(Badge::default().tone(), Tone::None);
    }
}
