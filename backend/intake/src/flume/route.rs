//! The ways of an agent: source → channel → sink, by what is listed and wired.

use super::Options;
use super::agent::{Agent, Component};
use super::component::{Known, known};
use crate::declared::{DeclaredJob, Definition, JobKind, JobRef, Pair};
use crate::naming::DatasetRef;
use crate::notice::{Notice, Place, Remark};
use crate::secrets;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Ways of one agent.
const WAYS: usize = 20_000;

/// What a channel joins, with a channel that is itself a topic in between.
struct Channel<'a> {
    name: &'a str,
    data: &'a [DatasetRef],
    from: Vec<&'a Component>,
    to: Vec<&'a Component>,
}

/// The job that an agent is.
pub(super) fn job(agent: &Agent, options: &Options, notices: &mut Vec<Notice>) -> DeclaredJob {
    let mut say =
        |line: u32, path: String, what: Remark| notices.push(Notice::new(Place::line(line, path), what));
    unlisted(agent, &mut say);
    for kind in ["sources", "channels", "sinks"] {
        for (name, component) in used(agent, kind) {
            understand(agent, kind, name, component, &mut say);
        }
    }
    let channels = channels(agent, &mut say);
    let mut job =
        DeclaredJob::new(JobRef::new(options.namespace.as_str(), agent.name.as_str()), JobKind::FlumeAgent);
    job.definition = Some(Definition::new("properties", agent.text()));
    let pairs = ways(&channels);
    if pairs.len() >= WAYS {
        say(1, agent.name.clone(), Remark::TooMuch { limit: WAYS as u64 });
    }
    // an end without a way stays an end: a source whose sink writes nothing that has a name is still read
    job.inputs = ends(agent, "sources", &pairs, |pair| &pair.from);
    job.outputs = ends(agent, "sinks", &pairs, |pair| &pair.to);
    job.pairs = Some(pairs);
    job.details.insert("components".to_owned(), components(agent));
    job
}

/// Components that are listed and have settings.
fn used<'a>(agent: &'a Agent, kind: &'static str) -> impl Iterator<Item = (&'a str, &'a Component)> {
    let (names, _) = agent.listed(kind);
    names.into_iter().filter_map(move |name| Some((name, agent.component(kind, name)?)))
}

/// Says which components are described and not listed, or listed and not described.
fn unlisted(agent: &Agent, say: &mut impl FnMut(u32, String, Remark)) {
    for kind in ["sources", "channels", "sinks", "sinkgroups"] {
        let (names, line) = agent.listed(kind);
        for (name, component) in agent.described(kind).filter(|(name, _)| !names.contains(name)) {
            say(component.line("type"), format!("{}.{kind}.{name}", agent.name), Remark::NotUsed);
        }
        for name in names.iter().filter(|name| agent.component(kind, name).is_none()) {
            say(line, format!("{}.{kind}", agent.name), Remark::NotDeclared { word: (*name).to_owned() });
        }
    }
}

/// Says what is not understood of a component.
fn understand(
    agent: &Agent,
    kind: &str,
    name: &str,
    component: &Component,
    say: &mut impl FnMut(u32, String, Remark),
) {
    let path = format!("{}.{kind}.{name}", agent.name);
    let Some(written) = component.get("type") else {
        return say(component.line("type"), format!("{path}.type"), Remark::Missing);
    };
    let line = component.line("type");
    match known(kind, written) {
        // a channel only hands on: of what type it is does not matter, unless it is a topic
        Known::No if kind == "channels" => {}
        Known::No => say(
            line,
            format!("{path}.type"),
            Remark::UnknownType { word: written.chars().take(200).collect() },
        ),
        Known::Data if component.data.is_empty() => say(line, path, Remark::NotUnderstood),
        Known::Data if component.data.iter().any(is_dynamic) => say(line, path, Remark::Dynamic),
        Known::Data | Known::Nothing => {}
    }
}

