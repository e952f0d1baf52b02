//! The register's database, wherever it is: the private one, started or joined, or the one that a URL names.

use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::time::timeout;
use url::Url;

use super::private::PrivatePostgres;
use super::programs::OLDEST_MAJOR;
use crate::config::{Config, hide_password};
use crate::start::StartError;

/// How long a server may take to answer before it counts as out of reach.
const PATIENCE: Duration = Duration::from_secs(5);

/// A database that answered, and how to connect to it.
#[derive(Debug)]
pub struct Database {
    /// The role that serves requests.
    pub run: PgConnectOptions,
    /// The role that owns and migrates; the same where only one URL is given.
    pub owner: PgConnectOptions,
    /// Where it is, without a password.
    pub place: String,
    /// The server's version as a number: 150018 is 15.18.
    pub version: u32,
    owner_url: SecretString,
    private: Option<PrivatePostgres>,
}

impl Database {
    /// The database for `cadastre serve`: the private PostgreSQL is started, and held until [`Database::stop`].
    pub async fn serve(config: &Config) -> Result<Self, StartError> {
        match config.database_url() {
            Some(_) => Database::remote(config).await,
            None => Database::own(config, PrivatePostgres::start(config).await?).await,
        }
    }

    /// The database for a command that may run beside `cadastre serve`: a private PostgreSQL that is up is joined,
    /// one that is not is started for as long as the command takes.
    pub async fn attach(config: &Config) -> Result<Self, StartError> {
        if config.database_url().is_some() {
            return Database::remote(config).await;
        }
        match PrivatePostgres::start(config).await {
            Ok(private) => Database::own(config, private).await,
            Err(StartError::Held { .. }) => {
                let joined = PrivatePostgres::join(config)?;
                let place = format!("the private PostgreSQL in {}", config.data_dir.display());
                let version = ask(&joined.owner).await.map_err(|why| told(&place, why))?.check(&place)?;
                let owner_url = joined.owner_url.into();
                Ok(Database {
                    run: joined.run,
                    owner: joined.owner,
                    place,
                    version,
                    owner_url,
                    private: None,
                })
            }
            Err(error) => Err(error),
        }
    }

    /// Whether this process runs the server.
    pub fn runs_here(&self) -> bool {
        self.private.is_some()
    }

    /// The private PostgreSQL, when this process runs it.
    pub fn private(&self) -> Option<&PrivatePostgres> {
        self.private.as_ref()
    }

    /// How PostgreSQL's own programs connect, as the owner.
    pub fn libpq(&self) -> Libpq {
        Libpq::of(self.owner_url.expose_secret())
    }

    /// The server's major version.
    pub fn major(&self) -> u32 {
        self.version / 10_000
    }

    /// Stops the private PostgreSQL, if this process runs it. Another server goes on.
    pub async fn stop(self) {
        if let Some(private) = self.private {
            private.stop().await;
        }
    }

    /// The same at once, without waiting; the private PostgreSQL recovers at its next start.
    pub fn abandon(self) {
        if let Some(private) = self.private {
            private.abandon();
        }
    }

    async fn own(config: &Config, private: PrivatePostgres) -> Result<Self, StartError> {
        let place = format!("the private PostgreSQL in {}", config.data_dir.display());
        let (run, owner) = (private.run_options(), private.owner_options());
        let owner_url = private.owner_url().into();
        let version = ask(&run).await.map_err(|why| told(&place, why))?.check(&place)?;
        Ok(Database { run, owner, place, version, owner_url, private: Some(private) })
    }

    async fn remote(config: &Config) -> Result<Self, StartError> {
        let (run_url, owner_url) =
            (config.database_url().unwrap_or_default(), config.migrate_url().unwrap_or_default());
        let run = parse(run_url, "database_url")?;
        let owner = parse(owner_url, "migrate_url")?;
        let place = hide_password(run_url);
        let version = ask(&run).await.map_err(|why| told(&place, why))?.check(&place)?;
        if owner_url != run_url {
            let place = hide_password(owner_url);
            ask(&owner).await.map_err(|why| told(&place, why))?.check(&place)?;
        }
        let owner_url = owner_url.to_owned().into();
        Ok(Database { run, owner, place, version, owner_url, private: None })
    }
}

/// What PostgreSQL's own programs are told: an address without a password, and the password by the environment.
#[derive(Debug, Clone)]
pub struct Libpq {
    /// For `--dbname`.
    pub address: String,
    /// For `PGPASSWORD`.
    pub password: Option<SecretString>,
}

