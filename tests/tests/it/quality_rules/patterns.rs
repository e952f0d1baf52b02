//! Ranges, patterns and casts, reckoned without the compiler's expressions.

use super::dice::Dice;
use super::reckon::{moment, number, order, text, time};
use super::world::Row;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, Ipv6Addr};

type ByRow = (Value, Box<dyn Fn(&Row) -> Option<bool>>);

/// Bounds, each maybe.
pub(crate) fn range(dice: &mut Dice) -> ByRow {
    let (low, high) = (*dice.one(&["min", "above"]), *dice.one(&["max", "below"]));
    let sides = dice.below(3);
    let (has_low, has_high) = (sides != 0, sides != 1);
    if dice.once_in(2) {
        let column = *dice.one(&["n", "m", "d", "f", "r"]);
        let a = *dice.one(&[-1.5, 0.0, 0.1, 1.0]);
        let b = *dice.one(&[1.5, 2.5, 100.0]);
        let check = with(column, has_low.then(|| (low, json!(a))), has_high.then(|| (high, json!(b))));
        // A column of 32 bits is compared with bounds of 32 bits.
        #[expect(clippy::cast_possible_truncation, reason = "that is what is meant")]
        let kept = move |bound: f64| if column == "r" { f64::from(bound as f32) } else { bound };
        let fails = move |row: &Row| {
            let value = number(row, column)?;
            let under = has_low
                && if low == "min" { order(value, kept(a)).is_lt() } else { order(value, kept(a)).is_le() };
            let over = has_high
                && if high == "max" { order(value, kept(b)).is_gt() } else { order(value, kept(b)).is_ge() };
            Some(under || over || value.is_nan())
        };
        return (check, Box::new(fails));
    }
    let column = *dice.one(&["day", "ts", "at"]);
    let a = *dice.one(&["2024-02-29", "2026-01-01", "2026-01-01 12:30:00.000001", "now - 9 d"]);
    let b = *dice.one(&["2026-01-02 23:59:59.999999", "2026-01-04", "2026-02-01T00:00:00+08:00", "now"]);
    let check = with(column, has_low.then(|| (low, json!(a))), has_high.then(|| (high, json!(b))));
    let bound = |text: &str| match text {
        "now - 9 d" => moment("2026-01-01"),
        "now" => moment("2026-01-10"),
        "2026-02-01T00:00:00+08:00" => moment("2026-01-31 16:00:00"),
        text => moment(text),
    };
    let (a, b) = (bound(a), bound(b));
    let fails = move |row: &Row| {
        let value = time(row, column)?;
        let under = has_low && if low == "min" { value < a } else { value <= a };
        let over = has_high && if high == "max" { value > b } else { value >= b };
        Some(under || over)
    };
    (check, Box::new(fails))
}

fn with(column: &str, low: Option<(&str, Value)>, high: Option<(&str, Value)>) -> Value {
    let mut range = json!({"column": column});
    for (member, bound) in low.into_iter().chain(high) {
        range[member] = bound;
    }
    json!({"range": range})
}

/// A pattern of one's own, a named one, or a cast.
pub(crate) fn random(dice: &mut Dice) -> ByRow {
    // Most texts stand in `s`; `c` is padded.
    let column = *dice.one(&["s", "s", "s", "v", "c"]);
    match dice.below(3) {
        0 => {
            let pattern =
                *dice.one(&["^[a-z]+$", "'", "\\\\", "^$", "^.{1,3}$", "[0-9]", "中", "^it's|^\\$"]);
            let regex = regex_lite::Regex::new(&format!("(?s){pattern}")).unwrap();
            let check = json!({"pattern": {"column": column, "matches": pattern}});
            (check, Box::new(move |row| text(row, column).map(|text| !regex.is_match(text))))
        }
        1 => {
            let (named, is) = *dice.one(NAMED);
            let check = json!({"pattern": {"column": column, "named": named}});
            (check, Box::new(move |row| text(row, column).map(|text| !is(text))))
        }
        _ => {
            let (to, is) = *dice.one(CASTS);
            let check = json!({"castable": {"column": column, "to": to}});
            (check, Box::new(move |row| text(row, column).map(|text| !is(text))))
        }
    }
}

