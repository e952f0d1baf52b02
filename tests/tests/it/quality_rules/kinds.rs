//! A random rule, with what has to come out.

use super::dice::Dice;
use super::patterns;
use super::reckon::{FILTERS, Filter, flag, left, number, order, stands, text, time};
use super::world::{Row, TEXTS, WEIRD, World, now};
use ::rules::{Outcome, Rule, Verdict};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A rule and what has to come out.
pub(crate) struct Case {
    pub(crate) rule: Rule,
    pub(crate) expected: Expected,
    pub(crate) yesterday: Option<u64>,
}

/// What has to come out.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) verdict: Verdict,
    pub(crate) failing: Option<u64>,
    pub(crate) rows: Option<u64>,
    pub(crate) value: Option<f64>,
}

impl Expected {
    pub(crate) fn assert(&self, outcome: &Outcome, what: &dyn Fn() -> String) {
        assert_eq!(self.verdict, outcome.verdict, "{self:?} {}", what());
        // What a type holds needs no row.
        let rows = self.rows.filter(|_| outcome.held.is_none());
        assert_eq!((self.failing, rows), (outcome.failing, outcome.rows), "{self:?} {}", what());
        let near = match (self.value, outcome.value) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0) || a == b,
            (a, b) => a == b,
        };
        assert!(near, "{self:?} {}", what());
    }

    fn error() -> Self {
        Self { verdict: Verdict::Error, failing: None, rows: None, value: None }
    }

    fn value(value: Option<f64>, passes: bool) -> Self {
        let verdict = if passes { Verdict::Pass } else { Verdict::Fail };
        Self { verdict, failing: None, rows: None, value }
    }
}

/// A check of single rows, and whether a row fails.
type ByRow = (Value, Box<dyn Fn(&Row) -> Option<bool>>);

/// A random rule about a world.
pub(crate) fn random(dice: &mut Dice, world: &World, i: usize) -> Case {
    let filter = dice.once_in(2).then(|| *dice.one(FILTERS));
    let case = |check: Value, expected: Expected, filter: Option<Filter>| {
        let mut rule = json!({"name": format!("rule-{i}"), "check": check});
        if let Some((sql, _)) = filter {
            rule["where"] = json!(sql);
        }
        Case { rule: read(&rule), expected, yesterday: None }
    };
    match dice.below(22) {
        0 => {
            let columns = dice.some(&["n", "d", "f", "s", "c", "b", "day", "at", "u", "q", "k", "pid"], 3);
            let check = json!({"unique": columns});
            counted(dice, world, filter, i, &check, twins(world, filter, &columns))
        }
        1 | 2 => references(dice, world, filter, i),
        3 => row_count(dice, world, filter, i),
        4 => {
            let (check, expected) = freshness(dice, world, filter);
            case(check, expected, filter)
        }
        5 => {
            let sum: f64 = left(world, filter).iter().filter_map(|row| number(row, "x")).sum();
            let some = left(world, filter).iter().any(|row| number(row, "x").is_some());
            let max = dice.below(300) as f64;
            let check = json!({"metric": {"expression": "sum(x)", "max": max}});
            case(check, Expected::value(some.then_some(sum), some && sum <= max), filter)
        }
        6 => {
            let operator = *dice.one(&["<", "<=", "=", "<>", ">=", ">"]);
            let (a, b) = (left(world, filter).len(), world.rows.len());
            let right =
                dice.one(&[json!("count(*)"), json!({"aggregate": "count(*)", "dataset": "p"})]).clone();
            let there = if right.is_string() { left(world, None).len().min(b) } else { world.others.len() };
            let check = json!({"aggregates": {"left": "count(*)", "operator": operator, "right": right}});
            case(check, Expected::value(Some(a as f64), stands(operator, a.cmp(&there))), filter)
        }
        7 => {
            let rows = left(world, Some(FILTERS[0])).len();
            let query = "SELECT k FROM \"hostile \"\"s\".\"t'x\" WHERE n > 1; ";
            let expected = Expected {
                verdict: if rows > 0 { Verdict::Fail } else { Verdict::Pass },
                failing: Some(rows as u64),
                rows: None,
                value: Some(rows as f64),
            };
            case(json!({"sql": query}), expected, None)
        }
        8 => {
            let (column, step) = *dice.one(&[("n", "one"), ("q", "one"), ("day", "day"), ("ts", "day")]);
            let missing = gaps(&left(world, filter), column);
            let check = json!({"gap_free": {"column": column, "step": step}});
            case(check, Expected::value(Some(missing as f64), missing == 0), filter)
        }
        9 => {
            // Raises an error where there is a row; the others come out all the same.
            let metric = json!({"metric": {"expression": "sum(1 / (n - n))", "max": 1}});
            let raises = left(world, filter).iter().any(|row| number(row, "n").is_some());
            let expected = if raises { Expected::error() } else { Expected::value(None, false) };
            case(metric, expected, filter)
        }
        10 => {
            let wrong = [
                json!({"not_null": "nowhere"}),
                json!({"range": {"column": "s", "min": 1}}),
                json!({"range": {"column": "n", "min": "2026-01-01"}}),
                json!({"metric": {"expression": "pg_sleep(1)", "max": 1}}),
                json!({"metric": {"expression": "(SELECT 1)", "max": 1}}),
            ];
            if dice.once_in(3) {
                // A text is no number.
                let check = json!({"metric": {"expression": "min(CASE WHEN s = 'a' THEN 'a' ELSE 'b' END)", "max": 1}});
                let none = world.rows.is_empty();
                let expected = if none { Expected::value(None, false) } else { Expected::error() };
                return case(check, expected, None);
            }
            case(dice.one(&wrong).clone(), Expected::error(), filter)
        }
        _ => {
            let (check, fails) = by_row(dice);
            let nulls = dice.once_in(5) && check.get("not_null").is_none();
            let column = check
                .as_object()
                .and_then(|kind| kind.values().next()?.get("column")?.as_str().map(str::to_owned));
            let failing = left(world, filter)
                .iter()
                .filter(|row| {
                    let missing = match (&column, check.get("compare")) {
                        (_, Some(_)) => fails(row).is_none(),
                        (Some(column), _) => World::value(row, column).is_none(),
                        _ => false,
                    };
                    fails(row) == Some(true) || (nulls && missing)
                })
                .count();
            let mut case = counted(dice, world, filter, i, &check, failing as u64);
            if nulls {
                case.rule.nulls = ::rules::Nulls::Fail;
            }
            case
        }
    }
}

