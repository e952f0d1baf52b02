//! When data was last written and how often it is read: from runs of jobs, and from the counters of the source.

use super::*;
use cadastre_tests::register::Browser;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A register whose `mart.daily` a job fills, and whoever asks.
async fn filled() -> (Register, TestSource, String, Browser) {
    let (register, source) = derived(
        "create schema raw; create schema mart;
         create table raw.orders (id int); create table mart.daily (id int); create table mart.weekly (id int)",
    )
    .await;
    let token = register.administrators_token().await;
    let mut program = register.browser();
    let body = json!({"kind": "sql", "namespace": source.namespace, "texts": [
        {"name": "daily.sql", "text": "insert into mart.daily select id from raw.orders"},
        {"name": "weekly.sql", "text": "insert into mart.weekly select id from mart.daily"},
    ]});
    let answer = program.api(Method::POST, "/api/v1/jobs", &token, Some(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    (register, source, token, program)
}

async fn ran(
    program: &mut Browser,
    token: &str,
    source: &TestSource,
    job: &str,
    kind: &str,
    ended: chrono::DateTime<chrono::Utc>,
) {
    let event = json!({
        "eventTime": ended, "eventType": kind, "producer": "https://example.org/etl",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": uuid::Uuid::new_v4()}, "job": {"namespace": source.namespace, "name": job},
    });
    let answer = program.api(Method::POST, "/api/v1/lineage", token, Some(event)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}

async fn shown(register: &Register, program: &mut Browser, token: &str, name: &str) -> Value {
    let id = dataset(register, "mart", name).await.public_id;
    program.api(Method::GET, &format!("/api/v1/datasets/{id}"), token, None).await.json()
}

#[tokio::test]
async fn the_last_run_that_ended_well_wrote_what_its_job_writes() {
    let (register, source, token, mut program) = filled().await;
    let now = register.app.now();
    assert_eq!(shown(&register, &mut program, &token, "daily").await["written"], Value::Null);
    let (old, new) = (now - chrono::TimeDelta::days(40), now - chrono::TimeDelta::hours(1));
    ran(&mut program, &token, &source, "daily.sql", "COMPLETE", old).await;
    ran(&mut program, &token, &source, "daily.sql", "FAIL", new).await;
    let written = |value: Value| -> chrono::DateTime<chrono::Utc> {
        serde_json::from_value(value["written"].clone()).unwrap()
    };
    let close = |one: chrono::DateTime<chrono::Utc>, other: chrono::DateTime<chrono::Utc>| {
        (one - other).abs() < chrono::TimeDelta::seconds(1)
    };
    assert!(
        close(written(shown(&register, &mut program, &token, "daily").await), old),
        "a run that failed wrote nothing"
    );
    ran(&mut program, &token, &source, "weekly.sql", "COMPLETE", new).await;
    assert!(close(written(shown(&register, &mut program, &token, "weekly").await), new));

    // What is stale can be left out, or looked at alone; what nobody knows of is not stale.
    settled(&register).await;
    let orders = dataset(&register, "raw", "orders").await.public_id;
    let mut names = async |filter: &str| -> Vec<String> {
        let path = format!("/api/v1/datasets/{orders}/lineage?down=2{filter}");
        let answer = program.api(Method::GET, &path, &token, None).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let found = answer.json()["nodes"].as_array().unwrap().clone();
        let mut names: Vec<String> = found
            .iter()
            .map(|node| {
                format!(
                    "{}{}",
                    node["name"].as_str().unwrap(),
                    if node["stale"] == true { " stale" } else { "" }
                )
            })
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("").await, ["daily stale", "orders", "weekly"]);
    assert_eq!(names("&stale=false").await, ["orders"], "weekly lies behind what is left out");
    assert_eq!(names("&stale=true").await, ["daily stale", "orders"]);
}

#[tokio::test]
async fn a_crawl_that_finds_the_counters_moved_says_that_data_was_written_and_read() {
    let (register, source, token, mut program) = filled().await;
    let before = register.app.now();
    source
        .database
        .execute("insert into mart.daily select generate_series(1, 100); select count(*) from mart.daily")
        .await;
    // A backend tells its counters when it is idle, once a second.
    let mut found = Value::Null;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(250)).await;
        register.crawl(&source).await;
        found = shown(&register, &mut program, &token, "daily").await;
        if found["written"] != Value::Null && found["reads"]["times"] != 0 {
            break;
        }
    }
    let written: chrono::DateTime<chrono::Utc> = serde_json::from_value(found["written"].clone()).unwrap();
    assert!(written >= before, "{found}");
    assert_eq!(found["reads"], json!({"times": 1, "days": 1}), "{found}");
    sqlx::query("update sources set last_crawl_at = now()").execute(&register.app.db().tasks).await.unwrap();
    let quiet = shown(&register, &mut program, &token, "weekly").await;
    assert_eq!(
        (&quiet["written"], &quiet["reads"]),
        (&Value::Null, &Value::Null),
        "too early to say: {quiet}"
    );
    sqlx::query("update dataset_counters set at = at - interval '3 days' where written_at is null")
        .execute(&register.app.db().tasks)
        .await
        .unwrap();
    let quiet = shown(&register, &mut program, &token, "weekly").await;
    assert_eq!(quiet["reads"], json!({"times": 0, "days": 4}), "{quiet}");
    // What is read is no candidate to be dropped, what is not read is one.
    settled(&register).await;
    let overview = program.api(Method::GET, "/api/v1/lineage", &token, None).await.json();
    let names: Vec<&str> = overview["droppable"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["dataset"]["name"].as_str())
        .collect();
    assert_eq!(names, ["weekly"], "{overview}");
}

#[tokio::test]
async fn counters_that_began_anew_are_all_new() {
    let (register, source, token, mut program) = filled().await;
    let id = dataset(&register, "mart", "daily").await.id;
    sqlx::query("delete from dataset_counters").execute(&register.app.db().tasks).await.unwrap();
    for (days, reads, writes) in [(50, 500, 10), (20, 520, 10), (10, 7, 3), (1, 9, 3)] {
        sqlx::query(
            "insert into dataset_counters (dataset_id, at, reads, writes, written_at)
             values ($1, now() - make_interval(days => $2), $3, $4, case when $4 = 3 then now() - interval '10 days' end)",
        )
        .bind(id.0)
        .bind(days)
        .bind(reads)
        .bind(writes)
        .execute(&register.app.db().tasks)
        .await
        .unwrap();
    }
    sqlx::query("update sources set last_crawl_at = now() where asset_id = $1")
        .bind(source.id.0)
        .execute(&register.app.db().tasks)
        .await
        .unwrap();
    let found = shown(&register, &mut program, &token, "daily").await;
    assert_eq!(found["reads"], json!({"times": 20 + 7 + 2, "days": 30}), "{found}");
    let written: chrono::DateTime<chrono::Utc> = serde_json::from_value(found["written"].clone()).unwrap();
    assert_eq!((register.app.now() - written).num_days(), 10);
}
