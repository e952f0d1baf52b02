//! The safe reader: the one way to what a source holds, for whoever reads it (a rule, a profile, a sample).
//!
//! ```text
//! let mut reader = safe::open(&app, source, Purpose::CustomRule).await?;     // slot, credentials, fresh connection, role, snapshot
//! match reader.ask(&statement.sql(), &Most::one_row(time)).await {             // Most::default() for failing rows and samples
//!     Ok(rows) => …,                                                          // rows.one(): cells as the server writes them
//!     Err(error) if error.lies_in_the_query() => …,                           // Statement::split; the parts see the same snapshot
//!     Err(error) => …,                                                        // error.may_pass(): try again later, on another reader
//! }
//! reader.close().await;
//! ```
//!
//! * [`open`] takes one of the source's connections ([`Reading`](super::Reading): how many at once, statements and seconds a
//!   day, quiet hours; counted in PostgreSQL, so that they hold over all replicas), dials by the same guard and TLS as a crawl, and begins
//!   REPEATABLE READ, READ ONLY. For [`Purpose::CustomRule`] the role has to be one that only reads.
//! * [`SafeReader::ask`] lets through one query in which nothing is called but functions of a list ([`gate`]), asks it by the extended
//!   protocol under the limits of [`Most`] behind a savepoint, and counts it. A query that fails leaves the snapshot as it was.
//! * [`SafeReader::close`] rolls back and leaves. Dropped, what runs is cancelled from a second connection all the same.
//! * [`relations`] says what a query reads, for whoever has to ask for the rights on it.
//! * [`ReadError::message`] is for everybody; [`ReadError::detail`] holds what the source said, which may hold values: only for who may
//!   see those.
//!
//! Names: nothing is found without its schema, since the search path holds only the server's own functions and operators. An operator of
//! an extension that is put elsewhere (`citext`, `hstore`) is therefore not found; types are compared as their base type.
//!
//! Whose rights count is not here: whoever opens a reader has asked. Nor is masking: see [`crate::profile::mask`].

mod error;
mod functions;
mod gate;
mod slot;

pub use super::reader::{Cell, Most, Rows, RowsColumn, Wrong};
pub use error::{Limit, ReadError};
pub use functions::functions;
pub use gate::relations;

use super::check::policy;
use super::reader::{AskError, Limits, Policy, Visit, reader};
use super::store;
use crate::app::App;
use crate::error::Failure;
use cadastre_model::{AssetId, Message, SourceKind};
use slot::Slot;
use std::time::{Duration, Instant};

/// How long a query waits for a lock at the source.
const LOCK: Duration = Duration::from_secs(1);

/// The longest that a visit may go without a query.
const IDLE: Duration = Duration::from_secs(60);

/// What a source is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Rules whose queries are made by us; expressions of people may stand in them.
    Rule,
    /// Queries that people wrote.
    CustomRule,
    /// Rows to look at.
    Sample,
    /// What the columns hold.
    Profile,
}

impl Purpose {
    /// The word as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::CustomRule => "custom_rule",
            Self::Sample => "sample",
            Self::Profile => "profile",
        }
    }

    /// Whether the role has to be one that only reads.
    const fn needs_a_plain_role(self) -> bool {
        matches!(self, Self::CustomRule)
    }
}

/// A visit to a source under its limits.
#[derive(Debug)]
pub struct SafeReader {
    kind: SourceKind,
    visit: Option<Box<dyn Visit>>,
    pid: i32,
    slot: Slot,
    refuses_custom: Option<Message>,
}

/// Begins a visit.
///
/// # Errors
/// [`ReadError::Limit`] where the source's limits do not allow it now, [`ReadError::Refused`] where its role may do more than read,
/// [`ReadError::Source`] where it cannot be reached, [`ReadError::Gone`] where it was removed.
pub async fn open(app: &App, source: AssetId, purpose: Purpose) -> Result<SafeReader, ReadError> {
    let slot = slot::take(app, source, purpose).await?;
    let kind = SourceKind::Postgresql;
    let visit = match begin(app, source, kind).await {
        Ok(visit) => visit,
        Err(error) => {
            slot.release().await;
            return Err(error);
        }
    };
    let too_much = visit.too_much().join(", ");
    let refuses_custom =
        (!too_much.is_empty()).then(|| Message::new("read-refused-role").arg("rights", too_much));
    let reader = SafeReader { kind, pid: visit.pid(), visit: Some(visit), slot, refuses_custom };
    match reader.refuses_custom().cloned().filter(|_| purpose.needs_a_plain_role()) {
        Some(refusal) => {
            reader.close().await;
            Err(ReadError::Refused(refusal))
        }
        None => Ok(reader),
    }
}

async fn begin(app: &App, source: AssetId, kind: SourceKind) -> Result<Box<dyn Visit>, ReadError> {
    let connection = {
        let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
        let facts = store::facts(&mut conn, source).await?.ok_or(ReadError::Gone)?;
        facts.place.connection(store::secret(&mut conn, app.keys(), source).await?)
    };
    let limits = Limits { query: IDLE, lock: LOCK, ..Limits::default() };
    let visit = reader(kind, Policy { limits, ..policy(app) }).visit(&connection).await;
    visit.map_err(|error| {
        tracing::info!(class = error.class.as_str(), cause = error.cause, "a source could not be visited");
        ReadError::Source(error)
    })
}

impl SafeReader {
    /// The number of the session at the source.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.pid
    }

    /// Why queries that people wrote may not be asked here, where the role may do more than read.
    #[must_use]
    pub const fn refuses_custom(&self) -> Option<&Message> {
        self.refuses_custom.as_ref()
    }

    /// Asks one query. Its time is at most what the source's settings allow for one.
    ///
    /// # Errors
    /// See [`ReadError`]. Where [`ReadError::lies_in_the_query`], the next is asked in the same snapshot.
    pub async fn ask(&mut self, sql: &str, most: &Most) -> Result<Rows, ReadError> {
        let admitted = gate::admit(self.kind, sql)?;
        self.run(&admitted, most).await
    }

    /// Asks a query of the register's own that reads the server's catalogue, which no other may: whoever calls this has written it, and
    /// put names in as literals.
    pub(crate) async fn ask_catalogue(&mut self, sql: &str, most: &Most) -> Result<Rows, ReadError> {
        self.run(sql, most).await
    }

    async fn run(&mut self, sql: &str, most: &Most) -> Result<Rows, ReadError> {
        let longest = self.slot.count().await?;
        let most = Most { time: most.time.min(longest), ..most.clone() };
        let Some(visit) = self.visit.as_mut() else { return Err(ReadError::Gone) };
        let since = Instant::now();
        let answered = visit.ask(sql, &most).await;
        self.slot.took(since.elapsed()).await?;
        answered.map_err(|error| said(error, &most))
    }

    /// Rolls back, leaves, and gives the connection back to the source's limits.
    pub async fn close(mut self) {
        if let Some(visit) = self.visit.take() {
            visit.close().await;
        }
        self.slot.release().await;
    }
}

fn said(error: AskError, most: &Most) -> ReadError {
    match error {
        AskError::Wrong(wrong) => ReadError::Wrong(wrong),
        AskError::Writes(wrong) => ReadError::Writes(wrong),
        AskError::Slow => ReadError::Limit(Limit::Time(most.time)),
        AskError::Wide(columns) => ReadError::Limit(Limit::Columns { columns, most: most.columns }),
        AskError::Shapeless => ReadError::Refused(Message::new("read-refused-shape")),
        AskError::Source(error) => ReadError::Source(error),
    }
}
