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
    let past = world.ask(Method::PATCH, &path, Some(json!({"muted_until": "2020-01-01T00:00:00Z"}))).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", past.body);
    let muted = world.ask(Method::PATCH, &path, Some(json!({"muted_until": "2999-01-01T00:00:00Z"}))).await;
    assert_eq!(muted.status, StatusCode::NO_CONTENT, "{}", muted.body);
    world.checked("orders").await;
    assert_eq!(world.register.count("select count(*) from incidents").await, 0);
    world.ask(Method::PATCH, &path, Some(json!({"muted_until": null}))).await;
    world.checked("orders").await;
    assert_eq!(world.register.count("select count(*) from incidents").await, 1);
}

#[tokio::test]
async fn an_incident_is_muted_until_a_time_to_come_and_its_reason_is_told() {
    let mut world = World::open().await;
    world
        .rule("orders", json!({"name": "positive", "check": {"range": {"column": "amount", "min": 0}}}))
        .await;
    world.checked("orders").await;
    let id: uuid::Uuid = sqlx::query_scalar("select public_id from incidents")
        .fetch_one(&world.register.app.db().web)
        .await
        .unwrap();
    let path = format!("/quality/incidents/{id}");
    let html = world.admin.get(&path).await.body;
    let version =
        html.split_once(r#"name="version" value=""#).unwrap().1.split('"').next().unwrap().to_owned();
    let mute = |until: &'static str| {
        vec![
            ("version", version.clone()),
            ("until", until.to_owned()),
            ("reason", "The shop is closed <b>".to_owned()),
        ]
    };
    for (until, status) in
        [("2020-01-01T00:00", StatusCode::UNPROCESSABLE_ENTITY), ("2999-01-01T00:00", StatusCode::SEE_OTHER)]
    {
        let fields = mute(until);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = world.admin.post(&format!("{path}/mute"), &fields).await;
        assert_eq!(answer.status, status, "{until}: {}", answer.body);
    }
    let html = world.admin.get(&path).await.body;
    assert!(
        html.contains("The shop is closed") && html.contains("2999-01-01") && !html.contains("closed <b>"),
        "{html}"
    );
}
