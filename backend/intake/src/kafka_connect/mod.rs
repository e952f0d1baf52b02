//! Kafka Connect: the JSON of connectors, Debezium's among them. Each connector is a job; each way table → topic or topic → table
//! is a pair of its own.
//!
//! Read are a bare map of settings, `{name, config}`, lists of either, and what the REST interface answers
//! (`GET /connectors/{name}`, `GET /connectors?expand=info`). Where a list of tables is a pattern, or is not given, the names hold
//! a `*` ([`DatasetRef::is_pattern`](crate::DatasetRef::is_pattern)): which tables these are is for who knows the database.

mod config;
mod debezium;
mod forms;
mod names;
mod sinks;
mod sources;
mod transforms;

use crate::declared::{Declared, DeclaredJob, Definition, JobKind, JobRef, Owner, Pair, Tag};
use crate::naming::DatasetRef;
use crate::notice::{Expected, Notice, Place, Remark};
use config::Config;
use serde_json::Value;
use std::collections::HashSet;

/// What a connector does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The namespace of the jobs: `kafka-connect`, or the cluster of Connect.
    pub namespace: String,
    /// The namespace of the cluster's topics, `kafka://broker:9092`: Connect has it in its own settings. `None`: taken from
    /// settings that name brokers, else `kafka`.
    pub topics: Option<String>,
    /// The name of a connector that has none of its own: that of its file, say. `None`: its class.
    pub unnamed: Option<String>,
}

/// Bytes of a text.
const BYTES: usize = 16 << 20;
/// Connectors of a text.
const CONNECTORS: usize = 10_000;

/// Reads the bytes of a text. What is not understood is said, and does not stop the rest.
#[must_use]
pub fn read(bytes: &[u8], options: &Options) -> Declared {
    let mut declared = Declared::default();
    let refuse =
        |declared: &mut Declared, at: Place, what: Remark| declared.notices.push(Notice::new(at, what));
    if bytes.len() > BYTES {
        refuse(&mut declared, Place::default(), Remark::TooMuch { limit: BYTES as u64 });
        return declared;
    }
    let value: Value = match serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
        Ok(value) => value,
        Err(error) => {
            let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
            refuse(&mut declared, Place::line(line, ""), Remark::NotA { expected: Expected::Json });
            return declared;
        }
    };
    let (connectors, notices) = forms::connectors(&value);
    declared.notices = notices;
    if connectors.len() > CONNECTORS {
        refuse(&mut declared, Place::default(), Remark::TooMuch { limit: CONNECTORS as u64 });
    }
    for config in connectors.into_iter().take(CONNECTORS) {
        let job = job(&config, options, &mut declared.notices);
        declared.jobs.push(job);
    }
    declared
}

/// What flows through a connector, and what is not understood of it.
#[derive(Default)]
struct Flow {
    /// An end that has no name is `None`.
    ways: Vec<(Option<DatasetRef>, Option<DatasetRef>)>,
    /// The SQL that is asked, where the connector asks one.
    query: Option<Definition>,
    /// Remarks on settings, by their key.
    remarks: Vec<(String, Remark)>,
}

impl Flow {
    fn way(&mut self, from: impl Into<Option<DatasetRef>>, to: impl Into<Option<DatasetRef>>) {
        self.ways.push((from.into(), to.into()));
    }

    fn say(&mut self, key: &str, what: Remark) {
        self.remarks.push((key.to_owned(), what));
    }

    /// A pattern is said once.
    fn say_pattern(&mut self, key: &str) {
        if !self.remarks.iter().any(|(_, what)| *what == Remark::Pattern) {
            self.say(key, Remark::Pattern);
        }
    }
}

fn job(config: &Config, options: &Options, notices: &mut Vec<Notice>) -> DeclaredJob {
    let class = config.class();
    let topics = options.topics.clone().unwrap_or_else(|| config.topics_namespace());
    let flow = debezium::read(config, &class, &topics)
        .or_else(|| sources::read(config, &class, &topics))
        .unwrap_or_else(|| sinks::read(config, &class, &topics));
    let at = |key: &str| Place::path(format!("{}{key}", config.path));
    notices.extend(flow.remarks.into_iter().map(|(key, what)| Notice::new(at(&key), what)));
    let mut job = DeclaredJob::new(
        JobRef::new(options.namespace.as_str(), config.name(options.unnamed.as_deref())),
        JobKind::KafkaConnect,
    );
    job.definition = Some(flow.query.unwrap_or_else(|| Definition::new("json", config.text())));
    job.inputs = once(flow.ways.iter().filter_map(|(from, _)| from.clone()));
    job.outputs = once(flow.ways.iter().filter_map(|(_, to)| to.clone()));
    let pairs = flow.ways.into_iter().filter_map(|(from, to)| Some(Pair { from: from?, to: to? }));
    job.pairs = Some(pairs.collect());
    job.description = config.text_of("openlineage.integration.job.description");
    job.owners =
        labels(config, "openlineage.integration.owners").map(|(name, kind)| Owner { name, kind }).collect();
    let tags = labels(config, "openlineage.integration.tags");
    job.tags = tags.map(|(key, value)| Tag { value, ..Tag::plain(key) }).collect();
    job.details.insert("class".to_owned(), Value::from(config.get("connector.class")));
    job.details.insert("config".to_owned(), config.shown());
    job
}

/// `a=b,c=d` as Debezium writes tags and owners.
fn labels(config: &Config, key: &str) -> impl Iterator<Item = (String, Option<String>)> {
    let label = |text: &str| match text.split_once('=') {
        Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
        None => (text.to_owned(), None),
    };
    config.list(key).into_iter().map(move |text| label(&text)).collect::<Vec<_>>().into_iter()
}

/// Each once, in order.
fn once(names: impl Iterator<Item = DatasetRef>) -> Vec<DatasetRef> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(name.clone())).collect()
}
