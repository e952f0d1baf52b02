//! Error pages: whoever is signed in keeps their frame, language and theme; nobody gets one without an account.

use axum::body::Body;
use cadastre_model::{AssetId, Role, Sensitivity};
use cadastre_tests::register::{Answer, Browser, Register};
use http::{Method, StatusCode};

const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody who sees, and whose settings are Chinese and dark.
async fn reader(register: &Register) -> Browser {
    let reader = register.person("mei.reader").await;
    register.grant(&reader, Role::Viewer, AssetId::REGISTER, Sensitivity::Internal).await;
    let mut browser = register.sign_in(&reader).await;
    browser.get("/account").await;
    let settings = [("language", "zh"), ("time_zone", "Asia/Shanghai"), ("theme", "dark")];
    let kept = browser.post("/account/settings", &settings).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    browser
}

fn is_theirs(answer: &Answer, status: u16) {
    assert_eq!(answer.status, StatusCode::from_u16(status).unwrap(), "{}", answer.body);
    let page = &answer.body;
    assert!(page.contains("mei.reader"), "{status}: no account menu: {page}");
    assert!(page.contains(r#"action="/signout""#), "{status}: no way to sign out: {page}");
    assert!(page.contains(r#"href="/browse""#) && page.contains(r#"href="/domains""#), "{status}: no nav");
    assert!(!page.contains(r#"href="/people""#), "{status}: what they may not open is not offered");
    assert!(!page.contains(r#"href="/signin""#), "{status}: asked to sign in: {page}");
    assert!(page.contains(r#"<html lang="zh-Hans" data-theme="dark""#), "{status}: not their settings");
    assert!(page.contains(&format!("{status} · ")), "{status}: the page says so: {page}");
}

fn is_nobodys(answer: &Answer, status: u16) {
    assert_eq!(answer.status, StatusCode::from_u16(status).unwrap(), "{}", answer.body);
    let page = &answer.body;
    assert!(page.contains(r#"href="/signin""#), "{status}: no way to sign in: {page}");
    assert!(
        !page.contains(r#"href="/browse""#) && !page.contains(r#"action="/signout""#),
        "{status}: {page}"
    );
}

#[tokio::test]
async fn who_is_signed_in_keeps_their_frame_whatever_goes_wrong() {
    let register = Register::empty().await;
    let mut reader = reader(&register).await;
    is_theirs(&reader.get("/no/such/page").await, 404);
    is_theirs(&reader.get("/d/6f1c1d1e-0000-4000-8000-000000000000").await, 404);
    is_theirs(&reader.get("/people").await, 403);
    let stale = Body::from("csrf=of-another-session&theme=dark");
    is_theirs(&reader.send(Method::POST, "/theme", Some(FORM), stale).await, 403);
    is_theirs(&reader.send(Method::DELETE, "/account", None, Body::empty()).await, 405);
    let large = Body::from(format!("csrf=x&theme={}", "x".repeat(40 << 20)));
    is_theirs(&reader.send(Method::POST, "/theme", Some(FORM), large).await, 413);
    is_theirs(&reader.post("/account/settings", &[("surprise", "1")]).await, 422);

    // A fault of ours behind the session, by which they are known.
    let break_it = |sql: &'static str| sqlx::query(sql).execute(&register.app.db().web);
    break_it("alter table team_members rename to team_members_gone").await.unwrap();
    let fault = reader.get("/account").await;
    break_it("alter table team_members_gone rename to team_members").await.unwrap();
    is_theirs(&fault, 500);
}

#[tokio::test]
async fn nobody_s_error_page_offers_to_sign_in_and_names_nothing() {
    let register = Register::empty().await;
    let mut nobody = register.browser();
    is_nobodys(&nobody.get("/no/such/page").await, 404);
    is_nobodys(&nobody.send(Method::DELETE, "/account", None, Body::empty()).await, 405);
    is_nobodys(&nobody.send(Method::POST, "/theme", Some(FORM), Body::from("csrf=x&theme=dark")).await, 403);
}

#[tokio::test]
async fn without_its_database_the_frame_has_no_account() {
    let register = Register::empty().await;
    let mut reader = reader(&register).await;
    register.app.db().close().await;
    let answer = reader.get("/no/such/page").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    is_nobodys(&answer, 503);
}

#[tokio::test]
async fn a_fragment_that_fails_brings_no_frame() {
    let register = Register::empty().await;
    let mut reader = reader(&register).await;
    reader.headers.insert("hx-request", "true".parse().unwrap());
    let answer = reader.get("/no/such/page").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.body.contains("<html") && !answer.body.contains("mei.reader"), "{}", answer.body);
}
