//! The API's document: committed as the code has it, and complete. `make openapi` writes it anew.

use cadastre::http::api_document;
use cadastre_tests::tree::root;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

fn document() -> Value {
    serde_json::to_value(api_document()).expect("a document")
}

/// Each operation: what it is called in a message, and its object.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").iter();
            methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
        })
        .collect()
}

#[test]
fn the_committed_document_is_the_one_in_the_code() {
    let path = root().join("openapi/openapi.json");
    let text = serde_json::to_string_pretty(&document()).expect("text") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).expect("the document is written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let first = committed.lines().zip(text.lines()).find(|(old, new)| old != new);
    assert!(committed == text, "openapi/openapi.json has drifted, first at {first:?}: run `make openapi`");
}

#[test]
fn every_operation_is_described() {
    let document = document();
    let mut ids = BTreeSet::new();
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let mut fault = |is: bool, what: &str| {
            if is {
                faults.push(format!("{name}: {what}"));
            }
        };
        fault(!ids.insert(id.to_owned()), "its operationId stands twice");
        fault(operation["tags"].as_array().is_none_or(Vec::is_empty), "no tag");
        fault(operation["summary"].as_str().is_none_or(str::is_empty), "no summary");
        let responses = operation["responses"].as_object().cloned().unwrap_or_default();
        fault(!responses.keys().any(|status| status.starts_with('2')), "no success");
        fault(!responses.contains_key("401"), "no 401");
        let has_body = operation["requestBody"].is_object();
        fault(has_body && !responses.contains_key("422"), "a body without 422");
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
