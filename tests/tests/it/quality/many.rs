//! Rules for many datasets: from the form for those that are there, from files also for those that come later.

use super::*;
use cadastre::change::Author;
use cadastre::quality::{Change, apply, renew};

const FILE: &str = "
datasets: { name: 'shop.sales.*' }
rules:
  - name: some
    check: { row_count: { min: 1 } }
  - name: identified
    check: { unique: id }
";

#[tokio::test]
async fn what_a_file_says_of_a_selection_is_so_for_datasets_that_come_later_and_no_longer_for_those_that_left()
 {
    let mut world = World::open().await;
    world.shop.execute("alter table sales.secrets add column id int").await;
    world.crawl_again().await;
    apply(&world.register.app, &Author::cli(), "rules/all.yaml", FILE, true).await.unwrap();
    let rules = "select count(*) from rule_facts where valid_to is null";
    assert_eq!(world.register.count(rules).await, 6);
    // One that does not take all of the rules keeps the others back from nothing.
    world
        .shop
        .execute("create table sales.returns (id int primary key); create table sales.odd (code text); drop table sales.secrets")
        .await;
    renew(&world.register.app).await.unwrap();
    assert_eq!(world.register.count(rules).await, 6, "not before it was crawled");
    world.crawl_again().await;
    renew(&world.register.app).await.unwrap();
    let found: Vec<String> = sqlx::query_scalar(
        "select a.name || ' ' || r.name from rules r join assets a on a.id = r.dataset_id
         join rule_facts f on f.rule_id = r.id and f.valid_to is null where f.origin = 'rules/all.yaml' order by 1",
    )
    .fetch_all(&world.register.app.db().web)
    .await
    .unwrap();
    assert_eq!(
        found,
        [
            "customers identified",
            "customers some",
            "odd some",
            "orders identified",
            "orders some",
            "returns identified",
            "returns some",
        ]
    );
    let versions = world.register.count("select version from register").await;
    renew(&world.register.app).await.unwrap();
    assert_eq!(world.register.count("select version from register").await, versions, "and then no more");
    let alone = "dataset: shop.sales.orders\nrules: [{ name: some, check: { row_count: { min: 1 } } }]";
    let applied = apply(&world.register.app, &Author::cli(), "rules/all.yaml", alone, true).await.unwrap();
    assert_eq!(applied.iter().filter(|one| one.change == Change::Retired).count(), 6);
    assert_eq!(
        world.register.count("select count(*) from rule_files").await,
        0,
        "it selects nothing any more"
    );
}

fn fields<'f>(dataset: &'f str, act: &'f str, pattern: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![
        ("as", "form"),
        ("do", act),
        ("kind", "row_count"),
        ("dataset", dataset),
        ("min", "1"),
        ("name", "some"),
        ("severity", "low"),
        ("schedule", "on_request"),
        ("for", "many"),
        ("select_name", pattern),
    ]
}

#[tokio::test]
async fn a_rule_of_the_form_is_for_all_datasets_that_fit_and_where_its_writer_may_write_rules() {
    let mut world = World::open().await;
    let id =
        world.register.count("select id from assets where name = 'customers' and kind = 'dataset'").await;
    let person = world.register.person("engineer").await;
    world.register.grant(&person, Role::Engineer, AssetId(id), Sensitivity::Internal).await;
    let orders =
        world.register.count("select id from assets where name = 'orders' and kind = 'dataset'").await;
    world.register.grant(&person, Role::Viewer, AssetId(orders), Sensitivity::Internal).await;
    let mut engineer = world.register.sign_in(&person).await;
    let customers = world.dataset("customers").await;
    engineer.get("/quality/rules/new").await;
    let shown = engineer.post("/quality/rules/new", &fields(&customers, "show", "shop.*")).await;
    assert!(shown.body.contains("Fits 1 dataset now"), "{}", shown.body);
    let saved = engineer.post("/quality/rules/new", &fields(&customers, "save", "shop.*")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(world.register.count("select count(*) from rules").await, 1);
    world.admin.get("/quality/rules/new").await;
    let taken = world.admin.post("/quality/rules/new", &fields(&customers, "save", "shop.*")).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", taken.body);
    assert!(taken.body.contains("customers has a rule some already"), "{}", taken.body);
    let none = world.admin.post("/quality/rules/new", &fields(&customers, "save", "nothing.*")).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", none.body);
    assert_eq!(world.register.count("select count(*) from rules").await, 1, "all or none");
}

#[tokio::test]
async fn what_the_text_of_the_editor_says_it_is_for_is_what_it_is_for() {
    let mut world = World::open().await;
    let orders = world.dataset("orders").await;
    world.admin.get("/quality/rules/new").await;
    let text = world.admin.post("/quality/rules/new", &fields(&orders, "to_text", "shop.sales.*")).await;
    assert!(text.body.contains("datasets:") && text.body.contains("shop.sales.*"), "{}", text.body);
    let yaml =
        |target: &str| format!("{target}\nrules: [{{ name: some, check: {{ row_count: {{ min: 1 }} }} }}]\n");
    let mut save = async |target: &str, act: &str| {
        let yaml = yaml(target);
        let fields = [("as", "text"), ("do", act), ("dataset", orders.as_str()), ("yaml", yaml.as_str())];
        world.admin.post("/quality/rules/new", &fields).await
    };
    let form = save("datasets: { name: 'shop.*' }", "to_form").await;
    assert!(form.body.contains(r#"name="select_name" type="text" value="shop.*""#), "{}", form.body);
    let elsewhere = save("dataset: shop.sales.customers", "save").await;
    assert_eq!(elsewhere.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", elsewhere.body);
    assert!(elsewhere.body.contains("a rule of orders"), "{}", elsewhere.body);
    let all = save("datasets: { name: 'shop.sales.*' }", "save").await;
    assert_eq!(all.status, StatusCode::SEE_OTHER, "{}", all.body);
    assert_eq!(world.register.count("select count(*) from rules").await, 3);
}

#[tokio::test]
async fn a_search_is_narrowed_by_how_rules_stand() {
    let mut world = World::open().await;
    world
        .rule("orders", json!({"name": "positive", "check": {"range": {"column": "amount", "min": 0}}}))
        .await;
    world.rule("customers", json!({"name": "some", "check": {"row_count": {"min": 1}}})).await;
    let mut names = async |standing: &str| {
        let found = world.ask(Method::GET, &format!("/api/v1/datasets?quality={standing}"), None).await;
        assert_eq!(found.status, StatusCode::OK, "{}", found.body);
        let mut names: Vec<String> = found.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("unmeasured").await, ["customers", "orders"]);
    assert_eq!(names("none").await, ["secrets"]);
    world.checked("orders").await;
    world.checked("customers").await;
    let mut names = async |standing: &str| {
        let found = world.ask(Method::GET, &format!("/api/v1/datasets?quality={standing}"), None).await;
        found.json()["items"].as_array().unwrap().len()
    };
    assert_eq!(
        (names("failing").await, names("passing").await, names("failing&quality=passing").await),
        (1, 1, 2)
    );
    let html = world.admin.get("/search?quality=failing").await.body;
    assert!(html.contains("Rules fail") && html.contains("orders"), "{html}");
}
