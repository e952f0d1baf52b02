//! Results of tests in events: `dataQualityAssertions` of datasets, and the `test` facet of runs.

use super::describe::{facet, list, text};
use super::parts::{DatasetPart, Event};
use crate::declared::{DeclaredTest, Facts, TestStatus};
use serde_json::Value;
use std::collections::HashSet;

/// The results that an event carries, each once: a client may say the same of a dataset and of the input.
pub(super) fn of_event(event: &Event) -> Vec<DeclaredTest> {
    let mut tests: Vec<DeclaredTest> = Vec::new();
    let assertions = event.datasets().flat_map(|part| of_dataset(event, part));
    let executions = event.run.iter().flat_map(|run| of_run(event, &run.facets));
    let mut seen = HashSet::new();
    for test in assertions.chain(executions) {
        if serde_json::to_string(&test).is_ok_and(|written| seen.insert(written)) {
            tests.push(test);
        }
    }
    tests
}

fn of_dataset(event: &Event, part: &DatasetPart) -> Vec<DeclaredTest> {
    let both = [&part.facets, &part.io_facets]
        .into_iter()
        .filter_map(|facets| facet(facets, "dataQualityAssertions"));
    let assertions = both.flat_map(|said| list(said, "assertions"));
    let read = |said: &Value| {
        let kind = text(said, "assertion")?;
        let holds = said.get("success")?.as_bool()?;
        let mut test = blank(event, said, kind);
        test.column = text(said, "column").map(|column| vec![column]);
        let column = test.column.iter().flatten().cloned().collect::<String>();
        test.name = text(said, "name").unwrap_or_else(|| match column.as_str() {
            "" => test.kind.clone(),
            column => format!("{}({column})", test.kind),
        });
        test.dataset = Some(part.at.clone());
        let warns = test.severity.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("warn"));
        test.status = match (holds, warns) {
            (true, _) => TestStatus::Pass,
            (false, true) => TestStatus::Warn,
            (false, false) => TestStatus::Fail,
        };
        Some(test)
    };
    assertions.filter_map(read).collect()
}

fn of_run(event: &Event, facets: &Facts) -> Vec<DeclaredTest> {
    let executions = facet(facets, "test").map_or(&[][..], |said| list(said, "tests"));
    let read = |said: &Value| {
        let mut test = blank(event, said, text(said, "type").unwrap_or_else(|| "test".to_owned()));
        test.name = text(said, "name")?;
        let warns = test.severity.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("warn"));
        test.status = match (text(said, "status")?.to_ascii_lowercase().as_str(), warns) {
            ("pass" | "passed" | "success", _) => TestStatus::Pass,
            ("skip" | "skipped", _) => TestStatus::Skip,
            ("error", _) => TestStatus::Error,
            ("warn", _) | (_, true) => TestStatus::Warn,
            _ => TestStatus::Fail,
        };
        Some(test)
    };
    executions.iter().filter_map(read).collect()
}

fn blank(event: &Event, said: &Value, kind: String) -> DeclaredTest {
    let params = said.get("params").and_then(Value::as_object).filter(|params| !params.is_empty());
    DeclaredTest {
        name: String::new(),
        kind,
        dataset: None,
        column: None,
        status: TestStatus::NotRun,
        severity: text(said, "severity"),
        message: text(said, "description"),
        failures: None,
        expected: text(said, "expected"),
        actual: text(said, "actual"),
        at: Some(event.at),
        job: event.job.as_ref().map(|job| job.at.clone()),
        run: event.run.as_ref().map(|run| run.id),
        text: text(said, "content"),
        details: params.cloned().unwrap_or_default(),
    }
}
