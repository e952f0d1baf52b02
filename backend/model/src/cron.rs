//! Cron expressions with a time zone: five fields, and what the clock change does to them.
//!
//! Policy: a time in the hour that is skipped fires once, at the first moment that exists; a time in the hour that
//! comes twice fires once, the first time; steps (`*/n`) go on in absolute time.

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;
use croner::parser::CronParser;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A schedule of five fields (minute, hour, day of month, month, day of week) that has been read and does fire.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cron(String);

/// Why a schedule was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not five fields, or one that can't be read.
    #[error(
        "`{0}` is no schedule: five fields are needed (minute hour day month weekday), for example `0 3 * * *`"
    )]
    Unreadable(String),
    /// A date that never comes.
    #[error("`{0}` never fires")]
    Never(String),
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let unreadable = || CronError::Unreadable(text.to_owned());
        if text.len() > 200 || text.split_whitespace().count() != 5 {
            return Err(unreadable());
        }
        let cron = Self(text.to_owned());
        let parsed = parser().parse(text).map_err(|_| unreadable())?;
        let start = Utc.timestamp_opt(1_767_225_600, 0).single().ok_or_else(unreadable)?;
        parsed.find_next_occurrence(&start, false).map_err(|_| CronError::Never(text.to_owned()))?;
        Ok(cron)
    }
}

impl TryFrom<String> for Cron {
    type Error = CronError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Cron> for String {
    fn from(cron: Cron) -> Self {
        cron.0
    }
}

impl Cron {
    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn parser() -> CronParser {
    CronParser::builder().seconds(croner::parser::Seconds::Disallowed).build()
}

/// The first time after `after` at which the schedule fires in `zone`; `None` when it never does again.
#[must_use]
pub fn next_after(cron: &Cron, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let parsed = parser().parse(&cron.0).ok()?;
    let next = parsed.find_next_occurrence(&after.with_timezone(&zone), false).ok()?;
    Some(next.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_schedule_fires_at_its_local_time() {
        let cron: Cron = "30 3 * * *".parse().unwrap();
        let next = next_after(&cron, Tz::Asia__Shanghai, utc("2026-11-20T00:00:00Z"));
        assert_eq!(next, Some(utc("2026-11-20T19:30:00Z")));
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_an_example() {
        for bad in ["", "* * * *", "61 * * * *", "* * * * * *", "@daily", "a b c d e"] {
            let error = bad.parse::<Cron>().unwrap_err();
            assert!(error.to_string().contains("0 3 * * *"), "{bad}: {error}");
        }
    }

    #[test]
    fn a_date_that_never_comes_is_refused() {
        assert_eq!("0 0 30 2 *".parse::<Cron>(), Err(CronError::Never("0 0 30 2 *".to_owned())));
    }

    #[test]
    fn the_skipped_hour_fires_once_at_the_first_moment_that_exists() {
        let cron: Cron = "30 2 * * *".parse().unwrap();
        let next = next_after(&cron, Tz::America__New_York, utc("2026-03-08T05:00:00Z")).unwrap();
        assert_eq!(next, utc("2026-03-08T07:00:00Z"));
        assert_eq!(next_after(&cron, Tz::America__New_York, next), Some(utc("2026-03-09T06:30:00Z")));
    }

    #[test]
    fn the_hour_that_comes_twice_fires_once() {
        let cron: Cron = "30 1 * * *".parse().unwrap();
        let first = next_after(&cron, Tz::America__New_York, utc("2026-11-01T04:00:00Z")).unwrap();
        assert_eq!(first, utc("2026-11-01T05:30:00Z"));
        assert_eq!(next_after(&cron, Tz::America__New_York, first), Some(utc("2026-11-02T06:30:00Z")));
    }
}
