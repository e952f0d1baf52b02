//! Sources from the first form to the last crawl: registered after a test, crawled, changed, removed; and what is refused.

mod api;
mod browser;
mod command_line;
mod crawls;
mod refused;

use cadastre::app::Options;
use cadastre_model::TokenScope;
use cadastre_tests::postgres::{TestCluster, TestDatabase};
use cadastre_tests::register::{Browser, Person, Register};
use cadastre_tests::workers::Workers;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// A password that nothing else holds, so that wherever it turns up it came from here.
const SECRET: &str = "sVeltE-91-tapir";

const SHOP: &str = "
    create schema sales;
    create table sales.orders (id bigint primary key, amount numeric(12,2));
    comment on table sales.orders is 'Orders of the shop';
    create table sales.customers (id bigint primary key, email text);
    create schema hr;
    create table hr.salaries (person text, amount numeric);
";

/// A register that may crawl loopback, with somebody who administers it, and a shop in another cluster.
struct World {
    register: Register,
    person: Person,
    admin: Browser,
    token: String,
    shop: TestDatabase,
    role: String,
}

impl World {
    async fn open() -> Self {
        Self::with(Options {
            networks: vec!["127.0.0.0/8".parse().unwrap()],
            lease: Duration::from_millis(900),
            ..Options::default()
        })
        .await
    }

    async fn with(options: Options) -> Self {
        let register = Register::with(options).await;
        let (person, admin) = register.administrator().await;
        let token = register.token(&person, TokenScope::ALL).await;
        let shop = TestCluster::source().fresh_database().await;
        shop.execute(SHOP).await;
        let role = format!("reader_{}", uuid::Uuid::new_v4().simple());
        shop.execute(&format!("create role {role} login password '{SECRET}'")).await;
        Self { register, person, admin, token, shop, role }
    }

    fn place(&self) -> Value {
        json!({
            "host": "127.0.0.1", "port": self.shop.cluster().port(), "database": self.shop.name(),
            "user": self.role, "tls": "disable",
        })
    }

    fn body(&self, name: &str) -> Value {
        json!({ "kind": "postgresql", "name": name, "connection": self.place(), "secret": SECRET })
    }

    /// Asks the API as the administrator.
    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        json: Option<Value>,
    ) -> cadastre_tests::register::Answer {
        self.admin.api(method, path, &self.token, json).await
    }

    /// The same for a change of what is there, with its ETag.
    async fn change(
        &mut self,
        method: Method,
        path: &str,
        json: Option<Value>,
    ) -> cadastre_tests::register::Answer {
        self.admin.api_change(method, path, &self.token, json).await
    }

    /// Registers the shop, and gives the id outside.
    async fn registered(&mut self) -> String {
        let made = self.ask(Method::POST, "/api/v1/sources", Some(self.body("shop"))).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// Asks for a crawl and waits for its end.
    async fn crawl(&mut self, source: &str) -> Value {
        let asked = self.ask(Method::POST, &format!("/api/v1/sources/{source}/crawl"), None).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.body);
        let task = asked.json()["id"].as_str().unwrap().to_owned();
        self.end_of(&task).await
    }

    /// The task when it is over.
    async fn end_of(&mut self, task: &str) -> Value {
        for _ in 0..600 {
            let now = self.ask(Method::GET, &format!("/api/v1/tasks/{task}"), None).await.json();
            if ["done", "failed", "cancelled"].contains(&now["state"].as_str().unwrap()) {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("task {task} does not end");
    }
}
