//! Rules that fail where what they measured is unusual: judged by their own earlier results, the crate `bounds` says how. While too
//! little is known nothing is unusual.

use super::due::Due;
use super::learned::{BACK, JUDGED, alike, options, sensitivity, text};
use super::pages::{of_figures as value, unit};
use super::result::Found;
use super::store::Kept;
use super::words;
use crate::error::{Failure, Result};
use bounds::{Alarm, Judgement, News, Options, Point, Verdict as Side, Watch};
use cadastre_frontend::quality::Unit;
use cadastre_model::Message;
use chrono::{DateTime, Utc};
use rules::{Rule, Usual, Verdict, Why};
use sqlx::PgConnection;

/// Looks at what was found by the rules' own histories, and has what is unusual fail. `at` is when it was measured.
pub(super) async fn judge(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    due: &[(Kept, Vec<Due>)],
    found: &mut [Found],
) -> Result<()> {
    for ((kept, _), found) in due.iter().zip(found) {
        let rule = &kept.facts.rule;
        let holds = matches!(found.outcome.verdict, Verdict::Pass | Verdict::Warn);
        if sensitivity(rule.learned).is_none() || !holds {
            continue;
        }
        let Some(value) = measured(rule, found) else { continue };
        let points = earlier(conn, kept).await?;
        let options = options(rule);
        let judgement = tokio::task::spawn_blocking(move || last(&points, Point::new(&at, value), options));
        if let Some(why) = unusual(&judgement.await.map_err(Failure::internal)?) {
            tell(found, why, unit(rule));
        }
    }
    Ok(())
}

/// What was measured, in the rule's unit.
fn measured(rule: &Rule, found: &Found) -> Option<f64> {
    let count = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
    let outcome = &found.outcome;
    value(unit(rule), outcome.value, count(outcome.failing), count(outcome.rows))
        .filter(|value| value.is_finite())
}

/// A result: when it was, what was measured, how many rows failed, of how many.
type Before = (DateTime<Utc>, Option<f64>, Option<i64>, Option<i64>);

/// What the rule measured before, oldest first, as long as it measured the same.
async fn earlier(conn: &mut PgConnection, kept: &Kept) -> Result<Vec<Point>> {
    let rule = &kept.facts.rule;
    let alike = alike(&mut *conn, kept).await?;
    let rows: Vec<Before> = sqlx::query_as(
        "select o.at, o.value, o.failing, o.row_count
         from rule_results o
         where o.rule_id = $1 and o.verdict = any($4) and o.version = any($2)
         order by o.at desc limit $3",
    )
    .bind(kept.id.0)
    .bind(alike)
    .bind(BACK)
    .bind(JUDGED.as_slice())
    .fetch_all(conn)
    .await?;
    let point = |(at, number, failing, rows): (DateTime<Utc>, Option<f64>, Option<i64>, Option<i64>)| {
        Some(Point::new(&at, value(unit(rule), number, failing, rows)?))
    };
    Ok(rows.into_iter().rev().filter_map(point).collect())
}

/// The judgement of the last of these points, each by what came before it only.
fn last(points: &[Point], now: Point, options: Options) -> Judgement {
    let mut watch = Watch::new(options);
    for point in points {
        watch.push(*point);
    }
    watch.push(now)
}

/// Why a value is unusual, if it is: an event begins with it, or goes on.
fn unusual(judgement: &Judgement) -> Option<Why> {
    let band = judgement.band?;
    let goes_on = matches!(judgement.verdict, Side::Outside(_))
        && matches!(judgement.news, Some(News::GoesOn { .. } | News::Shifted(_)));
    let together = match judgement.alarm {
        Some(Alarm::Together { .. } | Alarm::Drift { .. }) => true,
        Some(Alarm::Outside { .. } | Alarm::Impossible) => false,
        Some(Alarm::Missing { .. }) | None if goes_on => false,
        Some(Alarm::Missing { .. }) | None => return None,
    };
    let usual = Usual { lower: band.lower, expected: band.expected, upper: band.upper };
    Some(Why::Unusual { value: judgement.value, usual, together })
}

/// What is unusual fails, and says what was usual then.
fn tell(found: &mut Found, why: Why, unit: Unit) {
    found.message = Some(match &why {
        Why::Unusual { value, usual, .. } => Message::new(why.message().key)
            .arg("value", text(*value, unit))
            .arg("low", text(usual.lower, unit))
            .arg("high", text(usual.upper, unit)),
        other => words::message(other.message()),
    });
    found.outcome.verdict = Verdict::Fail;
    found.outcome.why = Some(why);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::learned::domain;
    use chrono::TimeDelta;

    fn days(values: impl IntoIterator<Item = f64>) -> Vec<Point> {
        let start = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let at = |day: usize| start + TimeDelta::days(i64::try_from(day).unwrap_or(0));
        values.into_iter().enumerate().map(|(day, value)| Point { at: at(day), value }).collect()
    }

    fn why(values: Vec<f64>) -> Option<Why> {
        let mut points = days(values);
        let now = points.pop()?;
        let options = Options { domain: domain(Unit::Rows), missing: false, ..Options::default() };
        unusual(&last(&points, now, options))
    }

    /// 1,000 rows, a few more or fewer.
    fn usual(n: usize) -> Vec<f64> {
        (0..n).map(|day| 1_000.0 + [0.0, 7.0, -5.0, 3.0, -8.0][day % 5]).collect()
    }

    #[test]
    fn what_is_far_out_is_unusual_and_says_what_was_usual() {
        assert_eq!(why(usual(60)), None);
        let told = why([usual(60), vec![400.0]].concat());
        let Some(Why::Unusual { value, usual, together }) = told else { panic!("{told:?}") };
        assert!(value == 400.0 && !together);
        assert!(
            (900.0..1_000.0).contains(&usual.lower) && (1_000.0..1_100.0).contains(&usual.upper),
            "{usual:?}"
        );
    }

    #[test]
    fn it_goes_on_until_the_value_is_back_or_the_level_has_shifted() {
        assert!(why([usual(60), vec![400.0, 410.0]].concat()).is_some());
        assert_eq!(why([usual(60), vec![400.0], usual(3)].concat()), None, "it is back");
        assert_eq!(why([usual(60), vec![400.0; 12]].concat()), None, "the level is that now");
    }

    #[test]
    fn nothing_is_unusual_while_too_little_is_known() {
        assert_eq!(why(vec![1_000.0, 1_001.0, 999.0, 5.0]), None);
    }
}
