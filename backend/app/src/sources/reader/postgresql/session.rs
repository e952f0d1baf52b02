//! One line to a source, from the name to the end: judged, dialled, protected, signed in, each step bounded.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use cadastre_model::Message;
use futures::{TryStreamExt, pin_mut};
use secrecy::ExposeSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{CancelToken, Client, Config, NoTls, Row};

use super::super::dial::{Blocked, Judged};
use super::super::{Connection, FailureClass, Limits, Policy, SourceError, Step, TlsMode};
use super::faults;
use super::tls::shake_hands;
use super::wire::{Line, Seen, Watched};

/// How long the server has to hear that a query is to stop.
const CANCELLING: Duration = Duration::from_secs(3);
/// How much longer than the server's own limit we wait for a query.
const GRACE: Duration = Duration::from_secs(2);

/// A failure and the step that it happened in.
pub(super) type Failed = (Step, SourceError);
/// Is told of each step that was passed.
pub(super) type Passed<'a> = &'a mut (dyn FnMut(Step) + Send);
/// A value of a query, with its type, so that the driver need not ask the server for it.
pub(super) type Argument<'a> = (&'a (dyn ToSql + Sync), Type);

/// A session at a source. Dropped in the middle of a query, it has the query cancelled at the server.
pub(super) struct Session {
    client: Client,
    seen: Arc<Seen>,
    limits: Limits,
    pump: JoinHandle<()>,
    /// Where to cancel, as long as something may be running.
    way_back: Option<WayBack>,
}

/// What it takes to cancel a query: the address that was judged, never a new look-up.
struct WayBack {
    connection: Connection,
    judged: Judged,
    token: CancelToken,
}

impl Session {
    /// Opens a session.
    pub(super) async fn open(
        connection: &Connection,
        policy: &Policy,
        passed: Passed<'_>,
    ) -> Result<Self, Failed> {
        if let Some(fault) = connection.faults().into_iter().next() {
            let error = SourceError::new(FailureClass::Invalid, fault.message, fault.field);
            return Err((Step::Fields, error));
        }
        passed(Step::Fields);
        let within_reach = Instant::now() + policy.limits.reach;
        let opened = Self::open_within(connection, policy, within_reach, passed).await;
        // Whatever kept us from a PostgreSQL server, it is said in the same words after the same time.
        if let Err((Step::Name | Step::Reach, _)) = &opened {
            sleep_until(within_reach).await;
        }
        opened
    }

    async fn open_within(
        connection: &Connection,
        policy: &Policy,
        within_reach: Instant,
        passed: Passed<'_>,
    ) -> Result<Self, Failed> {
        let limits = &policy.limits;
        let judged = resolve(connection, policy, within_reach).await;
        // An address that is not allowed looks like one where nobody answers, in the steps too.
        if !matches!(judged, Err((Step::Name, _))) {
            passed(Step::Name);
        }
        let judged = judged?;
        let reached = timeout_at(within_reach, reach(&judged, connection.tls)).await;
        let line: Box<dyn Line> = match reached.unwrap_or_else(|_| Err(silent())).map_err(at(Step::Reach))? {
            Reached::Clear(line) => Box::new(line),
            Reached::Declined => {
                passed(Step::Reach);
                let message = Message::new("source-tls-not-offered");
                return Err((Step::Tls, SourceError::new(FailureClass::Tls, message, "the server said no")));
            }
            Reached::Agreed(line) => {
                passed(Step::Reach);
                let tls = within(limits.tls, "source-tls-slow", shake_hands(connection, line));
                let tls = tls.await.map_err(at(Step::Tls))?;
                passed(Step::Tls);
                Box::new(tls)
            }
        };
        let encrypted = connection.tls != TlsMode::Disable;
        let watched = Watched::new(line, encrypted, limits.bytes);
        Self::sign_in(connection, judged, limits, watched, within_reach, passed).await
    }

