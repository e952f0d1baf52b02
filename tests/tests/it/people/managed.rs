//! People as an administrator manages them, by the API.

use cadastre_model::{Action, AssetId, Role, Sensitivity, TokenScope};
use cadastre_tests::register::{Browser, Register};
use http::{Method, StatusCode};
use serde_json::{Value, json};

async fn register() -> (Register, Browser, String) {
    let register = Register::empty().await;
    let token = register.administrators_token().await;
    let browser = register.browser();
    (register, browser, token)
}

async fn add(browser: &mut Browser, token: &str, json: Value) -> Value {
    let answer = browser.api(Method::POST, "/api/v1/people", token, Some(json)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()
}

fn place(person: &Value) -> String {
    format!("/api/v1/people/{}", person["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_person_who_is_added_signs_in_and_chooses_a_password_before_anything_else() {
    let (register, mut browser, token) = register().await;
    let made = add(
        &mut browser,
        &token,
        json!({"login": " Ada.Lovelace ", "display_name": "Ada Lovelace", "email": "ada@example.org"}),
    )
    .await;
    assert_eq!(made["person"]["login"], "ada.lovelace");
    assert_eq!(made["person"]["must_change_password"], true);
    let password = made["password"].as_str().unwrap().to_owned();

    let mut ada = register.browser();
    ada.get("/signin").await;
    let answer = ada.post("/signin", &[("login", "Ada.Lovelace"), ("password", &password)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let kinds = register.kinds().await;
    assert!(kinds.contains(&"person.create".to_owned()), "{kinds:?}");
    let shown = browser.api(Method::GET, &place(&made["person"]), &token, None).await;
    assert_eq!(shown.json()["display_name"], "Ada Lovelace");
    assert!(!shown.body.contains(&password));
}

#[tokio::test]
async fn a_login_is_never_given_twice_nor_one_that_looks_like_it() {
    let (_register, mut browser, token) = register().await;
    let made = add(&mut browser, &token, json!({"login": "lin.wei", "display_name": "林薇"})).await;
    let gone = browser.api_action(Method::POST, &place(&made["person"]), "/disable", &token).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
    for login in
        ["lin.wei", "LIN.WEI", "linwei", "1in.wei", "lin-vvei", "everyone", "system", "a b", "линь", ""]
    {
        let answer = browser
            .api(Method::POST, "/api/v1/people", &token, Some(json!({"login": login, "display_name": "X"})))
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], "login", "{login}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_field_by_field() {
    let (_register, mut browser, token) = register().await;
    let wrong = json!({"login": "*", "display_name": "Ada\u{202e}", "email": "nowhere"});
    let answer = browser.api(Method::POST, "/api/v1/people", &token, Some(wrong)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<String> = answer.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["login", "display_name", "email"]);
    for (json, status) in [
        (json!({"login": {"select": 1}, "display_name": "X"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"login": ["x"], "display_name": "X"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"login": null, "display_name": "X"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"login": "x", "display_name": "X", "is_admin": true}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"login": "x", "display_name": "X", "created_by": 1}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"login": "a\u{0}b", "display_name": "X"}), StatusCode::BAD_REQUEST),
        (json!({"login": "x", "display_name": "X", "kind": "robot"}), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = browser.api(Method::POST, "/api/v1/people", &token, Some(json.clone())).await;
        assert_eq!(answer.status, status, "{json}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_change_needs_the_state_that_it_was_made_from() {
    let (register, mut browser, token) = register().await;
    let made = add(&mut browser, &token, json!({"login": "ada", "display_name": "Ada"})).await;
    let place = place(&made["person"]);
    let change = json!({"display_name": "Ada King", "email": "ada@example.org"});

    let without = browser.api(Method::PATCH, &place, &token, Some(change.clone())).await;
    assert_eq!(without.status, StatusCode::PRECONDITION_REQUIRED);
    let first = browser.api_change(Method::PATCH, &place, &token, Some(change.clone())).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    assert_eq!(first.json()["email"], "ada@example.org");

    let sets = register.count("select count(*) from change_sets").await;
    let again = browser.api_change(Method::PATCH, &place, &token, Some(change)).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(register.count("select count(*) from change_sets").await, sets, "nothing differs");

    browser.headers.insert("if-match", "\"1\"".parse().unwrap());
    let stale = browser.api(Method::PATCH, &place, &token, Some(json!({"email": null}))).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    browser.headers.remove("if-match");
    let cleared = browser.api_change(Method::PATCH, &place, &token, Some(json!({"email": null}))).await;
    assert_eq!(cleared.json()["email"], Value::Null);
    assert_eq!(cleared.json()["display_name"], "Ada King");
    let facts = register.count("select count(*) from person_facts where valid_to is not null").await;
    assert_eq!(facts, 2, "facts are closed, never overwritten");
}

#[tokio::test]
async fn whoever_does_not_manage_people_reads_at_most() {
    let (register, mut browser, _) = register().await;
    let ada = register.person("ada").await;
    let auditor = register.person("auditor").await;
    register.grant(&auditor, Role::Auditor, AssetId::REGISTER, Sensitivity::Secret).await;
    let everything = register.token(&ada, TokenScope::ALL).await;
    let audits = register.token(&auditor, TokenScope::ALL).await;
    let place = format!("/api/v1/people/{}", ada.public_id);
    let absent = "/api/v1/people/00000000-0000-4000-8000-000000000000";

    for path in ["/api/v1/people", place.as_str(), absent, "/api/v1/teams"] {
        let answer = browser.api(Method::GET, path, &everything, None).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let one = browser.api(Method::GET, &place, &everything, None).await.json();
    let other = browser.api(Method::GET, absent, &everything, None).await.json();
    assert_eq!(one["detail"], other["detail"], "who is there is not told by a refusal");

    assert_eq!(browser.api(Method::GET, "/api/v1/people", &audits, None).await.status, StatusCode::OK);
    assert_eq!(browser.api(Method::GET, absent, &audits, None).await.status, StatusCode::NOT_FOUND);
    browser.headers.insert("if-match", "*".parse().unwrap());
    let new = json!({"login": "eve", "display_name": "Eve"});
    for (method, path, json) in [
        (Method::POST, "/api/v1/people".to_owned(), Some(new)),
        (Method::PATCH, place.clone(), Some(json!({"display_name": "Eve"}))),
        (Method::POST, format!("{place}/disable"), None),
        (Method::POST, format!("{place}/enable"), None),
        (Method::POST, format!("{place}/password"), None),
        (Method::GET, format!("{place}/tokens"), None),
        (Method::POST, "/api/v1/teams".to_owned(), Some(json!({"name": "Team"}))),
    ] {
        let answer = browser.api(method.clone(), &path, &audits, json).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}: {}", answer.body);
    }
    assert_eq!(register.count("select count(*) from people where login = 'eve'").await, 0);
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once_on_every_replica() {
    let (register, mut browser, token) = register().await;
    let ada = register.person("ada").await;
    let adas_token = register.token(&ada, TokenScope::ALL).await;
    let (_other, router) = register.replica().await;
    let mut here = register.sign_in(&ada).await;
    let mut there = Browser::on(router);
    there.sign_in(&ada).await;
    assert_eq!(there.api(Method::GET, "/api/v1/me", &adas_token, None).await.status, StatusCode::OK);

    let place = format!("/api/v1/people/{}", ada.public_id);
    let disabled = browser.api_action(Method::POST, &place, "/disable", &token).await;
    assert_eq!(disabled.status, StatusCode::OK, "{}", disabled.body);
    assert_eq!(disabled.json()["state"], "disabled");

    for browser in [&mut here, &mut there] {
        let page = browser.get("/signin").await;
        assert_eq!(page.status, StatusCode::OK, "signed in no more");
        let asked = browser.api(Method::GET, "/api/v1/me", &adas_token, None).await;
        assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
        let again = browser.post("/signin", &[("login", "ada"), ("password", &ada.password)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let enabled = browser.api_action(Method::POST, &place, "/enable", &token).await;
    assert_eq!(enabled.json()["state"], "active", "{}", enabled.body);
    assert_eq!(here.api(Method::GET, "/api/v1/me", &adas_token, None).await.status, StatusCode::OK);
    assert_eq!(here.get("/account").await.status, StatusCode::SEE_OTHER, "an ended session stays ended");
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_and_the_old_password() {
    let (register, mut browser, token) = register().await;
    let ada = register.person("ada").await;
    let mut signed_in = register.sign_in(&ada).await;
    let place = format!("/api/v1/people/{}", ada.public_id);
    let reset = browser.api_action(Method::POST, &place, "/password", &token).await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.body);
    let password = reset.json()["password"].as_str().unwrap().to_owned();

    assert_eq!(signed_in.get("/signin").await.status, StatusCode::OK, "signed in no more");
    let old = signed_in.post("/signin", &[("login", "ada"), ("password", &ada.password)]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = signed_in.post("/signin", &[("login", "ada"), ("password", &password)]).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER);
    assert_eq!(register.count("select count(*) from audit_events where kind = 'password.reset'").await, 1);
}

#[tokio::test]
async fn the_last_administrator_remains() {
    let register = Register::empty().await;
    let (first, mut browser) = register.administrator().await;
    let token = register.token(&first, TokenScope::ALL).await;
    let own = format!("/api/v1/people/{}", first.public_id);
    let oneself = browser.api_action(Method::POST, &own, "/disable", &token).await;
    assert_eq!(oneself.status, StatusCode::FORBIDDEN, "{}", oneself.body);

    // The second is one by a team. They disable each other at the same time: one of them stays.
    let second = register.person("second").await;
    let team = register.team("Office", None).await;
    let below = register.team("Night shift", Some(&team)).await;
    register.enrol(&second, &below).await;
    register.grant(&team, Role::Administrator, AssetId::REGISTER, Sensitivity::Secret).await;
    let seconds = register.token(&second, TokenScope::ALL).await;
    browser.headers.insert("if-match", "*".parse().unwrap());
    let mut other = browser.clone();
    let other_place = format!("/api/v1/people/{}/disable", second.public_id);
    let own_place = format!("{own}/disable");
    let (one, two) = tokio::join!(
        browser.api(Method::POST, &other_place, &token, None),
        other.api(Method::POST, &own_place, &seconds, None),
    );
    let done = [&one, &two].iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(done, 1, "{} {}", one.body, two.body);
    assert_eq!(
        register.count("select count(*) from person_facts where valid_to is null and state = 'active'").await,
        1
    );
}

#[tokio::test]
async fn nobody_takes_the_last_administrator_out_of_their_team() {
    let register = Register::empty().await;
    let boss = register.person("boss").await;
    let team = register.team("Office", None).await;
    register.enrol(&boss, &team).await;
    register.grant(&team, Role::Administrator, AssetId::REGISTER, Sensitivity::Secret).await;
    let token = register.token(&boss, TokenScope::ALL).await;
    let path = format!("/api/v1/teams/{}/members/{}", team.public_id, boss.public_id);
    let answer = register.browser().api(Method::DELETE, &path, &token, None).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(register.may(&boss, Action::ManagePeople));
}

#[tokio::test]
async fn an_administrator_with_less_does_not_touch_one_with_more() {
    let register = Register::empty().await;
    let (whole, mut browser) = register.administrator().await;
    let less = register.person("less").await;
    register.grant(&less, Role::Administrator, AssetId::REGISTER, Sensitivity::Secret).await;
    register.deny(&less, Role::Auditor, AssetId::REGISTER).await;
    assert!(register.may(&less, Action::ManagePeople) && !register.may(&less, Action::SeeAudit));
    let token = register.token(&less, TokenScope::ALL).await;
    browser.headers.insert("if-match", "*".parse().unwrap());
    let place = format!("/api/v1/people/{}", whole.public_id);
    for path in [format!("{place}/password"), format!("{place}/disable"), format!("{place}/enable")] {
        let answer = browser.api(Method::POST, &path, &token, None).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.body);
    }
    // Nor through a disabled one, whom they would enable afterwards.
    let ada = register.person("ada").await;
    let place = format!("/api/v1/people/{}", ada.public_id);
    assert_eq!(
        browser.api(Method::POST, &format!("{place}/password"), &token, None).await.status,
        StatusCode::OK
    );
    register.grant(&ada, Role::Administrator, AssetId::REGISTER, Sensitivity::Secret).await;
    let wholes = register.token(&whole, TokenScope::ALL).await;
    let disabled = browser.api(Method::POST, &format!("{place}/disable"), &wholes, None).await;
    assert_eq!(disabled.status, StatusCode::OK, "{}", disabled.body);
    let answer = browser.api(Method::POST, &format!("{place}/password"), &token, None).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
}

#[tokio::test]
async fn roles_come_with_a_person_only_from_who_may_give_them() {
    let (register, mut browser, token) = register().await;
    let made = add(
        &mut browser,
        &token,
        json!({"login": "olga", "display_name": "Ольга", "roles": ["auditor", "analyst"]}),
    )
    .await;
    assert_eq!(made["person"]["display_name"], "Ольга");
    assert_eq!(
        register
            .count(
                "select count(*) from grants where role in ('auditor', 'analyst') and granted_by is not null"
            )
            .await,
        2
    );
    let unknown = json!({"login": "max", "display_name": "Max", "roles": ["god"]});
    let answer = browser.api(Method::POST, "/api/v1/people", &token, Some(unknown)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
}

#[tokio::test]
async fn the_list_is_paged_by_login_and_filtered() {
    let (register, mut browser, token) = register().await;
    for number in 0..7 {
        register.person(&format!("person.{number}x")).await;
    }
    let service = json!({"kind": "service", "login": "loader", "display_name": "Nightly loader"});
    assert_eq!(add(&mut browser, &token, service).await["password"], Value::Null);
    let (mut seen, mut path) = (Vec::new(), "/api/v1/people?limit=3".to_owned());
    loop {
        let page = browser.api(Method::GET, &path, &token, None).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let page = page.json();
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|p| p["login"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/people?limit=3&cursor={next}");
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((seen.len(), &seen), (9, &sorted));
    for (query, count) in
        [("q=PERSON", 7), ("q=nightly", 1), ("kind=service", 1), ("state=disabled", 0), ("q=%25", 0)]
    {
        let page = browser.api(Method::GET, &format!("/api/v1/people?{query}"), &token, None).await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), count, "{query}");
    }
    for bad in ["limit=0", "limit=201", "cursor=x", "kind=x", "unknown=1"] {
        let answer = browser.api(Method::GET, &format!("/api/v1/people?{bad}"), &token, None).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
}
