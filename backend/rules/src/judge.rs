//! From what was read to outcomes: the same, whether rules were measured together or one by one.

use crate::language::{Check, Decimal, Limit, Operator, RowCount, Rule, Tolerance};
use crate::outcome::{Bound, Outcome, Tolerances, Verdict, Why};
use crate::plan::{Cell, Cells, Mark, Measure, Pair, Plan, Planned, Reading};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What was measured by a rule earlier.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Earlier {
    /// The day before.
    pub yesterday: Option<u64>,
    /// The same weekday, a week ago.
    pub last_week: Option<u64>,
}

impl Plan {
    /// What became of each rule, in the order in which they were given. `earlier` has, by the rules' names, what was counted before, for
    /// those that compare with it ([`RowCount::against`]).
    #[must_use]
    pub fn judge(&self, cells: &Cells, earlier: &BTreeMap<String, Earlier>) -> Vec<Outcome> {
        let before = |rule: &Rule| earlier.get(&rule.name).copied().unwrap_or_default();
        self.rules.iter().map(|planned| planned.judge(cells, before(&planned.rule))).collect()
    }
}

impl Planned {
    fn judge(&self, cells: &Cells, earlier: Earlier) -> Outcome {
        self.try_judge(cells, earlier).unwrap_or_else(|why| Outcome {
            verdict: Verdict::Error,
            why: Some(why),
            ..empty(&self.rule)
        })
    }

    fn try_judge(&self, cells: &Cells, earlier: Earlier) -> Result<Outcome, Why> {
        let rule = &self.rule;
        match &self.measure {
            Measure::Wrong(fault) => Err(Why::Wrong { at: fault.at.clone(), fault: fault.wrong.clone() }),
            Measure::Held(held) => {
                Ok(Outcome { value: Some(0.0), failing: Some(0), held: Some(held.clone()), ..empty(rule) })
            }
            Measure::Schema(differences) => {
                let why =
                    (!differences.is_empty()).then(|| Why::Differences { differences: differences.clone() });
                let verdict = if differences.is_empty() { Verdict::Pass } else { Verdict::Fail };
                Ok(Outcome { verdict, value: Some(float(differences.len() as u64)), why, ..empty(rule) })
            }
            Measure::Rows { rows, failing } => {
                let rows = rows.map(|cell| cells.count(cell)).transpose()?;
                Ok(failing_rows(rule, cells.count(*failing)?, rows))
            }
            Measure::Since { rows, failing, mark, .. } => {
                since(rule, cells, *rows, *failing, mark.as_ref(), earlier)
            }
            Measure::Count(cell) => Ok(counted(rule, cells.count(*cell)?, earlier)),
            Measure::Newest { newest, now } => newest_value(rule, cells.number(*newest), *now),
            Measure::Number(cell) => number(rule, cells.number(*cell)),
            Measure::Two { left, right } => two(rule, cells, *left, *right),
            Measure::Steps { all, there } => steps(rule, cells.number(*all), cells.count(*there)?),
        }
    }
}

impl Outcome {
    /// Of a rule that was not measured: its source did not answer, say.
    #[must_use]
    pub fn not_run(rule: &Rule) -> Self {
        Self { verdict: Verdict::Error, why: Some(Why::NotRun), ..empty(rule) }
    }
}

fn empty(rule: &Rule) -> Outcome {
    Outcome {
        rule: rule.name.clone(),
        verdict: Verdict::Pass,
        value: None,
        other: None,
        failing: None,
        rows: None,
        bound: bound(rule, Earlier::default()),
        why: None,
        held: None,
        by_watermark: false,
    }
}

fn bound(rule: &Rule, earlier: Earlier) -> Bound {
    match &rule.check {
        check if check.kind().counts_rows() => Bound::Tolerance(Tolerances { tolerance: rule.tolerance }),
        Check::RowCount(check) => match check.against {
            None => Bound::Bounds(check.bounds.clone()),
            Some(against) => {
                let (low, high) = change(check, earlier);
                Bound::Change { bounds: check.bounds.clone(), against, low, high }
            }
        },
        Check::Metric(check) => Bound::Bounds(check.bounds.clone()),
        Check::Freshness(check) => Bound::Age { seconds: check.max_age.as_seconds() },
        Check::Aggregates(check) => {
            Bound::Relation { operator: check.operator, within: check.within.clone() }
        }
        _ => Bound::None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts are shown and drawn as numbers; they are judged whole"
)]
const fn float(count: u64) -> f64 {
    count as f64
}

