//! The History of a person and of a team: what changed about them, for who may see it.

use cadastre_model::{AssetId, AssetKind, Role, Sensitivity, TokenScope};
use cadastre_tests::register::{Browser, Register};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// Asks as the administrator; gives the answer's JSON, or nothing.
async fn ask(browser: &mut Browser, token: &str, method: Method, path: &str, json: Option<Value>) -> Value {
    let mut browser = browser.clone();
    browser.headers.insert("if-match", "*".parse().unwrap());
    let answer = browser.api(method, path, token, json).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap_or_default()
}

/// Each change in short: what was done, and its entries as sign, field, before and after.
fn in_short(history: &Value) -> Vec<(String, Vec<String>)> {
    let entry = |entry: &Value| {
        let text = |name: &str| entry[name].as_str().unwrap_or("–").to_owned();
        format!("{} {}: {} → {}", text("sign"), text("field"), text("before"), text("after"))
    };
    let change = |change: &Value| {
        let entries = change["entries"].as_array().unwrap().iter().map(entry).collect();
        (change["kind"].as_str().unwrap().to_owned(), entries)
    };
    history["items"].as_array().unwrap().iter().map(change).collect()
}

#[tokio::test]
async fn what_was_done_about_a_person_is_in_their_history_and_in_their_team_s() {
    let register = Register::empty().await;
    let (_, mut page) = register.administrator().await;
    let admin = {
        let person = register.person("second.admin").await;
        register.grant(&person, Role::Administrator, AssetId::REGISTER, Sensitivity::Secret).await;
        register.token(&person, TokenScope::ALL).await
    };
    let mut browser = register.browser();
    let source = register.bare_source("shop").await;
    let made = ask(
        &mut browser,
        &admin,
        Method::POST,
        "/api/v1/people",
        Some(json!({"login": "ada", "display_name": "Ada"})),
    )
    .await;
    let ada = made["person"]["id"].as_str().unwrap().to_owned();
    let person = format!("/api/v1/people/{ada}");
    let team =
        ask(&mut browser, &admin, Method::POST, "/api/v1/teams", Some(json!({"name": "Office"}))).await;
    let team = format!("/api/v1/teams/{}", team["id"].as_str().unwrap());
    ask(&mut browser, &admin, Method::PATCH, &person, Some(json!({"display_name": "Ada Lovelace"}))).await;
    ask(&mut browser, &admin, Method::PUT, &format!("{team}/members/{ada}"), None).await;
    let grant = json!({"subject": {"kind": "person", "id": ada}, "role": "engineer", "ceiling": "internal", "reason": "the shop"});
    let access = format!("/api/v1/assets/{}/access", source.public_id);
    let given = ask(&mut browser, &admin, Method::POST, &access, Some(grant)).await;
    let grant = format!("/api/v1/grants/{}", given["id"].as_str().unwrap());
    ask(&mut browser, &admin, Method::DELETE, &grant, None).await;
    ask(&mut browser, &admin, Method::DELETE, &format!("{team}/members/{ada}"), None).await;
    ask(&mut browser, &admin, Method::PATCH, &team, Some(json!({"name": "Back office"}))).await;
    ask(&mut browser, &admin, Method::POST, &format!("{person}/disable"), None).await;

    let history = ask(&mut browser, &admin, Method::GET, &format!("{person}/history"), None).await;
    let told = |kind: &str, entries: &[&str]| {
        (kind.to_owned(), entries.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(
        in_short(&history),
        [
            told("person.disable", &["changed state: active → disabled"]),
            told("team.member.remove", &["removed membership: Back office → –"]),
            told("grant.revoke", &["removed grant: shop: allow engineer ≤ internal → –"]),
            told("grant.give", &["added grant: – → shop: allow engineer ≤ internal"]),
            told("team.member.add", &["added membership: – → Back office"]),
            told("person.edit", &["changed name: Ada → Ada Lovelace"]),
            told("person.create", &["added person: – → Ada"]),
        ]
    );
    assert_eq!(history["items"][3]["reason"], "the shop");
    assert_eq!(history["items"][3]["who"]["name"], "second.admin");
    let of_team = ask(&mut browser, &admin, Method::GET, &format!("{team}/history"), None).await;
    assert_eq!(
        in_short(&of_team),
        [
            told("team.edit", &["changed name: Office → Back office"]),
            told("team.member.remove", &["removed member: Ada Lovelace → –"]),
            told("team.member.add", &["added member: – → Ada Lovelace"]),
            told("team.create", &["added team: – → Office"]),
        ]
    );

    // In parts, without a gap and without an overlap.
    let mut parts = Vec::new();
    let mut path = format!("{person}/history?limit=3");
    loop {
        let part = ask(&mut browser, &admin, Method::GET, &path, None).await;
        parts.extend(in_short(&part));
        let Some(next) = part["next"].as_str() else { break };
        path = format!("{person}/history?limit=3&cursor={next}");
    }
    assert_eq!(parts, in_short(&history));

    // The pages say the same, in words.
    let shown = page.get(&format!("/people/{ada}")).await;
    for words in [
        "disabled the person",
        "added a member",
        "gave a grant",
        "the shop",
        "Back office",
        "Disabled",
        "shop: allow engineer",
    ] {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
    let shown = page.get(&format!("{}?lang=zh", team.trim_start_matches("/api/v1"))).await;
    for words in ["移除了成员", "新建了团队", "Ada Lovelace"] {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
}

#[tokio::test]
async fn a_long_history_goes_on_behind_a_link() {
    let register = Register::empty().await;
    let (_, mut admin) = register.administrator().await;
    let (team, ada) = (register.team("Office", None).await, register.person("ada").await);
    for round in 0..24 {
        let other = register.team(&format!("Team {round:02}"), None).await;
        register.enrol(&ada, &other).await;
    }
    let first = admin.get(&format!("/people/{}", ada.public_id)).await;
    assert!(first.body.contains("Team 23") && first.body.contains(r#"class="history""#), "{}", first.body);
    let older = first
        .body
        .split("href=\"")
        .find_map(|rest| rest.split('"').next().filter(|link| link.contains("?older=")));
    let second = admin.get(older.expect("a link to what is older")).await;
    assert_eq!(second.status, StatusCode::OK);
    let of = |page: &str| page.matches("<li class=\"card\" id=\"c-").count();
    assert_eq!((of(&first.body), of(&second.body)), (20, 5), "24 memberships and the person themselves");
    let none = admin.get(&format!("/teams/{}", team.public_id)).await;
    assert!(none.body.contains(r#"class="history""#), "that it was made: {}", none.body);
}

/// Whoever sees who has access to the register, but not everything in it, sees nothing of what is hidden from them.
#[tokio::test]
async fn a_grant_on_what_is_hidden_is_not_in_the_history() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let source = register.bare_source("shop").await;
    let secret =
        register.within_as(source, AssetKind::Dataset, "hidden_plans", None, Some(Sensitivity::Secret)).await;
    let open = register
        .within_as(source, AssetKind::Dataset, "opening_hours", None, Some(Sensitivity::Public))
        .await;
    for asset in [secret, open] {
        register.grant(&ada, Role::Viewer, asset.id, Sensitivity::Secret).await;
        register.owner(&ada, asset.id).await;
    }
    let steward = register.person("steward").await;
    register.grant(&steward, Role::Steward, AssetId::REGISTER, Sensitivity::Internal).await;
    let token = register.token(&steward, TokenScope::ALL).await;
    let mut browser = register.browser();
    let path = format!("/api/v1/people/{}/history", ada.public_id);
    let seen = browser.api(Method::GET, &path, &token, None).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    assert!(seen.body.contains("opening_hours") && !seen.body.contains("hidden_plans"), "{}", seen.body);
    assert_eq!(
        seen.json()["items"].as_array().unwrap().len(),
        3,
        "nor that something was changed: {}",
        seen.body
    );
    let viewer = register.person("viewer").await;
    register.grant(&viewer, Role::Viewer, AssetId::REGISTER, Sensitivity::Secret).await;
    let viewers = register.token(&viewer, TokenScope::ALL).await;
    assert_eq!(browser.api(Method::GET, &path, &viewers, None).await.status, StatusCode::FORBIDDEN);
}
