//! What only the database can tell: versions, clock, roles, schema, safety of its settings.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::Finding;
use crate::config::Config;
use crate::db::MIGRATIONS;
use crate::keys::{self, Keys};
use crate::postgres::{Database, Program};

/// A difference of clocks that people notice in what they see.
const SKEW_WARN: Duration = Duration::from_secs(2);
/// A difference that makes sessions and schedules wrong.
const SKEW_FAIL: Duration = Duration::from_secs(60);

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let made = config.data_dir.join("postgres/PG_VERSION").exists();
    if config.database_url().is_none() && !made {
        return vec![Finding::ok("database", "there is no cluster yet: `cadastre serve` makes it")];
    }
    let database = match Database::attach(config).await {
        Ok(database) => database,
        Err(error) => return vec![Finding::error("database", error)],
    };
    let version = (database.version / 10_000, database.version % 10_000);
    let mut findings =
        vec![Finding::ok("database", format!("{}: PostgreSQL {}.{}", database.place, version.0, version.1))];
    findings.push(backup(config, &database).await);
    match look(config, &database).await {
        Ok(more) => findings.extend(more),
        Err(error) => findings.push(Finding::fail("database", error, "try again; its log may say more")),
    }
    database.stop().await;
    findings
}

async fn backup(config: &Config, database: &Database) -> Finding {
    match Program::client(config.postgres_bin.as_deref(), "pg_dump", database.major()).await {
        Ok(pg_dump) => {
            Finding::ok("backup", format!("pg_dump {} in {}", pg_dump.version, pg_dump.path.display()))
        }
        Err(error) => Finding { state: super::State::Warn, ..Finding::error("backup", error) },
    }
}

async fn look(config: &Config, database: &Database) -> Result<Vec<Finding>, sqlx::Error> {
    let mut run = connect(&database.run).await?;
    let mut owner = connect(&database.owner).await?;
    let mut findings = vec![clock(&mut run).await?, settings(&mut run).await?];
    findings.push(connections(&mut run, config).await?);
    findings.extend(encryption(&mut run).await?);
    findings.push(roles(&mut owner, &mut run).await?);
    findings.push(schema(&mut owner).await?);
    findings.extend(sealed(&mut owner, config).await?);
    run.close().await?;
    owner.close().await?;
    Ok(findings)
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    options.clone().application_name("cadastre doctor").connect().await
}

/// Facts carry the database's clock, schedules and sessions ours.
async fn clock(connection: &mut PgConnection) -> Result<Finding, sqlx::Error> {
    let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let before = since(SystemTime::now());
    let theirs: f64 = sqlx::query_scalar("select extract(epoch from clock_timestamp())::float8")
        .fetch_one(connection)
        .await?;
    let after = since(SystemTime::now());
    let theirs = Duration::try_from_secs_f64(theirs).unwrap_or_default();
    // Somewhere between the two: what lies outside is the difference.
    let skew = before.saturating_sub(theirs).max(theirs.saturating_sub(after));
    let says = format!("the database's clock differs by {} ms", skew.as_millis());
    let advice = "let both machines follow a time server";
    Ok(match skew {
        skew if skew >= SKEW_FAIL => Finding::fail("clock", says, advice),
        skew if skew >= SKEW_WARN => Finding::warn("clock", says, advice),
        _ => Finding::ok("clock", says),
    })
}

/// Settings with which a crash loses what was acknowledged.
async fn settings(connection: &mut PgConnection) -> Result<Finding, sqlx::Error> {
    let off: Vec<String> = sqlx::query_scalar(
        "select name from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit')
         and setting = 'off' order by name",
    )
    .fetch_all(connection)
    .await?;
    if off.is_empty() {
        return Ok(Finding::ok("durability", "what is acknowledged is on disk"));
    }
    Ok(Finding::fail("durability", format!("{} is off", off.join(", ")), "turn it on: a crash loses changes"))
}

async fn connections(connection: &mut PgConnection, config: &Config) -> Result<Finding, sqlx::Error> {
    let most: i64 = sqlx::query_scalar(
        "select current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint",
    )
    .fetch_one(connection)
    .await?;
    // The one that listens, and the migrator of the next start.
    let wanted = i64::from(config.pool_web + config.pool_tasks) + 2;
    let says = format!("{wanted} wanted by each replica, {most} at most");
    if wanted > most {
        return Ok(Finding::fail(
            "connections",
            says,
            "raise max_connections, or lower pool_web and pool_tasks",
        ));
    }
    Ok(Finding::ok("connections", says))
}

