//! Runs of a job, as they are read.

use super::ground;
use super::job::Job;
use super::places::name_of;
use crate::app::App;
use crate::catalog::rows::word;
use crate::catalog::visible;
use crate::error::{Failure, Result};
use crate::http::{Page, Paging};
use cadastre_access::Scope;
use cadastre_intake::RunIo;
use cadastre_model::{AssetId, PublicId, RunState};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A run.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Run {
    id: i64,
    /// The id outside.
    pub(crate) public_id: Uuid,
    /// The id that the client gave it; runs of other jobs may have the same.
    pub(crate) run: Uuid,
    state: String,
    /// When it began; else when it was first heard of.
    pub(crate) at: DateTime<Utc>,
    /// When it began.
    pub(crate) started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// The beginning of the time that it works for.
    pub(crate) nominal_start: Option<DateTime<Utc>>,
    /// The end of the time that it works for.
    pub(crate) nominal_end: Option<DateTime<Utc>>,
    /// How many rows it read.
    pub(crate) rows_read: Option<i64>,
    /// How many bytes it read.
    pub(crate) bytes_read: Option<i64>,
    /// How many rows it wrote.
    pub(crate) rows_written: Option<i64>,
    /// How many bytes it wrote.
    pub(crate) bytes_written: Option<i64>,
    /// What its system said went wrong.
    pub(crate) error: Option<String>,
    /// The version of the job when it was first heard of.
    pub(crate) version: Option<i32>,
    /// What ran it.
    pub(crate) engine: Option<String>,
}

/// What a run read and wrote, in figures, and what went wrong: of datasets that the reader may not see.
macro_rules! run_columns {
    () => {
        "r.id, r.public_id, r.run, r.state, r.at, r.started_at, r.ended_at, r.nominal_start, r.nominal_end, r.rows_read, \
         r.bytes_read, r.rows_written, r.bytes_written, r.error, r.version, r.engine"
    };
}

impl Run {
    /// Without what is of datasets that the reader may not see.
    #[must_use]
    pub(crate) fn without_figures(self) -> Self {
        Self {
            rows_read: None,
            bytes_read: None,
            rows_written: None,
            bytes_written: None,
            error: None,
            ..self
        }
    }

    /// How it stands, as the word.
    pub(crate) fn state_word(&self) -> &str {
        &self.state
    }

    /// How it stands.
    pub(crate) fn state(&self) -> Result<RunState> {
        word(&self.state)
    }

    /// How long it took, in milliseconds.
    pub(crate) fn took_ms(&self) -> Option<i64> {
        Some((self.ended_at? - self.started_at?).num_milliseconds().max(0))
    }
}

/// Where a page ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place(DateTime<Utc>, i64);

const RUNS: &str = concat!("select ", run_columns!(), " from job_runs r where r.job_id = ");
const RUN: &str =
    concat!("select ", run_columns!(), " from job_runs r where r.job_id = $1 and r.public_id = $2");

/// A page of the runs of a job, newest first. Figures and errors are for who sees all that the job names.
///
/// # Errors
/// `Invalid` for a cursor or a size that is none.
pub(crate) async fn page(
    app: &App,
    job: &Job,
    state: Option<RunState>,
    paging: &Paging,
) -> Result<Page<Run>> {
    let (size, after) = (paging.size()?, paging.after::<Place>(app, "runs")?);
    let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new(RUNS);
    query.push_bind(job.asset.id.0);
    if let Some(state) = state {
        query.push(" and r.state = ").push_bind(state.as_str());
    }
    if let Some(Place(at, id)) = after {
        query.push(" and (r.at, r.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(" order by r.at desc, r.id desc limit ").push_bind(size + 1);
    let rows: Vec<Run> = query.build_query_as().fetch_all(&app.db().web).await?;
    let page = Page::of(rows, size, app, "runs", |row| Place(row.at, row.id))?;
    Ok(page.map(|run| if job.may_read { run } else { run.without_figures() }))
}

/// One run with what else was told of it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// The run.
    pub(crate) run: Run,
    /// The name of the run that it is a part of.
    pub(crate) parent: Option<String>,
    /// More, as its system told it.
    pub(crate) facets: Vec<(String, Value)>,
    /// What it read: the datasets that are seen, with the rows where counted.
    pub(crate) inputs: Vec<(AssetId, Option<i64>)>,
    /// What it wrote.
    pub(crate) outputs: Vec<(AssetId, Option<i64>)>,
}

#[derive(Debug, sqlx::FromRow)]
struct MoreRow {
    parent_name: Option<String>,
    inputs: Json<Vec<RunIo>>,
    outputs: Json<Vec<RunIo>>,
    facets: Json<serde_json::Map<String, Value>>,
}

/// One run of a job.
///
/// # Errors
/// `Absent` when the job has no such run.
pub(crate) async fn one(app: &App, see: &Scope, job: &Job, id: PublicId) -> Result<Told> {
    let mut conn = app.db().web.acquire().await?;
    let run: Option<Run> =
        sqlx::query_as(RUN).bind(job.asset.id.0).bind(id.0).fetch_optional(&mut *conn).await?;
    let run = run.ok_or_else(Failure::absent)?;
    let more: MoreRow =
        sqlx::query_as("select parent_name, inputs, outputs, facets from job_runs where id = $1")
            .bind(run.id)
            .fetch_one(&mut *conn)
            .await?;
    Ok(Told {
        inputs: seen(&mut conn, see, &more.inputs.0).await?,
        outputs: seen(&mut conn, see, &more.outputs.0).await?,
        parent: more.parent_name,
        facets: more.facets.0.into_iter().collect(),
        run: if job.may_read { run } else { run.without_figures() },
    })
}

/// The datasets behind the names that are seen.
async fn seen(conn: &mut PgConnection, see: &Scope, all: &[RunIo]) -> Result<Vec<(AssetId, Option<i64>)>> {
    let names: Vec<_> = all.iter().map(|io| name_of(&io.at)).collect();
    let found = ground::find(conn, &names).await?;
    let seen = visible::of(conn, see, found.values().copied().collect::<BTreeSet<_>>()).await?;
    let pairs = all.iter().zip(names);
    let end = |(io, name): (&RunIo, _)| {
        let id = *found.get(&name)?;
        seen.contains(&id).then(|| (id, io.rows.and_then(|rows| i64::try_from(rows).ok())))
    };
    Ok(pairs.filter_map(end).collect())
}

/// How the last run of each job ended or stands, and when; and how many runs there are.
pub(crate) async fn last(
    conn: &mut PgConnection,
    jobs: &[AssetId],
) -> Result<HashMap<AssetId, (RunState, DateTime<Utc>)>> {
    let rows: Vec<(i64, String, DateTime<Utc>)> = sqlx::query_as(
        "select distinct on (job_id) job_id, state, coalesce(ended_at, at) from job_runs where job_id = any($1)
         order by job_id, at desc, id desc",
    )
    .bind(jobs.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|(job, state, at)| Ok((AssetId(job), (word(&state)?, at)))).collect()
}

/// How many runs of a job are known.
pub(crate) async fn count(conn: &mut PgConnection, job: AssetId) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from job_runs where job_id = $1")
        .bind(job.0)
        .fetch_one(conn)
        .await?)
}
