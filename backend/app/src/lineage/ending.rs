//! Jobs that were handed in and are no more: ended by themselves, or because a folder no longer has them.

use super::jobs;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset;
use crate::change::{Author, ChangeSet, Topic};
use crate::error::{Failure, FailureKind, Result};
use cadastre_model::{Action, AssetId, AssetKind, JobKind, Maker, PublicId, Version};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// Ends a job with its edges; its versions stay. What a crawl, events or dbt brought in ends when they say so.
///
/// # Errors
/// `Absent` and `Forbidden` by the job; `Conflict` where it was not handed in.
pub(crate) async fn end(app: &App, caller: &Caller, id: PublicId) -> Result<Version> {
    let mut tx = app.db().web.begin().await?;
    let (job, _) = asset::find(&mut *tx, caller, id, Action::ManageLineage).await?;
    if job.kind != AssetKind::Job {
        return Err(Failure::absent());
    }
    if !was_handed_in(&mut tx, job.id).await? {
        return Err(Failure::new(FailureKind::Conflict, "job-end-not-handed"));
    }
    let mut change = ChangeSet::begin_set(&mut tx, "job.end", &caller.author).await?;
    jobs::end(&mut tx, &mut change, &[job.id]).await?;
    change.about(Topic::Lineage);
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    app.lineage().wait_for(version).await;
    Ok(version)
}

async fn was_handed_in(conn: &mut PgConnection, job: AssetId) -> Result<bool> {
    let maker: Option<String> = sqlx::query_scalar(
        "select f.maker from job_facts f join assets a on a.id = f.job_id
         where f.job_id = $1 and f.valid_to is null and a.state = 'live'",
    )
    .bind(job.0)
    .fetch_optional(conn)
    .await?;
    Ok(maker.is_some_and(|maker| [Maker::Sql, Maker::Config].iter().any(|handed| handed.as_str() == maker)))
}

/// Ends the jobs of a kind that were handed in for a namespace and are not among these names; gives the names of those that
/// ended. With `save` off only says which that would be. For the operator, whom no right limits.
///
/// # Errors
/// When the database does not answer.
pub async fn prune(
    app: &App,
    author: &Author,
    namespace: &str,
    kind: JobKind,
    kept: &BTreeSet<String>,
    save: bool,
) -> Result<Vec<String>> {
    let mut tx = app.db().web.begin().await?;
    let Some(home) = jobs::home(&mut tx, namespace.trim()).await?.asset() else { return Ok(Vec::new()) };
    let handed: Vec<(i64, String)> = sqlx::query_as(
        "select a.id, a.name from assets a join job_facts f on f.job_id = a.id and f.valid_to is null
         where a.kind = 'job' and a.state = 'live' and a.parent_id = $1 and f.kind = $2 and f.maker in ('sql', 'config')
         order by a.name",
    )
    .bind(home.0)
    .bind(kind.as_str())
    .fetch_all(&mut *tx)
    .await?;
    let (ids, names): (Vec<AssetId>, Vec<String>) = handed
        .into_iter()
        .filter(|(_, name)| !kept.contains(name))
        .map(|(id, name)| (AssetId(id), name))
        .unzip();
    if save && !ids.is_empty() {
        let mut change = ChangeSet::begin_set(&mut tx, "job.end", author).await?;
        jobs::end(&mut tx, &mut change, &ids).await?;
        change.about(Topic::Lineage);
        change.note("namespace", namespace.trim());
        change.note("jobs", ids.len());
        change.record_set(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(names)
}
