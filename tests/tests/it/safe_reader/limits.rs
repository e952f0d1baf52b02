//! The limits of a source hold, over replicas too.

use super::*;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn connections_at_once_are_counted_over_replicas_and_come_back() {
    let world = World::open().await;
    world.register.limit(&world.source, json!({ "connections": 2 })).await;
    let (replica, _) = world.register.replica().await;
    let first = world.read(Purpose::Rule).await;
    let second = open(&replica, world.source.id, Purpose::Sample).await.unwrap();
    let none = open(&replica, world.source.id, Purpose::Rule).await.unwrap_err();
    assert_eq!(key(&none), "read-limit-connections");
    assert!(none.may_pass() && !none.lies_in_the_query());
    // Whoever waits gets the place that becomes free.
    let app = world.register.app.clone();
    let source = world.source.id;
    let waits = tokio::spawn(async move { open(&app, source, Purpose::Rule).await });
    tokio::time::sleep(Duration::from_millis(400)).await;
    first.close().await;
    waits.await.unwrap().unwrap().close().await;
    second.close().await;
    assert_eq!(world.register.count("select count(*) from source_visits").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_of_a_process_that_died_is_free_when_its_lease_ends() {
    let world = World::open().await;
    world.register.limit(&world.source, json!({ "connections": 1 })).await;
    sqlx::query("insert into source_visits (source_id, purpose, until) values ($1, 'rule', clock_timestamp() + interval '1 second')")
        .bind(world.source.id.0)
        .execute(&world.register.app.db().web)
        .await
        .unwrap();
    world.read(Purpose::Rule).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_and_seconds_of_a_day_come_to_an_end() {
    let world = World::open().await;
    world.register.limit(&world.source, json!({ "statements_a_day": 3 })).await;
    let mut reader = world.read(Purpose::Rule).await;
    for _ in 0..3 {
        reader.ask("SELECT 1", &most()).await.unwrap();
    }
    let none = reader.ask("SELECT 1", &most()).await.unwrap_err();
    assert_eq!(key(&none), "read-limit-statements");
    reader.close().await;

    world.register.limit(&world.source, json!({ "seconds_a_day": 1 })).await;
    let mut reader = world.read(Purpose::Rule).await;
    // What is left of the day is all that one query gets.
    let long = Most { time: Duration::from_secs(30), ..Most::default() };
    let slow = reader.ask("SELECT count(*) FROM generate_series(1, 10000000000) g", &long).await.unwrap_err();
    assert_eq!(key(&slow), "read-limit-time");
    let none = reader.ask("SELECT 1", &most()).await.unwrap_err();
    assert_eq!(key(&none), "read-limit-seconds");
    reader.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_quiet_hours_it_is_not_read() {
    let world = World::open().await;
    let all_day =
        json!({ "quiet": [{ "from": "00:00", "to": "12:00" }, { "from": "12:00", "to": "00:00" }] });
    world.register.limit(&world.source, all_day).await;
    let quiet = open(&world.register.app, world.source.id, Purpose::Profile).await.unwrap_err();
    assert_eq!(key(&quiet), "read-limit-quiet");
    assert_eq!(world.register.count("select count(*) from source_visits").await, 0);
}
