//! Sources by the API: who may, and in which order it is answered.

use super::*;
use cadastre_model::{AssetId, Role, Sensitivity};

#[tokio::test]
async fn a_source_is_made_read_and_changed_and_says_its_settings_to_who_manages_it_only() {
    let mut world = World::open().await;
    let id = world.registered().await;
    let path = format!("/api/v1/sources/{id}");
    let read = world.ask(Method::GET, &path, None).await;
    assert_eq!(read.status, StatusCode::OK);
    assert!(read.headers.contains_key("etag") && !read.body.contains(SECRET));
    let port = world.shop.cluster().port();
    assert_eq!(read.json()["settings"]["namespace"], json!(format!("postgres://127.0.0.1:{port}")));
    assert_eq!(read.json()["state"], json!("new"));

    let viewer = world.register.person("viewer").await;
    let token = world.register.token(&viewer, TokenScope::ALL).await;
    let stranger = world.admin.api(Method::GET, &path, &token, None).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    world.register.grant(&viewer, Role::Viewer, AssetId::REGISTER, Sensitivity::Secret).await;
    let seen = world.admin.api(Method::GET, &path, &token, None).await;
    assert_eq!((seen.status, seen.json().get("settings")), (StatusCode::OK, None), "{}", seen.body);
    let etag = seen.headers["etag"].clone();
    let mut program = world.admin.clone();
    program.headers.insert("if-match", etag);
    let forbidden = program.api(Method::PATCH, &path, &token, Some(json!({ "name": "x" }))).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    for what in ["crawl", "test"] {
        let refused = world.admin.api(Method::POST, &format!("{path}/{what}"), &token, None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{what}");
    }

    let change = json!({ "name": "shop 2", "aliases": ["postgres://pooler:6432"], "schedule": { "cron": "*/10 * * * *" } });
    assert_eq!(
        world.ask(Method::PATCH, &path, Some(change.clone())).await.status,
        StatusCode::PRECONDITION_REQUIRED
    );
    let changed = world.change(Method::PATCH, &path, Some(change.clone())).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    assert_eq!(changed.json()["name"], json!("shop 2"));
    assert!(changed.json()["next_crawl_at"].is_string());
    let sets = world.register.count("select count(*) from change_sets").await;
    let same = world.change(Method::PATCH, &path, Some(change)).await;
    assert_eq!(same.status, StatusCode::OK);
    assert_eq!(world.register.count("select count(*) from change_sets").await, sets, "nothing differs");
    let mut stale = world.admin.clone();
    stale.headers.insert("if-match", "\"0\"".parse().unwrap());
    let late = stale.api(Method::PATCH, &path, &world.token, Some(json!({ "name": "x" }))).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let unknown = world.change(Method::PATCH, &path, Some(json!({ "nmae": "x" }))).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_token_that_only_reads_changes_nothing() {
    let mut world = World::open().await;
    let id = world.registered().await;
    let token = world.register.token(&world.person, &[TokenScope::Read]).await;
    let made = world.admin.api(Method::POST, "/api/v1/sources", &token, Some(world.body("other"))).await;
    assert_eq!(made.status, StatusCode::FORBIDDEN);
    let crawl = world.admin.api(Method::POST, &format!("/api/v1/sources/{id}/crawl"), &token, None).await;
    assert_eq!(crawl.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn another_host_wants_the_secret_again_and_what_does_not_answer_is_not_stored() {
    let mut world = World::open().await;
    let id = world.registered().await;
    let path = format!("/api/v1/sources/{id}");
    for (member, value) in [("host", json!("localhost")), ("port", json!(1)), ("tls", json!("require"))] {
        let mut place = world.place();
        place[member] = value;
        let refused = world.change(Method::PATCH, &path, Some(json!({ "connection": place }))).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{member}");
        assert_eq!(refused.json()["errors"][0]["field"], json!("secret"), "{member}: {}", refused.body);
    }
    let mut place = world.place();
    place["port"] = json!(1);
    let change = json!({ "connection": place, "secret": SECRET });
    let refused = world.change(Method::PATCH, &path, Some(change)).await;
    assert_eq!(refused.json()["errors"][0]["field"], json!("connection.reach"), "{}", refused.body);
    let settings = &world.ask(Method::GET, &path, None).await.json()["settings"];
    assert_eq!(settings["connection"]["port"], json!(world.shop.cluster().port()));
    let mut place = world.place();
    place["host"] = json!("localhost");
    let moved =
        world.change(Method::PATCH, &path, Some(json!({ "connection": place, "secret": SECRET }))).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
}

#[tokio::test]
async fn two_databases_of_one_server_share_a_namespace_and_one_database_is_no_two_sources() {
    let mut world = World::open().await;
    world.registered().await;
    let twice = world.ask(Method::POST, "/api/v1/sources", Some(world.body("again"))).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(twice.json()["errors"][0]["field"], json!("namespace"), "{}", twice.body);
    let other = TestCluster::source().fresh_database().await;
    let mut body = world.body("warehouse");
    body["connection"]["database"] = json!(other.name());
    let made = world.ask(Method::POST, "/api/v1/sources", Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
}

#[tokio::test]
async fn a_schedule_that_is_wrong_or_comes_too_often_is_refused() {
    let mut world = World::open().await;
    for cron in ["* * * * *", "0 0 30 2 *", "soon", "* * * * * *"] {
        let mut body = world.body("shop");
        body["schedule"] = json!({ "cron": cron });
        let refused = world.ask(Method::POST, "/api/v1/sources", Some(body)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{cron}");
        assert_eq!(refused.json()["errors"][0]["field"], json!("cron"), "{cron}");
    }
}

/// An engineer of a domain registers a source into it, and then it is theirs to see, test, crawl and change.
#[tokio::test(flavor = "multi_thread")]
async fn an_engineer_of_a_domain_registers_a_source_into_it_and_works_on_it() {
    let world = World::open().await;
    let (sales, hr) = (world.register.domain("Sales", None).await, world.register.domain("HR", None).await);
    let retail = world.register.domain("Retail", Some(sales)).await;
    let eve = world.register.person("eve").await;
    world.register.grant(&eve, Role::Engineer, sales.id, Sensitivity::Confidential).await;
    world.register.grant(&eve, Role::Viewer, hr.id, Sensitivity::Confidential).await;
    let hidden = world.register.domain("Hidden", None).await;
    let token = world.register.token(&eve, TokenScope::ALL).await;
    let mut program = world.register.browser();
    let body = |domain: Value, name: &str| {
        let mut body = world.body(name);
        body["domain"] = domain;
        body
    };
    let dataset = world.register.within_as(
        world.register.bare_source("bare").await,
        cadastre_model::AssetKind::Dataset,
        "orders",
        Some(sales),
        None,
    );
    let dataset = dataset.await;
    for (domain, status) in [
        (Value::Null, StatusCode::FORBIDDEN),
        (json!(hr.public_id), StatusCode::FORBIDDEN),
        (json!(hidden.public_id), StatusCode::NOT_FOUND),
        (json!(uuid::Uuid::new_v4()), StatusCode::NOT_FOUND),
        (json!(dataset.public_id), StatusCode::FORBIDDEN),
    ] {
        // Before anything is said about the rest of it, and before anything is dialled.
        let mut wrong = body(domain.clone(), "");
        wrong["connection"]["port"] = json!(1);
        let refused = program.api(Method::POST, "/api/v1/sources", &token, Some(wrong)).await;
        assert_eq!(refused.status, status, "{domain}: {}", refused.body);
        let mut test = body(domain.clone(), "");
        test.as_object_mut().unwrap().remove("name");
        let refused = program.api(Method::POST, "/api/v1/sources/test", &token, Some(test)).await;
        assert_eq!(refused.status, status, "{domain}: {}", refused.body);
    }
    let hidden_and_absent = [json!(hidden.public_id), json!(uuid::Uuid::new_v4())];
    let mut said = Vec::new();
    for domain in hidden_and_absent {
        let answer = program.api(Method::POST, "/api/v1/sources", &token, Some(body(domain, "x"))).await;
        let mut answer = answer.json();
        answer["request_id"] = Value::Null;
        said.push(answer);
    }
    assert_eq!(said[0], said[1], "hidden is absent");
    assert_eq!(world.register.count("select count(*) from sources").await, 0, "nothing was stored");

    let mut test = body(json!(retail.public_id), "");
    test.as_object_mut().unwrap().remove("name");
    let tested = program.api(Method::POST, "/api/v1/sources/test", &token, Some(test)).await;
    assert_eq!(
        (tested.status, tested.json()["passed"].clone()),
        (StatusCode::OK, json!(true)),
        "{}",
        tested.body
    );
    let made = program
        .api(Method::POST, "/api/v1/sources", &token, Some(body(json!(retail.public_id), "shop")))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    assert!(made.json()["settings"].is_object(), "its settings are theirs: {}", made.body);
    let path = made.location().to_owned();
    let asset = program.api(Method::GET, &path.replace("/sources/", "/assets/"), &token, None).await;
    assert!(asset.body.contains("Retail"), "{}", asset.body);
    for what in ["test", "crawl"] {
        let answer = program.api(Method::POST, &format!("{path}/{what}"), &token, None).await;
        assert!(answer.status.is_success(), "{what}: {}", answer.body);
    }
    let renamed = program.api_change(Method::PATCH, &path, &token, Some(json!({"name": "shop 2"}))).await;
    assert_eq!(renamed.status, StatusCode::OK, "{}", renamed.body);

    // Whoever is in another domain sees nothing of it.
    let other = world.register.person("other").await;
    world.register.grant(&other, Role::Engineer, hr.id, Sensitivity::Secret).await;
    let others = world.register.token(&other, TokenScope::ALL).await;
    assert_eq!(program.api(Method::GET, &path, &others, None).await.status, StatusCode::NOT_FOUND);
}
