//! PostgreSQL as a source: what a crawl sees, and what a source may do without harm.

mod account;
mod cancel;
mod fixtures;
mod guard;
mod listing;
mod own_cluster;
mod rogue_server;
mod tls;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use cadastre::sources::reader::{
    Check, Connection, Dataset, FailureClass, Filters, Generated, Limits, Listing, Outcome, OwnCluster,
    Persistence, Phase, Policy, Progress, SourceError, Step, TlsMode, reader,
};
use cadastre_model::{ColumnType, ConstraintKind, DatasetKind, SourceKind};
use cadastre_tests::fake::{FakeServer, Identity, TlsFront, Trick};
use cadastre_tests::postgres::{TestCluster, TestDatabase};
use sqlx::Connection as _;
use tokio_util::sync::CancellationToken;

/// The superuser's connection to a test database.
fn connection(database: &TestDatabase) -> Connection {
    let cluster = database.cluster();
    Connection { database: database.name().to_owned(), ..to_port(cluster.port(), &cluster.password()) }
}

fn to_port(port: u16, secret: &str) -> Connection {
    Connection {
        host: "127.0.0.1".into(),
        port,
        database: "postgres".into(),
        user: "postgres".into(),
        secret: secret.into(),
        tls: TlsMode::Disable,
        ca: None,
    }
}

/// Loopback allowed, limits short enough for a test.
fn policy() -> Policy {
    let limits = Limits {
        reach: Duration::from_millis(600),
        tls: Duration::from_millis(600),
        sign_in: Duration::from_millis(1_500),
        query: Duration::from_secs(20),
        ..Limits::default()
    };
    Policy { networks: vec!["127.0.0.0/8".parse().unwrap()], own: None, limits }
}

async fn crawl_with(
    connection: &Connection,
    filters: &Filters,
    policy: Policy,
) -> Result<Listing, SourceError> {
    let reader = reader(SourceKind::Postgresql, policy);
    reader.crawl(connection, filters, &(), CancellationToken::new()).await
}

async fn crawl(database: &TestDatabase) -> Listing {
    crawl_with(&connection(database), &Filters::default(), policy()).await.unwrap()
}

async fn check_with(connection: &Connection, policy: Policy) -> Vec<Check> {
    reader(SourceKind::Postgresql, policy).check(connection).await
}

/// The failure at the end of a check, with its step.
async fn failure(connection: &Connection, policy: Policy) -> (Step, SourceError) {
    let checks = check_with(connection, policy).await;
    let last = checks.last().unwrap();
    assert_eq!(last.outcome, Outcome::Failed, "{checks:?}");
    assert!(checks[..checks.len() - 1].iter().all(|check| check.outcome != Outcome::Failed));
    (last.step, last.failure.clone().unwrap())
}

fn dataset<'a>(listing: &'a Listing, schema: &str, name: &str) -> &'a Dataset {
    let found = listing.datasets.iter().find(|dataset| dataset.schema == schema && dataset.name == name);
    found.unwrap_or_else(|| panic!("{schema}.{name} is not in the listing"))
}

fn keys(listing: &Listing) -> Vec<&str> {
    listing.notices.iter().map(|notice| &*notice.key).collect()
}

/// Remembers what it was told.
#[derive(Default)]
struct Told(Mutex<Vec<(Phase, u64)>>);

impl Progress for Told {
    fn report(&self, phase: Phase, done: u64, _total: Option<u64>) {
        self.0.lock().unwrap().push((phase, done));
    }
}
