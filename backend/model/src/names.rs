//! Names of assets: a namespace and a path, and what makes two names the same.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// How a dialect compares names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchRule {
    /// As written: the catalogue of PostgreSQL has already folded what was not quoted.
    Exact,
    /// Case does not matter (Hive, MySQL's columns, SQL Server's default collation).
    IgnoreCase,
}

/// The full name of an asset: where the name holds (`postgres://db.example.org:5432`), and the path from there
/// (`shop`, `public`, `orders`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AssetName {
    /// OpenLineage's namespace of the source.
    pub namespace: String,
    /// From the outermost container to the asset itself.
    pub path: Vec<String>,
}

impl AssetName {
    /// A name in a namespace.
    pub fn new(namespace: impl Into<String>, path: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { namespace: namespace.into(), path: path.into_iter().map(Into::into).collect() }
    }

    /// What is compared: the path's parts under the rule, joined by a character that no identifier holds.
    #[must_use]
    pub fn match_key(&self, rule: MatchRule) -> String {
        let joined = self.path.join("\u{1f}");
        match rule {
            MatchRule::Exact => joined,
            MatchRule::IgnoreCase => joined.to_lowercase(),
        }
    }

    /// SHA-256 of the match key: what the database indexes, since a B-tree entry is limited to 2.7 kB.
    #[must_use]
    pub fn match_hash(&self, rule: MatchRule) -> Vec<u8> {
        Sha256::digest(self.match_key(rule).as_bytes()).to_vec()
    }
}

impl fmt::Display for AssetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.path.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        let one = AssetName::new("n", ["a.b", "c"]);
        let two = AssetName::new("n", ["a", "b.c"]);
        assert_ne!(one.match_hash(MatchRule::Exact), two.match_hash(MatchRule::Exact));
    }

    #[test]
    fn case_matters_only_where_the_dialect_says_so() {
        let (low, up) = (AssetName::new("n", ["orders"]), AssetName::new("n", ["Orders"]));
        assert_ne!(low.match_key(MatchRule::Exact), up.match_key(MatchRule::Exact));
        assert_eq!(low.match_key(MatchRule::IgnoreCase), up.match_key(MatchRule::IgnoreCase));
    }
}
