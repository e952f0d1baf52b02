//! Notices: who is told of what, by which way, and who is not.

mod inbox;
mod mail;
mod reach;
mod subscriptions;
mod webhook;

use cadastre::app::Options;
use cadastre::notices::{deliver, tell};
use cadastre_model::{AssetKind, PublicId, Role, Sensitivity, TokenScope, Version};
use cadastre_tests::register::{Answer, Browser, Person, Register, TestAsset};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// A shop: orders, and a day's sums that are made from them, in the domain of sales.
struct Shop {
    register: Register,
    browser: Browser,
    domain: TestAsset,
    source: TestAsset,
    orders: TestAsset,
    daily: TestAsset,
    count: usize,
}

impl Shop {
    async fn open() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let register = Register::with(options).await;
        let domain = register.domain("sales", None).await;
        let source = register.bare_source("shop").await;
        let database = register.within(source, AssetKind::Database, "shop").await;
        let schema = register.within(database, AssetKind::Schema, "public").await;
        let within = async |name: &str| {
            let level = Some(Sensitivity::Internal);
            register.within_as(schema, AssetKind::Dataset, name, Some(domain), level).await
        };
        let (orders, daily) = (within("orders").await, within("daily").await);
        register.edge(None, orders, daily).await;
        let browser = register.browser();
        let shop = Self { register, browser, domain, source, orders, daily, count: 0 };
        shop.lineage_follows().await;
        shop
    }

    async fn lineage_follows(&self) {
        let now = Version(self.register.count("select version from register").await);
        for _ in 0..50 {
            self.register.app.lineage().wait_for(now).await;
            if self.register.app.lineage().version() >= now {
                return;
            }
        }
        panic!("the lineage does not follow to {now}");
    }

    /// Somebody who sees the domain of sales.
    async fn viewer(&self, login: &str) -> Person {
        let person = self.register.person(login).await;
        for scope in [self.domain.id, self.source.id] {
            self.register.grant(&person, Role::Viewer, scope, Sensitivity::Internal).await;
        }
        person
    }

    /// Somebody who owns a dataset; an owner sees what they own.
    async fn owner(&self, login: &str, dataset: TestAsset) -> Person {
        let person = self.register.person(login).await;
        self.register.owner(&person, dataset.id).await;
        person
    }

    /// An incident as a check opens it, with what it leaves to be told. Its severity is high.
    async fn incident(&mut self, dataset: TestAsset) -> PublicId {
        self.count += 1;
        let (_, incident) = self.register.rule(dataset, "amount", &format!("rule-{}", self.count)).await;
        self.happens("opened", incident).await;
        incident
    }

    async fn happens(&self, kind: &str, incident: PublicId) {
        sqlx::query(
            "insert into notice_occasions (kind, dataset_id, incident_id)
             select $1, dataset_id, id from incidents where public_id = $2",
        )
        .bind(kind)
        .bind(incident.0)
        .execute(&self.register.app.db().web)
        .await
        .unwrap();
    }

    async fn tell(&self) {
        tell(&self.register.app).await.unwrap();
        assert_eq!(self.register.count("select count(*) from notice_occasions").await, 0);
    }

    async fn ask(&mut self, person: &Person, method: Method, path: &str, body: Option<Value>) -> Answer {
        let token = self.register.token(person, TokenScope::ALL).await;
        self.browser.api(method, path, &token, body).await
    }

    /// What lies in somebody's inbox: `kind because dataset`, the newest first.
    async fn inbox(&mut self, person: &Person) -> Vec<String> {
        let answer = self.ask(person, Method::GET, "/api/v1/notices?show=all", None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
        let line = |one: &Value| {
            format!("{} {} {}", text(&one["kind"]), text(&one["because"]), text(&one["dataset"]["name"]))
        };
        answer.json()["items"].as_array().unwrap().iter().map(line).collect()
    }

    async fn subscribe(&mut self, person: &Person, body: Value) -> Value {
        let made = self.ask(person, Method::POST, "/api/v1/subscriptions", Some(body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        made.json()
    }

    async fn act(&mut self, person: &Person, incident: PublicId, body: Value) {
        let token = self.register.token(person, TokenScope::ALL).await;
        let mut browser = self.browser.clone();
        browser.headers.insert("if-match", "*".parse().unwrap());
        let path = format!("/api/v1/incidents/{incident}/acts");
        let answer = browser.api(Method::POST, &path, &token, Some(body)).await;
        assert!(answer.status.is_success(), "{}", answer.body);
    }
}
