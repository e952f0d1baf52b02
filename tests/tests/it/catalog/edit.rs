//! Texts and owners: written, refused, stale, taken back, found again.

use super::{Shop, ok, text};
use cadastre_model::{AssetId, Role};
use http::StatusCode;

#[tokio::test]
async fn a_persons_text_is_shown_before_the_sources_and_survives_the_next_crawl() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    ok(&mut shop.admin, &format!("/d/{id}/edit")).await;
    let version = shop.counter(orders).await;
    let fields = [
        ("version", &*version),
        ("description_en", "One row per **order**."),
        ("reason", "asked by finance"),
    ];
    let answer = shop.admin.post(&format!("/assets/{id}/text"), &fields).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, &*format!("/d/{id}")),
        "{}",
        answer.body
    );
    let page = ok(&mut shop.admin, &format!("/d/{id}")).await;
    assert!(page.body.contains("<strong>order</strong>"), "{}", page.body);
    shop.register.crawl(&shop.source).await;
    let page = ok(&mut shop.admin, &format!("/d/{id}")).await;
    assert!(page.body.contains("<strong>order</strong>"), "{}", page.body);

    let version = shop.counter(orders).await;
    let answer = shop
        .admin
        .post(&format!("/assets/{id}/text"), &[("version", &version), ("description_en", "")])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = ok(&mut shop.admin, &format!("/d/{id}")).await;
    assert!(page.body.contains("Orders of the shop") && !page.body.contains("<strong>order</strong>"));
}

#[tokio::test]
async fn saying_the_same_again_is_no_change() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    ok(&mut shop.admin, &format!("/d/{id}/edit")).await;
    for expected in [1, 1] {
        let version = shop.counter(orders).await;
        let fields =
            [("version", &*version), ("display_name_zh", "订单"), ("docs_en", "# Use\r\n\r\nCarefully.\r\n")];
        assert_eq!(
            shop.admin.post(&format!("/assets/{id}/text"), &fields).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            shop.register.count("select count(*) from change_sets where kind = 'text.edit'").await,
            expected
        );
    }
}

#[tokio::test]
async fn who_edits_what_has_changed_meanwhile_keeps_what_they_typed() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    ok(&mut shop.admin, &format!("/d/{id}/edit")).await;
    let version = shop.counter(orders).await;
    let path = format!("/assets/{id}/text");
    shop.admin.post(&path, &[("version", &version), ("description_en", "first")]).await;
    let answer = shop.admin.post(&path, &[("version", &version), ("description_en", "second")]).await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    assert!(answer.body.contains("second"), "{}", answer.body);
}

