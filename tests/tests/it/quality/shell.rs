//! Rules from files and from the shell.

use super::*;
use cadastre::change::Author;
use cadastre::quality::{Change, apply, prune};
use std::collections::BTreeSet;

const FILE: &str = "
dataset: shop.sales.orders
rules:
  - name: positive
    check: { range: { column: amount, min: 0 } }
  - name: there
    check: { not_null: customer_id }
---
datasets: { name: 'shop.sales.*' }
rules:
  - name: some
    check: { row_count: { min: 1 } }
";

fn changes(applied: &[cadastre::quality::Applied]) -> Vec<(&str, &str, Change)> {
    let mut all: Vec<_> =
        applied.iter().map(|one| (one.dataset.as_str(), one.rule.as_str(), one.change)).collect();
    all.sort_by_key(|one| (one.0, one.1));
    all
}

#[tokio::test]
async fn a_file_is_applied_whole_and_what_it_no_longer_has_is_retired() {
    let world = World::open().await;
    let app = &world.register.app;
    let planned = apply(app, &Author::cli(), "rules/shop.yaml", FILE, false).await.unwrap();
    assert_eq!(world.register.count("select count(*) from rules").await, 0, "a plan writes nothing");
    let applied = apply(app, &Author::cli(), "rules/shop.yaml", FILE, true).await.unwrap();
    assert_eq!(planned, applied);
    assert_eq!(
        changes(&applied),
        [
            ("shop.sales.customers", "some", Change::Added),
            ("shop.sales.orders", "positive", Change::Added),
            ("shop.sales.orders", "some", Change::Added),
            ("shop.sales.orders", "there", Change::Added),
            ("shop.sales.secrets", "some", Change::Added),
        ]
    );
    let versions = world.register.count("select version from register").await;
    let again = apply(app, &Author::cli(), "rules/shop.yaml", FILE, true).await.unwrap();
    assert!(again.iter().all(|one| one.change == Change::Same), "{again:?}");
    assert_eq!(
        world.register.count("select version from register").await,
        versions,
        "the same again is no change"
    );
    let less = FILE
        .replace("  - name: there\n    check: { not_null: customer_id }\n", "")
        .replace("min: 0", "min: 1");
    let applied = apply(app, &Author::cli(), "rules/shop.yaml", &less, true).await.unwrap();
    let told: Vec<_> = changes(&applied).into_iter().filter(|one| one.2 != Change::Same).collect();
    assert_eq!(
        told,
        [("shop.sales.orders", "positive", Change::Changed), ("shop.sales.orders", "there", Change::Retired)]
    );
    let gone = prune(app, &Author::cli(), "others", &BTreeSet::new(), true).await.unwrap();
    assert!(gone.is_empty(), "another set's files are left alone: {gone:?}");
    let gone = prune(app, &Author::cli(), "rules", &BTreeSet::new(), true).await.unwrap();
    assert_eq!(gone.len(), 4);
    assert_eq!(world.register.count("select count(*) from rule_facts where valid_to is null").await, 0);
}

#[tokio::test]
async fn a_file_with_one_mistake_changes_nothing_and_all_mistakes_are_told() {
    let mut world = World::open().await;
    world.rule("customers", json!({"name": "some", "check": {"row_count": {"min": 3}}})).await;
    let wrong = FILE.replace("column: amount", "column: amuont");
    let failure = apply(&world.register.app, &Author::cli(), "shop.yaml", &wrong, true).await.unwrap_err();
    let fields: Vec<&str> = failure.fields.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(fields, ["[0].rules[0].check.range.column", "[1].rules[0].name"]);
    assert_eq!(world.register.count("select count(*) from rule_facts").await, 1);
}
