//! Definitions that are handed in, by programs.

use super::*;
use cadastre_model::{AssetId, PublicId, Role, Sensitivity, TokenScope};
use cadastre_tests::register::{Browser, Register};
use http::{Method, StatusCode};
use serde_json::{Value, json};

const TABLES: &str = "
    create schema raw; create schema mart;
    create table raw.orders (id int primary key, customer text, amount numeric);
    create table mart.daily (customer text primary key, total numeric);";

const ETL: &str = "
    create temp table paid as select customer, amount from raw.orders where amount > 0;
    insert into mart.daily (customer, total) select customer, sum(amount) from paid group by customer;";

/// A token of somebody who has a role on something.
pub(super) async fn token(register: &Register, login: &str, role: Role, scope: AssetId) -> String {
    let person = register.person(login).await;
    register.grant(&person, role, scope, Sensitivity::Secret).await;
    register.token(&person, TokenScope::ALL).await
}

async fn hand_in(visitor: &mut Browser, token: &str, body: Value) -> (StatusCode, Value) {
    let answer = visitor.api(Method::POST, "/api/v1/jobs", token, Some(body)).await;
    (answer.status, answer.json())
}

fn etl(namespace: &str, text: &str) -> Value {
    json!({"kind": "sql", "namespace": namespace, "texts": [{"name": "etl/daily.sql", "text": text}]})
}

#[tokio::test]
async fn sql_has_its_lineage_with_the_answer_and_looks_through_temporary_tables() {
    let (register, source) = derived(TABLES).await;
    let token = token(&register, "eng", Role::Engineer, AssetId::REGISTER).await;
    let mut program = register.browser();
    let (status, answer) = hand_in(&mut program, &token, etl(&source.namespace, ETL)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let job = &answer["texts"][0]["jobs"][0];
    assert_eq!(job["fate"], "new");
    assert_eq!(job["statements"][1]["columns"], 2, "{job}");
    assert_eq!(
        edges(&register).await,
        [
            "raw.orders → mart.daily unknown",
            "raw.orders.amount → mart.daily filter",
            "raw.orders.amount → mart.daily.total aggregate",
            "raw.orders.customer → mart.daily group",
            "raw.orders.customer → mart.daily.customer identity",
        ]
    );
    let changes = register.count("select count(*) from change_sets").await;
    let (_, again) = hand_in(&mut program, &token, etl(&source.namespace, ETL)).await;
    assert_eq!(again["texts"][0]["jobs"][0]["fate"], "same");
    assert_eq!(again["texts"][0]["jobs"][0]["id"], job["id"]);
    assert_eq!(
        register.count("select count(*) from change_sets").await,
        changes,
        "the same again changes nothing"
    );
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    let shown = program.api(Method::GET, &path, &token, None).await.json();
    assert_eq!(shown["definition"], ETL);
    assert_eq!(
        (&shown["inputs"][0]["name"], &shown["outputs"][0]["name"]),
        (&json!("orders"), &json!("daily"))
    );
}

#[tokio::test]
async fn a_table_that_nobody_crawled_is_referred_to_and_taken_over_by_the_crawl_that_finds_it() {
    let (register, source) = derived(TABLES).await;
    let token = token(&register, "eng", Role::Engineer, AssetId::REGISTER).await;
    let text = "insert into mart.daily select * from raw.later";
    hand_in(&mut register.browser(), &token, etl(&source.namespace, text)).await;
    assert_eq!(
        edges(&register).await,
        ["raw.later → mart.daily identity *", "raw.later → mart.daily unknown"]
    );
    let known = register.count("select id from assets where state = 'referenced'").await;
    again(&register, &source).await;
    assert_eq!(
        register.count("select id from assets where state = 'referenced'").await,
        known,
        "a crawl without it leaves it"
    );
    source.database.execute("create table raw.later (customer text, total numeric)").await;
    again(&register, &source).await;
    assert_eq!(register.count("select id from assets where name = 'later'").await, known, "the same asset");
    assert_eq!(
        register.count("select count(*) from assets where name = 'later' and state = 'live'").await,
        1
    );
    assert_eq!(
        edges(&register).await,
        [
            "raw.later → mart.daily unknown",
            "raw.later.customer → mart.daily.customer identity",
            "raw.later.total → mart.daily.total identity",
        ],
        "the star is resolved"
    );
}

#[tokio::test]
async fn who_may_hand_in_is_asked_at_the_namespace() {
    let (register, source) = derived(TABLES).await;
    let mut program = register.browser();
    let viewer = token(&register, "viewer", Role::Viewer, AssetId::REGISTER).await;
    assert_eq!(hand_in(&mut program, &viewer, etl(&source.namespace, ETL)).await.0, StatusCode::FORBIDDEN);
    let at_source = token(&register, "at.source", Role::Engineer, source.id).await;
    assert_eq!(hand_in(&mut program, &at_source, etl(&source.namespace, ETL)).await.0, StatusCode::OK);
    let elsewhere = hand_in(&mut program, &at_source, etl("elsewhere", ETL)).await.0;
    let bare = register.bare_source("hidden").await;
    let hidden = hand_in(&mut program, &at_source, etl("hidden", ETL)).await.0;
    assert_eq!((elsewhere, hidden), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN), "{bare:?}");
    assert_eq!(register.count("select count(*) from assets where kind = 'job'").await, 1);
}

