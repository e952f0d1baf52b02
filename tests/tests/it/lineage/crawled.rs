//! Views and functions of a crawled source.

use super::*;

const SHOP: &str = "
    create schema raw;
    create schema mart;
    create table raw.orders (id int primary key, customer_id int, amount numeric, state text);
    create table raw.customers (id int primary key, name text);
    create view mart.paid as
        select o.id, c.name as customer, o.amount from raw.orders o join raw.customers c on c.id = o.customer_id
        where o.state = 'paid';
    create materialized view mart.revenue as select customer, sum(amount) as total from mart.paid group by customer;
    create function mart.best(floor_of numeric) returns setof text language sql as
        $$ select customer from mart.revenue where total > floor_of $$;
";

#[tokio::test]
async fn views_have_lineage_down_to_the_column_after_the_first_crawl() {
    let (register, _) = derived(SHOP).await;
    assert_eq!(
        edges(&register).await,
        [
            "mart.paid → mart.revenue unknown",
            "mart.paid.amount → mart.revenue.total aggregate",
            "mart.paid.customer → mart.revenue group",
            "mart.paid.customer → mart.revenue.customer identity",
            "mart.revenue → – unknown",
            "raw.customers → mart.paid unknown",
            "raw.customers.id → mart.paid join",
            "raw.customers.name → mart.paid.customer rename",
            "raw.orders → mart.paid unknown",
            "raw.orders.amount → mart.paid.amount identity",
            "raw.orders.customer_id → mart.paid join",
            "raw.orders.id → mart.paid.id identity",
            "raw.orders.state → mart.paid filter",
        ]
    );
}

#[tokio::test]
async fn a_second_crawl_of_the_same_reads_nothing_and_writes_nothing() {
    let (register, source) = derived(SHOP).await;
    let changes = register.count("select count(*) from change_sets").await;
    let outcome = again(&register, &source).await;
    assert_eq!(outcome, Outcome::default());
    assert_eq!(register.count("select count(*) from change_sets").await, changes);
}

#[tokio::test]
async fn what_a_view_no_longer_says_ends_and_what_it_says_anew_begins() {
    let (register, source) = derived(SHOP).await;
    source.database.execute("create or replace view mart.paid as
        select o.id, c.name as customer, -o.amount as amount from raw.orders o join raw.customers c on c.id = o.customer_id").await;
    let outcome = again(&register, &source).await;
    assert_eq!((outcome.opened, outcome.closed), (1, 2), "{outcome:?}");
    assert_eq!(
        edges_of(&register, "e.valid_to is not null").await,
        ["raw.orders.amount → mart.paid.amount identity", "raw.orders.state → mart.paid filter"]
    );
    let number = register
        .count("select f.number::bigint from job_facts f join assets a on a.id = f.job_id where a.name = 'paid' and f.valid_to is null")
        .await;
    assert_eq!(number, 2);
}

#[tokio::test]
async fn the_job_of_a_view_goes_with_it_and_comes_back_with_it() {
    let (register, source) = derived(SHOP).await;
    source.database.execute("drop function mart.best; drop materialized view mart.revenue").await;
    again(&register, &source).await;
    assert_eq!(register.count("select count(*) from assets where kind = 'job' and state = 'live'").await, 1);
    assert!(edges(&register).await.iter().all(|edge| !edge.contains("revenue")));
    source.database.execute("create materialized view mart.revenue as select customer, count(*) as total from mart.paid group by customer").await;
    again(&register, &source).await;
    assert_eq!(register.count("select count(*) from assets where kind = 'job' and state = 'live'").await, 2);
    assert_eq!(
        register.count("select count(*) from assets where kind = 'job'").await,
        3,
        "the same job as before"
    );
    let all = edges(&register).await;
    assert!(all.contains(&"mart.paid.customer → mart.revenue.customer identity".to_owned()), "{all:#?}");
}

#[tokio::test]
async fn a_renamed_column_keeps_its_edge() {
    let (register, source) = derived(SHOP).await;
    source.database.execute("alter table raw.orders rename amount to net").await;
    let outcome = again(&register, &source).await;
    assert_eq!((outcome.opened, outcome.closed), (1, 1), "the how alone is another one: {outcome:?}");
    let all = column_edges(&register).await;
    assert!(all.contains(&"raw.orders.net → mart.paid.amount rename".to_owned()), "{all:#?}");
}

#[tokio::test]
async fn the_servers_own_catalogue_is_no_lineage() {
    let (register, _) = derived("create view tables as select relname from pg_class").await;
    assert_eq!(edges(&register).await, ["– → public.tables unknown"]);
    assert_eq!(register.count("select count(*) from assets where state = 'referenced'").await, 0);
}

#[tokio::test]
async fn pagilas_views_are_understood_right_to_the_column() {
    let register = Register::empty().await;
    let source = register.source("pagila", TestCluster::of_this_run().pagila().await).await;
    again(&register, &source).await;
    let trouble: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "select a.name, s.understood, s.reason from job_statements s join assets a on a.id = s.job_id where s.understood in ('partly', 'failed')",
    )
    .fetch_all(&register.app.db().web)
    .await
    .unwrap();
    assert_eq!(trouble, []);
    let without = register
        .count(
            "select count(*) from column_facts f join dataset_facts d on d.dataset_id = f.dataset_id and d.valid_to is null
             where f.valid_to is null and d.kind in ('view', 'materialized_view')
               and not exists (select from lineage_edges e where e.to_column = f.column_id and e.valid_to is null)",
        )
        .await;
    assert_eq!(without, 0, "each column of a view comes from somewhere");
    let all = column_edges(&register).await;
    assert!(
        all.contains(&"public.payment.amount → public.sales_by_store.total_sales aggregate".to_owned()),
        "{all:#?}"
    );
}