impl Libpq {
    fn of(url: &str) -> Self {
        let Ok(mut parsed) = Url::parse(url) else {
            return Libpq { address: url.to_owned(), password: None };
        };
        let mut password = parsed.password().and_then(decoded);
        // What sqlx takes and libpq does not, and a password that stands among the parameters.
        let (mine, rest): (Vec<_>, Vec<_>) = parsed
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .partition(|(name, _)| matches!(name.as_str(), "password" | "statement-cache-capacity"));
        password = password
            .or_else(|| mine.into_iter().find(|(name, _)| name == "password").map(|(_, value)| value));
        parsed.set_query(None);
        if !rest.is_empty() {
            parsed.query_pairs_mut().extend_pairs(rest);
        }
        if parsed.set_password(None).is_err() {
            // It fails only for URLs that have no place for a password, and so have none.
            return Libpq { address: url.to_owned(), password: None };
        }
        Libpq { address: parsed.to_string(), password: password.map(SecretString::from) }
    }
}

fn decoded(text: &str) -> Option<String> {
    url::form_urlencoded::parse(format!("p={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
}

fn parse(url: &str, key: &str) -> Result<PgConnectOptions, StartError> {
    let wrong = |what: String| StartError::Setting { place: key.to_owned(), what };
    let scheme = Url::parse(url).map(|url| url.scheme().to_owned());
    if !matches!(scheme.as_deref(), Ok("postgres" | "postgresql")) {
        return Err(wrong("give it as postgres://user:password@host:5432/database".into()));
    }
    PgConnectOptions::from_str(url).map_err(|why| wrong(why.to_string()))
}

/// What a server says of itself.
struct Answer {
    version: i32,
    encoding: String,
}

impl Answer {
    fn check(self, place: &str) -> Result<u32, StartError> {
        let version = u32::try_from(self.version).unwrap_or_default();
        let refused = |why: String| Err(StartError::Database { place: place.to_owned(), why });
        if version / 10_000 < OLDEST_MAJOR {
            return refused(format!(
                "it is PostgreSQL {}: {OLDEST_MAJOR} or newer is needed",
                version / 10_000
            ));
        }
        if self.encoding != "UTF8" {
            let create = "create database … encoding 'UTF8' template template0";
            return refused(format!("its encoding is {}: make one with {create}", self.encoding));
        }
        Ok(version)
    }
}

enum Refusal {
    Silent,
    Sqlx(sqlx::Error),
}

async fn ask(options: &PgConnectOptions) -> Result<Answer, Refusal> {
    let ask = async {
        let mut connection = options.clone().application_name("cadastre start").connect().await?;
        let (version, encoding) = sqlx::query_as(
            "select current_setting('server_version_num')::int, current_setting('server_encoding')",
        )
        .fetch_one(&mut connection)
        .await?;
        connection.close().await?;
        Ok(Answer { version, encoding })
    };
    timeout(PATIENCE, ask).await.map_err(|_| Refusal::Silent)?.map_err(Refusal::Sqlx)
}

/// Why a database cannot be used, and what to do.
fn told(place: &str, refusal: Refusal) -> StartError {
    let why = match refusal {
        Refusal::Silent => {
            format!("no answer within {} s: check host, port and firewall", PATIENCE.as_secs())
        }
        Refusal::Sqlx(sqlx::Error::Io(why)) => match why.kind() {
            std::io::ErrorKind::ConnectionRefused => {
                "nobody listens there: check host and port, or start it".into()
            }
            std::io::ErrorKind::NotFound => "there is no such socket: check the path, or start it".into(),
            _ => format!("{why}: check host and port"),
        },
        Refusal::Sqlx(sqlx::Error::Tls(why)) => format!("TLS fails ({why}): check sslmode and sslrootcert"),
        Refusal::Sqlx(sqlx::Error::Database(error)) => match error.code().as_deref() {
            Some("28P01" | "28000") => {
                format!("it refuses the sign-in ({}): check user and password", error.message())
            }
            Some("3D000") => format!("{}: create it, or name another", error.message()),
            Some("53300") => "it has no connection left: raise max_connections, or lower the pools".into(),
            Some("57P03") => format!("{}: try again in a moment", error.message()),
            _ => error.message().to_owned(),
        },
        Refusal::Sqlx(error) => error.to_string(),
    };
    StartError::Database { place: place.to_owned(), why: why.replace('\n', " ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_programs_get_the_password_apart_from_the_address() {
        let libpq = Libpq::of(
            "postgres://ada:s3%2Fcr+et@db:5433/register?sslmode=require&statement-cache-capacity=5",
        );
        assert_eq!(libpq.address, "postgres://ada@db:5433/register?sslmode=require");
        assert_eq!(libpq.password.unwrap().expose_secret(), "s3/cr+et");
        let libpq = Libpq::of("postgres://db/register?password=s3cret&user=ada");
        assert_eq!(libpq.address, "postgres://db/register?user=ada");
        assert_eq!(libpq.password.unwrap().expose_secret(), "s3cret");
    }

    #[test]
    fn what_is_no_url_of_postgresql_is_refused_without_repeating_it() {
        for url in ["host=db password=s3cret", "mysql://ada:s3cret@db/register"] {
            let error = parse(url, "database_url").unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(!error.to_string().contains("s3cret"));
        }
    }
}
