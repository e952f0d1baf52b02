//! Asking for work, in the transaction of whoever asks.

use crate::error::{Failure, Result};
use cadastre_model::{AssetId, PersonId, PublicId, TaskId};
use serde_json::Value;
use sqlx::PgConnection;

/// Work to be done.
#[derive(Debug, Clone)]
pub struct NewTask<'a> {
    /// The word of its kind, as in [`super::KINDS`].
    pub kind: &'static str,
    /// Two tasks of the same key never wait or run at once.
    pub dedupe_key: &'a str,
    /// What it works on; decides who may see it.
    pub asset: Option<AssetId>,
    /// What the handler has to know besides.
    pub payload: Value,
    /// Who asked; none: the register itself.
    pub by: Option<PersonId>,
    /// How often it is tried.
    pub max_attempts: i32,
}

/// A task that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The id inside.
    pub id: TaskId,
    /// The id outside.
    pub public_id: PublicId,
    /// Whether it is a new one; else the same work waits or runs already.
    pub is_new: bool,
}

/// Puts a task into the queue. It becomes visible with the caller's transaction. The same work that waits already, for
/// another try perhaps, is brought forward to now.
///
/// # Errors
/// When the database does not answer.
pub async fn enqueue(conn: &mut PgConnection, task: &NewTask<'_>) -> Result<Asked> {
    // Another transaction may end the task that is in the way between the two statements: then it is asked again.
    for _ in 0..5 {
        let made: Option<(i64, uuid::Uuid)> = sqlx::query_as(
            "insert into tasks (kind, dedupe_key, asset_id, payload, created_by, max_attempts)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (dedupe_key) where state in ('queued', 'running') do nothing
             returning id, public_id",
        )
        .bind(task.kind)
        .bind(task.dedupe_key)
        .bind(task.asset.map(|id| id.0))
        .bind(&task.payload)
        .bind(task.by.map(|id| id.0))
        .bind(task.max_attempts)
        .fetch_optional(&mut *conn)
        .await?;
        if let Some((id, public_id)) = made {
            return Ok(Asked { id: TaskId(id), public_id: PublicId(public_id), is_new: true });
        }
        let known: Option<(i64, uuid::Uuid)> = sqlx::query_as(
            "update tasks set due = case when state = 'queued' then least(due, clock_timestamp()) else due end
             where dedupe_key = $1 and state in ('queued', 'running')
             returning id, public_id",
        )
        .bind(task.dedupe_key)
        .fetch_optional(&mut *conn)
        .await?;
        if let Some((id, public_id)) = known {
            return Ok(Asked { id: TaskId(id), public_id: PublicId(public_id), is_new: false });
        }
    }
    Err(Failure::unavailable("a task begins and ends too quickly to be asked for"))
}
