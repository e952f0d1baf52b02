//! A crawl: about ten set queries over pg_catalog in one snapshot, however many tables there are.

use cadastre_model::Message;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::super::{
    Connection, Dataset, FailureClass, Filters, LeftOut, Listing, Phase, Policy, Progress, SourceError,
};
use super::server::Server;
use super::session::Session;
use super::text::Scissors;
use super::{columns, counters, datasets, faults, functions, keys};

/// Crawls, until it is done, stopped or out of time.
pub(super) async fn crawl(
    connection: &Connection,
    filters: &Filters,
    policy: &Policy,
    progress: &dyn Progress,
    cancel: &CancellationToken,
) -> Result<Listing, SourceError> {
    let limit = policy.limits.crawl;
    timeout(limit, twice(connection, filters, policy, progress, cancel)).await.unwrap_or_else(|_| {
        let message = Message::new("source-crawl-slow").arg("seconds", limit.as_secs());
        Err(SourceError::new(FailureClass::Silent, message, "the crawl's time is up"))
    })
}

/// What is dropped while it is described stops a crawl; the second try finds another moment.
async fn twice(
    connection: &Connection,
    filters: &Filters,
    policy: &Policy,
    progress: &dyn Progress,
    cancel: &CancellationToken,
) -> Result<Listing, SourceError> {
    match once(connection, filters, policy, progress, cancel).await {
        Err(error) if faults::is_change_underway(&error) => {
            once(connection, filters, policy, progress, cancel).await
        }
        outcome => outcome,
    }
}

async fn once(
    connection: &Connection,
    filters: &Filters,
    policy: &Policy,
    progress: &dyn Progress,
    cancel: &CancellationToken,
) -> Result<Listing, SourceError> {
    progress.report(Phase::Connect, 0, Some(1));
    let mut nobody = |_| {};
    let session = tokio::select! {
        biased;
        () = cancel.cancelled() => return Err(SourceError::cancelled()),
        opened = Session::open(connection, policy, &mut nobody) => opened.map_err(|(_, error)| error)?,
    };
    progress.report(Phase::Connect, 1, Some(1));
    let outcome = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(SourceError::cancelled()),
        outcome = Crawl::new(&session, filters, policy, progress).run() => outcome,
    };
    match &outcome {
        Err(error) if error.server_text.is_none() => session.cancel().await,
        _ => session.close(),
    }
    outcome
}

/// What the steps of one crawl share.
pub(super) struct Crawl<'a> {
    pub(super) session: &'a Session,
    pub(super) filters: &'a Filters,
    pub(super) progress: &'a dyn Progress,
    pub(super) scissors: Scissors,
    pub(super) left_out: Vec<LeftOut>,
    /// Columns that the datasets say they have; dropped ones are among them.
    pub(super) expected_columns: u64,
    policy: &'a Policy,
    complete: bool,
    notices: Vec<Message>,
}

impl<'a> Crawl<'a> {
    fn new(
        session: &'a Session,
        filters: &'a Filters,
        policy: &'a Policy,
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            session,
            filters,
            progress,
            scissors: Scissors::new(policy.limits.text),
            left_out: Vec::new(),
            expected_columns: 0,
            policy,
            complete: true,
            notices: Vec::new(),
        }
    }

    async fn run(mut self) -> Result<Listing, SourceError> {
        self.session.begin().await?;
        let server = Server::read(self.session).await?;
        server.admit(self.policy.own.as_ref())?;
        if server.identifier.is_none() {
            self.notice("source-notice-identifier", 1);
        }
        let schemas = datasets::schemas(&mut self).await?;
        let mut datasets = datasets::datasets(&mut self, &schemas).await?;
        let folded = datasets::fold(&self, &mut datasets).await?;
        columns::columns(&mut self, &mut datasets).await?;
        keys::keys(&mut self, &folded, &mut datasets).await?;
        let functions = functions::functions(&mut self, &schemas).await?;
        let counted_since = counters::counters(&self, &folded, &mut datasets).await?;
        datasets::sizes(&mut self, &folded, &mut datasets).await?;
        self.session.command("COMMIT").await?;

        self.notice("source-notice-closed", schemas.iter().filter(|schema| !schema.usable).count());
        self.notice("source-notice-unreadable", datasets.iter().filter(|dataset| !dataset.readable).count());
        let database_comment = self.scissors.cut(server.database_comment);
        self.notice("source-notice-cut", usize::try_from(self.scissors.cut).unwrap_or(usize::MAX));
        Ok(Listing {
            system_identifier: server.identifier,
            server_version: server.version,
            database: server.database,
            database_oid: server.database_oid,
            database_comment,
            collected_at: server.now,
            counted_since,
            schemas,
            datasets,
            functions,
            left_out: self.left_out,
            complete: self.complete,
            notices: self.notices,
        })
    }

    /// Says what was not as it should be, where it concerns anything.
    pub(super) fn notice(&mut self, key: &'static str, count: usize) {
        if count > 0 {
            self.notices.push(Message::new(key).arg("count", count));
        }
    }

    /// Keeps as many datasets as the limit on columns allows; the rest make the listing incomplete.
    pub(super) fn keep_within_columns(&mut self, datasets: &mut Vec<(Dataset, usize)>) {
        let mut sum = 0_usize;
        let limit = self.policy.limits.columns;
        let fit = datasets
            .iter()
            .take_while(|(_, columns)| {
                let fits = sum.saturating_add(*columns) <= limit;
                sum += if fits { *columns } else { 0 };
                fits
            })
            .count();
        if fit < datasets.len() {
            self.complete = false;
            self.notice("source-notice-too-many", datasets.len() - fit);
            datasets.truncate(fit);
        }
        self.expected_columns = sum as u64;
    }
}
