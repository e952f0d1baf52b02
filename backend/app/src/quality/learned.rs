//! What is usual for a rule's measure, learned from its own results by the crate `bounds`, and why, in sentences.

use bounds::{Cause, Domain, Grounds, Options, Point as Value, Stage, Wider, judge_series, learn};
use cadastre_frontend::quality::measure::{number, share};
use cadastre_frontend::quality::tab::{Learned, Point};
use cadastre_frontend::quality::{Kind, Unit};
use cadastre_model::Message;
use rules::Rule;

/// The points with the band in which each was expected, by what came before it, and what was learned of all of them. Nothing is
/// learned for what has no course: an age that is held, columns as expected.
pub(super) fn of(rule: &Rule, unit: Unit, mut points: Vec<Point>) -> (Vec<Point>, Option<Learned>) {
    let kind = Kind::of_word(rule.check.kind().as_str());
    if kind.is_some_and(|kind| !kind.has_course()) {
        return (points, None);
    }
    let options = Options { domain: domain(unit), ..Options::default() };
    let values: Vec<Value> =
        points.iter().filter_map(|point| Some(Value::new(&point.at, point.value?))).collect();
    let judged = judge_series(&values, options);
    let measured = points.iter_mut().filter(|point| point.value.is_some());
    for (point, judgement) in measured.zip(judged) {
        point.band = judgement.band.map(|band| (band.lower, band.upper));
    }
    let learned = points.last().map(|last| {
        let model = learn(&values, options);
        let bounds = model.bounds_at(last.at);
        let days = match (model.basis().from, model.basis().to) {
            (Some(from), Some(to)) => (to - from).num_days(),
            _ => 0,
        };
        Learned {
            days,
            is_known: bounds.is_some(),
            grounds: bounds.map_or_else(|| stage(model.stage()), |bounds| said(&bounds.grounds, unit, days)),
        }
    });
    (points, learned)
}

/// What values a measure in a unit can have.
pub(crate) const fn domain(unit: Unit) -> Domain {
    match unit {
        Unit::Rows => Domain::Count,
        Unit::Share => Domain::Share,
        Unit::Seconds => Domain::NonNegative,
        Unit::Number => Domain::Unknown,
    }
}

/// A value or a difference of values, in the unit.
pub(crate) fn text(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Share => share(value),
        _ => number(value),
    }
}

fn effect(value: f64, unit: Unit) -> String {
    let sign = if value >= 0.0 { "+" } else { "−" };
    format!("{sign}{}", text(value.abs(), unit))
}

fn stage(stage: Stage) -> Vec<Message> {
    match stage {
        Stage::Learning(needs) => vec![Message::new("band-learning").arg("points", needs.points)],
        Stage::Provisional(needs) => {
            vec![
                Message::new("band-provisional")
                    .arg("days", needs.days_for_weekdays.max(needs.days_for_hours)),
            ]
        }
        Stage::Learned => Vec::new(),
    }
}

/// Why bounds lie where they lie, a sentence each; `days` is how long the history is.
pub(crate) fn said(grounds: &Grounds, unit: Unit, days: i64) -> Vec<Message> {
    let mut all = vec![Message::new("band-history").arg("points", grounds.history.points).arg("days", days)];
    all.push(Message::new("band-level").arg("level", text(grounds.level, unit)));
    if grounds.trend_a_day != 0.0 {
        all.push(Message::new("band-trend").arg("change", effect(grounds.trend_a_day, unit)));
    }
    for part in &grounds.parts {
        let message = match part.cause {
            Cause::Hour { hour, .. } => Message::new("band-hour").arg("hour", hour),
            Cause::Weekday { weekday } => Message::new("band-weekday").arg("weekday", weekday),
            Cause::HourOfWeek { weekday, hour } => {
                Message::new("band-hour-of-week").arg("weekday", weekday).arg("hour", hour)
            }
            Cause::Calendar { .. } => Message::new("band-calendar"),
            Cause::Echo => Message::new("band-echo"),
            Cause::Step => Message::new("band-step"),
        };
        all.push(message.arg("effect", effect(part.effect, unit)));
    }
    if grounds.history.aside > 0 {
        all.push(Message::new("band-aside").arg("n", grounds.history.aside));
    }
    if let Some(shift) = grounds.shift {
        let at = shift.at.format("%Y-%m-%d").to_string();
        let message = Message::new("band-shift").arg("at", at).arg("from", text(shift.from, unit));
        all.push(message.arg("to", text(shift.to, unit)));
    }
    all.extend(grounds.wider.iter().map(|wider| {
        Message::new(match wider {
            Wider::Gap => "band-wider-gap",
            Wider::NewLevel => "band-wider-new-level",
            Wider::Provisional => "band-wider-provisional",
            Wider::Unseen => "band-wider-unseen",
        })
    }));
    all.extend(stage(grounds.stage));
    all
}
