//! The workers of a replica: take what is due, run each task apart from the others, write how it ended.

use super::lease::{self, Claim, End};
use super::run::{self, Reason, Run, Told, Trouble};
use super::{KINDS, ROUTINES};
use crate::app::App;
use futures::future::BoxFuture;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// Tasks that a replica runs at once. They mostly wait for sources, so one that hangs delays nobody.
const WORKERS: usize = 16;

/// How often the queue is looked at while nothing is due.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// What is under way when the end comes has this long to stop.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// A kind of task.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its word, as it is stored.
    pub word: &'static str,
    /// The key of its name.
    pub title: &'static str,
    /// Runs one attempt and gives the result.
    pub run: fn(App, Run) -> BoxFuture<'static, Result<Value, Trouble>>,
}

/// Works until the app stops: the queue, and the routines. Comes back when everything under way has ended or was given
/// back.
pub async fn work(app: &App) {
    let mut routines = JoinSet::new();
    for routine in ROUTINES {
        routines.spawn(routine.keep(app.clone()));
    }
    work_on(app, KINDS, app.stop()).await;
    // A routine is a transaction or two: it ends by itself, or with its connection.
    let _ = tokio::time::timeout(STOP_WITHIN, routines.join_all()).await;
}

/// Works on these kinds of task until `stop`.
pub async fn work_on(app: &App, kinds: &'static [Kind], stop: CancellationToken) {
    let replica = Replica::new(app.clone(), kinds, stop.clone());
    let free = Arc::new(Semaphore::new(WORKERS));
    let mut running = JoinSet::new();
    while !stop.is_cancelled() {
        while running.try_join_next().is_some() {}
        let Ok(worker) = Arc::clone(&free).try_acquire_owned() else {
            replica.rest().await;
            continue;
        };
        match replica.next().await {
            Some((kind, claim)) => {
                let replica = Arc::clone(&replica);
                running.spawn(async move {
                    replica.attempt(kind, claim).await;
                    drop(worker);
                });
            }
            None => {
                drop(worker);
                replica.rest().await;
            }
        }
    }
    if tokio::time::timeout(STOP_WITHIN, running.join_all()).await.is_err() {
        tracing::warn!("tasks were still under way after {STOP_WITHIN:?}; their leases run out");
    }
}

struct Replica {
    app: App,
    kinds: &'static [Kind],
    words: Vec<&'static str>,
    /// For the list of leases: which process has it.
    name: String,
    writers: Arc<Semaphore>,
    stop: CancellationToken,
}

impl Replica {
    fn new(app: App, kinds: &'static [Kind], stop: CancellationToken) -> Arc<Self> {
        // Two connections stay free for heartbeats and for claims.
        let connections = app.db().tasks.options().get_max_connections();
        let writers = usize::try_from(connections.saturating_sub(2).max(1)).unwrap_or(1);
        let name = format!("{}-{}", std::process::id(), uuid::Uuid::new_v4().simple());
        let words = kinds.iter().map(|kind| kind.word).collect();
        Arc::new(Self { app, kinds, words, name, writers: Arc::new(Semaphore::new(writers)), stop })
    }

    async fn rest(&self) {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = self.stop.cancelled() => {}
        }
    }

    /// The next task; none when nothing is due, or the database does not answer.
    async fn next(&self) -> Option<(Kind, Claim)> {
        let lease = self.app.options().lease;
        let found = match lease::bury(&self.app.db().tasks).await {
            Ok(_) => lease::claim(&self.app.db().tasks, &self.name, lease, &self.words).await,
            Err(failure) => Err(failure),
        };
        match found {
            Ok(claim) => {
                let claim = claim?;
                let kind = self.kinds.iter().find(|kind| kind.word == claim.kind)?;
                Some((*kind, claim))
            }
            Err(failure) => {
                tracing::warn!(%failure, cause = failure.cause, "the queue can't be read");
                None
            }
        }
    }

    /// One attempt from its claim to its end. Whatever the handler does, this comes back.
    async fn attempt(&self, kind: Kind, claim: Claim) {
        let (db, lease) = (&self.app.db().tasks, self.app.options().lease);
        // Claimed while the end began: it goes back as it was, and nothing is told of it.
        if self.stop.is_cancelled() {
            self.write(claim.fence(), &End::GivenBack, lease).await;
            return;
        }
        let (run, keeper, told) =
            run::begin(&claim, db.clone(), lease, Arc::clone(&self.writers), &self.stop);
        let fence = run.fence;
        let over = CancellationToken::new();
        let kept = tokio::spawn(keeper.keep(over.clone()));
        tracing::info!(task = fence.task.0, kind = kind.word, attempt = claim.attempt, "task begins");
        let outcome = tokio::spawn((kind.run)(self.app.clone(), run)).await;
        over.cancel();
        let _ = kept.await;
        let end = self.end_of(outcome, &told);
        let Some(end) = end else {
            // Said once: by the heartbeat, or here where the fence told the handler first.
            if !told.lost() {
                tracing::warn!(task = fence.task.0, fence = fence.number, "lease_lost");
            }
            return;
        };
        self.write(fence, &end, lease).await;
        metrics::counter!("cadastre_tasks_total", "kind" => kind.word, "end" => word(&end)).increment(1);
        tracing::info!(task = fence.task.0, kind = kind.word, end = word(&end), "task ends");
    }

    /// How the attempt ended; nothing where it is no longer ours to say.
    fn end_of(&self, outcome: Result<Result<Value, Trouble>, JoinError>, told: &Told) -> Option<End> {
        let trouble = match outcome {
            Ok(Ok(result)) => return Some(End::Done(result)),
            Ok(Err(trouble)) => trouble,
            Err(panic) => {
                tracing::error!(%panic, "a task broke");
                Trouble::MayPass(Reason::of("task-broke"))
            }
        };
        match trouble {
            _ if told.lost() => None,
            _ if told.to_stop() => Some(End::Cancelled),
            Trouble::Stopped if self.stop.is_cancelled() => Some(End::GivenBack),
            Trouble::MayPass(_) | Trouble::Busy(_) if self.stop.is_cancelled() => Some(End::GivenBack),
            Trouble::Busy(reason) => Some(End::Later(reason)),
            Trouble::MayPass(reason) => Some(End::Retry(reason)),
            Trouble::Final(reason) => Some(End::Failed(reason)),
            // The fence told the handler before the heartbeat told us.
            Trouble::Stopped => None,
        }
    }

    /// An end that can't be written for a while is written later: what was done is not to be done again.
    async fn write(&self, fence: super::Fence, end: &End, lease: Duration) {
        for wait in [100, 400, 1600, 3200] {
            match lease::end(&self.app.db().tasks, fence, end, lease).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(task = fence.task.0, fence = fence.number, "lease_lost");
                    return;
                }
                Err(failure) => {
                    tracing::warn!(task = fence.task.0, %failure, "the end of a task can't be written");
                }
            }
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }
}

const fn word(end: &End) -> &'static str {
    match end {
        End::Done(_) => "done",
        End::Failed(_) => "failed",
        End::Retry(_) => "retry",
        End::Later(_) => "later",
        End::Cancelled => "cancelled",
        End::GivenBack => "given_back",
    }
}
