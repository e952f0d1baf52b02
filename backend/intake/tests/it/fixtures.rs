//! Real inputs that nobody of this project wrote. Where they are absent each test says so and is left out.

use crate::told::told;
use cadastre_intake::openlineage::{self, Event};
use cadastre_intake::{DatasetRef, How, JobKind, Remark, TestStatus, dbt, flume, kafka_connect};
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The folder of the fixtures: `CADASTRE_FIXTURES`, else beside the project.
#[expect(clippy::print_stderr, reason = "who reads the result has to know what was left out")]
fn folder(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures");
    let folder = std::env::var_os("CADASTRE_FIXTURES").map_or_else(beside, PathBuf::from).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("left out: no fixtures in {}", folder.display());
    None
}

/// The lines of a file of JSON lines.
fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn events() -> Vec<Event> {
    let Some(folder) = folder("openlineage") else { return Vec::new() };
    let lines = lines(&folder.join("events.jsonl"));
    assert!(!lines.is_empty());
    lines.into_iter().map(|line| openlineage::read_value(line["event"].clone()).unwrap()).collect()
}

#[test]
fn every_valid_event_is_read() {
    let events = events();
    let remarks: Vec<String> =
        events.iter().flat_map(|event| &event.remarks).map(ToString::to_string).collect();
    if events.is_empty() {
        return;
    }
    insta::assert_snapshot!(format!("{} events\n{}", events.len(), remarks.join("\n")));
}

#[test]
fn nothing_of_an_event_is_lost() {
    for event in events() {
        let declared = event.declare();
        assert_eq!(declared.runs.len(), usize::from(event.run.is_some()));
        for part in event.datasets().filter(|part| !part.facets.is_empty()) {
            let facets = declared
                .datasets
                .iter()
                .filter(|dataset| dataset.at == part.at)
                .map(|dataset| &dataset.facets);
            assert!(facets.clone().any(|facets| *facets == part.facets), "{}", part.at);
        }
    }
}

#[test]
fn column_lineage_of_real_events_becomes_edges() {
    let edges: Vec<_> = events().iter().flat_map(Event::column_edges).collect();
    if edges.is_empty() {
        return;
    }
    assert!(edges.iter().any(|edge| edge.how == How::Expression));
    assert!(edges.iter().all(|edge| !edge.from_field.is_empty()));
}

#[test]
fn the_recorded_dbt_client_is_read() {
    let Some(folder) = folder("openlineage/recordings") else { return };
    let requests = lines(&folder.join("dbt_ol.jsonl"));
    let read = |request: &Value| match &request["body"] {
        Value::String(body) => openlineage::read(body.as_bytes()),
        body => openlineage::read_value(body.clone()),
    };
    let events: Vec<Event> = requests.iter().map(|request| read(request).unwrap()).collect();
    assert_eq!(events.iter().map(|event| event.remarks.len()).sum::<usize>(), 0);
    let sql = events.iter().flat_map(|event| event.declare().jobs).find(|job| {
        job.outputs.iter().any(|output| output.name.ends_with(".customers")) && job.definition.is_some()
    });
    let definition = sql.unwrap().definition.unwrap();
    assert_eq!(definition.dialect.as_deref(), Some("postgres"));
    assert_eq!(definition.default_database.as_deref(), Some("dbt"));
    assert_eq!(definition.default_schema.as_deref(), Some("jaffle"));
}

/// Each schema of the core facets, held against the reader: an instance of its required members is known to be right.
#[test]
fn every_core_facet_has_a_schema_that_is_known() {
    let Some(folder) = folder("openlineage/facets") else { return };
    let mut names = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let schema: Value = serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
        names.extend(schema["properties"].as_object().unwrap().keys().cloned());
    }
    assert!(names.len() > 30, "{names:?}");
    let facet = |name: &String| (name.clone(), serde_json::json!({"_producer": "a:b", "_schemaURL": "a:b"}));
    let facets: serde_json::Map<String, Value> = names.iter().map(facet).collect();
    let event = serde_json::json!({
        "eventTime": "2026-01-01T00:00:00Z", "producer": "a:b", "schemaURL": "a:b#/$defs/RunEvent",
        "run": {"runId": "3f5e83fa-3480-44ff-99c5-ff943904e5e8", "facets": facets.clone()},
        "job": {"namespace": "n", "name": "j", "facets": facets.clone()},
        "inputs": [{"namespace": "n", "name": "i", "facets": facets.clone(), "inputFacets": facets.clone()}],
        "outputs": [{"namespace": "n", "name": "o", "facets": facets.clone(), "outputFacets": facets}],
    });
    let event = openlineage::read_value(event).unwrap();
    assert_eq!(event.declare().jobs[0].inputs, [DatasetRef::new("n", "i")]);
    let missing: Vec<String> = event.remarks.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(missing.join("\n"));
}