/// The share of a tolerance is one of the rows looked at; where those were not counted, of nothing.
fn failing_rows(rule: &Rule, failing: u64, rows: Option<u64>) -> Outcome {
    let verdict = borne(rule.tolerance, failing, rows.unwrap_or(0));
    Outcome { verdict, value: Some(float(failing)), failing: Some(failing), rows, ..empty(rule) }
}

fn borne(tolerance: Tolerance, failing: u64, rows: u64) -> Verdict {
    if tolerance.fail.is_exceeded(failing, rows) {
        Verdict::Fail
    } else if tolerance.warn.is_some_and(|warn| warn.is_exceeded(failing, rows)) {
        Verdict::Warn
    } else {
        Verdict::Pass
    }
}

fn since(
    rule: &Rule,
    cells: &Cells,
    rows: Pair,
    failing: Option<Pair>,
    mark: Option<&Mark>,
    earlier: Earlier,
) -> Result<Outcome, Why> {
    let all = mark.map_or(0, |mark| mark.rows) + cells.count(rows.all)?;
    let outcome = match failing {
        Some(pair) => {
            let failing = mark.map_or(0, |mark| mark.failing) + cells.count(pair.all)?;
            failing_rows(rule, failing, Some(all))
        }
        None => counted(rule, all, earlier),
    };
    Ok(Outcome { by_watermark: mark.is_some(), ..outcome })
}

fn counted(rule: &Rule, rows: u64, earlier: Earlier) -> Outcome {
    let outcome =
        Outcome { value: Some(float(rows)), rows: Some(rows), bound: bound(rule, earlier), ..empty(rule) };
    let Check::RowCount(check) = &rule.check else { return outcome };
    if !check.bounds.hold(float(rows)) {
        return Outcome { verdict: Verdict::Fail, ..outcome };
    }
    let Some(against) = check.against else { return outcome };
    let Some(before) = earlier.at(against) else {
        return Outcome { verdict: Verdict::Open, why: Some(Why::NothingEarlier), ..outcome };
    };
    let far = |limit: Option<Limit>, by: u64| limit.is_some_and(|limit| limit.is_exceeded(by, before));
    let out = far(check.fall, before.saturating_sub(rows)) || far(check.rise, rows.saturating_sub(before));
    let verdict = if out { Verdict::Fail } else { Verdict::Pass };
    Outcome { verdict, other: Some(float(before)), ..outcome }
}

impl Earlier {
    const fn at(self, past: crate::Past) -> Option<u64> {
        match past {
            crate::Past::Yesterday => self.yesterday,
            crate::Past::LastWeek => self.last_week,
        }
    }
}

/// What a count may be by an earlier one, as numbers to be drawn.
fn change(check: &RowCount, earlier: Earlier) -> (Option<f64>, Option<f64>) {
    let Some(before) = check.against.and_then(|past| earlier.at(past)) else { return (None, None) };
    let far = |limit: Limit| match limit {
        Limit::Rows(rows) => float(rows),
        Limit::Share(_) => float(before) * limit.share().unwrap_or(0.0),
    };
    (check.fall.map(|fall| float(before) - far(fall)), check.rise.map(|rise| float(before) + far(rise)))
}

fn newest_value(rule: &Rule, newest: Result<f64, Why>, now: f64) -> Result<Outcome, Why> {
    let Check::Freshness(check) = &rule.check else { return Ok(empty(rule)) };
    let fail = |why| Ok(Outcome { verdict: Verdict::Fail, why: Some(why), ..empty(rule) });
    let newest = match newest {
        Ok(newest) if newest.is_infinite() => return fail(Why::Infinite),
        Ok(newest) => newest,
        Err(Why::NoValue) => return fail(Why::NoValue),
        Err(why) => return Err(why),
    };
    let age = now - newest;
    let young = age <= float(check.max_age.as_seconds());
    Ok(Outcome {
        verdict: if young { Verdict::Pass } else { Verdict::Fail },
        value: Some(age),
        ..empty(rule)
    })
}

