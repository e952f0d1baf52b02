//! When rules are due: once for each time, on any number of replicas.

use super::*;
use cadastre::quality;

/// Makes a rule due at a time that is long past, as after a downtime.
async fn overdue(world: &World) {
    world
        .register
        .database
        .execute("update rules set next_due = '2026-01-01T04:00:00Z' where next_due is not null")
        .await;
}

/// Until all that is due has its result. It looks again, as the product does all the time: what came in while a check of the
/// same dataset was just ending gets its task by the next look.
async fn settled(world: &World) {
    for _ in 0..600 {
        quality::look(&world.register.app).await.unwrap();
        if world.register.count("select count(*) from rule_dues").await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("something stays due");
}

fn hourly(name: &str) -> Value {
    json!({"name": name, "check": {"not_null": "customer_id"}, "schedule": {"cron": "0 * * * *", "zone": "Asia/Shanghai"}})
}

#[tokio::test]
async fn what_was_missed_is_caught_up_with_once() {
    let mut world = World::open().await;
    world.rule("orders", hourly("there")).await;
    overdue(&world).await;
    quality::look(&world.register.app).await.unwrap();
    settled(&world).await;
    quality::look(&world.register.app).await.unwrap();
    settled(&world).await;
    assert_eq!(world.register.count("select count(*) from rule_results").await, 1);
    assert_eq!(
        world.register.count("select count(*) from rules where next_due > now() and next_due < now() + interval '61 minutes'").await,
        1
    );
}

#[tokio::test]
async fn two_replicas_that_look_at_once_give_each_time_one_result() {
    let mut world = World::open().await;
    let (other, _) = world.register.replica().await;
    let second = Workers::start(&other);
    for at in 0..40 {
        world.rule(if at % 2 == 0 { "orders" } else { "customers" }, json!({
            "name": format!("r{at}"), "check": {"not_null": "id"}, "schedule": {"cron": "0 * * * *", "zone": "UTC"}
        })).await;
    }
    for round in 1..=3 {
        overdue(&world).await;
        world
            .register
            .database
            .execute(&format!("update rules set next_due = next_due + interval '{round} hours'"))
            .await;
        let (one, two) = tokio::join!(quality::look(&world.register.app), quality::look(&other));
        one.unwrap();
        two.unwrap();
        settled(&world).await;
        assert_eq!(world.register.count("select count(*) from rule_results").await, 40 * round);
    }
    second.stop().await;
}

#[tokio::test]
async fn a_rule_that_is_switched_off_is_not_due_and_one_that_is_retired_has_no_result() {
    let mut world = World::open().await;
    let rule = world.rule("orders", hourly("there")).await;
    let path = format!("/api/v1/rules/{}", rule["id"].as_str().unwrap());
    overdue(&world).await;
    let off = world.ask(Method::PATCH, &path, Some(json!({"enabled": false}))).await;
    assert_eq!(off.status, StatusCode::NO_CONTENT, "{}", off.body);
    quality::look(&world.register.app).await.unwrap();
    assert_eq!(world.register.count("select count(*) from rule_dues").await, 0);
    assert_eq!(world.register.count("select count(*) from rules where next_due is not null").await, 0);
    let on = world.ask(Method::PATCH, &path, Some(json!({"enabled": true}))).await;
    assert_eq!(on.status, StatusCode::NO_CONTENT, "{}", on.body);
    assert_eq!(world.register.count("select count(*) from rules where next_due is not null").await, 1);
    world.workers.take().unwrap().stop().await;
    overdue(&world).await;
    quality::look(&world.register.app).await.unwrap();
    assert_eq!(world.register.count("select count(*) from rule_dues").await, 1);
    world.ask(Method::DELETE, &path, None).await;
    assert_eq!(world.register.count("select count(*) from rule_dues").await, 0);
}

#[tokio::test]
async fn a_rule_follows_the_updates_of_its_dataset() {
    let mut world = World::open().await;
    world
        .rule(
            "orders",
            json!({"name": "there", "check": {"not_null": "customer_id"}, "schedule": "after update"}),
        )
        .await;
    assert_eq!(
        quality::follow(&world.register.app).await.unwrap(),
        0,
        "what was before the rule is no update"
    );
    world
        .register
        .database
        .execute(
            "insert into dataset_counters (dataset_id, at, reads, writes, written_at)
             select id, now() + interval '1 second', 0, 5, now() + interval '1 second' from assets where name = 'orders' and kind = 'dataset'",
        )
        .await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(quality::follow(&world.register.app).await.unwrap(), 1);
    assert_eq!(quality::follow(&world.register.app).await.unwrap(), 0);
    quality::look(&world.register.app).await.unwrap();
    settled(&world).await;
    assert_eq!(world.register.count("select count(*) from rule_results where why = 'update'").await, 1);
}
