//! What is no source: the register's own cluster, addresses that nobody allowed, servers that do not answer.

use super::*;
use cadastre_tests::fake::{FakeServer, Trick};
use std::time::Instant;

/// The step that a registration fails at.
async fn fails_at(world: &mut World, change: impl FnOnce(&mut Value)) -> (String, String) {
    let mut body = world.body("shop");
    change(&mut body);
    let refused = world.ask(Method::POST, "/api/v1/sources", Some(body)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(!refused.body.contains(SECRET));
    assert_eq!(world.register.count("select count(*) from sources").await, 0);
    let error = &refused.json()["errors"][0];
    (error["field"].as_str().unwrap().to_owned(), error["message"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_registers_own_cluster() {
    let mut world = World::open().await;
    let own = TestCluster::of_this_run();
    let (step, message) = fails_at(&mut world, |body| {
        body["connection"]["port"] = json!(own.port());
        body["connection"]["database"] = json!("postgres");
        body["connection"]["user"] = json!("postgres");
        body["secret"] = json!(own.password());
    })
    .await;
    assert_eq!(step, "connection.server");
    assert!(message.contains("the register itself lives in"), "{message}");
}

#[tokio::test]
async fn link_local_private_and_loopback_addresses_that_nobody_allowed_look_like_silent_ones() {
    let mut world = World::with(Options::default()).await;
    let mut told = Vec::new();
    for host in ["169.254.169.254", "10.0.0.1", "127.0.0.1", "localhost", "[::1]", "192.168.1.1"] {
        told.push(fails_at(&mut world, |body| body["connection"]["host"] = json!(host)).await);
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(told[0].0, "connection.reach");
}

#[tokio::test]
async fn link_local_addresses_also_where_the_operator_allows_everything() {
    let networks = vec!["0.0.0.0/0".parse().unwrap()];
    let mut world = World::with(Options { networks, ..Options::default() }).await;
    let (step, _) = fails_at(&mut world, |body| body["connection"]["host"] = json!("169.254.169.254")).await;
    assert_eq!(step, "connection.reach");
}

#[tokio::test]
async fn servers_that_refuse_or_say_nothing_each_within_the_time_of_an_answer() {
    let mut world = World::open().await;
    let silent = FakeServer::start(Trick::Silent).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for port in [silent.port(), nobody] {
        let began = Instant::now();
        let (step, _) = fails_at(&mut world, |body| body["connection"]["port"] = json!(port)).await;
        assert_eq!(step, "connection.reach");
        assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_wrong_password_and_a_server_that_asks_for_it_in_the_clear() {
    let mut world = World::open().await;
    let (step, message) = fails_at(&mut world, |body| body["secret"] = json!("not it")).await;
    assert_eq!(step, "connection.sign_in", "{message}");
    let clear = FakeServer::start(Trick::AsksCleartext).await;
    let (step, _) = fails_at(&mut world, |body| body["connection"]["port"] = json!(clear.port())).await;
    assert_eq!((step.as_str(), clear.passwords()), ("connection.sign_in", 0));
}
