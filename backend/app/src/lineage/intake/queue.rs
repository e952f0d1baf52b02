//! Waiting requests share a transaction: each puts its events into a queue, and one worker takes what waits together. So a
//! thousand clients do not wait for a thousand commits. When the shared transaction fails, each event is tried alone, and only
//! those fail that fail alone.

use super::events::{self, Taken};
use super::homes::Teller;
use crate::access::Caller;
use crate::change::Author;
use crate::error::{Failure, FailureKind, Result};
use cadastre_intake::openlineage::Event;
use sqlx::PgPool;
use std::mem::take;
use tokio::sync::{mpsc, oneshot};

/// Events that wait at most; who comes then waits to wait.
const WAITING: usize = 1024;

/// Events of one transaction at most.
const TOGETHER: usize = 256;

/// The queue of events. Cheap to clone; the worker ends with the last of them.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    queue: mpsc::Sender<Waiting>,
}

/// An event that waits, and who waits for it.
#[derive(Debug)]
struct Waiting {
    caller: Box<Caller>,
    event: Box<Event>,
    answer: oneshot::Sender<Taken>,
}

impl Intake {
    /// Starts the worker.
    pub(crate) fn start(pool: PgPool) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(work(pool, waiting));
        Self { queue }
    }

    /// Takes events in; comes back when they are durable, with an answer for each.
    ///
    /// # Errors
    /// `Unavailable` when the process ends.
    pub(super) async fn take(&self, caller: &Caller, events: Vec<Event>) -> Result<Vec<Taken>> {
        let gone = || Failure::unavailable("the intake has ended");
        let mut answers = Vec::with_capacity(events.len());
        for event in events {
            let (answer, answered) = oneshot::channel();
            let waiting = Waiting { caller: Box::new(caller.clone()), event: Box::new(event), answer };
            self.queue.send(waiting).await.map_err(|_| gone())?;
            answers.push(answered);
        }
        let mut taken = Vec::with_capacity(answers.len());
        for answer in answers {
            taken.push(answer.await.map_err(|_| gone())?);
        }
        Ok(taken)
    }
}

async fn work(pool: PgPool, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut batch, TOGETHER).await > 0 {
        for group in by_author(take(&mut batch)) {
            take_together(&pool, group).await;
        }
    }
}

/// A change set has one author: what others sent is in another one.
fn by_author(batch: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut groups: Vec<Vec<Waiting>> = Vec::new();
    let key = |one: &Waiting| (one.caller.author.person, one.caller.author.token, one.caller.author.via);
    for one in batch {
        match groups.iter_mut().find(|group| group.first().map(key) == Some(key(&one))) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

async fn take_together(pool: &PgPool, group: Vec<Waiting>) {
    let events: Vec<&Event> = group.iter().map(|one| &*one.event).collect();
    let Some(first) = group.first() else { return };
    let answers = match try_take(pool, &first.caller, &events).await {
        Ok(answers) => answers,
        Err(failure) => {
            tracing::info!(%failure, cause = failure.cause, events = group.len(), "a shared transaction failed");
            let mut alone = Vec::with_capacity(group.len());
            for one in &group {
                alone.push(take_alone(pool, one).await);
            }
            alone
        }
    };
    for (one, answer) in group.into_iter().zip(answers) {
        // Whoever does not wait any more does not want to know.
        drop(one.answer.send(answer));
    }
}

/// Once more where it was not now: a lock that lost.
async fn take_alone(pool: &PgPool, one: &Waiting) -> Taken {
    let mut last = Failure::internal("no answer");
    for _ in 0..2 {
        match try_take(pool, &one.caller, &[&*one.event]).await {
            Ok(mut answers) => return answers.pop().unwrap_or(Ok(None)),
            Err(failure) if failure.kind == FailureKind::Unavailable => last = failure,
            Err(failure) => return Err(failure),
        }
    }
    Err(last)
}

async fn try_take(pool: &PgPool, caller: &Caller, events: &[&Event]) -> Result<Vec<Taken>> {
    let author: &Author = &caller.author;
    let mut conn = pool.acquire().await?;
    events::take(&mut conn, &Teller::Caller(Box::new(caller.clone())), author, events).await
}
