//! What is usual for a rule's measure, learned from its own results by the crate `bounds`, and why, in sentences.

use super::pages::unit;
use super::store::Kept;
use crate::error::{Failure, Result};
use bounds::{Cause, Domain, Grounds, Options, Sensitivity, Stage, Wider};
use cadastre_frontend::quality::Unit;
use cadastre_frontend::quality::measure::{number, share};
use cadastre_model::Message;
use rules::{Learned, Rule, Schedule};
use sqlx::PgConnection;

/// Earlier results that are looked at: a year of days, three weeks of hours.
pub(super) const BACK: i64 = 500;

/// How what a rule measures is judged: in its unit, by the calendar of its schedule, as readily as it says.
pub(super) fn options(rule: &Rule) -> Options {
    let zone = match &rule.schedule {
        Schedule::Cron { zone, .. } => zone.parse().unwrap_or_default(),
        Schedule::OnRequest | Schedule::AfterUpdate => chrono_tz::Tz::UTC,
    };
    let sensitivity = sensitivity(rule.learned).unwrap_or_default();
    Options { zone, domain: domain(unit(rule)), sensitivity, missing: false, ..Options::default() }
}

/// How readily a rule fails for what is unusual; not at all where it does not say.
pub(super) const fn sensitivity(learned: Learned) -> Option<Sensitivity> {
    match learned {
        Learned::Off => None,
        Learned::Low => Some(Sensitivity::LOW),
        Learned::Normal => Some(Sensitivity::NORMAL),
        Learned::High => Some(Sensitivity::HIGH),
    }
}

/// The verdicts of results from which is learned.
pub(super) const JUDGED: [&str; 3] = ["pass", "warn", "fail"];

/// The versions of a rule that measured what it measures now.
pub(super) async fn alike(conn: &mut PgConnection, kept: &Kept) -> Result<Vec<i32>> {
    let definition = serde_json::to_value(&kept.facts.rule).map_err(Failure::internal)?;
    Ok(sqlx::query_scalar(
        "select number from rule_facts
         where rule_id = $1
           and definition -> 'check' = $2::jsonb -> 'check'
           and definition -> 'where' is not distinct from $2::jsonb -> 'where'
           and definition -> 'nulls' is not distinct from $2::jsonb -> 'nulls'",
    )
    .bind(kept.id.0)
    .bind(definition)
    .fetch_all(conn)
    .await?)
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

/// How far the learning has come, where it has not come to its end.
pub(super) fn stage(stage: Stage) -> Vec<Message> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_rule_is_judged_by_the_calendar_of_its_schedule() {
        let zone = |schedule: Value| {
            let rule =
                json!({ "name": "rows", "check": { "row_count": { "min": 1 } }, "schedule": schedule });
            options(&rules::read(&rule).expect("a rule")).zone
        };
        assert_eq!(zone(json!({ "cron": "0 4 * * *", "zone": "Asia/Shanghai" })), chrono_tz::Asia::Shanghai);
        assert_eq!(zone(json!("after update")), chrono_tz::UTC);
    }
}
