//! Flume: the properties of agents. Each agent is a job; each way source → channel → sink is a pair of its own.
//!
//! Lookups that the file itself answers (`${NAME}`) are written out; others (`${env:…}`, `%{header}`, `%Y`) stay in the names as they
//! are written: only the running agent knows them.

mod agent;
mod component;
mod route;

use crate::declared::Declared;
use crate::notice::{Notice, Place, Remark};
use crate::properties::{self, Entry};
use crate::secrets::is_secret_key;
use agent::{Agent, KINDS};
use std::collections::{BTreeMap, BTreeSet};

/// What a file does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The namespace of the jobs: `flume`, or the host or project whose file it is. Agents of several files may have one name.
    pub namespace: String,
    /// The host that the agents run on, where it is known: then their files are `file://host`, else `file`.
    pub host: Option<String>,
}

impl Options {
    /// The namespace of files on the agent's host.
    fn files(&self) -> String {
        self.host.as_ref().map_or_else(|| "file".to_owned(), |host| format!("file://{host}"))
    }
}

/// Bytes of a file.
const BYTES: usize = 8 << 20;
/// Notices of a file; more help nobody.
const NOTICES: usize = 200;

/// Reads the bytes of a file. What is not understood is said, and does not stop the rest.
#[must_use]
pub fn read(bytes: &[u8], options: &Options) -> Declared {
    let mut declared = Declared::default();
    if bytes.len() > BYTES {
        declared.notices.push(Notice::new(Place::default(), Remark::TooMuch { limit: BYTES as u64 }));
        return declared;
    }
    let (mut agents, mut notices) = agents(&properties::decode(bytes));
    agent::link(&mut agents, options);
    for agent in agents.values() {
        declared.jobs.push(route::job(agent, options, &mut notices));
    }
    notices.sort();
    notices.dedup();
    notices.truncate(NOTICES);
    declared.notices = notices;
    declared
}

/// The agents of a file by name.
fn agents(text: &str) -> (BTreeMap<String, Agent>, Vec<Notice>) {
    let mut agents: BTreeMap<String, Agent> = BTreeMap::new();
    let mut notices = Vec::new();
    let (of_agents, others): (Vec<Entry>, Vec<Entry>) =
        properties::read(text).into_iter().partition(is_of_agent);
    let named: BTreeMap<&str, &str> =
        others.iter().map(|entry| (entry.key.as_str(), entry.value.as_str())).collect();
    let mut used = BTreeSet::new();
    for mut entry in of_agents {
        entry.value = looked_up(&entry.value, &named, &mut used);
        let parts: Vec<&str> = entry.key.splitn(4, '.').collect();
        if let [name, kind, rest @ ..] = parts.as_slice() {
            let agent = agents.entry((*name).to_owned()).or_insert_with(|| Agent::new(name));
            if agent.take(kind, rest, &entry) {
                notices.push(Notice::new(Place::line(entry.line, entry.key), Remark::SetTwice));
            }
        }
    }
    let stray = others.iter().filter(|entry| !used.contains(entry.key.as_str()));
    notices
        .extend(stray.map(|entry| Notice::new(Place::line(entry.line, entry.key.as_str()), Remark::Stray)));
    (agents, notices)
}

fn is_of_agent(entry: &Entry) -> bool {
    let mut parts = entry.key.splitn(3, '.');
    parts.next().is_some_and(|name| !name.is_empty())
        && parts.next().is_some_and(|kind| KINDS.contains(&kind))
}

/// A value with the lookups written out that the file itself answers: `${NAME}` of an entry `NAME = …`. What stands in a
/// secret's entry stays where it is.
fn looked_up<'a>(value: &str, named: &BTreeMap<&'a str, &str>, used: &mut BTreeSet<&'a str>) -> String {
    let mut text = value.to_owned();
    // one inside another, each name once: so a lookup of itself ends
    let mut done = BTreeSet::new();
    loop {
        let found = named.iter().find(|(name, _)| {
            !done.contains(*name) && !is_secret_key(name) && text.contains(&format!("${{{name}}}"))
        });
        let Some((name, value)) = found.filter(|_| text.len() < 4_096) else { break };
        done.insert(*name);
        text = text.replace(&format!("${{{name}}}"), value);
    }
    used.extend(done);
    text
}
