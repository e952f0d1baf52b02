//! The configuration for people to read: every key, its value, where the value comes from; secrets hidden.

use figment::value::Value;
use serde::Serialize;
use url::Url;

use super::{KEYS, Loaded};

/// A key as `cadastre config` prints it.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// The key in the file.
    pub key: &'static str,
    /// Its value as text; none where the key is not set. Passwords are hidden.
    pub value: Option<String>,
    /// Where the value comes from: `default`, a file, a variable, a flag.
    pub source: String,
    /// What the key decides.
    pub doc: &'static str,
}

impl Loaded {
    /// Every key with what is in force.
    pub fn shown(&self) -> Vec<Shown> {
        KEYS.iter()
            .map(|key| Shown {
                key: key.name,
                value: self.value(key.name).map(|value| shown(key.name, &value)),
                source: self.source(key.name).to_string(),
                doc: key.doc.trim(),
            })
            .collect()
    }
}

fn shown(key: &str, value: &Value) -> String {
    let text = match value {
        Value::String(_, text) => text.clone(),
        Value::Array(_, values) => {
            values.iter().map(|value| shown(key, value)).collect::<Vec<_>>().join(", ")
        }
        Value::Bool(_, yes) => yes.to_string(),
        Value::Num(_, number) => number
            .to_i128()
            .map(|number| number.to_string())
            .or_else(|| number.to_f64().map(|number| number.to_string()))
            .unwrap_or_default(),
        other => format!("{other:?}"),
    };
    match key {
        _ if key.ends_with("_url") => hide_password(&text),
        _ if key.ends_with("_password") => "(hidden)".to_owned(),
        _ => text,
    }
}

/// A database URL without its password, wherever the password stands; what is no URL is hidden whole.
pub fn hide_password(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return "(hidden: not a URL)".into() };
    if url.password().is_some() && url.set_password(Some("hidden")).is_err() {
        return "(hidden)".into();
    }
    let is_secret = |name: &str| name.to_ascii_lowercase().contains("password");
    if url.query_pairs().any(|(name, _)| is_secret(&name)) {
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| {
                (name.to_string(), if is_secret(&name) { "hidden".into() } else { value.into() })
            })
            .collect();
        url.query_pairs_mut().clear().extend_pairs(pairs);
    }
    url.to_string()
}
