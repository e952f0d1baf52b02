//! Pages about jobs, in both languages.

use super::*;
use cadastre_model::{AssetId, Role, Sensitivity};
use cadastre_tests::register::Browser;
use http::StatusCode;

const SHOP: &str = "
    create schema raw; create schema mart;
    create table raw.orders (id int primary key, customer text, amount numeric);
    create view mart.daily as select customer, sum(amount) as total from raw.orders group by customer;";

async fn reader(register: &Register, login: &str, role: Role, scope: AssetId) -> Browser {
    let person = register.person(login).await;
    register.grant(&person, role, scope, Sensitivity::Secret).await;
    register.sign_in(&person).await
}

async fn ok(reader: &mut Browser, path: &str) -> String {
    let answer = reader.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

async fn job(register: &Register) -> uuid::Uuid {
    sqlx::query_scalar("select public_id from assets where name = 'daily' and kind = 'job'")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_job_is_found_and_shows_its_text_its_columns_and_what_it_reads_and_writes() {
    let (register, _) = derived(SHOP).await;
    let mut reader = reader(&register, "viewer", Role::Viewer, AssetId::REGISTER).await;
    let id = job(&register).await;
    for (language, word) in [("en", "Jobs"), ("zh", "作业")] {
        let list = ok(&mut reader, &format!("/jobs?lang={language}")).await;
        assert!(list.contains(&format!("/j/{id}")) && list.contains(word), "{list}");
        let page = ok(&mut reader, &format!("/j/{id}?lang={language}")).await;
        assert!(page.contains("m-in") && page.contains("orders.amount"), "{page}");
        let ends = ok(&mut reader, &format!("/j/{id}/lineage?lang={language}")).await;
        assert!(ends.contains(">orders<") && ends.contains(">total<"), "{ends}");
    }
    let none = ok(&mut reader, "/jobs?q=nothing-like-it").await;
    assert!(!none.contains(&id.to_string()));
}

#[tokio::test]
async fn a_chosen_column_lights_its_expression() {
    let (register, _) = derived(SHOP).await;
    let mut reader = reader(&register, "viewer", Role::Viewer, AssetId::REGISTER).await;
    let id = job(&register).await;
    let column: uuid::Uuid = sqlx::query_scalar(
        "select c.public_id from columns c join column_facts f on f.column_id = c.id where f.path = '{total}'",
    )
    .fetch_one(&register.app.db().web)
    .await
    .unwrap();
    let page = ok(&mut reader, &format!("/j/{id}?col={column}")).await;
    assert!(page.contains("m-col\">sum(amount)</mark>") || page.contains("m-col\" title"), "{page}");
}

#[tokio::test]
async fn versions_are_listed_and_compared() {
    let (register, source) = derived(SHOP).await;
    source.database.execute("create or replace view mart.daily as select customer, max(amount) as total from raw.orders group by customer").await;
    again(&register, &source).await;
    let mut reader = reader(&register, "viewer", Role::Viewer, AssetId::REGISTER).await;
    let id = job(&register).await;
    let page = ok(&mut reader, &format!("/j/{id}/versions?from=1&to=2")).await;
    assert!(page.contains("sum(") && page.contains("max("), "{page}");
    let old = ok(&mut reader, &format!("/j/{id}?version=1")).await;
    assert!(old.contains("sum(") && !old.contains("max("), "{old}");
    assert_eq!(reader.get(&format!("/j/{id}?version=9")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_text_that_names_what_the_reader_does_not_see_is_withheld_with_all_that_tells_of_it() {
    let (register, _) = derived(SHOP).await;
    let mart = register.count("select id from assets where name = 'mart'").await;
    let mut reader = reader(&register, "mart.only", Role::Viewer, AssetId(mart)).await;
    let id = job(&register).await;
    for path in [
        format!("/j/{id}"),
        format!("/j/{id}/lineage"),
        format!("/j/{id}/versions?from=1&to=1"),
        "/jobs".to_owned(),
    ] {
        let page = ok(&mut reader, &path).await;
        assert!(!page.contains("orders") && !page.contains("amount"), "{path}: {page}");
    }
}
