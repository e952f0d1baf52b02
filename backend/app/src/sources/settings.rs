//! What people set about a source, read from what they typed: checked once, for page, API and command line alike.

use super::reader::{Connection, FieldFault, Filters, TlsMode};
use cadastre_model::{Cron, CronError, Message, next_after};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many patterns or aliases are taken.
const LINES: usize = 500;
/// The longest pattern, name or namespace that is taken, in bytes.
const LINE: usize = 500;
/// How many times of a schedule are looked at to find how close they come.
const TIMES: usize = 64;

/// Faults by field.
pub(super) type Faults = Vec<(String, Message)>;

/// How to reach a source, without the secret: what `source_facts.connection` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// A DNS name or an address; never a path.
    #[schema(example = "db.example.org")]
    pub host: String,
    /// The port.
    #[schema(example = 5432)]
    pub port: u16,
    /// The database.
    pub database: String,
    /// The role that signs in.
    pub user: String,
    /// How the line is protected: `disable`, `require` or `verify_full`.
    #[schema(value_type = String, example = "verify_full")]
    pub tls: TlsMode,
    /// Certificates (PEM) that are trusted instead of the machine's.
    #[serde(default)]
    pub ca: Option<String>,
}

impl Place {
    /// With its secret, as the reader takes it.
    #[must_use]
    pub fn connection(&self, secret: SecretString) -> Connection {
        Connection {
            host: self.host.clone(),
            port: self.port,
            database: self.database.clone(),
            user: self.user.clone(),
            secret,
            tls: self.tls,
            ca: self.ca.clone(),
        }
    }

    /// Whether a secret that was given for one place may be sent to the other: else whoever may change the host could
    /// have it sent to a server of their own.
    pub(super) fn keeps_secret_of(&self, other: &Self) -> bool {
        let none = || SecretString::from(String::new());
        self.connection(none()).same_place(&other.connection(none()))
    }

    /// The namespace that OpenLineage gives to the names of this place.
    #[must_use]
    pub fn namespace(&self) -> String {
        let host = self.connection(String::new().into()).bare_host();
        if host.contains(':') {
            format!("postgres://[{host}]:{}", self.port)
        } else {
            format!("postgres://{host}:{}", self.port)
        }
    }
}

/// Which schemas and datasets a crawl takes in, one pattern each: `schema.dataset` or `dataset`, with `*` for any
/// characters. A pattern that takes a whole schema is `schema.*`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Patterns {
    /// What is taken; empty: everything.
    pub include: Vec<String>,
    /// What is left out; wins over what is taken.
    pub exclude: Vec<String>,
}

impl Patterns {
    /// As the reader takes them.
    #[must_use]
    pub fn filters(&self) -> Filters {
        let mut filters = Filters::default();
        for pattern in &self.include {
            let schema = schema_of(pattern).unwrap_or("*").to_owned();
            if !filters.include_schemas.contains(&schema) {
                filters.include_schemas.push(schema);
            }
            filters.include_datasets.push(pattern.clone());
        }
        for pattern in &self.exclude {
            match schema_of(pattern) {
                Some(schema) if pattern.len() == schema.len() + 2 && pattern.ends_with('*') => {
                    filters.exclude_schemas.push(schema.to_owned());
                }
                _ => filters.exclude_datasets.push(pattern.clone()),
            }
        }
        filters
    }

    /// As people wrote them.
    #[must_use]
    pub fn of(filters: &Filters) -> Self {
        let schemas = filters.exclude_schemas.iter().map(|schema| format!("{schema}.*"));
        Self {
            include: filters.include_datasets.clone(),
            exclude: schemas.chain(filters.exclude_datasets.iter().cloned()).collect(),
        }
    }

    pub(super) fn faults(&self) -> Faults {
        let check =
            |field: &str, lines: &[String]| list_fault(lines).map(|message| (field.to_owned(), message));
        check("include", &self.include).into_iter().chain(check("exclude", &self.exclude)).collect()
    }
}

/// The part of a pattern before its first dot that no backslash takes away.
fn schema_of(pattern: &str) -> Option<&str> {
    let mut taken = false;
    for (place, c) in pattern.char_indices() {
        match c {
            '.' if !taken => return Some(&pattern[..place]),
            '\\' => taken = !taken,
            _ => taken = false,
        }
    }
    None
}

/// When a source is crawled by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Five fields; none: only by hand.
    #[schema(example = "0 3 * * *")]
    pub cron: Option<String>,
    /// The zone that the fields mean.
    #[serde(default = "utc")]
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Whether it rests.
    #[serde(default)]
    pub paused: bool,
}

fn utc() -> String {
    "UTC".to_owned()
}

impl Default for Schedule {
    fn default() -> Self {
        Self { cron: None, time_zone: utc(), paused: false }
    }
}

impl Schedule {
    pub(super) fn faults(&self, shortest: Duration) -> Faults {
        let mut faults = Vec::new();
        if self.time_zone.parse::<Tz>().is_err() {
            faults.push(("time_zone".to_owned(), Message::new("source-zone-unknown")));
        }
        match self.cron.as_deref().map(str::parse::<Cron>) {
            None => {}
            Some(Err(CronError::Unreadable(_))) => {
                faults.push(("cron".to_owned(), Message::new("source-cron-unreadable")));
            }
            Some(Err(CronError::Never(_))) => {
                faults.push(("cron".to_owned(), Message::new("source-cron-never")));
            }
            Some(Ok(cron)) if comes_closer_than(&cron, shortest) => {
                let message =
                    Message::new("source-cron-often").arg("minutes", shortest.as_secs().div_ceil(60));
                faults.push(("cron".to_owned(), message));
            }
            Some(Ok(_)) => {}
        }
        faults
    }

