//! From a JSON value to a rule.

use super::members::{Faults, Members, Node};
use super::read_check::check;
use super::values::{Limit, Tolerance};
use super::{Check, Dimension, Kind, Learned, Nulls, Rule, Schedule, Severity};
use crate::fault::{Fault, Wrong};
use serde_json::Value;

/// The members of a rule.
const MEMBERS: &[&str] = &[
    "name",
    "title",
    "check",
    "where",
    "nulls",
    "tolerance",
    "severity",
    "learned",
    "dimension",
    "owner",
    "watermark",
    "sample",
    "correction",
    "schedule",
];

/// Reads a rule.
///
/// ```
/// let value = serde_json::json!({"name": "id-there", "check": {"not_null": "id"}});
/// assert_eq!(rules::read(&value).map(|rule| rule.name), Ok("id-there".to_owned()));
///
/// let value = serde_json::json!({"name": "id-there", "check": {"not_null": "id"}, "severty": "low"});
/// let faults = rules::read(&value).unwrap_err();
/// assert!(faults[0].to_string().starts_with("`severty` is not known here; known are name, title, check"));
/// ```
///
/// # Errors
///
/// Everything that is wrong with it. SQL and columns are looked at when the dataset is known ([`crate::check`]).
pub fn read(value: &Value) -> Result<Rule, Vec<Fault>> {
    let mut faults = Faults::default();
    match rule(&mut faults, &Node::new(value, "")) {
        Some(rule) if faults.0.is_empty() => Ok(rule),
        _ => Err(faults.0),
    }
}

/// Reads a rule; `None` only with a fault noted.
pub(super) fn rule(faults: &mut Faults, node: &Node<'_>) -> Option<Rule> {
    let members = node.members(faults, MEMBERS)?;
    let name = members.need(faults, "name").and_then(|node| node.name(faults));
    let check = members.need(faults, "check").and_then(|node| check(faults, &node));
    let text = |faults: &mut Faults, name| members.get(name).and_then(|node| node.text(faults));
    let rule = Rule {
        name: name.unwrap_or_default(),
        title: text(faults, "title"),
        filter: text(faults, "where"),
        owner: text(faults, "owner"),
        watermark: text(faults, "watermark"),
        correction: text(faults, "correction"),
        nulls: nulls(faults, &members),
        tolerance: tolerance(faults, &members),
        severity: members
            .get("severity")
            .and_then(|node| node.word(faults, &Severity::ALL, Severity::as_str))
            .unwrap_or_default(),
        learned: members
            .get("learned")
            .and_then(|node| node.word(faults, &Learned::ALL, Learned::as_str))
            .unwrap_or_default(),
        dimension: members
            .get("dimension")
            .and_then(|node| node.word(faults, &Dimension::ALL, Dimension::as_str)),
        sample: members.get("sample").and_then(|node| node.flag(faults)).unwrap_or(true),
        schedule: members.get("schedule").and_then(|node| schedule(faults, &node)).unwrap_or_default(),
        check: check?,
    };
    fitting(faults, &members, &rule);
    Some(rule)
}

/// Members that mean nothing for the kind of check are faults: they would be believed to do something.
fn fitting(faults: &mut Faults, members: &Members<'_>, rule: &Rule) {
    let kind = rule.check.kind();
    let mut only = |member: &str, fits: bool| {
        if let Some(node) = members.get(member).filter(|_| !fits) {
            faults.note(&node.at, Wrong::NotFor { check: kind.as_str().to_owned() });
        }
    };
    only("nulls", kind.is_by_row() && kind != Kind::NotNull);
    only("tolerance", kind.counts_rows());
    only("where", !matches!(kind, Kind::Sql | Kind::Schema));
    only("sample", kind.counts_rows());
    only("learned", kind.has_course());
    if let Some(node) = members.get("watermark").filter(|_| !by_watermark(&rule.check)) {
        faults.note(&node.at, Wrong::NotByWatermark);
    }
}

/// Whether a row that was looked at once needs no second look.
pub(crate) fn by_watermark(check: &Check) -> bool {
    check.kind().goes_by_watermark() && !matches!(check, Check::Accepted(accepted) if accepted.from.is_some())
}

fn nulls(faults: &mut Faults, members: &Members<'_>) -> Nulls {
    let word = |nulls| match nulls {
        Nulls::Pass => "pass",
        Nulls::Fail => "fail",
    };
    members
        .get("nulls")
        .and_then(|node| node.word(faults, &[Nulls::Pass, Nulls::Fail], word))
        .unwrap_or_default()
}

fn tolerance(faults: &mut Faults, members: &Members<'_>) -> Tolerance {
    let Some(node) = members.get("tolerance") else { return Tolerance::NONE };
    if !node.value.is_object() {
        let fail = node.limit(faults).unwrap_or(Limit::Rows(0));
        return Tolerance { warn: None, fail };
    }
    let Some(members) = node.members(faults, &["warn", "fail"]) else { return Tolerance::NONE };
    let warn = members.get("warn").and_then(|node| node.limit(faults));
    let fail = members.need(faults, "fail").and_then(|node| node.limit(faults));
    let fail = fail.unwrap_or(Limit::Rows(0));
    let above = match (warn, fail) {
        (Some(Limit::Rows(warn)), Limit::Rows(fail)) => warn > fail,
        (Some(Limit::Share(warn)), Limit::Share(fail)) => warn > fail,
        _ => false,
    };
    if above {
        faults.note(&node.at, Wrong::Empty);
    }
    Tolerance { warn, fail }
}

fn schedule(faults: &mut Faults, node: &Node<'_>) -> Option<Schedule> {
    if node.value.is_object() {
        let members = node.members(faults, &["cron", "zone"])?;
        let cron = members.need(faults, "cron").and_then(|node| node.text(faults));
        let zone = members.get("zone").and_then(|node| node.zone(faults));
        return Some(Schedule::Cron { cron: cron?, zone: zone.unwrap_or_else(|| "UTC".to_owned()) });
    }
    let words = ["on request", "after update"];
    let word = node.word(faults, &words, |word| word)?;
    Some(if word == "after update" { Schedule::AfterUpdate } else { Schedule::OnRequest })
}
