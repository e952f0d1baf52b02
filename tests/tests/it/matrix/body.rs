//! A body that fits the schema of an operation: what is required, and no more.

use cadastre_tests::routes::Route;
use serde_json::{Map, Value, json};

/// The operation of a route in the API's document.
fn operation<'a>(document: &'a Value, route: &Route) -> &'a Value {
    &document["paths"][&route.path][route.method.to_lowercase()]
}

/// Whether it asks for the state that it changes.
pub(super) fn takes_if_match(document: &Value, route: &Route) -> bool {
    let parameters = operation(document, route)["parameters"].as_array();
    parameters.is_some_and(|all| {
        all.iter().any(|p| p["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("if-match")))
    })
}

/// A body for it; none where it takes none.
pub(super) fn of(document: &Value, route: &Route) -> Option<Value> {
    let content = &operation(document, route)["requestBody"]["content"]["application/json"];
    content.is_object().then(|| fitting(document, &content["schema"]))
}

fn fitting(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return fitting(document, &document["components"]["schemas"][name]);
    }
    for several in ["oneOf", "anyOf"] {
        let choices = schema[several].as_array().into_iter().flatten();
        if let Some(choice) = choices.into_iter().find(|choice| choice["type"] != "null") {
            return fitting(document, choice);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            whole.extend(fitting(document, part).as_object().cloned().unwrap_or_default());
        }
        return Value::Object(whole);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find_map(|kind| kind.as_str().filter(|kind| *kind != "null")),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let members =
                required.map(|name| (name.to_owned(), fitting(document, &schema["properties"][name])));
            Value::Object(members.collect())
        }
        Some("array") => json!([]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        Some("string") => match schema["format"].as_str() {
            Some("uuid") => json!("00000000-0000-4000-8000-000000000000"),
            Some("date-time") => json!("2099-01-01T00:00:00Z"),
            _ => json!("some words"),
        },
        _ => json!({}),
    }
}
