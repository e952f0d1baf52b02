//! The pages of quality, as people get them: a rule is tried, saved, fails, becomes an incident, and passes again.

use super::*;

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    assert!(!answer.body.contains('⟦'), "words are missing at {path}: {}", answer.body);
    answer.body
}

#[tokio::test]
async fn a_rule_is_written_tried_saved_and_seen_failing_until_the_data_is_mended() {
    let mut world = World::open().await;
    let orders = world.dataset("orders").await;
    let tab = format!("/d/{orders}/quality");
    let empty = page(&mut world.admin, &tab).await;
    assert!(empty.contains("orders_pkey"), "what a constraint holds is suggested: {empty}");
    let new = format!("/quality/rules/new?dataset={orders}&kind=range&column=amount");
    let form = page(&mut world.admin, &new).await;
    assert!(form.contains(r#"name="column" value="amount""#), "{form}");
    let fields = |act: &'static str| {
        vec![
            ("as", "form"),
            ("do", act),
            ("kind", "range"),
            ("column", "amount"),
            ("min", "0"),
            ("name", "positive"),
            ("title", "Amounts are positive"),
            ("severity", "high"),
            ("schedule", "on_request"),
            ("keep_rows", "on"),
        ]
    };
    let with = |act| {
        let mut fields = fields(act);
        fields.push(("dataset", &*orders));
        fields
    };
    let tried = world.admin.post("/quality/rules/new", &with("dry_run")).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.body);
    assert!(tried.body.contains("Would fail") && tried.body.contains("-1.00"), "{}", tried.body);
    assert_eq!(world.register.count("select count(*) from rules").await, 0, "a trial keeps nothing");
    let saved = world.admin.post("/quality/rules/new", &with("save")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert!(saved.location().starts_with(&tab), "{}", saved.location());
    world.checked("orders").await;
    let failing = page(&mut world.admin, &tab).await;
    assert!(
        failing.contains("Amounts are positive") && failing.contains("Failing") && failing.contains("INC-"),
        "{failing}"
    );
    let rules = world.rules(&orders).await;
    let id = rules[0]["id"].as_str().unwrap().to_owned();
    let opened = page(&mut world.admin, &format!("{tab}?rule={id}")).await;
    assert!(opened.contains("<svg"), "a chart: {opened}");
    let rows = page(&mut world.admin, &format!("/quality/rules/{id}/rows")).await;
    assert!(rows.contains("-1.00"), "{rows}");
    assert!(page(&mut world.admin, &format!("/quality/rules/{id}/runs")).await.contains("Failed"));
    for path in [
        "/quality",
        "/quality/rules",
        "/quality/incidents",
        "/quality?lang=zh",
        "/quality/rules?state=failing",
    ] {
        let html = page(&mut world.admin, path).await;
        assert!(html.contains("orders"), "{path}: {html}");
    }
    let incident: uuid::Uuid = sqlx::query_scalar("select public_id from incidents")
        .fetch_one(&world.register.app.db().web)
        .await
        .unwrap();
    let path = format!("/quality/incidents/{incident}");
    let html = page(&mut world.admin, &path).await;
    let version =
        html.split_once(r#"name="version" value=""#).unwrap().1.split('"').next().unwrap().to_owned();
    let seen = world.admin.post(&format!("{path}/acknowledge"), &[("version", &version)]).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
    let stale = world.admin.post(&format!("{path}/notes"), &[("version", &version), ("text", "late")]).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.body);
    world.shop.execute("update sales.orders set amount = 5 where amount < 0").await;
    world.checked("orders").await;
    let mended = page(&mut world.admin, &format!("{tab}?lang=en")).await;
    assert!(mended.contains("Passing") && !mended.contains("INC-"), "{mended}");
    assert!(page(&mut world.admin, &format!("{path}?lang=zh")).await.contains("orders"));
}

#[tokio::test]
async fn a_suggestion_is_taken_by_a_click_and_is_not_offered_again() {
    let mut world = World::open().await;
    let orders = world.dataset("orders").await;
    let tab = format!("/d/{orders}/quality");
    page(&mut world.admin, &tab).await;
    let taken = world.admin.post(&format!("/d/{orders}/quality/suggestions"), &[("all", "on")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let found = world.checked("orders").await;
    assert_eq!(verdicts(&found), ["id-unique pass 0 held by orders_pkey", "rows pass"]);
    let html = page(&mut world.admin, &tab).await;
    assert!(!html.contains(r#"name="suggestion""#), "{html}");
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept() {
    let mut world = World::open().await;
    let orders = world.dataset("orders").await;
    page(&mut world.admin, "/quality/rules/new").await;
    let fields = [
        ("as", "form"),
        ("do", "save"),
        ("kind", "range"),
        ("dataset", &*orders),
        ("column", "amuont"),
        ("min", "0"),
        ("name", "positive"),
        ("severity", "high"),
        ("schedule", "on_request"),
    ];
    let refused = world.admin.post("/quality/rules/new", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(
        refused.body.contains(r#"value="amuont""#) && refused.body.contains("aria-invalid"),
        "{}",
        refused.body
    );
    let yaml = [
        ("as", "text"),
        ("do", "save"),
        ("dataset", &*orders),
        ("yaml", "dataset: orders\nrules:\n  - name: x\n    chek: 1\n"),
    ];
    let refused = world.admin.post("/quality/rules/new", &yaml).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("chek"), "{}", refused.body);
}

#[tokio::test]
async fn a_viewer_sees_how_rules_stand_and_none_of_the_buttons() {
    let mut world = World::open().await;
    world
        .rule("orders", json!({"name": "positive", "check": {"range": {"column": "amount", "min": 0}}}))
        .await;
    world.checked("orders").await;
    let id = world.register.count("select id from assets where name = 'orders' and kind = 'dataset'").await;
    let reader = world.register.person("reader").await;
    world.register.grant(&reader, Role::Viewer, AssetId(id), Sensitivity::Secret).await;
    let mut reader = world.register.sign_in(&reader).await;
    let orders = world.dataset("orders").await;
    let html = page(&mut reader, &format!("/d/{orders}/quality")).await;
    assert!(html.contains("Failing") && !html.contains("/quality/run\""), "{html}");
    let rule = world.rules(&orders).await[0]["id"].as_str().unwrap().to_owned();
    let run = reader.post(&format!("/quality/rules/{rule}/run"), &[]).await;
    assert_eq!(run.status, StatusCode::FORBIDDEN, "{}", run.body);
    let rows = page(&mut reader, &format!("/quality/rules/{rule}/rows")).await;
    assert!(!rows.contains("-1.00"), "{rows}");
    let secrets = world.dataset("secrets").await;
    assert_eq!(reader.get(&format!("/d/{secrets}/quality")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_dataset_is_profiled_by_a_click() {
    let mut world = World::open().await;
    let orders = world.dataset("orders").await;
    let tab = format!("/d/{orders}/profile");
    assert!(page(&mut world.admin, &tab).await.contains("Profile now"));
    let asked = world.admin.post(&format!("{tab}/run"), &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    for _ in 0..600 {
        if world.register.count("select count(*) from tasks where kind = 'profile' and state = 'done'").await
            == 1
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let html = page(&mut world.admin, &tab).await;
    assert!(html.contains("customer_id") && html.contains("<svg"), "{html}");
    page(&mut world.admin, &format!("{tab}?lang=zh")).await;
}

#[tokio::test]
async fn a_rule_that_somebody_else_changed_meanwhile_or_that_is_renamed_is_not_saved() {
    let mut world = World::open().await;
    let orders = world.dataset("orders").await;
    let rule = world.rule("orders", json!({"name": "there", "check": {"not_null": "amount"}})).await;
    let path = format!("/quality/rules/{}", rule["id"].as_str().unwrap());
    page(&mut world.admin, &path).await;
    let fields = |version: &'static str, name: &'static str| {
        vec![
            ("as", "form"),
            ("do", "save"),
            ("kind", "not_null"),
            ("column", "status"),
            ("name", name),
            ("severity", "low"),
            ("schedule", "on_request"),
            ("version", version),
        ]
    };
    let with = |version, name| {
        let mut fields = fields(version, name);
        fields.push(("dataset", &*orders));
        fields
    };
    let stale = world.admin.post(&path, &with("7", "there")).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.body);
    let renamed = world.admin.post(&path, &with("1", "elsewhere")).await;
    assert_eq!(renamed.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", renamed.body);
    assert_eq!(world.register.count("select max(number)::bigint from rule_facts").await, 1);
    let saved = world.admin.post(&path, &with("1", "there")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(world.register.count("select max(number)::bigint from rule_facts").await, 2);
}

#[tokio::test]
async fn what_the_source_says_of_an_error_is_for_who_sees_its_values() {
    let mut world = World::open().await;
    let orders = world.dataset("orders").await;
    world.shop.execute("alter table sales.orders add column code text default 'k-81'").await;
    world.crawl_again().await;
    let yaml = "dataset: shop.sales.orders\nrules:\n  - { name: number, check: { aggregates: { left: max(code::int), operator: '=', right: '1' } } }\n";
    page(&mut world.admin, "/quality/rules/new").await;
    let fields = [("as", "text"), ("do", "dry_run"), ("dataset", &*orders), ("yaml", yaml)];
    let tried = world.admin.post("/quality/rules/new", &fields).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.body);
    assert!(tried.body.contains("22P02") && tried.body.contains("k-81"), "{}", tried.body);
}

#[tokio::test]
async fn runs_of_one_verdict_are_found_however_long_ago_they_were() {
    let mut world = World::open().await;
    let rule = world.rule("orders", json!({"name": "rows", "check": {"row_count": {"min": 1}}})).await;
    world
        .register
        .database
        .execute(
            "with c as (
                 insert into checks (dataset_id, started_at, ended_at, rules, statements)
                 select r.dataset_id, now(), now(), 1, 1 from rules r returning id)
             insert into rule_results (rule_id, due_at, check_id, version, why, at, verdict, value, outcome)
             select r.id, d.at, c.id, 1, 'schedule', d.at, case when n = 70 then 'fail' else 'pass' end, n, '{}'
             from c, rules r, (select n, now() - n * interval '1 day' as at from generate_series(1, 70) n) d",
        )
        .await;
    let path = format!("/quality/rules/{}/runs?state=fail", rule["id"].as_str().unwrap());
    let text = page(&mut world.admin, &path).await;
    let html = scraper::Html::parse_document(&text);
    let rows = scraper::Selector::parse("main section:last-of-type tbody tr").unwrap();
    assert_eq!(html.select(&rows).count(), 1, "{text}");
}
