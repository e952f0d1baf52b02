//! An agent as its properties describe it.

use super::{Options, component};
use crate::naming::DatasetRef;
use crate::properties::Entry;
use crate::secrets::is_secret_key;
use std::collections::BTreeMap;

/// The kinds of component.
pub(super) const KINDS: &[&str] = &["sources", "channels", "sinks", "sinkgroups", "configfilters"];

/// A setting: its value and its line.
pub(super) type Settings = BTreeMap<String, (String, u32)>;

/// A component: a source, a channel, a sink, a group of sinks.
#[derive(Debug, Clone, Default)]
pub(super) struct Component {
    /// Its settings by what follows its name.
    pub(super) settings: Settings,
    /// What it stands for, once that is known.
    pub(super) data: Vec<DatasetRef>,
}

impl Component {
    /// The value of a setting that says something.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(|(value, _)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first of several settings that says something: a name and those that it had before.
    pub(super) fn first(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// The line of a setting, else of the component's first.
    pub(super) fn line(&self, key: &str) -> u32 {
        let first = || self.settings.values().map(|(_, line)| *line).min();
        self.settings.get(key).map(|(_, line)| *line).or_else(first).unwrap_or(1)
    }
}

/// An agent.
#[derive(Debug, Clone)]
pub(super) struct Agent {
    pub(super) name: String,
    /// By kind, the names that are listed, with the line of the list. A component that is not listed is not used.
    listed: BTreeMap<String, (Vec<String>, u32)>,
    components: BTreeMap<String, BTreeMap<String, Component>>,
    /// Its lines as they are written, secrets hidden.
    text: Vec<String>,
}

impl Agent {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), listed: BTreeMap::new(), components: BTreeMap::new(), text: Vec::new() }
    }

    /// Takes an entry; whether it sets again, to another value, what was set before.
    pub(super) fn take(&mut self, kind: &str, rest: &[&str], entry: &Entry) -> bool {
        self.text.push(shown(entry));
        let value = entry.value.trim().to_owned();
        let Some((name, setting)) = rest.split_first() else {
            let names: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
            let before = self.listed.insert(kind.to_owned(), (names.clone(), entry.line));
            return before.is_some_and(|(before, _)| before != names);
        };
        let component =
            self.components.entry(kind.to_owned()).or_default().entry((*name).to_owned()).or_default();
        let before = component.settings.insert(setting.join("."), (value.clone(), entry.line));
        before.is_some_and(|(before, _)| before != value)
    }

    /// The names that are listed, each once, and the line of the list.
    pub(super) fn listed(&self, kind: &str) -> (Vec<&str>, u32) {
        let Some((names, line)) = self.listed.get(kind) else { return (Vec::new(), 1) };
        let mut once = Vec::new();
        for name in names {
            if !once.contains(&name.as_str()) {
                once.push(name.as_str());
            }
        }
        (once, *line)
    }

    /// The components that have settings, by name.
    pub(super) fn described(&self, kind: &str) -> impl Iterator<Item = (&str, &Component)> {
        self.components.get(kind).into_iter().flatten().map(|(name, component)| (name.as_str(), component))
    }

    /// A component that is listed and has settings.
    pub(super) fn component(&self, kind: &str, name: &str) -> Option<&Component> {
        self.components.get(kind)?.get(name)
    }

    /// The definition: the agent's own lines of the file.
    pub(super) fn text(&self) -> String {
        self.text.join("\n")
    }
}

/// An entry as it is written; where something of it is hidden, as key and value.
fn shown(entry: &Entry) -> String {
    let shown = crate::secrets::shown(&entry.key, &entry.value);
    if shown == entry.value && !is_secret_key(&entry.key) {
        return entry.written.trim().to_owned();
    }
    format!("{} = {}", entry.key, shown.replace('\\', "\\\\").replace('\n', "\\n"))
}

/// Finds what each component stands for. A source that listens on every address is the address to which a sink of the
/// same file sends: that is how the agents of a file are linked.
pub(super) fn link(agents: &mut BTreeMap<String, Agent>, options: &Options) {
    for agent in agents.values_mut() {
        for (kind, components) in &mut agent.components {
            for component in components.values_mut() {
                component.data = component::data_of(kind, component, options);
            }
        }
    }
    let all = |agents: &BTreeMap<String, Agent>, kind: &str| -> Vec<DatasetRef> {
        agents
            .values()
            .flat_map(|agent| agent.described(kind))
            .flat_map(|(_, one)| one.data.clone())
            .collect()
    };
    let sent = all(agents, "sinks");
    for agent in agents.values_mut() {
        let sources = agent.components.get_mut("sources").into_iter().flatten();
        for data in sources.flat_map(|(_, source)| &mut source.data) {
            if let Some(port) = any_address(&data.name) {
                let same = |at: &&DatasetRef| {
                    at.namespace == data.namespace && at.name.rsplit_once(':').map(|(_, p)| p) == Some(port)
                };
                if let Some(at) = sent.iter().find(same) {
                    *data = at.clone();
                }
            }
        }
    }
}

/// The port of a name that means every address of the host.
fn any_address(name: &str) -> Option<&str> {
    let (host, port) = name.rsplit_once(':')?;
    matches!(host, "0.0.0.0" | "::" | "[::]" | "*" | "localhost" | "127.0.0.1").then_some(port)
}
