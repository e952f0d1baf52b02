//! The sample company: a shop and a warehouse in a PostgreSQL of their own, made from a seed by the SQL of
//! `backend/app/sample`. Real databases, real rows, and ETL that really runs; see the README there.

use crate::postgres::{Cluster, Running};
use crate::start::StartError;
use rust_embed::RustEmbed;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use std::path::{Path, PathBuf};

/// The SQL, inside the binary.
#[derive(RustEmbed)]
#[folder = "sample/"]
#[include = "*.sql"]
#[include = "*.yaml"]
struct Scripts;

/// The role that the register reads the company with.
pub const READER: &str = "cadastre_reader";

/// The databases of the company.
pub const DATABASES: [&str; 2] = ["shop", "warehouse"];

/// Says that all files have run: a comment on a database is kept with it, and is gone with it.
const FILLED: &str = "the sample company is complete";

/// The company's cluster, running.
#[derive(Debug)]
pub struct Company {
    running: Running,
}

impl Company {
    /// Starts the company's PostgreSQL in a directory, and makes the company where it is not there yet, or where it was
    /// left half made. `told` hears which file is run, of how many.
    ///
    /// # Errors
    /// When there is no PostgreSQL to run, or a file of the company fails.
    pub async fn open(
        dir: &Path,
        programs: Option<&Path>,
        told: &(dyn Fn(usize, usize, &str) + Send + Sync),
    ) -> Result<Self, StartError> {
        let mut running = start(dir, programs).await?;
        let fault = |why: sqlx::Error| fault(dir, &why);
        match condition(&running).await.map_err(fault)? {
            Condition::Filled => relink(&running).await.map_err(fault)?,
            Condition::Empty => fill(&running, told).await.map_err(fault)?,
            Condition::Half => {
                running.stop().await;
                std::fs::remove_dir_all(dir)
                    .map_err(|why| StartError::Unusable { path: dir.to_owned(), why: why.to_string() })?;
                running = start(dir, programs).await?;
                fill(&running, told).await.map_err(fault)?;
            }
        }
        Ok(Self { running })
    }

    /// The port of 127.0.0.1 on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.running.port().unwrap_or_default()
    }

    /// The reader's password.
    #[must_use]
    pub fn reader_password(&self) -> &str {
        self.running.password(READER)
    }

    /// Stops its PostgreSQL.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

async fn start(dir: &Path, programs: Option<&Path>) -> Result<Running, StartError> {
    Cluster::in_dir(dir)
        .programs(programs)
        .role(READER)
        .on_loopback()
        .set("shared_buffers", "64MB")
        .start()
        .await
}

fn fault(dir: &Path, why: &sqlx::Error) -> StartError {
    StartError::Unusable {
        path: PathBuf::from(dir),
        why: format!("the sample company could not be made: {why}"),
    }
}

enum Condition {
    Empty,
    Half,
    Filled,
}

async fn condition(running: &Running) -> Result<Condition, sqlx::Error> {
    let mut conn = connect(running.options("postgres")).await?;
    let found: Option<(Option<String>,)> = sqlx::query_as(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = 'warehouse'",
    )
    .fetch_optional(&mut conn)
    .await?;
    let shop: bool = sqlx::query_scalar("select exists (select from pg_database where datname = 'shop')")
        .fetch_one(&mut conn)
        .await?;
    conn.close().await?;
    Ok(match found {
        Some((Some(comment),)) if comment.ends_with(FILLED) => Condition::Filled,
        None if !shop => Condition::Empty,
        _ => Condition::Half,
    })
}

/// The foreign tables of the warehouse hold the address of the shop, which differs from start to start.
async fn relink(running: &Running) -> Result<(), sqlx::Error> {
    let mut conn = connect(running.options("warehouse")).await?;
    run(&mut conn, "relink.sql").await?;
    conn.close().await
}

async fn fill(
    running: &Running,
    told: &(dyn Fn(usize, usize, &str) + Send + Sync),
) -> Result<(), sqlx::Error> {
    let mut files: Vec<String> = Scripts::iter().map(String::from).filter(|path| is_numbered(path)).collect();
    files.sort_by(|a, b| file_name(a).cmp(file_name(b)));
    for (number, path) in files.iter().enumerate() {
        told(number + 1, files.len(), file_name(path));
        let mut conn = connect(running.options(database_of(path))).await?;
        sqlx::query(
            "select set_config('cadastre.reader_password', $1, false), set_config('timezone', 'UTC', false)",
        )
        .bind(running.password(READER))
        .execute(&mut conn)
        .await?;
        if path.starts_with("etl/") {
            conn.execute("set role etl").await?;
        }
        run(&mut conn, path).await?;
        conn.close().await?;
    }
    let mut conn = connect(running.options("warehouse")).await?;
    let before: Option<String> = sqlx::query_scalar(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()",
    )
    .fetch_one(&mut conn)
    .await?;
    let comment = before.map_or_else(|| FILLED.to_owned(), |before| format!("{before} — {FILLED}"));
    // COMMENT takes no parameters; what is quoted is our own words and those of our own files.
    let sql = format!("comment on database warehouse is '{}'", comment.replace('\'', "''"));
    conn.execute(AssertSqlSafe(sql)).await?;
    conn.close().await
}

/// The SQL that fills the warehouse, by the names of its files, in the order in which it runs.
pub(super) fn etl() -> impl Iterator<Item = (String, String)> {
    texts("etl/")
}

/// The files that say what its data ought to look like, by name.
pub(super) fn rules() -> impl Iterator<Item = (String, String)> {
    texts("rules/")
}

fn texts(folder: &'static str) -> impl Iterator<Item = (String, String)> {
    let mut files: Vec<String> =
        Scripts::iter().map(String::from).filter(|path| path.starts_with(folder)).collect();
    files.sort();
    files.into_iter().filter_map(|path| {
        let text = String::from_utf8_lossy(&Scripts::get(&path)?.data).into_owned();
        Some((path, text))
    })
}

fn is_numbered(path: &str) -> bool {
    file_name(path).starts_with(|c: char| c.is_ascii_digit())
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn database_of(path: &str) -> &'static str {
    match path.split_once('/') {
        Some(("shop", _)) => "shop",
        Some(_) => "warehouse",
        None => "postgres",
    }
}

async fn run(conn: &mut PgConnection, path: &str) -> Result<(), sqlx::Error> {
    let file = Scripts::get(path).ok_or_else(|| sqlx::Error::Configuration(format!("no {path}").into()))?;
    let sql = String::from_utf8_lossy(&file.data).into_owned();
    // A file is one batch of the simple protocol, and so one transaction; it is ours, and takes nothing from outside.
    conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
    Ok(())
}

async fn connect(options: PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    options.application_name("cadastre demo").disable_statement_logging().connect().await
}