/// A metric has no value where there is no row: that fails, as a NaN does. What is no number at all is an error.
fn number(rule: &Rule, value: Result<f64, Why>) -> Result<Outcome, Why> {
    let Check::Metric(check) = &rule.check else { return Ok(empty(rule)) };
    let fail = |why| Ok(Outcome { verdict: Verdict::Fail, why: Some(why), ..empty(rule) });
    match value {
        Ok(value) if value.is_nan() => fail(Why::NotANumber { value: "NaN".to_owned() }),
        Ok(value) => {
            let verdict = if check.bounds.hold(value) { Verdict::Pass } else { Verdict::Fail };
            Ok(Outcome { verdict, value: Some(value), ..empty(rule) })
        }
        Err(Why::NoValue) => fail(Why::NoValue),
        Err(why) => Err(why),
    }
}

/// Two numbers without exponents are compared digit by digit: sums of money may have more of them than a binary number.
fn two(rule: &Rule, cells: &Cells, left: Cell, right: Cell) -> Result<Outcome, Why> {
    let Check::Aggregates(check) = &rule.check else { return Ok(empty(rule)) };
    let (a, b) = match (cells.number(left), cells.number(right)) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(Why::NoValue), Ok(_) | Err(Why::NoValue)) | (Ok(_), Err(Why::NoValue)) => {
            return Ok(Outcome { verdict: Verdict::Fail, why: Some(Why::NoValue), ..empty(rule) });
        }
        (Err(Why::NoValue) | Ok(_), Err(why)) | (Err(why), _) => return Err(why),
    };
    let exact = |cell| cells.text(cell).and_then(Decimal::parse);
    let order = match (exact(left), exact(right)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.partial_cmp(&b),
    };
    let near = check.within.as_ref().is_some_and(|within| within.holds(a, b));
    let holds = near || order.is_some_and(|order| is_so(check.operator, order));
    let verdict = if holds { Verdict::Pass } else { Verdict::Fail };
    let shown = |value: f64| Some(value).filter(|value| !value.is_nan());
    Ok(Outcome { verdict, value: shown(a), other: shown(b), ..empty(rule) })
}

const fn is_so(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::Same => order.is_eq(),
        Operator::Other => order.is_ne(),
        Operator::AtLeast => order.is_ge(),
        Operator::More => order.is_gt(),
    }
}

/// Without a value there is no gap.
fn steps(rule: &Rule, all: Result<f64, Why>, there: u64) -> Result<Outcome, Why> {
    let missing = match all {
        Ok(all) => all - float(there),
        Err(Why::NoValue) => 0.0,
        Err(why) => return Err(why),
    };
    let verdict = if missing > 0.0 { Verdict::Fail } else { Verdict::Pass };
    Ok(Outcome { verdict, value: Some(missing), ..empty(rule) })
}

impl Cells {
    fn reading(&self, cell: Cell) -> Result<&Reading, Why> {
        match self.0.get(cell) {
            None | Some(Reading::Unread) => Err(Why::NotRun),
            Some(Reading::Failed(reason)) => Err(Why::Failed { reason: reason.clone() }),
            Some(reading) => Ok(reading),
        }
    }

    fn count(&self, cell: Cell) -> Result<u64, Why> {
        match self.reading(cell)? {
            Reading::Count(count) => Ok(*count),
            _ => Err(Why::NotRun),
        }
    }

    fn text(&self, cell: Cell) -> Option<&str> {
        match self.0.get(cell) {
            Some(Reading::Text(text)) => text.as_deref(),
            _ => None,
        }
    }

    /// A number that was written as text: exact, and whatever it is, writing it raised no error.
    fn number(&self, cell: Cell) -> Result<f64, Why> {
        match self.reading(cell)? {
            Reading::Text(None) => Err(Why::NoValue),
            Reading::Text(Some(text)) => {
                text.parse().map_err(|_| Why::NotANumber { value: text.chars().take(80).collect() })
            }
            _ => Err(Why::NotRun),
        }
    }
}
