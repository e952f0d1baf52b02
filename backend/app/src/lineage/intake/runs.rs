//! Runs of jobs, as they are stored: measurements, outside change sets.

use crate::error::{Failure, Result};
use cadastre_intake::openlineage::fold::RunRecord;
use cadastre_intake::{self as intake, DeclaredRun, RunIo};
use cadastre_model::{AssetId, Maker, RunState};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// A run to be written.
#[derive(Debug)]
pub(super) struct ToldRun {
    /// Its job.
    pub(super) job: AssetId,
    /// When it was first heard of.
    pub(super) first_seen: DateTime<Utc>,
    /// What is known of it.
    pub(super) run: DeclaredRun,
    /// What its events come to; none where there are none.
    pub(super) record: Option<Value>,
}

/// What the events of these runs came to so far. Whoever holds the told state of a job holds its runs.
pub(super) async fn records(
    conn: &mut PgConnection,
    runs: &[(AssetId, Uuid)],
) -> Result<HashMap<(AssetId, Uuid), RunRecord>> {
    if runs.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, Uuid, Value)> = sqlx::query_as(
        "select r.job_id, r.run, r.record from unnest($1::bigint[], $2::uuid[]) as t (job, run)
         join job_runs r on r.job_id = t.job and r.run = t.run where r.record is not null",
    )
    .bind(runs.iter().map(|run| run.0.0).collect::<Vec<_>>())
    .bind(runs.iter().map(|run| run.1).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(job, run, record)| {
            Ok(((AssetId(job), run), serde_json::from_value(record).map_err(Failure::internal)?))
        })
        .collect()
}

/// Writes runs; what was known of them is replaced.
pub(super) async fn write(conn: &mut PgConnection, maker: Maker, runs: &[ToldRun]) -> Result<()> {
    if runs.is_empty() {
        return Ok(());
    }
    let told: Vec<&DeclaredRun> = runs.iter().map(|run| &run.run).collect();
    let each = |of: &dyn Fn(&DeclaredRun) -> Value| told.iter().map(|run| of(run)).collect::<Vec<_>>();
    let sums = |side: fn(&DeclaredRun) -> &[RunIo], count: fn(&RunIo) -> Option<u64>| {
        told.iter().map(|run| sum(side(run), count)).collect::<Vec<_>>()
    };
    let parents = || told.iter().map(|run| run.parent.as_ref());
    sqlx::query(
        "insert into job_runs (job_id, run, maker, version, state, at, started_at, ended_at, nominal_start, nominal_end,
                               parent_run, parent_namespace, parent_name, rows_read, bytes_read, rows_written, bytes_written,
                               error, engine, inputs, outputs, facets, record)
         select t.job, t.run, $1, (select f.number from job_facts f where f.job_id = t.job and f.valid_to is null), t.state,
                t.at, t.started, t.ended, t.nominal_start, t.nominal_end, t.parent, t.parent_namespace, t.parent_name,
                t.rows_read, t.bytes_read, t.rows_written, t.bytes_written, t.error, t.engine, t.inputs, t.outputs, t.facets,
                t.record
         from unnest($2::bigint[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
                     $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::text[], $12::text[], $13::bigint[],
                     $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::text[], $19::jsonb[], $20::jsonb[],
                     $21::jsonb[], $22::jsonb[])
              as t (job, run, state, at, started, ended, nominal_start, nominal_end, parent, parent_namespace, parent_name,
                    rows_read, bytes_read, rows_written, bytes_written, error, engine, inputs, outputs, facets, record)
         on conflict (job_id, run) do update set maker = excluded.maker, state = excluded.state, at = excluded.at,
            started_at = excluded.started_at, ended_at = excluded.ended_at, nominal_start = excluded.nominal_start,
            nominal_end = excluded.nominal_end, parent_run = excluded.parent_run,
            parent_namespace = excluded.parent_namespace, parent_name = excluded.parent_name,
            rows_read = excluded.rows_read, bytes_read = excluded.bytes_read, rows_written = excluded.rows_written,
            bytes_written = excluded.bytes_written, error = excluded.error, engine = excluded.engine,
            inputs = excluded.inputs, outputs = excluded.outputs, facets = excluded.facets, record = excluded.record",
    )
    .bind(maker.as_str())
    .bind(runs.iter().map(|run| run.job.0).collect::<Vec<_>>())
    .bind(told.iter().map(|run| run.at.id).collect::<Vec<_>>())
    .bind(told.iter().map(|run| state_of(run.state).as_str()).collect::<Vec<_>>())
    .bind(runs.iter().map(|run| run.run.started.unwrap_or(run.first_seen)).collect::<Vec<_>>())
    .bind(told.iter().map(|run| run.started).collect::<Vec<_>>())
    .bind(told.iter().map(|run| run.ended).collect::<Vec<_>>())
    .bind(told.iter().map(|run| run.nominal_start).collect::<Vec<_>>())
    .bind(told.iter().map(|run| run.nominal_end).collect::<Vec<_>>())
    .bind(parents().map(|parent| parent.map(|run| run.id)).collect::<Vec<_>>())
    .bind(parents().map(|parent| parent.map(|run| run.job.namespace.as_str())).collect::<Vec<_>>())
    .bind(parents().map(|parent| parent.map(|run| run.job.name.as_str())).collect::<Vec<_>>())
    .bind(sums(|run| &run.inputs, |io| io.rows))
    .bind(sums(|run| &run.inputs, |io| io.bytes))
    .bind(sums(|run| &run.outputs, |io| io.rows))
    .bind(sums(|run| &run.outputs, |io| io.bytes))
    .bind(told.iter().map(|run| run.error.as_deref()).collect::<Vec<_>>())
    .bind(told.iter().map(|run| run.engine.as_deref()).collect::<Vec<_>>())
    .bind(each(&|run| json!(run.inputs)))
    .bind(each(&|run| json!(run.outputs)))
    .bind(each(&|run| json!(run.facets)))
    .bind(runs.iter().map(|run| run.record.clone()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// The sum of what was counted; none where nothing was.
fn sum(side: &[RunIo], count: fn(&RunIo) -> Option<u64>) -> Option<i64> {
    let counted: Vec<u64> = side.iter().filter_map(count).collect();
    let total = counted.iter().fold(0_u64, |sum, one| sum.saturating_add(*one));
    (!counted.is_empty()).then(|| i64::try_from(total).unwrap_or(i64::MAX))
}

/// How a run stands, in the register's words.
const fn state_of(state: intake::RunState) -> RunState {
    match state {
        intake::RunState::Other => RunState::Waiting,
        intake::RunState::Start | intake::RunState::Running => RunState::Running,
        intake::RunState::Complete => RunState::Done,
        intake::RunState::Fail => RunState::Failed,
        intake::RunState::Abort => RunState::Aborted,
    }
}
