//! A query ends when it has to: by the server's clock, by ours, and when nobody waits for it any more.

use super::state::{sessions, until_gone};
use super::*;
use sqlx::Connection as _;
use std::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_takes_too_long_is_stopped_by_the_server_and_the_visit_goes_on() {
    let world = World::open().await;
    let mut reader = world.read(Purpose::CustomRule).await;
    let most = Most { time: Duration::from_millis(300), ..Most::default() };
    let since = Instant::now();
    let slow = reader.ask("SELECT count(*) FROM generate_series(1, 10000000000) g", &most).await.unwrap_err();
    assert_eq!(key(&slow), "read-limit-time");
    assert!(!slow.lies_in_the_query() && !slow.may_pass());
    assert!(since.elapsed() < Duration::from_millis(1_500), "{:?}", since.elapsed());
    assert!(reader.ask("SELECT 1", &most).await.is_ok());
    reader.close().await;
    until_gone(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_the_server_does_not_stop_is_cancelled_from_a_second_connection() {
    let world = World::open().await;
    // The server's clock is stopped from inside by what the source defines; ours is not.
    world
        .source
        .database
        .execute(
            "create function shop.stubborn() returns int language plpgsql as $$
             begin
                 perform set_config('statement_timeout', '0', true);
                 begin perform pg_sleep(60); exception when query_canceled then perform pg_sleep(60); end;
                 return 1;
             end $$;
             create view shop.v_stubborn as select shop.stubborn() as a;
             grant select on shop.v_stubborn to public; grant usage on schema shop to public",
        )
        .await;
    let mut reader = world.read(Purpose::CustomRule).await;
    let most = Most { time: Duration::from_millis(500), ..Most::default() };
    let since = Instant::now();
    let slow = reader.ask("SELECT * FROM shop.v_stubborn", &most).await.unwrap_err();
    assert_eq!(key(&slow), "read-limit-time");
    // Half a second, two for the server, and the time of a cancel.
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    let waited = Instant::now();
    until_gone(&world).await;
    assert!(waited.elapsed() < Duration::from_secs(5));
    let over = reader.ask("SELECT 1", &most).await.unwrap_err();
    assert!(matches!(over, ReadError::Source(_)), "{over:?}");
    reader.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_catches_every_cancel_ends_when_we_are_gone() {
    let world = World::open().await;
    world
        .source
        .database
        .execute(
            "create function shop.deaf() returns int language plpgsql as $$
             begin loop begin perform pg_sleep(60); exception when query_canceled then null; end; end loop; end $$;
             create view shop.v_deaf as select shop.deaf() as a;
             grant select on shop.v_deaf to public",
        )
        .await;
    let mut reader = world.read(Purpose::CustomRule).await;
    let most = Most { time: Duration::from_millis(300), ..Most::default() };
    let since = Instant::now();
    assert_eq!(key(&reader.ask("SELECT * FROM shop.v_deaf", &most).await.unwrap_err()), "read-limit-time");
    assert!(since.elapsed() < Duration::from_secs(6), "{:?}", since.elapsed());
    until_gone(&world).await;
    reader.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_nobody_waits_for_is_cancelled_and_its_place_is_free() {
    let world = World::open().await;
    let app = world.register.app.clone();
    let source = world.source.id;
    let asking = tokio::spawn(async move {
        let mut reader = open(&app, source, Purpose::CustomRule).await.unwrap();
        let most = Most { time: Duration::from_secs(60), ..Most::default() };
        reader.ask("SELECT count(*) FROM generate_series(1, 10000000000) g", &most).await
    });
    for _ in 0..250 {
        if sessions(&world).await.iter().any(|(_, state)| state == "active") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(sessions(&world).await.len(), 1);
    asking.abort();
    until_gone(&world).await;
    for _ in 0..100 {
        if world.register.count("select count(*) from source_visits").await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the place is still taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_for_a_lock_is_short_and_may_pass() {
    let world = World::open().await;
    let mut holder = world.source.database.connect().await;
    let mut transaction = holder.begin().await.unwrap();
    sqlx::query("lock table shop.orders").execute(&mut *transaction).await.unwrap();
    let mut reader = world.read(Purpose::Rule).await;
    let since = Instant::now();
    let locked = reader.ask("SELECT count(*) FROM shop.orders", &Most::default()).await.unwrap_err();
    assert_eq!(key(&locked), "source-locked");
    assert!(locked.may_pass() && since.elapsed() < Duration::from_secs(4), "{:?}", since.elapsed());
    transaction.rollback().await.unwrap();
    assert!(reader.ask("SELECT count(*) FROM shop.orders", &Most::default()).await.is_ok());
    reader.close().await;
}
