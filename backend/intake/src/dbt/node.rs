//! What is read of a node. Every member may be absent, null, or of another version's form; what is not needed is skipped.

use crate::declared::{Facts, Owner, Tag};
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;

/// A text, or a list of texts: dbt writes tags both ways.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Words(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::String(word) => vec![word],
            Value::Array(words) => words.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }))
    }
}

/// Facts, or something that is none.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Meta(pub(super) Facts);

impl<'de> Deserialize<'de> for Meta {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(facts) => Ok(Self(facts)),
            _ => Ok(Self::default()),
        }
    }
}

/// A value whose form is not sure: what can be read of it.
fn loose<'de, D: Deserializer<'de>, T: for<'a> Deserialize<'a> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Column {
    #[serde(deserialize_with = "loose")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) description: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) data_type: Option<String>,
    pub(super) tags: Words,
    pub(super) meta: Meta,
    #[serde(deserialize_with = "loose")]
    config: Config,
}

impl Column {
    /// The tags of both places.
    pub(super) fn tags(&self) -> Vec<String> {
        merged(&self.tags, &self.config.tags)
    }

    /// The meta of both places.
    pub(super) fn meta(&self) -> Facts {
        joined(&self.meta, &self.config.meta)
    }
}

/// Columns in the order of the text, which is the order that people gave them.
#[derive(Debug, Default, Clone)]
pub(super) struct Columns(pub(super) Vec<(String, Column)>);

impl Columns {
    /// The column of exactly this name.
    pub(super) fn find(&self, name: &str) -> Option<&Column> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, column)| column)
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Columns;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("columns by name")
            }

            fn visit_unit<E>(self) -> Result<Columns, E> {
                Ok(Columns::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Columns, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Columns::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut columns: A) -> Result<Columns, A::Error> {
                let mut all = Vec::new();
                while let Some(column) = columns.next_entry()? {
                    all.push(column);
                }
                Ok(Columns(all))
            }
        }
        deserializer.deserialize_any(InOrder)
    }
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Config {
    #[serde(deserialize_with = "loose")]
    pub(super) enabled: Option<bool>,
    #[serde(deserialize_with = "loose")]
    pub(super) materialized: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) severity: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) incremental_strategy: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) unique_key: Option<Value>,
    pub(super) tags: Words,
    pub(super) meta: Meta,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct DependsOn {
    pub(super) nodes: Words,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct TestMetadata {
    #[serde(deserialize_with = "loose")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) namespace: Option<String>,
    pub(super) kwargs: Meta,
}

/// A model, seed, snapshot, test, source or exposure.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Node {
    #[serde(deserialize_with = "loose")]
    pub(super) unique_id: Option<String>,
    pub(super) resource_type: String,
    pub(super) name: String,
    #[serde(deserialize_with = "loose")]
    pub(super) database: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) schema: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) alias: Option<String>,
    /// Of a source: the name of the table, where it is another than the source's.
    #[serde(deserialize_with = "loose")]
    pub(super) identifier: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) source_name: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) source_description: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) loader: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) package_name: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) original_file_path: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) relation_name: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) language: Option<String>,
    // `…_sql` until version 6, `…_code` from 7
    #[serde(deserialize_with = "loose")]
    compiled_code: Option<String>,
    #[serde(deserialize_with = "loose")]
    compiled_sql: Option<String>,
    #[serde(deserialize_with = "loose")]
    raw_code: Option<String>,
    #[serde(deserialize_with = "loose")]
    raw_sql: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) description: Option<String>,
    pub(super) columns: Columns,
    #[serde(deserialize_with = "loose")]
    pub(super) config: Config,
    pub(super) tags: Words,
    pub(super) meta: Meta,
    pub(super) source_meta: Meta,
    #[serde(deserialize_with = "loose")]
    pub(super) depends_on: DependsOn,
    #[serde(deserialize_with = "loose")]
    pub(super) group: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) access: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) version: Option<Value>,
    // of tests
    #[serde(deserialize_with = "loose")]
    pub(super) test_metadata: Option<TestMetadata>,
    #[serde(deserialize_with = "loose")]
    pub(super) column_name: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) attached_node: Option<String>,
    // of exposures
    #[serde(rename = "type", deserialize_with = "loose")]
    pub(super) exposure_type: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) label: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) maturity: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) url: Option<String>,
    #[serde(deserialize_with = "loose")]
    pub(super) owner: Option<Value>,
}

impl Node {
    /// The text that ran, with every reference written out.
    pub(super) fn compiled(&self) -> Option<&str> {
        let text = self.compiled_code.as_deref().or(self.compiled_sql.as_deref());
        text.filter(|text| !text.trim().is_empty())
    }

    /// The text as it was written.
    pub(super) fn raw(&self) -> Option<&str> {
        self.raw_code.as_deref().or(self.raw_sql.as_deref()).filter(|text| !text.trim().is_empty())
    }

    /// Whether dbt writes it into what uses it.
    pub(super) fn is_ephemeral(&self) -> bool {
        self.resource_type == "model" && self.config.materialized.as_deref() == Some("ephemeral")
    }

    /// Tags of the node and of its settings, each once.
    pub(super) fn tags(&self) -> Vec<Tag> {
        merged(&self.tags, &self.config.tags).into_iter().map(Tag::plain).collect()
    }

    /// Meta of the node and of its settings.
    pub(super) fn meta(&self) -> Facts {
        joined(&self.meta, &self.config.meta)
    }
}

fn merged(one: &Words, other: &Words) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in one.0.iter().chain(&other.0) {
        if !words.contains(word) {
            words.push(word.clone());
        }
    }
    words
}

fn joined(one: &Meta, other: &Meta) -> Facts {
    let mut facts = other.0.clone();
    facts.extend(one.0.clone());
    facts
}

/// Owners as people write them: a name, `{name, email}`, or a list of either.
pub(super) fn owners(value: &Value, kind: Option<&str>) -> Vec<Owner> {
    let owner = |name: &str| Owner { name: name.to_owned(), kind: kind.map(str::to_owned) };
    match value {
        Value::String(name) if !name.trim().is_empty() => vec![owner(name)],
        Value::Array(several) => several.iter().flat_map(|one| owners(one, kind)).collect(),
        Value::Object(one) => {
            let word =
                |member: &str| one.get(member).and_then(Value::as_str).filter(|word| !word.trim().is_empty());
            word("email").or_else(|| word("name")).map(owner).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
