//! `manifest.json`.

use super::node::{Node, owners};
use super::stream::{self, Artifacts, Want};
use super::{Artifact, Unusable};
use crate::declared::Owner;
use crate::notice::{Notice, Place, Remark};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::Read;

/// The newest version of the format that this was written for.
const NEWEST: u32 = 12;

/// What is read of a manifest.
#[derive(Default)]
pub(super) struct Manifest {
    pub(super) metadata: Metadata,
    has_metadata: bool,
    has_nodes: bool,
    /// Models, seeds, snapshots, tests by unique id.
    pub(super) nodes: BTreeMap<String, Node>,
    pub(super) sources: BTreeMap<String, Node>,
    pub(super) exposures: BTreeMap<String, Node>,
    /// The owners of groups by name.
    pub(super) groups: BTreeMap<String, Vec<Owner>>,
    pub(super) notices: Vec<Notice>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    dbt_schema_version: Option<String>,
    pub(super) dbt_version: Option<String>,
    pub(super) generated_at: Option<DateTime<Utc>>,
    pub(super) project_name: Option<String>,
    pub(super) adapter_type: Option<String>,
    pub(super) invocation_id: Option<String>,
}

impl Metadata {
    /// The number in `https://schemas.getdbt.com/dbt/manifest/v12.json`.
    pub(super) fn version(&self) -> Option<u32> {
        let url = self.dbt_schema_version.as_deref()?;
        url.strip_suffix(".json")?.rsplit_once("/manifest/v")?.1.parse().ok()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Group {
    name: Option<String>,
    owner: Option<Value>,
}

/// Reads a manifest.
pub(super) fn read(from: impl Read) -> Result<Manifest, Unusable> {
    let mut manifest = Manifest::default();
    stream::read(Artifact::Manifest, from, &mut manifest)?;
    if !manifest.has_metadata || !manifest.has_nodes {
        return Err(Unusable { artifact: Artifact::Manifest, line: 0, column: 0, what: Remark::Missing });
    }
    if manifest.metadata.version().is_none_or(|version| version > NEWEST) {
        let version = manifest.metadata.dbt_schema_version.clone().unwrap_or_default();
        let place = Place::path("metadata.dbt_schema_version");
        manifest.notices.push(Notice::new(place, Remark::UnknownVersion { version }));
    }
    Ok(manifest)
}

impl Artifacts for Manifest {
    fn member(&mut self, name: &str) -> Want {
        self.has_metadata |= name == "metadata";
        self.has_nodes |= name == "nodes";
        match name {
            "metadata" => Want::Whole,
            "nodes" | "sources" | "exposures" | "groups" => Want::Entries,
            _ => Want::Nothing,
        }
    }

    fn whole(&mut self, name: &str, value: &RawValue) {
        match serde_json::from_str(value.get()) {
            Ok(metadata) => self.metadata = metadata,
            Err(error) => self.unreadable(name, &error),
        }
    }

    fn entry(&mut self, name: &str, key: &str, value: &RawValue) {
        if name == "groups" {
            let group: Group = serde_json::from_str(value.get()).unwrap_or_default();
            let said = group.owner.map(|owner| owners(&owner, Some("group"))).unwrap_or_default();
            self.groups.extend(group.name.map(|name| (name, said)));
            return;
        }
        let node: Node = match serde_json::from_str(value.get()) {
            Ok(node) => node,
            Err(error) => return self.unreadable(key, &error),
        };
        if node.config.enabled == Some(false) {
            return;
        }
        let key = node.unique_id.clone().unwrap_or_else(|| key.to_owned());
        let into = match name {
            "nodes" => &mut self.nodes,
            "sources" => &mut self.sources,
            _ => &mut self.exposures,
        };
        into.insert(key, node);
    }
}

impl Manifest {
    fn unreadable(&mut self, at: &str, error: &serde_json::Error) {
        let reason = error.to_string().chars().take(200).collect();
        self.notices.push(Notice::new(Place::path(at), Remark::Unreadable { reason }));
    }
}
