//! The course of what a rule measures: the points of its chart, and what is usual for them.

use super::shown;
use crate::app::App;
use crate::error::Result;
use crate::quality::learned::{BACK, JUDGED, alike, options, said, stage};
use crate::quality::read::{self, Eyes, Seen, Told};
use bounds::{Point as Value, judge_series, learn};
use cadastre_frontend::quality::Kind;
use cadastre_frontend::quality::tab::{Learned, Point};
use rules::Rule;

/// A chart has so many points.
const CHART: usize = 200;

/// What was measured lately.
pub(super) struct Course {
    /// The points, oldest first, each with the band in which it was expected by what came before it.
    pub(super) points: Vec<Point>,
    /// What was learned of all of them; nothing of what has no course: an age that is held, columns as expected.
    pub(super) learned: Option<Learned>,
    /// The results behind it and before it, newest first.
    pub(super) told: Vec<Told>,
}

/// The course of a rule. What is looked at is what its judgement looks at (`quality::unusual`).
pub(super) async fn of(app: &App, seen: &Seen, eyes: Eyes) -> Result<Course> {
    let rule = &seen.kept.facts.rule;
    let told = read::last(app, seen, eyes, BACK).await?;
    let alike = alike(&mut *app.db().web.acquire().await?, &seen.kept).await?;
    let bound = shown::bound(rule);
    let point = |told: &Told| Point {
        at: told.at,
        value: shown::value(rule, told),
        verdict: shown::verdict(&told.verdict),
        allowed: (bound.low, bound.high),
        band: None,
    };
    let mut points: Vec<Point> = told.iter().rev().map(point).collect();
    let has_course = Kind::of_word(rule.check.kind().as_str()).is_none_or(Kind::has_course);
    let learned = has_course.then(|| {
        let same = told
            .iter()
            .rev()
            .map(|told| alike.contains(&told.version) && JUDGED.contains(&told.verdict.as_str()));
        let measured = points.iter_mut().zip(same).filter(|(point, same)| *same && point.value.is_some());
        mark(rule, measured.map(|(point, _)| point).collect())
    });
    let points = points.split_off(points.len().saturating_sub(CHART));
    Ok(Course { points, learned: learned.flatten(), told })
}

/// Gives each point its band, and says what was learned.
fn mark(rule: &Rule, mut points: Vec<&mut Point>) -> Option<Learned> {
    let options = options(rule);
    let values: Vec<Value> =
        points.iter().filter_map(|point| Some(Value::new(&point.at, point.value?))).collect();
    for (point, judgement) in points.iter_mut().zip(judge_series(&values, options)) {
        point.band = judgement.band.map(|band| (band.lower, band.upper));
    }
    let last = points.last()?;
    let model = learn(&values, options);
    let bounds = model.bounds_at(last.at);
    let days = match (model.basis().from, model.basis().to) {
        (Some(from), Some(to)) => (to - from).num_days(),
        _ => 0,
    };
    Some(Learned {
        days,
        is_known: bounds.is_some(),
        grounds: bounds
            .map_or_else(|| stage(model.stage()), |bounds| said(&bounds.grounds, shown::unit(rule), days)),
    })
}
