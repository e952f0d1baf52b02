//! `catalog.json`: what the database said about the relations of a project.

use super::stream::{self, Artifacts, Want};
use super::{Artifact, Unusable};
use crate::notice::Remark;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::Read;

/// Relations by the unique id of their node.
#[derive(Default)]
pub(super) struct Catalog {
    pub(super) tables: BTreeMap<String, Table>,
    has_nodes: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Table {
    pub(super) metadata: TableMetadata,
    columns: BTreeMap<String, TableColumn>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TableMetadata {
    /// `BASE TABLE`, `VIEW`, …
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) owner: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TableColumn {
    pub(super) name: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) index: Option<f64>,
    pub(super) comment: Option<String>,
}

impl Table {
    /// The columns in their order, with their names.
    pub(super) fn columns(&self) -> Vec<(&str, &TableColumn)> {
        let mut columns: Vec<_> = self.columns.iter().collect();
        let place = |column: &TableColumn| column.index.unwrap_or(f64::MAX);
        columns.sort_by(|a, b| place(a.1).total_cmp(&place(b.1)));
        columns.into_iter().map(|(key, column)| (column.name.as_deref().unwrap_or(key), column)).collect()
    }
}

/// Reads a catalog. A relation that cannot be read is left out: the manifest still has it.
pub(super) fn read(from: impl Read) -> Result<Catalog, Unusable> {
    let mut catalog = Catalog::default();
    stream::read(Artifact::Catalog, from, &mut catalog)?;
    if !catalog.has_nodes {
        return Err(Unusable { artifact: Artifact::Catalog, line: 0, column: 0, what: Remark::Missing });
    }
    Ok(catalog)
}

impl Artifacts for Catalog {
    fn member(&mut self, name: &str) -> Want {
        self.has_nodes |= name == "nodes";
        if matches!(name, "nodes" | "sources") { Want::Entries } else { Want::Nothing }
    }

    fn whole(&mut self, _name: &str, _value: &RawValue) {}

    fn entry(&mut self, _name: &str, key: &str, value: &RawValue) {
        if let Ok(table) = serde_json::from_str(value.get()) {
            self.tables.insert(key.to_owned(), table);
        }
    }
}
