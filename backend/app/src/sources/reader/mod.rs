//! The reading side of sources: connect, check, crawl, visit. One trait, one folder a kind.
//!
//! What comes out is a [`Listing`]: plain structs in the source's own words. What is done with it, where secrets are
//! kept, who may ask and when a crawl is due is not here; nothing here knows the register's own database.

mod connection;
pub mod dial;
mod error;
mod filters;
mod listing;
mod postgresql;
mod visit;

use std::time::Duration;

use async_trait::async_trait;
use cadastre_model::{Message, SourceKind};
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

pub use connection::{Connection, FieldFault, TlsMode, UnknownTlsMode};
pub use dial::AllowedNetwork;
pub(crate) use postgresql::machine_tls;

pub use error::{FailureClass, SourceError};
pub use filters::Filters;
pub use listing::{
    Column, Constraint, Counters, DataType, Dataset, Function, Generated, Index, LeftOut, Listing,
    Partitioning, Persistence, Reference, Schema,
};
pub use visit::{AskError, Cell, Most, Rows, RowsColumn, Visit, Wrong};

/// The reader of a kind of source.
#[must_use]
pub fn reader(kind: SourceKind, policy: Policy) -> Box<dyn Reader> {
    match kind {
        SourceKind::Postgresql => Box::new(postgresql::Postgresql::new(policy)),
    }
}

/// Reads sources of one kind.
#[async_trait]
pub trait Reader: Send + Sync {
    /// Tests a connection, step by step; the last check is the one that failed, or all passed. Takes no longer than the
    /// limits of its steps together.
    async fn check(&self, connection: &Connection) -> Vec<Check>;

    /// Reads the whole catalogue of the database in one read-only snapshot.
    ///
    /// # Errors
    /// Whatever stops it; nothing partial is handed out. After `cancel` the query is cancelled at the server too.
    async fn crawl(
        &self,
        connection: &Connection,
        filters: &Filters,
        progress: &dyn Progress,
        cancel: CancellationToken,
    ) -> Result<Listing, SourceError>;

    /// Begins a visit on a fresh connection, for queries about what the source holds.
    ///
    /// # Errors
    /// Whatever keeps it from beginning; in the words of a crawl.
    async fn visit(&self, connection: &Connection) -> Result<Box<dyn Visit>, SourceError>;
}

/// What the operator allows, and how long things may take.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Loopback and private networks that may be dialled; public addresses always may.
    pub networks: Vec<AllowedNetwork>,
    /// The cluster that the register itself lives in: always refused.
    pub own: Option<OwnCluster>,
    /// How long, how much.
    pub limits: Limits,
}

/// How a cluster is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCluster {
    /// `SELECT system_identifier::text FROM pg_control_system()`.
    pub system_identifier: String,
    /// `SELECT pg_postmaster_start_time()`: for accounts that may not read the identifier. Microseconds, so no two
    /// clusters share one by chance; it changes with a restart and then has to be read again.
    pub started_at: Option<DateTime<Utc>>,
}

/// How long a step may take, and how much a source may send.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Name, TCP and the server's first byte together. A failure among these is answered after just this time,
    /// whatever it was, so that the time tells no more than the text.
    pub reach: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// Signing in.
    pub sign_in: Duration,
    /// One query; also set at the server.
    pub query: Duration,
    /// The whole crawl.
    pub crawl: Duration,
    /// Waiting for a lock at the source.
    pub lock: Duration,
    /// Columns in one listing.
    pub columns: usize,
    /// Bytes from the source in one crawl.
    pub bytes: u64,
    /// Bytes of one comment or definition that are kept; the rest is cut, and a notice says so.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reach: Duration::from_secs(5),
            tls: Duration::from_secs(5),
            sign_in: Duration::from_secs(5),
            query: Duration::from_secs(60),
            crawl: Duration::from_secs(600),
            lock: Duration::from_secs(5),
            columns: 2_000_000,
            bytes: 1 << 30,
            text: 4 << 20,
        }
    }
}

/// One step of a test of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which step.
    pub step: Step,
    /// How it went.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
    /// In words.
    pub message: Message,
    /// What stopped it, where it failed: what the server said, for those who may manage the source.
    pub failure: Option<SourceError>,
}

/// The steps of a test, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The fields are good.
    Fields,
    /// The host's name has addresses.
    Name,
    /// A PostgreSQL server answers there.
    Reach,
    /// The line is protected as asked.
    Tls,
    /// Role, password and database are accepted.
    SignIn,
    /// The server is one that we read, and not our own.
    Server,
    /// What the account may and may not read.
    Rights,
}

impl Step {
    /// Every step, in order.
    pub const ALL: &'static [Self] =
        &[Self::Fields, Self::Name, Self::Reach, Self::Tls, Self::SignIn, Self::Server, Self::Rights];

    /// The word as it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fields => "fields",
            Self::Name => "name",
            Self::Reach => "reach",
            Self::Tls => "tls",
            Self::SignIn => "sign_in",
            Self::Server => "server",
            Self::Rights => "rights",
        }
    }
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Good.
    Passed,
    /// Good enough to crawl; the message says what to look at.
    Warned,
    /// The end.
    Failed,
}

/// Is told how far a crawl is. Called often and from the crawl's own task: it must be quick.
pub trait Progress: Send + Sync {
    /// `done` of `total` things of this phase were read; `total` is an expectation, `None` where there is none.
    fn report(&self, phase: Phase, done: u64, total: Option<u64>);
}

/// Tells nobody.
impl Progress for () {
    fn report(&self, _phase: Phase, _done: u64, _total: Option<u64>) {}
}

/// What a crawl is at, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Dial and sign in.
    Connect,
    /// Schemas.
    Schemas,
    /// Tables, views and the like.
    Datasets,
    /// Their columns.
    Columns,
    /// Their keys and checks.
    Constraints,
    /// Their indexes.
    Indexes,
    /// Functions.
    Functions,
    /// Their sizes on disk.
    Sizes,
}

impl Phase {
    /// The word as it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Schemas => "schemas",
            Self::Datasets => "datasets",
            Self::Columns => "columns",
            Self::Constraints => "constraints",
            Self::Indexes => "indexes",
            Self::Functions => "functions",
            Self::Sizes => "sizes",
        }
    }
}
