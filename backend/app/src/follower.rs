//! Read models: what is kept in memory, loaded once in one snapshot, and kept current by following the change sets in
//! the order of their versions. Every replica follows by itself and answers alike.
//!
//! LISTEN only wakes the follower early; it polls each second besides, since notifications are lost on reconnects and
//! through poolers.

use crate::db::Db;
use crate::error::{Failure, Result};
use cadastre_model::{ChangeSetId, Version};
use sqlx::{Acquire, PgConnection};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often the follower looks without being woken.
const POLL: Duration = Duration::from_secs(1);

/// How long a reader and the operator bear with a read model that is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// A read waits so long for its reader's own write.
    pub own_write: Duration,
    /// A model that has not been known to be current for so long answers nobody.
    pub stale_after: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { own_write: Duration::from_millis(300), stale_after: Duration::from_secs(5) }
    }
}

/// The change sets of one round are applied in pieces of this many.
const BATCH: i64 = 1000;

/// Something that is derived from PostgreSQL and kept in memory.
#[async_trait::async_trait]
pub trait ReadModel: Send + Sync + Sized + 'static {
    /// For logs and metrics.
    const NAME: &'static str;

    /// The topics whose change sets concern it.
    const TOPICS: &'static [crate::change::Topic];

    /// What some change sets did, as far as it concerns this model.
    type Changes: Send;

    /// Reads it whole. The connection is in one REPEATABLE READ snapshot of this version.
    async fn load(conn: &mut PgConnection, version: Version) -> Result<Self>;

    /// Reads what these change sets opened and closed. The connection is in one REPEATABLE READ snapshot that holds them,
    /// and perhaps later ones: what is read is the state of then, and taking it over twice changes nothing.
    async fn changes(conn: &mut PgConnection, change_sets: &[ChangeSetId]) -> Result<Self::Changes>;

    /// Takes the changes over.
    fn take_over(&mut self, changes: Self::Changes);

    /// Says which version has been reached.
    fn reached(&mut self, version: Version);
}

/// A read model and how current it is.
#[derive(Debug)]
pub struct Followed<M> {
    model: RwLock<M>,
    version: watch::Sender<Version>,
    seen: Mutex<Instant>,
    patience: Patience,
}

impl<M: ReadModel> Followed<M> {
    /// Loads the model and starts to follow, until the token is cancelled.
    ///
    /// # Errors
    /// When the first load fails.
    pub async fn start(db: &Db, patience: Patience, stop: CancellationToken) -> Result<Arc<Self>> {
        let started = Instant::now();
        let mut conn = db.tasks.acquire().await?;
        let (model, version) = load::<M>(&mut conn).await?;
        metrics::gauge!("cadastre_read_model_load_seconds", "model" => M::NAME)
            .set(started.elapsed().as_secs_f64());
        drop(conn);
        let followed = Arc::new(Self {
            model: RwLock::new(model),
            version: watch::Sender::new(version),
            seen: Mutex::new(Instant::now()),
            patience,
        });
        tokio::spawn(Arc::clone(&followed).follow(db.clone(), stop));
        Ok(followed)
    }

    /// Asks the model as it is now.
    ///
    /// # Errors
    /// `Unavailable` when it [is stale](Self::is_stale).
    pub fn ask<R>(&self, question: impl FnOnce(&M) -> R) -> Result<R> {
        if self.is_stale() {
            return Err(Failure::unavailable(format!("{} is {:?} behind", M::NAME, self.lag())));
        }
        let model = self.model.read().map_err(|_| Failure::internal("a read model broke"))?;
        Ok(question(&model))
    }

    /// Waits until the model has everything up to and with a version, so that somebody reads their own write. After
    /// [`Patience::own_write`] it goes on with what there is.
    pub async fn wait_for(&self, version: Version) {
        let mut seen = self.version.subscribe();
        let _ = tokio::time::timeout(self.patience.own_write, seen.wait_for(|now| *now >= version)).await;
    }

    /// The version of the last change set that was taken over.
    #[must_use]
    pub fn version(&self) -> Version {
        *self.version.borrow()
    }

    /// How long ago the model was last known to be current.
    #[must_use]
    pub fn lag(&self) -> Duration {
        self.seen.lock().map_or(Duration::MAX, |seen| seen.elapsed())
    }

