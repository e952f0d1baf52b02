//! What somebody wants to be told of: their own to make, see and remove.

use super::*;

#[tokio::test]
async fn a_subscription_is_made_once_seen_by_its_person_and_removed() {
    let mut shop = Shop::open().await;
    let (person, other) = (shop.viewer("sam").await, shop.viewer("una").await);
    let body =
        json!({"about": "asset", "asset": shop.domain.public_id, "severity": "high", "channel": "inbox"});
    let made = shop.subscribe(&person, body.clone()).await;
    assert_eq!((made["asset"]["name"].as_str(), made["secret"].as_str()), (Some("sales"), None));
    let again = shop.ask(&person, Method::POST, "/api/v1/subscriptions", Some(body)).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    let path = format!("/api/v1/subscriptions/{}", made["id"].as_str().unwrap());
    assert_eq!(shop.ask(&other, Method::GET, &path, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(shop.ask(&other, Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(shop.ask(&person, Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(shop.ask(&person, Method::GET, &path, None).await.status, StatusCode::NOT_FOUND);
    let kinds = shop.register.kinds().await;
    let own: Vec<&str> =
        kinds.iter().map(String::as_str).filter(|kind| kind.starts_with("subscription.")).collect();
    assert_eq!(own, ["subscription.create", "subscription.remove"]);
}

#[tokio::test]
async fn nobody_subscribes_to_what_they_do_not_see_and_one_that_is_hidden_is_gone() {
    let mut shop = Shop::open().await;
    let blind = shop.register.person("bob").await;
    let hidden = json!({"about": "asset", "asset": shop.domain.public_id, "channel": "inbox"});
    let absent = json!({"about": "asset", "asset": Uuid::new_v4(), "channel": "inbox"});
    for body in [hidden, absent] {
        let answer = shop.ask(&blind, Method::POST, "/api/v1/subscriptions", Some(body)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
    }
    let person = shop.register.person("hal").await;
    let grant = shop.register.grant(&person, Role::Viewer, shop.domain.id, Sensitivity::Internal).await;
    shop.subscribe(&person, json!({"about": "asset", "asset": shop.domain.public_id, "channel": "inbox"}))
        .await;
    shop.register.revoke(grant).await;
    let now = shop.ask(&person, Method::GET, "/api/v1/subscriptions", None).await.json();
    assert_eq!(now["items"], json!([]));
}

#[tokio::test]
async fn without_a_mail_server_there_is_no_email() {
    let mut shop = Shop::open().await;
    let person = shop.viewer("sam").await;
    let body = json!({"about": "all", "channel": "email"});
    let answer = shop.ask(&person, Method::POST, "/api/v1/subscriptions", Some(body)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut browser = shop.register.sign_in(&person).await;
    let page = browser.get("/notices/subscriptions").await;
    assert!(!page.body.contains(r#"value="email""#) && page.body.contains(r#"value="webhook""#));
}

#[tokio::test]
async fn a_form_makes_one_and_a_dataset_is_watched_by_a_button() {
    let mut shop = Shop::open().await;
    let person = shop.viewer("sam").await;
    let mut browser = shop.register.sign_in(&person).await;
    let page = browser.get(&format!("/notices/subscriptions?about={}", shop.orders.public_id)).await;
    assert!(page.body.contains(&format!("asset:{}", shop.orders.public_id)), "{}", page.body);
    let wrong = browser
        .post("/notices/subscriptions", &[("scope", "asset:x"), ("severity", "high"), ("channel", "inbox")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
    let fields = [("scope", "all"), ("severity", "high"), ("channel", "inbox"), ("address", "")];
    let made = browser.post("/notices/subscriptions", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let tab = format!("/d/{}/quality", shop.orders.public_id);
    browser.get(&tab).await;
    let path = format!("/d/{}/watch", shop.orders.public_id);
    assert_eq!(browser.post(&path, &[("watch", "on")]).await.location(), tab);
    assert!(browser.get(&tab).await.body.contains(r#"aria-pressed="true""#));
    shop.incident(shop.orders).await;
    shop.tell().await;
    assert_eq!(shop.inbox(&person).await, ["opened watch orders"]);
    browser.post(&path, &[("watch", "off")]).await;
    assert!(browser.get(&tab).await.body.contains(r#"aria-pressed="false""#));
    assert_eq!(shop.register.count("select count(*) from subscriptions where valid_to is null").await, 1);
}

#[tokio::test]
async fn a_token_that_may_only_read_makes_none() {
    let mut shop = Shop::open().await;
    let person = shop.viewer("sam").await;
    let token = shop.register.token(&person, &[TokenScope::Read]).await;
    let body = json!({"about": "all", "channel": "inbox"});
    let answer = shop.browser.api(Method::POST, "/api/v1/subscriptions", &token, Some(body)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let body = json!({});
    let answer = shop.browser.api(Method::POST, "/api/v1/notices/read", &token, Some(body)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
