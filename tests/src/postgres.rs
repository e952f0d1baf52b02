//! The PostgreSQL of a test run (`tests/with-postgres.sh` starts it): databases of one's own, cloned from templates that
//! are made once and shared by all test processes.

use std::future::Future;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};
use url::Url;

/// The cluster of this test run.
#[derive(Debug, Clone)]
pub struct TestCluster {
    admin: Url,
}

/// A database of one's own. It goes with the cluster after the run: `DROP DATABASE` waits for every process of the server
/// to take notice, which was seen to take a minute.
#[derive(Debug)]
pub struct TestDatabase {
    cluster: TestCluster,
    name: String,
}

impl TestCluster {
    /// The cluster that `CADASTRE_TEST_PG` names.
    ///
    /// # Panics
    /// Where there is none: run the tests by `tests/with-postgres.sh`.
    #[must_use]
    pub fn of_this_run() -> Self {
        let address = variable("CADASTRE_TEST_PG")
            .expect("no CADASTRE_TEST_PG: run `tests/with-postgres.sh cargo nextest run`");
        Self { admin: address.parse().expect("CADASTRE_TEST_PG is an address") }
    }

    /// The second cluster of the run, for what a register crawls: it refuses the cluster that it lives in itself.
    ///
    /// # Panics
    /// As [`TestCluster::of_this_run`], where `CADASTRE_TEST_SOURCE_PG` is not set.
    #[must_use]
    pub fn source() -> Self {
        let address = variable("CADASTRE_TEST_SOURCE_PG")
            .expect("no CADASTRE_TEST_SOURCE_PG: run `tests/with-postgres.sh cargo nextest run`");
        Self { admin: address.parse().expect("CADASTRE_TEST_SOURCE_PG is an address") }
    }

    /// The superuser's address of a database.
    #[must_use]
    pub fn url(&self, database: &str) -> Url {
        let mut url = self.admin.clone();
        url.set_path(database);
        url
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.admin.port().unwrap_or(5432)
    }

    /// The superuser's password.
    #[must_use]
    pub fn password(&self) -> String {
        let options: PgConnectOptions = self.admin.as_str().parse().expect("an address");
        options.to_url_lossy().password().unwrap_or_default().to_owned()
    }

    /// A superuser's connection to the database `postgres`.
    pub async fn admin(&self) -> PgConnection {
        PgConnection::connect(self.admin.as_str()).await.expect("the test cluster answers")
    }

    /// An empty database.
    pub async fn fresh_database(&self) -> TestDatabase {
        self.create("template0").await
    }

    /// A copy of a template, which `fill` makes where no test process has made it yet. What the template holds is the
    /// caller's to put into its name (a version, a hash).
    pub async fn database_from<F, R>(&self, template: &str, fill: F) -> TestDatabase
    where
        F: FnOnce(Url) -> R,
        R: Future<Output = ()>,
    {
        let mut admin = self.admin().await;
        let name = format!("template_{template}");
        if !is_there(&mut admin, &name).await {
            // One process makes it; the others wait, and find it.
            run(&mut admin, &format!("SELECT pg_advisory_lock(hashtextextended('{name}', 0))")).await;
            if !is_there(&mut admin, &name).await {
                // Only a template that was filled to the end gets its name.
                let half = format!("{name}_half");
                run(&mut admin, &format!("DROP DATABASE IF EXISTS \"{half}\" WITH (FORCE)")).await;
                run(&mut admin, &format!("CREATE DATABASE \"{half}\" TEMPLATE template0")).await;
                fill(self.url(&half)).await;
                run(&mut admin, &format!("ALTER DATABASE \"{half}\" RENAME TO \"{name}\"")).await;
            }
            run(&mut admin, "SELECT pg_advisory_unlock_all()").await;
        }
        self.copy(admin, &name).await
    }

    /// Pagila: 22 tables, partitions, views, functions.
    pub async fn pagila(&self) -> TestDatabase {
        self.dump("pagila", "pagila.pg15.sql.gz").await
    }

    /// Chinook: 11 tables.
    pub async fn chinook(&self) -> TestDatabase {
        self.dump("chinook", "chinook.pg15.sql.gz").await
    }

    async fn dump(&self, template: &str, file: &str) -> TestDatabase {
        let path = fixtures().join("db").join(file);
        self.database_from(template, async move |url| restore(&url, &path)).await
    }

    /// A copy of a database that nobody is connected to.
    pub(crate) async fn create(&self, template: &str) -> TestDatabase {
        self.copy(self.admin().await, template).await
    }

    async fn copy(&self, mut admin: PgConnection, template: &str) -> TestDatabase {
        let name = format!("t_{}", uuid::Uuid::new_v4().simple());
        let strategy = file_copy(&mut admin).await;
        run(&mut admin, &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\" {strategy}")).await;
        admin.close().await.expect("closed");
        TestDatabase { cluster: self.clone(), name }
    }
}

impl TestDatabase {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The cluster that it lies in.
    #[must_use]
    pub fn cluster(&self) -> &TestCluster {
        &self.cluster
    }

    /// The superuser's address of it.
    #[must_use]
    pub fn url(&self) -> Url {
        self.cluster.url(&self.name)
    }

    /// A superuser's connection to it.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(self.url().as_str()).await.expect("the database answers")
    }

    /// Runs statements as the superuser.
    pub async fn execute(&self, sql: &str) {
        run(&mut self.connect().await, sql).await;
    }
}

/// Where the fixtures lie: `CADASTRE_FIXTURES`, else beside the project.
#[must_use]
pub fn fixtures() -> PathBuf {
    variable("CADASTRE_FIXTURES").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/fixtures")),
        PathBuf::from,
    )
}

/// Feeds a gzipped dump to psql, and stops at its first error.
fn restore(url: &Url, dump: &std::path::Path) {
    let packed = std::fs::File::open(dump).unwrap_or_else(|error| panic!("{}: {error}", dump.display()));
    let mut sql = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut sql).expect("a gzip file");
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url.as_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("psql is installed");
    psql.stdin.take().expect("a pipe").write_all(&sql).expect("psql reads");
    assert!(psql.wait().expect("psql ends").success(), "{} was not restored", dump.display());
}

async fn is_there(connection: &mut PgConnection, database: &str) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(database)
        .fetch_one(connection)
        .await
        .expect("the list of databases")
}

/// Files are copied at half of what it costs to write a log of them, which is what PostgreSQL does since 15 where it is not told.
async fn file_copy(connection: &mut PgConnection) -> &'static str {
    let version: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int")
        .fetch_one(connection)
        .await
        .expect("its version");
    if version < 150_000 { "" } else { "STRATEGY FILE_COPY" }
}

async fn run(connection: &mut PgConnection, sql: &str) {
    if let Err(error) = connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await {
        panic!("{error}\n{sql}");
    }
}

#[expect(clippy::disallowed_methods, reason = "how the test run says where its PostgreSQL is")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
