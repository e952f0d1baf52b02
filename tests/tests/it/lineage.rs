//! Lineage on real databases: what a crawl finds becomes jobs and edges, and the graph follows.

mod crawled;
mod dbt;
mod hand;
mod handed;
mod impact;
mod job_pages;
mod model;
mod openlineage;
mod pages;
mod shell;
mod upload;

use cadastre::change::Author;
use cadastre::lineage::{Outcome, derive};
use cadastre_tests::postgres::TestCluster;
use cadastre_tests::register::Register;
use cadastre_tests::source::TestSource;

/// A register and a source with the tables of the given SQL, crawled once and its lineage derived.
async fn derived(sql: &str) -> (Register, TestSource) {
    let register = Register::empty().await;
    let database = TestCluster::of_this_run().fresh_database().await;
    database.execute(sql).await;
    let source = register.source("shop", database).await;
    again(&register, &source).await;
    (register, source)
}

/// Crawls and derives again.
async fn again(register: &Register, source: &TestSource) -> Outcome {
    register.crawl(source).await;
    derive(&register.app, source.id, &Author::cli()).await.unwrap()
}

/// The open edges, as they are read: `raw.orders.amount → mart.daily.total aggregate`. A dataset as a whole has no column.
async fn edges(register: &Register) -> Vec<String> {
    edges_of(register, "e.valid_to is null").await
}

async fn edges_of(register: &Register, which: &str) -> Vec<String> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select concat_ws(' ',
            coalesce((select p.name || '.' || a.name from assets a join assets p on p.id = a.parent_id where a.id = e.from_id)
                || coalesce('.' || (select array_to_string(f.path, '.') from column_facts f where f.column_id = e.from_column and f.valid_to is null), ''), '–'),
            '→',
            coalesce((select p.name || '.' || a.name from assets a join assets p on p.id = a.parent_id where a.id = e.to_id)
                || coalesce('.' || (select array_to_string(f.path, '.') from column_facts f where f.column_id = e.to_column and f.valid_to is null), ''), '–'),
            e.how, case when e.star then '*' end) as edge
         from lineage_edges e where {which} order by 1"
    )))
    .fetch_all(&register.app.db().web)
    .await
    .unwrap()
}

/// The edges between columns alone.
async fn column_edges(register: &Register) -> Vec<String> {
    edges_of(register, "e.valid_to is null and num_nonnulls(e.from_column, e.to_column) > 0").await
}
