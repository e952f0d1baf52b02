//! Which column comes from which, by the facets that say so: `columnLineage`, and the newer `lineage` of datasets and jobs.

use super::parts::dataset_ref;
use crate::declared::{ColumnEdge, How};
use crate::naming::DatasetRef;
use serde_json::Value;

/// The edges of a dataset's `columnLineage` facet into it.
pub(super) fn of_column_lineage(to: &DatasetRef, facet: &Value) -> Vec<ColumnEdge> {
    let fields = facet.get("fields").and_then(Value::as_object).into_iter().flatten();
    let mut edges = Vec::new();
    for (name, field) in fields {
        let older = older_how(field);
        for input in list(field, "inputFields") {
            edges.extend(edges_of(input, to, std::slice::from_ref(name), older));
        }
    }
    for input in list(facet, "dataset") {
        edges.extend(edges_of(input, to, &[], (How::Unknown, false)));
    }
    edges
}

/// The edges of a dataset's `lineage` facet, or of one entry of a job's.
pub(super) fn of_lineage(to: &DatasetRef, facet: &Value) -> Vec<ColumnEdge> {
    let fields = facet.get("fields").and_then(Value::as_object).into_iter().flatten();
    let mut edges = Vec::new();
    for (name, field) in fields {
        for input in list(field, "inputs") {
            edges.extend(edges_of(input, to, std::slice::from_ref(name), (How::Unknown, false)));
        }
    }
    let of_fields = list(facet, "inputs").iter().filter(|input| input.get("field").is_some());
    for input in of_fields {
        edges.extend(edges_of(input, to, &[], (How::Unknown, false)));
    }
    edges
}

/// The edges of a job's `lineage` facet.
pub(super) fn of_job(facet: &Value) -> Vec<ColumnEdge> {
    let entries = list(facet, "entries").iter();
    entries.filter_map(|entry| Some(of_lineage(&dataset_ref(entry)?, entry))).flatten().collect()
}

/// The datasets that a `lineage` facet (or an entry of one) names as read.
pub(super) fn inputs_of(facet: &Value) -> Vec<DatasetRef> {
    let fields = facet.get("fields").and_then(Value::as_object).into_iter().flatten();
    let of_fields = fields.flat_map(|(_, field)| list(field, "inputs"));
    list(facet, "inputs")
        .iter()
        .chain(of_fields)
        .filter(|input| is_dataset(input))
        .filter_map(dataset_ref)
        .collect()
}

fn is_dataset(input: &Value) -> bool {
    input.get("type").and_then(Value::as_str) != Some("JOB")
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// One edge for each transformation that is said; one where none is.
fn edges_of(input: &Value, to: &DatasetRef, to_field: &[String], older: (How, bool)) -> Vec<ColumnEdge> {
    let Some(from) = dataset_ref(input).filter(|_| is_dataset(input)) else { return Vec::new() };
    let from_field = input.get("field").and_then(Value::as_str).map(|name| vec![name.to_owned()]);
    let hows: Vec<_> = list(input, "transformations").iter().map(how_of).collect();
    let hows = if hows.is_empty() { vec![older] } else { hows };
    let edge = |(how, masking)| ColumnEdge {
        from: from.clone(),
        from_field: from_field.clone().unwrap_or_default(),
        to: to.clone(),
        to_field: to_field.to_vec(),
        how,
        masking,
    };
    hows.into_iter().map(edge).collect()
}

/// The deprecated word on the whole field. Airflow sends it empty.
fn older_how(field: &Value) -> (How, bool) {
    match field.get("transformationType").and_then(Value::as_str).unwrap_or_default() {
        "IDENTITY" => (How::Identity, false),
        "MASKED" => (How::Expression, true),
        _ => (How::Unknown, false),
    }
}

/// A transformation: `{type, subtype, masking}`.
fn how_of(transformation: &Value) -> (How, bool) {
    let word = |member: &str| {
        transformation.get(member).and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase()
    };
    let how = match (word("type").as_str(), word("subtype").as_str()) {
        (_, "WINDOW") => How::Window,
        ("DIRECT", "IDENTITY") | ("IDENTITY", "") => How::Identity,
        ("DIRECT", "TRANSFORMATION") => How::Expression,
        ("DIRECT", "AGGREGATION") => How::Aggregate,
        ("INDIRECT", "JOIN") => How::Join,
        ("INDIRECT", "GROUP_BY") => How::Group,
        ("INDIRECT", "FILTER") => How::Filter,
        ("INDIRECT", "SORT") => How::Sort,
        ("INDIRECT", "CONDITIONAL" | "CONDITION") => How::Condition,
        _ => How::Unknown,
    };
    (how, transformation.get("masking").and_then(Value::as_bool).unwrap_or(false))
}
