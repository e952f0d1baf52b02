//! Events that are wrong, and what right ones declare.

use cadastre_intake::openlineage::{Invalid, Subject, read, read_batch, read_value};
use cadastre_intake::{How, LifecycleChange, TestStatus};
use serde_json::{Value, json};

fn facet(members: &Value) -> Value {
    let mut facet = json!({"_producer": "https://a/b", "_schemaURL": "https://a/b"});
    facet.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    facet
}

fn event() -> Value {
    json!({
        "eventType": "COMPLETE",
        "eventTime": "2026-05-01T10:00:00.123456789+08:00",
        "producer": "https://example.org/client",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "3f5e83fa-3480-44ff-99c5-ff943904e5e8"},
        "job": {"namespace": "scheduler", "name": "load"},
        "inputs": [{"namespace": "postgres://h:5432", "name": "db.s.a"}],
        "outputs": [{"namespace": "postgres://h:5432", "name": "db.s.b"}],
    })
}

fn faults(event: Value) -> Vec<String> {
    read_value(event).unwrap_err().faults.iter().map(ToString::to_string).collect()
}

#[test]
fn each_fault_names_its_member() {
    for (pointer, value, fault) in [
        ("/eventTime", json!("2026-05-01T10:00:00"), "eventTime: not a time with a zone (RFC 3339)"),
        ("/eventTime", json!(5), "eventTime: not a text"),
        ("/producer", json!("me"), "producer: not an absolute URI"),
        ("/run/runId", json!("12"), "run.runId: not a UUID"),
        ("/job/name", json!(null), "job.name: not a text"),
        ("/inputs", json!({}), "inputs: not a list"),
        ("/inputs/0", json!("a"), "inputs[0]: not an object"),
        ("/inputs/0/namespace", json!(1), "inputs[0].namespace: not a text"),
    ] {
        let mut event = event();
        *event.pointer_mut(pointer).unwrap() = value;
        assert_eq!(faults(event), [fault], "{pointer}");
    }
    let mut done = event();
    done["eventType"] = json!("DONE");
    assert_eq!(faults(done), ["eventType: `DONE` is none of START, RUNNING, COMPLETE, ABORT, FAIL, OTHER"]);
}

