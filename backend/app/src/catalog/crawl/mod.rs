//! What a crawl does to the catalogue: a listing of a source becomes assets, columns, keys, texts and names.
//!
//! The listing is read whole before anything is written. Each schema is then brought to the new state in one transaction,
//! so that whoever looks finds the old state of a schema or the new one, also when the process is killed in between; the
//! next crawl goes on from there. What is no longer listed is closed only when the listing was complete. What people wrote
//! is not touched.

mod columns;
mod constraints;
mod containers;
mod current;
mod datasets;
mod matching;
mod routines;
mod texts;

use crate::change::{Author, ChangeSet};
use crate::error::{Failure, Result};
use crate::sources::reader::Listing;
use crate::tasks::Fence;
use cadastre_model::{AssetId, AssetKind, AssetState};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use tokio_util::sync::CancellationToken;

/// Where a crawl writes, and in whose name.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// The source.
    pub source: AssetId,
    /// The namespace of its names.
    pub namespace: &'a str,
    /// Who is named in the change sets.
    pub author: &'a Author,
    /// The right of this attempt to write; none in tests and at the command line.
    pub fence: Option<Fence>,
}

/// What changed, in datasets unless said otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrawlOutcome {
    /// Seen for the first time, or again after they were gone.
    pub added: usize,
    /// Seen before, and different now.
    pub changed: usize,
    /// No longer there.
    pub removed: usize,
    /// There, and left out by the filters now.
    pub left_out: usize,
    /// The same as before.
    pub unchanged: usize,
    /// Schemas that are there.
    pub schemas: usize,
    /// Columns that are there.
    pub columns: usize,
}

impl CrawlOutcome {
    fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.removed += other.removed;
        self.left_out += other.left_out;
        self.unchanged += other.unchanged;
        self.columns += other.columns;
    }
}

/// Is told how many datasets of how many have been written.
pub type Written<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Brings the catalogue to what the listing says.
///
/// # Errors
/// `Conflict` when the task was taken over by another worker or was cancelled; what had been written by then stays and is
/// whole. `Unavailable` when the database does not answer.
pub async fn apply(
    db: &PgPool,
    target: &Target<'_>,
    listing: &Listing,
    written: Written<'_>,
    cancel: &CancellationToken,
) -> Result<CrawlOutcome> {
    let mut conn = db.acquire().await?;
    let matched = containers::apply(&mut conn, target, listing).await?;
    let total = listing.datasets.len() as u64;
    let mut outcome = CrawlOutcome { schemas: listing.schemas.len(), ..CrawlOutcome::default() };
    let mut done = 0;
    for schema in &matched.schemas {
        if cancel.is_cancelled() {
            return Err(Failure::new(crate::error::FailureKind::Conflict, "task-cancelled"));
        }
        outcome.add(datasets::apply(&mut conn, target, listing, &matched, schema).await?);
        done += schema.datasets.len() as u64;
        written(done, total);
    }
    if listing.complete {
        outcome.removed += containers::close_gone(&mut conn, target, listing, &matched).await?;
    }
    Ok(outcome)
}

/// Closes all that was found in a source, in the transaction of whoever takes the source out of the register. Gives how many
/// datasets have gone.
///
/// # Errors
/// When the database does not take it.
pub async fn close_source(conn: &mut PgConnection, change: &mut ChangeSet, source: AssetId) -> Result<usize> {
    let mut datasets = 0;
    // Below first: no one of a batch may lie in another.
    for kind in [AssetKind::Dataset, AssetKind::Schema, AssetKind::Database] {
        let ids: Vec<i64> =
            sqlx::query_scalar("select id from assets where source_id = $1 and kind = $2 order by id")
                .bind(source.0)
                .bind(kind.as_str())
                .fetch_all(&mut *conn)
                .await?;
        let ids: Vec<AssetId> = ids.into_iter().map(AssetId).collect();
        let closed = current::close(conn, change, &ids, AssetState::Tombstoned).await?;
        if kind == AssetKind::Dataset {
            datasets = closed;
        }
    }
    crate::catalog::search::reindex(conn, &change.touched()).await?;
    Ok(datasets)
}

async fn hold(target: &Target<'_>, conn: &mut PgConnection) -> Result<()> {
    match &target.fence {
        Some(fence) => fence.hold(conn).await,
        None => Ok(()),
    }
}
