//! Signing in: before the first person, and for who is not known.

use cadastre_tests::register::Register;
use http::StatusCode;

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_sign_in_and_back() {
    let register = Register::empty().await;
    let answer = register.browser().get("/signin?next=/search").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(answer.body.contains(r#"lang="en""#));
    assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
}

#[tokio::test]
async fn an_unknown_name_is_refused_in_the_readers_language() {
    let register = Register::empty().await;
    let mut browser = register.browser();
    browser.get("/signin?lang=zh").await;
    let answer = browser.post("/signin", &[("login", "nobody"), ("password", "nothing at all")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    assert!(answer.body.contains(r#"lang="zh-Hans""#));
}

#[tokio::test]
async fn a_form_without_its_token_is_not_read() {
    let register = Register::empty().await;
    let mut browser = register.browser();
    let answer = browser.post("/signin", &[("login", "nobody")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
