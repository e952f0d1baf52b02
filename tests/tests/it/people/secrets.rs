//! No secret turns up where it does not belong: every password and token that is made or typed here is looked for in
//! the database, in other answers and in the log.

use cadastre_tests::log::Log;
use cadastre_tests::register::Register;
use http::{Method, StatusCode};
use serde_json::{Value, json};

const TYPED: &str = "canary-typed-password-7f3a";
const WRONG: &str = "canary-wrong-password-91bc";

#[tokio::test]
async fn passwords_and_tokens_are_in_no_log_and_in_no_table() {
    let log = Log::start();
    let register = Register::empty().await;
    let administrator = register.administrators_token().await;
    let mut browser = register.browser();
    let mut secrets = vec![TYPED.to_owned(), WRONG.to_owned(), administrator.clone()];

    browser.headers.insert("idempotency-key", "once".parse().unwrap());
    let new = json!({"login": "ada", "display_name": "Ada"});
    let made = browser.api(Method::POST, "/api/v1/people", &administrator, Some(new.clone())).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let again = browser.api(Method::POST, "/api/v1/people", &administrator, Some(new)).await;
    assert_eq!(again.json(), made.json(), "the same request is answered with the same password");
    browser.headers.remove("idempotency-key");
    let password = made.json()["password"].as_str().unwrap().to_owned();
    let place = format!("/api/v1/people/{}", made.json()["person"]["id"].as_str().unwrap());

    let reset = browser.api_action(Method::POST, &place, "/password", &administrator).await;
    let second = reset.json()["password"].as_str().unwrap().to_owned();
    let mut ada = register.browser();
    for (login, password) in [("ada", WRONG), ("nobody", WRONG), (WRONG, WRONG), ("ada", second.as_str())] {
        ada.get("/signin").await;
        ada.post("/signin", &[("login", login), ("password", password)]).await;
    }
    let cookie = ada.cookie("cadastre").expect("signed in").to_owned();
    let new = json!({"name": "canary", "scopes": ["read", "admin"], "expires_at": soon()});
    let issued = browser.api(Method::POST, "/api/v1/tokens", &administrator, Some(new)).await;
    let token = issued.json()["secret"].as_str().unwrap().to_owned();
    let change = json!({"current": WRONG, "password": TYPED});
    let refused = browser.api(Method::PUT, "/api/v1/me/password", &token, Some(change)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    browser.get(&format!("/api/v1/me?token={token}")).await;
    let broken = json!({"current": TYPED, "password": {"a": TYPED}, "more": WRONG});
    let unread = browser.api(Method::PUT, "/api/v1/me/password", &token, Some(broken)).await;
    let listed = browser.api(Method::GET, "/api/v1/tokens", &token, None).await;
    let audit: Vec<Value> = register.rows("audit_events").await;
    assert!(!audit.is_empty());
    secrets.extend([password, second, token, cookie]);

    // A login that nobody has may be a password typed into the wrong field: it is not remembered either.
    for (place, text) in [
        ("an answer", format!("{}{}{}", refused.body, unread.body, listed.body)),
        ("the log", log.text()),
        ("the database", register.dump().await),
    ] {
        for secret in &secrets {
            for form in forms(secret) {
                assert!(!text.contains(&form), "{secret} as {form} in {place}");
            }
        }
    }
}

/// The secret itself, and how it would look when it was passed on.
fn forms(secret: &str) -> [String; 3] {
    use base64::Engine as _;
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    [secret.to_owned(), hex, base64::engine::general_purpose::STANDARD_NO_PAD.encode(secret)]
}

fn soon() -> String {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    chrono::DateTime::from_timestamp(i64::try_from(seconds).unwrap() + 3600, 0).unwrap().to_rfc3339()
}
