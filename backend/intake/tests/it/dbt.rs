//! Manifests of several versions, with what the fixtures do not hold.

use cadastre_intake::dbt::{Artifact, Dbt, Options, read};
use cadastre_intake::{DeclaredJob, JobKind, Remark, RunState, TestStatus};
use serde_json::{Value, json};
use std::io::{self, Read};

fn options() -> Options {
    Options { namespace: "postgres://h:5432".into(), jobs: None }
}

fn dbt(manifest: &Value, results: Option<&Value>) -> Dbt {
    let results = results.map(Value::to_string);
    let results = results.as_ref().map(String::as_bytes);
    read(&options(), manifest.to_string().as_bytes(), None::<&[u8]>, results).unwrap()
}

fn node(kind: &str, name: &str, more: &Value) -> Value {
    let mut node = json!({
        "unique_id": format!("{kind}.shop.{name}"), "resource_type": kind, "name": name, "alias": name,
        "database": "db", "schema": "s", "package_name": "shop", "original_file_path": format!("models/{name}.sql"),
        "config": {"materialized": "table"}, "depends_on": {"macros": [], "nodes": []},
    });
    node.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    node
}

fn manifest(version: u32, nodes: &[Value]) -> Value {
    let by_id = |nodes: Vec<&Value>| -> Value {
        nodes
            .into_iter()
            .map(|node| (node["unique_id"].as_str().unwrap().to_owned(), node.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let kind = |node: &&Value| node["resource_type"].as_str().unwrap().to_owned();
    json!({
        "metadata": {"dbt_schema_version": format!("https://schemas.getdbt.com/dbt/manifest/v{version}.json"),
            "dbt_version": "1.5.0", "adapter_type": "postgres", "generated_at": "2026-01-01T00:00:00Z"},
        "macros": {"macro.dbt.x": {"macro_sql": "{{ 1 }}"}},
        "nodes": by_id(nodes.iter().filter(|n| !matches!(kind(n).as_str(), "source" | "exposure")).collect()),
        "sources": by_id(nodes.iter().filter(|n| kind(n) == "source").collect()),
        "exposures": by_id(nodes.iter().filter(|n| kind(n) == "exposure").collect()),
        "groups": {"group.shop.finance": {"name": "finance", "owner": {"email": "finance@example.org", "name": "Finance"}}},
        "disabled": {}, "parent_map": null, "child_map": {},
    })
}

fn shop(version: u32) -> Value {
    let compiled = if version < 7 { "compiled_sql" } else { "compiled_code" };
    let raw = if version < 7 { "raw_sql" } else { "raw_code" };
    manifest(
        version,
        &[
            node(
                "source",
                "raw_orders",
                &json!({"identifier": "orders.v2", "source_name": "raw", "alias": null, "tags": ["landing"],
                "source_description": "What the shop sends.", "meta": {"owner": "@intake"}}),
            ),
            node(
                "model",
                "clean",
                &json!({"config": {"materialized": "ephemeral"}, "depends_on": {"nodes": ["source.shop.raw_orders"]}}),
            ),
            node(
                "model",
                "orders",
                &json!({
                    compiled: "with __dbt__cte__clean as (select * from db.s.\"orders.v2\") select id from __dbt__cte__clean",
                    raw: "select id from {{ ref('clean') }}", "group": "finance", "tags": ["daily"], "description": "Orders.",
                    "config": {"materialized": "incremental", "tags": ["daily", "mart"], "meta": {"owner": ["ann", {"name": "bob"}]}},
                    "columns": {"z": {"name": "z", "description": "last letter first", "tags": ["pii"]}, "id": {"name": "id", "data_type": "int"}},
                    "depends_on": {"nodes": ["model.shop.clean", "model.shop.gone"]},
                }),
            ),
            node("model", "uncompiled", &json!({raw: "select {{ 1 }}", "compiled": false})),
            node(
                "model",
                "py",
                &json!({"language": "python", compiled: "def model(dbt, s): ...", raw: "def model(dbt, s): ..."}),
            ),
            node(
                "snapshot",
                "orders_history",
                &json!({compiled: "select * from db.s.orders", "depends_on": {"nodes": ["model.shop.orders"]}}),
            ),
            node(
                "exposure",
                "board",
                &json!({"type": "dashboard", "owner": {"email": "eve@example.org"}, "url": "https://bi/1",
                "depends_on": {"nodes": ["model.shop.orders"]}, "alias": null}),
            ),
            node(
                "test",
                "not_null_orders_id",
                &json!({"column_name": "id", "depends_on": {"nodes": ["model.shop.orders"]},
                "test_metadata": {"name": "not_null", "kwargs": {"column_name": "id", "model": "{{ get_where_subquery(ref('orders')) }}"}},
                "config": {"severity": "WARN", "materialized": "test"}, compiled: "select id from db.s.orders where id is null"}),
            ),
            node(
                "test",
                "total_is_positive",
                &json!({"depends_on": {"nodes": ["model.shop.orders"]}, compiled: "select 1"}),
            ),
            node("analysis", "look", &json!({})),
        ],
    )
}

fn job<'a>(dbt: &'a Dbt, id: &str) -> &'a DeclaredJob {
    dbt.declared.jobs.iter().find(|job| job.at.name == id).unwrap()
}

#[test]
fn versions_old_and_new_give_the_same() {
    for version in [4, 6, 7, 9, 12] {
        let dbt = dbt(&shop(version), None);
        assert_eq!(dbt.manifest_version, Some(version));
        assert_eq!((dbt.project.as_deref(), dbt.ephemeral), (Some("shop"), 1));
        let orders = job(&dbt, "model.shop.orders");
        assert_eq!(orders.definition.as_ref().unwrap().language, "sql", "version {version}");
        assert_eq!(orders.inputs[0].name, "db.s.\"orders.v2\"", "through the ephemeral model");
        assert_eq!(orders.inputs[0].path(), ["db", "s", "orders.v2"]);
        assert_eq!(orders.details["inlined"], json!(["clean"]));
        assert_eq!(
            dbt.declared.jobs.iter().filter(|job| job.kind == JobKind::DbtModel).count(),
            3,
            "no job for the ephemeral"
        );
    }
}

#[test]
fn what_people_wrote_is_kept() {
    let dbt = dbt(&shop(12), None);
    let orders = job(&dbt, "model.shop.orders");
    let owners: Vec<_> = orders.owners.iter().map(|owner| owner.name.as_str()).collect();
    assert_eq!(owners, ["ann", "bob", "finance@example.org"]);
    let tags: Vec<_> = orders.tags.iter().map(|tag| tag.key.as_str()).collect();
    assert_eq!(tags, ["daily", "mart"]);
    let dataset = dbt.declared.datasets.iter().find(|dataset| dataset.at == orders.outputs[0]).unwrap();
    assert!(
        dataset
            .tags
            .iter()
            .any(|tag| tag.key == "pii" && tag.field.as_deref() == Some(&["z".to_owned()][..]))
    );
    assert_eq!(
        (dataset.description.as_deref(), dataset.kind_written.as_deref()),
        (Some("Orders."), Some("incremental"))
    );
    let source = dbt.declared.datasets.iter().find(|dataset| dataset.at.name.contains("v2")).unwrap();
    assert_eq!(
        (source.description.as_deref(), source.owners[0].name.as_str()),
        (Some("What the shop sends."), "@intake")
    );
    let board = job(&dbt, "exposure.shop.board");
    assert_eq!((board.kind, board.inputs.len(), board.outputs.len()), (JobKind::DbtExposure, 1, 0));
    assert_eq!(board.owners[0].name, "eve@example.org");
    assert_eq!(job(&dbt, "snapshot.shop.orders_history").kind, JobKind::DbtSnapshot);
    assert_eq!(job(&dbt, "model.shop.py").definition.as_ref().unwrap().language, "python");
    assert_eq!(job(&dbt, "model.shop.uncompiled").definition.as_ref().unwrap().language, "jinja");
    let told = dbt.declared.notices.iter().find(|notice| notice.what == Remark::NotCompiled).unwrap();
    assert_eq!(told.at.path, "model.shop.uncompiled");
}

#[test]
fn results_become_runs_and_verdicts() {
    let timing = json!([{"name": "compile", "started_at": "2026-01-01T00:00:01Z", "completed_at": "2026-01-01T00:00:02Z"},
        {"name": "execute", "started_at": "2026-01-01T00:00:02Z", "completed_at": "2026-01-01T00:00:05Z"}]);
    let results = json!({
        "metadata": {"generated_at": "2026-01-01T00:00:09Z", "invocation_id": "3f5e83fa-3480-44ff-99c5-ff943904e5e8", "dbt_version": "1.5.0"},
        "args": {"which": "build"},
        "results": [
            {"unique_id": "model.shop.orders", "status": "success", "timing": timing, "message": "INSERT 0 7", "adapter_response": {"rows_affected": 7}},
            {"unique_id": "model.shop.py", "status": "error", "timing": [], "message": "boom", "adapter_response": {}},
            {"unique_id": "model.shop.uncompiled", "status": "skipped", "timing": [], "message": null},
            {"unique_id": "test.shop.not_null_orders_id", "status": "warn", "failures": 3, "message": "Got 3 results", "timing": timing},
            {"unique_id": "test.shop.total_is_positive", "status": "fail", "failures": 1, "message": "Got 1 result"},
            {"unique_id": "model.shop.nobody", "status": "success"},
            {"unique_id": 5},
        ],
    });
    let dbt = dbt(&shop(9), Some(&results));
    let told: Vec<_> = dbt
        .declared
        .runs
        .iter()
        .map(|run| (run.at.job.name.as_str(), run.state, run.error.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("model.shop.orders", RunState::Complete, None),
            ("model.shop.py", RunState::Fail, Some("boom")),
            ("model.shop.uncompiled", RunState::Abort, None),
        ]
    );
    let run = &dbt.declared.runs[0];
    assert_eq!((run.ended.unwrap() - run.started.unwrap()).num_seconds(), 4);
    assert_eq!((run.outputs[0].rows, run.inputs.len()), (Some(7), 1));
    let verdicts: Vec<_> =
        dbt.declared.tests.iter().map(|test| (test.kind.as_str(), test.status, test.failures)).collect();
    assert_eq!(verdicts, [("not_null", TestStatus::Warn, Some(3)), ("singular", TestStatus::Fail, Some(1))]);
    assert_eq!(dbt.declared.tests[0].dataset.as_ref().unwrap().name, "db.s.orders");
    assert_eq!(dbt.declared.tests[0].column.as_deref(), Some(&["id".to_owned()][..]));
    let notices: Vec<_> = dbt.declared.notices.iter().map(|notice| &notice.what).collect();
    assert!(notices.contains(&&Remark::NotDeclared { word: "model.shop.nobody".into() }), "{notices:?}");
    assert!(notices.iter().any(|what| matches!(what, Remark::Unreadable { .. })), "{notices:?}");
    let again = super::dbt::dbt(&shop(9), Some(&results));
    assert_eq!(again.declared.runs[0].at.id, run.at.id, "the same result is the same run");
}

#[test]
fn a_database_of_two_levels_has_names_of_two_parts() {
    let options = Options { namespace: "mysql://h:3306".into(), jobs: Some("shop".into()) };
    let dbt = read(&options, shop(12).to_string().as_bytes(), None::<&[u8]>, None::<&[u8]>).unwrap();
    let orders = job(&dbt, "model.shop.orders");
    assert_eq!((orders.outputs[0].name.as_str(), orders.at.namespace.as_str()), ("s.orders", "shop"));
    assert_eq!(orders.definition.as_ref().unwrap().default_database.as_deref(), Some("s"));
}

#[test]
fn what_is_no_artifact_says_so_with_its_place() {
    let unusable = |manifest: &[u8]| read(&options(), manifest, None::<&[u8]>, None::<&[u8]>).unwrap_err();
    for text in [
        "",
        "[]",
        "{",
        "nope",
        "{\"metadata\": {}}",
        "{\"nodes\": {}, \"metadata\": {}} more",
        "{\"nodes\": 5}",
        "\"\u{0}\"",
    ] {
        assert_eq!(unusable(text.as_bytes()).artifact, Artifact::Manifest, "{text}");
    }
    assert_eq!(unusable(b"{\n\n  ?").line, 3);
    let deep = format!("{{\"nodes\": {{\"a\": {}{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
    unusable(deep.as_bytes());
    unusable(b"{\"nodes\": {\"\xff\": {}}}");
    let good = shop(12).to_string();
    let error = read(&options(), good.as_bytes(), Some(&b"{}"[..]), None::<&[u8]>).unwrap_err();
    assert_eq!(error.artifact, Artifact::Catalog);
}

#[test]
fn a_node_that_cannot_be_read_is_not_the_end() {
    let mut manifest = shop(12);
    manifest["nodes"]["model.shop.bad"] = json!({"resource_type": "model", "name": 5});
    manifest["nodes"]["model.shop.worse"] = json!("no node");
    manifest["nodes"]["model.shop.odd"] = node(
        "model",
        "odd",
        &json!({"tags": "one", "columns": [], "meta": [], "depends_on": null, "config": null, "description": 7}),
    );
    let dbt = dbt(&manifest, None);
    let told: Vec<_> = dbt
        .declared
        .notices
        .iter()
        .filter(|n| matches!(n.what, Remark::Unreadable { .. }))
        .map(|n| n.at.path.as_str())
        .collect();
    assert_eq!(told, ["model.shop.bad", "model.shop.worse"]);
    assert_eq!(job(&dbt, "model.shop.odd").tags[0].key, "one");
}

/// A manifest that is made while it is read: never whole in memory.
struct Endless {
    ready: Vec<u8>,
    left: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ready.is_empty() && self.left > 0 {
            self.left -= 1;
            let macro_ = format!("\"macro.{}\": {{\"macro_sql\": \"{}\"}},", self.left, "x".repeat(40_000));
            self.ready.extend(macro_.as_bytes());
            if self.left == 0 {
                let rest = shop(12).to_string();
                self.ready.extend(format!("\"last\": 1}}, {}", rest.strip_prefix('{').unwrap()).as_bytes());
            }
        }
        let count = buffer.len().min(self.ready.len());
        buffer[..count].copy_from_slice(&self.ready[..count]);
        self.ready.drain(..count);
        Ok(count)
    }
}

#[test]
fn a_manifest_is_read_as_a_stream() {
    let endless = Endless { ready: b"{\"docs\": {".to_vec(), left: 1_000 };
    let dbt = read(&options(), endless, None::<&[u8]>, None::<&[u8]>).unwrap();
    assert_eq!(dbt.declared.tests.len(), 2);
}

#[test]
fn columns_stay_in_the_order_in_which_people_wrote_them() {
    let text = r#"{"metadata": {}, "nodes": {"model.a.b": {"resource_type": "model", "name": "b", "schema": "s",
        "columns": {"z": {"name": "z"}, "a": {}, "m": {"name": "M"}}}}}"#;
    let dbt = read(&options(), text.as_bytes(), None::<&[u8]>, None::<&[u8]>).unwrap();
    let fields: Vec<_> =
        dbt.declared.datasets[0].fields.iter().flatten().map(|field| field.path.concat()).collect();
    assert_eq!(fields, ["z", "a", "M"]);
}
