//! Beside the graph: what is affected, by hop; how a column is computed; the scores with their formula.

use chrono::{DateTime, Utc};

use crate::Message;
use crate::jobs::code::Code;
use crate::lineage::{ColumnLink, Confidence, DatasetLink, How, JobLink, Maker};
use crate::parts::Subject;
use crate::quality::Badge;

/// What the dataset or the column in focus affects, as far as the reader sees it.
#[derive(Debug, Clone, Default)]
pub struct Impact {
    /// How many datasets read it, over all hops.
    pub datasets: i64,
    /// How many people and teams own them.
    pub owners: i64,
    /// The datasets by hop, the nearest first.
    pub hops: Vec<ImpactHop>,
}

/// What is affected at one distance.
#[derive(Debug, Clone)]
pub struct ImpactHop {
    /// How far down, from 1.
    pub hop: i64,
    /// How many there are.
    pub count: i64,
    /// The first of them, by reach.
    pub rows: Vec<ImpactRow>,
}

impl ImpactHop {
    /// How many are not shown here; the table has all.
    #[must_use]
    pub fn more(&self) -> i64 {
        self.count - i64::try_from(self.rows.len()).unwrap_or(i64::MAX)
    }
}

/// Something that is affected.
#[derive(Debug, Clone)]
pub struct ImpactRow {
    /// The dataset.
    pub link: DatasetLink,
    /// Its column, where a column is in focus.
    pub column: Option<ColumnLink>,
    /// Who answers for it.
    pub owners: Vec<Subject>,
    /// How its rules stand; `None` where it has none.
    pub quality: Option<Badge>,
}

/// How one edge comes about.
#[derive(Debug, Clone)]
pub struct Computed {
    /// What is computed.
    pub to: (DatasetLink, Option<ColumnLink>),
    /// From what.
    pub from: (DatasetLink, Option<ColumnLink>),
    /// How.
    pub hows: Vec<How>,
    /// The job; `None` for an edge drawn by hand.
    pub job: Option<JobLink>,
    /// The number of the job's version.
    pub version: Option<i64>,
    /// Which statement of the definition, from 1.
    pub statement: Option<i64>,
    /// In which line the expression begins, from 1: the link to the job's page leads there.
    pub line: Option<i64>,
    /// The lines around it with the expression marked; `None` where there is no text, or the reader may not see all that
    /// it names.
    pub code: Option<Code>,
    /// Whether there is a text that the reader may not see.
    pub is_withheld: bool,
    /// Who says so.
    pub maker: Maker,
    /// How sure it is.
    pub confidence: Confidence,
    /// When it was first and last seen.
    pub seen: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Why, in the words of who drew it.
    pub note: Option<String>,
    /// Who drew it.
    pub by: Option<Subject>,
}

/// How far something reaches: the sum over hops of datasets × weight.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// How many datasets there are at 1, 2, 3 … hops down, and what each of them counts, in hundredths.
    pub hops: Vec<(i64, i64)>,
}

impl Reach {
    /// The score in hundredths.
    #[must_use]
    pub fn hundredths(&self) -> i64 {
        self.hops.iter().map(|(count, weight)| count.saturating_mul(*weight)).sum()
    }

    /// The score, as `12.5`.
    #[must_use]
    pub fn score(&self) -> String {
        decimal(self.hundredths())
    }

    /// The formula with its figures, as `2 × 1 + 9 × 0.5`.
    #[must_use]
    pub fn formula(&self) -> String {
        let terms = self
            .hops
            .iter()
            .map(|(count, weight)| format!("{} × {}", crate::grouped(*count), decimal(*weight)));
        terms.collect::<Vec<_>>().join(" + ")
    }
}

fn decimal(hundredths: i64) -> String {
    let text = format!("{}.{:02}", crate::grouped(hundredths / 100), hundredths.rem_euclid(100));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Something that brings lineage in, and when it last did.
#[derive(Debug, Clone)]
pub struct Collector {
    /// What it is: `collector-crawl`, `collector-jobs`, `collector-openlineage`, `collector-dbt` … with its arguments.
    pub name: Message,
    /// When it last ran; `None`: never.
    pub last: Option<DateTime<Utc>>,
    /// What came of it.
    pub outcome: Option<Message>,
}

/// The keys of what brings lineage in: [`Collector::name`].
pub const COLLECTORS: [&str; 5] =
    ["collector-crawl", "collector-jobs", "collector-openlineage", "collector-dbt", "collector-config"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reach_is_the_sum_that_its_formula_says() {
        let reach = Reach { hops: vec![(2, 100), (9, 50), (1_200, 25)] };
        assert_eq!(reach.formula(), "2 × 1 + 9 × 0.5 + 1,200 × 0.25");
        assert_eq!(reach.score(), "306.5");
        assert_eq!(Reach::default().score(), "0");
    }
}
