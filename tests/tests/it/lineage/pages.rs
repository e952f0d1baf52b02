//! The pages of lineage, as people get them.

use super::*;
use cadastre::catalog::store::{AssetFacts, NewAsset, create_assets};
use cadastre::change::{ChangeSet, Topic};
use cadastre_model::{AssetState, Role, Sensitivity};
use cadastre_tests::register::Browser;
use http::StatusCode;
use regex_lite::Regex;

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

/// What the boxes of a drawing are called, in their order.
fn boxes(html: &str) -> Vec<String> {
    let title = Regex::new(r#"<a class="hd"[^>]*>.*?<b(?: title="([^"]*)")?>"#).unwrap();
    let stage = html.split_once(r#"class="stage""#).map_or("", |(_, rest)| rest);
    title.captures_iter(stage).filter_map(|found| Some(found.get(1)?.as_str().to_owned())).collect()
}

/// The datasets of the tables, in their order.
fn rows(html: &str) -> Vec<String> {
    let link = Regex::new(
        r#"<span class="at-place"><span class="pf"[^>]*>[^<]*</span><span><a class="mono"[^>]*>([^<]*)</a>"#,
    )
    .unwrap();
    let tables = html.split_once(r#"class="lg-tables""#).map_or("", |(_, rest)| rest);
    let tables = tables.split_once("<aside").map_or(tables, |(tables, _)| tables);
    link.captures_iter(tables).map(|found| found[1].to_owned()).collect()
}

#[tokio::test]
async fn the_explorer_draws_what_is_around_and_the_table_has_the_same() {
    let (register, _) = derived(SHOP).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let paid = dataset(&register, "mart", "paid").await;
    let path = format!("/lineage/{}", paid.public_id);
    let html = page(&mut admin, &path).await;
    let mut drawn = boxes(&html);
    drawn.sort();
    assert_eq!(drawn, ["customers", "orders", "paid", "revenue"]);
    assert!(html.contains("What paid affects"), "{html}");
    let deeper = format!("{path}?down=2");
    let (graph, table) =
        (page(&mut admin, &deeper).await, page(&mut admin, &format!("{deeper}&view=table")).await);
    let (mut drawn, mut listed) = (boxes(&graph), rows(&table));
    drawn.retain(|name| name != "paid");
    drawn.sort();
    listed.sort();
    assert_eq!(listed, ["customers", "orders", "revenue", "top"]);
    assert_eq!(drawn, listed);
    let zh = page(&mut admin, &format!("{path}?lang=zh")).await;
    assert!(zh.contains("paid") && !zh.contains("What paid affects"), "{zh}");
}

#[tokio::test]
async fn a_column_is_traced_to_what_it_is_made_from_with_its_sql() {
    let register = Register::empty().await;
    let source = register.source("pagila", TestCluster::of_this_run().pagila().await).await;
    again(&register, &source).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let view = dataset(&register, "public", "sales_by_store").await;
    let total = column(&register, view, "total_sales").await;
    let html = page(&mut admin, &format!("/lineage/{}?col={total}&up=2", view.public_id)).await;
    let payment = html.split_once(r#"title="payment""#).map_or("", |(_, rest)| rest);
    let payment = payment.split_once("</ul>").map_or(payment, |(list, _)| list);
    assert!(
        Regex::new(r#"aria-current="true"><span title="amount">amount</span>"#).unwrap().is_match(payment),
        "{payment}"
    );
    assert!(html.contains("edge hot"), "the path is lit");
    let told = html.split_once(r#"id="computed""#).map_or("", |(_, rest)| rest);
    assert!(told.contains("sum(p.amount)") && told.contains("m-col"), "{told}");
    let bare = format!("/lineage/{}?col={total}", column(&register, view, "store").await);
    assert_eq!(admin.get(&bare).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_hidden_is_absent_and_nothing_is_bridged_over_it() {
    let (register, _) = derived(SHOP).await;
    let (paid, top) = (dataset(&register, "mart", "paid").await, dataset(&register, "mart", "top").await);
    let revenue = dataset(&register, "mart", "revenue").await;
    let orders = dataset(&register, "raw", "orders").await;
    let reader = register.person("reader").await;
    for asset in [paid, top, orders] {
        register.grant(&reader, Role::Viewer, asset.id, Sensitivity::Secret).await;
    }
    settled(&register).await;
    let mut browser = register.sign_in(&reader).await;
    let path = format!("/lineage/{}", paid.public_id);
    let mut all = String::new();
    for query in
        ["?up=3&down=3", "?up=3&down=3&view=table", "?level=column&down=3", "?jobs=nodes", "/impact.csv"]
    {
        all += &page(&mut browser, &format!("{path}{query}")).await;
    }
    let drawn = boxes(&all);
    assert!(drawn.contains(&"orders".to_owned()) && !drawn.contains(&"top".to_owned()), "{drawn:?}");
    for hidden in ["revenue", "customers"] {
        assert!(!all.contains(hidden), "{hidden}");
    }
    let answer = browser.get(&format!("/lineage/{}", revenue.public_id)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    // The text of the view names a table that the reader does not see.
    let edge: uuid::Uuid = sqlx::query_scalar(
        "select public_id from lineage_edges where from_id = $1 and to_id = $2 and valid_to is null order by id limit 1",
    )
    .bind(orders.id.0)
    .bind(paid.id.0)
    .fetch_one(&register.app.db().web)
    .await
    .unwrap();
    let told = page(&mut browser, &format!("{path}?edge={edge}")).await;
    assert!(told.contains(r#"id="computed""#) && !told.contains("customer"), "{told}");
    let (_, mut admin) = register.administrator().await;
    assert!(page(&mut admin, &format!("{path}?edge={edge}")).await.contains("customers"));
}

#[tokio::test]
async fn a_hub_shows_no_more_than_a_page_has_room_for_and_counts_the_rest() {
    let mut sql = "create table hub (id int, x int);".to_owned();
    for n in 0..90 {
        sql += &format!("create view reader_{n:03} as select id from hub;");
    }
    let (register, _) = derived(&sql).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let hub = dataset(&register, "public", "hub").await;
    let path = format!("/lineage/{}", hub.public_id);
    let html = page(&mut admin, &path).await;
    let count = html.matches(r#"<div class="nd"#).count();
    assert!((5..=60).contains(&count), "{count}");
    assert!(html.contains("82 more"), "the rest is counted: {html}");
    let opened = page(&mut admin, &format!("{path}?expand={}:down", hub.public_id)).await;
    assert!(opened.matches(r#"<div class="nd"#).count() > count);
    let table = page(&mut admin, &format!("{path}?view=table")).await;
    assert_eq!(rows(&table).len(), 90);
}

/// A table that others read, all called `t_…`, beside some that do not, called by another beginning; gives it and the names of
/// its readers in order.
async fn with_readers(register: &Register, readers: usize, others: &str) -> (TestAsset, Vec<String>) {
    let source = register.bare_source("lake").await;
    let schema = register.within(source, AssetKind::Schema, "raw").await;
    let hub = register.within(schema, AssetKind::Dataset, "hub").await;
    let name = |n: usize| {
        let beginning = if n < readers { "t" } else { others };
        format!("{beginning}_{:04}_{n}", n * 7919 % 10_000)
    };
    let mut tx = register.transaction().await;
    let mut change = ChangeSet::begin_set(&mut tx, "asset.create", &Author::cli()).await.unwrap();
    let new = |n| NewAsset {
        kind: AssetKind::Dataset,
        source: Some(source.id),
        facts: AssetFacts {
            name: name(n),
            parent: Some(schema.id),
            domain: None,
            sensitivity: None,
            state: AssetState::Live,
        },
    };
    let all: Vec<NewAsset> = (0..readers + readers / 3).map(new).collect();
    let made = create_assets(&mut tx, &mut change, &all).await.unwrap();
    let ids: Vec<i64> = made.iter().map(|(id, _)| id.0).collect();
    sqlx::query(
        "with made as (insert into dataset_facts (dataset_id, kind, valid_from, change_set)
                       select id, 'table', $3, $4 from unnest($1::bigint[]) id)
         insert into lineage_edges (from_id, to_id, how, maker, confidence, note, valid_from, change_set)
         select $2, id, 'unknown', 'person', 100, 'drawn', $3, $4 from unnest($1::bigint[]) with ordinality u (id, n) where n <= $5",
    )
    .bind(ids)
    .bind(hub.id.0)
    .bind(change.at)
    .bind(change.id.0)
    .bind(i64::try_from(readers).unwrap())
    .execute(&mut *tx)
    .await
    .unwrap();
    change.about(Topic::Lineage);
    change.record_set(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let mut names: Vec<String> = (0..readers).map(name).collect();
    names.sort();
    (hub, names)
}

#[tokio::test]
async fn the_table_of_a_large_hub_is_in_the_order_of_names_on_every_page() {
    // So many that the first pages are looked for among the first names of all, the later ones by asking for these. Others stand
    // between them, or before all of them, where looking among the first finds none.
    for others in ["t", "a"] {
        let register = Register::empty().await;
        let (hub, names) = with_readers(&register, 1_000, others).await;
        settled(&register).await;
        let (_, mut admin) = register.administrator().await;
        for from in [0, 20, 100, 500, 950] {
            let path = format!("/lineage/{}?view=table&down_from={from}", hub.public_id);
            let listed = rows(&page(&mut admin, &path).await);
            let expected: Vec<String> = names.iter().skip(from).take(100).cloned().collect();
            assert_eq!(listed, expected, "others are called {others}_…, from {from}");
        }
    }
}

#[tokio::test]
async fn the_tab_says_what_is_one_hop_away_and_what_is_missing() {
    let (register, _) = derived(SHOP).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let paid = dataset(&register, "mart", "paid").await;
    let path = format!("/d/{}/lineage", paid.public_id);
    let html = page(&mut admin, &path).await;
    for name in ["customers", "orders", "revenue"] {
        assert!(html.contains(&format!(">{name}</a>")), "{name}: {html}");
    }
    assert!(!html.contains(">top</a>"));
    assert!(html.contains("3 of 3 columns"), "{html}");
    assert!(html.contains(r#"id="draw""#), "an administrator may draw");
    let zh = page(&mut admin, &format!("{path}?lang=zh")).await;
    assert!(zh.contains(">revenue</a>") && !zh.contains("Struck"));
    let reader = register.person("reader").await;
    register.grant(&reader, Role::Viewer, paid.id, Sensitivity::Secret).await;
    let mut browser = register.sign_in(&reader).await;
    let html = page(&mut browser, &path).await;
    assert!(
        !html.contains("customers") && !html.contains("revenue") && !html.contains(r#"id="draw""#),
        "{html}"
    );
}

#[tokio::test]
async fn an_edge_that_was_struck_out_is_in_no_list_but_among_the_struck() {
    let (register, _) = derived(SHOP).await;
    let (paid, revenue) =
        (dataset(&register, "mart", "paid").await, dataset(&register, "mart", "revenue").await);
    sqlx::query(
        "insert into lineage_edges (from_id, to_id, how, struck, maker, confidence, note, valid_from, change_set)
         values ($1, $2, 'unknown', true, 'person', 100, 'a test only', now(), 1)",
    )
    .bind(paid.id.0)
    .bind(revenue.id.0)
    .execute(&register.app.db().tasks)
    .await
    .unwrap();
    let (app, router) = register.replica().await;
    assert!(app.lineage().version().0 > 0);
    let (person, _) = register.administrator().await;
    let mut browser = Browser::on(router);
    browser.sign_in(&person).await;
    let tab = page(&mut browser, &format!("/d/{}/lineage", paid.public_id)).await;
    assert!(tab.contains("a test only"), "{tab}");
    assert_eq!(tab.matches("Strike out").count(), 2, "those of the two above: {tab}");
    let drawn = boxes(&page(&mut browser, &format!("/lineage/{}", paid.public_id)).await);
    assert!(!drawn.contains(&"revenue".to_owned()), "{drawn:?}");
}

#[tokio::test]
async fn the_page_of_a_column_says_what_it_is_made_from() {
    let (register, _) = derived(SHOP).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let revenue = dataset(&register, "mart", "revenue").await;
    let total = column(&register, revenue, "total").await;
    let html = page(&mut admin, &format!("/d/{}/c/{total}", revenue.public_id)).await;
    assert!(html.contains("amount") && html.contains("sum("), "{html}");
    let csv = page(
        &mut admin,
        &format!("/lineage/{}/impact.csv", dataset(&register, "raw", "orders").await.public_id),
    )
    .await;
    let names: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
    assert_eq!(names, ["paid", "revenue", "top"], "{csv}");
}

#[tokio::test]
async fn the_overview_counts_and_lists_what_the_reader_sees() {
    let (register, _) = derived(&format!("{SHOP} create table raw.lonely (id int);")).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let html = page(&mut admin, "/lineage").await;
    let of: Vec<&str> =
        html.split(r#"<span class="num">"#).skip(1).filter_map(|rest| rest.split("</span>").next()).collect();
    assert!(of.starts_with(&["5 / 6", "5 / 6"]), "{of:?}");
    // Only the task of a crawl notes that it was complete.
    let gap = page(&mut admin, "/lineage?list=not_crawled").await;
    assert!(gap.contains(">lonely</a>"), "{gap}");
    sqlx::query("update sources set last_crawl_at = now()").execute(&register.app.db().tasks).await.unwrap();
    let gap = page(&mut admin, "/lineage?list=no_job").await;
    assert!(gap.contains(">lonely</a>"), "{gap}");
    let found = page(&mut admin, "/lineage?q=customers").await;
    assert!(found.contains(&format!("/lineage/{}", dataset(&register, "raw", "customers").await.public_id)));
    assert!(html.contains(">top</a>"), "nothing needs it: {html}");
    assert!(page(&mut admin, "/lineage?lang=zh").await.contains("5 / 6"));
    let reader = register.person("reader").await;
    register
        .grant(&reader, Role::Viewer, dataset(&register, "mart", "top").await.id, Sensitivity::Secret)
        .await;
    let mut browser = register.sign_in(&reader).await;
    let html = page(&mut browser, "/lineage").await;
    for hidden in ["orders", "customers", "revenue", "lonely"] {
        assert!(!html.contains(hidden), "{hidden}: {html}");
    }
}

#[tokio::test]
async fn a_way_leads_down_from_a_column_to_another_dataset() {
    let (register, _) = derived(SHOP).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let orders = dataset(&register, "raw", "orders").await;
    let amount = column(&register, orders, "amount").await;
    let path = format!("/lineage/{}/way", orders.public_id);
    let html = page(&mut admin, &format!("{path}?col={amount}&to=mart.revenue")).await;
    let chain = html.split_once(r#"<ol class="chain below">"#).map_or("", |(_, rest)| rest);
    let chain = chain.split_once("</ol>").map_or("", |(chain, _)| chain);
    let steps: Vec<&str> = chain
        .split("<b><a")
        .skip(1)
        .filter_map(|step| step.split_once("</b>"))
        .map(|(step, _)| step)
        .collect();
    assert!(steps[0].contains("orders</a>.amount") && steps[2].contains("revenue</a>.total"), "{steps:?}");
    assert_eq!(steps.len(), 3, "{steps:?}");
    let top = dataset(&register, "mart", "top").await.public_id;
    let back = page(&mut admin, &format!("/lineage/{top}/way?to=orders")).await;
    assert!(back.contains("No way leads from top down to orders."), "{back}");
    assert!(page(&mut admin, &format!("{path}?to=nowhere&lang=zh")).await.contains("没有"));
    let reader = register.person("reader").await;
    register.grant(&reader, Role::Viewer, orders.id, Sensitivity::Secret).await;
    let mut reader = register.sign_in(&reader).await;
    let hidden = page(&mut reader, &format!("{path}?to=mart.revenue")).await;
    assert!(hidden.contains("No dataset of this name is there for you."), "{hidden}");
}

#[tokio::test]
async fn a_guess_at_the_name_of_a_hidden_schema_is_answered_like_any_other() {
    let (register, _) = derived(SHOP).await;
    settled(&register).await;
    let orders = dataset(&register, "raw", "orders").await;
    let reader = register.person("reader").await;
    register.grant(&reader, Role::Viewer, orders.id, Sensitivity::Secret).await;
    let mut reader = register.sign_in(&reader).await;
    let path = format!("/lineage/{}/way", orders.public_id);
    let right = page(&mut reader, &format!("{path}?to=raw.orders")).await;
    let wrong = page(&mut reader, &format!("{path}?to=xyz.orders")).await;
    assert!(right.contains("No dataset of this name is there for you."), "{right}");
    let plain = |html: &str, name: &str| {
        let nonce = Regex::new("nonce(-|=\"|&#34;)[^\"'&]*").unwrap();
        nonce.replace_all(&html.replace(name, "NAME"), "").into_owned()
    };
    assert_eq!(plain(&right, "raw.orders"), plain(&wrong, "xyz.orders"));
    assert!(page(&mut reader, &format!("{path}?to=orders")).await.contains(">orders</a>"));
}

#[tokio::test]
async fn a_place_far_behind_the_end_of_a_list_is_an_empty_page() {
    let (register, _) = derived(SHOP).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let orders = dataset(&register, "raw", "orders").await.public_id;
    for far in [u64::MAX, 1 << 40, 7] {
        page(&mut admin, &format!("/lineage?list=roots&list_from={far}")).await;
        let html =
            page(&mut admin, &format!("/lineage/{orders}?view=table&down_from={far}&up_from={far}")).await;
        assert_eq!(rows(&html), [""; 0], "{html}");
    }
}

#[tokio::test]
async fn the_graph_of_another_day_says_that_it_is_not_looked_at_beyond_twelve_hops() {
    let chain: String =
        (1..=14).map(|at| format!("create view mart.v{at} as select id from mart.v{};", at - 1)).collect();
    let (register, _) = derived(&format!("create schema mart; create table mart.v0 (id int);{chain}")).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let at = register.app.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let said = "That day’s graph is larger than is looked at here";
    for (start, is_cut) in [("v0", true), ("v3", false)] {
        let start = dataset(&register, "mart", start).await.public_id;
        let html = page(&mut admin, &format!("/lineage/{start}?at={at}")).await;
        assert_eq!(html.contains(said), is_cut, "{html}");
        assert!(!page(&mut admin, &format!("/lineage/{start}?down=14")).await.contains(said));
    }
}

#[tokio::test]
async fn another_day_is_drawn_as_it_was_and_two_days_with_what_came_and_went() {
    let (register, source) = derived(SHOP).await;
    let before = register.app.now();
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    source
        .database
        .execute("create or replace view mart.top as select c.name as customer from raw.customers c")
        .await;
    again(&register, &source).await;
    settled(&register).await;
    let (_, mut admin) = register.administrator().await;
    let top = dataset(&register, "mart", "top").await;
    let at = before.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let path = format!("/lineage/{}", top.public_id);
    let mut now = boxes(&page(&mut admin, &path).await);
    let mut then = boxes(&page(&mut admin, &format!("{path}?at={at}")).await);
    now.sort();
    then.sort();
    assert_eq!(now, ["customers", "top"]);
    assert_eq!(then, ["revenue", "top"]);
    let table = rows(&page(&mut admin, &format!("{path}?at={at}&view=table")).await);
    assert_eq!(table, ["revenue"]);
    let table = page(&mut admin, &format!("{path}?diff={at}&view=table")).await;
    let mut listed = rows(&table);
    listed.sort();
    assert_eq!(listed, ["customers", "revenue"]);
    for (name, sign) in [("customers", "sg add"), ("revenue", "sg del")] {
        let row = table.split("<tr").find(|row| row.contains(&format!(">{name}</a>"))).unwrap();
        assert!(row.contains(sign), "{name}: {row}");
    }
    let both = page(&mut admin, &format!("{path}?diff={at}")).await;
    let mut drawn = boxes(&both);
    drawn.sort();
    assert_eq!(drawn, ["customers", "revenue", "top"]);
    assert!(both.contains("is-add") && both.contains("is-del"), "{both}");
    let revenue = dataset(&register, "mart", "revenue").await.public_id;
    let file = page(&mut admin, &format!("/lineage/{revenue}/impact.csv?diff={at}")).await;
    let gone: Vec<&str> = file.lines().skip(1).map(|line| line.rsplit(',').next().unwrap()).collect();
    assert_eq!(gone, ["removed"], "{file}");
}
