//! Adding a source in the browser.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_added_in_four_steps_and_crawled_and_its_secret_never_comes_back() {
    let mut world = World::open().await;
    let workers = Workers::start(&world.register.app);
    let mut pages = Vec::new();
    pages.push(world.admin.get("/sources").await);
    pages.push(world.admin.get("/sources/new").await);
    pages.push(world.admin.get("/sources/new?kind=postgresql").await);
    let port = world.shop.cluster().port().to_string();
    let (database, role) = (world.shop.name().to_owned(), world.role.clone());
    let mut fields = vec![
        ("kind", "postgresql"),
        ("name", "shop, production"),
        ("host", "127.0.0.1"),
        ("port", &port),
        ("database", &database),
        ("user", &role),
        ("secret", SECRET),
        ("tls", "disable"),
        ("ca", ""),
    ];
    fields.push(("do", "test"));
    let tested = world.admin.post("/sources/new", &fields).await;
    assert_eq!(tested.status, StatusCode::OK, "{}", tested.body);
    assert!(tested.body.contains("id=\"checks\""), "the checks are shown");
    assert!(tested.body.contains("shop, production"), "what was typed is shown again");
    assert_eq!(world.register.count("select count(*) from sources").await, 0, "a test stores nothing");
    pages.push(tested);

    fields.pop();
    fields.push(("do", "save"));
    let saved = world.admin.post("/sources/new", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let next = saved.location().to_owned();
    assert!(next.ends_with("/edit?step=scope"), "{next}");
    let id = next.split('/').nth(2).unwrap().to_owned();

    let scope = world.admin.get(&next).await;
    let edit = format!("/sources/{id}/edit");
    let version = counter(&scope.body);
    let fields =
        [("part", "scope"), ("version", &version), ("step", "scope"), ("include", ""), ("exclude", "hr.*\n")];
    let scoped = world.admin.post(&edit, &fields).await;
    assert_eq!(scoped.status, StatusCode::SEE_OTHER, "{}", scoped.body);
    let schedule = world.admin.get(scoped.location()).await;
    let version = counter(&schedule.body);
    let fields = [
        ("part", "schedule"),
        ("version", &version),
        ("step", "schedule"),
        ("cron", "0 3 * * *"),
        ("time_zone", "Asia/Shanghai"),
        ("crawl_now", "on"),
    ];
    let scheduled = world.admin.post(&edit, &fields).await;
    assert_eq!(
        (scheduled.status, scheduled.location()),
        (StatusCode::SEE_OTHER, format!("/sources/{id}").as_str())
    );
    pages.extend([scope, schedule]);

    let tasks = world.ask(Method::GET, "/api/v1/tasks", None).await.json();
    let task = tasks["items"][0]["id"].as_str().unwrap().to_owned();
    let ended = world.end_of(&task).await;
    assert_eq!((&ended["state"], &ended["changes"]["added"]), (&json!("done"), &json!(2)), "{ended}");
    workers.stop().await;

    for path in [
        format!("/sources/{id}"),
        edit.clone(),
        "/sources".to_owned(),
        "/tasks".to_owned(),
        format!("/tasks/{task}"),
        format!("/sources/{id}/remove"),
    ] {
        let page = world.admin.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        pages.push(page);
    }
    let source = &pages[pages.len() - 6].body;
    assert!(source.contains("0 3 * * *") && source.contains("Asia/Shanghai"), "{source}");
    for page in &pages {
        assert!(!page.body.contains(SECRET), "{}", page.body);
    }
    let rows = world.register.dump().await;
    assert!(
        !rows.contains(SECRET) && !rows.contains(&hex::encode(SECRET)),
        "the secret is stored in the clear"
    );
}

