//! API tokens: what they may, how long, and when not at all.

use cadastre_model::{AssetId, Role, Sensitivity, TokenScope};
use cadastre_tests::register::{Browser, Register};
use http::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn a_token_is_shown_once_and_revoked_on_every_replica_at_once() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let first = register.token(&ada, TokenScope::ALL).await;
    let mut browser = register.browser();
    let in_an_hour = chrono_in(1);
    let new = json!({"name": "laptop", "scopes": ["read", "write", "read"], "expires_at": in_an_hour});
    let made = browser.api(Method::POST, "/api/v1/tokens", &first, Some(new)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let made = made.json();
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("cad_") && secret.len() >= 4 + 43, "256 bits: {}", secret.len());
    assert_eq!(made["token"]["scopes"], json!(["read", "write"]));

    let list = browser.api(Method::GET, "/api/v1/tokens", &secret, None).await;
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 2);
    assert!(!list.body.contains(&secret) && list.body.contains(&secret[secret.len() - 4..]));

    let (_app, router) = register.replica().await;
    let mut elsewhere = Browser::on(router);
    assert_eq!(elsewhere.api(Method::GET, "/api/v1/me", &secret, None).await.status, StatusCode::OK);
    let path = format!("/api/v1/tokens/{}", made["token"]["id"].as_str().unwrap());
    let revoked = browser.api(Method::DELETE, &path, &first, None).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT, "{}", revoked.body);
    assert_eq!(
        elsewhere.api(Method::GET, "/api/v1/me", &secret, None).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(browser.api(Method::DELETE, &path, &first, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_makes_none_that_exceeds_it() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let narrow = register.token(&ada, &[TokenScope::Read]).await;
    let mut browser = register.browser();
    for new in [
        json!({"name": "more", "scopes": ["read", "admin"], "expires_at": chrono_in(1)}),
        json!({"name": "longer", "scopes": ["read"], "expires_at": chrono_in(48)}),
        json!({"name": "longer", "scopes": ["read"]}),
    ] {
        let answer = browser.api(Method::POST, "/api/v1/tokens", &narrow, Some(new.clone())).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{new}: {}", answer.body);
    }
    for (field, new) in [
        ("scopes", json!({"name": "x", "scopes": [], "expires_at": chrono_in(1)})),
        ("scopes", json!({"name": "x", "scopes": ["write"], "expires_at": chrono_in(1)})),
        ("expires_at", json!({"name": "x", "scopes": ["read"], "expires_at": chrono_in(-1)})),
        ("expires_at", json!({"name": "x", "scopes": ["read"], "expires_at": chrono_in(24 * 400)})),
        ("name", json!({"name": " ", "scopes": ["read"], "expires_at": chrono_in(1)})),
    ] {
        let answer = browser.api(Method::POST, "/api/v1/tokens", &narrow, Some(new.clone())).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{new}");
    }
}

#[tokio::test]
async fn a_token_may_what_its_owner_may_at_the_moment() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let grant = register.grant(&ada, Role::Administrator, AssetId::REGISTER, Sensitivity::Secret).await;
    let wide = register.token(&ada, TokenScope::ALL).await;
    let narrow = register.token(&ada, &[TokenScope::Read]).await;
    let mut browser = register.browser();
    let new = || Some(json!({"name": "A team of its own"}));
    let refused = browser.api(Method::POST, "/api/v1/teams", &narrow, new()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "the scope is missing: {}", refused.body);
    assert_eq!(browser.api(Method::GET, "/api/v1/people", &wide, None).await.status, StatusCode::OK);

    register.revoke(grant).await;
    for (method, path, json) in
        [(Method::GET, "/api/v1/people", None), (Method::POST, "/api/v1/teams", new())]
    {
        let answer = browser.api(method, path, &wide, json).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn anothers_token_is_absent_but_for_who_manages_people() {
    let register = Register::empty().await;
    let (ada, eve) = (register.person("ada").await, register.person("eve").await);
    let adas = register.token(&ada, TokenScope::ALL).await;
    let eves = register.token(&eve, TokenScope::ALL).await;
    let administrators = register.administrators_token().await;
    let mut browser = register.browser();
    let id = browser.api(Method::GET, "/api/v1/tokens", &adas, None).await.json()["items"][0]["id"].clone();
    let path = format!("/api/v1/tokens/{}", id.as_str().unwrap());
    let absent = "/api/v1/tokens/00000000-0000-4000-8000-000000000000";

    let foreign = browser.api(Method::DELETE, &path, &eves, None).await;
    let nothing = browser.api(Method::DELETE, absent, &eves, None).await;
    assert_eq!((foreign.status, nothing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(without_id(&foreign.json()), without_id(&nothing.json()));
    let revoked = browser.api(Method::DELETE, &path, &administrators, None).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT, "{}", revoked.body);
    assert_eq!(browser.api(Method::GET, "/api/v1/me", &adas, None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_service_has_tokens_and_no_password_and_a_person_makes_their_own() {
    let register = Register::empty().await;
    let token = register.administrators_token().await;
    let ada = register.person("ada").await;
    let mut browser = register.browser();
    let new = json!({"kind": "service", "login": "loader", "display_name": "Loader"});
    let made = browser.api(Method::POST, "/api/v1/people", &token, Some(new)).await.json();
    let place = format!("/api/v1/people/{}", made["person"]["id"].as_str().unwrap());
    let new = json!({"name": "nightly", "scopes": ["read"], "expires_at": chrono_in(1)});
    let issued = browser.api(Method::POST, &format!("{place}/tokens"), &token, Some(new.clone())).await;
    assert_eq!(issued.status, StatusCode::CREATED, "{}", issued.body);
    let secret = issued.json()["secret"].as_str().unwrap().to_owned();
    let me = browser.api(Method::GET, "/api/v1/me", &secret, None).await.json();
    assert_eq!((&me["login"], &me["kind"]), (&json!("loader"), &json!("service")));

    let own = format!("/api/v1/people/{}/tokens", ada.public_id);
    let answer = browser.api(Method::POST, &own, &token, Some(new)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "nobody acts in another's name: {}", answer.body);
    let reset = browser.api_action(Method::POST, &place, "/password", &token).await;
    assert_eq!(reset.status, StatusCode::CONFLICT, "{}", reset.body);
}

#[tokio::test]
async fn a_token_in_the_address_is_refused() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let token = register.token(&ada, TokenScope::ALL).await;
    let mut browser = register.browser();
    for path in [
        format!("/api/v1/me?token={token}"),
        format!("/api/v1/me?access_token={token}"),
        format!("/api/v1/me?x=1&token={token}"),
    ] {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    browser.headers.insert("authorization", format!("Basic {token}").parse().unwrap());
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_is_no_way_into_the_api() {
    let register = Register::empty().await;
    let (_, mut browser) = register.administrator().await;
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn settings_are_kept_and_a_narrow_token_keeps_none() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let token = register.token(&ada, TokenScope::ALL).await;
    let narrow = register.token(&ada, &[TokenScope::Read]).await;
    let mut browser = register.browser();
    let change = json!({"language": "zh", "time_zone": "Asia/Shanghai", "theme": "dark"});
    let kept = browser.api(Method::PATCH, "/api/v1/me", &token, Some(change.clone())).await;
    assert_eq!((kept.status, kept.json()), (StatusCode::OK, change));
    let kept = browser.api(Method::PATCH, "/api/v1/me", &token, Some(json!({"theme": null}))).await;
    assert_eq!(kept.json(), json!({"language": "zh", "time_zone": "Asia/Shanghai", "theme": null}));
    for bad in [json!({"language": "fr"}), json!({"time_zone": "Mars/Olympus"}), json!({"theme": "auto"})] {
        let answer = browser.api(Method::PATCH, "/api/v1/me", &token, Some(bad.clone())).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let refused = browser.api(Method::PATCH, "/api/v1/me", &narrow, Some(json!({"theme": "light"}))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("缺少"), "in the language that was kept: {}", refused.body);
}

/// An instant so many hours from now, as JSON writes it.
fn chrono_in(hours: i64) -> String {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let then = i64::try_from(seconds).unwrap() + hours * 3600;
    chrono::DateTime::from_timestamp(then, 0).unwrap().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn without_id(problem: &Value) -> Value {
    let mut problem = problem.clone();
    problem.as_object_mut().unwrap().remove("request_id");
    problem
}
