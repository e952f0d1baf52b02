//! Domains: the tree, what lies in it, and what is taken over from it.

use cadastre_model::{AssetKind, Role, Sensitivity, TokenScope};
use cadastre_tests::register::{Browser, Register, TestAsset};
use http::{Method, StatusCode};
use serde_json::{Value, json};

struct Office {
    register: Register,
    browser: Browser,
    admin: String,
}

impl Office {
    async fn open() -> Self {
        let register = Register::empty().await;
        let (browser, admin) = (register.browser(), register.administrators_token().await);
        Self { register, browser, admin }
    }

    async fn make(&mut self, name: &str, parent: Option<&str>) -> String {
        let input = json!({"name": name, "parent": parent});
        let made = self.browser.api(Method::POST, "/api/v1/domains", &self.admin, Some(input)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    async fn change(&mut self, id: &str, input: Value) -> (StatusCode, String) {
        let path = format!("/api/v1/domains/{id}");
        let answer = self.browser.api_change(Method::PUT, &path, &self.admin, Some(input)).await;
        (answer.status, answer.body)
    }

    /// Puts an asset somewhere, or says how delicate it is, with the state that it has now.
    async fn put(&mut self, asset: TestAsset, what: &str, input: Value) -> Value {
        let standing = format!("/api/v1/assets/{}/standing", asset.public_id);
        let tag = self.browser.api(Method::GET, &standing, &self.admin, None).await.headers["etag"].clone();
        let mut program = self.browser.clone();
        program.headers.insert("if-match", tag);
        let path = format!("/api/v1/assets/{}/{what}", asset.public_id);
        let answer = program.api(Method::PUT, &path, &self.admin, Some(input)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }
}

#[tokio::test]
async fn a_domain_is_made_renamed_moved_and_removed() {
    let mut office = Office::open().await;
    let sales = office.make("Sales", None).await;
    let retail = office.make("Retail", Some(&sales)).await;
    let finance = office.make("Finance", None).await;
    let names = async |office: &mut Office| -> Vec<(String, i64)> {
        let list = office.browser.api(Method::GET, "/api/v1/domains", &office.admin, None).await.json();
        let items = list["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| (item["name"].as_str().unwrap().to_owned(), item["depth"].as_i64().unwrap()))
            .collect()
    };
    let tree = |list: &[(&str, i64)]| {
        list.iter().map(|(name, depth)| ((*name).to_owned(), *depth)).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut office).await, tree(&[("Finance", 0), ("Sales", 0), ("Retail", 1)]));

    let (status, body) = office.change(&retail, json!({"name": "Shops", "parent": finance})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(names(&mut office).await, tree(&[("Finance", 0), ("Shops", 1), ("Sales", 0)]));
    let version = office.register.count("select version from register").await;
    office.change(&retail, json!({"name": "Shops", "parent": finance})).await;
    assert_eq!(office.register.count("select version from register").await, version, "nothing differs");

    let path = format!("/api/v1/domains/{finance}");
    let full = office.browser.api_change(Method::DELETE, &path, &office.admin, None).await;
    assert_eq!(full.status, StatusCode::CONFLICT, "{}", full.body);
    for id in [&retail, &finance] {
        let path = format!("/api/v1/domains/{id}");
        let gone = office.browser.api_change(Method::DELETE, &path, &office.admin, None).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
        assert_eq!(
            office.browser.api(Method::GET, &path, &office.admin, None).await.status,
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(names(&mut office).await, tree(&[("Sales", 0)]));
    assert_eq!(
        office
            .register
            .count("select count(*) from change_sets where kind like 'domain.%' and via = 'token'")
            .await,
        6
    );
}

#[tokio::test]
async fn a_domain_never_lies_in_itself_nor_has_a_name_twice() {
    let mut office = Office::open().await;
    let top = office.make("Top", None).await;
    let middle = office.make("Middle", Some(&top)).await;
    let leaf = office.make("Leaf", Some(&middle)).await;
    for under in [&top, &middle, &leaf] {
        let (status, body) = office.change(&top, json!({"name": "Top", "parent": under})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(body.contains("parent"));
    }
    for name in ["top", " TOP ", "", &"x".repeat(201), "a\tb"] {
        let input = json!({"name": name});
        let answer = office.browser.api(Method::POST, "/api/v1/domains", &office.admin, Some(input)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.body);
    }
    office.make("Top", Some(&top)).await;
}

#[tokio::test]
async fn a_write_says_which_state_it_was_made_from() {
    let mut office = Office::open().await;
    let id = office.make("Sales", None).await;
    let path = format!("/api/v1/domains/{id}");
    let input = json!({"name": "Vertrieb"});
    let without = office.browser.api(Method::PUT, &path, &office.admin, Some(input.clone())).await;
    assert_eq!(without.status, StatusCode::PRECONDITION_REQUIRED);
    let mut late = office.browser.clone();
    late.headers.insert("if-match", "\"999\"".parse().unwrap());
    assert_eq!(
        late.api(Method::PUT, &path, &office.admin, Some(input)).await.status,
        StatusCode::PRECONDITION_FAILED
    );
}

#[tokio::test]
async fn what_counts_is_explained_by_who_said_so() {
    let mut office = Office::open().await;
    let register = &office.register;
    let source = register.bare_source("shop").await;
    let schema = register.within(source, AssetKind::Schema, "sales").await;
    let orders = register.within(schema, AssetKind::Dataset, "orders").await;
    let top = office.make("Sales", None).await;
    let retail = office.make("Retail", Some(&top)).await;

    let says = |standing: &Value| {
        (
            standing["domain"]["name"].clone(),
            standing["sensitivity"].clone(),
            standing["sensitivity_from"].clone(),
        )
    };
    let now = office.put(orders, "sensitivity", json!({"sensitivity": null})).await;
    assert_eq!(says(&now), (Value::Null, "internal".into(), json!({"from": "register"})));

    office.put(source, "domain", json!({"domain": retail})).await;
    office.change(&top, json!({"name": "Sales", "sensitivity": "confidential"})).await;
    let now = office.put(orders, "domain", json!({"domain": null})).await;
    assert_eq!(
        (&now["domain"]["name"], &now["domain_from"]["from"]),
        (&"Retail".into(), &"container".into())
    );
    assert_eq!(
        (&now["sensitivity"], &now["sensitivity_from"]["from"], &now["sensitivity_from"]["place"]["name"]),
        (&"confidential".into(), &"domain".into(), &"Sales".into())
    );

    office.put(schema, "sensitivity", json!({"sensitivity": "public"})).await;
    let now = office.put(orders, "domain", json!({"domain": top})).await;
    assert_eq!((&now["domain"]["name"], &now["domain_from"]["from"]), (&"Sales".into(), &"own".into()));
    assert_eq!(
        (&now["sensitivity"], &now["sensitivity_from"]["place"]["name"]),
        (&"public".into(), &"sales".into())
    );

    let now = office.put(orders, "sensitivity", json!({"sensitivity": "secret", "reason": "payroll"})).await;
    assert_eq!((&now["sensitivity"], &now["sensitivity_from"]["from"]), (&"secret".into(), &"own".into()));
    assert_eq!(office.register.count("select count(*) from asset_facts where valid_to is not null").await, 5);
}

#[tokio::test]
async fn a_steward_puts_things_only_into_domains_that_are_theirs() {
    let mut office = Office::open().await;
    let (mine, theirs, hidden) = (
        office.make("Mine", None).await,
        office.make("Theirs", None).await,
        office.make("Hidden", None).await,
    );
    let register = &office.register;
    let source = register.bare_source("shop").await;
    let orders = register.within(source, AssetKind::Dataset, "orders").await;
    let ann = register.person("ann").await;
    let id = |public: &str| {
        let public: uuid::Uuid = public.parse().unwrap();
        sqlx::query_scalar::<_, i64>("select id from assets where public_id = $1")
            .bind(public)
            .fetch_one(&register.app.db().web)
    };
    for (scope, role) in [
        (orders.id.0, Role::Steward),
        (id(&mine).await.unwrap(), Role::Steward),
        (id(&theirs).await.unwrap(), Role::Viewer),
    ] {
        register.grant(&ann, role, cadastre_model::AssetId(scope), Sensitivity::Secret).await;
    }
    let anns = register.token(&ann, TokenScope::ALL).await;
    let mut program = register.browser();
    program.headers.insert("if-match", "*".parse().unwrap());
    let path = format!("/api/v1/assets/{}/domain", orders.public_id);
    for (domain, status) in [
        (&theirs, StatusCode::FORBIDDEN),
        (&hidden, StatusCode::UNPROCESSABLE_ENTITY),
        (&mine, StatusCode::OK),
    ] {
        let answer = program.api(Method::PUT, &path, &anns, Some(json!({"domain": domain}))).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let level = format!("/api/v1/assets/{}/sensitivity", orders.public_id);
    let answer = program.api(Method::PUT, &level, &anns, Some(json!({"sensitivity": "public"}))).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "a steward does not open what is closed");
    let answer = program.api(Method::POST, "/api/v1/domains", &anns, Some(json!({"name": "New"}))).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
}

#[tokio::test]
async fn only_what_is_seen_is_listed_and_counted() {
    let mut office = Office::open().await;
    let sales = office.make("Sales", None).await;
    let register = &office.register;
    let source = register.bare_source("shop").await;
    let domain: i64 = sqlx::query_scalar("select id from assets where kind = 'domain'")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    for (name, level) in [("open", Sensitivity::Internal), ("closed", Sensitivity::Secret)] {
        let dataset = register.within_as(source, AssetKind::Dataset, name, None, Some(level)).await;
        office.browser.headers.insert("if-match", "*".parse().unwrap());
        let path = format!("/api/v1/assets/{}/domain", dataset.public_id);
        office.browser.api(Method::PUT, &path, &office.admin, Some(json!({"domain": sales}))).await;
    }
    let ann = register.person("ann").await;
    register.grant(&ann, Role::Viewer, cadastre_model::AssetId(domain), Sensitivity::Internal).await;
    let anns = register.token(&ann, TokenScope::ALL).await;
    let mut browser = register.browser();
    for (token, names) in [(&anns, vec!["open"]), (&office.admin, vec!["closed", "open"])] {
        let list =
            browser.api(Method::GET, &format!("/api/v1/domains/{sales}/assets"), token, None).await.json();
        let listed: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(listed, names);
        let domain = browser.api(Method::GET, &format!("/api/v1/domains/{sales}"), token, None).await.json();
        assert_eq!(domain["datasets"], names.len(), "{domain}");
    }
}

#[tokio::test]
async fn a_columns_sensitivity_is_a_fact_of_its_own() {
    let office = Office::open().await;
    let register = &office.register;
    let source = register.bare_source("shop").await;
    let people = register.within(source, AssetKind::Dataset, "people").await;
    let other = register.within(source, AssetKind::Dataset, "other").await;
    let email = register.column(people, "email").await;
    let mut program = register.browser();
    program.headers.insert("if-match", "*".parse().unwrap());
    let path =
        |dataset: TestAsset| format!("/api/v1/datasets/{}/columns/{email}/sensitivity", dataset.public_id);
    for level in [json!("secret"), json!("confidential"), Value::Null] {
        let answer =
            program.api(Method::PUT, &path(people), &office.admin, Some(json!({"sensitivity": level}))).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    }
    let answer =
        program.api(Method::PUT, &path(other), &office.admin, Some(json!({"sensitivity": "secret"}))).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "a column of another dataset");
    assert_eq!(
        register.count("select count(*) from column_sensitivities where valid_to is not null").await,
        2
    );
    assert_eq!(register.count("select count(*) from column_sensitivities where valid_to is null").await, 0);
    assert_eq!(register.count("select count(*) from change_sets where kind = 'column.sensitivity'").await, 3);
}
