//! The forms in which connectors are written down.

use super::config::Config;
use crate::notice::{Expected, Notice, Place, Remark};
use serde_json::{Map, Value};

/// How deep connectors stand in lists and answers.
const DEPTH: usize = 4;

/// The connectors of a text, and what is none.
pub(super) fn connectors(value: &Value) -> (Vec<Config>, Vec<Notice>) {
    let (mut found, mut notices) = (Vec::new(), Vec::new());
    search(value, "", None, DEPTH, &mut found, &mut notices);
    (found, notices)
}

fn search(
    value: &Value,
    path: &str,
    name: Option<&str>,
    left: usize,
    found: &mut Vec<Config>,
    notices: &mut Vec<Notice>,
) {
    let mut say = |at: String, what: Remark| notices.push(Notice::new(Place::path(at), what));
    match value {
        Value::Array(items) if left > 0 => {
            for (index, item) in items.iter().enumerate() {
                search(item, &format!("{path}[{index}]"), None, left - 1, found, notices);
            }
        }
        Value::Object(members) => {
            let own = members.get("name").and_then(Value::as_str).or(name);
            if let Some(config) = settings(members, path, own) {
                found.push(config);
            } else if let (Some(connectors), true) = (members.get("connectors"), left > 0) {
                search(connectors, &joined(path, "connectors"), None, left - 1, found, notices);
            } else if left > 0 && is_answer(members) {
                for (name, answer) in members {
                    // `GET /connectors?expand=info&expand=status`
                    let info = answer.get("info").unwrap_or(answer);
                    search(info, &joined(path, name), Some(name), left - 1, found, notices);
                }
            } else {
                say(joined(path, "connector.class"), Remark::Missing);
            }
        }
        _ => say(path.to_owned(), Remark::NotA { expected: Expected::Object }),
    }
}

/// The settings of a connector: `{name, config: {…}}`, or the map itself.
fn settings(members: &Map<String, Value>, path: &str, name: Option<&str>) -> Option<Config> {
    let inner = members.get("config").and_then(Value::as_object);
    if let Some(config) = inner.filter(|config| config.contains_key("connector.class")) {
        return Some(Config::new(joined(path, "config."), name, config.clone()));
    }
    let at = if path.is_empty() { String::new() } else { format!("{path}.") };
    members.contains_key("connector.class").then(|| Config::new(at, name, members.clone()))
}

/// Whether every member is itself an object: connectors by name.
fn is_answer(members: &Map<String, Value>) -> bool {
    !members.is_empty() && members.values().all(Value::is_object)
}

fn joined(path: &str, member: &str) -> String {
    let member: String = member.chars().take(100).collect();
    if path.is_empty() { member } else { format!("{path}.{member}") }
}
