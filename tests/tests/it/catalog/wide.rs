//! A dataset of ten thousand columns, more than PostgreSQL has in a table: written as a crawl writes, read by every page.

use std::collections::BTreeSet;
use std::time::Instant;

use super::pages::weight;
use super::*;
use cadastre::sources::reader::{Filters, Listing};
use cadastre_model::TokenScope;

const WIDE: i16 = 10_000;

/// The heaviest page there may be, in bytes packed.
const HEAVIEST: usize = 60 * 1024;

/// The shop's listing with so many columns more in `orders`, each with a comment of 3 kB.
async fn widened(shop: &Shop) -> Listing {
    let mut listing = shop.source.listing(&Filters::default()).await;
    let orders = listing.datasets.iter_mut().find(|dataset| dataset.name == "orders").unwrap();
    let sample = orders.columns[0].clone();
    for n in 1..=WIDE {
        let mut column = sample.clone();
        column.attnum = 10 + n;
        column.ordinal = 10 + u32::try_from(n).unwrap();
        column.name = format!("field_{n:05}_of_many");
        column.comment = Some(format!("field {n} ").repeat(300));
        orders.columns.push(column);
    }
    listing
}

fn links(page: &Answer, selector: &str) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.body);
    let selector = scraper::Selector::parse(selector).unwrap();
    html.select(&selector).map(|link| link.attr("href").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn ten_thousand_columns_come_page_by_page_within_the_weight_of_a_page() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let mut program = shop.program("reader.of.all", Role::Administrator, TokenScope::ALL).await;
    let listing = widened(&shop).await;
    let began = Instant::now();
    let outcome = shop.register.apply(&shop.source, &listing).await;
    println!("written in {:?}", began.elapsed());
    assert_eq!((outcome.changed, outcome.added, outcome.removed), (1, 0, 0), "{outcome:?}");
    let began = Instant::now();
    let again = shop.register.apply(&shop.source, &listing).await;
    println!("read as unchanged in {:?}", began.elapsed());
    assert_eq!(again.changed + again.added + again.removed, 0, "{again:?}");
    let all = usize::try_from(WIDE).unwrap() + 3;

    let (mut path, mut seen, mut pages) = (format!("/d/{id}"), BTreeSet::new(), 0);
    let began = Instant::now();
    loop {
        let page = ok(&mut shop.admin, &path).await;
        assert!(weight(&page.body) <= HEAVIEST, "{} bytes", weight(&page.body));
        for link in links(&page, "a[href*='/c/']") {
            assert!(seen.insert(link.clone()), "{link} twice");
        }
        pages += 1;
        match links(&page, "a[rel='next']").pop() {
            Some(next) => path = next,
            None => break,
        }
    }
    println!("{pages} pages in {:?}", began.elapsed());
    assert_eq!(seen.len(), all);
    assert!(pages > 10, "{pages}");
    let found = ok(&mut shop.admin, &format!("/d/{id}?q=net_am")).await;
    assert!(found.body.contains("net_amount") && !found.body.contains("customer_id</a>"));

    let column = shop.column(orders, "field_09999_of_many").await;
    for path in [
        format!("/d/{id}/history"),
        format!("/d/{id}/docs"),
        format!("/d/{id}/lineage"),
        format!("/d/{id}/edit"),
        format!("/d/{id}/c/{column}"),
        format!("/d/{id}/c/{column}/edit"),
        "/search?q=field_09999_of_many".to_owned(),
        "/search?q=orders".to_owned(),
        "/".to_owned(),
        "/audit".to_owned(),
    ] {
        let began = Instant::now();
        let page = ok(&mut shop.admin, &path).await;
        println!("{path}: {:?}, {} bytes packed", began.elapsed(), weight(&page.body));
        assert!(weight(&page.body) <= HEAVIEST, "{path}: {} bytes", weight(&page.body));
    }
    let csv = ok(&mut shop.admin, &format!("/d/{id}/columns.csv")).await;
    assert_eq!(csv.body.lines().filter(|line| line.contains(",field_")).count(), all - 3);

    let (mut path, mut seen) = (format!("/api/v1/datasets/{id}/columns?limit=200"), 0);
    let began = Instant::now();
    loop {
        let page = ok(&mut program, &path).await.json();
        seen += page["items"].as_array().unwrap().len();
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/datasets/{id}/columns?limit=200&cursor={next}"),
            None => break,
        }
    }
    println!("API in {:?}", began.elapsed());
    assert_eq!(seen, all);
    let shown = ok(&mut program, &format!("/api/v1/datasets/{id}")).await;
    assert!(
        shown.body.len() < 64 << 10,
        "the dataset itself does not carry its columns: {}",
        shown.body.len()
    );
    let history = ok(&mut program, &format!("/api/v1/assets/{id}/history")).await;
    println!("history by API: {} bytes", history.body.len());
    assert!(history.body.len() < 1 << 20, "{}", history.body.len());
}
