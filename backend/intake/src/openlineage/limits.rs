//! How much one event may hold. Beyond it an event is refused whole: a part of an event would be a wrong event.

use crate::notice::{Notice, Place, Remark};
use serde_json::Value;

/// Bytes of a text (after unpacking).
pub(super) const BYTES: usize = 32 << 20;
/// Events of a batch.
pub(super) const EVENTS: usize = 10_000;
/// Datasets on one side of an event.
pub(super) const DATASETS: usize = 10_000;
/// Facets of one thing.
pub(super) const FACETS: usize = 500;
/// Levels of nesting.
const DEPTH: usize = 64;
/// Values in all.
const VALUES: usize = 2_000_000;
/// Bytes of a namespace or a name.
const NAME: usize = 16 << 10;

/// Whether an event keeps within the limits.
pub(super) fn hold(event: &Value) -> Result<(), Notice> {
    let mut count = 0;
    levels(event, DEPTH, &mut count)?;
    for side in ["inputs", "outputs"] {
        let datasets = event.get(side).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        within(datasets.len(), DATASETS, side)?;
        for (index, dataset) in datasets.iter().enumerate() {
            let path = format!("{side}[{index}]");
            names(dataset, &path)?;
            for member in ["facets", "inputFacets", "outputFacets"] {
                facets(dataset, &path, member)?;
            }
        }
    }
    for part in ["run", "job", "dataset"] {
        if let Some(value) = event.get(part) {
            names(value, part)?;
            facets(value, part, "facets")?;
        }
    }
    Ok(())
}

fn within(count: usize, limit: usize, path: &str) -> Result<(), Notice> {
    if count <= limit {
        return Ok(());
    }
    Err(Notice::new(Place::path(path), Remark::TooMuch { limit: limit as u64 }))
}

fn names(part: &Value, path: &str) -> Result<(), Notice> {
    for member in ["namespace", "name"] {
        let length = part.get(member).and_then(Value::as_str).map_or(0, str::len);
        within(length, NAME, &format!("{path}.{member}"))?;
    }
    Ok(())
}

fn facets(part: &Value, path: &str, member: &str) -> Result<(), Notice> {
    let count = part.get(member).and_then(Value::as_object).map_or(0, serde_json::Map::len);
    within(count, FACETS, &format!("{path}.{member}"))
}

fn levels(value: &Value, left: usize, count: &mut usize) -> Result<(), Notice> {
    *count += 1;
    within(*count, VALUES, "")?;
    if left == 0 {
        return within(DEPTH + 1, DEPTH, "");
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| levels(item, left - 1, count)),
        Value::Object(members) => members.values().try_for_each(|member| levels(member, left - 1, count)),
        _ => Ok(()),
    }
}
