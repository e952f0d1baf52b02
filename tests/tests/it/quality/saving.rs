//! Writing rules: what is taken, what is refused, and what stays of it.

use super::*;

async fn engineer(world: &World, of: &str, role: Role) -> String {
    let person = world.register.person(&format!("{}-{of}", role.as_str())).await;
    let id: i64 = sqlx::query_scalar("select id from assets where name = $1 and kind in ('dataset', 'source', 'schema') order by id limit 1")
        .bind(of)
        .fetch_one(&world.register.app.db().web)
        .await
        .unwrap();
    world.register.grant(&person, role, AssetId(id), Sensitivity::Secret).await;
    world.register.token(&person, TokenScope::ALL).await
}

#[tokio::test]
async fn every_member_that_is_wrong_is_named_in_the_readers_language() {
    let mut world = World::open().await;
    let orders = world.dataset("orders").await;
    let path = format!("/api/v1/datasets/{orders}/rules");
    let wrong =
        json!({"name": "x", "check": {"range": {"column": "amount", "min": 5, "max": 1}}, "severty": "low"});
    let answer = world.ask(Method::POST, &path, Some(wrong)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    let said = answer.json()["errors"].to_string();
    assert!(said.contains("severty") && said.contains("check.range"), "{said}");
    for (rule, at) in [
        (json!({"name": "x", "check": {"not_null": "nowhere"}}), "check.not_null.column"),
        (json!({"name": "x", "check": {"not_null": "id"}, "owner": "nobody"}), "owner"),
        (
            json!({"name": "x", "check": {"not_null": "id"}, "schedule": {"cron": "61 * * * *", "zone": "UTC"}}),
            "schedule.cron",
        ),
        (
            json!({"name": "x", "check": {"not_null": "id"}, "schedule": {"cron": "0 4 * * *", "zone": "Mars/Base"}}),
            "schedule.zone",
        ),
        (
            json!({"name": "x", "check": {"references": {"columns": "id", "dataset": "sales.nothing", "to": "id"}}}),
            "check.references.dataset",
        ),
    ] {
        let answer = world.ask(Method::POST, &path, Some(rule.clone())).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{rule}: {}", answer.body);
        assert!(answer.json()["errors"].to_string().contains(at), "{at}: {}", answer.body);
    }
    assert_eq!(world.register.count("select count(*) from rule_facts").await, 0);
}

#[tokio::test]
async fn a_rule_has_versions_and_the_same_again_is_none() {
    let mut world = World::open().await;
    let first = json!({"name": "positive", "check": {"range": {"column": "amount", "min": 0}}});
    let made = world.rule("orders", first.clone()).await;
    let again = world.rule("orders", first.clone()).await;
    assert_eq!((made["version"].as_i64(), again["version"].as_i64()), (Some(1), Some(1)));
    let changed = world
        .rule("orders", json!({"name": "positive", "check": {"range": {"column": "amount", "min": 1}}, "severity": "high"}))
        .await;
    assert_eq!((changed["version"].as_i64(), &changed["id"]), (Some(2), &made["id"]));
    let path = format!("/api/v1/rules/{}", made["id"].as_str().unwrap());
    assert_eq!(world.ask(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.ask(Method::GET, &path, None).await.status, StatusCode::NOT_FOUND);
    let back = world.rule("orders", first).await;
    assert_eq!((back["version"].as_i64(), &back["id"]), (Some(3), &made["id"]));
    let kinds: Vec<String> =
        sqlx::query_scalar("select kind from change_sets where kind like 'rule.%' order by id")
            .fetch_all(&world.register.app.db().web)
            .await
            .unwrap();
    assert_eq!(kinds, ["rule.save", "rule.save", "rule.retire", "rule.save"]);
}

#[tokio::test]
async fn sql_of_ones_own_is_for_who_sees_all_values_of_the_source() {
    let world = World::open().await;
    let orders = world.dataset("orders").await;
    let path = format!("/api/v1/datasets/{orders}/rules");
    let own = json!({"name": "mine", "check": {"sql": {"query": "select word from sales.secrets"}}});
    let token = engineer(&world, "shop", Role::Engineer).await;
    let refused = world.register.browser().api(Method::POST, &path, &token, Some(own.clone())).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    let plain = json!({"name": "plain", "check": {"not_null": "amount"}});
    let taken = world.register.browser().api(Method::POST, &path, &token, Some(plain)).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    for (name, check) in [
        ("filter", json!({"check": {"not_null": "amount"}, "where": "exists (select from sales.secrets)"})),
        ("metric", json!({"check": {"metric": {"expression": "max(amount)", "min": 0}}})),
        (
            "compare",
            json!({"check": {"compare": {"left": "amount", "operator": "=", "right": "amount + 0"}}}),
        ),
    ] {
        let mut rule = check;
        rule["name"] = json!(name);
        let refused = world.register.browser().api(Method::POST, &path, &token, Some(rule)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}: {}", refused.body);
    }
}

#[tokio::test]
async fn a_rule_runs_no_longer_when_its_author_lost_the_right_to_its_sql() {
    let mut world = World::open().await;
    let person = world.register.person("writer").await;
    let shop =
        AssetId(world.register.count("select id from assets where name = 'shop' and kind = 'source'").await);
    world.register.grant(&person, Role::Engineer, shop, Sensitivity::Secret).await;
    let values = world.register.grant(&person, Role::Analyst, shop, Sensitivity::Secret).await;
    let token = world.register.token(&person, TokenScope::ALL).await;
    let orders = world.dataset("orders").await;
    let rule = json!({"name": "mine", "check": {"not_null": "amount"}, "where": "status <> 'odd'"});
    let path = format!("/api/v1/datasets/{orders}/rules");
    let made = world.register.browser().api(Method::POST, &path, &token, Some(rule)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    assert_eq!(verdicts(&world.checked("orders").await), ["mine pass 0/9"]);
    world.register.revoke(values).await;
    let found = world.checked("orders").await;
    assert_eq!(verdicts(&found), ["mine error"]);
    assert!(found[0]["last"]["message"].as_str().unwrap().contains("author"), "{found:?}");
}

#[tokio::test]
async fn who_may_not_write_rules_is_refused_before_what_they_wrote_is_looked_at() {
    let world = World::open().await;
    let orders = world.dataset("orders").await;
    let token = engineer(&world, "orders", Role::Viewer).await;
    let path = format!("/api/v1/datasets/{orders}/rules");
    let refused =
        world.register.browser().api(Method::POST, &path, &token, Some(json!({"nonsense": 1}))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    let path = format!("/api/v1/datasets/{orders}/checks");
    let refused = world.register.browser().api(Method::POST, &path, &token, Some(json!({}))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
}
