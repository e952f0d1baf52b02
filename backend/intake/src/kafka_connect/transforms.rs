//! Transforms that give a topic another name, in the order in which the connector has them.

use super::config::Config;
use crate::notice::Remark;
use regex::{Regex, RegexBuilder};

/// Transforms of one connector that are read.
const STEPS: usize = 50;

/// The transforms of a connector.
pub(super) struct Transforms {
    steps: Vec<Step>,
    /// What could not be read of them, by key.
    pub(super) remarks: Vec<(String, Remark)>,
}

/// What one transform does to a name.
enum Step {
    /// The whole name has to match; `all` replaces every occurrence, else the first.
    Regex { pattern: Regex, replacement: String },
    /// Another name, whatever it was.
    Named(String),
    /// The name with something around it.
    Around(String),
}

impl Transforms {
    /// The transforms that rename.
    pub(super) fn of(config: &Config) -> Self {
        let mut transforms = Self { steps: Vec::new(), remarks: Vec::new() };
        for name in config.list("transforms").iter().take(STEPS) {
            transforms.take(config, &format!("transforms.{name}."));
        }
        transforms
    }

    fn take(&mut self, config: &Config, key: &str) {
        let class = config.get(&format!("{key}type"));
        let simple = class.rsplit('.').next().unwrap_or_default();
        let get = |name: &str| config.text_of(&format!("{key}{name}"));
        if get("predicate").is_some() {
            self.remarks.push((format!("{key}predicate"), Remark::Dynamic));
        }
        match simple.split('$').next().unwrap_or_default() {
            "RegexRouter" => self.regex(key, "regex", get("regex"), get("replacement")),
            "ByLogicalTableRouter" => {
                self.regex(key, "topic.regex", get("topic.regex"), get("topic.replacement"));
            }
            "EventRouter" | "MongoEventRouter" => {
                let written = get("route.topic.replacement")
                    .unwrap_or_else(|| "outbox.event.${routedByValue}".to_owned());
                self.steps.push(Step::Named(open(&written)));
                self.remarks.push((format!("{key}type"), Remark::Dynamic));
            }
            "TimestampRouter" | "MessageTimestampRouter" => {
                let written = get("topic.format").unwrap_or_else(|| "${topic}-${timestamp}".to_owned());
                self.steps.push(Step::Around(written));
            }
            "ExtractTopic" | "TopicFromField" | "HeaderToTopic" => {
                self.steps.push(Step::Named("*".to_owned()));
                self.remarks.push((format!("{key}type"), Remark::Dynamic));
            }
            _ => {}
        }
    }

    fn regex(&mut self, key: &str, member: &str, pattern: Option<String>, replacement: Option<String>) {
        let (Some(pattern), Some(replacement)) = (pattern, replacement) else {
            return self.remarks.push((format!("{key}{member}"), Remark::Missing));
        };
        // Java's router wants the whole name to match
        let whole = RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(1 << 20).build();
        match whole {
            Ok(pattern) => self.steps.push(Step::Regex { pattern, replacement: braced(&replacement) }),
            Err(error) => {
                let reason = error.to_string().lines().last().unwrap_or_default().chars().take(200).collect();
                self.remarks.push((format!("{key}{member}"), Remark::Unreadable { reason }));
            }
        }
    }

    /// The name that a topic has in the end.
    pub(super) fn name(&self, topic: &str) -> String {
        let mut name = topic.to_owned();
        for step in &self.steps {
            name = match step {
                Step::Regex { pattern, replacement } if name.len() < 4_096 => {
                    pattern.replace(&name, replacement.as_str()).into_owned()
                }
                Step::Regex { .. } => name,
                Step::Named(named) => named.clone(),
                Step::Around(written) => open(&written.replace("${topic}", &name)),
            };
        }
        name
    }
}

/// Java's `$1` and `\$` as this regex crate writes them.
fn braced(replacement: &str) -> String {
    let mut text = String::new();
    let mut rest = replacement.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('$') => text.push_str("$$"),
                Some(other) => text.push(other),
                None => {}
            },
            '$' if rest.peek() == Some(&'{') => text.push('$'),
            '$' => {
                let mut group = String::new();
                while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                    group.push(digit);
                }
                text.push_str(&format!("${{{group}}}"));
            }
            other => text.push(other),
        }
    }
    text
}

/// A name with what only the data knows left open.
fn open(written: &str) -> String {
    let mut name = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("${") {
        name.push_str(before);
        name.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    name.push_str(rest);
    name
}
