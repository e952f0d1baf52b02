//! A register for a test: an app of its own on a migrated database of its own, and visitors who use it as browsers and
//! programs do.

use crate::log::Log;
use crate::postgres::{TestCluster, TestDatabase};
use axum::Router;
use axum::body::{Body, to_bytes};
use cadastre::app::{App, Options};
use cadastre::db::{Db, DbOptions, Limits, MIGRATIONS, migrate};
use cadastre::follower::Patience;
use cadastre::keys::Keys;
use http::{HeaderMap, Method, Request, StatusCode};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Postgres, Transaction};
use std::collections::BTreeMap;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

mod assets;
mod people;

pub use assets::TestAsset;
pub use people::{Person, Team};

/// A register with its own database. Its pools close and its database goes when it is dropped.
#[derive(Debug)]
pub struct Register {
    /// The app.
    pub app: App,
    /// What it serves.
    pub router: Router,
    /// Its database.
    pub database: TestDatabase,
    stop: CancellationToken,
}

impl Register {
    /// A register as it is on the first day: nobody in it.
    pub async fn empty() -> Self {
        Self::with(Options::default()).await
    }

    /// The same with other options.
    pub async fn with(options: Options) -> Self {
        let cluster = TestCluster::of_this_run();
        let hash: String =
            MIGRATIONS.iter().flat_map(|m| m.checksum.iter().take(4)).map(|b| format!("{b:02x}")).collect();
        let name = format!("register_{}", &hash[hash.len().saturating_sub(40)..]);
        let database = cluster
            .database_from(&name, async |url| {
                migrate(&db_options(url.as_str())).await.expect("the migrations apply");
            })
            .await;
        Self::on(database, options).await
    }

    async fn on(database: TestDatabase, options: Options) -> Self {
        let stop = CancellationToken::new();
        let app = start(&database, options, &stop).await;
        let router = cadastre::http::router(&app);
        Self { app, router, database, stop }
    }

    /// Stops it; what is in it can be had again, as often as wanted.
    pub async fn into_blueprint(self) -> Blueprint {
        let (cluster, name) = (self.database.cluster().clone(), self.database.name().to_owned());
        let options = self.app.options().clone();
        self.stop.cancel();
        self.app.db().close().await;
        // A database that is copied may have no connection, nor get one.
        let mut admin = cluster.admin().await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("alter database \"{name}\" allow_connections false")))
            .execute(&mut admin)
            .await
            .expect("a database of our own");
        sqlx::query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1")
            .bind(&name)
            .execute(&mut admin)
            .await
            .expect("they end");
        Blueprint { cluster, name, options }
    }

    /// A second process on the same database.
    pub async fn replica(&self) -> (App, Router) {
        let app = start(&self.database, self.app.options().clone(), &self.stop).await;
        let router = cadastre::http::router(&app);
        (app, router)
    }

    /// Somebody with a browser and no cookies.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::on(self.router.clone())
    }

    /// All rows of a table, as JSON.
    pub async fn rows(&self, table: &str) -> Vec<Value> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select to_jsonb(t) from {table} t")))
            .fetch_all(&self.app.db().web)
            .await
            .expect("a table")
    }

    /// All rows of all tables as text, bytes in hex.
    pub async fn dump(&self) -> String {
        let tables: Vec<String> = sqlx::query_scalar(
            "select quote_ident(tablename) from pg_tables where schemaname = 'public' order by 1",
        )
        .fetch_all(&self.app.db().web)
        .await
        .expect("the tables");
        let mut text = String::new();
        for table in tables {
            for row in self.rows(&table).await {
                text.push_str(&row.to_string());
                text.push('\n');
            }
        }
        text
    }

    /// Begins the end of this process and its replicas.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// A number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut *self.transaction().await).await.expect("a count")
    }

    /// A transaction for what a test does itself.
    pub async fn transaction(&self) -> Transaction<'static, Postgres> {
        self.app.db().web.begin().await.expect("a transaction")
    }
}

/// A register that is stopped, to be copied.
#[derive(Debug)]
pub struct Blueprint {
    cluster: TestCluster,
    name: String,
    options: Options,
}

impl Blueprint {
    /// A register with the same in it, sessions and tokens too.
    pub async fn register(&self) -> Register {
        Register::on(self.cluster.create(&self.name).await, self.options.clone()).await
    }
}

