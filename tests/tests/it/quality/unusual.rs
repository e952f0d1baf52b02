//! Rules that fail by bounds learned of their own results.

use super::*;

/// A rule that has counted about a thousand rows each day for two months.
async fn watched(world: &mut World, learned: Option<&str>) -> Value {
    let mut rule = json!({"name": "rows", "check": {"row_count": {"min": 1}}, "severity": "low"});
    if let Some(word) = learned {
        rule["learned"] = json!(word);
    }
    let rule = world.rule("orders", rule).await;
    sqlx::query(
        "with c as (
             insert into checks (dataset_id, started_at, ended_at, rules, statements)
             select r.dataset_id, now() - interval '70 days', now() - interval '70 days', 1, 1 from rules r returning id)
         insert into rule_results (rule_id, due_at, check_id, version, why, at, verdict, value, outcome)
         select r.id, d.at, c.id, 1, 'schedule', d.at, 'pass', 1000 + d.n * 7 % 11, '{}'
         from c, rules r, (select n, now() - n * interval '1 day' as at from generate_series(1, 60) n) d",
    )
    .execute(&world.register.app.db().web)
    .await
    .unwrap();
    rule
}

#[tokio::test]
async fn a_value_that_is_unusual_opens_an_incident_and_one_that_is_usual_again_closes_it() {
    let mut world = World::open().await;
    let rule = watched(&mut world, Some("normal")).await;
    world.checked("orders").await;
    let (verdict, why): (String, Value) =
        sqlx::query_as("select verdict, outcome -> 'why' from rule_results order by at desc limit 1")
            .fetch_one(&world.register.app.db().web)
            .await
            .unwrap();
    assert_eq!((verdict.as_str(), &why["why"], &why["value"]), ("fail", &json!("unusual"), &json!(10.0)));
    let (lower, upper) = (why["usual"]["lower"].as_f64().unwrap(), why["usual"]["upper"].as_f64().unwrap());
    assert!((900.0..=1000.0).contains(&lower) && (1010.0..1110.0).contains(&upper), "{why}");
    assert_eq!(
        world
            .register
            .count("select count(*) from incidents where state = 'open' and severity = 'low'")
            .await,
        1
    );
    let path = format!("/api/v1/rules/{}/results", rule["id"].as_str().unwrap());
    let told = world.ask(Method::GET, &path, None).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert!(told.body.contains("10 is unusual"), "{}", told.body);
    world.checked("orders").await;
    assert_eq!(world.register.count("select count(*) from incidents").await, 1, "it goes on");
    world
        .shop
        .execute("insert into sales.orders select n, 1, 1, 'paid' from generate_series(11, 1004) n")
        .await;
    world.checked("orders").await;
    assert_eq!(world.register.count("select count(*) from incidents where state = 'closed'").await, 1);
}

#[tokio::test]
async fn a_rule_that_does_not_say_so_only_shows_them_and_a_young_one_knows_nothing() {
    let mut world = World::open().await;
    watched(&mut world, None).await;
    world.checked("orders").await;
    world
        .rule("customers", json!({"name": "rows", "check": {"row_count": {"min": 1}}, "learned": "high"}))
        .await;
    world.checked("customers").await;
    world.shop.execute("insert into sales.customers select n, null from generate_series(10, 900) n").await;
    world.checked("customers").await;
    assert_eq!(world.register.count("select count(*) from incidents").await, 0);
}

#[tokio::test]
async fn it_is_for_what_has_a_course_only() {
    let mut world = World::open().await;
    let dataset = world.dataset("orders").await;
    let rule = json!({"name": "columns", "check": {"schema": {"columns": ["id"]}}, "learned": "normal"});
    let refused = world.ask(Method::POST, &format!("/api/v1/datasets/{dataset}/rules"), Some(rule)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("learned"), "{}", refused.body);
}
