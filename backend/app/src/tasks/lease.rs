//! What a worker writes to the queue. Each statement after the claim names the fence: who has lost the task matches no
//! row, and learns so.

use super::fence::Fence;
use super::progress::{Line, Progress};
use super::run::Reason;
use crate::error::{Failure, Result};
use cadastre_model::{AssetId, PersonId, TaskId};
use serde_json::Value;
use sqlx::PgPool;
use std::time::Duration;

/// A task that this worker holds.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Claim {
    id: i64,
    fence: i64,
    pub(super) kind: String,
    asset_id: Option<i64>,
    pub(super) payload: Value,
    pub(super) attempt: i32,
    created_by: Option<i64>,
}

impl Claim {
    pub(super) fn fence(&self) -> Fence {
        Fence { task: TaskId(self.id), number: self.fence }
    }

    pub(super) fn asset(&self) -> Option<AssetId> {
        self.asset_id.map(AssetId)
    }

    pub(super) fn created_by(&self) -> Option<PersonId> {
        self.created_by.map(PersonId)
    }
}

/// Takes the next task that is due and free, or whose worker has not been heard of for the length of a lease. The attempt
/// counts from here on, so that a task that kills its process does not live for ever.
pub(super) async fn claim(
    db: &PgPool,
    owner: &str,
    lease: Duration,
    kinds: &[&str],
) -> Result<Option<Claim>> {
    let claim = sqlx::query_as(
        "update tasks t set state = 'running', lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => $2),
                fence = t.fence + 1, attempt = t.attempt + 1, started_at = clock_timestamp()
         from (select id from tasks
               where kind = any($3) and not cancel_requested and attempt < max_attempts
                 and (state = 'queued' and due <= clock_timestamp()
                      or state = 'running' and lease_until < clock_timestamp())
               order by due, id limit 1 for update skip locked) as free
         where t.id = free.id
         returning t.id, t.fence, t.kind, t.asset_id, t.payload, t.attempt, t.created_by",
    )
    .bind(owner)
    .bind(lease.as_secs_f64())
    .bind(kinds)
    .fetch_optional(db)
    .await?;
    Ok(claim)
}

/// Ends what nobody will run any more: tasks that were told to stop before a worker had them or after it died, and tasks
/// whose last attempt died.
pub(super) async fn bury(db: &PgPool) -> Result<u64> {
    let buried = sqlx::query(
        "update tasks t set state = case when cancel_requested then 'cancelled' else 'failed' end,
                error = case when cancel_requested then null else $1::jsonb end,
                finished_at = clock_timestamp(), lease_owner = null, lease_until = null, fence = fence + 1
         from (select id from tasks
               where state = 'queued' and cancel_requested
                  or state = 'running' and lease_until < clock_timestamp() and (cancel_requested or attempt >= max_attempts)
               for update skip locked) as over
         where t.id = over.id",
    )
    .bind(Reason::of("task-worker-lost").json())
    .execute(db)
    .await?;
    Ok(buried.rows_affected())
}

/// What a heartbeat learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pulse {
    /// The task is still this worker's.
    Ours,
    /// The same, and somebody wants it stopped.
    ToStop,
    /// It is another one's, or over.
    Lost,
}

/// Says that the worker lives.
pub(super) async fn renew(db: &PgPool, fence: Fence, lease: Duration) -> Result<Pulse> {
    let told: Option<(bool,)> = sqlx::query_as(
        "update tasks set lease_until = clock_timestamp() + make_interval(secs => $3)
         where id = $1 and fence = $2 and state = 'running' returning cancel_requested",
    )
    .bind(fence.task.0)
    .bind(fence.number)
    .bind(lease.as_secs_f64())
    .fetch_optional(db)
    .await?;
    Ok(match told {
        None => Pulse::Lost,
        Some((true,)) => Pulse::ToStop,
        Some((false,)) => Pulse::Ours,
    })
}

/// Notes how far it is.
pub(super) async fn note(db: &PgPool, fence: Fence, progress: &Progress) -> Result<()> {
    let progress = serde_json::to_value(progress).map_err(Failure::internal)?;
    sqlx::query("update tasks set progress = $3 where id = $1 and fence = $2 and state = 'running'")
        .bind(fence.task.0)
        .bind(fence.number)
        .bind(progress)
        .execute(db)
        .await?;
    Ok(())
}

