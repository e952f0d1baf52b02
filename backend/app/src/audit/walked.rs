//! How far this process has walked the chain, link by link, and whether it was whole: what the audit page says. A full
//! look at everything that hangs on it is `verify`.

use crate::app::App;
use crate::audit::verify::{Broken, Link, walk};
use crate::error::Result;
use chrono::{DateTime, Utc};
use std::sync::{Mutex, PoisonError};

/// How far the chain was walked.
#[derive(Debug, Clone)]
pub struct Walked {
    /// When it was walked last.
    pub at: DateTime<Utc>,
    /// The last link that holds.
    pub link: Link,
    /// What does not hold after it.
    pub broken: Option<Broken>,
}

/// What this process remembers of it.
#[derive(Debug, Default)]
pub struct Watch(Mutex<Option<Walked>>);

impl Watch {
    /// How far the chain was walked; none: not yet since the start.
    #[must_use]
    pub fn seen(&self) -> Option<Walked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Walks on from where it stopped, in one snapshot. What broke once stays broken until the next start.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn walk_on(app: &App) -> Result<()> {
    let before = app.chain().seen();
    if before.as_ref().is_some_and(|walked| walked.broken.is_some()) {
        return Ok(());
    }
    let mut tx = app.db().tasks.begin().await?;
    sqlx::query("set transaction isolation level repeatable read, read only").execute(&mut *tx).await?;
    let mut link = before.map_or_else(Link::first, |walked| walked.link);
    let broken = walk(&mut tx, &mut link).await?;
    tx.rollback().await?;
    if let Some(broken) = &broken {
        tracing::error!(%broken, "the record of changes is broken");
    }
    let walked = Walked { at: app.now(), link, broken };
    *app.chain().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(walked);
    Ok(())
}