/// Nothing for sockets and loopback, where there is no network to listen on.
async fn encryption(connection: &mut PgConnection) -> Result<Option<Finding>, sqlx::Error> {
    let (encrypted, here): (bool, bool) = sqlx::query_as(
        "select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false),
                inet_server_addr() is null or inet_client_addr() <<= '127.0.0.0/8' or inet_client_addr() <<= '::1'",
    )
    .fetch_one(connection)
    .await?;
    if here {
        return Ok(None);
    }
    let advice = "give database_url sslmode=verify-full and sslrootcert";
    Ok(Some(match encrypted {
        true => Finding::ok("encryption", "the way to the database is encrypted"),
        false => Finding::warn("encryption", "the way to the database is not encrypted", advice),
    }))
}

/// The role that serves must not be able to rewrite history: it neither owns tables nor is above the rights.
async fn roles(owner: &mut PgConnection, run: &mut PgConnection) -> Result<Finding, sqlx::Error> {
    let question = "select current_user::text, (select rolsuper from pg_roles where rolname = current_user),
                coalesce(has_table_privilege(to_regclass('public.change_sets'), 'update'), false)";
    let (owner, owner_is_super, _): (String, bool, bool) = sqlx::query_as(question).fetch_one(owner).await?;
    let (run, is_super, may_rewrite): (String, bool, bool) = sqlx::query_as(question).fetch_one(run).await?;
    let advice =
        "make a role of its own for database_url, and give the owner's as migrate_url (CADASTRE_MIGRATE_URL)";
    Ok(if is_super {
        Finding::fail("roles", format!("{run}, who serves, is a superuser"), advice)
    } else if owner == run {
        Finding::warn("roles", format!("{run} owns the tables and serves: it can rewrite history"), advice)
    } else if may_rewrite {
        Finding::fail(
            "roles",
            format!("{run}, who serves, may change change_sets"),
            "start `cadastre serve` once",
        )
    } else if owner_is_super {
        Finding::warn("roles", format!("{owner}, who migrates, is a superuser"), "an ordinary owner will do")
    } else {
        Finding::ok("roles", format!("{owner} owns and migrates, {run} serves"))
    })
}

async fn schema(owner: &mut PgConnection) -> Result<Finding, sqlx::Error> {
    let made: bool = sqlx::query_scalar("select to_regclass('public._sqlx_migrations') is not null")
        .fetch_one(&mut *owner)
        .await?;
    let applied: Option<i64> = match made {
        true => {
            sqlx::query_scalar("select max(version) from public._sqlx_migrations where success")
                .fetch_one(owner)
                .await?
        }
        false => None,
    };
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    Ok(match applied {
        None => Finding::ok("schema", "there is none yet: `cadastre serve` makes it"),
        Some(applied) if applied > newest => Finding::fail(
            "schema",
            format!("it is at {applied}, this program knows {newest}"),
            "use the newer Cadastre that was here before",
        ),
        Some(applied) if applied < newest => Finding::ok(
            "schema",
            format!("it is at {applied}: the next `cadastre serve` brings it to {newest}"),
        ),
        Some(applied) => Finding::ok("schema", format!("it is at {applied}, the newest")),
    })
}

/// Whether the key file has what the register was sealed by. A file that cannot be read was told already.
async fn sealed(owner: &mut PgConnection, config: &Config) -> Result<Option<Finding>, sqlx::Error> {
    let recorded = keys::recorded(owner).await?;
    let path = config.key_file();
    if !path.exists() {
        let nothing = recorded == keys::Recorded::default();
        let fail = || {
            Finding::fail(
                "sealed",
                format!("{} is gone", path.display()),
                "put the register's own key file there",
            )
        };
        return Ok((!nothing).then(fail));
    }
    Ok(Keys::read(&path).ok().map(|keys| match recorded.missing(&keys) {
        None => Finding::ok("sealed", "the key file has every key of the register"),
        Some(id) => Finding::fail(
            "sealed",
            format!("the register is sealed by key {id}, which is not in {}", path.display()),
            "put the register's own key file there",
        ),
    }))
}