/// Adds lines to its log.
pub(super) async fn tell(db: &PgPool, fence: Fence, lines: &[Line]) -> Result<()> {
    let levels: Vec<&str> = lines.iter().map(|line| line.level.as_str()).collect();
    let messages = lines.iter().map(|line| serde_json::to_value(&line.message));
    let messages: Vec<Value> = messages.collect::<Result<_, _>>().map_err(Failure::internal)?;
    // The row of the task is locked, so that two attempts never draw the same number.
    sqlx::query(
        "with mine as (select id from tasks where id = $1 and fence = $2 and state = 'running' for update)
         insert into task_lines (task_id, number, level, message)
         select mine.id, coalesce((select max(number) from task_lines where task_id = $1), 0) + t.place, t.level, t.message
         from mine, unnest($3::text[], $4::jsonb[]) with ordinality as t (level, message, place)",
    )
    .bind(fence.task.0)
    .bind(fence.number)
    .bind(&levels)
    .bind(&messages)
    .execute(db)
    .await?;
    Ok(())
}

/// How an attempt ends.
#[derive(Debug)]
pub(super) enum End {
    /// With a result.
    Done(Value),
    /// For good, with a reason.
    Failed(Reason),
    /// With a reason that may pass: tried again later, or failed where this was the last attempt.
    Retry(Reason),
    /// Because others hold what it needs: as if it had not been claimed, and not again at once.
    Later(Reason),
    /// Because somebody wanted it.
    Cancelled,
    /// Because the process ends: as if it had not been claimed.
    GivenBack,
}

/// Writes the end of an attempt. False when the task is no longer this worker's: then nothing was written.
pub(super) async fn end(db: &PgPool, fence: Fence, end: &End, lease: Duration) -> Result<bool> {
    let query = match end {
        End::Done(result) => sqlx::query(
            "update tasks set state = 'done', result = $3, error = null, finished_at = clock_timestamp(),
                    lease_owner = null, lease_until = null
             where id = $1 and fence = $2 and state = 'running'",
        )
        .bind(fence.task.0)
        .bind(fence.number)
        .bind(result),
        End::Failed(reason) => sqlx::query(
            "update tasks set state = 'failed', error = $3, finished_at = clock_timestamp(), lease_owner = null, lease_until = null
             where id = $1 and fence = $2 and state = 'running'",
        )
        .bind(fence.task.0)
        .bind(fence.number)
        .bind(reason.json()),
        // Twice as long each time, at most twenty leases; half to once and a half of it, so that many do not come together.
        End::Retry(reason) => sqlx::query(
            "update tasks set error = $3, lease_owner = null, lease_until = null,
                    state = case when cancel_requested then 'cancelled' when attempt < max_attempts then 'queued' else 'failed' end,
                    due = clock_timestamp() + make_interval(secs => least($4 / 6 * power(2, attempt - 1), $4 * 20) * (0.5 + random())),
                    finished_at = case when cancel_requested or attempt >= max_attempts then clock_timestamp() end
             where id = $1 and fence = $2 and state = 'running'",
        )
        .bind(fence.task.0)
        .bind(fence.number)
        .bind(reason.json())
        .bind(lease.as_secs_f64()),
        // A sixth of a lease, half to once and a half of it.
        End::Later(reason) => sqlx::query(
            "update tasks set error = $3, attempt = attempt - 1, lease_owner = null, lease_until = null,
                    state = case when cancel_requested then 'cancelled' else 'queued' end,
                    due = clock_timestamp() + make_interval(secs => $4 / 6 * (0.5 + random())),
                    finished_at = case when cancel_requested then clock_timestamp() end
             where id = $1 and fence = $2 and state = 'running'",
        )
        .bind(fence.task.0)
        .bind(fence.number)
        .bind(reason.json())
        .bind(lease.as_secs_f64()),
        End::Cancelled => sqlx::query(
            "update tasks set state = 'cancelled', finished_at = clock_timestamp(), lease_owner = null, lease_until = null
             where id = $1 and fence = $2 and state = 'running'",
        )
        .bind(fence.task.0)
        .bind(fence.number),
        End::GivenBack => sqlx::query(
            "update tasks set state = 'queued', attempt = attempt - 1, fence = fence + 1, lease_owner = null, lease_until = null
             where id = $1 and fence = $2 and state = 'running'",
        )
        .bind(fence.task.0)
        .bind(fence.number),
    };
    Ok(query.execute(db).await?.rows_affected() == 1)
}
