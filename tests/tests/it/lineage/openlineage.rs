//! Events of OpenLineage: what they are answered, what becomes of them, and that their order does not matter.

use super::*;
use axum::body::Body;
use cadastre_model::{AssetId, Role, Sensitivity, TokenScope};
use cadastre_tests::postgres::fixtures;
use cadastre_tests::register::{Answer, Browser};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderValue, Method};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A register with somebody who sends.
struct Sender {
    register: Register,
    token: String,
    program: Browser,
}

impl Sender {
    async fn new() -> Self {
        let register = Register::empty().await;
        let token = register.administrators_token().await;
        let program = register.browser();
        Self { register, token, program }
    }

    async fn send(&mut self, event: &Value) -> Answer {
        self.program.api(Method::POST, "/api/v1/lineage", &self.token, Some(event.clone())).await
    }

    async fn taken(&mut self, event: &Value) {
        let answer = self.send(event).await;
        assert_eq!(answer.status, 201, "{}\n{event:#}", answer.body);
    }

    async fn batch(&mut self, events: &[Value]) -> Value {
        let path = "/api/v1/lineage/batch";
        let answer = self.program.api(Method::POST, path, &self.token, Some(json!(events))).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// The state, as it may not depend on order: ids, times of writing and histories are left out.
    async fn state(&self) -> Vec<Value> {
        sqlx::query_scalar(
            "select x from (
                select jsonb_build_array('told job', name, record) from told_jobs
                union all select jsonb_build_array('told dataset', name, record) from told_datasets
                union all select jsonb_build_array('run', a.name,
                    to_jsonb(r) - 'id' - 'public_id' - 'job_id' - 'version') from job_runs r join assets a on a.id = r.job_id
                union all select jsonb_build_array('job', a.name,
                    to_jsonb(f) - 'id' - 'job_id' - 'number' - 'valid_from' - 'change_set')
                    from job_facts f join assets a on a.id = f.job_id where f.valid_to is null
                union all select jsonb_build_array('edge', j.name, s.name, fs.path, t.name, ft.path, e.how, e.star, e.confidence)
                    from lineage_edges e join assets j on j.id = e.job_id
                    left join assets s on s.id = e.from_id left join assets t on t.id = e.to_id
                    left join column_facts fs on fs.column_id = e.from_column and fs.valid_to is null
                    left join column_facts ft on ft.column_id = e.to_column and ft.valid_to is null
                    where e.valid_to is null
                union all select jsonb_build_array('column', a.name, f.path, f.type_written, f.type,
                        case when f.details ? 'named' then null else f.ordinal end)
                    from column_facts f join assets a on a.id = f.dataset_id where f.valid_to is null
                union all select jsonb_build_array('text', a.name, f.path, t.body, t.language, t.origin)
                    from texts t join assets a on a.id = t.asset_id
                    left join column_facts f on f.column_id = t.column_id and f.valid_to is null where t.valid_to is null
                union all select jsonb_build_array('name', a.name, n.namespace, n.path, n.origin)
                    from names n join assets a on a.id = n.asset_id where n.valid_to is null
                union all select jsonb_build_array('asset', kind, name, state, merged_into is null) from assets
                union all select jsonb_build_array('test', to_jsonb(t) - 'id' - 'public_id' - 'dataset_id') from declared_tests t
                union all select jsonb_build_array('result', t.name, to_jsonb(r) - 'id' - 'test_id' - 'job_id')
                    from declared_results r join declared_tests t on t.id = r.test_id
             ) as all_of (x) order by x::text",
        )
        .fetch_all(&self.register.app.db().web)
        .await
        .unwrap()
    }
}

fn facet(members: &Value) -> Value {
    let mut facet =
        json!({"_producer": "https://example.org/client", "_schemaURL": "https://example.org/facet"});
    facet.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    facet
}

const WAREHOUSE: &str = "postgres://dwh:5432";

fn dataset(name: &str) -> Value {
    json!({"namespace": WAREHOUSE, "name": format!("db.mart.{name}")})
}

fn event(word: &str, run: u8, second: u32) -> Value {
    json!({
        "eventType": word,
        "eventTime": format!("2026-05-01T10:{:02}:{:02}Z", second / 60, second % 60),
        "producer": "https://example.org/client",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": format!("3f5e83fa-3480-44ff-99c5-ff94390000{run:02x}")},
        "job": {"namespace": "scheduler", "name": "load"},
        "inputs": [dataset("a")],
        "outputs": [dataset("b")],
    })
}

