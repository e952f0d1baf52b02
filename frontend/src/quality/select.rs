//! The filters above a list: selects of a GET form.

use crate::words::Word;
use crate::{Choice, T};

/// A filter: its parameter, its choices, the chosen one.
#[derive(Debug, Clone)]
pub struct Select {
    /// The name of the parameter.
    pub name: &'static str,
    /// The key of its label, which is the choice of all.
    pub label: &'static str,
    /// The choices.
    pub choices: Vec<Choice>,
    /// The chosen value; empty: all.
    pub chosen: String,
}

impl Select {
    /// A filter of these choices.
    #[must_use]
    pub fn new(
        name: &'static str,
        label: &'static str,
        choices: Vec<Choice>,
        chosen: impl Into<String>,
    ) -> Self {
        Self { name, label, choices, chosen: chosen.into() }
    }

    /// A filter of the words of a closed set.
    #[must_use]
    pub fn of_words<W: Word + Copy>(
        t: &T,
        (name, label): (&'static str, &'static str),
        all: &[W],
        as_str: fn(W) -> &'static str,
        chosen: Option<W>,
    ) -> Self {
        let choices = all.iter().map(|word| Choice::new(as_str(*word), t.w(word))).collect();
        Self::new(name, label, choices, chosen.map_or("", as_str))
    }
}

/// The filters of rules, by parameter and label.
pub const RULE_FILTERS: [(&str, &str); 7] = [
    ("state", "rule-state"),
    ("dimension", "rule-dimension"),
    ("severity", "rule-severity"),
    ("kind", "rule-kind"),
    ("owner", "lineage-owner"),
    ("source", "search-facet-source"),
    ("domain", "search-facet-domain"),
];

/// The filters of incidents, by parameter and label.
pub const INCIDENT_FILTERS: [(&str, &str); 5] = [
    ("state", "rule-state"),
    ("severity", "rule-severity"),
    ("assignee", "incident-assignee"),
    ("source", "search-facet-source"),
    ("domain", "search-facet-domain"),
];
