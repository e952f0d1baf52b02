//! A dataset as somebody declared it.

use super::Facts;
use crate::naming::{DatasetRef, Sort};
use serde::{Deserialize, Serialize};

/// What is said about a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeclaredDataset {
    /// Its name.
    pub at: DatasetRef,
    /// What sort of thing it is, by its namespace or by what the client says.
    pub sort: Sort,
    /// The word of the client for its kind: `view`, `incremental`, `BASE TABLE`, …
    pub kind_written: Option<String>,
    /// Its fields; `None` where nothing is said about them, empty where it is said that there are none.
    pub fields: Option<Vec<Field>>,
    /// Text or Markdown, as written.
    pub description: Option<String>,
    /// Who owns it.
    pub owners: Vec<Owner>,
    /// Tags of the dataset and (with [`Tag::field`]) of its fields.
    pub tags: Vec<Tag>,
    /// Other names of the same thing.
    pub symlinks: Vec<DatasetRef>,
    /// What was last done to the dataset as a whole.
    pub lifecycle: Option<Lifecycle>,
    /// Everything that was said, known or not, by facet's name.
    pub facets: Facts,
}

impl DeclaredDataset {
    /// A dataset of which only the name is known.
    #[must_use]
    pub fn new(at: DatasetRef) -> Self {
        let sort = at.sort();
        Self {
            at,
            sort,
            kind_written: None,
            fields: None,
            description: None,
            owners: Vec::new(),
            tags: Vec::new(),
            symlinks: Vec::new(),
            lifecycle: None,
            facets: Facts::new(),
        }
    }
}

/// A field of a dataset. Nested fields stand after their parent with a longer path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// From the outermost field to this one; one part for a column of a table.
    pub path: Vec<String>,
    /// The type as the client wrote it.
    pub type_written: Option<String>,
    /// Text or Markdown, as written.
    pub description: Option<String>,
    /// Its place among its siblings, from 1.
    pub ordinal: u32,
}

/// Somebody who owns something, as the client names them: no person or team of the register yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// The name as written: `team:data`, `Mario`, `finance@example.org`, …
    pub name: String,
    /// The kind as written: `MAINTAINER`, `group`, `database`, …
    pub kind: Option<String>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tag {
    /// The tag, or the key where it has a value.
    pub key: String,
    /// The value, where it has one.
    pub value: Option<String>,
    /// The field that it is on, by its path; `None` for the whole dataset or job.
    pub field: Option<Vec<String>>,
    /// Who set it, where that is said.
    pub source: Option<String>,
}

impl Tag {
    /// A tag without value on the whole thing.
    pub fn plain(key: impl Into<String>) -> Self {
        Self { key: key.into(), value: None, field: None, source: None }
    }
}

/// What was done to a dataset as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lifecycle {
    /// What was done.
    pub change: LifecycleChange,
    /// The name before, of a rename.
    pub previous: Option<DatasetRef>,
}

/// The changes that `OpenLineage` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleChange {
    /// Its shape changed.
    Alter,
    /// It was made.
    Create,
    /// It is gone.
    Drop,
    /// Its rows were replaced.
    Overwrite,
    /// It has a new name.
    Rename,
    /// Its rows were removed.
    Truncate,
}

impl LifecycleChange {
    /// By `OpenLineage`'s word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "ALTER" => Self::Alter,
            "CREATE" => Self::Create,
            "DROP" => Self::Drop,
            "OVERWRITE" => Self::Overwrite,
            "RENAME" => Self::Rename,
            "TRUNCATE" => Self::Truncate,
            _ => return None,
        })
    }
}