fn with_columns(mut event: Value) -> Value {
    let input = json!({"namespace": WAREHOUSE, "name": "db.mart.a", "field": "amount",
                       "transformations": [{"type": "DIRECT", "subtype": "AGGREGATION"}]});
    event["outputs"][0]["facets"] =
        json!({"columnLineage": facet(&json!({"fields": {"total": {"inputFields": [input]}}}))});
    event
}

#[tokio::test]
async fn a_run_becomes_a_job_with_edges_and_a_run() {
    let mut sender = Sender::new().await;
    sender.taken(&event("START", 1, 0)).await;
    sender.taken(&with_columns(event("COMPLETE", 1, 90))).await;
    assert_eq!(
        edges(&sender.register).await,
        [
            "postgres://dwh:5432.a → postgres://dwh:5432.b unknown",
            "postgres://dwh:5432.a.amount → postgres://dwh:5432.b.total aggregate"
        ]
    );
    let runs = sender.register.rows("job_runs").await;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0]["state"], "done");
    assert_eq!(runs[0]["started_at"], "2026-05-01T10:00:00+00:00");
    assert_eq!(runs[0]["ended_at"], "2026-05-01T10:01:30+00:00");
}

#[tokio::test]
async fn what_the_register_knows_already_writes_no_change_set() {
    let mut sender = Sender::new().await;
    sender.taken(&with_columns(event("COMPLETE", 1, 0))).await;
    let changes = sender.register.count("select count(*) from change_sets").await;
    sender.taken(&with_columns(event("COMPLETE", 1, 0))).await;
    sender.taken(&with_columns(event("COMPLETE", 2, 60))).await;
    sender.taken(&event("START", 3, 70)).await;
    assert_eq!(sender.register.count("select count(*) from change_sets").await, changes);
    assert_eq!(sender.register.count("select count(*) from job_runs").await, 3);
}

#[tokio::test]
async fn what_the_newest_completed_run_no_longer_does_ends() {
    let mut sender = Sender::new().await;
    sender.taken(&with_columns(event("COMPLETE", 1, 0))).await;
    let mut other = event("COMPLETE", 2, 60);
    other["inputs"] = json!([dataset("c")]);
    sender.taken(&other).await;
    assert_eq!(edges(&sender.register).await, ["postgres://dwh:5432.c → postgres://dwh:5432.b unknown"]);
    assert_eq!(column_edges(&sender.register).await, Vec::<String>::new());
    assert_eq!(sender.register.count("select count(*) from column_facts where valid_to is null").await, 0);
}

#[tokio::test]
async fn sql_is_parsed_where_no_column_lineage_came_with_the_schema_that_came() {
    let mut sender = Sender::new().await;
    let mut told = event("COMPLETE", 1, 0);
    let query = "insert into mart.b (id, total) select id, sum(amount) from mart.a group by id";
    told["job"]["facets"] = json!({"sql": facet(&json!({"query": query}))});
    let field = |name: &str| json!({"name": name, "type": "int"});
    told["inputs"][0]["facets"] =
        json!({"schema": facet(&json!({"fields": [field("id"), field("amount")]}))});
    told["outputs"][0]["facets"] =
        json!({"schema": facet(&json!({"fields": [field("id"), field("total")]}))});
    sender.taken(&told).await;
    let all = column_edges(&sender.register).await;
    let at = |name: &str| format!("postgres://dwh:5432.{name}");
    assert!(all.contains(&format!("{} → {} identity", at("a.id"), at("b.id"))), "{all:#?}");
    assert!(all.contains(&format!("{} → {} aggregate", at("a.amount"), at("b.total"))), "{all:#?}");
}

