//! What a crawl does to the catalogue, on real databases.

use cadastre::catalog::crawl::CrawlOutcome;
use cadastre::catalog::names::resolve;
use cadastre::sources::reader::Filters;
use cadastre_model::{AssetId, AssetName, MatchRule};
use cadastre_tests::postgres::TestCluster;
use cadastre_tests::register::Register;
use cadastre_tests::source::TestSource;

/// A register and a source with the tables of the given SQL, crawled once.
async fn crawled(sql: &str) -> (Register, TestSource) {
    let register = Register::empty().await;
    let database = TestCluster::of_this_run().fresh_database().await;
    database.execute(sql).await;
    let source = register.source("shop", database).await;
    register.crawl(&source).await;
    (register, source)
}

/// The dataset of a name, as everything that comes from outside finds it.
async fn dataset(register: &Register, source: &TestSource, schema: &str, name: &str) -> Option<AssetId> {
    let name = AssetName::new(&source.namespace, [source.database.name(), schema, name]);
    let mut conn = register.app.db().web.acquire().await.unwrap();
    resolve(&mut conn, &[name], MatchRule::Exact, None).await.unwrap()[0]
}

async fn column_id(register: &Register, dataset: AssetId, name: &str) -> i64 {
    sqlx::query_scalar(
        "select column_id from column_facts where dataset_id = $1 and path = array[$2] and valid_to is null",
    )
    .bind(dataset.0)
    .bind(name)
    .fetch_one(&register.app.db().web)
    .await
    .unwrap()
}

async fn state(register: &Register, asset: AssetId) -> String {
    sqlx::query_scalar("select state from assets where id = $1")
        .bind(asset.0)
        .fetch_one(&register.app.db().web)
        .await
        .unwrap()
}

fn same(outcome: CrawlOutcome) -> bool {
    outcome.added + outcome.changed + outcome.removed + outcome.left_out == 0
}

#[tokio::test]
async fn pagila_is_in_the_catalogue_after_one_crawl_and_a_second_changes_nothing() {
    let register = Register::empty().await;
    let source = register.source("pagila", TestCluster::of_this_run().pagila().await).await;
    let first = register.crawl(&source).await;
    assert_eq!(first.added, 24, "{first:?}");
    let changes = register.count("select count(*) from change_sets").await;
    let second = register.crawl(&source).await;
    assert!(same(second), "{second:?}");
    assert_eq!(second.unchanged, first.added);
    assert_eq!(register.count("select count(*) from change_sets").await, changes);
    let film = dataset(&register, &source, "public", "film").await.unwrap();
    assert_eq!(state(&register, film).await, "live");
    assert!(register.count("select count(*) from dataset_constraints where kind = 'foreign'").await > 10);
    assert!(register.count("select count(*) from routines").await > 5);
}

#[tokio::test]
async fn chinook_is_in_the_catalogue_after_one_crawl() {
    let register = Register::empty().await;
    let source = register.source("chinook", TestCluster::of_this_run().chinook().await).await;
    let first = register.crawl(&source).await;
    assert_eq!(first.added, 11, "{first:?}");
    assert!(same(register.crawl(&source).await));
}

#[tokio::test]
async fn two_tables_that_swap_their_names_stay_who_they_are() {
    let (register, source) = crawled("create table a (id int); create table b (name text)").await;
    let (a, b) =
        (dataset(&register, &source, "public", "a").await, dataset(&register, &source, "public", "b").await);
    source
        .database
        .execute("alter table a rename to c; alter table b rename to a; alter table c rename to b")
        .await;
    let outcome = register.crawl(&source).await;
    assert_eq!((outcome.changed, outcome.added, outcome.removed), (2, 0, 0), "{outcome:?}");
    assert_eq!(dataset(&register, &source, "public", "b").await, a);
    assert_eq!(dataset(&register, &source, "public", "a").await, b);
}

#[tokio::test]
async fn tables_that_swap_their_schemas_stay_who_they_are() {
    let (register, source) =
        crawled("create schema x; create schema y; create table x.t (id int); create table y.t (name text)")
            .await;
    let (x, y) = (dataset(&register, &source, "x", "t").await, dataset(&register, &source, "y", "t").await);
    source
        .database
        .execute("alter table x.t rename to u; alter table y.t set schema x; alter table x.u set schema y; alter table y.u rename to t")
        .await;
    let outcome = register.crawl(&source).await;
    assert_eq!((outcome.added, outcome.removed), (0, 0), "{outcome:?}");
    assert_eq!(dataset(&register, &source, "y", "t").await, x);
    assert_eq!(dataset(&register, &source, "x", "t").await, y);
}

#[tokio::test]
async fn a_table_made_anew_is_the_same_dataset_with_the_same_columns() {
    let (register, source) = crawled("create table a (id int, name text)").await;
    let a = dataset(&register, &source, "public", "a").await.unwrap();
    let name = column_id(&register, a, "name").await;
    source.database.execute("drop table a; create table a (name text, id bigint)").await;
    let outcome = register.crawl(&source).await;
    assert_eq!((outcome.changed, outcome.added, outcome.removed), (1, 0, 0), "{outcome:?}");
    assert_eq!(dataset(&register, &source, "public", "a").await, Some(a));
    assert_eq!(column_id(&register, a, "name").await, name);
}

#[tokio::test]
async fn a_renamed_and_retyped_column_stays_the_same_column() {
    let (register, source) = crawled("create table a (id int, name varchar(10))").await;
    let a = dataset(&register, &source, "public", "a").await.unwrap();
    let name = column_id(&register, a, "name").await;
    source.database.execute("alter table a rename name to title; alter table a alter title type text").await;
    register.crawl(&source).await;
    assert_eq!(column_id(&register, a, "title").await, name);
    let facts = register
        .count("select count(*) from column_facts where path = '{name}' and valid_to is not null")
        .await;
    assert_eq!(facts, 1, "what it was called stays known");
}