#[test]
fn several_faults_are_said_at_once() {
    let event =
        json!({"run": {}, "job": {"namespace": "n"}, "outputs": [{"name": "x", "facets": {"mine": {}}}]});
    insta::assert_snapshot!(faults(event).join("\n"), @"
    eventTime: missing
    producer: missing
    schemaURL: missing
    run.runId: missing
    job.name: missing
    outputs[0].namespace: missing
    outputs[0].facets.mine._producer: missing
    outputs[0].facets.mine._schemaURL: missing
    ");
}

#[test]
fn the_members_tell_what_an_event_is_and_the_schema_url_what_they_leave_open() {
    let mut run = event();
    run["dataset"] = json!({"namespace": "n", "name": "d"});
    assert_eq!(read_value(run).unwrap().subject, Subject::Run);
    let mut job = event();
    job.as_object_mut().unwrap().remove("run");
    assert_eq!(faults(job.clone()), ["run: missing"]);
    job["schemaURL"] = json!("https://example.org/any.json");
    assert_eq!(read_value(job.clone()).unwrap().subject, Subject::Job);
    job["dataset"] = json!({"namespace": "n", "name": "d"});
    assert_eq!(faults(job.clone()), ["dataset: not together with `job`"]);
    job.as_object_mut().unwrap().remove("job");
    assert_eq!(read_value(job).unwrap().subject, Subject::Dataset);
}

#[test]
fn a_broken_known_facet_is_said_and_kept() {
    let mut event = event();
    let schema = facet(&json!({"fields": [{"name": "a"}, {"type": "int"}, {"name": "c", "type": 5}]}));
    event["outputs"][0]["facets"] = json!({"schema": schema.clone()});
    let event = read_value(event).unwrap();
    let remarks: Vec<String> = event.remarks.iter().map(ToString::to_string).collect();
    assert_eq!(
        remarks,
        [
            "outputs[0].facets.schema.fields[1].name: missing",
            "outputs[0].facets.schema.fields[2].type: not a text"
        ]
    );
    let declared = event.declare();
    assert_eq!(declared.datasets[0].facets["schema"], schema);
    let names: Vec<_> =
        declared.datasets[0].fields.iter().flatten().map(|field| field.path.join(".")).collect();
    assert_eq!(names, ["a", "c"]);
}

#[test]
fn column_lineage_says_how() {
    let mut event = event();
    let input = |field: &str, said: &Value| json!({"namespace": "postgres://h:5432", "name": "db.s.a", "field": field, "transformations": said});
    event["outputs"][0]["facets"] = json!({"columnLineage": facet(&json!({
        "fields": {
            "plain": {"inputFields": [input("x", &json!([{"type": "DIRECT", "subtype": "IDENTITY"}]))]},
            "sum": {"inputFields": [input("y", &json!([{"type": "DIRECT", "subtype": "AGGREGATION", "masking": true}]))]},
            "airflow": {"inputFields": [input("z", &json!([]))], "transformationType": "", "transformationDescription": ""},
            "old": {"inputFields": [input("z", &json!([]))], "transformationType": "MASKED"},
        },
        "dataset": [input("w", &json!([{"type": "INDIRECT", "subtype": "FILTER"}, {"type": "INDIRECT", "subtype": "JOIN"}]))],
    }))});
    let event = read_value(event).unwrap();
    assert_eq!(event.remarks, []);
    let edges = event.column_edges();
    let told: Vec<_> =
        edges.iter().map(|e| (e.from_field[0].as_str(), e.to_field.join("."), e.how, e.masking)).collect();
    assert_eq!(
        told,
        [
            ("w", String::new(), How::Filter, false),
            ("w", String::new(), How::Join, false),
            ("x", "plain".into(), How::Identity, false),
            ("y", "sum".into(), How::Aggregate, true),
            ("z", "airflow".into(), How::Unknown, false),
            ("z", "old".into(), How::Expression, true),
        ]
    );
}

#[test]
fn nested_fields_have_paths_and_dotted_edges_find_them() {
    let mut event = event();
    let schema = json!({"fields": [{"name": "person", "type": "struct", "fields": [{"name": "city", "type": "text"}]}]});
    event["inputs"][0]["facets"] = json!({"schema": facet(&schema)});
    let input = json!({"namespace": "postgres://h:5432", "name": "db.s.a", "field": "person.city"});
    let columns = json!({"fields": {"a.b": {"inputFields": [input]}}});
    event["outputs"][0]["facets"] = json!({"columnLineage": facet(&columns)});
    let event = read_value(event).unwrap();
    let fields = event.declare().datasets[0].fields.clone().unwrap();
    assert_eq!(fields[1].path, ["person", "city"]);
    let edge = &event.column_edges()[0];
    assert_eq!(
        (edge.from_field.as_slice(), edge.to_field.as_slice()),
        (&["person".into(), "city".into()][..], &["a.b".into()][..])
    );
}

#[test]
fn the_core_facets_are_used() {
    let mut event = event();
    event["eventType"] = json!("FAIL");
    event["job"]["facets"] = json!({
        "sql": facet(&json!({"query": "insert into b select x from a"})),
        "documentation": facet(&json!({"description": "Loads b."})),
        "ownership": facet(&json!({"owners": [{"name": "team:data", "type": "MAINTAINER"}]})),
        "jobType": facet(&json!({"processingType": "BATCH", "integration": "SPARK", "jobType": "JOB"})),
        "sourceCodeLocation": facet(&json!({"type": "git", "url": "https://g/x.sql", "branch": "main"})),
        "tags": facet(&json!({"tags": [{"key": "tier", "value": "1"}]})),
    });
    event["run"]["facets"] = json!({
        "errorMessage": facet(&json!({"message": "no", "programmingLanguage": "SQL", "stackTrace": "at a"})),
        "nominalTime": facet(&json!({"nominalStartTime": "2026-05-01T00:00:00Z"})),
        "parent": facet(&json!({"run": {"runId": "41fb5137-f0fd-4ee5-ba5c-56f8571d1bd7"}, "job": {"namespace": "n", "name": "dag"}})),
        "processing_engine": facet(&json!({"version": "3.5.1", "name": "spark"})),
    });
    event["inputs"][0]["inputFacets"] = json!({
        "dataQualityAssertions": facet(&json!({"assertions": [{"assertion": "not_null", "success": false, "column": "x"}]})),
        "inputStatistics": facet(&json!({"rowCount": 10, "size": 20})),
    });
    event["outputs"][0]["facets"] = json!({
        "lifecycleStateChange": facet(&json!({"lifecycleStateChange": "RENAME", "previousIdentifier": {"namespace": "n", "name": "old"}})),
        "symlinks": facet(&json!({"identifiers": [{"namespace": "hive://h", "name": "s.b", "type": "TABLE"}]})),
    });
    let event = read_value(event).unwrap();
    assert_eq!(event.remarks, []);
    let declared = event.declare();
    let (job, run, output) = (&declared.jobs[0], &declared.runs[0], &declared.datasets[0]);
    let definition = job.definition.as_ref().unwrap();
    assert_eq!(definition.dialect.as_deref(), Some("postgres"));
    assert_eq!(definition.default_schema.as_deref(), Some("s"));
    assert_eq!(definition.default_namespace.as_deref(), Some("postgres://h:5432"));
    assert_eq!((job.description.as_deref(), job.owners.len(), job.tags.len()), (Some("Loads b."), 1, 1));
    assert_eq!(job.source_code.as_ref().unwrap().branch.as_deref(), Some("main"));
    assert_eq!(run.error.as_deref(), Some("no\nat a"));
    assert_eq!(run.engine.as_deref(), Some("spark 3.5.1"));
    assert_eq!(run.parent.as_ref().unwrap().job.name, "dag");
    assert_eq!((run.inputs[0].rows, run.inputs[0].bytes), (Some(10), Some(20)));
    assert_eq!(run.event_time.to_rfc3339(), "2026-05-01T02:00:00.123456789+00:00");
    let change = output.lifecycle.as_ref().unwrap();
    assert_eq!(
        (change.change, change.previous.as_ref().unwrap().name.as_str()),
        (LifecycleChange::Rename, "old")
    );
    assert_eq!(output.symlinks[0].namespace, "hive://h");
    assert_eq!(
        (declared.tests[0].status, declared.tests[0].name.as_str()),
        (TestStatus::Fail, "not_null(x)")
    );
}

#[test]
fn the_newer_lineage_facets_are_read() {
    let mut event = event();
    event["inputs"] = json!([]);
    let input = json!({"type": "DATASET", "namespace": "kafka://k:1", "name": "t", "field": "x"});
    event["outputs"][0]["facets"] = json!({"lineage": facet(&json!({"fields": {"y": {"inputs": [input]}}}))});
    let event = read_value(event).unwrap();
    assert_eq!(event.remarks, []);
    assert_eq!(event.reads()[0].namespace, "kafka://k:1");
    assert_eq!(event.column_edges().len(), 1);
}

#[test]
fn a_deleted_facet_is_not_there() {
    let mut event = event();
    let gone = json!({"_producer": "a:b", "_schemaURL": "a:b", "_deleted": true});
    event["outputs"][0]["facets"] = json!({"schema": gone});
    let event = read_value(event).unwrap();
    assert_eq!((event.remarks.len(), event.declare().datasets[0].fields.clone()), (0, None));
}

fn refused(bytes: &[u8]) -> Invalid {
    read(bytes).unwrap_err()
}

#[test]
fn hostile_texts_end_in_an_answer() {
    assert!(refused(b"").syntax);
    assert!(refused(b"\xff\xfe{}").syntax);
    assert!(refused(br#"{"eventType": "\ud800"}"#).syntax);
    assert!(refused(br#"{"eventTime": 1e999}"#).syntax);
    assert!(refused(&[b"[".repeat(100_000), b"]".repeat(100_000)].concat()).syntax);
    assert_eq!(refused(b"[]").to_string(), ": not an object");
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(refused(deep.as_bytes()).to_string(), ": more than 64");
    let mut wide = event();
    wide["inputs"] = json!(vec![json!({"namespace": "n", "name": "d"}); 10_001]);
    assert_eq!(faults(wide), ["inputs: more than 10000"]);
    let mut wrong = event();
    wrong["inputs"] = json!(vec![json!(1); 9_999]);
    assert_eq!(faults(wrong).len(), 50);
    let mut long = event();
    long["job"]["name"] = json!("x".repeat(100_000));
    assert_eq!(faults(long), ["job.name: more than 16384"]);
}

#[test]
fn a_nul_becomes_a_character_that_can_be_kept() {
    let mut event = event();
    event["job"]["name"] = json!("a\0b");
    let event = read(event.to_string().as_bytes()).unwrap();
    assert_eq!(event.job.unwrap().at.name, "a\u{fffd}b");
    assert!(!event.raw.to_string().contains("\\u0000"));
}

#[test]
fn the_id_is_of_the_content_and_not_of_its_order() {
    let text = event().to_string();
    let turned =
        text.replacen("\"eventType\":\"COMPLETE\",", "", 1).replacen('{', "{\"eventType\":\"COMPLETE\",", 1);
    assert_eq!(read(text.as_bytes()).unwrap().id, read(turned.as_bytes()).unwrap().id);
    let mut other = event();
    other["eventType"] = json!("FAIL");
    assert_ne!(read_value(event()).unwrap().id, read_value(other).unwrap().id);
}

#[test]
fn a_batch_judges_each_event_by_itself() {
    let batch = json!([event(), {"run": 1}, event()]).to_string();
    let answers: Vec<bool> = read_batch(batch.as_bytes()).unwrap().iter().map(Result::is_ok).collect();
    assert_eq!(answers, [true, false, true]);
    assert!(read_batch(b"{}").is_err());
}
