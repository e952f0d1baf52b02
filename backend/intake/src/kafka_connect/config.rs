//! The settings of a connector.

use crate::address;
use crate::secrets::{HIDDEN, is_secret_key, scrub, shown};
use serde_json::{Map, Value, json};

/// The settings, with where they stand in the text.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The path of the settings, with a point at its end: `config.`, `[1].config.`
    pub(super) path: String,
    name: Option<String>,
    members: Map<String, Value>,
}

/// The settings that name the brokers of the cluster, the surest first.
const BROKERS: &[&str] = &[
    "schema.history.internal.kafka.bootstrap.servers",
    "database.history.kafka.bootstrap.servers",
    "producer.override.bootstrap.servers",
    "consumer.override.bootstrap.servers",
    "confluent.topic.bootstrap.servers",
    "reporter.bootstrap.servers",
    "kafka.bootstrap.servers",
    "bootstrap.servers",
];

impl Config {
    pub(super) fn new(path: String, name: Option<&str>, members: Map<String, Value>) -> Self {
        Self { path, name: name.map(str::to_owned), members }
    }

    /// The connector's name, else the one for it, else its class.
    pub(super) fn name(&self, unnamed: Option<&str>) -> String {
        let name = self.name.clone().or_else(|| self.text_of("name")).or_else(|| unnamed.map(str::to_owned));
        scrub(&name.unwrap_or_else(|| self.class())).replace('\0', "\u{fffd}")
    }

    /// A setting as text; one of blanks is none.
    pub(super) fn text_of(&self, key: &str) -> Option<String> {
        let text = match self.members.get(key)? {
            Value::String(text) => text.trim().replace('\0', "\u{fffd}"),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// The same; empty where there is none.
    pub(super) fn get(&self, key: &str) -> String {
        self.text_of(key).unwrap_or_default()
    }

    /// The first of several settings that says something: a name and those that it had before.
    pub(super) fn first(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.text_of(key))
    }

    /// The key of the first of several settings that is there, else the first.
    pub(super) fn key_of<'a>(&self, keys: &[&'a str]) -> &'a str {
        let there = keys.iter().find(|key| self.text_of(key).is_some());
        there.or(keys.first()).copied().unwrap_or_default()
    }

    /// The parts of a setting between its commas.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        let text = self.get(key);
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// The same of the first of several settings that says something.
    pub(super) fn first_list(&self, keys: &[&str]) -> Vec<String> {
        self.list(self.key_of(keys))
    }

    pub(super) fn is(&self, key: &str) -> bool {
        self.get(key).eq_ignore_ascii_case("true")
    }

    /// The keys of the settings.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// The simple name of the class, in lower case.
    pub(super) fn class(&self) -> String {
        let class = self.get("connector.class");
        class.rsplit('.').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The namespace of topics, by the settings that name brokers.
    pub(super) fn topics_namespace(&self) -> String {
        address::kafka(self.first(BROKERS).as_deref())
    }

    /// The settings without secrets.
    pub(super) fn shown(&self) -> Value {
        without_secrets("", &Value::Object(self.members.clone()))
    }

    /// The definition: name and settings without secrets.
    pub(super) fn text(&self) -> String {
        let whole = json!({"name": self.name(None), "config": self.shown()});
        serde_json::to_string_pretty(&whole).unwrap_or_default()
    }
}

fn without_secrets(key: &str, value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(shown(key, text).replace('\0', "\u{fffd}")),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let path = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                (name.replace('\0', "\u{fffd}"), without_secrets(&path, value))
            };
            Value::Object(members.iter().map(member).collect())
        }
        Value::Array(items) => items.iter().map(|item| without_secrets(key, item)).collect(),
        Value::Number(_) if is_secret_key(key) => Value::from(HIDDEN),
        other => other.clone(),
    }
}
