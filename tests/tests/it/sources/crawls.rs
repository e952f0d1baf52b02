//! Crawls as tasks: what they leave when the source is well and when it is not, who sees them, and when they come.

use super::*;
use cadastre_model::{AssetId, Role, Sensitivity};
use cadastre_tests::fake::{FakeServer, Trick};

async fn live_datasets(world: &World) -> i64 {
    world.register.count("select count(*) from assets where kind = 'dataset' and state = 'live'").await
}

async fn source_asset(world: &World) -> AssetId {
    AssetId(world.register.count("select asset_id from sources").await)
}

/// The source lies at another port from now on, as if its host had changed behind its name.
async fn move_to(world: &World, port: u16) {
    sqlx::query(
        "update source_facts set connection = jsonb_set(connection, '{port}', to_jsonb($1::int)) where valid_to is null",
    )
    .bind(i32::from(port))
    .execute(&world.register.app.db().web)
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_crawl_says_what_changed_and_nothing_where_nothing_did() {
    let mut world = World::open().await;
    let workers = Workers::start(&world.register.app);
    let id = world.registered().await;
    let first = world.crawl(&id).await;
    assert_eq!(first["changes"], json!({ "added": 3, "removed": 0, "changed": 0 }), "{first}");
    world.shop.execute("drop table hr.salaries; alter table sales.orders add note text").await;
    let second = world.crawl(&id).await;
    assert_eq!(second["changes"], json!({ "added": 0, "removed": 1, "changed": 1 }), "{second}");
    let third = world.crawl(&id).await;
    assert_eq!(third["changes"], json!({ "added": 0, "removed": 0, "changed": 0 }), "{third}");
    let source = world.ask(Method::GET, &format!("/api/v1/sources/{id}"), None).await.json();
    assert_eq!((&source["state"], &source["datasets"]), (&json!("fine"), &json!(2)));
    let lines = format!("/api/v1/tasks/{}/lines", second["id"].as_str().unwrap());
    let lines = world.ask(Method::GET, &lines, None).await.json();
    assert!(
        lines["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["text"] == json!("New 0, changed 1, gone 1, as before 1.")),
        "{lines}"
    );
    let by_crawl = "select count(*) from change_sets where via = 'crawl' and person_id is not null and task_id is not null";
    assert!(world.register.count(by_crawl).await > 0);
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_changed_at_the_source_ends_the_crawl_and_leaves_the_catalogue_as_it_was() {
    let mut world = World::open().await;
    let workers = Workers::start(&world.register.app);
    let id = world.registered().await;
    world.crawl(&id).await;
    world.shop.execute(&format!("alter role {} password 'another'", world.role)).await;
    let failed = world.crawl(&id).await;
    assert_eq!((&failed["state"], &failed["attempt"]), (&json!("failed"), &json!(1)), "{failed}");
    assert_eq!(failed["error"]["reason"], json!("source-sign-in-password"));
    assert_eq!(live_datasets(&world).await, 3);
    let path = format!("/api/v1/sources/{id}");
    assert_eq!(world.ask(Method::GET, &path, None).await.json()["state"], json!("failing"));
    let page = world.admin.get(&format!("/sources/{id}")).await;
    assert!(page.body.contains("Crawls fail since"), "{}", page.body);
    let rotated = world.change(Method::PATCH, &path, Some(json!({ "secret": "another" }))).await;
    assert_eq!(rotated.status, StatusCode::OK, "{}", rotated.body);
    assert_eq!(world.crawl(&id).await["state"], json!("done"));
    assert_eq!(world.ask(Method::GET, &path, None).await.json()["state"], json!("fine"));
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_breaks_off_or_answers_nonsense_changes_nothing() {
    let mut world = World::open().await;
    let workers = Workers::start(&world.register.app);
    let id = world.registered().await;
    world.crawl(&id).await;
    for trick in [Trick::Garbage, Trick::HugeMessage, Trick::ResetInARow, Trick::AsksCleartext] {
        let server = FakeServer::start(trick).await;
        move_to(&world, server.port()).await;
        let failed = world.crawl(&id).await;
        assert_eq!(failed["state"], json!("failed"), "{trick:?}: {failed}");
        assert_eq!(live_datasets(&world).await, 3, "{trick:?}");
        assert_eq!(server.passwords(), 0, "{trick:?}");
    }
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_silent_is_tried_again_and_delays_no_other_one() {
    let mut world = World::open().await;
    let workers = Workers::start(&world.register.app);
    let silent_id = world.registered().await;
    let server = FakeServer::start(Trick::Silent).await;
    move_to(&world, server.port()).await;
    let asked = world.ask(Method::POST, &format!("/api/v1/sources/{silent_id}/crawl"), None).await;
    let silent_task = asked.json()["id"].as_str().unwrap().to_owned();
    let mut body = world.body("healthy");
    body["namespace"] = json!("healthy");
    let healthy = world.ask(Method::POST, "/api/v1/sources", Some(body)).await.json();
    let done = world.crawl(healthy["id"].as_str().unwrap()).await;
    assert_eq!(done["state"], json!("done"), "{done}");
    let waiting = world.ask(Method::GET, &format!("/api/v1/tasks/{silent_task}"), None).await.json();
    assert!(["running", "queued"].contains(&waiting["state"].as_str().unwrap()), "{waiting}");
    let cancelled = world.ask(Method::POST, &format!("/api/v1/tasks/{silent_task}/cancel"), None).await;
    assert_eq!(cancelled.status, StatusCode::OK, "{}", cancelled.body);
    let ended = world.end_of(&silent_task).await;
    assert_eq!(ended["state"], json!("cancelled"), "{ended}");
    let again = world.ask(Method::POST, &format!("/api/v1/tasks/{silent_task}/cancel"), None).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_is_due_fires_once_over_two_replicas_and_catches_up_once() {
    let mut world = World::open().await;
    let id = world.registered().await;
    let path = format!("/api/v1/sources/{id}");
    let change = json!({ "schedule": { "cron": "*/10 * * * *" } });
    assert_eq!(world.change(Method::PATCH, &path, Some(change)).await.status, StatusCode::OK);
    // Days ago: hundreds of times were missed.
    world
        .register
        .database
        .execute("update sources set next_due = clock_timestamp() - interval '3 days'")
        .await;
    let (other, _) = world.register.replica().await;
    let one = tokio::spawn({
        let app = world.register.app.clone();
        async move { cadastre::tasks::work(&app).await }
    });
    let two = tokio::spawn(async move { cadastre::tasks::work(&other).await });
    for _ in 0..200 {
        if world.register.count("select count(*) from tasks where kind = 'crawl' and state = 'done'").await
            > 0
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(world.register.count("select count(*) from tasks where kind = 'crawl'").await, 1);
    assert_eq!(
        world
            .register
            .count(
                "select count(*) from tasks where kind = 'crawl' and state = 'done' and created_by is null"
            )
            .await,
        1
    );
    assert_eq!(
        world.register.count("select count(*) from sources where next_due > clock_timestamp()").await,
        1
    );
    world.register.stop();
    one.await.unwrap();
    two.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_schedule_does_not_fire() {
    let mut world = World::open().await;
    let id = world.registered().await;
    let change = json!({ "schedule": { "cron": "*/10 * * * *", "paused": true } });
    let paused = world.change(Method::PATCH, &format!("/api/v1/sources/{id}"), Some(change)).await.json();
    assert_eq!(paused["next_crawl_at"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_there_for_who_may_crawl_or_manage_its_source_only() {
    let mut world = World::open().await;
    let workers = Workers::start(&world.register.app);
    let id = world.registered().await;
    let task = world.crawl(&id).await["id"].as_str().unwrap().to_owned();
    workers.stop().await;
    let viewer = world.register.person("viewer").await;
    world.register.grant(&viewer, Role::Viewer, AssetId::REGISTER, Sensitivity::Secret).await;
    let engineer = world.register.person("engineer").await;
    world.register.grant(&engineer, Role::Engineer, source_asset(&world).await, Sensitivity::Secret).await;
    for (person, status, count) in [(&viewer, StatusCode::NOT_FOUND, 0), (&engineer, StatusCode::OK, 2)] {
        let token = world.register.token(person, TokenScope::ALL).await;
        for path in [format!("/api/v1/tasks/{task}"), format!("/api/v1/tasks/{task}/lines")] {
            assert_eq!(world.admin.api(Method::GET, &path, &token, None).await.status, status, "{path}");
        }
        let list = world.admin.api(Method::GET, "/api/v1/tasks", &token, None).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), count);
        let mut browser = world.register.sign_in(person).await;
        for path in [format!("/tasks/{task}"), format!("/tasks/{task}/events")] {
            assert_eq!(browser.get(&path).await.status, status, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_a_task_come_to_their_end_with_the_task() {
    let mut world = World::open().await;
    let id = world.registered().await;
    let asked = world.ask(Method::POST, &format!("/api/v1/sources/{id}/crawl"), None).await;
    let task = asked.json()["id"].as_str().unwrap().to_owned();
    let mut browser = world.register.sign_in(&world.person).await;
    let stream = tokio::spawn(async move { browser.get(&format!("/tasks/{task}/events")).await });
    tokio::time::sleep(Duration::from_millis(600)).await;
    let workers = Workers::start(&world.register.app);
    let events = tokio::time::timeout(Duration::from_secs(20), stream).await.unwrap().unwrap();
    assert_eq!(events.headers["content-type"], "text/event-stream");
    let names: Vec<&str> = events.body.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(names.first(), Some(&"live"));
    assert_eq!(names.last(), Some(&"end"));
    assert!(names.len() > 2, "{names:?}");
    assert!(events.body.contains("New 3, changed 0") || events.body.contains("Done"), "{}", events.body);
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_a_task_end_when_the_session_does() {
    let mut world = World::open().await;
    let id = world.registered().await;
    let asked = world.ask(Method::POST, &format!("/api/v1/sources/{id}/crawl"), None).await;
    let task = asked.json()["id"].as_str().unwrap().to_owned();
    let mut browser = world.register.sign_in(&world.person).await;
    // Nobody works, so only the session can end it.
    let stream = tokio::spawn(async move { browser.get(&format!("/tasks/{task}/events")).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    world.register.database.execute("delete from sessions").await;
    let events =
        tokio::time::timeout(Duration::from_secs(9), stream).await.expect("the stream ends").unwrap();
    assert_eq!(events.status, StatusCode::OK);
}

/// What each replica does each second.
async fn schedules(world: &World) {
    let routine =
        cadastre::tasks::ROUTINES.iter().find(|routine| routine.name == "schedules of sources").unwrap();
    (routine.run)(world.register.app.clone()).await.unwrap();
}

/// A port that nobody listens on.
fn refusing_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fails_again_and_again_rests_and_its_schedule_leaves_it_alone() {
    let mut world = World::open().await;
    let workers = Workers::start(&world.register.app);
    let id = world.registered().await;
    let path = format!("/api/v1/sources/{id}");
    let change = json!({ "schedule": { "cron": "*/10 * * * *" } });
    assert_eq!(world.change(Method::PATCH, &path, Some(change)).await.status, StatusCode::OK);
    let right = world.shop.cluster().port();
    move_to(&world, refusing_port()).await;
    // Four attempts failed before; the fifth is the one too many.
    world.register.database.execute("update sources set failures = 4").await;
    let due = "update sources set next_due = clock_timestamp() - interval '1 second'";
    world.register.database.execute(due).await;
    let tasks = "select count(*) from tasks";
    let over = "select count(*) from tasks where state = 'failed'";
    schedules(&world).await;
    for _ in 0..400 {
        if world.register.count(over).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(world.register.count(over).await, 1, "it rests, so it is not tried four more times");
    let source = world.ask(Method::GET, &path, None).await.json();
    assert_eq!((&source["failures"], &source["state"]), (&json!(5), &json!("failing")), "{source}");
    assert!(source["rests_until"].is_string(), "{source}");
    for (language, words) in [("en", "5 times in a row"), ("zh", "连续失败 5 次")] {
        let page = world.admin.get(&format!("/sources/{id}?lang={language}")).await;
        assert!(page.body.contains(words), "{}", page.body);
    }

    world.register.database.execute(due).await;
    schedules(&world).await;
    assert_eq!(world.register.count(tasks).await, 1, "nothing is asked for while it rests");
    let later = "select count(*) from sources where next_due > rests_until";
    assert_eq!(world.register.count(later).await, 1);

    // The rest is over: one try. It fails, and the next rest is longer.
    world
        .register
        .database
        .execute("update sources set rests_until = clock_timestamp() - interval '1 second'")
        .await;
    world.register.database.execute(due).await;
    schedules(&world).await;
    for _ in 0..400 {
        if world.register.count(over).await == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let longer = "select count(*) from sources where failures = 6 and rests_until > clock_timestamp() + interval '90 seconds'";
    assert_eq!(world.register.count(longer).await, 1);

    // Somebody asks: it is tried at once, and an answer ends all of it.
    move_to(&world, right).await;
    let done = world.crawl(&id).await;
    assert_eq!(done["state"], json!("done"), "{done}");
    let source = world.ask(Method::GET, &path, None).await.json();
    assert_eq!(
        (&source["failures"], &source["rests_until"], &source["failing_since"]),
        (&json!(0), &Value::Null, &Value::Null)
    );
    workers.stop().await;
}
