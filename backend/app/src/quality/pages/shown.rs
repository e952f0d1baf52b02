//! A rule as lists show it: its state, what it measured, what is allowed.

use crate::catalog::owners::Subject;
use crate::catalog::pages::view;
use crate::quality::read::{Eyes, Seen, Told};
use cadastre_frontend::lineage::DatasetLink;
use cadastre_frontend::quality::{
    Bound, Dimension, Gravity, Held, HeldBy, Kind, Measure, Next, Points, RuleRow, RuleState, RunMark, Unit,
    Verdict,
};
use chrono::{DateTime, Utc};
use rules::{Bounds, Check, Decimal, Limit, Rule, Schedule};

/// How a rule stands.
pub(super) fn state(seen: &Seen, now: DateTime<Utc>) -> RuleState {
    let facts = &seen.kept.facts;
    if !facts.enabled {
        return RuleState::Disabled;
    }
    if facts.muted_until.is_some_and(|until| until > now) {
        return RuleState::Muted;
    }
    seen.results.first().map_or(RuleState::NotRun, of_result)
}

/// How a rule stood after a result.
pub(super) fn of_result(told: &Told) -> RuleState {
    match verdict(&told.verdict) {
        Verdict::Pass if told.held.is_some() => RuleState::Held,
        Verdict::Pass => RuleState::Passing,
        Verdict::Warn => RuleState::Warning,
        Verdict::Fail => RuleState::Failing,
        Verdict::Open => RuleState::Open,
        Verdict::Error | Verdict::Missed => RuleState::Error,
    }
}

/// A verdict by its word in the store.
pub(super) fn verdict(word: &str) -> Verdict {
    Verdict::of_word(word).unwrap_or(Verdict::Error)
}

pub(super) fn gravity(rule: &Rule) -> Gravity {
    Gravity::of_word(rule.severity.as_str()).unwrap_or(Gravity::Medium)
}

pub(super) fn dimension(rule: &Rule) -> Dimension {
    Dimension::of_word(rule.dimension().as_str()).unwrap_or(Dimension::Validity)
}

pub(super) fn kind(rule: &Rule) -> Kind {
    Kind::of_word(rule.check.kind().as_str()).unwrap_or(Kind::Sql)
}

/// In what a rule measures.
pub(in crate::quality) fn unit(rule: &Rule) -> Unit {
    match (&rule.check, rule.tolerance.fail) {
        (check, Limit::Share(_)) if check.kind().counts_rows() => Unit::Share,
        (Check::Freshness(_), _) => Unit::Seconds,
        (Check::Metric(_) | Check::Aggregates(_), _) => Unit::Number,
        _ => Unit::Rows,
    }
}

/// What a result measured, in the unit of its rule.
pub(super) fn value(rule: &Rule, told: &Told) -> Option<f64> {
    of_figures(unit(rule), told.value, told.failing, told.rows)
}

/// What was measured, in a unit.
pub(in crate::quality) fn of_figures(
    unit: Unit,
    value: Option<f64>,
    failing: Option<i64>,
    rows: Option<i64>,
) -> Option<f64> {
    if unit == Unit::Share {
        return match (failing, rows) {
            (Some(failing), Some(rows)) if rows > 0 => Some(float(failing) / float(rows)),
            (Some(0), _) => Some(0.0),
            _ => None,
        };
    }
    value
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are drawn and said as numbers")]
pub(super) const fn float(count: i64) -> f64 {
    count as f64
}

/// What a rule allows.
pub(super) fn bound(rule: &Rule) -> Bound {
    let unit = unit(rule);
    match &rule.check {
        check if check.kind().counts_rows() => Bound {
            unit,
            high: Some(limit(rule.tolerance.fail)),
            warn: rule.tolerance.warn.map(limit),
            ..Bound::default()
        },
        Check::RowCount(check) => of_bounds(unit, &check.bounds),
        Check::Metric(check) => of_bounds(unit, &check.bounds),
        Check::Freshness(check) => {
            Bound { unit, high: Some(seconds(check.max_age.as_seconds())), ..Bound::default() }
        }
        Check::Schema(_) | Check::GapFree(_) => Bound { unit, high: Some(0.0), ..Bound::default() },
        _ => Bound { unit, ..Bound::default() },
    }
}

fn limit(limit: Limit) -> f64 {
    match limit {
        Limit::Rows(rows) => seconds(rows),
        Limit::Share(_) => limit.share().unwrap_or_default(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is drawn and said as a number")]
const fn seconds(number: u64) -> f64 {
    number as f64
}

fn of_bounds(unit: Unit, bounds: &Bounds<Decimal>) -> Bound {
    let number = |one: &Option<Decimal>| one.as_ref().map(Decimal::to_f64);
    let (min, max) = (number(&bounds.min), number(&bounds.max));
    let is_strict = min.is_none() && max.is_none();
    let (low, high) = if is_strict { (number(&bounds.above), number(&bounds.below)) } else { (min, max) };
    Bound { unit, low, high, warn: None, is_strict }
}

/// The constraint that holds a rule.
pub(super) fn held(told: &Told) -> Option<Held> {
    let by = told.held_by.as_deref().and_then(HeldBy::of_word)?;
    Some(Held { by, name: told.held.clone()? })
}

/// A rule of a list.
pub(super) fn row(
    seen: &Seen,
    eyes: Eyes,
    owner: Option<&Subject>,
    dataset: Option<DatasetLink>,
    now: DateTime<Utc>,
) -> RuleRow {
    let rule = &seen.kept.facts.rule;
    let last = seen.results.first();
    let state = state(seen, now);
    let columns = if seen.definition.is_some() { rule.check.columns() } else { Vec::new() };
    RuleRow {
        id: seen.kept.public_id.to_string(),
        name: rule.name.clone(),
        title: rule.title.clone(),
        kind: kind(rule),
        columns: columns.into_iter().map(str::to_owned).collect(),
        dimension: dimension(rule),
        gravity: gravity(rule),
        state,
        held: last.and_then(held),
        value: last.and_then(|told| value(rule, told)).map(|value| Measure::new(value, unit(rule))),
        bound: bound(rule),
        runs: runs(seen),
        last: last.map(|told| told.at),
        next: next(seen),
        owner: owner.map(view::subject),
        dataset,
        why: last.and_then(|told| told.message.clone()).filter(|_| eyes.figures),
        muted_until: seen.kept.facts.muted_until.filter(|until| *until > now),
    }
}

/// The last runs, oldest first.
pub(super) fn runs(seen: &Seen) -> Vec<RunMark> {
    let mark = |told: &Told| RunMark { at: told.at, verdict: verdict(&told.verdict) };
    seen.results.iter().rev().map(mark).collect()
}

fn next(seen: &Seen) -> Next {
    if seen.is_waiting {
        return Next::Now;
    }
    if !seen.kept.facts.enabled {
        return Next::Never;
    }
    match (&seen.kept.facts.rule.schedule, seen.kept.next_due) {
        (Schedule::Cron { .. }, Some(at)) => Next::At(at),
        (Schedule::AfterUpdate, _) => Next::AfterUpdate,
        (Schedule::OnRequest, _) => Next::OnRequest,
        (Schedule::Cron { .. }, None) => Next::Never,
    }
}

/// The points of rules.
pub(super) fn points(seen: &[Seen], now: DateTime<Utc>) -> Points {
    Points::of(seen.iter().map(|seen| (gravity(&seen.kept.facts.rule), state(seen, now))))
}