/// A named pattern, and whether a text is of it.
pub(crate) type Told = (&'static str, fn(&str) -> bool);

/// Named patterns.
pub(crate) const NAMED: &[Told] = &[
    ("email", is_email),
    ("url", is_url),
    ("date", is_date),
    ("timestamp", is_timestamp),
    ("phone", is_phone),
    ("china_mobile", is_china_mobile),
    ("china_resident_id", is_resident_id),
    ("uuid", is_uuid),
    ("ipv4", |text| text.parse::<Ipv4Addr>().is_ok()),
    ("ipv6", |text| text.parse::<Ipv6Addr>().is_ok()),
];

/// Casts.
pub(crate) const CASTS: &[Told] = &[
    ("boolean", |text| {
        let words = ["true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0"];
        words.contains(&text.to_ascii_lowercase().as_str())
    }),
    ("integer", |text| is_whole(text) && text.trim_start_matches('+').parse::<i32>().is_ok()),
    ("bigint", |text| is_whole(text) && text.trim_start_matches('+').parse::<i64>().is_ok()),
    ("decimal", is_decimal),
    ("date", is_date),
    ("timestamp", is_timestamp),
    ("uuid", is_uuid),
];

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_whole(text: &str) -> bool {
    text.len() <= 40 && digits(text.strip_prefix(['+', '-']).unwrap_or(text))
}

fn is_decimal(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (number, exponent) = rest.split_once(['e', 'E']).map_or((rest, None), |(n, e)| (n, Some(e)));
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let exponent = exponent.is_none_or(|exponent| {
        let places = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        digits(places) && places.len() <= 3
    });
    let or_none = |text: &str| text.is_empty() || digits(text);
    exponent && or_none(whole) && or_none(part) && !(whole.is_empty() && part.is_empty())
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let sizes = (year.len(), month.len(), day.len()) == (4, 2, 2);
    sizes
        && parts.iter().all(|part| digits(part))
        && *year != "0000"
        && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_timestamp(text: &str) -> bool {
    let Some((date, rest)) = text.split_once([' ', 'T']) else { return false };
    let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone);
    let (clock, part) = time.split_once('.').map_or((time, None), |(clock, part)| (clock, Some(part)));
    let fields: Vec<&str> = clock.split(':').collect();
    let within =
        |text: &str, most: u32| text.len() == 2 && digits(text) && text.parse::<u32>().unwrap() <= most;
    let clock_fits = match fields.as_slice() {
        [hour, minute] => within(hour, 23) && within(minute, 59) && part.is_none(),
        [hour, minute, second] => within(hour, 23) && within(minute, 59) && within(second, 59),
        _ => false,
    };
    let zone_fits = match zone.strip_prefix(['+', '-']) {
        None => zone.is_empty() || zone == "Z",
        Some(offset) => {
            offset.split_once(':').is_some_and(|(hours, minutes)| within(hours, 14) && within(minutes, 59))
        }
    };
    is_date(date) && clock_fits && part.is_none_or(|part| digits(part) && part.len() <= 6) && zone_fits
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text
            .char_indices()
            .all(|(i, c)| if [8, 13, 18, 23].contains(&i) { c == '-' } else { c.is_ascii_hexdigit() })
}

fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let labels: Vec<&str> = domain.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_sign = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    !name.is_empty() && name.chars().all(is_sign) && labels.len() > 1 && labels.iter().all(is_label)
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    ["http", "https", "ftp"].contains(&scheme)
        && !host.is_empty()
        && text.bytes().all(|b| b.is_ascii_graphic())
}

fn is_phone(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('+') else { return false };
    let numbers: String = rest.chars().filter(char::is_ascii_digit).collect();
    let apart = rest.split([' ', '-']).all(digits);
    apart && !rest.starts_with('0') && (7..=15).contains(&numbers.len())
}

fn is_china_mobile(text: &str) -> bool {
    let rest = ["+86", "0086", "86"].iter().find_map(|code| text.strip_prefix(code));
    let rest = rest.map_or(text, |rest| rest.strip_prefix([' ', '-']).unwrap_or(rest));
    rest.len() == 11 && digits(rest) && rest.starts_with('1') && !["10", "11", "12"].contains(&&rest[..2])
}

/// GB 11643 by its words: the weights are 2 to the power of the place from the right, modulo 11.
pub(crate) fn is_resident_id(text: &str) -> bool {
    let Some((body, last)) = text.is_ascii().then(|| text.split_at_checked(17)).flatten() else {
        return false;
    };
    if !digits(body) || body.starts_with('0') || last.len() != 1 {
        return false;
    }
    let birth = format!("{}-{}-{}", &body[6..10], &body[10..12], &body[12..14]);
    let century = ["18", "19", "20"].contains(&&body[6..8]);
    let sum: u32 = body
        .bytes()
        .enumerate()
        .map(|(i, digit)| u32::from(digit - b'0') * (2_u32.pow(17 - i as u32) % 11))
        .sum();
    let check = (12 - sum % 11) % 11;
    let digit = if check == 10 { "X".to_owned() } else { check.to_string() };
    century && is_date(&birth) && last.eq_ignore_ascii_case(&digit)
}