impl Drop for Register {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// How much longer than in the product is waited until somebody is told *not now*: a debug build on a busy machine takes its
/// time, and a test is about that answer only where it says so (`faults` has the product's own limits).
const SLOWER: u32 = 12;

/// How a test's app reaches its database: as one role, which owns and runs.
#[must_use]
pub fn db_options(url: &str) -> DbOptions {
    let options: PgConnectOptions = url.parse().expect("an address");
    let Limits { connection, request, task } = Limits::default();
    let limits = Limits { connection: connection * SLOWER, request: request * SLOWER, task: task * SLOWER };
    DbOptions { run: options.clone(), owner: options, web: 8, tasks: 6, limits }
}

async fn start(database: &TestDatabase, options: Options, stop: &CancellationToken) -> App {
    Log::show();
    let db = Db::open(&db_options(database.url().as_str()));
    let keys = Keys::parse("q8Zr1v0nT4bLw3mXo5yKc7dGh2jPs6uEa9fIi+RtNzA=").expect("a key for tests");
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    // What a hash of a password costs is the operator's to say; tests sign in a thousand times. That less than the floor is refused, and
    // that a hash of another cost is made anew, is tested where it is done.
    let patience = Patience { stale_after: options.patience.stale_after * SLOWER, ..options.patience };
    let options = Options { argon2_memory: 64, argon2_passes: 1, patience, ..options };
    App::start(options, db, keys, metrics, stop.clone()).await.expect("the app starts")
}

/// A browser: keeps cookies, follows no redirect by itself, sends forms with the token of the page they stand on.
#[derive(Debug, Clone)]
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    csrf: Option<String>,
    /// Headers that it sends with everything.
    pub headers: HeaderMap,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Where a redirect leads.
    #[must_use]
    pub fn location(&self) -> &str {
        self.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Browser {
    /// One on a router.
    #[must_use]
    pub fn on(router: Router) -> Self {
        Self { router, cookies: BTreeMap::new(), csrf: None, headers: HeaderMap::new() }
    }

    /// The same browser at another register.
    #[must_use]
    pub fn moved_to(self, router: Router) -> Self {
        Self { router, ..self }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    /// Sends a form with the token of the last page that had one.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.csrf.clone().unwrap_or_default();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &token);
        form.extend_pairs(fields);
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), Body::from(form.finish()))
            .await
    }

    /// Sends a form with files, as a browser does: the token first.
    pub async fn post_files(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let token = self.csrf.clone().unwrap_or_default();
        let mut body = Vec::new();
        for (name, value) in std::iter::once(&("csrf", token.as_str())).chain(fields) {
            body.extend(
                format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        for (name, file, bytes) in files {
            let head = format!(
                "--cut\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--cut--\r\n");
        self.send(Method::POST, path, Some("multipart/form-data; boundary=cut"), Body::from(body)).await
    }

    /// Sends a request as it is.
    pub async fn send(&mut self, method: Method, path: &str, kind: Option<&str>, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all("set-cookie") {
            self.keep(cookie.to_str().expect("a cookie"));
        }
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        let body = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(token) = token_of(&body) {
            self.csrf = Some(token);
        }
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Asks the API as a program does: by a token, with JSON, without cookies, and with the browser's `headers`.
    pub async fn api(&mut self, method: Method, path: &str, token: &str, json: Option<Value>) -> Answer {
        let mut program = Self::on(self.router.clone());
        program.headers = self.headers.clone();
        program.headers.insert("authorization", format!("Bearer {token}").parse().expect("a token"));
        let kind = json.as_ref().map(|_| "application/json");
        let body = json.map_or_else(Body::empty, |json| Body::from(json.to_string()));
        program.send(method, path, kind, body).await
    }

    /// The same for what is there already: with the `ETag` that it has now.
    pub async fn api_change(
        &mut self,
        method: Method,
        path: &str,
        token: &str,
        json: Option<Value>,
    ) -> Answer {
        let mut program = self.with_etag_of(path, token).await;
        program.api(method, path, token, json).await
    }

    /// The same for what is done to it at an address below its own.
    pub async fn api_action(&mut self, method: Method, path: &str, action: &str, token: &str) -> Answer {
        let mut program = self.with_etag_of(path, token).await;
        program.api(method, &format!("{path}{action}"), token, None).await
    }

    async fn with_etag_of(&mut self, path: &str, token: &str) -> Self {
        let now = self.api(Method::GET, path, token, None).await;
        let tag = now.headers.get("etag").cloned();
        let mut program = self.clone();
        program.headers.insert("if-match", tag.unwrap_or_else(|| panic!("no ETag at {path}: {}", now.body)));
        program
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let gone = value.is_empty() || cookie.to_ascii_lowercase().contains("max-age=0");
        if gone {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// The token for forms of the last page that had one.
    #[must_use]
    pub fn csrf(&self) -> Option<&str> {
        self.csrf.as_deref()
    }

    /// Puts a cookie in.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }
}

fn token_of(html: &str) -> Option<String> {
    let after = html.split_once(r#"name="csrf" value=""#)?.1;
    Some(after.split_once('"')?.0.to_owned())
}
