//! Hidden is absent: in lists, totals, counts, paths, keys and statements.

use super::{Shop, ok, text};
use cadastre_model::{Role, Sensitivity};
use http::StatusCode;

#[tokio::test]
async fn who_sees_one_schema_finds_nothing_else_and_counts_nothing_else() {
    let shop = Shop::open().await;
    let (sales, sales_id) = shop.asset("sales").await;
    let (_, salaries) = shop.asset("salaries").await;
    let (_, hr) = shop.asset("hr").await;
    let (_, mut ada) = shop.somebody("ada", Role::Viewer, sales).await;
    let list = ok(&mut ada, "/search").await;
    assert!(text(&list, "h1").starts_with("3 "), "{}", text(&list, "h1"));
    for path in ["/", "/search", "/search?q=salaries", "/search?q=hr.salaries", "/search?q=person", "/browse"]
    {
        let page = ok(&mut ada, path).await;
        assert!(!page.body.contains(&salaries) && !page.body.contains(&hr), "{path}: {}", page.body);
        if path.contains("?q=") {
            assert!(text(&page, "h1").starts_with("0 "), "{path}: {}", text(&page, "h1"));
        }
    }
    for path in [
        format!("/d/{salaries}"),
        format!("/browse/{hr}"),
        format!("/d/{salaries}/history"),
        format!("/d/{salaries}/columns.csv"),
    ] {
        assert_eq!(ada.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let tree = ok(&mut ada, &format!("/browse/{sales_id}")).await;
    assert!(tree.body.contains("orders") && tree.body.contains("customers"));
    // the source and the database around it are not theirs to see
    assert!(!tree.body.contains("shop_prod"), "{}", tree.body);
}

#[tokio::test]
async fn a_key_to_what_is_hidden_and_a_statement_that_may_name_it_are_not_shown() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let (paid, paid_id) = shop.asset("paid").await;
    let everything = ok(&mut shop.admin, &format!("/d/{id}")).await;
    assert!(everything.body.contains("FOREIGN KEY"), "{}", everything.body);
    let statement = ok(&mut shop.admin, &format!("/d/{paid_id}")).await;
    assert!(statement.body.contains("JOIN sales.customers"), "{}", statement.body);
    let (ada, mut browser) = shop.somebody("ada", Role::Viewer, orders).await;
    shop.register.grant(&ada, Role::Viewer, paid, Sensitivity::Internal).await;
    for path in [
        format!("/d/{id}"),
        format!("/d/{paid_id}"),
        format!("/d/{id}/history"),
        format!("/d/{paid_id}/history"),
    ] {
        let page = ok(&mut browser, &path).await;
        assert!(!page.body.contains("customers"), "{path}: {}", page.body);
    }
}

#[tokio::test]
async fn what_is_more_sensitive_than_the_ceiling_is_not_there() {
    let mut shop = Shop::open().await;
    let (sales, _) = shop.asset("sales").await;
    let (orders, id) = shop.asset("orders").await;
    let (_, mut ada) = shop.somebody("ada", Role::Viewer, sales).await;
    ok(&mut ada, &format!("/d/{id}")).await;
    sqlx::query("update assets set sensitivity = 'secret' where id = $1")
        .bind(orders.0)
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
    sqlx::query("select refresh_effective(array[$1])")
        .bind(orders.0)
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
    assert_eq!(ada.get(&format!("/d/{id}")).await.status, StatusCode::NOT_FOUND);
    assert!(text(&ok(&mut ada, "/search").await, "h1").starts_with("2 "));
    ok(&mut shop.admin, &format!("/d/{id}")).await;
}
