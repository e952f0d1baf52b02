//! How much a source may be asked for what it holds: set by whoever manages it, counted by the safe reader.

use super::settings::{Faults, Schedule};
use cadastre_model::Message;
use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The least time between two profiles of all datasets.
const SHORTEST: Duration = Duration::from_secs(3600);

/// Stretches of quiet that are taken.
const STRETCHES: usize = 10;

/// Limits on reading what a source holds (rules, profiles, samples); crawls have their own. Over all replicas together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reading {
    /// Connections at once.
    #[schema(example = 2)]
    pub connections: u32,
    /// Seconds that one query may take.
    #[schema(example = 60)]
    pub statement_seconds: u32,
    /// Queries of one day; 0: it is not read.
    #[schema(example = 50_000)]
    pub statements_a_day: u32,
    /// Seconds that the queries of one day may take together.
    #[schema(example = 14_400)]
    pub seconds_a_day: u32,
    /// When it is not read, in the time zone of its schedule.
    pub quiet: Vec<Quiet>,
    /// When all its datasets are profiled, as five fields in the time zone of its schedule; none: only when somebody asks for one.
    #[schema(example = "0 4 * * 0")]
    pub profile_cron: Option<String>,
}

/// A stretch of the day, which may go over midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// Its beginning, `HH:MM`.
    #[schema(example = "22:00")]
    pub from: String,
    /// Its end, which is no longer in it.
    #[schema(example = "06:00")]
    pub to: String,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            connections: 2,
            statement_seconds: 60,
            statements_a_day: 50_000,
            seconds_a_day: 4 * 3600,
            quiet: Vec::new(),
            profile_cron: None,
        }
    }
}

impl Reading {
    /// The stretch of quiet that a time of day lies in.
    #[must_use]
    pub fn quiet_at(&self, time: NaiveTime) -> Option<&Quiet> {
        self.quiet.iter().find(|quiet| quiet.holds(time))
    }

    /// When its datasets are profiled next after an instant, by the zone of the source's schedule.
    #[must_use]
    pub fn next_profile(&self, zone: &Schedule, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        Schedule { cron: self.profile_cron.clone(), time_zone: zone.time_zone.clone(), paused: zone.paused }
            .next(after)
    }

    pub(super) fn faults(&self) -> Faults {
        let bounds = [
            ("connections", self.connections, 1, 20),
            ("statement_seconds", self.statement_seconds, 1, 3600),
            ("statements_a_day", self.statements_a_day, 0, 10_000_000),
            ("seconds_a_day", self.seconds_a_day, 0, 20 * 86_400),
        ];
        let wrong = bounds.iter().filter(|(_, value, least, most)| value < least || value > most);
        let mut faults: Faults = wrong
            .map(|(field, _, least, most)| {
                let message = Message::new("source-reading-bounds").arg("least", least).arg("most", most);
                ((*field).to_owned(), message)
            })
            .collect();
        if self.quiet.len() > STRETCHES || !self.quiet.iter().all(Quiet::is_good) {
            faults.push(("quiet".to_owned(), Message::new("source-reading-quiet").arg("most", STRETCHES)));
        }
        let schedule = Schedule { cron: self.profile_cron.clone(), ..Schedule::default() };
        let wrong = schedule.faults(SHORTEST).into_iter();
        faults.extend(wrong.map(|(_, message)| ("profile_cron".to_owned(), message)));
        faults
    }
}

impl Quiet {
    fn times(&self) -> Option<(NaiveTime, NaiveTime)> {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
        Some((time(&self.from)?, time(&self.to)?))
    }

    fn is_good(&self) -> bool {
        self.times().is_some_and(|(from, to)| from != to)
    }

    fn holds(&self, time: NaiveTime) -> bool {
        self.times().is_some_and(|(from, to)| {
            if from < to { (from..to).contains(&time) } else { time >= from || time < to }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(quiet: &[(&str, &str)]) -> Reading {
        let quiet = quiet.iter().map(|(from, to)| Quiet { from: (*from).into(), to: (*to).into() }).collect();
        Reading { quiet, ..Reading::default() }
    }

    #[test]
    fn quiet_goes_over_midnight() {
        let reading = reading(&[("22:30", "06:00"), ("12:00", "13:00")]);
        let quiet =
            |hour, minute| reading.quiet_at(NaiveTime::from_hms_opt(hour, minute, 0).unwrap()).is_some();
        for (hour, minute) in [(22, 30), (23, 59), (0, 0), (5, 59), (12, 0), (12, 59)] {
            assert!(quiet(hour, minute), "{hour}:{minute}");
        }
        for (hour, minute) in [(22, 29), (6, 0), (11, 59), (13, 0)] {
            assert!(!quiet(hour, minute), "{hour}:{minute}");
        }
    }

    #[test]
    fn what_is_left_out_has_its_default_and_what_is_wrong_is_said() {
        let read: Reading = serde_json::from_str(r#"{"connections": 3}"#).unwrap();
        assert_eq!(read, Reading { connections: 3, ..Reading::default() });
        assert!(read.faults().is_empty());
        let wrong = Reading { connections: 0, statement_seconds: 9_999, ..reading(&[("7", "25:00")]) };
        let fields: Vec<String> = wrong.faults().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["connections", "statement_seconds", "quiet"]);
    }
}
