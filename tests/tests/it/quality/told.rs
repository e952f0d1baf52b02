//! What checks leave to be told.

use super::*;
use cadastre::notices::tell;

impl World {
    /// What the administrator was told, the newest first.
    async fn told(&mut self) -> Vec<String> {
        tell(&self.register.app).await.unwrap();
        let all = self.ask(Method::GET, "/api/v1/notices?show=all", None).await;
        assert_eq!(all.status, StatusCode::OK, "{}", all.body);
        let items = all.json()["items"].as_array().unwrap().clone();
        items.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// Has the administrator told of everything.
    async fn subscribe(&mut self) {
        let body = json!({"about": "all", "channel": "inbox"});
        let made = self.ask(Method::POST, "/api/v1/subscriptions", Some(body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    }
}

#[tokio::test]
async fn an_incident_tells_when_it_opens_and_when_its_rules_pass_again() {
    let mut world = World::open().await;
    world.subscribe().await;
    world
        .rule("orders", json!({"name": "positive", "check": {"range": {"column": "amount", "min": 0}}}))
        .await;
    world.checked("orders").await;
    world.checked("orders").await;
    assert_eq!(world.told().await, ["opened"], "that it goes on is no news");
    world.shop.execute("update sales.orders set amount = 1 where amount < 0").await;
    world.checked("orders").await;
    assert_eq!(world.told().await, ["resolved", "opened"]);
}

#[tokio::test]
async fn a_rule_that_cannot_be_measured_tells_at_the_third_time_running_once() {
    let mut world = World::open().await;
    world.subscribe().await;
    world
        .rule("orders", json!({"name": "positive", "check": {"range": {"column": "amount", "min": -5}}}))
        .await;
    world.shop.execute("alter table sales.orders rename column amount to total").await;
    for _ in 0..2 {
        world.checked("orders").await;
    }
    assert!(world.told().await.is_empty());
    for _ in 0..3 {
        world.checked("orders").await;
    }
    assert_eq!(world.told().await, ["rule_error"]);
}
