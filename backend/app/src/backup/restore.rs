//! The way back: the whole register in one transaction, or nothing.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use chrono::SecondsFormat;
use serde_json::Value;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr};

use super::archive::Opened;
use super::{BackupError, Manifest, command, failed};
use crate::audit::shell;
use crate::config::Config;
use crate::db::MIGRATIONS;
use crate::keys::{KeyId, Keys};
use crate::postgres::{Database, Program, last_line};

/// Everything of the register lies in one schema: what was there goes, and comes again from the dump. Nobody waits for
/// long for a lock that a forgotten session holds.
const BEFORE: &str = "begin; set local lock_timeout = '10s'; drop schema if exists public cascade;
    create schema public; grant usage on schema public to public;\n";

/// What waited or ran then must not fire now: whoever wants it asks again, and schedules make it due again. The record that
/// came from the backup goes on with who put it there.
const AFTER: &str = "
    update public.tasks set state = 'cancelled', finished_at = clock_timestamp(), lease_owner = null, lease_until = null
    where state in ('queued', 'running');
    insert into public.audit_events (kind, detail) values ('restore', EVENT);
    commit;\n";

/// A backup that was read and suits this installation.
pub struct Restore {
    opened: Opened,
    path: PathBuf,
    merged_keys: Option<String>,
}

/// What a restore did.
#[derive(Debug, Clone)]
pub struct Restored {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// Whether keys from the backup were added to the key file.
    pub keys_added: bool,
}

impl Restore {
    /// Reads the file and checks its sum, its age and its keys; nothing is changed yet.
    pub fn read(config: &Config, path: &Path) -> Result<Self, BackupError> {
        let opened = Opened::new(path)?;
        let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
        if opened.manifest.migration > newest {
            let why = format!(
                "was made by a newer Cadastre ({}): restore it with that one",
                opened.manifest.cadastre
            );
            return Err(BackupError::File { path: path.to_owned(), why });
        }
        let merged_keys = keys_after(config, &opened)?;
        Ok(Restore { opened, path: path.to_owned(), merged_keys })
    }

    /// What the backup says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.opened.manifest
    }

    /// Puts the backup in the place of what `database` holds. A register that is in use by people is replaced only with
    /// `replace`; one that a running server uses, or a database of somebody else, never. `progress` is told how many
    /// bytes of the dump were read, and how many there are.
    pub async fn run(
        mut self,
        config: &Config,
        database: &Database,
        replace: bool,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Restored, BackupError> {
        let manifest = self.opened.manifest.clone();
        if manifest.server_major > database.major() {
            return Err(BackupError::Refused(format!(
                "the backup is of PostgreSQL {}, and this server is {}: restore it into {} or newer",
                manifest.server_major,
                database.major(),
                manifest.server_major
            )));
        }
        check_target(database, replace).await?;
        let major = manifest.pg_dump_major.max(database.major());
        let pg_restore = Program::client(config.postgres_bin.as_deref(), "pg_restore", major).await?;
        let psql = Program::client(pg_restore.path.parent(), "psql", major).await?;
        // Before the database: a key too many does no harm, a secret without its key is lost.
        let keys_added = self.merged_keys.is_some();
        if let Some(text) = self.merged_keys.take() {
            Keys::replace(&config.key_file(), &text)?;
        }
        let after = AFTER.replace("EVENT", &literal(&self.event(replace)));
        self.pour(&pg_restore, &psql, database, &after, progress).await?;
        Ok(Restored { manifest, keys_added })
    }

    /// What the audit trail says of it: who at the shell put which backup there.
    fn event(&self, replace: bool) -> Value {
        let Manifest { made_at, cadastre, dump_sha256, .. } = &self.opened.manifest;
        let file = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut event = shell::account();
        event.insert("file".into(), file.into());
        event.insert("made_at".into(), made_at.to_rfc3339_opts(SecondsFormat::Secs, true).into());
        event.insert("sha256".into(), dump_sha256.as_str().into());
        event.insert("cadastre".into(), cadastre.as_str().into());
        event.insert("replace".into(), replace.into());
        Value::Object(event)
    }

    /// pg_restore turns the dump into statements, psql runs them; only when both went well the last words are said.
    async fn pour(
        &mut self,
        pg_restore: &Program,
        psql: &Program,
        database: &Database,
        after: &str,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), BackupError> {
        let (dump, size) = self.opened.dump()?;
        let mut psql = command(&psql.path, Some(&database.libpq()));
        psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]);
        let mut psql =
            psql.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().map_err(|why| failed("psql", why))?;
        let mut pg_restore = command(&pg_restore.path, None);
        pg_restore.args(["--no-owner", "--no-privileges", "--file=-"]);
        let pg_restore = pg_restore.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut pg_restore = pg_restore.map_err(|why| failed("pg_restore", why))?;
        let (Some(mut dump_in), Some(mut script), Some(mut statements)) =
            (pg_restore.stdin.take(), pg_restore.stdout.take(), psql.stdin.take())
        else {
            return Err(failed("pg_restore", "it has no input or output"));
        };
        let feed = async move {
            let mut dump = tokio::fs::File::from_std(dump).take(size);
            let (mut buffer, mut done) = (vec![0; 256 << 10], 0);
            loop {
                let count = dump.read(&mut buffer).await?;
                if count == 0 {
                    return Ok(());
                }
                dump_in.write_all(&buffer[..count]).await?;
                done += count as u64;
                progress(done, size);
            }
        };
        // Each end of a pipe goes with the future that uses it: where one program fails, the others hear of it.
        let run = async move {
            let copied = match statements.write_all(BEFORE.as_bytes()).await {
                Ok(()) => tokio::io::copy(&mut script, &mut statements).await.map(drop),
                failed => failed,
            };
            drop(script);
            (statements, copied)
        };
        let (restore_words, psql_words) = (words(pg_restore.stderr.take()), words(psql.stderr.take()));
        let steps = async {
            let (fed, (mut statements, copied)): (std::io::Result<()>, _) = tokio::join!(feed, run);
            let restored = ended(&mut pg_restore).await && fed.is_ok() && copied.is_ok();
            let said_all = restored && statements.write_all(after.as_bytes()).await.is_ok();
            // Without the last words psql's transaction goes when its input closes.
            drop(statements);
            (said_all, restored, ended(&mut psql).await)
        };
        let ((said_all, restored, ran), restore_words, psql_words) =
            tokio::join!(steps, restore_words, psql_words);
        if !ran {
            return Err(failed("psql", format!("{}; nothing was changed", last_line(&psql_words))));
        }
        if !restored || !said_all {
            return Err(failed("pg_restore", format!("{}; nothing was changed", last_line(&restore_words))));
        }
        Ok(())
    }
}

