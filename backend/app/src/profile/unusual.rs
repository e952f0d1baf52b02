//! Figures of the newest profile that are none that is usual, by the profiles before it.

use super::show::{ColumnPast, ColumnShown, Latest, Past};
use crate::error::{Failure, Result};
use crate::quality::learned::{domain, said, text};
use bounds::{Options, Point, Verdict, learn};
use cadastre_frontend::quality::Unit;
use cadastre_model::Message;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A figure outside of what was expected of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Unusual {
    /// `rows`, `null_share` or `distinct`.
    pub(crate) figure: Figure,
    /// What it is.
    pub(crate) value: f64,
    /// The least that was expected.
    pub(crate) low: f64,
    /// The most that was expected.
    pub(crate) high: f64,
    /// Why, a sentence each, for people.
    #[serde(skip)]
    pub(crate) grounds: Vec<Message>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Figure {
    /// Rows of the dataset.
    Rows,
    /// Share of rows without a value.
    NullShare,
    /// Different values.
    Distinct,
}

impl Figure {
    const fn unit(self) -> Unit {
        match self {
            Self::Rows | Self::Distinct => Unit::Rows,
            Self::NullShare => Unit::Share,
        }
    }
}

impl Unusual {
    /// What there is to say of it.
    pub(crate) fn message(&self) -> Message {
        let text = |value: f64| text(value, self.figure.unit());
        Message::new("profile-unusual").arg("low", text(self.low)).arg("high", text(self.high))
    }
}

/// Marks what is unusual in the newest profile; `past` are the profiles with it, the newest first.
pub(super) async fn mark(mut latest: Latest, past: Vec<Past>) -> Result<Latest> {
    let marked = tokio::task::spawn_blocking(move || {
        latest.unusual = of(Figure::Rows, past.iter().map(|past| (past.at, float(past.rows))));
        let is_sample = latest.profile.sample.is_some();
        for column in &mut latest.columns {
            column.unusual = of_column(column, &past, is_sample);
        }
        latest
    });
    marked.await.map_err(Failure::internal)
}

fn of_column(column: &ColumnShown, past: &[Past], is_sample: bool) -> Vec<Unusual> {
    // What is estimated is not held against what was counted.
    let alike =
        |one: &&ColumnPast| past.iter().any(|past| past.at == one.at && past.sample.is_some() == is_sample);
    let nulls = column.history.iter().filter_map(|one| Some((one.at, one.null_share?)));
    let distinct = column.history.iter().filter(alike).filter_map(|one| Some((one.at, float(one.distinct?))));
    of(Figure::NullShare, nulls).into_iter().chain(of(Figure::Distinct, distinct)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are judged as numbers")]
const fn float(count: i64) -> f64 {
    count as f64
}

/// The newest of these figures, where it lies outside of what those before it let expect.
fn of(figure: Figure, newest_first: impl Iterator<Item = (DateTime<Utc>, f64)>) -> Option<Unusual> {
    let mut points: Vec<Point> = newest_first.map(|(at, value)| Point::new(&at, value)).collect();
    points.reverse();
    let now = points.pop()?;
    let options = Options { domain: domain(figure.unit()), missing: false, ..Options::default() };
    let model = learn(&points, options);
    let judgement = model.judge(now);
    let band = judgement.band.filter(|_| matches!(judgement.verdict, Verdict::Outside(_)))?;
    let days = points.first().map_or(0, |first| (now.at - first.at).num_days());
    let grounds = model.bounds_at(now.at).map(|bounds| said(&bounds.grounds, figure.unit(), days));
    Some(Unusual {
        figure,
        value: now.value,
        low: band.lower,
        high: band.upper,
        grounds: grounds.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    /// The newest first, a day apart.
    fn daily(values: &[f64]) -> impl Iterator<Item = (DateTime<Utc>, f64)> {
        let newest = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let at = move |day: usize| newest - TimeDelta::days(i64::try_from(day).unwrap_or(0));
        values.iter().rev().enumerate().map(move |(day, value)| (at(day), *value))
    }

    #[test]
    fn a_share_that_leaps_is_unusual_and_says_why() {
        let mut shares: Vec<f64> = (0..30).map(|day| 0.02 + 0.001 * f64::from(day % 4)).collect();
        assert_eq!(of(Figure::NullShare, daily(&shares)), None);
        shares.push(0.4);
        let told = of(Figure::NullShare, daily(&shares)).unwrap();
        assert!(told.value == 0.4 && told.low < 0.021 && told.high < 0.1, "{told:?}");
        assert!(!told.grounds.is_empty());
    }

    #[test]
    fn of_a_few_profiles_nothing_is_unusual() {
        assert_eq!(of(Figure::Rows, daily(&[100.0, 101.0, 99.0, 5.0])), None);
        assert_eq!(of(Figure::Rows, daily(&[])), None);
    }
}
