//! Incidents: opened by rules that fail, closed when they pass again.

use super::*;

#[tokio::test]
async fn rules_that_begin_to_fail_together_are_one_incident_that_closes_when_all_pass() {
    let mut world = World::open().await;
    world.rule("orders", json!({"name": "positive", "check": {"range": {"column": "amount", "min": 0}}, "severity": "high"})).await;
    world
        .rule(
            "orders",
            json!({"name": "status", "check": {"accepted": {"column": "status", "values": ["paid"]}}}),
        )
        .await;
    world.checked("orders").await;
    assert_eq!(
        world
            .register
            .count("select count(*) from incidents where state = 'open' and severity = 'high'")
            .await,
        1
    );
    assert_eq!(world.register.count("select count(*) from incident_rules where until is null").await, 2);
    world.checked("orders").await;
    assert_eq!(world.register.count("select count(*) from incidents").await, 1, "the same goes on");
    world.shop.execute("update sales.orders set amount = 1 where amount < 0").await;
    world.checked("orders").await;
    assert_eq!(world.register.count("select count(*) from incidents where state = 'open'").await, 1);
    world.rule("orders", json!({"name": "customer", "check": {"not_null": "at"}})).await;
    world.shop.execute("update sales.orders set at = null where id = 1").await;
    world.checked("orders").await;
    assert_eq!(
        world.register.count("select count(*) from incidents where state = 'open'").await,
        2,
        "another cause, another incident"
    );
    world.shop.execute("update sales.orders set status = 'paid', at = now()").await;
    world.checked("orders").await;
    assert_eq!(
        world
            .register
            .count("select count(*) from incidents where state = 'closed' and closed_at is not null")
            .await,
        2
    );
    let told: Vec<String> = sqlx::query_scalar("select kind from incident_events order by id")
        .fetch_all(&world.register.app.db().web)
        .await
        .unwrap();
    assert_eq!(told, ["opened", "opened", "passed", "opened", "passed", "passed", "closed", "closed"]);
}

#[tokio::test]
async fn a_rule_that_is_muted_opens_none() {
    let mut world = World::open().await;
    let rule = world
        .rule("orders", json!({"name": "positive", "check": {"range": {"column": "amount", "min": 0}}}))
        .await;
    let path = format!("/api/v1/rules/{}", rule["id"].as_str().unwrap());
    let muted = world.ask(Method::PATCH, &path, Some(json!({"muted_until": "2999-01-01T00:00:00Z"}))).await;
    assert_eq!(muted.status, StatusCode::NO_CONTENT, "{}", muted.body);
    world.checked("orders").await;
    assert_eq!(world.register.count("select count(*) from incidents").await, 0);
    world.ask(Method::PATCH, &path, Some(json!({"muted_until": null}))).await;
    world.checked("orders").await;
    assert_eq!(world.register.count("select count(*) from incidents").await, 1);
}
