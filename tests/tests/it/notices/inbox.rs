//! The inbox and the bell.

use super::*;

const BELL: &str = r#"<span class="n num">"#;

fn bell(body: &str) -> Option<&str> {
    body.split_once(BELL).and_then(|(_, rest)| rest.split('<').next())
}

#[tokio::test]
async fn the_bell_counts_what_is_new_and_a_group_is_read_by_one_button() {
    let mut shop = Shop::open().await;
    let owner = shop.owner("olga", shop.orders).await;
    shop.register.owner(&owner, shop.daily.id).await;
    for dataset in [shop.orders, shop.orders, shop.daily] {
        shop.incident(dataset).await;
    }
    shop.tell().await;
    let mut browser = shop.register.sign_in(&owner).await;
    let page = browser.get("/notices").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(bell(&page.body), Some("3"));
    assert!(page.body.find("daily") < page.body.find(">orders<"), "the newest group first");
    let ids: Vec<String> = page
        .body
        .split(r#"name="notice" value=""#)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 3);
    let fields: Vec<(&str, &str)> = ids[1..].iter().map(|id| ("notice", id.as_str())).collect();
    let read = browser.post("/notices/read", &fields).await;
    assert_eq!(read.status, StatusCode::SEE_OTHER, "{}", read.body);
    let page = browser.get("/notices").await;
    assert_eq!(bell(&page.body), Some("1"));
    assert!(!page.body.contains(">orders<"));
    let all = browser.get("/notices?show=all").await;
    assert!(all.body.contains("orders") && all.body.contains("daily"));
    browser.post("/notices/read", &[("all", "on")]).await;
    let page = browser.get("/").await;
    assert_eq!(bell(&page.body), None);
}

#[tokio::test]
async fn nobody_reads_the_notices_of_another() {
    let mut shop = Shop::open().await;
    let (owner, other) = (shop.owner("olga", shop.orders).await, shop.owner("otto", shop.orders).await);
    shop.incident(shop.orders).await;
    shop.tell().await;
    let theirs = shop.ask(&owner, Method::GET, "/api/v1/notices", None).await.json();
    let id = theirs["items"][0]["id"].as_str().unwrap().to_owned();
    let marked = shop.ask(&other, Method::POST, "/api/v1/notices/read", Some(json!({"notices": [id]}))).await;
    assert_eq!(marked.status, StatusCode::NO_CONTENT);
    assert_eq!(shop.register.count("select count(*) from notices where read_at is not null").await, 0);
    shop.ask(&owner, Method::POST, "/api/v1/notices/read", Some(json!({"notices": [id]}))).await;
    assert_eq!(shop.register.count("select count(*) from notices where read_at is not null").await, 1);
}

#[tokio::test]
async fn the_inbox_is_paged_by_key_and_says_how_many_more_there_are() {
    let mut shop = Shop::open().await;
    let owner = shop.owner("olga", shop.orders).await;
    for _ in 0..7 {
        shop.incident(shop.orders).await;
    }
    shop.tell().await;
    let first = shop.ask(&owner, Method::GET, "/api/v1/notices?limit=4", None).await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 4);
    let next = first["next"].as_str().unwrap();
    let path = format!("/api/v1/notices?limit=4&cursor={next}");
    let second = shop.ask(&owner, Method::GET, &path, None).await.json();
    assert_eq!(second["items"].as_array().unwrap().len(), 3);
    assert!(second["next"].is_null());
    let mut browser = shop.register.sign_in(&owner).await;
    let page = browser.get("/notices").await;
    assert!(page.body.contains("2 more"), "{}", page.body);
}

#[tokio::test]
async fn the_pages_are_there_in_both_languages() {
    let mut shop = Shop::open().await;
    let owner = shop.owner("olga", shop.orders).await;
    shop.incident(shop.orders).await;
    shop.tell().await;
    let mut browser = shop.register.sign_in(&owner).await;
    for (language, words) in [
        ("en", ["Because you own it", "What I own", "Subscribe"]),
        ("zh", ["因为您是负责人", "我负责的", "订阅"]),
    ] {
        let page = browser.get(&format!("/notices?lang={language}")).await;
        assert!(page.body.contains(words[0]), "{}", page.body);
        let page = browser.get(&format!("/notices/subscriptions?lang={language}")).await;
        assert!(page.body.contains(words[1]) && page.body.contains(words[2]), "{}", page.body);
    }
}

#[tokio::test]
async fn what_is_old_is_swept() {
    let mut shop = Shop::open().await;
    let owner = shop.owner("olga", shop.orders).await;
    shop.incident(shop.orders).await;
    shop.incident(shop.daily).await;
    shop.tell().await;
    shop.incident(shop.orders).await;
    shop.tell().await;
    sqlx::query("update notices set at = at - interval '91 days' where id = (select min(id) from notices)")
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
    let before = shop.inbox(&owner).await.len();
    let sweep =
        cadastre::tasks::ROUTINES.iter().find(|routine| routine.name == "sweep tasks and views").unwrap();
    (sweep.run)(shop.register.app.clone()).await.unwrap();
    assert_eq!(shop.inbox(&owner).await.len(), before - 1);
}
