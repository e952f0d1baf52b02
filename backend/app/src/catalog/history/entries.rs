//! From facts that were closed and opened to what was before and after.

use super::facts::Fact;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whether something is new, gone or other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// New.
    Added,
    /// Gone.
    Removed,
    /// Other.
    Changed,
}

impl Sign {
    /// The word in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// One thing that is other than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// New, gone or other.
    pub sign: Sign,
    /// Which: the name of a column or key, language and origin of a text; empty: the asset itself.
    pub subject: String,
    /// What of it: `type`, `nullable`, `text-description`, `owner` …
    pub field: String,
    /// Before; none where it is not to be read by this reader, too.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

/// The facts that one change set closed and opened, by kind and key.
type Pairs<'a> = BTreeMap<(&'a str, &'a str), (Option<&'a Fact>, Option<&'a Fact>)>;

/// What each change set changed.
pub(super) fn of(facts: &[Fact]) -> HashMap<i64, Vec<Entry>> {
    let mut pairs: HashMap<i64, Pairs<'_>> = HashMap::new();
    for fact in facts {
        // What was opened and closed at once was never there for anybody.
        if fact.closed_by == Some(fact.change_set) {
            continue;
        }
        let key = (fact.of.as_str(), fact.key.as_str());
        pairs.entry(fact.change_set).or_default().entry(key).or_default().1 = Some(fact);
        if let Some(closed_by) = fact.closed_by {
            pairs.entry(closed_by).or_default().entry(key).or_default().0 = Some(fact);
        }
    }
    pairs
        .into_iter()
        .map(|(change, pairs)| (change, pairs.into_values().flat_map(compare).collect()))
        .collect()
}

fn compare((before, after): (Option<&Fact>, Option<&Fact>)) -> Vec<Entry> {
    match (before, after) {
        (None, None) => Vec::new(),
        (None, Some(fact)) => whole(fact, Sign::Added),
        (Some(fact), None) => whole(fact, Sign::Removed),
        (Some(before), Some(after)) => differing(before, after),
    }
}

/// Something new or gone is one entry, named by its main field.
fn whole(fact: &Fact, sign: Sign) -> Vec<Entry> {
    let (field, value) = match fact.of.as_str() {
        "asset" => ("asset", fact.says.get("name")),
        "dataset" => ("kind", fact.says.get("kind")),
        "column" => ("column", fact.says.get("type")),
        of @ ("person" | "team") => (of, fact.says.get("name")),
        "source" => ("connection", fact.says.get("connection")),
        of if of.starts_with("text-") => (of, fact.says.get("text")),
        of => (of, fact.says.get(of)),
    };
    let value = value.and_then(shown);
    let (before, after) = if sign == Sign::Removed { (value, None) } else { (None, value) };
    vec![Entry { sign, subject: fact.subject.clone(), field: field.to_owned(), before, after }]
}

fn differing(before: &Fact, after: &Fact) -> Vec<Entry> {
    let fields: BTreeSet<&String> = before.says.keys().chain(after.says.keys()).collect();
    let differing = fields.into_iter().filter(|field| before.says.get(*field) != after.says.get(*field));
    let entry = |field: &String| Entry {
        sign: Sign::Changed,
        subject: before.subject.clone(),
        field: if field == "text" { after.of.clone() } else { field.clone() },
        before: before.says.get(field).and_then(shown),
        after: after.says.get(field).and_then(shown),
    };
    differing.map(entry).collect()
}

/// As it is read. What begins with NUL stands for a text that the reader may not read.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.starts_with('\0')).then(|| text.clone()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fact(of: &str, key: &str, (change_set, closed_by): (i64, Option<i64>), says: Value) -> Fact {
        let says = serde_json::from_value(says).unwrap();
        Fact { change_set, closed_by, of: of.into(), key: key.into(), subject: key.into(), says }
    }

    #[test]
    fn a_fact_that_follows_another_shows_what_differs() {
        let facts = vec![
            fact("column", "a", (1, Some(2)), json!({"type": "int", "nullable": true})),
            fact("column", "a", (2, None), json!({"type": "bigint", "nullable": true})),
        ];
        let changes = of(&facts);
        assert_eq!(changes[&1][0].sign, Sign::Added);
        let [entry] = &changes[&2][..] else { panic!("{changes:?}") };
        assert_eq!((entry.field.as_str(), entry.sign), ("type", Sign::Changed));
        assert_eq!((entry.before.as_deref(), entry.after.as_deref()), (Some("int"), Some("bigint")));
    }

    #[test]
    fn what_came_and_went_at_once_was_never_there() {
        assert!(of(&[fact("owner", "a", (1, Some(1)), json!({}))]).is_empty());
    }

    #[test]
    fn a_text_that_may_not_be_read_is_still_another_one() {
        let facts = vec![
            fact("dataset", "", (1, Some(2)), json!({"definition": "\u{0}aa"})),
            fact("dataset", "", (2, None), json!({"definition": "\u{0}bb"})),
        ];
        let changes = of(&facts);
        assert_eq!((&changes[&2][0].before, &changes[&2][0].after), (&None, &None));
    }
}
