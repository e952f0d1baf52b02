//! Lineage on real databases: what a crawl finds becomes jobs and edges, and the graph follows.

mod activity;
mod crawled;
mod dbt;
mod graph_api;
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
use cadastre_model::{AssetId, AssetKind, PublicId};
use cadastre_tests::postgres::TestCluster;
use cadastre_tests::register::{Register, TestAsset};
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

const SHOP: &str = "
    create schema raw;
    create schema mart;
    create table raw.orders (id int primary key, customer_id int, amount numeric, state text);
    create table raw.customers (id int primary key, name text);
    create view mart.paid as
        select o.id, c.name as customer, o.amount from raw.orders o join raw.customers c on c.id = o.customer_id
        where o.state = 'paid';
    create view mart.revenue as select customer, sum(amount) as total from mart.paid group by customer;
    create view mart.top as select customer from mart.revenue where total > 100;
";

/// A dataset by its schema and name.
async fn dataset(register: &Register, schema: &str, name: &str) -> TestAsset {
    asset(register, AssetKind::Dataset, schema, name).await
}

async fn asset(register: &Register, kind: AssetKind, within: &str, name: &str) -> TestAsset {
    let row: (i64, uuid::Uuid, Option<i64>) = sqlx::query_as(
        "select a.id, a.public_id, a.source_id from assets a join assets p on p.id = a.parent_id
         where a.kind = $1 and p.name = $2 and a.name = $3",
    )
    .bind(kind.as_str())
    .bind(within)
    .bind(name)
    .fetch_one(&register.app.db().web)
    .await
    .unwrap_or_else(|error| panic!("{within}.{name}: {error}"));
    TestAsset { id: AssetId(row.0), public_id: PublicId(row.1), kind, source: row.2.map(AssetId) }
}

async fn column(register: &Register, dataset: TestAsset, name: &str) -> PublicId {
    let id: uuid::Uuid = sqlx::query_scalar(
        "select c.public_id from columns c join column_facts f on f.column_id = c.id
         where f.dataset_id = $1 and f.path = array[$2] and f.valid_to is null",
    )
    .bind(dataset.id.0)
    .bind(name)
    .fetch_one(&register.app.db().web)
    .await
    .unwrap();
    PublicId(id)
}

/// Waits until the graph has what the database has.
async fn settled(register: &Register) {
    let version = cadastre_model::Version(register.count("select version from register").await);
    for _ in 0..200 {
        if register.app.lineage().version() >= version {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("the graph does not follow");
}
