//! The artifacts of dbt projects, by the command line and by the API.

use super::*;
use crate::program::program;
use axum::body::Body;
use cadastre_tests::postgres::fixtures;
use http::Method;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const NAMESPACE: &str = "postgres://dwh.example.org:5432";

fn artifact(file: &str) -> Value {
    let path = fixtures().join("dbt/jaffle_shop").join(file);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The results as of a command that runs what it compiles: the recorded ones are of `dbt docs generate`.
fn results() -> Value {
    let mut results = artifact("run_results.json");
    results["args"]["which"] = json!("build");
    results
}

/// A form of files.
fn form(files: &[(&str, &Value)]) -> (String, Vec<u8>) {
    let mut body = String::new();
    for (name, file) in files {
        let head = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}.json\"\r\n\r\n"
        );
        body.push_str(&head);
        body.push_str(&file.to_string());
        body.push_str("\r\n");
    }
    body.push_str("--cut--\r\n");
    ("multipart/form-data; boundary=cut".to_owned(), body.into_bytes())
}

async fn send(register: &Register, token: &str, query: &str, files: &[(&str, &Value)]) -> (u16, Value) {
    let mut program = register.browser();
    program.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    let (kind, body) = form(files);
    let path = format!("/api/v1/ingest/dbt{query}");
    let answer = program.send(Method::POST, &path, Some(&kind), Body::from(body)).await;
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

const QUERY: &str = "?namespace=postgres%3A%2F%2Fdwh.example.org%3A5432";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_jaffle_shop_has_lineage_down_to_the_column() {
    let register = Register::empty().await;
    let token = register.administrators_token().await;
    let (manifest, catalog, results) = (artifact("manifest.json"), artifact("catalog.json"), results());
    let files = [("run_results", &results), ("manifest", &manifest), ("catalog", &catalog)];
    let (status, answer) = send(&register, &token, QUERY, &files).await;
    assert_eq!(status, 200, "{answer:#}");
    assert_eq!(answer["project"], "jaffle_shop");
    assert_eq!((answer["added"].clone(), answer["tests"].clone()), (json!(8), json!(20)));
    let all = column_edges(&register).await;
    let at = |name: &str| format!("{NAMESPACE}.{name}");
    for edge in [
        format!("{} → {} rename", at("raw_customers.id"), at("stg_customers.customer_id")),
        format!("{} → {} rename", at("raw_orders.user_id"), at("stg_orders.customer_id")),
        format!("{} → {} aggregate", at("stg_orders.order_date"), at("customers.first_order")),
    ] {
        assert!(all.contains(&edge), "{edge} is not in {all:#?}");
    }
    let described = "select count(*) from texts t join assets a on a.id = t.asset_id
                     where a.name = 'orders' and t.origin = 'source' and t.told_by = 'dbt' and t.valid_to is null";
    assert!(register.count(described).await > 5, "the model and its columns");
    assert_eq!(register.count("select count(*) from job_runs where state = 'done'").await, 8);
    assert_eq!(register.count("select count(*) from declared_results where status = 'pass'").await, 20);
    let tested = "select count(*) from declared_tests t join assets a on a.id = t.dataset_id
                  where a.name = 'customers' and t.kind = 'unique' and t.column_path = '{customer_id}'";
    assert_eq!(register.count(tested).await, 1);
    // Again it is the same, and nothing is written.
    let changes = register.count("select count(*) from change_sets").await;
    let (_, again) = send(&register, &token, QUERY, &files).await;
    assert_eq!((again["same"].clone(), again["added"].clone()), (json!(8), json!(0)), "{again:#}");
    assert_eq!(register.count("select count(*) from change_sets").await, changes);
    assert_eq!(register.count("select count(*) from declared_results").await, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_the_project_has_no_more_ends_with_its_edges() {
    let register = Register::empty().await;
    let token = register.administrators_token().await;
    let mut manifest = artifact("manifest.json");
    send(&register, &token, QUERY, &[("manifest", &manifest)]).await;
    manifest["nodes"].as_object_mut().unwrap().remove("model.jaffle_shop.customers");
    let (status, answer) = send(&register, &token, QUERY, &[("manifest", &manifest)]).await;
    assert_eq!((status, answer["gone"].clone()), (200, json!(1)), "{answer:#}");
    let all = edges(&register).await;
    assert!(!all.iter().any(|edge| edge.contains(".customers ")), "{all:#?}");
    assert!(all.iter().any(|edge| edge.contains(".orders ")), "{all:#?}");
    let gone =
        "select count(*) from assets where name = 'model.jaffle_shop.customers' and state = 'tombstoned'";
    assert_eq!(register.count(gone).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crawl_found_keeps_its_columns_and_its_own_comments() {
    let (register, source) = derived(
        "create schema jaffle; create table jaffle.orders (order_id int, status text);
         comment on column jaffle.orders.status is 'As the source says.'",
    )
    .await;
    let token = register.administrators_token().await;
    let mut manifest = artifact("manifest.json").to_string();
    manifest =
        manifest.replace("\"database\":\"dbt\"", &format!("\"database\":\"{}\"", source.database.name()));
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let query: String = url::form_urlencoded::byte_serialize(source.namespace.as_bytes()).collect();
    let (status, answer) =
        send(&register, &token, &format!("?namespace={query}"), &[("manifest", &manifest)]).await;
    assert_eq!(status, 200, "{answer:#}");
    let columns = "select count(*) from column_facts f join assets a on a.id = f.dataset_id
                   where a.name = 'orders' and a.state = 'live' and f.valid_to is null";
    assert_eq!(register.count(columns).await, 2);
    let own = "select count(*) from texts where body = 'As the source says.' and told_by is null and valid_to is null";
    assert_eq!(register.count(own).await, 1);
    let told = "select count(*) from texts t join assets a on a.id = t.asset_id
                where a.name = 'orders' and a.state = 'live' and t.told_by = 'dbt' and t.valid_to is null";
    assert_eq!(register.count(told).await, 2, "of the table and of order_id");
    // A crawl that finds no comment leaves what was told; one that finds one takes its place.
    source.database.execute("comment on column jaffle.orders.order_id is 'The source says so too.'").await;
    register.crawl(&source).await;
    assert_eq!(register.count(told).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_project_is_refused_by_the_name_of_its_file() {
    let register = Register::empty().await;
    let token = register.administrators_token().await;
    let none = json!({"nodes": 7});
    let manifest = artifact("manifest.json");
    for (query, files, field) in [
        (QUERY, vec![("manifest", &none)], "manifest.json"),
        (QUERY, vec![], "manifest"),
        (QUERY, vec![("manifest", &manifest), ("catalog", &none)], "catalog.json"),
        (QUERY, vec![("manifest", &manifest), ("other", &none)], "other"),
        ("", vec![("manifest", &manifest)], "namespace"),
    ] {
        let (status, answer) = send(&register, &token, query, &files).await;
        assert_eq!(status, 422, "{field}: {answer:#}");
        assert_eq!(answer["errors"][0]["field"], field, "{answer:#}");
    }
    assert_eq!(register.count("select count(*) from assets where kind = 'job'").await, 0);
}

fn shell(register: &Register, home: &Path, arguments: &[&str]) -> (bool, String, String) {
    let output = program(register, home, "shell").arg("ingest").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_folder_is_taken_in_from_the_shell() {
    let register = Register::empty().await;
    let home = tempfile::tempdir().unwrap();
    let folder = fixtures().join("dbt/jaffle_shop");
    let folder = folder.to_str().unwrap();
    let (done, out, err) = shell(&register, home.path(), &["dbt", folder]);
    assert!(!done && err.contains("--namespace"), "{out}{err}");
    let (done, out, err) = shell(&register, home.path(), &["dbt", folder, "--namespace", NAMESPACE]);
    assert!(done && out.contains("jaffle_shop: 8 jobs added"), "{out}{err}");
    assert!(out.contains("generate"), "that its results are none is said: {out}");
    assert_eq!(register.count("select count(*) from declared_results").await, 0);
    let nowhere = home.path().join("nowhere");
    let (done, _, err) =
        shell(&register, home.path(), &["dbt", nowhere.to_str().unwrap(), "--namespace", "x"]);
    assert!(!done && err.contains("manifest.json"), "{err}");
}
