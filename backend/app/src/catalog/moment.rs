//! The moment that a reader asks about: the facts of then, under the rights of today.

use crate::error::{Failure, Result};
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// Reads `at` as it was typed: RFC 3339, or the value of a field of date and time in the reader's zone, or a day, which
/// stands for its end. Nothing typed, and a moment that is still to come, stand for now.
///
/// # Errors
/// `Invalid` when it is none of these.
pub fn read(typed: Option<&str>, zone: Tz, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let Some(typed) = typed.map(str::trim).filter(|typed| !typed.is_empty()) else { return Ok(None) };
    let at = instant(typed, zone).ok_or_else(|| Failure::invalid("at", "error-moment"))?;
    Ok((at < now).then_some(at))
}

/// The same, also where it is still to come; none when it is none of these.
pub(crate) fn instant(typed: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(typed) {
        return Some(at.to_utc());
    }
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(typed, format).ok());
    if let Some(local) = local {
        return in_zone(local, zone);
    }
    let next_day = NaiveDate::parse_from_str(typed, "%Y-%m-%d").ok()?.checked_add_days(Days::new(1))?;
    in_zone(next_day.and_time(NaiveTime::MIN), zone)?.checked_sub_signed(TimeDelta::microseconds(1))
}

/// A time that the clock skips stands for the first that exists after it.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let at = zone.from_local_datetime(&local);
    let at = at.earliest().or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
    at.map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_the_readers_zone() {
        let now = "2026-11-21T00:00:00Z".parse().unwrap();
        for (typed, expected) in [
            ("", None),
            ("2026-11-20T05:02:00.5Z", Some("2026-11-20T05:02:00.500Z")),
            ("2026-11-20T05:02", Some("2026-11-19T21:02:00Z")),
            ("2026-11-20T05:02:03", Some("2026-11-19T21:02:03Z")),
            ("2026-11-19", Some("2026-11-19T15:59:59.999999Z")),
            ("2026-12-01", None),
        ] {
            let at = read(Some(typed), Tz::Asia__Shanghai, now).unwrap();
            assert_eq!(at, expected.map(|text| text.parse().unwrap()), "{typed}");
        }
        assert!(read(Some("yesterday"), Tz::UTC, now).is_err());
    }
}
