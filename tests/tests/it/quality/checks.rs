//! What a check finds.

use super::*;

#[tokio::test]
async fn rules_of_many_kinds_are_one_look_at_the_source() {
    let mut world = World::open().await;
    for rule in [
        json!({"name": "a-key", "check": {"unique": "id"}}),
        json!({"name": "b-there", "check": {"not_null": "status"}}),
        json!({"name": "c-positive", "check": {"range": {"column": "amount", "min": 0}}}),
        json!({"name": "d-status", "check": {"accepted": {"column": "status", "values": ["paid", "new"]}}, "tolerance": {"warn": 0, "fail": "20 %"}}),
        json!({"name": "e-customer", "check": {"references": {"columns": "customer_id", "dataset": "sales.customers", "to": "id"}}}),
        json!({"name": "f-count", "check": {"row_count": {"min": 5, "max": 20}}}),
    ] {
        world.rule("orders", rule).await;
    }
    let found = world.checked("orders").await;
    assert_eq!(
        verdicts(&found),
        [
            "a-key pass 0 held by orders_pkey",
            "b-there pass 0 held by status",
            "c-positive fail 1/10",
            "d-status warn 1/10",
            "e-customer fail 2/10",
            "f-count pass",
        ]
    );
    assert_eq!(world.register.count("select statements::bigint from checks").await, 2, "one scan, one join");
}

#[tokio::test]
async fn a_constraint_that_was_dropped_since_the_crawl_holds_nothing() {
    let mut world = World::open().await;
    world.rule("orders", json!({"name": "key", "check": {"unique": "id"}})).await;
    world.shop.execute("alter table sales.orders drop constraint orders_pkey; insert into sales.orders values (3, 1, 1, 'paid')").await;
    let found = world.checked("orders").await;
    assert_eq!(verdicts(&found), ["key fail 2/11"]);
}

#[tokio::test]
async fn a_rule_whose_sql_fails_takes_no_other_with_it() {
    let mut world = World::open().await;
    world
        .rule(
            "orders",
            json!({"name": "divides", "check": {"not_null": "amount"}, "where": "1 / (amount - 1) > 0"}),
        )
        .await;
    world.rule("orders", json!({"name": "there", "check": {"not_null": "customer_id"}})).await;
    let found = world.checked("orders").await;
    assert_eq!(verdicts(&found), ["divides error", "there pass 0/10"]);
    let why = found[0]["last"]["message"].as_str().unwrap();
    assert!(why.contains("22012"), "{why}");
}

#[tokio::test]
async fn a_source_that_is_gone_is_told_by_the_result_after_the_last_attempt() {
    let mut world = World::open().await;
    world.rule("orders", json!({"name": "there", "check": {"not_null": "customer_id"}})).await;
    world
        .shop
        .execute("revoke usage on schema sales from public; alter table sales.orders rename to moved")
        .await;
    let found = world.checked("orders").await;
    assert_eq!(verdicts(&found), ["there error"]);
    let why = found[0]["last"]["message"].as_str().unwrap();
    assert!(why.contains("no table sales.orders"), "{why}");
}

