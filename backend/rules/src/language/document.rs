//! Rules in YAML: a file has one or more documents, each some rules for one dataset, or for all that a selection finds.

use super::members::{Faults, Members, Node};
use super::{Rule, read};
use crate::fault::{Fault, Wrong};
use serde::Serialize;
use serde_json::Value;

/// A document is not longer, in bytes.
const BYTES: usize = 1024 * 1024;
/// A document has not more rules.
const RULES: usize = 2_000;

/// Rules, and what they are for.
///
/// ```
/// let text = "
/// dataset: warehouse.public.orders
/// rules:
///   - name: id-there
///     check: { not_null: id }
/// ---
/// datasets: { name: 'warehouse.public.*', tags: [pii] }
/// rules:
///   - name: mail
///     check: { pattern: { column: email, named: email } }
///     tolerance: 0.5 %
/// ";
/// let documents = rules::Document::read(text)?;
/// assert_eq!(documents.len(), 2);
/// assert_eq!(rules::Document::read(&rules::Document::print(&documents))?, documents);
/// # Ok::<(), Vec<rules::Fault>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// What they are for.
    #[serde(flatten)]
    pub target: Target,
    /// The rules; no two of one name.
    pub rules: Vec<Rule>,
}

/// What rules are for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Target {
    /// One dataset, by its name in the register.
    #[serde(rename = "dataset")]
    One(String),
    /// All that are found, now and later.
    #[serde(rename = "datasets")]
    All(Selection),
}

/// Which datasets: all of these hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Selection {
    /// The whole name is like this; `*` stands for any characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// It has all these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl Selection {
    /// Whether a dataset is meant.
    #[must_use]
    pub fn holds(&self, name: &str, tags: &[&str]) -> bool {
        self.name.as_ref().is_none_or(|pattern| is_like(pattern, name))
            && self.tags.iter().all(|tag| tags.contains(&tag.as_str()))
    }
}

/// Whether a text is like a pattern, in which `*` stands for any characters. Takes no longer than the product of both.
fn is_like(pattern: &str, text: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return pattern == text };
    let Some(rest) = text.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or("");
    }
    true
}

impl Document {
    /// Reads all documents of a YAML text.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place (`[1].rules[0].check`, the number of the document first where there are
    /// several).
    pub fn read(text: &str) -> Result<Vec<Self>, Vec<Fault>> {
        if text.len() > BYTES {
            return Err(vec![Fault::new("", Wrong::TooMuch { limit: BYTES as u64 })]);
        }
        let values: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| vec![yaml(&error)])?;
        let mut faults = Faults::default();
        if values.is_empty() {
            faults.note("", Wrong::Missing);
        }
        let mut documents = Vec::new();
        for (i, value) in values.iter().enumerate() {
            let at = if values.len() == 1 { String::new() } else { format!("[{i}]") };
            documents.extend(document(&mut faults, &Node::new(value, at)));
        }
        if faults.0.is_empty() { Ok(documents) } else { Err(faults.0) }
    }

    /// Writes documents as YAML that reads back as the same.
    #[must_use]
    pub fn print(documents: &[Self]) -> String {
        // Nothing of a rule is what the writer refuses (a key that is no text, say).
        let texts = documents.iter().map(|document| serde_saphyr::to_string(document).unwrap_or_default());
        texts.collect::<Vec<_>>().join("---\n")
    }
}

fn document(faults: &mut Faults, node: &Node<'_>) -> Option<Document> {
    let members = node.members(faults, &["dataset", "datasets", "rules"])?;
    let target = target(faults, &members);
    let mut rules: Vec<Rule> = Vec::new();
    let items = members.need(faults, "rules").and_then(|node| node.list(faults)).unwrap_or_default();
    if items.len() > RULES {
        faults.note(&members.at, Wrong::TooMuch { limit: RULES as u64 });
        return None;
    }
    for item in items {
        let Some(rule) = read::rule(faults, &item) else { continue };
        if !rule.name.is_empty() && rules.iter().any(|before| before.name == rule.name) {
            faults.note(&item.at, Wrong::Twice { word: rule.name.clone() });
        }
        rules.push(rule);
    }
    Some(Document { target: target?, rules })
}

fn target(faults: &mut Faults, members: &Members<'_>) -> Option<Target> {
    match (members.get("dataset"), members.get("datasets")) {
        (Some(one), None) => one.text(faults).map(Target::One),
        (None, Some(all)) => selection(faults, &all).map(Target::All),
        _ => {
            faults.note(&members.at, Wrong::OneOf { members: "dataset, datasets".to_owned() });
            None
        }
    }
}

fn selection(faults: &mut Faults, node: &Node<'_>) -> Option<Selection> {
    let members = node.members(faults, &["name", "tags"])?;
    let name = members.get("name").and_then(|node| node.text(faults));
    let tags = members.get("tags").and_then(|node| node.texts(faults)).unwrap_or_default();
    if members.get("name").is_none() && members.get("tags").is_none() {
        faults.note(&members.at, Wrong::SomeOf { members: "name, tags".to_owned() });
    }
    Some(Selection { name, tags })
}

fn yaml(error: &serde_saphyr::Error) -> Fault {
    let at = error.location();
    let reason = error.to_string();
    // The parser's picture of the text is not for one line.
    let reason = reason.lines().next().unwrap_or_default().to_owned();
    let (line, column) = at.map_or((0, 0), |at| (at.line(), at.column()));
    Fault::new("", Wrong::Yaml { line, column, reason })
}
