//! Quality on real databases: rules are written, run by the safe reader where the data is, and leave exactly one result.

mod checks;
mod clock;
mod faults;
mod incidents;
mod many;
mod pages;
mod saving;
mod shell;
mod told;
mod unusual;

use cadastre::app::Options;
use cadastre_model::{AssetId, AssetKind, Role, Sensitivity, TokenScope};
use cadastre_tests::postgres::{TestCluster, TestDatabase};
use cadastre_tests::register::{Answer, Browser, Register};
use cadastre_tests::workers::Workers;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const SECRET: &str = "sVeltE-91-tapir";

const SHOP: &str = "
    create schema sales;
    create table sales.customers (id bigint primary key, email text);
    insert into sales.customers values (1, 'a@example.org'), (2, null), (3, 'b@example.org');
    create table sales.orders (id bigint primary key, customer_id bigint, amount numeric(12,2), status text not null, at timestamptz default now());
    insert into sales.orders select n, n % 4 + 1, n - 2, case when n = 7 then 'odd' else 'paid' end from generate_series(1, 10) n;
    create table sales.secrets (word text);
    insert into sales.secrets values ('xyzzy');
    analyze sales.orders;";

/// A register that may read loopback, an administrator who may see values, and a shop in another cluster that was crawled.
struct World {
    register: Register,
    admin: Browser,
    token: String,
    shop: TestDatabase,
    workers: Option<Workers>,
}

fn options() -> Options {
    Options {
        networks: vec!["127.0.0.0/8".parse().unwrap()],
        lease: Duration::from_millis(900),
        ..Options::default()
    }
}

impl World {
    async fn open() -> Self {
        let register = Register::with(options()).await;
        let (person, admin) = register.administrator().await;
        // An administrator sees no values above public.
        register.grant(&person, Role::Analyst, AssetId::REGISTER, Sensitivity::Secret).await;
        let token = register.token(&person, TokenScope::ALL).await;
        let shop = TestCluster::source().fresh_database().await;
        shop.execute(SHOP).await;
        let role = format!("reader_{}", uuid::Uuid::new_v4().simple());
        shop.execute(&format!(
            "create role {role} login password '{SECRET}'; grant usage on schema sales to {role};
             grant select on all tables in schema sales to {role}; alter default privileges in schema sales grant select on tables to {role}"
        ))
        .await;
        let workers = Some(Workers::start(&register.app));
        let mut world = Self { register, admin, token, shop, workers };
        world.add_source(&role).await;
        world
    }

    async fn add_source(&mut self, role: &str) {
        let place = json!({
            "host": "127.0.0.1", "port": self.shop.cluster().port(), "database": self.shop.name(), "user": role, "tls": "disable",
        });
        let body = json!({ "kind": "postgresql", "name": "shop", "connection": place, "secret": SECRET });
        let made = self.ask(Method::POST, "/api/v1/sources", Some(body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let source = made.json()["id"].as_str().unwrap().to_owned();
        self.crawl(&source).await;
    }

    async fn crawl(&mut self, source: &str) {
        let asked = self.ask(Method::POST, &format!("/api/v1/sources/{source}/crawl"), None).await;
        let task = asked.json()["id"].as_str().unwrap().to_owned();
        let ended = self.end_of(&task).await;
        assert_eq!(ended["state"], "done", "{ended}");
    }

    /// Crawls the shop once more.
    async fn crawl_again(&mut self) {
        let source: uuid::Uuid = sqlx::query_scalar("select public_id from assets where kind = 'source'")
            .fetch_one(&self.register.app.db().web)
            .await
            .unwrap();
        self.crawl(&source.to_string()).await;
    }

    async fn ask(&mut self, method: Method, path: &str, json: Option<Value>) -> Answer {
        self.admin.api(method, path, &self.token, json).await
    }

    async fn end_of(&mut self, task: &str) -> Value {
        for _ in 0..1200 {
            let now = self.ask(Method::GET, &format!("/api/v1/tasks/{task}"), None).await.json();
            if ["done", "failed", "cancelled"].contains(&now["state"].as_str().unwrap()) {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("task {task} does not end");
    }

    /// The id outside of a dataset of the shop.
    async fn dataset(&self, name: &str) -> String {
        let id: uuid::Uuid = sqlx::query_scalar(
            "select public_id from assets where kind = $1 and name = $2 and state = 'live'",
        )
        .bind(AssetKind::Dataset.as_str())
        .bind(name)
        .fetch_one(&self.register.app.db().web)
        .await
        .unwrap();
        id.to_string()
    }

    /// Writes a rule, which is taken; gives it.
    async fn rule(&mut self, dataset: &str, rule: Value) -> Value {
        let dataset = self.dataset(dataset).await;
        let made = self.ask(Method::POST, &format!("/api/v1/datasets/{dataset}/rules"), Some(rule)).await;
        assert!(made.status.is_success(), "{}", made.body);
        made.json()
    }

    /// Has a dataset checked, and gives its rules when the check is over, by name.
    async fn checked(&mut self, dataset: &str) -> Vec<Value> {
        let dataset = self.dataset(dataset).await;
        let asked =
            self.ask(Method::POST, &format!("/api/v1/datasets/{dataset}/checks"), Some(json!({}))).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.body);
        let ended = self.end_of(asked.json()["task"].as_str().unwrap()).await;
        assert_eq!(ended["state"], "done", "{ended}");
        self.rules(&dataset).await
    }

    async fn rules(&mut self, dataset: &str) -> Vec<Value> {
        let rules = self.ask(Method::GET, &format!("/api/v1/datasets/{dataset}/rules"), None).await;
        assert_eq!(rules.status, StatusCode::OK, "{}", rules.body);
        rules.json().as_array().unwrap().clone()
    }
}

/// `name verdict failing/rows` of each rule.
fn verdicts(rules: &[Value]) -> Vec<String> {
    let one = |rule: &Value| {
        let last = &rule["last"];
        let verdict = last["verdict"].as_str().unwrap_or("–");
        let figures = match (last["failing"].as_i64(), last["rows"].as_i64()) {
            (Some(failing), Some(rows)) => format!(" {failing}/{rows}"),
            (Some(failing), None) => format!(" {failing}"),
            _ => String::new(),
        };
        let held = last["held_by"].as_str().map(|name| format!(" held by {name}")).unwrap_or_default();
        format!("{} {verdict}{figures}{held}", rule["name"].as_str().unwrap())
    };
    rules.iter().map(one).collect()
}
