//! PostgreSQL, from 12. `::` casts stand only where they cannot fail: behind a CASE that looks first, or on a literal that was checked.

use crate::fault::Wrong;
use crate::language::{CastTo, Named, Scalar, Span, Step};
use crate::patterns::{self, RESIDENT_CHECKS, RESIDENT_WEIGHTS};
use crate::table::{Column, Sort};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

pub(super) fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", doubled.replace('\\', "\\\\")) } else { format!("'{doubled}'") }
}

fn name(column: &Column) -> String {
    super::Dialect::PostgreSql.name(&column.name)
}

pub(super) fn sort_of(written: &str) -> Sort {
    let written = written.trim().to_ascii_lowercase();
    let (base, length) = match (written.find('('), written.find(')')) {
        (Some(open), Some(close)) if open < close => {
            let length = written[open + 1..close].trim().parse::<u32>().ok();
            (format!("{}{}", written[..open].trim_end(), &written[close + 1..]), length)
        }
        _ => (written, None),
    };
    match base.as_str() {
        "boolean" | "bool" => Sort::Boolean,
        "smallint" | "int2" | "smallserial" => Sort::Integer(16),
        "integer" | "int" | "int4" | "serial" => Sort::Integer(32),
        "bigint" | "int8" | "bigserial" => Sort::Integer(64),
        "numeric" | "decimal" => Sort::Decimal,
        "real" | "float4" => Sort::Float(32),
        "double precision" | "float8" => Sort::Float(64),
        "text" | "name" => Sort::Text(None),
        "character varying" | "varchar" => Sort::Text(length),
        "character" | "char" | "bpchar" => Sort::Padded(length),
        "date" => Sort::Date,
        "timestamp" | "timestamp without time zone" => Sort::Timestamp,
        "timestamptz" | "timestamp with time zone" => Sort::Instant,
        "uuid" => Sort::Uuid,
        "bytea" => Sort::Bytes,
        "json" | "xml" | "point" | "line" | "lseg" | "box" | "path" | "polygon" | "circle" => Sort::Opaque,
        _ if [
            "json[]",
            "xml[]",
            "point[]",
            "line[]",
            "lseg[]",
            "box[]",
            "path[]",
            "polygon[]",
            "circle[]",
        ]
        .contains(&base.as_str()) =>
        {
            Sort::Opaque
        }
        _ => Sort::Other,
    }
}

/// A checked literal. Columns of sorts without literals of their own are compared as text by the caller.
pub(super) fn value(column: &Column, value: &Scalar, now: DateTime<Utc>) -> Result<String, Wrong> {
    let wrong = || Wrong::Value { value: value.to_string(), written: column.written.clone() };
    match (&column.sort, value) {
        (Sort::Boolean, Scalar::Flag(flag)) => Ok(flag.to_string()),
        (Sort::Integer(_) | Sort::Decimal, Scalar::Number(number)) => Ok(number.to_string()),
        (Sort::Float(64), Scalar::Number(number)) => Ok(format!("'{number}'::float8")),
        // Rounded as the column's values were, or 0.1 would not be 0.1.
        (Sort::Float(_), Scalar::Number(number))
            if number.as_str().parse::<f32>().is_ok_and(f32::is_finite) =>
        {
            Ok(format!("'{number}'::real"))
        }
        (Sort::Date | Sort::Timestamp | Sort::Instant, Scalar::Text(text)) => {
            time(&column.sort, text, now).ok_or_else(wrong)
        }
        (Sort::Text(_) | Sort::Padded(_), value) => Ok(literal(&value.to_string())),
        (Sort::Uuid, value) => Ok(literal(&value.to_string().to_ascii_lowercase())),
        (Sort::Enumeration(_) | Sort::Other | Sort::Bytes, value) => Ok(literal(&value.to_string())),
        _ => Err(wrong()),
    }
}

/// A date or time: of the column's own type, in UTC where nothing else is said.
fn time(sort: &Sort, text: &str, now: DateTime<Utc>) -> Option<String> {
    let text = text.trim();
    let at = match text.strip_prefix("now") {
        Some(rest) => (moved(now, rest)?.naive_utc(), true),
        None => moment(text)?,
    };
    let (at, has_time) = at;
    let year = chrono::Datelike::year(&at);
    if !(1..=9999).contains(&year) {
        return None;
    }
    Some(match sort {
        Sort::Date if !has_time || text.starts_with("now") => format!("'{}'::date", at.format("%Y-%m-%d")),
        Sort::Date | Sort::Timestamp => format!("'{}'::timestamp", at.format("%Y-%m-%d %H:%M:%S%.f")),
        _ => format!("'{}+00'::timestamptz", at.format("%Y-%m-%d %H:%M:%S%.f")),
    })
}