#[tokio::test]
async fn facets_describe_what_no_crawl_has_found() {
    let mut sender = Sender::new().await;
    let team = sender.register.team("data", None).await;
    let mut told = event("COMPLETE", 1, 0);
    told["outputs"][0]["facets"] = json!({
        "schema": facet(&json!({"fields": [{"name": "id", "type": "bigint", "description": "The key."}]})),
        "documentation": facet(&json!({"description": "Orders of the day."})),
        "ownership": facet(&json!({"owners": [{"name": "team:Data", "type": "MAINTAINER"}, {"name": "nobody"}]})),
        "symlinks": facet(&json!({"identifiers": [{"namespace": "hive", "name": "mart.b", "type": "TABLE"}]})),
        "acme_cost": facet(&json!({"cents": 12})),
    });
    told["run"]["facets"] = json!({
        "errorMessage": facet(&json!({"message": "late", "programmingLanguage": "python"})),
        "acme_run": facet(&json!({"pool": 3})),
    });
    sender.taken(&told).await;
    let register = &sender.register;
    let columns = register.rows("column_facts").await;
    assert_eq!((columns[0]["path"].clone(), columns[0]["type"].clone()), (json!(["id"]), json!("integer")));
    let mut texts: Vec<String> =
        register.rows("texts").await.iter().map(|row| row["body"].as_str().unwrap().to_owned()).collect();
    texts.sort();
    assert_eq!(texts, ["Orders of the day.", "The key."]);
    let owners = register.rows("owners").await;
    assert_eq!(owners.len(), 1);
    assert_eq!(owners[0]["team_id"], json!(team.id.0));
    let dump = register.dump().await;
    assert!(dump.contains("acme_cost") && dump.contains("acme_run"), "unknown facets are kept");
    // by its other name it is the same
    let mut reader = event("COMPLETE", 9, 5);
    reader["job"]["name"] = json!("read");
    reader["inputs"] = json!([{"namespace": "hive", "name": "mart.b"}]);
    reader["outputs"] = json!([]);
    sender.taken(&reader).await;
    assert!(edges(&sender.register).await.contains(&"postgres://dwh:5432.b → – unknown".to_owned()));
}

#[tokio::test]
async fn what_a_crawl_has_found_keeps_its_columns() {
    let (register, source) =
        derived("create schema mart; create table mart.a (id int); create table mart.b (id int)").await;
    let token = register.administrators_token().await;
    let program = register.browser();
    let mut sender = Sender { register, token, program };
    let namespace = source.namespace.clone();
    let database: String = sqlx::query_scalar("select name from assets where kind = 'database'")
        .fetch_one(&sender.register.app.db().web)
        .await
        .unwrap();
    let at = |name: &str| {
        json!({"namespace": namespace, "name": format!("{database}.mart.{name}"), "facets": {
            "schema": facet(&json!({"fields": [{"name": "made_up", "type": "text"}]})),
            "documentation": facet(&json!({"description": "made up"})),
            "lifecycleStateChange": facet(&json!({"lifecycleStateChange": "DROP"})),
        }})
    };
    let mut told = event("COMPLETE", 1, 0);
    (told["inputs"], told["outputs"]) = (json!([at("a")]), json!([at("b")]));
    sender.taken(&told).await;
    assert_eq!(edges(&sender.register).await, ["mart.a → mart.b unknown"]);
    let dump = sender.register.rows("column_facts").await;
    assert!(dump.iter().all(|row| row["path"] == json!(["id"])), "{dump:#?}");
    assert_eq!(sender.register.count("select count(*) from texts where body = 'made up'").await, 0);
    assert_eq!(
        sender.register.count("select count(*) from assets where kind = 'dataset' and state <> 'live'").await,
        0
    );
}