    /// When it fires next after an instant; none when it rests, or was not set.
    #[must_use]
    pub fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let cron: Cron = self.cron.as_deref().filter(|_| !self.paused)?.parse().ok()?;
        next_after(&cron, self.time_zone.parse().ok()?, after)
    }
}

fn comes_closer_than(cron: &Cron, shortest: Duration) -> bool {
    let mut last = DateTime::UNIX_EPOCH;
    for n in 0..TIMES {
        let Some(next) = next_after(cron, Tz::UTC, last) else { return false };
        if n > 0 && (next - last).to_std().is_ok_and(|gap| gap < shortest) {
            return true;
        }
        last = next;
    }
    false
}

/// What is wrong with the fields of a connection.
pub(super) fn place_faults(connection: &Connection) -> Faults {
    let named = |fault: FieldFault| (fault.field.to_owned(), fault.message);
    connection.faults().into_iter().map(named).collect()
}

pub(super) fn name_fault(name: &str) -> Option<(String, Message)> {
    let message = if name.trim().is_empty() { Message::new("source-field-empty") } else { line_fault(name)? };
    Some(("name".to_owned(), message))
}

pub(super) fn namespace_fault(namespace: &str) -> Option<(String, Message)> {
    let message =
        if namespace.trim().is_empty() { Message::new("source-field-empty") } else { line_fault(namespace)? };
    Some(("namespace".to_owned(), message))
}

pub(super) fn aliases_fault(aliases: &[String]) -> Option<(String, Message)> {
    Some(("aliases".to_owned(), list_fault(aliases)?))
}

fn list_fault(lines: &[String]) -> Option<Message> {
    if lines.len() > LINES {
        return Some(Message::new("source-lines-many").arg("most", LINES));
    }
    lines.iter().find_map(|line| line_fault(line))
}

fn line_fault(line: &str) -> Option<Message> {
    if line.len() > LINE {
        return Some(Message::new("source-line-long").arg("most", LINE));
    }
    line.contains(char::is_control).then(|| Message::new("source-field-nul"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(include: &[&str], exclude: &[&str]) -> Patterns {
        let list = |lines: &[&str]| lines.iter().map(ToString::to_string).collect();
        Patterns { include: list(include), exclude: list(exclude) }
    }

    #[test]
    fn patterns_take_schemas_and_datasets_as_they_read() {
        let filters =
            patterns(&["sales.*", "public.order_*"], &["sales.tmp_*", "audit.*", "secret"]).filters();
        assert!(
            filters.takes_schema("sales") && filters.takes_schema("public") && !filters.takes_schema("hr")
        );
        assert!(filters.takes_dataset("sales", "x") && !filters.takes_dataset("sales", "tmp_1"));
        assert!(filters.takes_dataset("public", "order_items") && !filters.takes_dataset("public", "people"));
        assert!(!filters.takes_schema("audit") && !filters.takes_dataset("sales", "secret"));
        let bare = patterns(&["order_*"], &[]).filters();
        assert!(
            bare.takes_schema("any")
                && bare.takes_dataset("any", "order_1")
                && !bare.takes_dataset("any", "x")
        );
    }

    #[test]
    fn patterns_come_back_as_they_were_written() {
        for given in [patterns(&[], &[]), patterns(&["a.*", "b", r"c\.d.e"], &["x.*", "y.z", "w"])] {
            assert_eq!(Patterns::of(&given.filters()), given);
        }
    }

    #[test]
    fn a_schedule_may_not_fire_too_often() {
        let five = Duration::from_secs(300);
        let fault = |cron: &str| {
            let schedule = Schedule { cron: Some(cron.to_owned()), ..Schedule::default() };
            schedule.faults(five).first().map(|(_, message)| message.key.clone().into_owned())
        };
        for often in ["* * * * *", "*/4 * * * *", "0,59 * * * *", "0,1 3 1 1 *", "58,0 23,0 * * *"] {
            assert_eq!(fault(often).as_deref(), Some("source-cron-often"), "{often}");
        }
        for fine in ["*/5 * * * *", "0 3 * * *", "0,30 3 1 1 *"] {
            assert_eq!(fault(fine), None, "{fine}");
        }
        assert_eq!(fault("0 0 30 2 *").as_deref(), Some("source-cron-never"));
        assert_eq!(fault("often").as_deref(), Some("source-cron-unreadable"));
    }

    #[test]
    fn the_default_namespace_is_the_place_as_openlineage_names_it() {
        let place = |host: &str| Place {
            host: host.to_owned(),
            port: 5433,
            database: "d".to_owned(),
            user: "u".to_owned(),
            tls: TlsMode::Disable,
            ca: None,
        };
        assert_eq!(place("DB.example.org.").namespace(), "postgres://db.example.org:5433");
        assert_eq!(place("[::1]").namespace(), "postgres://[::1]:5433");
    }
}