    async fn sign_in(
        connection: &Connection,
        judged: Judged,
        limits: &Limits,
        line: Watched,
        within_reach: Instant,
        passed: Passed<'_>,
    ) -> Result<Self, Failed> {
        let seen = line.seen();
        let in_the_clear = connection.tls == TlsMode::Disable;
        let config = config(connection);
        let signing = config.connect_raw(line, NoTls);
        pin_mut!(signing);
        // In the clear the server's first word is its answer to ours; it still counts as reaching it.
        let early = if in_the_clear {
            tokio::select! {
                biased;
                () = seen.first_word() => None,
                result = &mut signing => Some(result),
                () = sleep_until(within_reach) => return Err((Step::Reach, silent())),
            }
        } else {
            None
        };
        if in_the_clear && seen.heard() {
            passed(Step::Reach);
        }
        let signed = match early {
            Some(result) => result,
            None => timeout(limits.sign_in, signing).await.map_err(|_| {
                let message = Message::new("source-sign-in-slow");
                (Step::SignIn, SourceError::new(FailureClass::Silent, message, "no end to signing in"))
            })?,
        };
        let (client, mut pump) = signed.map_err(|error| {
            let step = if in_the_clear && !seen.heard() { Step::Reach } else { Step::SignIn };
            (step, faults::of_sign_in(&error, &seen))
        })?;
        passed(Step::SignIn);
        // What the server says beside its answers (notices) is of no use and could be without end: dropped.
        let pump = tokio::spawn(async move {
            while let Some(Ok(_)) = std::future::poll_fn(|cx| pump.poll_message(cx)).await {}
        });
        let way_back = WayBack { connection: connection.clone(), judged, token: client.cancel_token() };
        Ok(Self { client, seen, limits: limits.clone(), pump, way_back: Some(way_back) })
    }

    /// Begins the one transaction of a visit: one snapshot, nothing written, nothing waited for without end, and only
    /// the server's own functions and operators found. A database without an encoding hands out its bytes as they are.
    pub(super) async fn begin(&self) -> Result<(), SourceError> {
        let query = self.limits.query.as_millis();
        let lock = self.limits.lock.as_millis();
        let sql = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
             SET LOCAL search_path = pg_catalog, pg_temp;
             SET LOCAL statement_timeout = {query};
             SET LOCAL lock_timeout = {lock};
             SET LOCAL idle_in_transaction_session_timeout = {query};
             SET LOCAL jit = off;
             SELECT set_config('client_encoding', 'SQL_ASCII', true)
             WHERE current_setting('server_encoding') = 'SQL_ASCII'"
        );
        self.command(&sql).await
    }

    /// Runs statements of ours without answers: begin, savepoint, rollback.
    pub(super) async fn command(&self, sql: &str) -> Result<(), SourceError> {
        self.bounded(async {
            self.client.batch_execute(sql).await.map_err(|error| faults::of_query(&error, &self.seen))
        })
        .await
    }

    /// Asks a query and hands over its rows as they come.
    pub(super) async fn each(
        &self,
        sql: &str,
        arguments: &[Argument<'_>],
        mut take: impl FnMut(&Row) -> Result<(), tokio_postgres::Error>,
    ) -> Result<(), SourceError> {
        let fault = |error: tokio_postgres::Error| faults::of_query(&error, &self.seen);
        self.bounded(async {
            let arguments = arguments.iter().map(|(value, kind)| (*value, kind.clone()));
            let rows = self.client.query_typed_raw(sql, arguments).await.map_err(fault)?;
            pin_mut!(rows);
            while let Some(row) = rows.try_next().await.map_err(fault)? {
                take(&row).map_err(fault)?;
            }
            Ok(())
        })
        .await
    }

    /// Asks a query that has one row.
    pub(super) async fn one<T>(
        &self,
        sql: &str,
        read: impl Fn(&Row) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, SourceError> {
        let mut found = None;
        self.each(sql, &[], |row| {
            found = Some(read(row)?);
            Ok(())
        })
        .await?;
        found.ok_or_else(|| SourceError::hostile("source-nonsense", "no row where there is always one"))
    }

    /// The server's own limit comes first; ours is for a server that does not keep it.
    async fn bounded<T>(&self, work: impl Future<Output = Result<T, SourceError>>) -> Result<T, SourceError> {
        let message = "source-query-slow";
        within(self.limits.query + GRACE, message, work).await
    }

    /// The driver's client, for queries that are not ours.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// What was seen on the line.
    pub(super) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// What became of the line, by an error of the driver.
    pub(super) fn fault(&self, error: &tokio_postgres::Error) -> SourceError {
        faults::of_query(error, &self.seen)
    }

    /// Has the query under way cancelled at the server, and leaves.
    pub(super) async fn cancel(mut self) {
        if let Some(way_back) = self.way_back.take() {
            way_back.cancel(&self.limits).await;
        }
    }

    /// Leaves in peace: nothing is running.
    pub(super) fn close(mut self) {
        self.way_back = None;
    }
}

/// Shows nothing of the connection.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.pump.abort();
        let Some(way_back) = self.way_back.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let limits = self.limits.clone();
            runtime.spawn(async move { way_back.cancel(&limits).await });
        }
    }
}