#[tokio::test]
async fn the_answer_does_not_tell_of_columns_that_the_caller_does_not_see() {
    let (register, source) = derived(TABLES).await;
    let mart = PublicId(
        sqlx::query_scalar("select public_id from assets where name = 'mart'")
            .fetch_one(&register.app.db().web)
            .await
            .unwrap(),
    );
    let id: i64 = sqlx::query_scalar("select id from assets where public_id = $1")
        .bind(mart.0)
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    let token = token(&register, "mart.engineer", Role::Engineer, AssetId(id)).await;
    let batch = |text: &str| json!({"kind": "sql", "namespace": source.namespace, "check": true, "texts": [{"name": "x", "text": text}]});
    let mut program = register.browser();
    // Not even that: the right is asked at the source.
    assert_eq!(hand_in(&mut program, &token, batch("select 1")).await.0, StatusCode::FORBIDDEN);
    let lineage = cadastre::lineage::handed::HandIn {
        kind: Some(cadastre_model::JobKind::Sql),
        namespace: source.namespace.clone(),
        texts: vec![cadastre::lineage::handed::HandedText {
            name: "x".into(),
            text: "create table mart.x as select * from raw.orders".into(),
        }],
        ..Default::default()
    };
    let person: i64 = sqlx::query_scalar("select id from people where login = 'mart.engineer'")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    let caller = cadastre::access::Caller::beside(&register.app, cadastre_model::PersonId(person));
    let see = caller.scope(cadastre_model::Action::See).unwrap();
    let (outs, _) =
        cadastre::lineage::handed::hand_in_as(&register.app, &Author::cli(), Some(&see), &lineage, false)
            .await
            .unwrap();
    assert_eq!(outs[0].jobs[0].columns(), 0, "the star stays one");
    let (outs, _) =
        cadastre::lineage::handed::hand_in_as(&register.app, &Author::cli(), None, &lineage, false)
            .await
            .unwrap();
    assert_eq!(outs[0].jobs[0].columns(), 3);
}

#[tokio::test]
async fn what_is_wrong_is_named_all_at_once() {
    let register = Register::empty().await;
    let token = token(&register, "eng", Role::Engineer, AssetId::REGISTER).await;
    let body = json!({"kind": "view", "dialect": "klingon", "namespace": " ", "texts": [{"name": "a", "text": ""}, {"name": "a", "text": ""}]});
    let (status, answer) = hand_in(&mut register.browser(), &token, body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    let fields: Vec<&str> =
        answer["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["kind", "namespace", "dialect", "name"], "{answer}");
}

#[tokio::test]
async fn an_agent_of_flume_carries_files_to_topics_and_folders() {
    let register = Register::empty().await;
    let token = token(&register, "eng", Role::Engineer, AssetId::REGISTER).await;
    let text = "
a1.sources = r1
a1.channels = c1 c2
a1.sinks = k1 k2
a1.sources.r1.type = TAILDIR
a1.sources.r1.filegroups = f1
a1.sources.r1.filegroups.f1 = /var/log/app/access.log
a1.sources.r1.channels = c1 c2
a1.channels.c1.type = memory
a1.channels.c2.type = memory
a1.sinks.k1.type = org.apache.flume.sink.kafka.KafkaSink
a1.sinks.k1.kafka.bootstrap.servers = broker:9092
a1.sinks.k1.kafka.topic = access
a1.sinks.k1.channel = c1
a1.sinks.k2.type = hdfs
a1.sinks.k2.hdfs.path = hdfs://nn:8020/logs/access
a1.sinks.k2.channel = c2
";
    let body = json!({"kind": "flume", "namespace": "flume-prod", "texts": [{"name": "agents.properties", "text": text}]});
    let (status, answer) = hand_in(&mut register.browser(), &token, body).await;
    assert_eq!((status, &answer["texts"][0]["jobs"][0]["name"]), (StatusCode::OK, &json!("a1")), "{answer}");
    let all = edges(&register).await;
    assert_eq!(all.len(), 2, "{all:#?}");
    assert!(
        all.iter().all(|edge| edge.starts_with("file./var/log/app/access.log →") && edge.ends_with(" copy")),
        "{all:#?}"
    );
    let kinds: Vec<String> = sqlx::query_scalar("select f.kind from dataset_facts f order by 1")
        .fetch_all(&register.app.db().web)
        .await
        .unwrap();
    assert_eq!(kinds, ["file", "file", "topic"]);
}

#[tokio::test]
async fn a_statement_that_is_not_understood_is_named_with_its_place_and_the_others_count() {
    let (register, source) = derived(TABLES).await;
    let token = token(&register, "eng", Role::Engineer, AssetId::REGISTER).await;
    let mut program = register.browser();
    let text = "insert into mart.daily select customer, amount from raw.orders;\nselect a b c from (;\n";
    let (_, answer) = hand_in(&mut program, &token, etl(&source.namespace, text)).await;
    let job = &answer["texts"][0]["jobs"][0];
    assert_eq!(
        (&job["statements"][0]["understood"], &job["statements"][1]["understood"]),
        (&json!("whole"), &json!("failed")),
        "{job}"
    );
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    let shown = program.api(Method::GET, &path, &token, None).await.json();
    assert_eq!(
        (&shown["problems"][0]["statement"], &shown["problems"][0]["line"]),
        (&json!(2), &json!(2)),
        "{shown}"
    );
    let viewer = self::token(&register, "viewer", Role::Viewer, AssetId::REGISTER).await;
    let shown = program.api(Method::GET, &path, &viewer, None).await.json();
    assert!(shown.get("problems").is_none(), "{shown}");
    let listed = program.api(Method::GET, "/api/v1/jobs?unparsed=true", &viewer, None).await.json();
    assert_eq!(listed["items"][0]["unparsed"], 1, "{listed}");
}