#[tokio::test]
async fn what_is_gone_is_closed_and_what_comes_back_is_the_same() {
    let (register, source) = crawled("create table a (id int); create table b (id int)").await;
    let a = dataset(&register, &source, "public", "a").await.unwrap();
    source.database.execute("drop table a").await;
    assert_eq!(register.crawl(&source).await.removed, 1);
    assert_eq!(state(&register, a).await, "tombstoned");
    assert_eq!(dataset(&register, &source, "public", "a").await, Some(a), "a former name still leads to it");
    assert!(same(register.crawl(&source).await));
    source.database.execute("create table a (id int)").await;
    register.crawl(&source).await;
    assert_eq!(state(&register, a).await, "live");
    assert_eq!(dataset(&register, &source, "public", "a").await, Some(a));
}

#[tokio::test]
async fn a_schema_that_is_gone_takes_its_tables_with_it() {
    let (register, source) = crawled("create schema x; create table x.t (id int)").await;
    let t = dataset(&register, &source, "x", "t").await.unwrap();
    source.database.execute("drop schema x cascade").await;
    assert_eq!(register.crawl(&source).await.removed, 1);
    assert_eq!(state(&register, t).await, "tombstoned");
}

#[tokio::test]
async fn what_the_filters_leave_out_is_out_of_scope_and_comes_back() {
    let (register, source) =
        crawled("create schema x; create table x.t (id int); create table u (id int)").await;
    let (t, u) = (
        dataset(&register, &source, "x", "t").await.unwrap(),
        dataset(&register, &source, "public", "u").await.unwrap(),
    );
    let filters = Filters {
        exclude_schemas: vec!["x".into()],
        exclude_datasets: vec!["u".into()],
        ..Filters::default()
    };
    register.crawl_with(&source, &filters).await;
    assert_eq!(
        (state(&register, t).await.as_str(), state(&register, u).await.as_str()),
        ("out_of_scope", "out_of_scope")
    );
    register.crawl(&source).await;
    assert_eq!((state(&register, t).await.as_str(), state(&register, u).await.as_str()), ("live", "live"));
}

#[tokio::test]
async fn comments_are_texts_of_the_source_in_their_language() {
    let (register, source) =
        crawled("create table a (id int); comment on table a is 'One row per order'; comment on column a.id is '订单编号'").await;
    let texts = "select count(*) from texts where origin = 'source' and valid_to is null and (body, language) in \
                 (('One row per order', 'en'), ('订单编号', 'zh'))";
    assert_eq!(register.count(texts).await, 2);
    source.database.execute("comment on table a is '每个订单一行'; comment on column a.id is null").await;
    assert_eq!(register.crawl(&source).await.changed, 1);
    assert_eq!(
        register.count("select count(*) from texts where column_id is not null and valid_to is null").await,
        0
    );
    assert_eq!(
        register.count("select count(*) from texts where body = '每个订单一行' and language = 'zh'").await,
        1
    );
}

#[tokio::test]
async fn hostile_names_are_names() {
    let (register, source) = crawled(
        r#"create schema "x'; drop schema public; --";
           create table "x'; drop schema public; --"."<script>alert(1)</script>" ("a""b" int, "new
line" text, "👩‍👩‍👧" text, "ابجد" text);
           create table "Twin" (id int); create table "twin" (id int);
           create table "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz" (id int)"#,
    )
    .await;
    let twins = (
        dataset(&register, &source, "public", "Twin").await,
        dataset(&register, &source, "public", "twin").await,
    );
    assert!(twins.0.is_some() && twins.1.is_some() && twins.0 != twins.1);
    assert!(same(register.crawl(&source).await));
}

#[tokio::test]
async fn a_table_of_sixteen_hundred_columns_is_taken_whole() {
    let (register, source) = crawled(
        "do $$ begin execute 'create table wide (' ||
            (select string_agg('c' || n || ' int', ', ') from generate_series(1, 1600) n) || ')'; end $$",
    )
    .await;
    assert_eq!(register.count("select count(*) from column_facts").await, 1600);
    assert!(same(register.crawl(&source).await));
}

#[tokio::test]
async fn a_comment_of_a_megabyte_is_taken_whole() {
    let (register, _source) = crawled(
        "create table a (id int); do $$ begin execute 'comment on table a is ' || quote_literal(repeat('long ', 200000)); end $$",
    )
    .await;
    assert_eq!(register.count("select max(length(body))::bigint from texts").await, 1_000_000);
}

#[tokio::test]
async fn a_crawl_that_lost_its_task_writes_nothing() {
    use cadastre::catalog::crawl::{Target, apply};
    use cadastre::change::Author;
    use cadastre::tasks::Fence;
    use cadastre_model::TaskId;
    let (register, source) = crawled("create table a (id int)").await;
    source.database.execute("create table b (id int)").await;
    let before = register.count("select version from register").await;
    let author = Author::cli();
    let fence = Some(Fence { task: TaskId(7), number: 3 });
    let target = Target { source: source.id, namespace: &source.namespace, author: &author, fence };
    let listing = source.listing(&Filters::default()).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let refused = apply(&register.app.db().tasks, &target, &listing, &|_, _| {}, &stop).await.unwrap_err();
    assert_eq!(refused.message.key, "task-lease-lost");
    assert_eq!(register.count("select version from register").await, before);
}
