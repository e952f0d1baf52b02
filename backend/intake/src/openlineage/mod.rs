//! OpenLineage: run, job and dataset events by <https://openlineage.io/spec/2-0-2/OpenLineage.json>.
//!
//! [`read`] checks an event against the spec and gives its parts. What breaks the spec's core is [`Invalid`], each fault with
//! its path. A known facet that is not as its own schema says is no reason to refuse the event: it is kept, what can be read
//! of it is used, and the fault stands in [`Event::remarks`]. Unknown facets and members are kept.
//!
//! [`Event::declare`] gives one event in the neutral form; [`fold`] makes one state of many events.

mod columns;
mod declare;
mod describe;
pub mod fold;
mod limits;
mod parts;
mod shape;
mod spec;
mod tests;

pub use parts::{DatasetPart, Event, JobPart, RunPart, Subject};

use crate::notice::{Expected, Notice, Place, Remark};
use serde_json::Value;
use shape::{Check, Shape};

/// An event that is refused: everything that is wrong with it, with the paths.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", told(.faults))]
pub struct Invalid {
    /// The text is no JSON at all (400); otherwise it is JSON and not an event (422).
    pub syntax: bool,
    /// What is wrong, in the order of the spec; at most 50.
    pub faults: Vec<Notice>,
}

fn told(faults: &[Notice]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Invalid {
    fn of(faults: Vec<Notice>) -> Self {
        Self { syntax: false, faults }
    }

    fn one(what: Remark) -> Self {
        Self::of(vec![Notice::new(Place::default(), what)])
    }
}

/// Reads the bytes of one event.
///
/// # Errors
/// [`Invalid`] with every fault that was found.
pub fn read(bytes: &[u8]) -> Result<Event, Invalid> {
    read_value(parse(bytes)?)
}

/// Reads the bytes of a list of events. Each event stands for itself.
///
/// # Errors
/// [`Invalid`] where the text is no JSON or no list, or has more than 10,000 events.
pub fn read_batch(bytes: &[u8]) -> Result<Vec<Result<Event, Invalid>>, Invalid> {
    let Value::Array(events) = parse(bytes)? else {
        return Err(Invalid::one(Remark::NotA { expected: Expected::List }));
    };
    if events.len() > limits::EVENTS {
        return Err(Invalid::one(Remark::TooMuch { limit: limits::EVENTS as u64 }));
    }
    Ok(events.into_iter().map(read_value).collect())
}

/// Reads an event that is JSON already.
///
/// # Errors
/// [`Invalid`] with every fault that was found.
pub fn read_value(value: Value) -> Result<Event, Invalid> {
    limits::hold(&value).map_err(|fault| Invalid::of(vec![fault]))?;
    let value = clean(value);
    let subject = subject_of(&value).map_err(Invalid::of)?;
    let mut check = Check::at("", false);
    check.value(&value, shape_of(subject));
    let faults = check.into_faults();
    if !faults.is_empty() {
        return Err(Invalid::of(faults));
    }
    let remarks = remarks_on(&value);
    parts::take(value, subject, remarks).ok_or_else(|| Invalid::one(Remark::Stray))
}

fn parse(bytes: &[u8]) -> Result<Value, Invalid> {
    if bytes.len() > limits::BYTES {
        return Err(Invalid::one(Remark::TooMuch { limit: limits::BYTES as u64 }));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        let reason = error.to_string().chars().take(200).collect();
        let what = Remark::Unreadable { reason };
        Invalid { syntax: true, faults: vec![Notice::new(Place::line(line, ""), what)] }
    })
}

/// The database keeps no NUL in texts: each becomes U+FFFD.
fn clean(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "\u{fffd}")),
        Value::Array(items) => Value::Array(items.into_iter().map(clean).collect()),
        Value::Object(members) => Value::Object(
            members.into_iter().map(|(name, value)| (name.replace('\0', "\u{fffd}"), clean(value))).collect(),
        ),
        other => other,
    }
}

fn shape_of(subject: Subject) -> &'static Shape {
    match subject {
        Subject::Run => &spec::RUN_EVENT,
        Subject::Job => &spec::JOB_EVENT,
        Subject::Dataset => &spec::DATASET_EVENT,
    }
}

/// Which of the three events it is: by the members, which decide by the spec; by the schemaURL's fragment where they leave it open.
fn subject_of(event: &Value) -> Result<Subject, Vec<Notice>> {
    let Some(members) = event.as_object() else {
        return Err(vec![Notice::new(Place::default(), Remark::NotA { expected: Expected::Object })]);
    };
    let has = |name: &str| members.contains_key(name);
    let url = members.get("schemaURL").and_then(Value::as_str).unwrap_or_default();
    let said = match url.rsplit('/').next().unwrap_or_default() {
        "RunEvent" => Some(Subject::Run),
        "JobEvent" => Some(Subject::Job),
        "DatasetEvent" => Some(Subject::Dataset),
        _ => None,
    };
    match (has("run"), has("job"), has("dataset")) {
        (true, true, _) => Ok(Subject::Run),
        (false, true, true) => {
            let what = Remark::NotTogether { other: "job".to_owned() };
            Err(vec![Notice::new(Place::path("dataset"), what)])
        }
        (_, false, true) => Ok(Subject::Dataset),
        (true, false, false) => Ok(Subject::Run),
        (false, true, false) => Ok(if said == Some(Subject::Run) { Subject::Run } else { Subject::Job }),
        (false, false, false) => Ok(said.unwrap_or(Subject::Run)),
    }
}

/// What is wrong with the known facets of an event whose core is right.
fn remarks_on(event: &Value) -> Vec<Notice> {
    let mut remarks = Vec::new();
    let mut look = |holder: Option<&Value>, member: &str, path: &str, known: &[spec::Known]| {
        let facets = holder.and_then(|holder| holder.get(member)).and_then(Value::as_object);
        for (name, shape) in known {
            let facet = facets.and_then(|facets| facets.get(*name)).filter(|facet| !parts::is_deleted(facet));
            if let (Some(facet), true) = (facet, remarks.len() < shape::MOST_FAULTS) {
                let mut check = Check::at(&format!("{path}.{member}.{name}"), true);
                check.value(facet, shape);
                remarks.extend(check.into_faults());
            }
        }
    };
    look(event.get("run"), "facets", "run", spec::RUN_FACETS);
    look(event.get("job"), "facets", "job", spec::JOB_FACETS);
    look(event.get("dataset"), "facets", "dataset", spec::DATASET_FACETS);
    for (side, member, known) in
        [("inputs", "inputFacets", spec::INPUT_FACETS), ("outputs", "outputFacets", spec::OUTPUT_FACETS)]
    {
        for (index, dataset) in event.get(side).and_then(Value::as_array).into_iter().flatten().enumerate() {
            let path = format!("{side}[{index}]");
            look(Some(dataset), "facets", &path, spec::DATASET_FACETS);
            look(Some(dataset), member, &path, known);
        }
    }
    remarks
}