fn read(rule: &Value) -> Rule {
    ::rules::read(rule).unwrap_or_else(|faults| panic!("{rule} {faults:?}"))
}

/// A rule that counts failing rows, with a random tolerance.
fn counted(
    dice: &mut Dice,
    world: &World,
    filter: Option<Filter>,
    i: usize,
    check: &Value,
    failing: u64,
) -> Case {
    let rows = left(world, filter).len() as u64;
    let mut rule = json!({"name": format!("rule-{i}"), "check": check});
    if let Some((sql, _)) = filter {
        rule["where"] = json!(sql);
    }
    // (warn, fail) and whether they are exceeded.
    let share = |percent: u64| failing * 100 > percent * rows;
    let (tolerance, warns, fails) = match dice.below(5) {
        0 => (json!(2), false, failing > 2),
        1 => (json!("10 %"), false, share(10)),
        2 => (json!({"warn": 0, "fail": "50 %"}), failing > 0, share(50)),
        3 => (json!({"warn": "7 %", "fail": 30}), share(7), failing > 30),
        _ => (Value::Null, false, failing > 0),
    };
    if !tolerance.is_null() {
        rule["tolerance"] = tolerance;
    }
    let verdict = match (fails, warns) {
        (true, _) => Verdict::Fail,
        (_, true) => Verdict::Warn,
        _ => Verdict::Pass,
    };
    let expected =
        Expected { verdict, failing: Some(failing), rows: Some(rows), value: Some(failing as f64) };
    Case { rule: read(&rule), expected, yesterday: None }
}

/// Rows that have a twin in these columns.
fn twins(world: &World, filter: Option<Filter>, columns: &[&str]) -> u64 {
    let mut groups: HashMap<Vec<String>, u64> = HashMap::new();
    for row in left(world, filter) {
        let key: Option<Vec<String>> = columns
            .iter()
            .map(|column| match *column {
                "day" | "at" => time(row, column).map(|at| at.to_string()),
                "n" | "d" | "f" | "k" | "q" | "pid" => {
                    number(row, column).map(|number| format!("{:?}", number + 0.0))
                }
                _ => text(row, column).map(str::to_owned),
            })
            .collect();
        if let Some(key) = key {
            *groups.entry(key).or_default() += 1;
        }
    }
    groups.values().filter(|many| **many > 1).sum()
}