#[tokio::test]
async fn a_form_that_is_refused_is_shown_again_with_what_is_wrong_and_without_the_secret() {
    let mut world = World::open().await;
    world.admin.get("/sources/new?kind=postgresql").await;
    let fields = [
        ("kind", "postgresql"),
        ("name", ""),
        ("host", "/run/postgresql"),
        ("port", "5432"),
        ("database", "d"),
        ("user", "u"),
        ("secret", SECRET),
        ("tls", "disable"),
        ("ca", ""),
        ("do", "save"),
    ];
    let refused = world.admin.post("/sources/new", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("paths and sockets are not taken"), "{}", refused.body);
    assert!(!refused.body.contains(SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_source_is_gone_with_its_secret_and_what_it_held_is_shown_as_gone() {
    let mut world = World::open().await;
    let workers = Workers::start(&world.register.app);
    let id = world.registered().await;
    world.crawl(&id).await;
    workers.stop().await;
    let asks = world.admin.get(&format!("/sources/{id}/remove")).await;
    assert!(asks.body.contains("3 datasets"), "{}", asks.body);
    let version = counter(&asks.body);
    let fields = [("version", version.as_str()), ("reason", "moved to another system")];
    let removed = world.admin.post(&format!("/sources/{id}/remove"), &fields).await;
    assert_eq!((removed.status, removed.location()), (StatusCode::SEE_OTHER, "/sources"), "{}", removed.body);
    assert_eq!(world.admin.get(&format!("/sources/{id}")).await.status, StatusCode::NOT_FOUND);
    let register = &world.register;
    assert_eq!(register.count("select count(*) from sources where secret is not null").await, 0);
    assert_eq!(
        register.count("select count(*) from assets where kind = 'dataset' and state = 'tombstoned'").await,
        3
    );
    let why = "select count(*) from change_sets where kind = 'source.remove' and reason = 'moved to another system'";
    assert_eq!(register.count(why).await, 1);
    // Its place is free again.
    world.registered().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engineer_of_a_domain_is_offered_it_and_adds_a_source_there() {
    use cadastre_model::{AssetId, Role, Sensitivity};
    let mut world = World::open().await;
    let register = &world.register;
    let (sales, hr) = (register.domain("Sales", None).await, register.domain("HR", None).await);
    let eve = register.person("eve").await;
    register.grant(&eve, Role::Viewer, AssetId::REGISTER, Sensitivity::Confidential).await;
    let mut browser = register.sign_in(&eve).await;
    assert_eq!(browser.get("/sources/new").await.status, StatusCode::FORBIDDEN);
    let bare = register.bare_source("bare").await;
    register.grant(&eve, Role::Engineer, bare.id, Sensitivity::Confidential).await;
    assert_eq!(
        browser.get("/sources/new").await.status,
        StatusCode::FORBIDDEN,
        "one source is no place for others"
    );
    for page in ["/sources", "/browse", "/"] {
        let page = browser.get(page).await;
        assert!(!page.body.contains(r#"href="/sources/new""#), "what they can't do is not offered");
    }
    register.grant(&eve, Role::Engineer, sales.id, Sensitivity::Confidential).await;
    assert!(browser.get("/sources").await.body.contains(r#"href="/sources/new""#));
    let form = browser.get("/sources/new?kind=postgresql").await;
    let choice =
        |domain: &cadastre_tests::register::TestAsset| format!(r#"<option value="{}">"#, domain.public_id);
    assert!(form.body.contains(&choice(&sales)) && !form.body.contains(&choice(&hr)), "{}", form.body);
    assert!(!form.body.contains(r#"<option value="">"#), "the register itself is not offered");
    let port = world.shop.cluster().port().to_string();
    let (sales, hr) = (sales.public_id.to_string(), hr.public_id.to_string());
    let (database, role) = (world.shop.name().to_owned(), world.role.clone());
    let fields = |domain, button| {
        [
            ("kind", "postgresql"),
            ("domain", domain),
            ("name", "shop"),
            ("host", "127.0.0.1"),
            ("port", port.as_str()),
            ("database", database.as_str()),
            ("user", role.as_str()),
            ("secret", SECRET),
            ("tls", "disable"),
            ("ca", ""),
            ("do", button),
        ]
    };
    for domain in [hr.as_str(), ""] {
        let refused = browser.post("/sources/new", &fields(domain, "save")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{domain}: {}", refused.body);
    }
    let tested = browser.post("/sources/new", &fields(&sales, "test")).await;
    assert_eq!(tested.status, StatusCode::OK, "{}", tested.body);
    assert!(tested.body.contains(&format!(r#"<option value="{sales}" selected>"#)), "{}", tested.body);
    let saved = browser.post("/sources/new", &fields(&sales, "save")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let scope = browser.get(saved.location()).await;
    assert_eq!(scope.status, StatusCode::OK, "{}", scope.body);
    // Who may register anywhere is offered all domains, and none.
    let all = world.admin.get("/sources/new?kind=postgresql").await;
    assert!(all.body.contains(&hr) && all.body.contains(r#"<option value="">"#), "{}", all.body);
}

fn counter(page: &str) -> String {
    let after = page.split_once("name=\"version\" value=\"").expect("a counter").1;
    after.split_once('"').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn how_much_a_source_may_be_asked_is_set_by_form() {
    let mut world = World::open().await;
    let id = world.registered().await;
    let place = format!("/sources/{id}/edit");
    let page = world.admin.get(&place).await;
    assert!(page.body.contains("Reading what it holds"), "{}", page.body);
    let version = counter(&page.body);
    let form = |quiet: &'static str| {
        [
            ("part", "reading".to_owned()),
            ("version", version.clone()),
            ("step", String::new()),
            ("connections", "3".to_owned()),
            ("statement_seconds", "20".to_owned()),
            ("statements_a_day", "100".to_owned()),
            ("seconds_a_day", "200".to_owned()),
            ("quiet", quiet.to_owned()),
            ("profile_cron", " 0  4 * * 0 ".to_owned()),
        ]
    };
    for wrong in ["late", "22:00-22:00", "22:00-25:00"] {
        let fields = form(wrong);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = world.admin.post(&place, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.body.contains("two different ends"), "{}", refused.body);
    }
    let fields = form("22:00-06:00\n12:00 – 13:00");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let saved = world.admin.post(&place, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let source = world.ask(Method::GET, &format!("/api/v1/sources/{id}"), None).await.json();
    let quiet = json!([{ "from": "22:00", "to": "06:00" }, { "from": "12:00", "to": "13:00" }]);
    assert_eq!(
        source["settings"]["reading"],
        json!({
            "connections": 3, "statement_seconds": 20, "statements_a_day": 100, "seconds_a_day": 200,
            "quiet": quiet, "profile_cron": "0 4 * * 0",
        })
    );
    assert!(world.admin.get(&place).await.body.contains("12:00-13:00"));
}
