//! The test of a connection: the same way as a crawl, each step timed and said in words.

use std::time::{Duration, Instant};

use cadastre_model::Message;

use super::super::{Check, Connection, Outcome, Policy, SourceError, Step};
use super::server::{Rights, Server};
use super::session::Session;

/// Tests a connection; the last check is the one that failed, or all passed.
pub(super) async fn check(connection: &Connection, policy: &Policy) -> Vec<Check> {
    let mut protocol = Protocol::begin(connection);
    if let Err((step, error)) = visit(connection, policy, &mut protocol).await {
        protocol.failed(step, error);
    }
    protocol.checks
}

async fn visit(
    connection: &Connection,
    policy: &Policy,
    protocol: &mut Protocol<'_>,
) -> Result<(), (Step, SourceError)> {
    let session = Session::open(connection, policy, &mut |step| protocol.passed(step)).await?;
    let server = async {
        session.begin().await?;
        let server = Server::read(&session).await?;
        server.admit(policy.own.as_ref())?;
        Ok(server)
    };
    let server = server.await.map_err(|error| (Step::Server, error))?;
    let message =
        Message::new("source-check-server").arg("version", &server.version).arg("database", &server.database);
    match server.identifier {
        Some(_) => protocol.add(Step::Server, Outcome::Passed, message),
        None => protocol.add(Step::Server, Outcome::Warned, Message::new("source-check-server-unidentified")),
    }
    let rights = Rights::read(&session).await.map_err(|error| (Step::Rights, error))?;
    let (warned, message) = rights.say();
    protocol.add(Step::Rights, if warned { Outcome::Warned } else { Outcome::Passed }, message);
    session.close();
    Ok(())
}

/// The checks so far, and since when the next one runs.
struct Protocol<'a> {
    connection: &'a Connection,
    checks: Vec<Check>,
    since: Instant,
}

impl<'a> Protocol<'a> {
    fn begin(connection: &'a Connection) -> Self {
        Self { connection, checks: Vec::new(), since: Instant::now() }
    }

    fn lap(&mut self) -> Duration {
        let took = self.since.elapsed();
        self.since = Instant::now();
        took
    }

    fn passed(&mut self, step: Step) {
        let Connection { host, port, user, database, .. } = self.connection;
        let message = match step {
            Step::Fields => Message::new("source-check-fields"),
            Step::Name => Message::new("source-check-name").arg("host", host),
            Step::Reach => Message::new("source-check-reach").arg("host", host).arg("port", port),
            Step::Tls => Message::new("source-check-tls"),
            Step::SignIn | Step::Server | Step::Rights => {
                Message::new("source-check-sign-in").arg("user", user).arg("database", database)
            }
        };
        self.add(step, Outcome::Passed, message);
    }

    fn add(&mut self, step: Step, outcome: Outcome, message: Message) {
        let took = self.lap();
        self.checks.push(Check { step, outcome, took, message, failure: None });
    }

    fn failed(&mut self, step: Step, error: SourceError) {
        let took = self.lap();
        let message = error.message.clone();
        self.checks.push(Check { step, outcome: Outcome::Failed, took, message, failure: Some(error) });
    }
}