fn references(dice: &mut Dice, world: &World, filter: Option<Filter>, i: usize) -> Case {
    let ids: Vec<f64> = world.others.iter().filter_map(|(id, _)| id.map(|id| id as f64)).collect();
    let names: Vec<&str> = world.others.iter().filter_map(|(_, name)| name.as_deref()).collect();
    let rows = left(world, filter);
    let lost = |column: &str| {
        rows.iter().filter(|row| number(row, column).is_some_and(|id| !ids.contains(&id))).count() as u64
    };
    let (check, failing) = match dice.below(5) {
        0 => (json!({"references": {"columns": "x", "dataset": "p", "to": "id"}}), lost("x")),
        1 => (json!({"references": {"columns": "pid", "dataset": "p", "to": "id"}}), lost("pid")),
        2 => (json!({"accepted": {"column": "pid", "from": {"dataset": "p", "column": "id"}}}), lost("pid")),
        3 => {
            let lost = rows.iter().filter(|row| text(row, "s").is_some_and(|s| !names.contains(&s))).count();
            (json!({"accepted": {"column": "s", "from": {"dataset": "p", "column": "name"}}}), lost as u64)
        }
        _ => {
            let there = |row: &Row| {
                let (id, name) = (number(row, "x"), text(row, WEIRD));
                id.is_none()
                    || name.is_none()
                    || world
                        .others
                        .iter()
                        .any(|(oid, oname)| oid.map(|id| id as f64) == id && oname.as_deref() == name)
            };
            let lost = rows.iter().filter(|row| !there(row)).count() as u64;
            (json!({"references": {"columns": ["x", WEIRD], "dataset": "p", "to": ["id", "name"]}}), lost)
        }
    };
    counted(dice, world, filter, i, &check, failing)
}

fn row_count(dice: &mut Dice, world: &World, filter: Option<Filter>, i: usize) -> Case {
    let rows = left(world, filter).len() as u64;
    let mut rule = json!({"name": format!("rule-{i}"), "check": {}});
    if let Some((sql, _)) = filter {
        rule["where"] = json!(sql);
    }
    let out = |verdict| Expected { verdict, failing: None, rows: Some(rows), value: Some(rows as f64) };
    if dice.once_in(2) {
        let (min, below) = (dice.below(40) as u64, 40 + dice.below(100) as u64);
        rule["check"] = json!({"row_count": {"min": min, "below": below}});
        let fits = rows >= min && rows < below;
        return Case {
            rule: read(&rule),
            expected: out(if fits { Verdict::Pass } else { Verdict::Fail }),
            yesterday: None,
        };
    }
    rule["check"] = json!({"row_count": {"against": "yesterday", "fall": "10 %", "rise": 5}});
    let yesterday = (!dice.once_in(3)).then(|| (rows + 6).saturating_sub(dice.below(12) as u64));
    let verdict = match yesterday {
        None => Verdict::Open,
        Some(before) if before > rows && (before - rows) * 10 > before => Verdict::Fail,
        Some(before) if rows > before + 5 => Verdict::Fail,
        Some(_) => Verdict::Pass,
    };
    Case { rule: read(&rule), expected: out(verdict), yesterday }
}

fn freshness(dice: &mut Dice, world: &World, filter: Option<Filter>) -> (Value, Expected) {
    let column = *dice.one(&["day", "ts", "at"]);
    let max_age = *dice.one(&["8 d", "9 d", "40 w"]);
    let newest = left(world, filter).iter().filter_map(|row| time(row, column)).max();
    let check = json!({"freshness": {"column": column, "max_age": max_age}});
    let limit = match max_age {
        "8 d" => 8.0,
        "9 d" => 9.0,
        _ => 280.0,
    } * 86_400.0;
    let expected = match newest {
        None | Some(i64::MAX | i64::MIN) => Expected::value(None, false),
        Some(newest) => {
            let age = (now().timestamp_micros() - newest) as f64 / 1e6;
            Expected::value(Some(age), age <= limit)
        }
    };
    (check, expected)
}

fn gaps(rows: &[&Row], column: &str) -> i64 {
    let values: Vec<i64> = match column {
        "n" | "q" => rows.iter().filter_map(|row| number(row, column)).map(|n| n as i64).collect(),
        _ => {
            let day = |at: i64| at.div_euclid(86_400_000_000);
            let finite = |at: &i64| ![i64::MAX, i64::MIN].contains(at);
            rows.iter().filter_map(|row| time(row, column)).filter(finite).map(day).collect()
        }
    };
    let (Some(low), Some(high)) = (values.iter().min(), values.iter().max()) else { return 0 };
    let mut there = values.clone();
    there.sort_unstable();
    there.dedup();
    high - low + 1 - there.len() as i64
}