#[tokio::test]
async fn no_json_is_400_and_no_event_422_with_its_members_in_the_readers_language() {
    let mut sender = Sender::new().await;
    let mut program = sender.register.browser();
    program.headers.insert("authorization", format!("Bearer {}", sender.token).parse().unwrap());
    for (body, status) in [("{", 400), ("", 400), ("[]", 422), ("7", 422)] {
        let answer =
            program.send(Method::POST, "/api/v1/lineage", Some("application/json"), Body::from(body)).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    let answer = program.send(Method::POST, "/api/v1/lineage", Some("text/plain"), Body::from("{}")).await;
    assert_eq!(answer.status, 415);
    let mut bad = event("COMPLETE", 1, 0);
    bad["run"]["runId"] = json!("12");
    bad["outputs"][0]["name"] = json!(5);
    sender.program.headers.insert("accept-language", HeaderValue::from_static("zh"));
    let answer = sender.send(&bad).await;
    assert_eq!(answer.status, 422);
    let errors = answer.json()["errors"].clone();
    let fields: Vec<&str> = errors.as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["run.runId", "outputs[0].name"]);
    let words = errors[0]["message"].as_str().unwrap();
    assert!(words.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "{words}");
    assert_eq!(sender.register.count("select count(*) from told_jobs").await, 0);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[tokio::test]
async fn gzip_is_taken_up_to_the_limit_of_what_is_unpacked() {
    let sender = Sender::new().await;
    let mut program = sender.register.browser();
    program.headers.insert("authorization", format!("Bearer {}", sender.token).parse().unwrap());
    program.headers.insert("content-encoding", HeaderValue::from_static("gzip"));
    let mut send = async |body: Vec<u8>| {
        program.send(Method::POST, "/api/v1/lineage", Some("application/json"), Body::from(body)).await.status
    };
    let told = event("COMPLETE", 1, 0).to_string();
    assert_eq!(send(gzip(told.as_bytes())).await, 201);
    assert_eq!(send(told.into_bytes()).await, 400, "said to be packed and is not");
    assert_eq!(send(gzip(&vec![b' '; 64 << 20])).await, 413);
}

#[tokio::test]
async fn one_bad_event_of_a_batch_keeps_none_of_its_neighbours_back() {
    let mut sender = Sender::new().await;
    let mut bad = event("COMPLETE", 2, 1);
    bad["eventTime"] = json!("yesterday");
    let answer = sender.batch(&[event("COMPLETE", 1, 0), bad, event("START", 3, 2)]).await;
    assert_eq!(answer["status"], "partial_success");
    assert_eq!(answer["summary"], json!({"received": 3, "successful": 2, "failed": 1}));
    assert_eq!(answer["failed_events"][0]["index"], 1);
    assert_eq!(answer["failed_events"][0]["status"], 422);
    assert_eq!(answer["failed_events"][0]["errors"][0]["field"], "eventTime");
    assert_eq!(sender.register.count("select count(*) from job_runs").await, 2);
}

#[tokio::test]
async fn an_event_that_the_database_refuses_fails_alone() {
    let mut sender = Sender::new().await;
    let check = "alter table job_runs add constraint for_the_test check (run <> '3f5e83fa-3480-44ff-99c5-ff9439000002')";
    sender.register.database.execute(check).await;
    let answer = sender.batch(&[event("START", 1, 0), event("START", 2, 1), event("START", 3, 2)]).await;
    assert_eq!(answer["summary"]["successful"], 2, "{answer:#}");
    assert_eq!(answer["failed_events"][0]["index"], 1);
    assert_eq!(answer["failed_events"][0]["status"], 500);
}

#[tokio::test]
async fn who_may_not_tell_of_a_namespace_finds_nothing_there() {
    let mut sender = Sender::new().await;
    sender.taken(&event("COMPLETE", 1, 0)).await;
    let register = &sender.register;
    let namespace: i64 =
        register.count("select id from assets where kind = 'namespace' and name = 'scheduler'").await;
    let engineer = register.person("eve").await;
    register.grant(&engineer, Role::Engineer, AssetId(namespace), Sensitivity::Secret).await;
    let token = register.token(&engineer, &[TokenScope::Read, TokenScope::Write]).await;
    let read_only = register.token(&engineer, &[TokenScope::Read]).await;
    let mut program = register.browser();
    let mut send = async |token: &str, event: &Value| {
        program.api(Method::POST, "/api/v1/lineage", token, Some(event.clone())).await.status
    };
    let mut mine = event("COMPLETE", 2, 60);
    mine["outputs"][0]["facets"] = json!({"documentation": facet(&json!({"description": "not hers"}))});
    assert_eq!(send(&token, &mine).await, 201);
    assert_eq!(
        register.count("select count(*) from texts").await,
        0,
        "the warehouse is not hers to describe"
    );
    let mut elsewhere = event("COMPLETE", 3, 70);
    elsewhere["job"]["namespace"] = json!("another");
    assert_eq!(send(&token, &elsewhere).await, 404);
    assert_ne!(send(&read_only, &mine).await, 201);
}

/// An event out of few words: so that many say something about the same thing at the same time.
fn any_event() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec!["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]);
    (word, 0_u8..3, 0_u32..4, 0_usize..2, prop::sample::subsequence(vec!["a", "b", "c"], 0..3), 0_u8..8).prop_map(
        |(word, run, second, job, inputs, extra)| {
            let mut event = event(word, run, second);
            event["job"]["name"] = json!(["load", "clean"][job]);
            event["inputs"] = inputs.iter().map(|name| dataset(name)).collect();
            let schema = |kind: &str| facet(&json!({"fields": [{"name": "total", "type": kind}, {"name": kind, "type": "text"}]}));
            match extra {
                0 => event = with_columns(event),
                1 => event["outputs"][0]["facets"] = json!({"schema": schema("int")}),
                2 => event["outputs"][0]["facets"] = json!({"schema": schema("bigint"), "documentation": facet(&json!({"description": "B."}))}),
                3 => event["outputs"][0]["facets"] = json!({"schema": facet(&json!({"_deleted": true})), "documentation": facet(&json!({"_deleted": true}))}),
                4 => event["outputs"][0]["facets"] = json!({"lifecycleStateChange": facet(&json!({"lifecycleStateChange": "DROP"}))}),
                5 => event["job"]["facets"] = json!({"documentation": facet(&json!({"description": format!("at {second}")}))}),
                6 => event["outputs"][0]["outputFacets"] = json!({"outputStatistics": facet(&json!({"rowCount": second}))}),
                _ => {}
            }
            event
        },
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_any_repetition_and_any_loss_with_resend_end_in_the_same_state() {
    let config = Config { cases: 8, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let strategy = (prop::collection::vec(any_event(), 2..9), any::<prop::sample::Index>()).prop_flat_map(
        |(events, cut)| {
            let again = prop::collection::vec(prop::sample::select(events.clone()), 0..4);
            let sent = again.prop_map({
                let events = events.clone();
                move |again| events.iter().cloned().chain(again).collect::<Vec<_>>()
            });
            (Just(events), sent.prop_shuffle(), Just(cut))
        },
    );
    for _ in 0..8 {
        let (events, sent, cut) = strategy.new_tree(&mut runner).unwrap().current();
        let (mut one, mut other) = (Sender::new().await, Sender::new().await);
        for event in &events {
            one.taken(event).await;
        }
        // A part alone, the rest together.
        let (first, rest) = sent.split_at(cut.index(sent.len() + 1));
        for event in first {
            other.taken(event).await;
        }
        assert_eq!(other.batch(rest).await["status"], "success");
        let (one, other) = (one.state().await, other.state().await);
        pretty_equal(&one, &other, &events, &sent);
    }
}

fn pretty_equal(one: &[Value], other: &[Value], events: &[Value], sent: &[Value]) {
    let only = |here: &[Value], there: &[Value]| -> Vec<String> {
        here.iter().filter(|row| !there.contains(row)).map(ToString::to_string).collect()
    };
    let (mine, theirs) = (only(one, other), only(other, one));
    assert!(
        mine.is_empty() && theirs.is_empty(),
        "in order: {mine:#?}\notherwise: {theirs:#?}\nevents: {}\nsent: {}",
        json!(events),
        json!(sent)
    );
}

fn lines(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(fixtures().join("openlineage").join(path)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_events_of_others_are_taken_in_and_those_that_are_none_refused() {
    let mut sender = Sender::new().await;
    let mut taken = 0;
    for line in lines("events.jsonl") {
        if line["templated"] == json!(true) {
            continue;
        }
        let answer = sender.send(&line["event"]).await;
        if line["spec_valid"] == json!(true) {
            assert_eq!(answer.status, 201, "{}: {}", line["source"], answer.body);
            taken += 1;
        } else {
            assert!(matches!(answer.status.as_u16(), 201 | 422), "{}: {}", line["source"], answer.body);
        }
    }
    assert!(taken > 30, "{taken}");
    assert!(sender.register.count("select count(*) from lineage_edges where valid_to is null").await > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_run_of_dbt_ends_alike_forwards_and_backwards() {
    let events: Vec<Value> =
        lines("recordings/dbt_ol.jsonl").into_iter().map(|line| line["body"].clone()).collect();
    let mut backwards = events.clone();
    backwards.reverse();
    let (mut one, mut other) = (Sender::new().await, Sender::new().await);
    for event in &events {
        one.taken(event).await;
    }
    assert_eq!(other.batch(&backwards).await["status"], "success");
    pretty_equal(&one.state().await, &other.state().await, &[], &[]);
    assert!(!column_edges(&one.register).await.is_empty());
}

/// The client of the project itself, installed once beside the built tests. None where nothing can be installed from here.
fn client() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openlineage-python");
    if folder.join("openlineage/client").is_dir() {
        return Some(folder);
    }
    let fresh = folder.with_extension(std::process::id().to_string());
    let said = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--no-cache-dir", "--target"])
        .arg(&fresh)
        .arg("openlineage-python")
        .output();
    let said = match said {
        Ok(said) => said,
        Err(error) => {
            eprintln!("skipped: no python3 to run the client with: {error}");
            return None;
        }
    };
    let err = String::from_utf8_lossy(&said.stderr);
    if !said.status.success() {
        let unreachable =
            ["No module named pip", "No matching distribution", "connection", "Connection", "resolve"];
        assert!(unreachable.iter().any(|words| err.contains(words)), "{err}");
        eprintln!("skipped: the client can't be installed from here: {err}");
        return None;
    }
    // Another process may have been faster: its folder is as good.
    if std::fs::rename(&fresh, &folder).is_err() {
        drop(std::fs::remove_dir_all(&fresh));
    }
    Some(folder)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_of_openlineage_sends_a_run_with_column_lineage() {
    let Some(client) = client() else { return };
    let sender = Sender::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (app, router) = (sender.register.app.clone(), sender.register.router.clone());
    tokio::spawn(async move { cadastre::http::serve(&app, listener, router).await });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lineage/openlineage_client.py");
    let mut command = Command::new("python3");
    command.arg(script).arg(&url).arg(&sender.token).env("PYTHONPATH", client);
    let said = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let at = |name: &str| format!("{WAREHOUSE}.{name}");
    assert_eq!(
        column_edges(&sender.register).await,
        [
            format!("{} → {} rename", at("a.amount"), at("b.total")),
            format!("{} → {} identity", at("a.id"), at("b.id")),
        ]
    );
    let job: uuid::Uuid =
        sqlx::query_scalar("select public_id from assets where kind = 'job' and name = 'daily.load'")
            .fetch_one(&sender.register.app.db().web)
            .await
            .unwrap();
    let mut program = sender.register.browser();
    let answer = program.api(Method::GET, &format!("/api/v1/jobs/{job}/runs"), &sender.token, None).await;
    let run = answer.json()["items"][0].clone();
    assert_eq!(run["run"], "0190d5ef-1a2b-7c3d-8e4f-5a6b7c8d9e0f", "{}", answer.body);
    assert_eq!(
        (run["state"].clone(), run["started_at"].clone()),
        (json!("done"), json!("2026-05-01T10:00:00Z"))
    );
}

#[tokio::test]
async fn runs_are_paged_the_newest_first_and_by_their_state() {
    let mut sender = Sender::new().await;
    for run in 0..5 {
        let word = if run == 2 { "FAIL" } else { "COMPLETE" };
        sender.taken(&event(word, run, u32::from(run) * 60)).await;
    }
    let job: uuid::Uuid = sqlx::query_scalar("select public_id from assets where kind = 'job'")
        .fetch_one(&sender.register.app.db().web)
        .await
        .unwrap();
    let base = format!("/api/v1/jobs/{job}/runs");
    let mut times = Vec::new();
    let mut next = Some(String::new());
    while let Some(cursor) = next {
        let path = format!("{base}?limit=2&cursor={cursor}");
        let page = sender.program.api(Method::GET, &path, &sender.token, None).await.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        times.extend(items.iter().map(|run| run["at"].as_str().unwrap().to_owned()));
        next = page["next"].as_str().map(ToOwned::to_owned);
    }
    let mut sorted = times.clone();
    sorted.sort_by(|one, other| other.cmp(one));
    assert_eq!((times.len(), &times), (5, &sorted));
    let failed =
        sender.program.api(Method::GET, &format!("{base}?state=failed"), &sender.token, None).await.json();
    assert_eq!(failed["items"].as_array().unwrap().len(), 1);
    let wrong = sender.program.api(Method::GET, &format!("{base}?state=odd"), &sender.token, None).await;
    assert_eq!(wrong.status, 422);
}
