//! What would break: asked by the API before a change, and by the command line in CI.

use super::handed::token;
use super::*;
use cadastre_model::{AssetId, Role, Sensitivity, TokenScope};
use http::{Method, StatusCode};
use serde_json::{Value, json};

const SHOP: &str = "
    create schema raw; create schema mart;
    create table raw.orders (id int primary key, customer text, amount numeric);
    create table mart.daily (customer text primary key, total numeric);
    create view mart.best as select customer from mart.daily where total > 100;
    create view mart.report as select b.customer, d.total from mart.best b join mart.daily d using (customer);";

async fn ask(register: &Register, token: &str, body: Value) -> Value {
    let answer = register.browser().api(Method::POST, "/api/v1/lineage/impact", token, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

fn affected(change: &Value) -> Vec<String> {
    let one = |hit: &Value| {
        let column = hit["column"].as_str().map(|column| format!(".{column}")).unwrap_or_default();
        format!("{} {}{column}", hit["hop"], hit["dataset"].as_str().unwrap())
    };
    change["affected"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn a_column_that_goes_breaks_what_is_made_from_it_and_no_more() {
    let (register, _) = derived(SHOP).await;
    let token = token(&register, "eng", Role::Engineer, AssetId::REGISTER).await;
    let found = ask(&register, &token, json!({"drops": ["mart.daily.total"]})).await;
    assert_eq!(found["severity"], "breaks");
    assert_eq!(affected(&found["changes"][0]), ["1 mart.best", "1 mart.report.total"]);
    let markdown = found["markdown"].as_str().unwrap();
    assert!(
        markdown.contains("**mart.daily.total** goes: 2 affected")
            && markdown.contains("| mart.report.total | 1 |"),
        "{markdown}"
    );
    let found = ask(&register, &token, json!({"drops": ["raw.orders.id"]})).await;
    assert_eq!((&found["severity"], &found["changes"][0]["total"]), (&json!("none"), &json!(0)));
}

#[tokio::test]
async fn a_definition_that_no_longer_fills_a_column_breaks_and_one_that_fills_it_otherwise_changes() {
    let (register, source) = derived(SHOP).await;
    let token = token(&register, "eng", Role::Engineer, AssetId::REGISTER).await;
    let texts = |text: &str| json!({"kind": "sql", "namespace": source.namespace, "texts": [{"name": "daily.sql", "text": text}]});
    let now = "insert into mart.daily (customer, total) select customer, sum(amount) from raw.orders group by customer";
    let answer = register.browser().api(Method::POST, "/api/v1/jobs", &token, Some(texts(now))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let found = ask(&register, &token, json!({"texts": texts(now)})).await;
    assert_eq!(
        (&found["severity"], &found["changes"]),
        (&json!("none"), &json!([])),
        "the same changes nothing"
    );
    let other = "insert into mart.daily (customer, total) select customer, count(*) + max(id) from raw.orders group by customer";
    let found = ask(&register, &token, json!({"texts": texts(other)})).await;
    assert_eq!(
        (&found["severity"], &found["changes"][0]["column"]),
        (&json!("changes"), &json!("total")),
        "{found}"
    );
    let less = "insert into mart.daily (customer) select customer from raw.orders group by customer";
    let found = ask(&register, &token, json!({"texts": texts(less)})).await;
    assert_eq!(found["severity"], "breaks", "{found}");
    assert_eq!(
        register.count("select count(*) from job_facts where maker = 'sql'").await,
        1,
        "nothing was written"
    );
}

#[tokio::test]
async fn what_the_asker_does_not_see_is_not_affected_and_cannot_be_named() {
    let (register, _) = derived(SHOP).await;
    let raw = register.count("select id from assets where name = 'raw'").await;
    let token = token(&register, "raw.only", Role::Engineer, AssetId(raw)).await;
    let found = ask(&register, &token, json!({"drops": ["raw.orders.amount"]})).await;
    assert_eq!((&found["severity"], &found["changes"][0]["total"]), (&json!("none"), &json!(0)), "{found}");
    let mut program = register.browser();
    let mut said = Vec::new();
    for name in ["mart.daily", "mart.nothing"] {
        let answer =
            program.api(Method::POST, "/api/v1/lineage/impact", &token, Some(json!({"drops": [name]}))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        said.push(answer.json()["errors"].to_string().replace(name, "NAME"));
    }
    assert_eq!(said[0], said[1]);
}

#[tokio::test]
async fn a_hidden_dataset_that_a_job_of_theirs_fills_is_not_told_of() {
    let (register, source) = derived(SHOP).await;
    let all = token(&register, "eng", Role::Engineer, AssetId::REGISTER).await;
    let texts = |text: &str| json!({"kind": "sql", "namespace": source.namespace, "texts": [{"name": "daily.sql", "text": text}]});
    let now = "insert into mart.daily (customer, total) select customer, sum(amount) from raw.orders group by customer";
    register.browser().api(Method::POST, "/api/v1/jobs", &all, Some(texts(now))).await;
    let less = texts("insert into mart.daily (customer) select customer from raw.orders");
    let person = register.person("low").await;
    register.grant(&person, Role::Engineer, AssetId::REGISTER, Sensitivity::Internal).await;
    let low = register.token(&person, TokenScope::ALL).await;
    assert_eq!(ask(&register, &low, json!({"texts": less})).await["severity"], "breaks");
    register
        .database
        .execute(
            "update assets set sensitivity = 'secret' where name = 'daily' and kind = 'dataset';
             select refresh_effective(array_agg(id)) from assets where name = 'daily' and kind = 'dataset'",
        )
        .await;
    let found = ask(&register, &low, json!({"texts": less})).await;
    assert_eq!((&found["severity"], &found["changes"]), (&json!("none"), &json!([])), "{found}");
    assert!(!found["markdown"].as_str().unwrap().contains("daily"), "{found}");
}

#[tokio::test]
async fn the_name_of_a_hidden_schema_cannot_be_guessed() {
    let (register, _) = derived(SHOP).await;
    let orders = register.count("select id from assets where name = 'orders' and kind = 'dataset'").await;
    let token = token(&register, "orders.only", Role::Engineer, AssetId(orders)).await;
    assert_eq!(ask(&register, &token, json!({"drops": ["orders"]})).await["changes"][0]["dataset"], "orders");
    let mut said = Vec::new();
    for name in ["raw.orders", "nothing.orders"] {
        let answer = register
            .browser()
            .api(Method::POST, "/api/v1/lineage/impact", &token, Some(json!({"drops": [name]})))
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        said.push(answer.json()["errors"].to_string().replace(name, "NAME"));
    }
    assert_eq!(said[0], said[1]);
}
