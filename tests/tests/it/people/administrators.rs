//! That somebody remains who can undo what was done, however rights are taken: by revoking, by denying, by two at once.

use crate::program::program;
use cadastre_model::{Action, AssetId, GrantId, Role, Sensitivity, SubjectId, TokenScope};
use cadastre_tests::register::{Answer, Browser, Person, Register};
use http::{Method, StatusCode};
use serde_json::json;

async fn administrator(register: &Register, subject: impl Into<SubjectId>) -> String {
    let grant = register.grant(subject, Role::Administrator, AssetId::REGISTER, Sensitivity::Secret).await;
    public_id(register, grant).await
}

async fn public_id(register: &Register, grant: GrantId) -> String {
    let id: uuid::Uuid = sqlx::query_scalar("select public_id from grants where id = $1")
        .bind(grant.0)
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    id.to_string()
}

/// An administrator for good through a team, who may revoke the team's grant: it is not their own.
async fn by_team(register: &Register) -> (Person, String) {
    let boss = register.person("boss").await;
    let office = register.team("Office", None).await;
    let shift = register.team("Night shift", Some(&office)).await;
    register.enrol(&boss, &shift).await;
    (boss, administrator(register, &office).await)
}

async fn revoke(browser: &mut Browser, token: &str, grant: &str) -> Answer {
    browser.api(Method::DELETE, &format!("/api/v1/grants/{grant}"), token, None).await
}

#[tokio::test]
async fn the_grant_that_makes_the_last_administrator_is_not_revoked() {
    let register = Register::empty().await;
    let (boss, grant) = by_team(&register).await;
    let token = register.token(&boss, TokenScope::ALL).await;
    let (mut browser, mut page) = (register.browser(), register.sign_in(&boss).await);

    let answer = revoke(&mut browser, &token, &grant).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(answer.json()["detail"].as_str().unwrap().contains("last administrator"), "{}", answer.body);
    let form = format!("/access/grants/{grant}/revoke");
    assert_eq!(page.get(&form).await.status, StatusCode::OK);
    let answer = page.post(&form, &[("reason", "")]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(answer.body.contains("last administrator"), "{}", answer.body);
    assert!(register.may(&boss, Action::ManageGrants));

    // Whoever is disabled does not count, nor whose grant ends by itself.
    let gone = register.person("gone").await;
    administrator(&register, &gone).await;
    browser.headers.insert("if-match", "*".parse().unwrap());
    let disable = format!("/api/v1/people/{}/disable", gone.public_id);
    assert_eq!(browser.api(Method::POST, &disable, &token, None).await.status, StatusCode::OK);
    assert_eq!(revoke(&mut browser, &token, &grant).await.status, StatusCode::CONFLICT);
    let guest = register.person("guest").await;
    let for_a_year = json!({
        "subject": {"kind": "person", "id": guest.public_id}, "role": "administrator", "ceiling": "secret",
        "until": "2099-01-01T00:00:00Z",
    });
    let given = browser.api(Method::POST, &register_access(&register).await, &token, Some(for_a_year)).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.body);
    assert!(register.may(&guest, Action::ManageGrants));
    let answer = revoke(&mut browser, &token, &grant).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(answer.json()["detail"].as_str().unwrap().contains("without an end"), "{}", answer.body);

    // With a second one for good it goes.
    let second = register.person("second").await;
    administrator(&register, &second).await;
    assert_eq!(revoke(&mut browser, &token, &grant).await.status, StatusCode::NO_CONTENT);
    assert!(!register.may(&boss, Action::ManageGrants) && register.may(&second, Action::ManageGrants));
    register.rights_equal_a_rebuild().await;
}

async fn register_access(register: &Register) -> String {
    let id: uuid::Uuid = sqlx::query_scalar("select public_id from assets where id = 1")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    format!("/api/v1/assets/{id}/access")
}

#[tokio::test]
async fn the_last_administrator_is_denied_nothing_by_which_they_could_undo_it() {
    let register = Register::empty().await;
    let (boss, _) = by_team(&register).await;
    let home = tempfile::tempdir().unwrap();
    let cli = |arguments: &[&str]| program(&register, home.path(), "cli").args(arguments).output().unwrap();
    for role in ["administrator", "viewer"] {
        let out = cli(&["grant", "give", "--person", "boss", "--role", role, "--deny"]);
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(!out.status.success() && said.contains("last administrator"), "{role}: {said}");
    }
    let out = cli(&["grant", "give", "--person", "boss", "--role", "auditor", "--deny"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(register.may(&boss, Action::ManageGrants));
}

#[tokio::test]
async fn the_shell_does_not_revoke_the_last_one_either_but_makes_another() {
    let register = Register::empty().await;
    let (boss, grant) = by_team(&register).await;
    let home = tempfile::tempdir().unwrap();
    let cli = |arguments: &[&str]| program(&register, home.path(), "cli").args(arguments).output().unwrap();
    let out = cli(&["grant", "revoke", &grant]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success() && said.contains("cadastre user create --admin"), "{said}");
    assert!(register.may(&boss, Action::ManageGrants));
    let out = cli(&["user", "create", "next", "--admin"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let out = cli(&["grant", "revoke", &grant]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// Each takes the other's, at once, again and again: one of them always stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_revoke_each_other_at_once_leave_one() {
    let register = Register::empty().await;
    let (one, two) = (register.person("one").await, register.person("two").await);
    let tokens = [register.token(&one, TokenScope::ALL).await, register.token(&two, TokenScope::ALL).await];
    let replica = register.replica().await;
    let mut grants = [administrator(&register, &one).await, administrator(&register, &two).await];
    for round in 0..8 {
        // By two replicas: neither knows from its own memory what the other does.
        let (mut here, mut there) = (register.browser(), Browser::on(replica.1.clone()));
        let (first, second) = tokio::join!(
            revoke(&mut here, &tokens[0], &grants[1]),
            revoke(&mut there, &tokens[1], &grants[0]),
        );
        let done = [&first, &second].iter().filter(|answer| answer.status == StatusCode::NO_CONTENT).count();
        assert_eq!(done, 1, "round {round}: {} / {}", first.body, second.body);
        let left = register
            .count("select count(*) from grants where role = 'administrator' and valid_to is null")
            .await;
        assert_eq!(left, 1, "round {round}");
        let (lost, person) = if first.status == StatusCode::NO_CONTENT { (1, &two) } else { (0, &one) };
        grants[lost] = administrator(&register, person).await;
        let version: i64 = register.count("select version from register").await;
        replica.0.rights().wait_for(cadastre_model::Version(version)).await;
    }
}

/// A register whose administrators all end by themselves can still be worked with, down to the last of them.
#[tokio::test]
async fn where_nobody_is_one_for_good_one_for_a_time_remains() {
    let register = Register::empty().await;
    let (boss, grant) = by_team(&register).await;
    sqlx::query("update grants set ends_at = '2099-01-01' where role = 'administrator'")
        .execute(&register.app.db().web)
        .await
        .unwrap();
    let (other, token) = (register.person("other").await, register.token(&boss, TokenScope::ALL).await);
    let mut browser = register.browser();
    browser.headers.insert("if-match", "*".parse().unwrap());
    let disable = format!("/api/v1/people/{}/disable", other.public_id);
    let answer = browser.api(Method::POST, &disable, &token, None).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    let answer = revoke(&mut browser, &token, &grant).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
}
