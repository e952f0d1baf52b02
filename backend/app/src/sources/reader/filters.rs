//! Which schemas and datasets a crawl takes in.

use serde::{Deserialize, Serialize};

/// What is in scope: everything that some `include` names (all, where there is none) and no `exclude` names.
///
/// A pattern is a name in which `*` stands for any characters, `?` for one, and `\` takes the next as it is. Case
/// matters. A dataset's pattern is matched against `schema.dataset`, or against the dataset alone when the pattern has
/// no dot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    /// Schemas to take in.
    pub include_schemas: Vec<String>,
    /// Schemas to leave out.
    pub exclude_schemas: Vec<String>,
    /// Datasets to take in.
    pub include_datasets: Vec<String>,
    /// Datasets to leave out.
    pub exclude_datasets: Vec<String>,
}

impl Filters {
    /// Whether a schema is in scope.
    #[must_use]
    pub fn takes_schema(&self, schema: &str) -> bool {
        takes(&self.include_schemas, &self.exclude_schemas, |pattern| matches(pattern, schema))
    }

    /// Whether a dataset of a schema in scope is in scope.
    #[must_use]
    pub fn takes_dataset(&self, schema: &str, dataset: &str) -> bool {
        takes(&self.include_datasets, &self.exclude_datasets, |pattern| {
            if pattern.contains('.') {
                matches(pattern, &format!("{schema}.{dataset}"))
            } else {
                matches(pattern, dataset)
            }
        })
    }
}

fn takes(include: &[String], exclude: &[String], named: impl Fn(&str) -> bool) -> bool {
    let included = include.is_empty() || include.iter().any(|pattern| named(pattern));
    included && !exclude.iter().any(|pattern| named(pattern))
}

/// Whether a name matches a pattern: greedy with one step back, so time is at most length × length.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern = parse(pattern);
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(Part::Any) => {
                back = Some((p, n));
                p += 1;
                continue;
            }
            Some(Part::One) => (p, n) = (p + 1, n + 1),
            Some(Part::Exactly(c)) if *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match back {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    (p, n) = (star + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|part| *part == Part::Any)
}

#[derive(PartialEq, Eq)]
enum Part {
    Any,
    One,
    Exactly(char),
}

fn parse(pattern: &str) -> Vec<Part> {
    let mut chars = pattern.chars();
    let mut parts = Vec::new();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '*' => Part::Any,
            '?' => Part::One,
            '\\' => Part::Exactly(chars.next().unwrap_or('\\')),
            c => Part::Exactly(c),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(patterns: &[&str]) -> Vec<String> {
        patterns.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nothing_said_takes_everything() {
        assert!(Filters::default().takes_schema("any"));
        assert!(Filters::default().takes_dataset("any", "*"));
    }

    #[test]
    fn an_exclude_wins_over_an_include() {
        let filters = Filters {
            include_schemas: list(&["sales*"]),
            exclude_schemas: list(&["*_old"]),
            ..Filters::default()
        };
        assert!(filters.takes_schema("sales_2026"));
        assert!(!filters.takes_schema("sales_old"));
        assert!(!filters.takes_schema("hr"));
    }

    #[test]
    fn a_pattern_with_a_dot_names_schema_and_dataset() {
        let filters = Filters { exclude_datasets: list(&["raw.tmp?", "log"]), ..Filters::default() };
        assert!(!filters.takes_dataset("raw", "tmp1"));
        assert!(filters.takes_dataset("mart", "tmp1"));
        assert!(!filters.takes_dataset("mart", "log"));
    }

    #[test]
    fn characters_of_other_languages_of_patterns_are_only_characters() {
        assert!(matches("a.b", "a.b") && !matches("a.b", "axb"));
        assert!(matches("[a-z]%_", "[a-z]%_") && !matches("[a-z]", "b"));
        assert!(matches(r"\*", "*") && !matches(r"\*", "x"));
        assert!(matches("订单*", "订单明细"));
        assert!(!matches("Orders", "orders"));
    }

    #[test]
    fn many_stars_do_not_explode() {
        let pattern = "a*".repeat(500);
        assert!(!matches(&format!("{pattern}b"), &"a".repeat(5_000)));
    }
}
