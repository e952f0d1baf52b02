//! Tests, and what came of them and of the models: the other half of [`Project`].

use super::Artifact;
use super::declare::Project;
use super::node::Node;
use super::results::{Outcome, Results};
use crate::declared::{DeclaredRun, DeclaredTest, Facts, RunIo, RunRef, RunState, TestStatus};
use crate::notice::{Notice, Place, Remark};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

impl Project<'_> {
    pub(super) fn test(&self, id: &str, node: &Node) -> DeclaredTest {
        let metadata = node.test_metadata.clone().unwrap_or_default();
        let tested = self.tested(node);
        let kwarg = metadata.kwargs.0.get("column_name").and_then(Value::as_str).map(str::to_owned);
        let column = node.column_name.clone().or(kwarg);
        let mut details = self.details(node);
        details.extend(metadata.namespace.map(|package| ("test_package".to_owned(), Value::from(package))));
        if !metadata.kwargs.0.is_empty() {
            details.insert("parameters".to_owned(), Value::Object(metadata.kwargs.0));
        }
        DeclaredTest {
            name: id.to_owned(),
            kind: metadata.name.unwrap_or_else(|| "singular".to_owned()),
            dataset: tested.map(|node| self.relation(node)),
            column: column.map(|column| vec![column]),
            status: TestStatus::NotRun,
            severity: node.config.severity.as_ref().map(|word| word.to_lowercase()),
            message: None,
            failures: None,
            expected: None,
            actual: None,
            at: None,
            job: None,
            run: None,
            text: node.compiled().map(str::to_owned),
            details,
        }
    }

    /// What a test is about: the node that it is attached to; before dbt said so, the one that its `model` names; else the
    /// only one that it reads.
    fn tested<'a>(&'a self, node: &'a Node) -> Option<&'a Node> {
        let find = |id: &String| self.manifest.nodes.get(id).or_else(|| self.manifest.sources.get(id));
        if let Some(attached) = node.attached_node.as_ref().and_then(find) {
            return Some(attached);
        }
        let model = node.test_metadata.as_ref().and_then(|test| test.kwargs.0.get("model")?.as_str());
        let mut read = node.depends_on.nodes.0.iter().filter_map(find);
        let named = |node: &&Node| model.is_some_and(|text| text.contains(&format!("'{}'", node.name)));
        read.clone().find(named).or_else(|| read.next().filter(|_| read.next().is_none()))
    }

    pub(super) fn results(&mut self, results: Option<&Results>) {
        let Some(results) = results else { return };
        self.declared.notices.extend(results.notices.iter().cloned());
        if results.only_compiled() {
            let command = results.command().unwrap_or_default().to_owned();
            let place = Place::path(Artifact::RunResults.file());
            return self.declared.notices.push(Notice::new(place, Remark::OnlyCompiled { command }));
        }
        let tests: BTreeMap<String, usize> =
            self.declared.tests.iter().enumerate().map(|(index, test)| (test.name.clone(), index)).collect();
        for outcome in &results.results {
            if let Some(index) = tests.get(&outcome.unique_id) {
                judge(&mut self.declared.tests[*index], outcome, results);
            } else if let Some(node) = self.manifest.nodes.get(&outcome.unique_id) {
                let run = self.run(node, outcome, results);
                self.declared.runs.extend(run);
            } else {
                let word = outcome.unique_id.clone();
                let place = Place::path(Artifact::RunResults.file());
                self.declared.notices.push(Notice::new(place, Remark::NotDeclared { word }));
            }
        }
    }

    /// The run of a model, seed or snapshot; `None` for what is no job, or where no time is known.
    fn run(&self, node: &Node, outcome: &Outcome, results: &Results) -> Option<DeclaredRun> {
        if node.is_ephemeral() || !matches!(node.resource_type.as_str(), "model" | "seed" | "snapshot") {
            return None;
        }
        let state = outcome.state();
        let event_time = outcome.ended().or(results.metadata.generated_at)?;
        let whole = results.metadata.invocation_id.as_deref().unwrap_or_default();
        let stamp = if whole.is_empty() { event_time.to_rfc3339() } else { whole.to_owned() };
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("dbt:{stamp}:{}", outcome.unique_id).as_bytes());
        let output = RunIo {
            at: self.relation(node),
            rows: outcome.count("rows_affected"),
            bytes: None,
            files: None,
            version: None,
            facets: Facts::new(),
        };
        let blank =
            |at| RunIo { at, rows: None, bytes: None, files: None, version: None, facets: Facts::new() };
        let mut facets = outcome.facts();
        facets
            .extend(results.invocation().map(|id| ("invocation_id".to_owned(), Value::from(id.to_string()))));
        Some(DeclaredRun {
            at: RunRef { id, job: self.job_ref(&outcome.unique_id) },
            state,
            event_time,
            started: outcome.started(),
            ended: state.is_terminal().then_some(event_time),
            nominal_start: None,
            nominal_end: None,
            parent: None,
            error: outcome.message().filter(|_| state == RunState::Fail),
            inputs: self.reads(node).into_iter().map(blank).collect(),
            outputs: vec![output],
            engine: results.metadata.dbt_version.as_ref().map(|version| format!("dbt {version}")),
            tags: Vec::new(),
            facets,
        })
    }
}

/// Writes a result into its test.
fn judge(test: &mut DeclaredTest, outcome: &Outcome, results: &Results) {
    test.status = outcome.verdict();
    test.message = outcome.message();
    test.failures = outcome.failures;
    test.at = outcome.ended().or(results.metadata.generated_at);
    test.run = results.invocation();
    test.details.extend(outcome.facts());
}
