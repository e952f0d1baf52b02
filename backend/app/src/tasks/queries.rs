//! Tasks as people see them: those whose asset they may crawl, manage, have checked or see the profile of. A task that works on no asset is in the log of
//! the process, and nobody's to see here.

use crate::access::push_scope;
use crate::error::{Failure, Result};
use cadastre_access::Scope;
use cadastre_model::PublicId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgExecutor, Postgres, QueryBuilder};
use std::sync::Arc;
use uuid::Uuid;

/// Where the reader may do what makes a task visible.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    pub(crate) crawl: Arc<Scope>,
    pub(crate) manage: Arc<Scope>,
    pub(crate) rules: Arc<Scope>,
    pub(crate) profile: Arc<Scope>,
}

/// Which tasks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Which {
    /// In this state.
    pub(crate) state: Option<&'static str>,
    /// Of this kind.
    pub(crate) kind: Option<&'static str>,
    /// That work on this asset.
    pub(crate) asset: Option<PublicId>,
    /// This one.
    pub(crate) task: Option<PublicId>,
    /// Older than this one.
    pub(crate) before: Option<i64>,
}

/// A task with what it works on and who asked for it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct TaskRow {
    pub(crate) id: i64,
    pub(crate) public_id: Uuid,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) attempt: i32,
    pub(crate) max_attempts: i32,
    pub(crate) fence: i64,
    pub(crate) cancel_requested: bool,
    pub(crate) progress: Value,
    pub(crate) result: Option<Value>,
    pub(crate) error: Option<Value>,
    pub(crate) due: DateTime<Utc>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
    /// The database's clock when it was read.
    pub(crate) now: DateTime<Utc>,
    pub(crate) line_count: i64,
    pub(crate) asset_public_id: Uuid,
    pub(crate) asset_kind: String,
    pub(crate) asset_name: String,
    pub(crate) person_public_id: Option<Uuid>,
    pub(crate) person_name: Option<String>,
    /// Whether the reader manages the asset: then they see what the other side said.
    pub(crate) may_manage: bool,
}

/// Tasks that the reader may see, newest first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    sight: &Sight,
    which: &Which,
    limit: i64,
) -> Result<Vec<TaskRow>> {
    let mut query = QueryBuilder::new(
        "select t.id, t.public_id, t.kind, t.state, t.attempt, t.max_attempts, t.fence, t.cancel_requested, t.progress,
                t.result, t.error, t.due, t.created_at, t.started_at, t.finished_at, clock_timestamp() as now,
                (select count(*) from task_lines l where l.task_id = t.id) as line_count,
                a.public_id as asset_public_id, a.kind as asset_kind, a.name as asset_name,
                p.public_id as person_public_id, f.display_name as person_name, ",
    );
    push_scope(&mut query, "a", &sight.manage);
    query.push(
        " as may_manage
         from tasks t join assets a on a.id = t.asset_id
         left join people p on p.id = t.created_by
         left join person_facts f on f.person_id = p.id and f.valid_to is null
         where ",
    );
    push_visible(&mut query, sight);
    push_which(&mut query, which);
    query.push(" order by t.id desc limit ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(db).await?)
}

/// One task.
///
/// # Errors
/// `Absent` when there is none, or not for the reader.
pub(crate) async fn one(db: impl PgExecutor<'_>, sight: &Sight, task: PublicId) -> Result<TaskRow> {
    let which = Which { task: Some(task), ..Which::default() };
    list(db, sight, &which, 1).await?.pop().ok_or_else(Failure::absent)
}

/// How many there are in each state.
pub(crate) async fn counts(db: impl PgExecutor<'_>, sight: &Sight) -> Result<Vec<(String, i64)>> {
    let mut query =
        QueryBuilder::new("select t.state, count(*) from tasks t join assets a on a.id = t.asset_id where ");
    push_visible(&mut query, sight);
    query.push(" group by t.state");
    Ok(query.build_query_as().fetch_all(db).await?)
}

fn push_visible(query: &mut QueryBuilder<Postgres>, sight: &Sight) {
    query.push("(");
    push_scope(query, "a", &sight.crawl);
    query.push(" or ");
    push_scope(query, "a", &sight.manage);
    query.push(" or ");
    push_scope(query, "a", &sight.rules);
    query.push(" or ");
    push_scope(query, "a", &sight.profile);
    query.push(")");
}

fn push_which(query: &mut QueryBuilder<Postgres>, which: &Which) {
    if let Some(state) = which.state {
        query.push(" and t.state = ").push_bind(state);
    }
    if let Some(kind) = which.kind {
        query.push(" and t.kind = ").push_bind(kind);
    }
    if let Some(asset) = which.asset {
        query.push(" and a.public_id = ").push_bind(asset.0);
    }
    if let Some(task) = which.task {
        query.push(" and t.public_id = ").push_bind(task.0);
    }
    if let Some(before) = which.before {
        query.push(" and t.id < ").push_bind(before);
    }
}

/// A line of a log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct LineRow {
    pub(crate) number: i32,
    pub(crate) at: DateTime<Utc>,
    pub(crate) level: String,
    pub(crate) message: Value,
}

/// The lines of a task that the reader was found to see, from the first one after `after`.
pub(crate) async fn lines(
    db: impl PgExecutor<'_>,
    task: &TaskRow,
    after: i32,
    limit: i64,
) -> Result<Vec<LineRow>> {
    let lines = sqlx::query_as(
        "select number, at, level, message from task_lines where task_id = $1 and number > $2 order by number limit $3",
    )
    .bind(task.id)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(lines)
}
