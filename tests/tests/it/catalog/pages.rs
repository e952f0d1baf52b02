//! Each page, as an administrator sees it.

use super::{Shop, ok, text};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use std::io::Write as _;

#[tokio::test]
async fn home_shows_what_was_crawled() {
    let mut shop = Shop::open().await;
    let home = ok(&mut shop.admin, "/").await;
    assert!(home.body.contains("shop_prod") && home.body.contains("orders"), "{}", home.body);
}

#[tokio::test]
async fn the_tree_leads_from_the_source_to_the_dataset() {
    let mut shop = Shop::open().await;
    let database = shop.source.database.name().to_owned();
    let mut path = "/browse".to_owned();
    for name in ["shop_prod", &database, "sales", "orders"] {
        let page = ok(&mut shop.admin, &path).await;
        let html = scraper::Html::parse_document(&page.body);
        let links = scraper::Selector::parse("#page a, main a").unwrap();
        let next = html
            .select(&links)
            .find(|link| link.text().any(|text| text.trim() == name))
            .and_then(|link| link.attr("href"))
            .unwrap_or_else(|| panic!("{name} is not on {path}: {}", page.body));
        path = if next.starts_with("/sources/") {
            next.replace("/sources/", "/browse/")
        } else {
            next.to_owned()
        };
    }
    let dataset = ok(&mut shop.admin, &path).await;
    assert!(text(&dataset, "h1").contains("orders"));
}

#[tokio::test]
async fn a_dataset_has_its_tabs_and_says_what_is_not_there_yet() {
    let mut shop = Shop::open().await;
    let (_, id) = shop.asset("orders").await;
    let schema = ok(&mut shop.admin, &format!("/d/{id}")).await;
    for said in [
        "net_amount",
        "numeric(12,2)",
        "净额",
        "Orders of the shop 商城订单",
        "customers",
        "PRIMARY KEY (id)",
    ] {
        assert!(schema.body.contains(said), "{said}: {}", schema.body);
    }
    for (tab, said) in [
        ("lineage", "No lineage yet"),
        ("quality", "No rules on this dataset yet"),
        ("history", "crawled the source"),
        ("docs", "No docs yet"),
    ] {
        let page = ok(&mut shop.admin, &format!("/d/{id}/{tab}")).await;
        assert!(page.body.contains(said), "{tab}: {}", page.body);
    }
    assert_eq!(shop.admin.get(&format!("/d/{id}/nonsense")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_column_has_a_page_of_its_own() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let column = shop.column(orders, "customer_id").await;
    let page = ok(&mut shop.admin, &format!("/d/{id}/c/{column}")).await;
    assert!(page.body.contains("customer_id") && page.body.contains("bigint"), "{}", page.body);
    let (_, customers) = shop.asset("customers").await;
    let elsewhere = shop.admin.get(&format!("/d/{customers}/c/{column}")).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_dataset_is_not_found_like_what_is_not_there() {
    let mut shop = Shop::open().await;
    let (_, schema) = shop.asset("sales").await;
    for path in [format!("/d/{schema}"), "/d/nonsense".into(), format!("/d/{}", uuid::Uuid::new_v4())] {
        assert_eq!(shop.admin.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn hostile_names_and_texts_are_shown_as_text() {
    let mut shop = Shop::with(
        r#"create table "<script>alert(1)</script>" ("x'"";--" int, "<img src=x onerror=alert(2)>" text);
           comment on table "<script>alert(1)</script>" is '<b onclick=alert(3)>bold</b> [x](javascript:alert(4))';
           create table U&"\202egnp.elif" (a int); create table "new
line" (a int); create table "Orders" (a int); create table "orders" (a int)"#,
    )
    .await;
    let (_, id) = shop.asset("<script>alert(1)</script>").await;
    for path in [
        "/".to_owned(),
        "/search?q=script".into(),
        format!("/d/{id}"),
        format!("/d/{id}/history"),
        "/search".into(),
    ] {
        let page = ok(&mut shop.admin, &path).await;
        for bad in ["<script>alert", "<img src=x", "onclick=alert(3)>bold", "href=\"javascript:"] {
            assert!(!page.body.contains(bad), "{path}: {bad} in {}", page.body);
        }
    }
    let twins = ok(&mut shop.admin, "/search?q=orders").await;
    assert!(twins.body.contains(">Orders<") || twins.body.contains("<mark>Orders</mark>"), "{}", twins.body);
}

#[tokio::test]
async fn a_comment_of_a_megabyte_does_not_make_a_heavy_page() {
    let mut shop = Shop::with(
        "create table t (a int);
         do $$ begin execute format('comment on table t is %L', (select string_agg(md5(n::text), ' ') from generate_series(1, 32000) n)); end $$",
    )
    .await;
    let (_, id) = shop.asset("t").await;
    for path in
        [format!("/d/{id}"), format!("/d/{id}/history"), format!("/d/{id}/docs"), "/search?q=t".into()]
    {
        let page = ok(&mut shop.admin, &path).await;
        assert!(weight(&page.body) <= 60 * 1024, "{path}: {} bytes", weight(&page.body));
    }
}

pub(super) fn weight(body: &str) -> usize {
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(body.as_bytes()).unwrap();
    gz.finish().unwrap().len()
}

#[tokio::test]
async fn lists_are_exported_without_formulas() {
    let mut shop = Shop::with(r#"create table "=1+1" ("@a" int)"#).await;
    let (_, id) = shop.asset("=1+1").await;
    let found = ok(&mut shop.admin, "/search.csv").await;
    assert!(found.body.contains(",'=1+1,"), "{}", found.body);
    let columns = ok(&mut shop.admin, &format!("/d/{id}/columns.csv")).await;
    assert!(columns.body.contains("1,'@a,integer,yes"), "{}", columns.body);
    assert_eq!(shop.register.count("select count(*) from audit_events where kind like 'export.%'").await, 2);
}

#[tokio::test]
async fn every_page_has_its_words_in_both_languages() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let (_, schema) = shop.asset("sales").await;
    let column = shop.column(orders, "net_amount").await;
    ok(&mut shop.admin, &format!("/d/{id}/edit")).await;
    let version = shop.counter(orders).await;
    shop.admin.post(&format!("/assets/{id}/text"), &[("version", &version), ("docs_zh", "用法")]).await;
    let mut paths =
        vec!["/".to_owned(), "/browse".into(), format!("/browse/{schema}"), format!("/browse/{schema}/edit")];
    paths.extend(
        ["/search", "/search?q=orders&kind=table&owner=none", "/search?q=nothing_of_that_name"]
            .map(String::from),
    );
    for tab in ["", "/lineage", "/quality", "/history", "/docs", "/edit"] {
        paths.push(format!("/d/{id}{tab}"));
    }
    paths.push(format!("/d/{id}/c/{column}"));
    paths.push(format!("/d/{id}/c/{column}/edit"));
    for (language, tag) in [("en", "lang=\"en\""), ("zh", "lang=\"zh-Hans\"")] {
        for path in &paths {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = ok(&mut shop.admin, &format!("{path}{mark}lang={language}")).await;
            assert!(page.body.contains(tag) && !page.body.contains('⟦'), "{path}: {}", page.body);
            assert!(weight(&page.body) <= 60 * 1024, "{path}");
            assert!(!text(&page, "h1").is_empty(), "{path} has no heading");
        }
    }
}
