//! Grants: given, seen, taken back; and what nobody may do to rights.

use cadastre_model::{AssetId, AssetKind, Role, Sensitivity, TokenScope};
use cadastre_tests::register::{Answer, Browser, Person, Register, TestAsset};
use http::{Method, StatusCode};
use serde_json::{Value, json};

fn to(person: &Person, role: &str) -> Value {
    json!({"subject": {"kind": "person", "id": person.public_id}, "role": role, "ceiling": "internal"})
}

async fn dataset(register: &Register) -> TestAsset {
    let source = register.bare_source("shop").await;
    let schema = register.within(source, AssetKind::Schema, "sales").await;
    register.within(schema, AssetKind::Dataset, "orders").await
}

async fn give(browser: &mut Browser, token: &str, on: TestAsset, grant: Value) -> Answer {
    browser.api(Method::POST, &format!("/api/v1/assets/{}/access", on.public_id), token, Some(grant)).await
}

#[tokio::test]
async fn what_is_granted_is_seen_at_once_and_what_is_taken_back_is_gone_at_once() {
    let register = Register::empty().await;
    let (orders, mut browser) = (dataset(&register).await, register.browser());
    let admin = register.administrators_token().await;
    let ann = register.person("ann").await;
    let anns = register.token(&ann, TokenScope::ALL).await;
    let access = format!("/api/v1/assets/{}/access", orders.public_id);
    assert_eq!(browser.api(Method::GET, &access, &anns, None).await.status, StatusCode::NOT_FOUND);

    let mut grant = to(&ann, "steward");
    grant["reason"] = "keeps the orders".into();
    let given = give(&mut browser, &admin, orders, grant).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
    assert_eq!(given.json()["reason"], "keeps the orders");
    let seen = browser.api(Method::GET, &access, &anns, None).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    let holdings = seen.json()["holdings"].clone();
    let own =
        holdings.as_array().unwrap().iter().find(|held| held["subject"]["name"] == "ann").unwrap().clone();
    assert_eq!((own["role"].clone(), own["inherited"].clone()), ("steward".into(), false.into()));
    assert!(own["actions"].as_array().unwrap().contains(&"edit_texts".into()), "{own}");
    assert_eq!(own["grant"]["may_revoke"], false, "nobody takes their own");

    let place = given.location().to_owned();
    assert_eq!(browser.api(Method::DELETE, &place, &admin, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(browser.api(Method::GET, &access, &anns, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.api(Method::DELETE, &place, &admin, None).await.status, StatusCode::NOT_FOUND);
    assert!(browser.api(Method::GET, &place, &admin, None).await.json()["revoked"].is_string());
    assert_eq!(register.count("select count(*) from change_sets where kind in ('grant.give', 'grant.revoke') and via = 'token'").await, 2);
}

#[tokio::test]
async fn the_same_grant_given_twice_is_there_once() {
    let register = Register::empty().await;
    let (orders, mut browser) = (dataset(&register).await, register.browser());
    let admin = register.administrators_token().await;
    let ann = register.person("ann").await;
    let first = give(&mut browser, &admin, orders, to(&ann, "analyst")).await;
    let version = register.count("select version from register").await;
    let second = give(&mut browser, &admin, orders, to(&ann, "analyst")).await;
    assert_eq!((second.status, second.location()), (StatusCode::CREATED, first.location()));
    assert_eq!(register.count("select version from register").await, version);
}

#[tokio::test]
async fn a_grant_above_says_where_it_is_from_but_not_to_who_does_not_see_there() {
    let register = Register::empty().await;
    let source = register.bare_source("warehouse").await;
    let schema = register.within(source, AssetKind::Schema, "mart").await;
    let sales = register.within(schema, AssetKind::Dataset, "sales").await;
    let (ann, bob) = (register.person("ann").await, register.person("bob").await);
    register.grant(&bob, Role::Analyst, source.id, Sensitivity::Confidential).await;
    register.grant(&ann, Role::Steward, sales.id, Sensitivity::Internal).await;
    let (admin, anns) = (register.administrators_token().await, register.token(&ann, TokenScope::ALL).await);
    let path = format!("/api/v1/assets/{}/access", sales.public_id);
    let mut browser = register.browser();
    for (token, place) in [(&admin, Value::from("warehouse")), (&anns, Value::Null)] {
        let seen = browser.api(Method::GET, &path, token, None).await.json();
        let held = seen["holdings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|held| held["subject"]["name"] == "bob")
            .unwrap();
        assert_eq!((&held["place"]["name"], &held["inherited"]), (&place, &Value::from(true)), "{held}");
    }
}

#[tokio::test]
async fn nobody_gives_more_than_they_may() {
    let register = Register::empty().await;
    let orders = dataset(&register).await;
    let (ann, bob) = (register.person("ann").await, register.person("bob").await);
    register.grant(&ann, Role::Steward, orders.id, Sensitivity::Internal).await;
    let anns = register.token(&ann, TokenScope::ALL).await;
    let mut browser = register.browser();
    let with = |role: &str, ceiling: &str| {
        let mut grant = to(&bob, role);
        grant["ceiling"] = ceiling.into();
        grant
    };
    for (grant, status, field) in [
        (with("administrator", "public"), StatusCode::UNPROCESSABLE_ENTITY, "role"),
        (with("analyst", "secret"), StatusCode::UNPROCESSABLE_ENTITY, "ceiling"),
        (to(&ann, "analyst"), StatusCode::FORBIDDEN, ""),
    ] {
        let answer = give(&mut browser, &anns, orders, grant).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.body.contains(field));
    }
    assert_eq!(
        give(&mut browser, &anns, orders, with("analyst", "internal")).await.status,
        StatusCode::CREATED
    );
    // Each refusal is remembered, with who tried.
    assert_eq!(
        register
            .count("select count(*) from audit_events where kind = 'grant.refused' and person_id is not null")
            .await,
        3
    );
}

#[tokio::test]
async fn an_administrator_who_opens_values_to_themselves_is_recorded_as_that() {
    let register = Register::empty().await;
    let orders = dataset(&register).await;
    let (admin, _) = register.administrator().await;
    let token = register.token(&admin, TokenScope::ALL).await;
    let answer = give(&mut register.browser(), &token, orders, to(&admin, "analyst")).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(register.count("select count(*) from change_sets where kind = 'grant.give_self'").await, 1);
}

#[tokio::test]
async fn a_grant_that_makes_no_sense_is_refused_with_what_is_wrong() {
    let register = Register::empty().await;
    let orders = dataset(&register).await;
    let admin = register.administrators_token().await;
    let ann = register.person("ann").await;
    let mut browser = register.browser();
    let cases = [
        ("until", json!("2020-01-01T00:00:00Z")),
        ("reason", json!("x".repeat(1001))),
        ("subject", json!({"kind": "team", "id": ann.public_id})),
        ("role", json!("king")),
        ("granted_by", json!("x")),
    ];
    for (member, value) in cases {
        let mut grant = to(&ann, "viewer");
        grant[member] = value;
        let answer = give(&mut browser, &admin, orders, grant).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{member}: {}", answer.body);
        assert!(answer.body.contains(member), "{member}: {}", answer.body);
    }
}

#[tokio::test]
async fn who_only_sees_may_neither_see_access_nor_give() {
    let register = Register::empty().await;
    let orders = dataset(&register).await;
    let (ann, bob) = (register.person("ann").await, register.person("bob").await);
    register.grant(&ann, Role::Viewer, orders.id, Sensitivity::Internal).await;
    let grant = register.grant(&bob, Role::Viewer, orders.id, Sensitivity::Internal).await;
    let public: uuid::Uuid = sqlx::query_scalar("select public_id from grants where id = $1")
        .bind(grant.0)
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    let anns = register.token(&ann, TokenScope::ALL).await;
    let mut browser = register.browser();
    let path = format!("/api/v1/assets/{}/access", orders.public_id);
    assert_eq!(browser.api(Method::GET, &path, &anns, None).await.status, StatusCode::FORBIDDEN);
    assert_eq!(give(&mut browser, &anns, orders, to(&bob, "viewer")).await.status, StatusCode::FORBIDDEN);
    let grant = format!("/api/v1/grants/{public}");
    assert_eq!(browser.api(Method::GET, &grant, &anns, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.api(Method::DELETE, &grant, &anns, None).await.status, StatusCode::NOT_FOUND);
    assert!(
        browser.api(Method::GET, "/api/v1/grants", &anns, None).await.json()["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_token_gives_only_when_it_is_for_administration() {
    let register = Register::empty().await;
    let orders = dataset(&register).await;
    let (admin, _) = register.administrator().await;
    let bob = register.person("bob").await;
    let token = register.token(&admin, &[TokenScope::Read, TokenScope::Write]).await;
    assert_eq!(
        give(&mut register.browser(), &token, orders, to(&bob, "viewer")).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn grants_are_listed_in_pages_and_as_of_then() {
    let register = Register::empty().await;
    let orders = dataset(&register).await;
    let admin = register.administrators_token().await;
    let ann = register.person("ann").await;
    let mut browser = register.browser();
    let first = give(&mut browser, &admin, orders, to(&ann, "viewer")).await;
    let since = first.json()["since"].as_str().unwrap().to_owned();
    give(&mut browser, &admin, orders, to(&ann, "engineer")).await;
    browser.api(Method::DELETE, first.location(), &admin, None).await;
    let of_ann = format!("/api/v1/grants?person={}", ann.public_id);
    let roles = async |path: String, browser: &mut Browser| -> Vec<String> {
        let items = browser.api(Method::GET, &path, &admin, None).await.json()["items"].clone();
        items.as_array().unwrap().iter().map(|grant| grant["role"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(roles(of_ann.clone(), &mut browser).await, ["engineer"]);
    assert_eq!(roles(format!("{of_ann}&at={since}"), &mut browser).await, ["viewer"]);
    let page = browser.api(Method::GET, "/api/v1/grants?limit=1", &admin, None).await.json();
    let next = page["next"].as_str().unwrap();
    assert_eq!(
        browser.api(Method::GET, &format!("/api/v1/grants?limit=1&cursor={next}"), &admin, None).await.json()
            ["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let other = browser.api(Method::GET, &format!("/api/v1/audit?cursor={next}"), &admin, None).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "a cursor of one list is none of another");
}

#[tokio::test]
async fn a_denial_wins_over_whatever_is_allowed() {
    let register = Register::empty().await;
    let orders = dataset(&register).await;
    let admin = register.administrators_token().await;
    let ann = register.person("ann").await;
    register.grant(&ann, Role::Analyst, AssetId::REGISTER, Sensitivity::Secret).await;
    let anns = register.token(&ann, TokenScope::ALL).await;
    let mut browser = register.browser();
    let standing = format!("/api/v1/assets/{}/standing", orders.public_id);
    assert_eq!(browser.api(Method::GET, &standing, &anns, None).await.status, StatusCode::OK);
    let mut deny = to(&ann, "viewer");
    deny["effect"] = "deny".into();
    let given = give(&mut browser, &admin, orders, deny).await;
    assert_eq!(
        (given.status, given.json()["ceiling"].clone()),
        (StatusCode::CREATED, "secret".into()),
        "{}",
        given.body
    );
    assert_eq!(browser.api(Method::GET, &standing, &anns, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_table_of_roles_is_the_one_that_decides() {
    let register = Register::empty().await;
    let ann = register.person("ann").await;
    let token = register.token(&ann, &[TokenScope::Read]).await;
    let roles = register.browser().api(Method::GET, "/api/v1/roles", &token, None).await.json();
    for row in cadastre_access::table::rows() {
        let found = roles["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|found| found["kind"] == row.kind.as_str() && found["action"] == row.action.as_str());
        let shown: Vec<&str> = found.unwrap()["roles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|role| role["role"].as_str().unwrap())
            .collect();
        let known: Vec<&str> =
            row.roles.iter().filter(|(_, up_to)| up_to.is_some()).map(|(role, _)| role.as_str()).collect();
        assert_eq!(shown, known);
    }
}
