//! The fence of a task: who has lost the lease writes nothing any more.

use crate::error::{Failure, FailureKind, Result};
use cadastre_model::TaskId;
use sqlx::PgConnection;

/// The right of one attempt at a task to write. A later attempt has a higher number, and this one's is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    /// The task.
    pub task: TaskId,
    /// The number of the attempt that was claimed.
    pub number: i64,
}

impl Fence {
    /// Holds the fence until the transaction ends: whoever wants to take the task over waits for it. Called last before a
    /// transaction is recorded, so that the worker's own heartbeat is not kept waiting.
    ///
    /// # Errors
    /// `Conflict` when the task has been taken over, has ended, or was given back.
    pub async fn hold(&self, conn: &mut PgConnection) -> Result<()> {
        let mine: Option<(i64,)> = sqlx::query_as(
            "select id from tasks where id = $1 and fence = $2 and state = 'running' for share",
        )
        .bind(self.task.0)
        .bind(self.number)
        .fetch_optional(conn)
        .await?;
        mine.map(|_| ()).ok_or_else(|| Failure::new(FailureKind::Conflict, "task-lease-lost"))
    }
}