/// A literal of SQL. What came from the dump set `standard_conforming_strings`, so that a quote is all that has a meaning;
/// control characters are escaped by JSON.
fn literal(value: &Value) -> String {
    format!("'{}'", value.to_string().replace('\'', "''"))
}

async fn ended(child: &mut Child) -> bool {
    child.wait().await.is_ok_and(|status| status.success())
}

async fn words(stderr: Option<ChildStderr>) -> Vec<u8> {
    let mut words = Vec::new();
    if let Some(mut stderr) = stderr
        && let Err(why) = stderr.read_to_end(&mut words).await
    {
        tracing::debug!("stderr: {why}");
    }
    words
}

/// The text of the key file that opens what is in the backup; none when the one that is here does. Keys from the backup
/// are put before ours, so that ours still seals.
fn keys_after(config: &Config, opened: &Opened) -> Result<Option<String>, BackupError> {
    let path = config.key_file();
    let own = if path.exists() { Some(Keys::read(&path)?) } else { None };
    let missing: Vec<&String> = opened
        .manifest
        .keys
        .iter()
        .filter(|id| !id.parse::<KeyId>().is_ok_and(|id| own.as_ref().is_some_and(|own| own.has(id))))
        .collect();
    let Some(first) = missing.first() else { return Ok(None) };
    match &opened.keys {
        Some(text) => {
            Keys::parse(text)
                .map_err(|why| BackupError::Refused(format!("the keys in the backup: {why}")))?;
            let own = own.map(|own| own.text()).unwrap_or_default();
            Ok(Some(format!("{}\n{own}", text.trim_end())))
        }
        None => Err(BackupError::Refused(format!(
            "its secrets are sealed by key {first}, which is not in {}: put the key file of that register there, or name \
             it by --key-file",
            path.display()
        ))),
    }
}

/// Refuses a database that is somebody else's, in use by a server, not ours to replace, or filled.
async fn check_target(database: &Database, replace: bool) -> Result<(), BackupError> {
    let mut connection = database.owner.clone().application_name("cadastre restore").connect().await?;
    let checked = target(&mut connection, replace).await;
    connection.close().await?;
    checked
}

async fn target(connection: &mut PgConnection, replace: bool) -> Result<(), BackupError> {
    let refused = |why: &str| Err(BackupError::Refused(why.to_owned()));
    let (ours, tables, may_drop, served): (bool, i64, bool, bool) = sqlx::query_as(
        "select to_regclass('public.register') is not null and to_regclass('public._sqlx_migrations') is not null,
                (select count(*) from pg_tables where schemaname = 'public'),
                (select pg_has_role(current_user, nspowner, 'usage') from pg_namespace where nspname = 'public')
                    and has_database_privilege(current_database(), 'create'),
                exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
                        and application_name ~ '^cadastre (web|tasks|migrate)')",
    )
    .fetch_one(&mut *connection)
    .await?;
    if served {
        return refused("a cadastre serve is working on this database: stop it first");
    }
    if tables > 0 && !ours {
        return refused("this database holds tables that are not Cadastre's: restore into an empty one");
    }
    if !may_drop {
        return refused(
            "this role does not own the schema public: `alter schema public owner to` it, or give the owner's \
             migrate_url",
        );
    }
    if !ours || replace {
        return Ok(());
    }
    // A register nobody has used yet has one asset, itself.
    let filled: bool = sqlx::query_scalar(
        "select exists (select from public.people) or (select count(*) from public.assets) > 1",
    )
    .fetch_one(&mut *connection)
    .await?;
    if filled {
        refused("there is a register in this database: give --replace to put the backup in its place")
    } else {
        Ok(())
    }
}
