//! When datasets were last written, and how often they are read: from the runs of the jobs that write them, and from the
//! counters that a source keeps. Both are measurements, and facts of the dataset as its rows and its size are: who sees it
//! sees them, also where the job that wrote it is hidden. Only the job itself is not named then.

use crate::app::App;
use crate::error::Result;
use cadastre_model::AssetId;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};

/// Whose data was not written for longer is stale.
pub(crate) const STALE_AFTER: TimeDelta = TimeDelta::days(30);

/// Reads are counted over so many days.
const USE_DAYS: i32 = 30;

/// What is known of a dataset. Unknown stays unknown: a view has no counters, and a table may be written by no known job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Activity {
    /// When its data was last written: the end of a run, or the crawl that found the source's counter moved.
    pub written: Option<DateTime<Utc>>,
    /// How often it was read, and over how many days that was counted.
    pub reads: Option<(i64, i64)>,
}

impl Activity {
    /// Whether its data was written, and not for long. Where that is not known it is not.
    pub(crate) fn is_stale(self, now: DateTime<Utc>) -> bool {
        self.written.is_some_and(|written| written < now - STALE_AFTER)
    }
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    written: Option<DateTime<Utc>>,
    reads: Option<i64>,
    days: Option<i64>,
}

/// The activity of datasets; those of which nothing is known are not in the answer.
///
/// Counters begin anew when the source's statistics are reset or the server fell: what is smaller than before is all new.
/// With one reading only, what was counted since the source began to count; where it does not say since when, what was
/// counted since that reading. That nothing was read is said after a day.
pub(crate) async fn of(conn: &mut PgConnection, datasets: &[AssetId]) -> Result<HashMap<AssetId, Activity>> {
    if datasets.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = sqlx::query_as(
        "with counted as (
             select c.dataset_id, c.at, c.since, c.reads, c.written_at, lag(c.reads) over w as before
             from dataset_counters c where c.dataset_id = any($1::bigint[])
             window w as (partition by c.dataset_id order by c.at)),
         used as (
             select dataset_id, max(written_at) as written,                     case when count(*) > 1 or min(since) is null
                         then sum(case when before is null or at <= now() - make_interval(days => $2) then 0
                                       when before <= reads then reads - before else reads end)
                         else sum(reads) end::bigint as reads,
                    case when count(*) > 1 or min(since) is null then greatest(min(at), now() - make_interval(days => $2)) else min(since) end as counted_from
             from counted group by dataset_id)
         select a.id, greatest(u.written, r.ended) as written,
                case when u.reads > 0 or s.last_crawl_at - u.counted_from >= interval '1 day' then u.reads end as reads,
                greatest(1, ceil(extract(epoch from s.last_crawl_at - u.counted_from) / 86400))::bigint as days
         from assets a
         left join sources s on s.asset_id = a.source_id
         left join used u on u.dataset_id = a.id
         left join lateral (
             select max(l.ended_at) as ended
             from (select distinct e.job_id from lineage_edges e
                   where e.to_id = a.id and e.valid_to is null and not e.struck and e.job_id is not null) j
             cross join lateral (select d.ended_at from job_runs d
                                 where d.job_id = j.job_id and d.state = 'done' and d.ended_at is not null
                                 order by d.ended_at desc limit 1) l) r on true
         where a.id = any($1::bigint[]) and (u.dataset_id is not null or r.ended is not null)",
    )
    .bind(datasets.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(USE_DAYS)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (AssetId(row.id), Activity { written: row.written, reads: row.reads.zip(row.days) }))
        .collect())
}

/// Those of the datasets whose data was not written for long.
pub(crate) async fn stale(
    conn: &mut PgConnection,
    datasets: &[AssetId],
    now: DateTime<Utc>,
) -> Result<HashSet<AssetId>> {
    let known = of(conn, datasets).await?;
    Ok(known.into_iter().filter(|(_, activity)| activity.is_stale(now)).map(|(id, _)| id).collect())
}

/// Every dataset whose data was last written before an instant.
pub(crate) async fn written_before(
    conn: &mut PgConnection,
    instant: DateTime<Utc>,
) -> Result<HashSet<AssetId>> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "with ran as (
             select e.to_id as id, max(l.ended_at) as at
             from assets a
             cross join lateral (select d.ended_at from job_runs d
                                 where d.job_id = a.id and d.state = 'done' and d.ended_at is not null
                                 order by d.ended_at desc limit 1) l
             join lineage_edges e on e.job_id = a.id and e.valid_to is null and not e.struck and e.to_id is not null
             where a.kind = 'job' group by e.to_id),
         written as (
             select id, at from ran union all
             select dataset_id, written_at from dataset_counters where written_at is not null)
         select id from written group by id having max(at) < $1",
    )
    .bind(instant)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(AssetId).collect())
}

/// How many of what is old go in one transaction.
const BATCH: i64 = 5_000;

/// Removes counters that no answer looks at any more: of each dataset all but the newest of those that are older than what
/// is counted. Gives how many went.
pub(crate) async fn sweep(app: &App) -> Result<u64> {
    let gone = sqlx::query(
        "delete from dataset_counters c using (
             select o.dataset_id, o.at from dataset_counters o
             where o.at < now() - make_interval(days => $1)
               and exists (select from dataset_counters n where n.dataset_id = o.dataset_id and n.at > o.at
                           and n.at < now() - make_interval(days => $1))
             limit $2) old
         where c.dataset_id = old.dataset_id and c.at = old.at",
    )
    .bind(USE_DAYS)
    .bind(BATCH)
    .execute(&app.db().tasks)
    .await?;
    Ok(gone.rows_affected())
}