fn by_row(dice: &mut Dice) -> ByRow {
    match dice.below(8) {
        0 => {
            let (column, _, _) = *dice.one(super::world::COLUMNS);
            (json!({"not_null": column}), Box::new(move |row| Some(World::value(row, column).is_none())))
        }
        1 => {
            let column = *dice.one(&["s", "v", "c"]);
            let blank = |text: &str| text.chars().all(|c| " \t\r\n".contains(c));
            let fails = move |row: &Row| Some(text(row, column).is_none_or(blank));
            (json!({"not_null": {"column": column, "blank": true}}), Box::new(fails))
        }
        2 => accepted(dice),
        3 | 4 => super::patterns::range(dice),
        5 => {
            let column = *dice.one(&["s", "v", "c"]);
            let (min, max) = (dice.below(4), 3 + dice.below(6));
            let check = match dice.below(3) {
                0 => json!({"length": {"column": column, "min": min}}),
                1 => json!({"length": {"column": column, "max": max}}),
                _ => json!({"length": {"column": column, "min": min, "max": max}}),
            };
            let low = check["length"].get("min").map_or(0, |_| min);
            let high = check["length"].get("max").map_or(usize::MAX, |_| max);
            let fails =
                move |row: &Row| text(row, column).map(|text| !(low..=high).contains(&text.chars().count()));
            (check, Box::new(fails))
        }
        6 => compare(dice),
        _ => patterns::random(dice),
    }
}

fn accepted(dice: &mut Dice) -> ByRow {
    match dice.below(5) {
        0 => {
            let values = dice.some(TEXTS, 12);
            let check = json!({"accepted": {"column": "s", "values": values}});
            (check, Box::new(move |row| text(row, "s").map(|text| !values.contains(&text))))
        }
        1 => {
            let values = dice.some(&[-3, 0, 1, 2, 3, 8], 4);
            let column = *dice.one(&["n", "d", "f"]);
            let check = json!({"accepted": {"column": column, "values": values}});
            let fails =
                move |row: &Row| number(row, column).map(|n| !values.iter().any(|v| f64::from(*v) == n));
            (check, Box::new(fails))
        }
        2 => {
            let values = dice.some(&["0.1", "0.5", "1.5"], 2);
            let numbers: Vec<f32> = values.iter().map(|value| value.parse().unwrap()).collect();
            let written: Vec<f64> = values.iter().map(|value| value.parse().unwrap()).collect();
            let check = json!({"accepted": {"column": "r", "values": written}});
            let fails =
                move |row: &Row| number(row, "r").map(|r| !numbers.iter().any(|v| f64::from(*v) == r));
            (check, Box::new(fails))
        }
        3 => {
            let values = dice.some(&["ok", "so-so", "bad", "no such mood"], 4);
            let check = json!({"accepted": {"column": "e", "values": values}});
            (check, Box::new(move |row| text(row, "e").map(|text| !values.contains(&text))))
        }
        _ => {
            let values = dice.some(&[true, false], 2);
            let check = json!({"accepted": {"column": "b", "values": values}});
            (check, Box::new(move |row| flag(row, "b").map(|flag| !values.contains(&flag))))
        }
    }
}

fn compare(dice: &mut Dice) -> ByRow {
    let operator = *dice.one(&["<", "<=", "=", "<>", ">=", ">"]);
    match dice.below(4) {
        0 => {
            let (a, b) = *dice.one(&[("n", "m"), ("n", "d"), ("f", "d"), ("f", "n"), ("m", "x")]);
            let check = json!({"compare": {"left": a, "operator": operator, "right": b}});
            let fails = move |row: &Row| Some(!stands(operator, order(number(row, a)?, number(row, b)?)));
            (check, Box::new(fails))
        }
        1 => {
            let (a, b) = *dice.one(&[("ts", "day"), ("day", "ts")]);
            let check = json!({"compare": {"left": a, "operator": operator, "right": b}});
            let fails = move |row: &Row| Some(!stands(operator, time(row, a)?.cmp(&time(row, b)?)));
            (check, Box::new(fails))
        }
        2 => {
            let check = json!({"compare": {"left": "f", "operator": "=", "right": "d", "within": 1.5}});
            let fails = |row: &Row| {
                let (f, d) = (number(row, "f")?, number(row, "d")?);
                let far = !(f - d).abs().le(&1.5);
                Some(order(f, d).is_ne() && far)
            };
            (check, Box::new(fails))
        }
        _ => {
            let check =
                json!({"compare": {"left": "x - 1", "operator": operator, "right": "coalesce(n, 0)"}});
            let fails = move |row: &Row| {
                let n = number(row, "n").unwrap_or(0.0);
                Some(!stands(operator, order(number(row, "x")? - 1.0, n)))
            };
            (check, Box::new(fails))
        }
    }
}