    /// Whether it is too long ago for anybody to be answered from it.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.lag() > self.patience.stale_after
    }

    async fn follow(self: Arc<Self>, db: Db, stop: CancellationToken) {
        let wake = Arc::new(tokio::sync::Notify::new());
        let listener = tokio::spawn(listen(db.clone(), Arc::clone(&wake), stop.clone()));
        while !stop.is_cancelled() {
            if let Err(failure) = self.catch_up(&db).await {
                tracing::warn!(model = M::NAME, %failure, cause = failure.cause, "read model can't follow");
            }
            metrics::gauge!("cadastre_read_model_lag_seconds", "model" => M::NAME)
                .set(self.lag().as_secs_f64());
            tokio::select! {
                () = stop.cancelled() => {}
                () = wake.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
        listener.abort();
    }

    async fn catch_up(&self, db: &Db) -> Result<()> {
        loop {
            let started = Instant::now();
            let mut conn = db.tasks.acquire().await?;
            let mut tx = conn.begin().await?;
            snapshot(&mut tx).await?;
            let rows: Vec<(i64, i64, Vec<String>)> = sqlx::query_as(
                "select id, version, topics from change_sets where version > $1 order by version limit $2",
            )
            .bind(self.version().0)
            .bind(BATCH)
            .fetch_all(&mut *tx)
            .await?;
            let Some(last) = rows.last().map(|row| Version(row.1)) else {
                self.note(started);
                return Ok(());
            };
            let concerns = |word: &String| M::TOPICS.iter().any(|topic| topic.as_str() == word);
            let mine: Vec<ChangeSetId> =
                rows.iter().filter(|row| row.2.iter().any(concerns)).map(|row| ChangeSetId(row.0)).collect();
            let changes = if mine.is_empty() { None } else { Some(M::changes(&mut tx, &mine).await?) };
            tx.rollback().await?;
            self.advance(changes, last)?;
            if rows.len() < BATCH as usize {
                self.note(started);
                return Ok(());
            }
        }
    }

    fn advance(&self, changes: Option<M::Changes>, version: Version) -> Result<()> {
        let mut model = self.model.write().map_err(|_| Failure::internal("a read model broke"))?;
        if let Some(changes) = changes {
            model.take_over(changes);
        }
        model.reached(version);
        drop(model);
        self.version.send_replace(version);
        Ok(())
    }

    fn note(&self, when: Instant) {
        if let Ok(mut seen) = self.seen.lock() {
            *seen = when;
        }
    }
}

async fn snapshot(conn: &mut PgConnection) -> Result<()> {
    sqlx::query("set transaction isolation level repeatable read, read only").execute(conn).await?;
    Ok(())
}

async fn load<M: ReadModel>(conn: &mut PgConnection) -> Result<(M, Version)> {
    let mut tx = conn.begin().await?;
    snapshot(&mut tx).await?;
    let version = Version(sqlx::query_scalar("select version from register").fetch_one(&mut *tx).await?);
    let model = M::load(&mut tx, version).await?;
    tx.rollback().await?;
    Ok((model, version))
}

/// Reads a model anew, apart from the one that is followed: what tests hold it against.
///
/// # Errors
/// When the database does not answer.
pub async fn rebuild<M: ReadModel>(db: &Db) -> Result<(M, Version)> {
    let mut conn = db.tasks.acquire().await?;
    load(&mut conn).await
}

async fn listen(db: Db, wake: Arc<tokio::sync::Notify>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match listen_once(&db, &wake).await {
            Ok(()) => {}
            Err(error) => tracing::debug!(%error, "the listening connection is lost; polling goes on"),
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn listen_once(db: &Db, wake: &tokio::sync::Notify) -> Result<(), sqlx::Error> {
    let one = sqlx::postgres::PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(2))
        .connect_with(db.run.clone().application_name("cadastre listen"))
        .await?;
    let mut listener = sqlx::postgres::PgListener::connect_with(&one).await?;
    listener.listen("cadastre_changes").await?;
    loop {
        // `None` means that the connection was lost and made anew: something may have been missed.
        let _ = listener.try_recv().await?;
        wake.notify_one();
    }
}
