//! Teams: the tree, who is in it, and what hangs on them.

use cadastre_model::{Action, AssetId, Role, Sensitivity, TokenScope};
use cadastre_tests::register::{Browser, Register};
use http::{Method, StatusCode};
use serde_json::{Value, json};

struct World {
    register: Register,
    browser: Browser,
    token: String,
}

impl World {
    async fn new() -> Self {
        let register = Register::empty().await;
        let token = register.administrators_token().await;
        let browser = register.browser();
        Self { register, browser, token }
    }

    async fn make(&mut self, name: &str, parent: Option<&str>) -> String {
        let new = json!({"name": name, "parent": parent});
        let answer = self.browser.api(Method::POST, "/api/v1/teams", &self.token, Some(new)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn change(
        &mut self,
        method: Method,
        team: &str,
        json: Option<Value>,
    ) -> cadastre_tests::register::Answer {
        self.browser.api_change(method, &format!("/api/v1/teams/{team}"), &self.token, json).await
    }
}

#[tokio::test]
async fn a_team_is_made_renamed_moved_and_removed() {
    let mut world = World::new().await;
    let data = world.make("Data", None).await;
    let sales = world.make("销售", Some(&data)).await;
    let shown =
        world.browser.api(Method::GET, &format!("/api/v1/teams/{sales}"), &world.token, None).await.json();
    assert_eq!(shown["parent"], json!({"id": data, "name": "Data"}));

    let renamed = world.change(Method::PATCH, &sales, Some(json!({"name": "Sales", "parent": null}))).await;
    assert_eq!(renamed.status, StatusCode::OK, "{}", renamed.body);
    assert_eq!((&renamed.json()["name"], &renamed.json()["parent"]), (&json!("Sales"), &Value::Null));

    let taken = world.change(Method::PATCH, &sales, Some(json!({"name": "DATA"}))).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", taken.body);
    let removed = world.change(Method::DELETE, &sales, None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT, "{}", removed.body);
    let gone = world.browser.api(Method::GET, &format!("/api/v1/teams/{sales}"), &world.token, None).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    world.register.rights_equal_a_rebuild().await;
    let kinds = world.register.kinds().await;
    for kind in ["team.create", "team.edit", "team.remove"] {
        assert!(kinds.contains(&kind.to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn a_team_never_lies_below_itself() {
    let mut world = World::new().await;
    let one = world.make("One", None).await;
    let two = world.make("Two", Some(&one)).await;
    let three = world.make("Three", Some(&two)).await;
    for below in [&one, &two, &three] {
        let answer = world.change(Method::PATCH, &one, Some(json!({"parent": below}))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], "parent");
    }
    // Two moves at once, each fine alone.
    let four = world.make("Four", None).await;
    world.browser.headers.insert("if-match", "*".parse().unwrap());
    let mut other = world.browser.clone();
    let (first, second) = (format!("/api/v1/teams/{one}"), format!("/api/v1/teams/{four}"));
    let (up, down) = tokio::join!(
        world.browser.api(Method::PATCH, &first, &world.token, Some(json!({"parent": four}))),
        other.api(Method::PATCH, &second, &world.token, Some(json!({"parent": three}))),
    );
    let done = [&up, &down].iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(done, 1, "{} {}", up.body, down.body);
}

#[tokio::test]
async fn a_team_in_use_stays_and_says_by_what() {
    let mut world = World::new().await;
    let office = world.register.team("Office", None).await;
    let grant = world.register.grant(&office, Role::Analyst, AssetId::REGISTER, Sensitivity::Public).await;
    world.register.team("Night shift", Some(&office)).await;
    let id = office.public_id.to_string();
    let answer = world.change(Method::DELETE, &id, None).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("Grants: 1") && detail.contains("teams below it: 1"), "{detail}");
    world.register.revoke(grant).await;
    let answer = world.change(Method::DELETE, &id, None).await;
    assert!(answer.json()["detail"].as_str().unwrap().contains("Grants: 0"), "{}", answer.body);
}

#[tokio::test]
async fn a_member_has_what_the_team_and_those_above_it_have() {
    let mut world = World::new().await;
    let office = world.register.team("Office", None).await;
    let below = world.register.team("Night shift", Some(&office)).await;
    world.register.grant(&office, Role::Auditor, AssetId::REGISTER, Sensitivity::Secret).await;
    let ada = world.register.person("ada").await;
    let path = format!("/api/v1/teams/{}/members/{}", below.public_id, ada.public_id);

    for _ in 0..2 {
        let answer = world.browser.api(Method::PUT, &path, &world.token, None).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    }
    assert!(world.register.may(&ada, Action::SeeAudit));
    let members = format!("/api/v1/teams/{}/members", below.public_id);
    let members = world.browser.api(Method::GET, &members, &world.token, None).await;
    assert_eq!(members.json()["items"][0]["login"], "ada");
    let token = world.register.token(&ada, &[TokenScope::Read]).await;
    let me = world.browser.api(Method::GET, "/api/v1/me", &token, None).await.json();
    assert_eq!(me["teams"][0]["name"], "Night shift");

    let out = world.browser.api(Method::DELETE, &path, &world.token, None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT, "{}", out.body);
    assert!(!world.register.may(&ada, Action::SeeAudit));
    let again = world.browser.api(Method::DELETE, &path, &world.token, None).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    world.register.rights_equal_a_rebuild().await;
}

#[tokio::test]
async fn the_team_of_everybody_stays_as_it_is() {
    let mut world = World::new().await;
    let teams = world.browser.api(Method::GET, "/api/v1/teams", &world.token, None).await.json();
    let everyone = teams["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(teams["items"][0]["everyone"], true);
    let renamed = world.change(Method::PATCH, &everyone, Some(json!({"name": "Some"}))).await;
    assert_eq!(renamed.status, StatusCode::CONFLICT, "{}", renamed.body);
    assert_eq!(world.change(Method::DELETE, &everyone, None).await.status, StatusCode::CONFLICT);
    let ada = world.register.person("ada").await;
    let path = format!("/api/v1/teams/{everyone}/members/{}", ada.public_id);
    assert_eq!(world.browser.api(Method::PUT, &path, &world.token, None).await.status, StatusCode::CONFLICT);
    let below = json!({"name": "Below", "parent": everyone});
    let answer = world.browser.api(Method::POST, "/api/v1/teams", &world.token, Some(below)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}