impl WayBack {
    /// Best effort, and bounded: the server's statement_timeout is behind it.
    async fn cancel(self, limits: &Limits) {
        let cancelled = timeout(CANCELLING, async {
            let line: Box<dyn Line> = match reach(&self.judged, self.connection.tls).await? {
                Reached::Clear(line) => Box::new(line),
                Reached::Agreed(line) => Box::new(
                    within(limits.tls, "source-tls-slow", shake_hands(&self.connection, line)).await?,
                ),
                Reached::Declined => return Err(silent()),
            };
            self.token
                .cancel_query_raw(line, NoTls)
                .await
                .map_err(|error| SourceError::unreached(FailureClass::Unreachable, error))
        })
        .await;
        if !matches!(cancelled, Ok(Ok(()))) {
            tracing::warn!(host = %self.connection.host, "a query could not be cancelled at its source");
        }
    }
}

fn config(connection: &Connection) -> Config {
    let mut config = Config::new();
    config
        .user(&connection.user)
        .dbname(&connection.database)
        .application_name("cadastre")
        // The line is protected, or not, before the driver gets it.
        .ssl_mode(SslMode::Disable);
    if !connection.secret.expose_secret().is_empty() {
        config.password(connection.secret.expose_secret());
    }
    config
}

async fn resolve(connection: &Connection, policy: &Policy, until: Instant) -> Result<Judged, Failed> {
    let host = connection.bare_host();
    match timeout_at(until, Judged::resolve(&host, connection.port, &policy.networks)).await {
        Ok(Ok(judged)) => Ok(judged),
        // That the name has addresses is said; which, and that they are not allowed, only to the log.
        Ok(Err(Blocked::NotAllowed(ip))) => {
            let cause = format!("{ip} is not in the allow-list");
            Err((Step::Reach, SourceError::unreached(FailureClass::Denied, cause)))
        }
        Ok(Err(Blocked::NoAddress(error))) => Err((Step::Name, no_address(error))),
        Err(_) => Err((Step::Name, no_address("the resolver did not answer in time"))),
    }
}

fn no_address(cause: impl std::fmt::Display) -> SourceError {
    SourceError::new(FailureClass::Unreachable, Message::new("source-no-address"), cause)
}

/// What came of dialling.
enum Reached {
    /// A line in the clear, on which nothing was said yet.
    Clear(TcpStream),
    /// The server agreed to TLS.
    Agreed(TcpStream),
    /// The server has no TLS.
    Declined,
}

async fn reach(judged: &Judged, tls: TlsMode) -> Result<Reached, SourceError> {
    let mut line = judged.dial().await.map_err(|error| unreached(&error))?;
    if tls == TlsMode::Disable {
        return Ok(Reached::Clear(line));
    }
    match ask_for_tls(&mut line).await.map_err(|error| unreached(&error))? {
        b'S' => Ok(Reached::Agreed(line)),
        // An error instead of an answer comes from servers that are older than TLS.
        b'N' | b'E' => Ok(Reached::Declined),
        _ => Err(SourceError::unreached(FailureClass::Hostile, "not PostgreSQL")),
    }
}

/// Sends SSLRequest and reads one byte, not more: what follows in the clear must not count as protected.
async fn ask_for_tls(line: &mut TcpStream) -> io::Result<u8> {
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
    line.write_all(&SSL_REQUEST).await?;
    line.read_u8().await
}

fn unreached(error: &io::Error) -> SourceError {
    let class = match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureClass::Refused,
        io::ErrorKind::TimedOut | io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            FailureClass::Silent
        }
        _ => FailureClass::Unreachable,
    };
    SourceError::unreached(class, error)
}

fn silent() -> SourceError {
    SourceError::unreached(FailureClass::Silent, "no answer in time")
}

fn at(step: Step) -> impl Fn(SourceError) -> Failed {
    move |error| (step, error)
}

async fn within<T>(
    limit: Duration,
    slow: &'static str,
    work: impl Future<Output = Result<T, SourceError>>,
) -> Result<T, SourceError> {
    timeout(limit, work).await.unwrap_or_else(|_| {
        Err(SourceError::new(FailureClass::Silent, Message::new(slow), "no answer in time"))
    })
}