/// `now`, `now - 30 d`, `now + 1 h`, with what stands behind `now`.
fn moved(now: DateTime<Utc>, rest: &str) -> Option<DateTime<Utc>> {
    let rest = rest.trim();
    let (sign, span) = match (rest.strip_prefix('-'), rest.strip_prefix('+')) {
        (Some(span), _) => (-1, span),
        (_, Some(span)) => (1, span),
        _ if rest.is_empty() => return Some(now),
        _ => return None,
    };
    let seconds = i64::try_from(Span::parse(span)?.as_seconds()).ok()?;
    now.checked_add_signed(TimeDelta::try_seconds(sign * seconds)?)
}

/// A date or a time, in UTC; whether it has a time of day.
fn moment(text: &str) -> Option<(NaiveDateTime, bool)> {
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some((date.and_hms_opt(0, 0, 0)?, false));
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Some((at.naive_utc(), true));
    }
    let forms = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    let at = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    Some((at, true))
}

/// The named patterns hold for ASCII: the collation of a column does not change what they mean.
fn unlike(text: &str, pattern: &str) -> String {
    format!("{text} !~ {}", literal(pattern))
}

pub(super) fn unlike_named(text: &str, named: Named) -> String {
    let form = unlike(text, patterns::of(named));
    if named != Named::ChinaResidentId {
        return form;
    }
    let weighted = RESIDENT_WEIGHTS
        .iter()
        .enumerate()
        .map(|(i, weight)| format!("(ascii(substr({text}, {}, 1)) - 48) * {weight}", i + 1))
        .collect::<Vec<_>>()
        .join(" + ");
    format!(
        "CASE WHEN {form} THEN true ELSE substr('{RESIDENT_CHECKS}', ({weighted}) % 11 + 1, 1) <> upper(substr({text}, 18, 1)) END"
    )
}

pub(super) fn not_castable(text: &str, to: CastTo) -> String {
    let form = unlike(text, patterns::castable(to));
    let within = |low: &str, high: &str| {
        // A number may have zeros before it, but not a thousand.
        format!(
            "CASE WHEN {form} OR char_length({text}) > 40 THEN true ELSE {text}::numeric NOT BETWEEN {low} AND {high} END"
        )
    };
    match to {
        CastTo::Integer => within("-2147483648", "2147483647"),
        CastTo::Bigint => within("-9223372036854775808", "9223372036854775807"),
        CastTo::Decimal => format!("({form} OR char_length({text}) > 1000)"),
        _ => form,
    }
}

pub(super) fn newest(column: &Column, zone: &str, tests: &[&str]) -> String {
    let filter =
        if tests.is_empty() { String::new() } else { format!(" FILTER (WHERE {})", tests.join(" AND ")) };
    let newest = format!("max({}){filter}", name(column));
    let instant = match column.sort {
        Sort::Date => format!("({newest}::timestamp AT TIME ZONE {})", literal(zone)),
        Sort::Timestamp => format!("({newest} AT TIME ZONE {})", literal(zone)),
        _ => newest,
    };
    format!("extract(epoch FROM {instant})::text")
}

pub(super) fn finite(column: &Column) -> Option<String> {
    let name = name(column);
    match column.sort {
        Sort::Date | Sort::Timestamp | Sort::Instant => Some(format!("isfinite({name})")),
        Sort::Integer(_) => None,
        // A numeric is infinite only since 14, and before that no literal says so: texts are compared.
        _ => Some(format!("{name}::text NOT IN ('NaN', 'Infinity', '-Infinity')")),
    }
}

pub(super) fn steps(table: &str, column: &Column, step: Step, tests: &[&str]) -> String {
    let name = name(column);
    let value = match (step, &column.sort) {
        (Step::One, _) => format!("{name}::numeric"),
        (Step::Day, Sort::Instant) => format!("({name} AT TIME ZONE 'UTC')::date"),
        (Step::Day, Sort::Timestamp) => format!("{name}::date"),
        (Step::Day, _) => name.clone(),
    };
    let mut tests: Vec<String> = tests.iter().map(|test| (*test).to_owned()).collect();
    tests.push(format!("{name} IS NOT NULL"));
    tests.extend(finite(column));
    format!(
        "SELECT (max(v) - min(v) + 1)::text AS a, count(*) AS b FROM (SELECT DISTINCT {value} AS v FROM {table} WHERE {}) AS d",
        tests.join(" AND ")
    )
}