#[tokio::test]
async fn who_sees_a_dataset_sees_whether_its_rules_hold_and_no_figures_without_its_profile() {
    let mut world = World::open().await;
    world
        .rule("orders", json!({"name": "positive", "check": {"range": {"column": "amount", "min": 0}}}))
        .await;
    world
        .rule("orders", json!({"name": "sum", "check": {"metric": {"expression": "sum(amount)", "min": 0}}}))
        .await;
    world.checked("orders").await;
    let reader = world.register.person("reader").await;
    let orders = world.dataset("orders").await;
    let id = world.register.count("select id from assets where name = 'orders' and kind = 'dataset'").await;
    world.register.grant(&reader, Role::Viewer, AssetId(id), Sensitivity::Secret).await;
    let token = world.register.token(&reader, TokenScope::ALL).await;
    let path = format!("/api/v1/datasets/{orders}/rules");
    let seen = world.register.browser().api(Method::GET, &path, &token, None).await.json();
    let seen = seen.as_array().unwrap();
    assert_eq!(verdicts(seen), ["positive fail", "sum pass"]);
    assert_eq!(seen[1]["last"]["value"], Value::Null);
    assert_eq!(seen[1]["definition"], Value::Null, "SQL that may name what they do not see");
    let secrets = world.dataset("secrets").await;
    let hidden = world
        .register
        .browser()
        .api(Method::GET, &format!("/api/v1/datasets/{secrets}/rules"), &token, None)
        .await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn with_a_watermark_only_what_is_new_is_read() {
    let mut world = World::open().await;
    world
        .rule("orders", json!({"name": "there", "check": {"not_null": "customer_id"}, "watermark": "id"}))
        .await;
    assert_eq!(verdicts(&world.checked("orders").await), ["there pass 0/10"]);
    world.shop.execute("insert into sales.orders values (11, null, 5, 'paid')").await;
    let found = world.checked("orders").await;
    assert_eq!(verdicts(&found), ["there fail 1/11"]);
    assert_eq!(
        world
            .register
            .count("select count(*) from rule_results where (outcome->>'by_watermark')::boolean")
            .await,
        1
    );
}

#[tokio::test]
async fn a_domain_is_what_it_stands_on() {
    let mut world = World::open().await;
    world
        .shop
        .execute(
            "create domain sales.money as numeric(12,2); create domain sales.price as sales.money;
             create table sales.prices (price sales.price); insert into sales.prices values (1), (-1);",
        )
        .await;
    let source: uuid::Uuid = sqlx::query_scalar("select public_id from assets where kind = 'source'")
        .fetch_one(&world.register.app.db().web)
        .await
        .unwrap();
    world.crawl(&source.to_string()).await;
    world
        .rule("prices", json!({"name": "positive", "check": {"range": {"column": "price", "min": 0}}}))
        .await;
    assert_eq!(verdicts(&world.checked("prices").await), ["positive fail 1/2"]);
}

#[tokio::test]
async fn a_check_waits_its_turn_while_others_read_the_source_and_no_attempt_is_lost() {
    let mut world = World::open().await;
    world.rule("orders", json!({"name": "there", "check": {"not_null": "customer_id"}})).await;
    let database = &world.register.database;
    database
        .execute(
            "insert into source_visits (source_id, purpose, until)
             select asset_id, 'profile', now() + interval '1 hour' from sources, generate_series(1, 20)",
        )
        .await;
    let dataset = world.dataset("orders").await;
    let asked =
        world.ask(Method::POST, &format!("/api/v1/datasets/{dataset}/checks"), Some(json!({}))).await.json();
    let waited = "select count(*) from tasks where kind = 'check' and attempt = 0 and error -> 'message' ->> 'key' = 'read-limit-connections'";
    for _ in 0..600 {
        if world.register.count(waited).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(world.register.count(waited).await, 1, "it does not wait");
    assert_eq!(world.register.count("select count(*) from rule_results").await, 0);
    world.register.database.execute("delete from source_visits").await;
    let ended = world.end_of(asked["task"].as_str().unwrap()).await;
    assert_eq!((&ended["state"], &ended["attempt"]), (&json!("done"), &json!(1)), "{ended}");
    assert_eq!(verdicts(&world.rules(&dataset).await), ["there pass 0/10"]);
}

#[tokio::test]
async fn that_policies_of_the_source_hide_rows_is_told_beside_what_was_counted() {
    let mut world = World::open().await;
    world
        .shop
        .execute(
            "alter table sales.orders enable row level security; create policy early on sales.orders using (id <= 5)",
        )
        .await;
    let range = json!({"name": "enough", "check": {"range": {"column": "amount", "min": -1}}});
    let key = json!({"name": "key", "check": {"unique": "id"}});
    let (counted, held) = (world.rule("orders", range).await, world.rule("orders", key).await);
    let found = world.checked("orders").await;
    assert_eq!(verdicts(&found), ["enough pass 0/5", "key pass 0 held by orders_pkey"]);
    for (rule, is_told) in [(counted, true), (held, false)] {
        let path = format!("/api/v1/rules/{}/results", rule["id"].as_str().unwrap());
        let told = world.ask(Method::GET, &path, None).await.body;
        assert_eq!(told.contains("Row level security of sales.orders hides rows"), is_told, "{told}");
    }
}
