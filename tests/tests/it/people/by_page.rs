//! The pages about people, as a browser uses them.

use cadastre_model::{Action, AssetId, Role, Sensitivity};
use cadastre_tests::register::{Answer, Browser, Register};
use http::StatusCode;

const SECRET: &str = r#"<p class="secret"><code>"#;

/// What a page shows once.
fn secret(answer: &Answer) -> String {
    let after = answer.body.split_once(SECRET).unwrap_or_else(|| panic!("nothing secret: {}", answer.body)).1;
    after.split_once('<').unwrap().0.to_owned()
}

/// The value of a hidden field.
fn hidden(answer: &Answer, name: &str) -> String {
    let field = format!(r#"name="{name}" value=""#);
    let after = answer.body.split_once(&field).unwrap_or_else(|| panic!("no {name}: {}", answer.body)).1;
    after.split_once('"').unwrap().0.to_owned()
}

async fn page(browser: &mut Browser, path: &str) -> Answer {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer
}

#[tokio::test]
async fn a_person_is_added_changed_disabled_and_enabled_by_page() {
    let register = Register::empty().await;
    let (_, mut admin) = register.administrator().await;
    page(&mut admin, "/people/new").await;
    let wrong = admin.post("/people/new", &[("login", "Everyone"), ("display_name", "<b>x</b>")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("&#60;b&#62;x") || wrong.body.contains("&lt;b&gt;x"), "{}", wrong.body);
    let fields = [
        ("kind", "person"),
        ("login", "ada"),
        ("display_name", "Ada"),
        ("roles", "auditor"),
        ("roles", "steward"),
    ];
    let added = admin.post("/people/new", &fields).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    let password = secret(&added);
    let ada: String = sqlx::query_scalar("select public_id::text from people where login = 'ada'")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    let place = format!("/people/{ada}");
    let shown = page(&mut admin, &place).await;
    assert!(!shown.body.contains(&password), "once");

    let version = hidden(&shown, "version");
    let edit = format!("{place}/edit");
    let named = [("version", version.as_str()), ("display_name", "Ada King"), ("email", "ada@example.org")];
    assert_eq!(admin.post(&edit, &named).await.status, StatusCode::SEE_OTHER);
    assert_eq!(admin.post(&edit, &named).await.status, StatusCode::PRECONDITION_FAILED);
    assert!(page(&mut admin, "/people?q=king").await.body.contains("Ada King"));

    let asked = page(&mut admin, &format!("{place}/disable")).await;
    let version = hidden(&asked, "version");
    let gone = [("version", version.as_str()), ("reason", "left the company")];
    assert_eq!(admin.post(&format!("{place}/disable"), &gone).await.status, StatusCode::SEE_OTHER);
    let reason =
        "select count(*) from change_sets where kind = 'person.disable' and reason = 'left the company'";
    assert_eq!(register.count(reason).await, 1);
    page(&mut admin, &place).await;
    assert_eq!(admin.post(&format!("{place}/enable"), &[]).await.status, StatusCode::SEE_OTHER);
    page(&mut admin, &place).await;
    let reset = admin.post(&format!("{place}/password"), &[]).await;
    assert_ne!(secret(&reset), password);
}

#[tokio::test]
async fn a_given_password_is_changed_before_anything_else() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    register.database.execute("update passwords set must_change = true").await;
    let mut browser = register.sign_in(&ada).await;
    let mut copy = browser.clone();
    for path in ["/", "/people", "/tokens", "/search"] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/account"), "{path}");
    }
    let only = page(&mut browser, "/account").await;
    assert!(!only.body.contains("time_zone"), "only the form for the password");
    let typed = |current, password, again| [("current", current), ("password", password), ("again", again)];
    let new = "another quiet phrase";
    for (current, password, again, why) in [
        ("wrong", new, new, "not your password"),
        (ada.password.as_str(), new, "a third one here", "do not match"),
        (ada.password.as_str(), "short", "short", "At least"),
        (ada.password.as_str(), ada.password.as_str(), ada.password.as_str(), "is the old one"),
    ] {
        let answer = browser.post("/account/password", &typed(current, password, again)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        assert!(answer.body.contains(why), "{why}: {}", answer.body);
        assert!(!answer.body.contains(new));
    }
    let changed = browser.post("/account/password", &typed(&ada.password, new, new)).await;
    assert_eq!((changed.status, changed.location()), (StatusCode::SEE_OTHER, "/"), "{}", changed.body);
    page(&mut browser, "/account").await;
    assert_ne!(browser.cookie("cadastre"), copy.cookie("cadastre"), "the session goes on under a new id");
    assert_eq!(copy.get("/account").await.status, StatusCode::SEE_OTHER, "the old id is dead");
}

#[tokio::test]
async fn settings_and_sessions_are_ones_own() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let mut here = register.sign_in(&ada).await;
    let mut there = register.sign_in(&ada).await;
    page(&mut here, "/account").await;
    let fields = [("language", "zh"), ("time_zone", "Asia/Shanghai"), ("theme", "dark")];
    assert_eq!(here.post("/account/settings", &fields).await.status, StatusCode::SEE_OTHER);
    let shown = page(&mut there, "/account").await;
    assert!(shown.body.contains(r#"lang="zh-Hans""#) && shown.body.contains(r#"data-theme="dark""#));
    let wrong = [("language", "zh"), ("time_zone", "Mars/Olympus"), ("theme", "dark")];
    assert_eq!(here.post("/account/settings", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let switched = here.post("/theme", &[("theme", "light"), ("back", "/account")]).await;
    assert_eq!((switched.status, switched.location()), (StatusCode::SEE_OTHER, "/account"));
    let away = here.post("/theme", &[("theme", "light"), ("back", "//evil.example")]).await;
    assert_eq!(away.location(), "/");

    let eve = register.person("eve").await;
    let mut other = register.sign_in(&eve).await;
    let eves: String = sqlx::query_scalar(
        "select s.public_id::text from sessions s join people p on p.id = s.person_id where p.login = 'eve'",
    )
    .fetch_one(&register.app.db().web)
    .await
    .unwrap();
    let foreign = here.post(&format!("/account/sessions/{eves}/end"), &[]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    page(&mut other, "/account").await;
    assert_eq!(here.post("/account/sessions/end", &[]).await.status, StatusCode::SEE_OTHER);
    page(&mut here, "/account").await;
    assert_eq!(there.get("/account").await.status, StatusCode::SEE_OTHER, "signed out there");
}

#[tokio::test]
async fn a_token_is_made_and_revoked_by_page() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let mut browser = register.sign_in(&ada).await;
    page(&mut browser, "/tokens").await;
    let none = browser.post("/tokens", &[("name", "x"), ("expires", "90")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", none.body);
    let fields = [("name", "laptop"), ("expires", "7"), ("scopes", "read"), ("scopes", "write")];
    let made = browser.post("/tokens", &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let token = secret(&made);
    assert_eq!(browser.api(http::Method::GET, "/api/v1/me", &token, None).await.status, StatusCode::OK);
    assert!(!page(&mut browser, "/tokens").await.body.contains(&token));
    let days = "select (extract(epoch from expires_at - clock_timestamp()) / 86400)::bigint from api_tokens";
    assert_eq!(register.count(days).await, 7);
    let id: String = sqlx::query_scalar("select public_id::text from api_tokens")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    page(&mut browser, &format!("/tokens/{id}/revoke")).await;
    assert_eq!(browser.post(&format!("/tokens/{id}/revoke"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        browser.api(http::Method::GET, "/api/v1/me", &token, None).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(browser.get(&format!("/tokens/{id}/revoke")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_team_is_kept_by_page() {
    let register = Register::empty().await;
    let (_, mut admin) = register.administrator().await;
    let ada = register.person("ada").await;
    page(&mut admin, "/teams/new").await;
    let made = admin.post("/teams/new", &[("version", "0"), ("name", "Office"), ("parent", "")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let place = made.location().to_owned();
    let shown = page(&mut admin, &place).await;
    let nobody = admin.post(&format!("{place}/members"), &[("login", "nobody")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nobody.body);
    assert_eq!(
        admin.post(&format!("{place}/members"), &[("login", "Ada")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(page(&mut admin, &place).await.body.contains("/people/"));
    let stale = [("version", &*hidden(&shown, "version")), ("name", "Bureau"), ("parent", "")];
    assert_eq!(admin.post(&format!("{place}/edit"), &stale).await.status, StatusCode::PRECONDITION_FAILED);
    let shown = page(&mut admin, &place).await;
    let own = place.rsplit('/').next().unwrap();
    let below = [("version", &*hidden(&shown, "version")), ("name", "Bureau"), ("parent", own)];
    assert_eq!(admin.post(&format!("{place}/edit"), &below).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let renamed = [("version", &*hidden(&shown, "version")), ("name", "Bureau"), ("parent", "")];
    assert_eq!(admin.post(&format!("{place}/edit"), &renamed).await.status, StatusCode::SEE_OTHER);
    assert!(page(&mut admin, "/teams").await.body.contains("Bureau"));
    page(&mut admin, &place).await;
    let out = admin.post(&format!("{place}/members/{}/remove", ada.public_id), &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER, "{}", out.body);
    let asked = page(&mut admin, &format!("{place}/remove")).await;
    let confirmed = [("version", &*hidden(&asked, "version")), ("reason", "no longer needed")];
    assert_eq!(admin.post(&format!("{place}/remove"), &confirmed).await.status, StatusCode::SEE_OTHER);
    assert_eq!(admin.get(&place).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_only_reads_is_offered_no_form_and_sends_none() {
    let register = Register::empty().await;
    let auditor = register.person("auditor").await;
    register.grant(&auditor, Role::Auditor, AssetId::REGISTER, Sensitivity::Secret).await;
    let team = register.team("Office", None).await;
    assert!(!register.may(&auditor, Action::ManagePeople));
    let mut browser = register.sign_in(&auditor).await;
    let place = format!("/people/{}", auditor.public_id);
    let team = format!("/teams/{}", team.public_id);
    for path in ["/people", "/teams", &place, &team] {
        let shown = page(&mut browser, path).await;
        assert!(!shown.body.contains("/edit\"") && !shown.body.contains("/new\""), "{path}");
    }
    for path in ["/people/new", "/teams/new"] {
        assert_eq!(browser.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    page(&mut browser, &place).await;
    for path in [format!("{place}/password"), format!("{place}/enable")] {
        assert_eq!(browser.post(&path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let ada = register.person("ada").await;
    let mut nobody = register.sign_in(&ada).await;
    for path in ["/people", "/teams", &place, &team] {
        assert_eq!(nobody.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