/// Whether a name holds what only the running agent knows. Parts of the time (`%Y`) are no such thing: they say how it grows.
fn is_dynamic(at: &DatasetRef) -> bool {
    [&at.namespace, &at.name]
        .iter()
        .any(|text| text.contains("${") || text.contains("%{") || text.contains("{{"))
}

/// The channels with what they join.
fn channels<'a>(agent: &'a Agent, say: &mut impl FnMut(u32, String, Remark)) -> Vec<Channel<'a>> {
    let (names, line) = agent.listed("channels");
    let data = |name: &str| agent.component("channels", name).map_or(&[][..], |channel| &channel.data);
    let mut channels: Vec<Channel<'_>> = names
        .iter()
        .map(|name| Channel { name, data: data(name), from: Vec::new(), to: Vec::new() })
        .collect();
    for (kind, key) in [("sources", "channels"), ("sinks", "channel")] {
        for (name, component) in used(agent, kind) {
            let path = format!("{}.{kind}.{name}.{key}", agent.name);
            let wired = component.get(key).unwrap_or_default();
            if wired.is_empty() {
                say(component.line(key), path, Remark::Missing);
                continue;
            }
            for word in wired.split_whitespace() {
                match channels.iter_mut().find(|channel| channel.name == word) {
                    Some(channel) if kind == "sources" => channel.from.push(component),
                    Some(channel) => channel.to.push(component),
                    None => {
                        say(component.line(key), path.clone(), Remark::NotDeclared { word: word.to_owned() });
                    }
                }
            }
        }
    }
    for channel in &channels {
        let half = channel.from.is_empty() || channel.to.is_empty();
        let none = channel.from.is_empty() && channel.to.is_empty();
        if none || (half && channel.data.is_empty()) {
            say(line, format!("{}.channels.{}", agent.name, channel.name), Remark::NotUsed);
        }
    }
    channels
}

/// Each way through a channel once. A channel that is a topic is written by its sources and read by its sinks.
fn ways(channels: &[Channel<'_>]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |from: &DatasetRef, to: &DatasetRef| {
        let pair = Pair { from: from.clone(), to: to.clone() };
        if seen.len() < WAYS && seen.insert(pair.clone()) {
            pairs.push(pair);
        }
    };
    for channel in channels {
        let from = || channel.from.iter().flat_map(|source| &source.data);
        let to = || channel.to.iter().flat_map(|sink| &sink.data);
        if channel.data.is_empty() {
            from().for_each(|from| to().for_each(|to| add(from, to)));
        } else {
            from().for_each(|from| channel.data.iter().for_each(|topic| add(from, topic)));
            channel.data.iter().for_each(|topic| to().for_each(|to| add(topic, to)));
        }
    }
    pairs
}

/// One side of an agent: what its components stand for, and the topics of channels that stand on that side of a way. Each once.
fn ends(
    agent: &Agent,
    kind: &'static str,
    pairs: &[Pair],
    side: impl Fn(&Pair) -> &DatasetRef,
) -> Vec<DatasetRef> {
    let own = used(agent, kind).flat_map(|(_, component)| &component.data);
    let mut seen = BTreeSet::new();
    let all = own.chain(pairs.iter().map(side));
    all.filter(|at| seen.insert((*at).clone())).cloned().collect()
}

/// The components as they are set, without secrets.
fn components(agent: &Agent) -> Value {
    let mut all = Vec::new();
    for kind in ["sources", "channels", "sinks", "sinkgroups"] {
        let (names, _) = agent.listed(kind);
        for (name, component) in agent.described(kind) {
            let settings = component.settings.iter().filter(|(key, _)| *key != "type");
            let shown =
                settings.map(|(key, (value, _))| (key.clone(), Value::from(secrets::shown(key, value))));
            all.push(json!({
                "kind": kind.trim_end_matches('s'), "name": name, "type": component.get("type"), "line": component.line("type"),
                "used": names.contains(&name), "stands_for": component.data, "settings": shown.collect::<serde_json::Map<_, _>>(),
            }));
        }
    }
    Value::from(all)
}
