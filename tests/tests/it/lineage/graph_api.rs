//! The graph for programs: what pages show, as JSON, under the caller's rights.

use super::*;
use cadastre_model::{Role, Sensitivity, TokenScope};
use cadastre_tests::register::Browser;
use http::Method;
use serde_json::Value;

async fn asked(program: &mut Browser, token: &str, path: &str) -> Value {
    let answer = program.api(Method::GET, &format!("/api/v1{path}"), token, None).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

fn names(list: &Value, member: &str) -> Vec<String> {
    let name = |one: &Value| one.pointer(member).and_then(Value::as_str).unwrap_or("–").to_owned();
    let mut names: Vec<String> = list.as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_lies_around_a_dataset_and_between_its_columns() {
    let (register, _) = derived(SHOP).await;
    settled(&register).await;
    let (token, mut program) = (register.administrators_token().await, register.browser());
    let paid = dataset(&register, "mart", "paid").await;
    let around = asked(&mut program, &token, &format!("/datasets/{}/lineage", paid.public_id)).await;
    assert_eq!(names(&around["nodes"], "/name"), ["customers", "orders", "paid", "revenue"]);
    assert_eq!(around["links"].as_array().unwrap().len(), 3, "{around}");
    let amount = column(&register, paid, "amount").await;
    let lit =
        asked(&mut program, &token, &format!("/datasets/{}/lineage?column={amount}", paid.public_id)).await;
    let link =
        &lit["links"].as_array().unwrap().iter().find(|link| link["from_column"] == amount.to_string());
    assert_eq!(link.unwrap()["how"], serde_json::json!(["aggregate"]), "{lit}");
    let most =
        asked_status(&mut program, &token, &format!("/datasets/{}/lineage?up=51", paid.public_id)).await;
    assert_eq!(most, 422);
}

async fn asked_status(program: &mut Browser, token: &str, path: &str) -> u16 {
    program.api(Method::GET, &format!("/api/v1{path}"), token, None).await.status.as_u16()
}

#[tokio::test]
async fn what_is_reached_comes_by_hop_and_by_pages() {
    let (register, _) = derived(SHOP).await;
    settled(&register).await;
    let (token, mut program) = (register.administrators_token().await, register.browser());
    let orders = dataset(&register, "raw", "orders").await.public_id;
    let path = format!("/datasets/{orders}/lineage/reached?direction=down&limit=2");
    let first = asked(&mut program, &token, &path).await;
    let next = first["next"].as_str().expect("a page more");
    let second = asked(&mut program, &token, &format!("{path}&cursor={next}")).await;
    let rows = |page: &Value| -> Vec<(u64, String, usize)> {
        let row = |one: &Value| {
            let path = one["path"].as_array().unwrap().len();
            (one["hop"].as_u64().unwrap(), one["dataset"]["name"].as_str().unwrap().to_owned(), path)
        };
        page["items"].as_array().unwrap().iter().map(row).collect()
    };
    assert_eq!(rows(&first), [(1, "paid".to_owned(), 0), (2, "revenue".to_owned(), 1)]);
    assert_eq!((rows(&second), &second["next"]), (vec![(3, "top".to_owned(), 2)], &Value::Null));
}

#[tokio::test]
async fn ways_ends_and_the_overview_say_what_the_caller_sees() {
    let (register, _) = derived(SHOP).await;
    settled(&register).await;
    let (token, mut program) = (register.administrators_token().await, register.browser());
    let (orders, top) = (dataset(&register, "raw", "orders").await, dataset(&register, "mart", "top").await);
    let way = format!("/datasets/{}/lineage/ways/{}", orders.public_id, top.public_id);
    let found = asked(&mut program, &token, &way).await;
    let chain: Vec<&str> = found["shortest"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["dataset"]["name"].as_str())
        .collect();
    assert_eq!(chain, ["orders", "paid", "revenue", "top"]);
    let roots = asked(&mut program, &token, "/lineage/datasets?which=roots").await;
    assert_eq!(names(&roots["items"], "/name"), ["customers", "orders"]);
    let leaves = asked(&mut program, &token, "/lineage/datasets?which=leaves").await;
    assert_eq!(names(&leaves["items"], "/name"), ["top"]);
    let all = asked(&mut program, &token, "/lineage").await;
    assert_eq!((&all["datasets"], &all["with_columns"]), (&5.into(), &5.into()), "{all}");
    assert_eq!(asked_status(&mut program, &token, "/lineage/datasets?which=anything").await, 422);

    // Who sees two datasets that lie far from each other sees no way between them, and no other dataset.
    let reader = register.person("reader").await;
    for one in [orders, top] {
        register.grant(&reader, Role::Viewer, one.id, Sensitivity::Secret).await;
    }
    let token = register.token(&reader, &[TokenScope::Read]).await;
    let found = asked(&mut program, &token, &way).await;
    assert_eq!(
        (&found["shortest"], &found["places"]),
        (&Value::Array(Vec::new()), &Value::Array(Vec::new())),
        "{found}"
    );
    let all = asked(&mut program, &token, "/lineage").await;
    assert_eq!(all["datasets"], 2, "{all}");
    for hidden in ["paid", "revenue", "customers"] {
        assert!(!all.to_string().contains(hidden), "{hidden}: {all}");
    }
    let paid = dataset(&register, "mart", "paid").await.public_id;
    assert_eq!(asked_status(&mut program, &token, &format!("/datasets/{paid}/lineage")).await, 404);
    assert_eq!(
        asked_status(&mut program, &token, &format!("/datasets/{}/lineage/ways/{paid}", orders.public_id))
            .await,
        404
    );
}

#[tokio::test]
async fn a_job_that_was_handed_in_can_be_ended_and_one_that_was_crawled_can_not() {
    let (register, source) = derived(SHOP).await;
    let (token, mut program) = (register.administrators_token().await, register.browser());
    let body = serde_json::json!({"kind": "sql", "namespace": source.namespace, "texts": [
        {"name": "copy.sql", "text": "insert into raw.customers select id, state from raw.orders"}]});
    assert_eq!(program.api(Method::POST, "/api/v1/jobs", &token, Some(body)).await.status, 200);
    let before = edges(&register).await;
    let jobs = asked(&mut program, &token, "/jobs?kind=sql").await;
    let id = jobs["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/jobs/{id}");
    assert_eq!(program.api(Method::DELETE, &path, &token, None).await.status, 204);
    let after = edges(&register).await;
    assert!(
        after.len() < before.len()
            && !after.iter().any(|edge| edge.contains("raw.orders.state → raw.customers"))
    );
    assert_eq!(program.api(Method::DELETE, &path, &token, None).await.status, 409, "it has ended");
    let view =
        asked(&mut program, &token, "/jobs?kind=view").await["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(program.api(Method::DELETE, &format!("/api/v1/jobs/{view}"), &token, None).await.status, 409);
}
