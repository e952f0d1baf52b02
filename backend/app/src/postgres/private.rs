//! The private PostgreSQL of the register: one database and two roles, the owner who migrates and the one that runs.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::cluster::{Cluster, Running};
use super::endpoint::Endpoint;
use super::home::Home;
use super::postmaster::PidFile;
use crate::config::Config;
use crate::start::StartError;

const DATABASE: &str = "cadastre";
const OWNER: &str = "cadastre_owner";
const RUN: &str = "cadastre_run";
/// Between two tries to furnish the cluster.
const PAUSE: Duration = Duration::from_millis(250);

/// The register's own cluster, running.
#[derive(Debug)]
pub struct PrivatePostgres {
    running: Running,
}

impl PrivatePostgres {
    /// Starts it in the configured data directory; the first time it is made, with its database and roles.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        // Beside the pools: one that listens, the migrator, the doctor, a backup, and a person with psql.
        let connections = config.pool_web + config.pool_tasks + 20;
        let cluster = Cluster::in_dir(&config.data_dir)
            .programs(config.postgres_bin.as_deref())
            .role(OWNER)
            .role(RUN)
            .set("max_connections", connections.to_string());
        let running = cluster.start().await?;
        if !is_furnished(&running).await {
            furnish_until_done(&running).await?;
        }
        Ok(PrivatePostgres { running })
    }

    /// How the server is reached that another process runs on the data directory: the owner's options, the run role's.
    pub(super) fn join(config: &Config) -> Result<Joined, StartError> {
        let home = Home::new(&config.data_dir);
        let passwords = home.known_passwords()?;
        let file =
            PidFile::read(&home.data()).filter(PidFile::is_ready).ok_or_else(|| StartError::Cluster {
                what: "the private PostgreSQL is not ready".into(),
                why: "another cadastre is starting or stopping it: try again in a moment".into(),
            })?;
        let endpoint = Endpoint::of(&file);
        let password = |role: &str| passwords.get(role).cloned().unwrap_or_default();
        Ok(Joined {
            owner: endpoint.options(OWNER, &password(OWNER), DATABASE),
            run: endpoint.options(RUN, &password(RUN), DATABASE),
            owner_url: endpoint.url(OWNER, &password(OWNER), DATABASE),
        })
    }

    /// How the owner connects, who migrates.
    pub fn owner_options(&self) -> PgConnectOptions {
        self.running.options_of(OWNER, DATABASE)
    }

    /// How the role connects that serves requests.
    pub fn run_options(&self) -> PgConnectOptions {
        self.running.options_of(RUN, DATABASE)
    }

    /// The owner's URL, for PostgreSQL's own programs; it holds the password.
    pub fn owner_url(&self) -> String {
        self.running.url_of(OWNER, DATABASE)
    }

    /// The cluster below.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// Stops the server and waits until it has stopped.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// Tells the server to drop everything at once, without waiting.
    pub fn abandon(self) {
        self.running.abandon();
    }
}

/// How to reach a private PostgreSQL that another process runs.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) owner: PgConnectOptions,
    pub(super) run: PgConnectOptions,
    pub(super) owner_url: String,
}

/// Whether the database, the schema's owner and the run role are as [`furnish`] leaves them: its last step is the owner.
async fn is_furnished(running: &Running) -> bool {
    let ask = async {
        let mut connection = running.options_of(OWNER, DATABASE).connect().await?;
        let furnished: bool = sqlx::query_scalar(
            "select pg_get_userbyid(nspowner) = current_user from pg_namespace where nspname = 'public'",
        )
        .fetch_one(&mut connection)
        .await?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(furnished)
    };
    !running.began.made && matches!(ask.await, Ok(true))
}

/// A session of a process that was killed may still be at the same work, and comes to its end without us: so again.
async fn furnish_until_done(running: &Running) -> Result<(), StartError> {
    let mut tries = 20;
    loop {
        tries -= 1;
        match furnish(running).await {
            Ok(()) => return Ok(()),
            Err(why) if tries > 0 => {
                tracing::debug!("the register's database and roles: {why}");
                tokio::time::sleep(PAUSE).await;
            }
            Err(why) => {
                return Err(StartError::Cluster {
                    what: "cannot make the register's database and roles".into(),
                    why: why.to_string(),
                });
            }
        }
    }
}

/// Makes what is missing of roles and database. Interrupted anywhere, it goes on from there.
async fn furnish(running: &Running) -> Result<(), sqlx::Error> {
    let mut connection = running.options("postgres").connect().await?;
    for role in [OWNER, RUN] {
        make_role(&mut connection, role, running.password(role)).await?;
    }
    let there: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(DATABASE)
        .fetch_one(&mut connection)
        .await?;
    if !there {
        run(&mut connection, format!("create database {DATABASE} owner {OWNER}")).await?;
    }
    connection.close().await?;

    let mut connection = running.options(DATABASE).connect().await?;
    run(&mut connection, format!("revoke all on database {DATABASE} from public")).await?;
    run(&mut connection, format!("grant connect on database {DATABASE} to {RUN}")).await?;
    run(&mut connection, "revoke create on schema public from public".into()).await?;
    run(&mut connection, format!("alter schema public owner to {OWNER}")).await?;
    connection.close().await
}

/// The password is URL-safe base64, so it needs no quoting; the statement is ours, and is not logged.
async fn make_role(connection: &mut PgConnection, role: &str, password: &str) -> Result<(), sqlx::Error> {
    let there: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
        .bind(role)
        .fetch_one(&mut *connection)
        .await?;
    let verb = if there { "alter" } else { "create" };
    run(
        &mut *connection,
        format!("{verb} role {role} login nosuperuser nocreaterole nocreatedb password '{password}'"),
    )
    .await
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await.map(drop)
}
