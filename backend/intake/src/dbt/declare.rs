//! The artifacts of a project in the neutral form.

use super::catalog::{Catalog, Table};
use super::manifest::Manifest;
use super::node::{Node, owners};
use super::results::Results;
use super::{Dbt, Options};
use crate::declared::{
    Declared, DeclaredDataset, DeclaredJob, Definition, Facts, Field, JobKind, JobRef, Owner, SourceCode, Tag,
};
use crate::naming::{DatasetRef, Sort, platform_of};
use crate::notice::{Notice, Place, Remark};
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

/// Adapters whose relations have no database above their schema.
const TWO_LEVELS: &[&str] =
    &["mysql", "mysql5", "mariadb", "spark", "hive", "impala", "clickhouse", "glue", "sqlite", "teradata"];

/// A project while it is declared.
pub(super) struct Project<'a> {
    options: &'a Options,
    pub(super) manifest: &'a Manifest,
    catalog: &'a Catalog,
    levels: usize,
    pub(super) declared: Declared,
}

/// What the artifacts declare.
pub(super) fn declare(
    options: &Options,
    mut manifest: Manifest,
    catalog: &Catalog,
    results: Option<&Results>,
) -> Dbt {
    let notices = std::mem::take(&mut manifest.notices);
    let manifest = &manifest;
    let metadata = &manifest.metadata;
    let adapter = metadata.adapter_type.as_deref().unwrap_or_default();
    let levels = match platform_of(&options.namespace).parts {
        0 if TWO_LEVELS.contains(&adapter) => 2,
        0 => 3,
        levels => levels,
    };
    let declared = Declared { notices, ..Declared::default() };
    let mut project = Project { options, manifest, catalog, levels, declared };
    project.sources();
    project.nodes();
    project.exposures();
    project.results(results);
    let models = manifest.nodes.values();
    let first_package =
        models.clone().find(|node| node.resource_type == "model").and_then(|node| node.package_name.clone());
    Dbt {
        project: metadata.project_name.clone().or(first_package),
        version: metadata.dbt_version.clone(),
        manifest_version: metadata.version(),
        adapter: metadata.adapter_type.clone(),
        generated_at: metadata.generated_at,
        command: results.and_then(Results::command).map(str::to_owned),
        invocation: results.map_or_else(
            || Uuid::try_parse(metadata.invocation_id.as_deref().unwrap_or_default()).ok(),
            Results::invocation,
        ),
        ephemeral: models.filter(|node| node.is_ephemeral()).count(),
        declared: project.declared,
    }
}

