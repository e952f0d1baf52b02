//! What changed, and how it was.

use super::{Shop, ok, text};
use cadastre_model::{AssetId, Role};

#[tokio::test]
async fn each_kind_of_change_appears_with_what_was_before_and_after() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    ok(&mut shop.admin, &format!("/d/{id}/edit")).await;
    for said in ["first words", "other words"] {
        let version = shop.counter(orders).await;
        let fields = [("version", &*version), ("description_en", said), ("reason", "because of the audit")];
        shop.admin.post(&format!("/assets/{id}/text"), &fields).await;
    }
    shop.source
        .database
        .execute(
            "alter table sales.orders alter net_amount type numeric(14,2);
             alter table sales.orders rename customer_id to buyer_id;
             alter table sales.orders add channel text;
             comment on table sales.orders is 'Orders, renewed 订单'",
        )
        .await;
    shop.register.crawl(&shop.source).await;
    shop.source.database.execute("alter table sales.orders rename to purchases").await;
    shop.register.crawl(&shop.source).await;
    let page = ok(&mut shop.admin, &format!("/d/{id}/history")).await;
    let said = text(&page, ".history");
    for expected in [
        "because of the audit",
        "first words other words",
        "numeric(12,2) numeric(14,2)",
        "customer_id buyer_id",
        "channel",
        "Orders of the shop 商城订单 Orders, renewed 订单",
        "orders purchases",
        "admin.of.tests",
        "in the browser",
        "on the command line",
    ] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
}

#[tokio::test]
async fn as_of_an_instant_everything_is_as_it_was_and_the_page_says_so() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let before = instant(&shop).await;
    ok(&mut shop.admin, &format!("/d/{id}/edit")).await;
    let version = shop.counter(orders).await;
    shop.admin
        .post(&format!("/assets/{id}/text"), &[("version", &version), ("description_en", "said today")])
        .await;
    shop.source
        .database
        .execute("alter table sales.orders rename to purchases; alter table sales.purchases drop net_amount")
        .await;
    shop.register.crawl(&shop.source).await;
    let now = ok(&mut shop.admin, &format!("/d/{id}")).await;
    assert!(
        now.body.contains("said today") && now.body.contains("purchases") && !now.body.contains("net_amount")
    );
    let then = ok(&mut shop.admin, &format!("/d/{id}?at={before}")).await;
    assert!(text(&then, "h1").contains("orders") && then.body.contains("net_amount"), "{}", then.body);
    assert!(then.body.contains("You are looking at") && !then.body.contains("said today"));
    let (_, schema) = shop.asset("sales").await;
    let tree = ok(&mut shop.admin, &format!("/browse/{schema}?at={before}")).await;
    assert!(tree.body.contains("customers"), "{}", tree.body);
    let long_ago = shop.admin.get(&format!("/d/{id}?at=2001-01-01T00:00:00Z")).await;
    assert_eq!(long_ago.status, http::StatusCode::NOT_FOUND);
    let nonsense = shop.admin.get(&format!("/d/{id}?at=yesterday")).await;
    assert_eq!(nonsense.status, http::StatusCode::UNPROCESSABLE_ENTITY);
}

async fn instant(shop: &Shop) -> String {
    let at: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("select clock_timestamp()").fetch_one(&shop.register.app.db().web).await.unwrap();
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

#[tokio::test]
async fn what_is_gone_at_the_source_is_still_known_and_said_to_be_gone() {
    let mut shop = Shop::open().await;
    let (_, id) = shop.asset("salaries").await;
    let before = instant(&shop).await;
    shop.source.database.execute("drop table hr.salaries").await;
    shop.register.crawl(&shop.source).await;
    let page = ok(&mut shop.admin, &format!("/d/{id}")).await;
    assert!(page.body.contains("Gone at the source"), "{}", page.body);
    let found = ok(&mut shop.admin, "/search?q=salaries").await;
    assert!(!found.body.contains(&id), "{}", found.body);
    let then = ok(&mut shop.admin, &format!("/d/{id}?at={before}")).await;
    assert!(then.body.contains("person") && !then.body.contains("Gone at the source"), "{}", then.body);
}

#[tokio::test]
async fn a_grant_is_in_the_history_for_who_may_see_it_only() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let (_, mut viewer) = shop.somebody("ada", Role::Viewer, AssetId::REGISTER).await;
    let path = format!("/d/{id}/history");
    let before = text(&ok(&mut viewer, &path).await, ".history");
    shop.somebody("bob", Role::Analyst, orders).await;
    let seen = text(&ok(&mut shop.admin, &path).await, ".history");
    assert!(seen.contains("gave a grant") && seen.contains("bob"), "{seen}");
    assert_eq!(text(&ok(&mut viewer, &path).await, ".history"), before);
}
