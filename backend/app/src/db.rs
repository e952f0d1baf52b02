//! The register's own PostgreSQL: pools, migrations, roles. Sources that are crawled are not here (`sources::reader`).

use crate::error::{Failure, Result};
use crate::keys::KeyId;
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::time::Duration;

/// The schema, in order, embedded.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// The oldest PostgreSQL that is used, as `server_version_num`.
pub const OLDEST_SERVER: i32 = 140_000;

/// How to reach the database, and how many connections to hold.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// The role that serves requests.
    pub run: PgConnectOptions,
    /// The role that owns and migrates; the same as `run` where there is only one.
    pub owner: PgConnectOptions,
    /// Connections for requests.
    pub web: u32,
    /// Connections for tasks: apart, so that tasks can't starve a sign-in.
    pub tasks: u32,
    /// How long is waited.
    pub limits: Limits,
}

/// How long is waited before somebody is told *not now*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a connection.
    pub connection: Duration,
    /// For a statement of a request.
    pub request: Duration,
    /// For a statement of a task.
    pub task: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connection: Duration::from_secs(2),
            request: Duration::from_secs(5),
            task: Duration::from_secs(60),
        }
    }
}

/// The pools. One LISTEN connection comes beside them, held by the follower.
#[derive(Debug, Clone)]
pub struct Db {
    /// For requests, with sqlx.
    pub web: PgPool,
    /// The same pool, with sea-orm.
    pub orm: DatabaseConnection,
    /// For tasks.
    pub tasks: PgPool,
    /// For the one connection that listens.
    pub run: PgConnectOptions,
}

impl Db {
    /// Opens the pools; connections are made when they are first needed.
    #[must_use]
    pub fn open(options: &DbOptions) -> Self {
        Self::open_named(options, "")
    }

    /// The same for a process that seals by this key, and says so in the names of its connections: what seals secrets
    /// anew has to know of a process that could not open them.
    #[must_use]
    pub fn open_sealing(options: &DbOptions, key: KeyId) -> Self {
        Self::open_named(options, &format!(" {key}"))
    }

    fn open_named(options: &DbOptions, key: &str) -> Self {
        let Limits { connection, request, task } = options.limits;
        let web = pool(options.web, connection, request)
            .connect_lazy_with(named(&options.run, &format!("cadastre web{key}")));
        // A large crawl is applied in batches; each statement has a minute.
        let tasks = pool(options.tasks, connection, task)
            .connect_lazy_with(named(&options.run, &format!("cadastre tasks{key}")));
        let orm = SqlxPostgresConnector::from_sqlx_postgres_pool(web.clone());
        Self { web, orm, tasks, run: options.run.clone() }
    }

    /// Closes the pools, waiting for what is under way.
    pub async fn close(&self) {
        self.web.close().await;
        self.tasks.close().await;
    }
}

fn named(options: &PgConnectOptions, name: &str) -> PgConnectOptions {
    options.clone().application_name(name).log_statements(tracing::log::LevelFilter::Trace)
}

/// A pool whose callers are answered soon, and whose statements end by themselves.
fn pool(size: u32, connection: Duration, statement: Duration) -> PgPoolOptions {
    let set = format!("set statement_timeout = {}", statement.as_millis());
    PgPoolOptions::new()
        .max_connections(size)
        .min_connections(1)
        .acquire_timeout(connection)
        .idle_timeout(Duration::from_secs(300))
        .after_connect(move |conn, _| {
            let set = set.clone();
            Box::pin(async move {
                sqlx::raw_sql(sqlx::AssertSqlSafe(set)).execute(conn).await?;
                Ok(())
            })
        })
}

/// What the migrator tells: how many were applied by this process, and whether one role does both jobs.
#[derive(Debug, Clone, Copy)]
pub struct Migrated {
    /// Applied just now, by this process.
    pub applied: usize,
}

/// Brings the schema up to date. With several replicas starting at once one applies and the others wait for it: a loop
/// on a try-lock, since a lock that waits would meet `CREATE INDEX CONCURRENTLY` head on.
///
/// # Errors
/// When the server is too old, when the role may not create tables, when a migration fails, or when the lock could not
/// be had for two minutes.
pub async fn migrate(options: &DbOptions) -> Result<Migrated> {
    let mut conn = named(&options.owner, "cadastre migrate").connect().await?;
    let version: i32 =
        sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&mut conn).await?;
    if version < OLDEST_SERVER {
        return Err(Failure::internal(format!(
            "PostgreSQL {} is too old: 14 or newer is needed",
            version / 10_000
        )));
    }
    lock(&mut conn).await?;
    let done = apply(&mut conn, options).await;
    // Closing gives the lock back, whatever happened.
    conn.close().await?;
    done
}

async fn lock(conn: &mut PgConnection) -> Result<()> {
    for _ in 0..1200 {
        let got: bool = sqlx::query_scalar("select pg_try_advisory_lock(hashtext('cadastre.migrate'))")
            .fetch_one(&mut *conn)
            .await?;
        if got {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Failure::unavailable("another replica has been migrating for two minutes"))
}

async fn apply(conn: &mut PgConnection, options: &DbOptions) -> Result<Migrated> {
    let before = applied(conn).await?;
    let mut migrator = sqlx::migrate::Migrator { ..clone_of(&MIGRATIONS) };
    migrator.set_locking(false);
    migrator.run_direct(None, &mut *conn, false).await.map_err(Failure::internal)?;
    let run_role = options.run.get_username();
    if run_role != options.owner.get_username() {
        sqlx::query("select grant_run_role($1::name)").bind(run_role).execute(&mut *conn).await?;
    }
    Ok(Migrated { applied: applied(conn).await? - before })
}

fn clone_of(migrator: &sqlx::migrate::Migrator) -> sqlx::migrate::Migrator {
    sqlx::migrate::Migrator::with_migrations(migrator.migrations.to_vec())
}

async fn applied(conn: &mut PgConnection) -> Result<usize> {
    let known: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut *conn)
        .await?;
    if !known {
        return Ok(0);
    }
    let count: i64 = sqlx::query_scalar("select count(*) from _sqlx_migrations where success")
        .fetch_one(&mut *conn)
        .await?;
    Ok(usize::try_from(count).unwrap_or(0))
}