impl Project<'_> {
    fn sources(&mut self) {
        for (id, node) in &self.manifest.sources {
            let dataset = self.dataset(id, node);
            self.declared.datasets.push(dataset);
        }
    }

    fn nodes(&mut self) {
        for (id, node) in &self.manifest.nodes {
            let kind = match node.resource_type.as_str() {
                "test" => {
                    self.declared.tests.push(self.test(id, node));
                    continue;
                }
                "model" if node.is_ephemeral() => continue,
                "model" => JobKind::DbtModel,
                "seed" => JobKind::DbtSeed,
                "snapshot" => JobKind::DbtSnapshot,
                _ => continue,
            };
            let dataset = self.dataset(id, node);
            self.declared.datasets.push(dataset);
            let job = self.job(id, node, kind);
            if job.definition.as_ref().is_some_and(|text| text.language == "jinja") {
                self.declared.notices.push(Notice::new(Place::path(id), Remark::NotCompiled));
            }
            self.declared.jobs.push(job);
        }
    }

    fn exposures(&mut self) {
        for (id, node) in &self.manifest.exposures {
            let mut job = DeclaredJob::new(self.job_ref(id), JobKind::DbtExposure);
            job.inputs = self.reads(node);
            job.description = said(node.description.as_ref());
            job.owners = node.owner.as_ref().map(|owner| owners(owner, None)).unwrap_or_default();
            job.tags = node.tags();
            job.details = self.details(node);
            job.source_code = source_code(node);
            self.declared.jobs.push(job);
        }
    }

    pub(super) fn job_ref(&self, id: &str) -> JobRef {
        JobRef::new(self.options.jobs.as_deref().unwrap_or("dbt"), id)
    }

    /// The relation of a node.
    pub(super) fn relation(&self, node: &Node) -> DatasetRef {
        let name = node.identifier.as_ref().or(node.alias.as_ref()).unwrap_or(&node.name);
        let parts =
            [node.database.as_deref().filter(|_| self.levels > 2), node.schema.as_deref(), Some(name)];
        let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        DatasetRef::of_parts(self.options.namespace.as_str(), &parts)
    }

    /// The relations that a node reads, through the ephemeral models between.
    pub(super) fn reads(&self, node: &Node) -> Vec<DatasetRef> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut open: Vec<&str> = node.depends_on.nodes.0.iter().rev().map(String::as_str).collect();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.manifest.nodes.get(id).or_else(|| self.manifest.sources.get(id)) {
                Some(node) if node.is_ephemeral() => {
                    open.extend(node.depends_on.nodes.0.iter().rev().map(String::as_str));
                }
                Some(node) => found.push(self.relation(node)),
                None => {}
            }
        }
        let mut once = HashSet::new();
        found.retain(|at| once.insert(at.clone()));
        found
    }

    fn job(&self, id: &str, node: &Node, kind: JobKind) -> DeclaredJob {
        let mut job = DeclaredJob::new(self.job_ref(id), kind);
        let to = self.relation(node);
        job.definition = if kind == JobKind::DbtSeed { None } else { self.definition(node, &to) };
        job.inputs = self.reads(node);
        job.outputs = vec![to];
        job.description = said(node.description.as_ref());
        job.owners = self.owners(node);
        job.tags = node.tags();
        job.details = self.details(node);
        job.source_code = source_code(node);
        job
    }

    fn definition(&self, node: &Node, to: &DatasetRef) -> Option<Definition> {
        let language = node.language.as_deref().unwrap_or("sql");
        let mut definition = match (language, node.compiled(), node.raw()) {
            ("sql", Some(text), _) => Definition::new("sql", text),
            ("sql", None, Some(text)) => Definition::new("jinja", text),
            (other, compiled, raw) => Definition::new(other, compiled.or(raw)?),
        };
        definition.dialect =
            self.manifest.metadata.adapter_type.as_deref().map(dialect_of).map(str::to_owned);
        definition.default_namespace = Some(self.options.namespace.clone());
        definition.default_database = node.database.clone().filter(|_| self.levels > 2);
        definition.default_schema = node.schema.clone();
        if self.levels == 2 {
            // of two levels the outer one is the database, whatever dbt calls it
            definition.default_database = definition.default_schema.take();
        }
        definition.fills = Some(to.clone());
        Some(definition)
    }

    fn owners(&self, node: &Node) -> Vec<Owner> {
        let meta = node.meta();
        let group = node.group.as_ref().and_then(|group| self.manifest.groups.get(group));
        let mut all: Vec<Owner> = ["owner", "owners"]
            .iter()
            .filter_map(|key| meta.get(*key))
            .flat_map(|v| owners(v, None))
            .collect();
        all.extend(node.owner.iter().flat_map(|owner| owners(owner, None)));
        all.extend(group.into_iter().flatten().cloned());
        all
    }

    pub(super) fn details(&self, node: &Node) -> Facts {
        let inlined: Vec<_> = self.inlined(node).map(|node| node.name.as_str()).collect();
        let members = [
            ("package", json!(node.package_name)),
            ("path", json!(node.original_file_path)),
            ("relation", json!(node.relation_name)),
            ("materialized", json!(node.config.materialized)),
            ("incremental_strategy", json!(node.config.incremental_strategy)),
            ("unique_key", json!(node.config.unique_key)),
            ("group", json!(node.group)),
            ("access", json!(node.access)),
            ("version", json!(node.version)),
            ("source", json!(node.source_name)),
            ("loader", json!(node.loader)),
            ("type", json!(node.exposure_type)),
            ("label", json!(node.label)),
            ("maturity", json!(node.maturity)),
            ("url", json!(node.url)),
            ("inlined", if inlined.is_empty() { Value::Null } else { json!(inlined) }),
            ("meta", Value::Object(node.meta())),
            ("source_meta", Value::Object(node.source_meta.0.clone())),
        ];
        let empty = |value: &Value| {
            value.is_null()
                || value.as_str() == Some("")
                || value.as_object().is_some_and(serde_json::Map::is_empty)
        };
        members
            .into_iter()
            .filter(|(_, value)| !empty(value))
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The ephemeral models that dbt wrote into a node.
    fn inlined<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> {
        let known = node.depends_on.nodes.0.iter().filter_map(|id| self.manifest.nodes.get(id));
        known.filter(|node| node.is_ephemeral())
    }

    fn dataset(&self, id: &str, node: &Node) -> DeclaredDataset {
        let mut dataset = DeclaredDataset::new(self.relation(node));
        let table = self.catalog.tables.get(id);
        dataset.sort = Sort::Table;
        let written = table.and_then(|table| table.metadata.kind.clone());
        dataset.kind_written = written.or_else(|| node.config.materialized.clone());
        let texts = [node.description.as_ref(), node.source_description.as_ref()];
        let comment = table.and_then(|table| table.metadata.comment.as_ref());
        dataset.description = texts.into_iter().chain([comment]).find_map(said);
        dataset.owners = self.owners(node);
        let owner = table.and_then(|table| table.metadata.owner.clone()).filter(|name| !name.is_empty());
        dataset.owners.extend(owner.map(|name| Owner { name, kind: Some("database".to_owned()) }));
        dataset.fields = fields(node, table);
        dataset.tags = node.tags();
        let mut details = self.details(node);
        details.insert("unique_id".to_owned(), Value::from(id));
        let mut metas = Facts::new();
        for (key, column) in &node.columns.0 {
            let path = vec![column.name.clone().unwrap_or_else(|| key.clone())];
            let tag = |key| Tag { field: Some(path.clone()), ..Tag::plain(key) };
            dataset.tags.extend(column.tags().into_iter().map(tag));
            let meta = column.meta();
            metas.extend((!meta.is_empty()).then(|| (path.concat(), Value::Object(meta))));
        }
        details.extend((!metas.is_empty()).then(|| ("columns_meta".to_owned(), Value::Object(metas))));
        dataset.facets.insert("dbt".to_owned(), Value::Object(details));
        dataset
    }
}