#[tokio::test]
async fn what_is_too_long_or_of_no_field_is_refused_and_named() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    ok(&mut shop.admin, &format!("/d/{id}/edit")).await;
    let version = shop.counter(orders).await;
    let long = "长".repeat(200);
    let path = format!("/assets/{id}/text");
    let answer = shop.admin.post(&path, &[("version", &version), ("display_name_zh", &long)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("too long") && answer.body.contains(&long), "{}", answer.body);
    let answer = shop.admin.post(&path, &[("version", &version), ("kind", "x")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (orders, column) = (orders, shop.column(orders, "net_amount").await);
    let version = shop.counter(orders).await;
    let path = format!("/d/{id}/c/{column}/text");
    let answer = shop.admin.post(&path, &[("version", &version), ("docs_en", "x")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
}

#[tokio::test]
async fn a_column_is_described_and_found_by_it() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let column = shop.column(orders, "net_amount").await;
    ok(&mut shop.admin, &format!("/d/{id}/c/{column}/edit")).await;
    let version = shop.counter(orders).await;
    let fields = [
        ("version", &*version),
        ("description_en", "Without any turnover tax"),
        ("display_name_zh", "净销售额"),
    ];
    let answer = shop.admin.post(&format!("/d/{id}/c/{column}/text"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = ok(&mut shop.admin, &format!("/d/{id}/c/{column}")).await;
    assert!(
        page.body.contains("Without any turnover tax") && page.body.contains("edited texts"),
        "{}",
        page.body
    );
    for words in ["turnover", "%E9%94%80%E5%94%AE"] {
        let found = ok(&mut shop.admin, &format!("/search?q={words}")).await;
        assert!(found.body.contains(&format!("/d/{id}")), "{words}: {}", found.body);
    }
}

#[tokio::test]
async fn only_who_may_edit_is_shown_the_form_and_let_through() {
    let shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let (_, mut viewer) = shop.somebody("ada", Role::Viewer, AssetId::REGISTER).await;
    let page = ok(&mut viewer, &format!("/d/{id}")).await;
    assert!(!page.body.contains(&format!("/d/{id}/edit")));
    assert_eq!(viewer.get(&format!("/d/{id}/edit")).await.status, StatusCode::FORBIDDEN);
    let version = shop.counter(orders).await;
    let fields = [("version", &*version), ("description_en", "x")];
    assert_eq!(viewer.post(&format!("/assets/{id}/text"), &fields).await.status, StatusCode::FORBIDDEN);
    let (hr, _) = shop.asset("hr").await;
    let (_, mut elsewhere) = shop.somebody("bob", Role::Steward, hr).await;
    ok(&mut elsewhere, "/").await;
    assert_eq!(elsewhere.post(&format!("/assets/{id}/text"), &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(shop.register.count("select count(*) from texts where origin = 'person'").await, 0);
}

#[tokio::test]
async fn an_owner_is_named_may_then_edit_and_is_removed_again() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let (ada, mut browser) = shop.somebody("ada", Role::Viewer, AssetId::REGISTER).await;
    ok(&mut shop.admin, &format!("/d/{id}/edit")).await;
    let path = format!("/assets/{id}/owners");
    let nobody = [("subject_kind", "person"), ("subject", "nobody.here"), ("kind", "business")];
    let answer = shop.admin.post(&path, &nobody).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("nobody of that name"), "{}", answer.body);
    let fields = [("subject_kind", "person"), ("subject", " ADA "), ("kind", "business")];
    assert_eq!(shop.admin.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(shop.admin.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(shop.register.count("select count(*) from owners").await, 1);

    ok(&mut browser, &format!("/d/{id}/edit")).await;
    let version = shop.counter(orders).await;
    let said = [("version", &*version), ("description_en", "by the owner")];
    assert_eq!(browser.post(&format!("/assets/{id}/text"), &said).await.status, StatusCode::SEE_OTHER);
    let home = ok(&mut browser, "/search?owner=me").await;
    assert!(home.body.contains(&format!("/d/{id}")), "{}", home.body);

    let remove = format!("/assets/{id}/owners/business-{}/remove", ada.public_id);
    assert_eq!(shop.admin.post(&remove, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(shop.admin.post(&remove, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&format!("/d/{id}/edit")).await.status, StatusCode::FORBIDDEN);
    let history = ok(&mut shop.admin, &format!("/d/{id}/history")).await;
    let said = text(&history, ".history");
    assert!(
        said.contains("named an owner")
            && said.contains("removed an owner")
            && said.contains("ada (business)"),
        "{said}"
    );
}

#[tokio::test]
async fn a_level_is_set_by_form_on_a_dataset_and_a_column_and_follows_what_it_lies_in_again() {
    let mut shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let column = shop.column(orders, "net_amount").await;
    let edit = ok(&mut shop.admin, &format!("/d/{id}/edit")).await;
    assert!(
        edit.body.contains(&format!("/assets/{id}/sensitivity"))
            && edit.body.contains(&format!("/assets/{id}/domain"))
    );
    for (path, level, expected) in [
        (format!("/assets/{id}/sensitivity"), "confidential", StatusCode::SEE_OTHER),
        (format!("/assets/{id}/sensitivity"), "purple", StatusCode::UNPROCESSABLE_ENTITY),
        (format!("/d/{id}/c/{column}/sensitivity"), "secret", StatusCode::SEE_OTHER),
    ] {
        let version = shop.counter(orders).await;
        let fields = [("version", &*version), ("sensitivity", level), ("reason", "personal")];
        let answer = shop.admin.post(&path, &fields).await;
        assert_eq!(answer.status, expected, "{path}: {}", answer.body);
    }
    let stale = [("version", "1"), ("sensitivity", "public"), ("reason", "")];
    let answer = shop.admin.post(&format!("/assets/{id}/sensitivity"), &stale).await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    let said = text(&ok(&mut shop.admin, &format!("/d/{id}/history")).await, ".history");
    assert!(said.contains("Confidential") && said.contains("net_amount sensitivity Secret"), "{said}");
    let version = shop.counter(orders).await;
    let fields = [("version", &*version), ("sensitivity", ""), ("reason", "")];
    assert_eq!(
        shop.admin.post(&format!("/assets/{id}/sensitivity"), &fields).await.status,
        StatusCode::SEE_OTHER
    );
    let level = "select count(*) from assets where name = 'orders' and effective_sensitivity = 'internal'";
    assert_eq!(shop.register.count(level).await, 1);
}