fn jaffle_shop() -> Option<dbt::Dbt> {
    let folder = folder("dbt/jaffle_shop")?;
    let open = |name: &str| File::open(folder.join(name)).unwrap();
    let options = dbt::Options { namespace: "postgres://127.0.0.1:5432".into(), jobs: None };
    let (catalog, results) = (Some(open("catalog.json")), Some(open("run_results.json")));
    Some(dbt::read(&options, open("manifest.json"), catalog, results).unwrap())
}

#[test]
fn the_jaffle_shop_is_read() {
    let Some(dbt) = jaffle_shop() else { return };
    let kinds = |kind| dbt.declared.jobs.iter().filter(|job| job.kind == kind).count();
    assert_eq!((kinds(JobKind::DbtModel), kinds(JobKind::DbtSeed), dbt.declared.tests.len()), (5, 3, 20));
    assert_eq!((dbt.manifest_version, dbt.adapter.as_deref()), (Some(12), Some("postgres")));
    let orders = dbt.declared.jobs.iter().find(|job| job.at.name == "model.jaffle_shop.orders").unwrap();
    let names: Vec<_> = orders.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["dbt.jaffle.stg_orders", "dbt.jaffle.stg_payments"]);
    let definition = orders.definition.as_ref().unwrap();
    assert_eq!((definition.language.as_str(), definition.fills.as_ref()), ("sql", orders.outputs.first()));
    let dataset = dbt.declared.datasets.iter().find(|dataset| dataset.at == orders.outputs[0]).unwrap();
    let fields = dataset.fields.as_ref().unwrap();
    assert!(fields.iter().all(|field| field.type_written.is_some()));
    assert!(fields.iter().any(|field| field.description.is_some()));
    assert!(dbt.declared.tests.iter().all(|test| test.dataset.is_some()));
    let about = dbt.declared.tests.iter().filter(|test| test.kind == "relationships");
    assert!(about.map(|test| test.dataset.as_ref().unwrap()).all(|at| at.name == "dbt.jaffle.orders"));
}

/// Its results are those of `dbt docs generate`, which compiles tests and runs none, and writes "success" beside each.
#[test]
fn what_was_only_compiled_is_not_taken_for_a_result() {
    let Some(dbt) = jaffle_shop() else { return };
    assert!(dbt.declared.tests.iter().all(|test| test.status == TestStatus::NotRun));
    assert!(dbt.declared.runs.is_empty());
    let told = dbt.declared.notices.iter().any(|notice| matches!(notice.what, Remark::OnlyCompiled { .. }));
    assert!(told, "{:?}", dbt.declared.notices);
}

/// The files of a folder of the fixtures in order of their names.
fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder(name) else { return Vec::new() };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

#[test]
fn the_flume_agents_are_read() {
    let options = flume::Options { namespace: "flume".into(), host: None };
    let all = files("jobs/flume");
    let read = |(name, bytes): &(String, Vec<u8>)| format!("{name}\n{}", told(&flume::read(bytes, &options)));
    if !all.is_empty() {
        insta::assert_snapshot!(all.iter().map(read).collect::<Vec<_>>().join("\n"));
    }
}

#[test]
fn the_connectors_are_read() {
    let options = kafka_connect::Options { namespace: "connect".into(), topics: None, unnamed: None };
    let all = files("jobs/kafka_connect");
    let read = |(name, bytes): &(String, Vec<u8>)| {
        let declared = kafka_connect::read(bytes, &options);
        let text = String::from_utf8_lossy(bytes);
        let kept = serde_json::to_string(&declared).unwrap();
        assert_eq!(kept.matches("dbz\"").count(), 0, "{name}");
        assert!(!text.contains("postgrespw") || !kept.contains("postgrespw"), "{name}");
        format!("{name}\n{}", told(&declared))
    };
    if !all.is_empty() {
        insta::assert_snapshot!(all.iter().map(read).collect::<Vec<_>>().join("\n"));
    }
}