/// The columns of a relation: those of the catalog where it has it, with the texts of the manifest.
fn fields(node: &Node, table: Option<&Table>) -> Option<Vec<Field>> {
    let ordinal = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
    let said_of = |name: &str| {
        let named = node.columns.find(name);
        let folded = || {
            node.columns.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, column)| column)
        };
        named.or_else(folded)
    };
    if let Some(table) = table {
        let columns = table.columns().into_iter().enumerate();
        return Some(
            columns
                .map(|(index, (name, column))| Field {
                    path: vec![name.to_owned()],
                    type_written: column.kind.clone(),
                    description: said_of(name)
                        .and_then(|said_| said(said_.description.as_ref()))
                        .or_else(|| said(column.comment.as_ref())),
                    ordinal: ordinal(index),
                })
                .collect(),
        );
    }
    let columns = node.columns.0.iter().enumerate();
    let field = |(index, (key, column)): (usize, &(String, super::node::Column))| Field {
        path: vec![column.name.clone().unwrap_or_else(|| key.clone())],
        type_written: said(column.data_type.as_ref()),
        description: said(column.description.as_ref()),
        ordinal: ordinal(index),
    };
    (!node.columns.0.is_empty()).then(|| columns.map(field).collect())
}

fn said(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).cloned()
}

fn source_code(node: &Node) -> Option<SourceCode> {
    let path = node.original_file_path.clone()?;
    Some(SourceCode { path: Some(path), url: node.url.clone(), ..SourceCode::default() })
}

/// The dialect that an adapter speaks, in the words of `sql-lineage`; its own name where that is one.
fn dialect_of(adapter: &str) -> &str {
    match adapter {
        "synapse" | "sqlserver" | "fabric" => "mssql",
        "glue" => "spark",
        "mysql5" => "mysql",
        "athena" => "trino",
        "risingwave" => "postgres",
        other => other,
    }
}
