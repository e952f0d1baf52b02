//! Making a backup, also while the register is in use.

use std::path::Path;
use std::process::Stdio;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use super::archive::{Draft, Hashed};
use super::{BackupError, FORMAT, Manifest, command, failed};
use crate::config::Config;
use crate::keys::Keys;
use crate::postgres::{Database, Program, last_line};
use crate::start::StartError;

/// Tables whose rows are worth nothing after a restore, and would do harm.
const PASSING: [&str; 4] = ["sessions", "setup_links", "throttles", "idempotency_keys"];

/// Writes a backup of the register to `path`, which must not be there yet. `progress` is told how many bytes of the dump
/// are written.
pub async fn make(
    config: &Config,
    database: &Database,
    path: &Path,
    with_key: bool,
    progress: &mut dyn FnMut(u64),
) -> Result<Manifest, BackupError> {
    let key_file = config.key_file();
    let keys = Keys::read(&key_file)?;
    let pg_dump = Program::client(config.postgres_bin.as_deref(), "pg_dump", database.major()).await?;
    let mut draft = Draft::new(path)?;
    let mut snapshot = Snapshot::take(&database.owner).await?;

    let mut dump = command(&pg_dump.path, Some(&database.libpq()));
    dump.args(["--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=10000"]);
    dump.args(["--snapshot", &snapshot.name]);
    dump.args(PASSING.map(|table| format!("--exclude-table-data=public.{table}")));
    let (dump_bytes, dump_sha256) = draft.dump(async |entry| run(dump, entry, progress).await).await?;

    if with_key {
        let text = std::fs::read_to_string(&key_file);
        draft.keys(&text.map_err(|why| StartError::Keys { file: key_file, why: why.to_string() })?)?;
    }
    let facts = snapshot.facts().await?;
    let manifest = Manifest {
        format: FORMAT,
        cadastre: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: facts.made_at,
        server: facts.server,
        server_major: database.major(),
        pg_dump_major: pg_dump.major,
        migration: facts.migration,
        register: facts.register,
        version: facts.version,
        assets: facts.assets,
        people: facts.people,
        keys: keys.ids().map(|id| id.to_string()).collect(),
        with_key,
        dump_bytes,
        dump_sha256,
    };
    snapshot.end().await?;
    draft.finish(&manifest)?;
    Ok(manifest)
}

/// Runs pg_dump into the entry.
async fn run(
    mut dump: tokio::process::Command,
    entry: &mut Hashed<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<(), BackupError> {
    let mut child = dump.stdout(Stdio::piped()).spawn().map_err(|why| failed("pg_dump", why))?;
    let (Some(mut out), Some(mut err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(failed("pg_dump", "it has no output"));
    };
    let copy = async {
        let mut buffer = vec![0; 256 << 10];
        loop {
            match out.read(&mut buffer).await? {
                0 => return Ok(()),
                count => progress(entry.write(&buffer[..count])?),
            }
        }
    };
    let mut said = Vec::new();
    let (copied, heard) = tokio::join!(copy, err.read_to_end(&mut said));
    copied.and(heard.map(drop)).map_err(|why: std::io::Error| failed("pg_dump", why))?;
    let status = child.wait().await.map_err(|why| failed("pg_dump", why))?;
    if status.success() { Ok(()) } else { Err(failed("pg_dump", last_line(&said))) }
}

/// One state of the database, kept open for pg_dump and for us.
struct Snapshot {
    connection: PgConnection,
    name: String,
}

#[derive(sqlx::FromRow)]
struct Facts {
    made_at: chrono::DateTime<chrono::Utc>,
    server: String,
    migration: i64,
    register: Uuid,
    version: i64,
    assets: i64,
    people: i64,
}

impl Snapshot {
    async fn take(owner: &PgConnectOptions) -> Result<Self, BackupError> {
        let mut connection = owner.clone().application_name("cadastre backup").connect().await?;
        let made: bool = sqlx::query_scalar("select to_regclass('public.register') is not null")
            .fetch_one(&mut connection)
            .await?;
        if !made {
            return Err(BackupError::Refused(
                "there is no register in this database yet: nothing to back up".into(),
            ));
        }
        sqlx::raw_sql(
            "set idle_in_transaction_session_timeout = 0; begin isolation level repeatable read, read only",
        )
        .execute(&mut connection)
        .await?;
        let name = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut connection).await?;
        Ok(Snapshot { connection, name })
    }

    async fn facts(&mut self) -> Result<Facts, BackupError> {
        let facts = sqlx::query_as(
            "select now() as made_at, split_part(current_setting('server_version'), ' ', 1) as server,
                    coalesce((select max(version) from public._sqlx_migrations where success), 0) as migration,
                    public_id as register, version,
                    (select count(*) from public.assets) as assets, (select count(*) from public.people) as people
             from public.register",
        );
        Ok(facts.fetch_one(&mut self.connection).await?)
    }

    async fn end(mut self) -> Result<(), BackupError> {
        sqlx::raw_sql("rollback").execute(&mut self.connection).await?;
        Ok(self.connection.close().await?)
    }
}
