//! What rules mean, in plain Rust and without SQL: by the words of the language's documents, not by its compiler.

use super::world::{Row, World};
use chrono::{NaiveDate, NaiveDateTime};
use std::cmp::Ordering;

/// A number as SQL orders it: NaN is the same as itself and greater than all.
pub(crate) fn order(a: f64, b: f64) -> Ordering {
    match (a.is_nan(), b.is_nan()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ => a.partial_cmp(&b).unwrap(),
    }
}

pub(crate) fn number(row: &Row, column: &str) -> Option<f64> {
    let text = World::value(row, column)?;
    // What a column of 32 bits keeps is not what was written.
    Some(if column == "r" { f64::from(text.parse::<f32>().unwrap()) } else { text.parse().unwrap() })
}

/// A date or time in microseconds, in UTC.
pub(crate) fn moment(text: &str) -> i64 {
    match text {
        "infinity" => i64::MAX,
        "-infinity" => i64::MIN,
        _ => {
            let date = |text| {
                NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_hms_opt(0, 0, 0).unwrap())
            };
            let time = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f");
            date(text).or_else(|_| time()).unwrap_or_else(|_| panic!("{text}")).and_utc().timestamp_micros()
        }
    }
}

pub(crate) fn time(row: &Row, column: &str) -> Option<i64> {
    World::value(row, column).map(moment)
}

/// A text as it is compared: of padded ones without the blanks at their end.
pub(crate) fn text<'r>(row: &'r Row, column: &str) -> Option<&'r str> {
    World::value(row, column).map(|text| if column == "c" { text.trim_end_matches(' ') } else { text })
}

pub(crate) fn flag(row: &Row, column: &str) -> Option<bool> {
    World::value(row, column).map(|text| text == "true")
}

/// A predicate over rows: as SQL, and reckoned (`None` is null).
pub(crate) type Filter = (&'static str, fn(&Row) -> Option<bool>);

/// Filters that people could write.
pub(crate) const FILTERS: &[Filter] = &[
    ("n > 1", |row| number(row, "n").map(|n| n > 1.0)),
    ("b", |row| flag(row, "b")),
    ("s IS NOT NULL", |row| Some(World::value(row, "s").is_some())),
    ("n IN (1, 2, 3) OR x IS NULL", |row| {
        let listed = number(row, "n").map(|n| [1.0, 2.0, 3.0].contains(&n));
        if World::value(row, "x").is_none() { Some(true) } else { listed.filter(|is| *is).or(listed) }
    }),
    ("\"we\"\"ird \\col'; --\" <> 'a'", |row| World::value(row, super::world::WEIRD).map(|text| text != "a")),
    ("ts >= '2026-01-01'", |row| time(row, "ts").map(|ts| ts >= moment("2026-01-01"))),
    ("m = -3 AND false", |_| Some(false)),
    ("coalesce(lower(v), 'x') NOT IN ('abc', '')", |row| {
        Some(!["abc", ""].contains(&World::value(row, "v").unwrap_or("x")))
    }),
];

/// The rows that a filter leaves.
pub(crate) fn left(world: &World, filter: Option<Filter>) -> Vec<&Row> {
    world.rows.iter().filter(|row| filter.is_none_or(|(_, holds)| holds(row) == Some(true))).collect()
}

/// Whether a relation holds.
pub(crate) fn stands(operator: &str, order: Ordering) -> bool {
    match operator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        ">=" => order.is_ge(),
        ">" => order.is_gt(),
        _ => panic!("{operator}"),
    }
}
