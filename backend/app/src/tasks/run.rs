//! One attempt at a task, as its handler sees it, and what keeps it alive meanwhile.

use super::fence::Fence;
use super::lease::{self, Claim, Pulse};
use super::progress::{Level, Line, Progress};
use crate::error::{Failure, FailureKind};
use cadastre_model::{AssetId, Message, PersonId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

/// A heartbeat comes thrice in a lease, and at least this often, since it also learns that somebody wants it stopped.
const PULSE: Duration = Duration::from_secs(1);

/// Progress is written at most this often.
const NOTE_EVERY: Duration = Duration::from_millis(250);

/// One attempt at a task: what a handler gets. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Run {
    /// The right of this attempt to write: every transaction of the handler holds it before it commits.
    pub fence: Fence,
    /// What it works on.
    pub asset: Option<AssetId>,
    /// What was asked for.
    pub payload: Value,
    /// Who asked; none: the register itself.
    pub asked_by: Option<PersonId>,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// Cancelled when the handler has to stop: somebody wants it, the process ends, or the lease is lost. It need not know
    /// which.
    pub cancel: CancellationToken,
    progress: Arc<watch::Sender<Progress>>,
    lines: mpsc::UnboundedSender<Line>,
    writers: Arc<Semaphore>,
}

/// Why an attempt did not succeed.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// It may succeed later without anybody changing anything.
    MayPass(Reason),
    /// Others hold what it needs, for as long as their work takes: it waits its turn, and this was no attempt.
    Busy(Reason),
    /// It will not.
    Final(Reason),
    /// It was told to stop, and did.
    Stopped,
}

/// Why a task failed: in words for everybody who sees it, and apart from them what only who manages its asset may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// In words.
    pub message: Message,
    /// What the other side said, on one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Reason {
    /// A reason without anything behind it.
    pub fn of(message: impl Into<Message>) -> Self {
        Self { message: message.into(), detail: None }
    }

    pub(super) fn json(&self) -> Value {
        json!({ "message": self.message, "detail": self.detail })
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        if let Some(cause) = &failure.cause {
            tracing::warn!(%failure, cause, "a task met a failure");
        }
        match failure.kind {
            FailureKind::Unavailable => Self::MayPass(Reason::of(failure.message)),
            FailureKind::Conflict if failure.message.key == "task-lease-lost" => Self::Stopped,
            FailureKind::Conflict if failure.message.key == "task-cancelled" => Self::Stopped,
            _ => Self::Final(Reason::of(failure.message)),
        }
    }
}

impl Run {
    /// Says how far it is. Quick, and never fails: it is written beside, now and then.
    pub fn report(&self, change: impl FnOnce(&mut Progress)) {
        self.progress.send_modify(change);
    }

    /// Adds a line to its log.
    pub fn say(&self, level: Level, message: impl Into<Message>) {
        // The keeper goes only after the handler.
        let _ = self.lines.send(Line { level, message: message.into() });
    }

    /// Waits for a turn to hold a connection of the tasks' pool for long, so that heartbeats always find one.
    ///
    /// # Errors
    /// `Stopped` when the handler has to stop meanwhile.
    pub async fn turn_to_write(&self) -> Result<OwnedSemaphorePermit, Trouble> {
        tokio::select! {
            turn = Arc::clone(&self.writers).acquire_owned() => turn.map_err(|_| Trouble::Stopped),
            () = self.cancel.cancelled() => Err(Trouble::Stopped),
        }
    }
}

/// What keeps an attempt alive: renews its lease, writes its progress and lines, and stops it when it has to be.
#[derive(Debug)]
pub(super) struct Keeper {
    db: PgPool,
    fence: Fence,
    lease: Duration,
    cancel: CancellationToken,
    progress: watch::Receiver<Progress>,
    lines: mpsc::UnboundedReceiver<Line>,
    told: Arc<Told>,
}

/// Why an attempt was stopped, as far as the keeper knows.
#[derive(Debug, Default)]
pub(super) struct Told {
    to_stop: AtomicBool,
    lost: AtomicBool,
}

impl Told {
    pub(super) fn to_stop(&self) -> bool {
        self.to_stop.load(Ordering::Acquire)
    }

    pub(super) fn lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }
}

/// An attempt and its keeper.
pub(super) fn begin(
    claim: &Claim,
    db: PgPool,
    lease: Duration,
    writers: Arc<Semaphore>,
    stop: &CancellationToken,
) -> (Run, Keeper, Arc<Told>) {
    let cancel = stop.child_token();
    let (progress, mut seen) = watch::channel(Progress::default());
    // The progress of the attempt before is replaced when this one begins, not when it is claimed: a claim that is given
    // back at once leaves the task as it was.
    seen.mark_changed();
    let (lines, read) = mpsc::unbounded_channel();
    let told = Arc::new(Told::default());
    let run = Run {
        fence: claim.fence(),
        asset: claim.asset(),
        payload: claim.payload.clone(),
        asked_by: claim.created_by(),
        attempt: claim.attempt,
        cancel: cancel.clone(),
        progress: Arc::new(progress),
        lines,
        writers,
    };
    let keeper =
        Keeper { db, fence: run.fence, lease, cancel, progress: seen, lines: read, told: Arc::clone(&told) };
    (run, keeper, told)
}

impl Keeper {
    /// Keeps the attempt until `over`, then writes what is left to tell.
    pub(super) async fn keep(mut self, over: CancellationToken) {
        let mut pulse = tokio::time::interval((self.lease / 3).min(PULSE));
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        pulse.tick().await;
        let mut notes = tokio::time::interval(NOTE_EVERY);
        notes.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                () = over.cancelled() => break,
                _ = pulse.tick() => heard = self.beat(heard).await,
                _ = notes.tick() => self.write().await,
            }
        }
        self.write().await;
    }

    async fn beat(&self, heard: Instant) -> Instant {
        match lease::renew(&self.db, self.fence, self.lease).await {
            Ok(Pulse::Ours) => return Instant::now(),
            Ok(Pulse::ToStop) => {
                self.told.to_stop.store(true, Ordering::Release);
                self.cancel.cancel();
                return Instant::now();
            }
            Ok(Pulse::Lost) => self.lose(),
            // The database may be back in time; if not, somebody else has it by now, or will.
            Err(_) if heard.elapsed() > self.lease => self.lose(),
            Err(failure) => tracing::warn!(task = self.fence.task.0, %failure, "no heartbeat"),
        }
        heard
    }

    fn lose(&self) {
        if !self.told.lost.swap(true, Ordering::AcqRel) {
            tracing::warn!(task = self.fence.task.0, fence = self.fence.number, "lease_lost");
        }
        self.cancel.cancel();
    }

    /// Progress and lines are worth a try, not a failure.
    async fn write(&mut self) {
        let mut lines = Vec::new();
        while let Ok(line) = self.lines.try_recv() {
            lines.push(line);
        }
        if !lines.is_empty()
            && let Err(failure) = lease::tell(&self.db, self.fence, &lines).await
        {
            tracing::warn!(task = self.fence.task.0, %failure, "lines of a task are lost");
        }
        // After the handler has ended nobody can say any more whether the last report was read: then it is written.
        if self.progress.has_changed().unwrap_or(true) {
            let progress = self.progress.borrow_and_update().clone();
            if let Err(failure) = lease::note(&self.db, self.fence, &progress).await {
                tracing::debug!(task = self.fence.task.0, %failure, "progress is not written");
            }
        }
    }
}
