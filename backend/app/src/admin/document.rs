//! The API's document as a page: read from its JSON form, so that the page shows what is served and committed.

use cadastre_frontend::Chrome;
use cadastre_frontend::api::{ApiPage, Group, Member, Operation, Parameter, Response, Schema, Shape};
use serde_json::Value;
use std::collections::BTreeMap;

/// The page of the document as it is now.
pub(super) fn page(chrome: Chrome, base: String) -> ApiPage {
    let document = serde_json::to_value(crate::http::api_document()).unwrap_or_default();
    ApiPage {
        chrome,
        version: text(&document["info"]["version"]),
        description: text(&document["info"]["description"]),
        base,
        groups: groups(&document),
        schemas: schemas(&document),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn some_text(value: &Value) -> Option<String> {
    value.as_str().map(ToOwned::to_owned)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn groups(document: &Value) -> Vec<Group> {
    let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for (path, methods) in members(&document["paths"]) {
        for (method, operation) in
            members(methods).filter(|(_, operation)| operation["responses"].is_object())
        {
            let tag = operation["tags"][0].as_str().unwrap_or("register").to_owned();
            groups.entry(tag).or_default().push(operation_of(path, method, operation));
        }
    }
    let described: BTreeMap<String, String> =
        items(&document["tags"]).map(|tag| (text(&tag["name"]), text(&tag["description"]))).collect();
    groups
        .into_iter()
        .map(|(name, operations)| Group { description: described.get(&name).cloned(), name, operations })
        .collect()
}

fn operation_of(path: &str, method: &str, operation: &Value) -> Operation {
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: some_text(&operation["description"]),
        parameters: items(&operation["parameters"]).map(parameter).collect(),
        body: content(&operation["requestBody"]),
        responses: members(&operation["responses"])
            .map(|(status, response)| Response {
                status: status.clone(),
                description: text(&response["description"]),
                shape: content(response),
            })
            .collect(),
        is_deprecated: operation["deprecated"] == true,
    }
}

fn parameter(parameter: &Value) -> Parameter {
    Parameter {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        shape: shape(&parameter["schema"]),
        is_required: parameter["required"] == true,
        description: text(&parameter["description"]),
    }
}

/// The type of the first kind of content.
fn content(holder: &Value) -> Option<Shape> {
    members(&holder["content"]).next().map(|(_, content)| shape(&content["schema"]))
}

/// A type in a few words, and the schema that it names.
fn shape(schema: &Value) -> Shape {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return Shape { text: name.to_owned(), schema: Some(name.to_owned()) };
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        let mut parts = items(&schema[word]).filter(|part| part["type"] != "null").map(shape);
        if let Some(first) = parts.next() {
            let text = std::iter::once(first.text)
                .chain(parts.map(|part| part.text))
                .collect::<Vec<_>>()
                .join(" | ");
            return Shape { text, schema: first.schema };
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("any")
        }
        kind => kind.as_str().unwrap_or("any"),
    };
    if kind == "array" {
        let inner = shape(&schema["items"]);
        return Shape { text: format!("[{}]", inner.text), schema: inner.schema };
    }
    let text =
        schema["format"].as_str().map_or_else(|| kind.to_owned(), |format| format!("{kind} ({format})"));
    Shape { text, schema: None }
}

fn schemas(document: &Value) -> Vec<Schema> {
    members(&document["components"]["schemas"])
        .map(|(name, schema)| {
            let required: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
            Schema {
                name: name.clone(),
                description: some_text(&schema["description"]),
                members: members(&schema["properties"])
                    .map(|(name, member)| Member {
                        name: name.clone(),
                        shape: shape(member),
                        is_required: required.contains(&name.as_str()),
                        description: text(&member["description"]),
                    })
                    .collect(),
                words: items(&schema["enum"]).filter_map(some_text).collect(),
            }
        })
        .collect()
}
