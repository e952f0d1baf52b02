//! Writing jobs: a job is an asset with versions, and what was read out of the newest one is noted. Its edges are written by
//! [`super::edges`].

use super::declared::Ways;
use super::places::Place;
use super::said::SaidStatement;
use crate::catalog::rows::word;
use crate::change::ChangeSet;
use crate::error::Result;
use cadastre_model::{AssetId, AssetName, JobKind, Maker};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;

/// What defines a job.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JobFacts {
    /// What it is.
    pub(crate) kind: JobKind,
    /// By which way it came.
    pub(crate) maker: Maker,
    /// The dialect of its SQL, in the words of `sql-lineage`.
    pub(crate) dialect: Option<String>,
    /// Its text.
    pub(crate) definition: Option<String>,
    /// Where its names are looked for.
    pub(crate) place: Place,
    /// Where the rows of a bare query go.
    pub(crate) fills: Option<AssetName>,
    /// What it does, in its system's words.
    pub(crate) description: Option<String>,
    /// When it runs, as its system writes it.
    pub(crate) schedule: Option<String>,
    /// A file, an address.
    pub(crate) origin: Option<String>,
    /// What was declared of its inputs and outputs.
    pub(crate) declared: Option<Ways>,
}

/// A job's version in force.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JobVersion {
    /// The job.
    pub(crate) job: AssetId,
    /// The row.
    pub(crate) row: i64,
    /// The number, from 1.
    pub(crate) number: i32,
    /// What defines it.
    pub(crate) facts: JobFacts,
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct VersionRow {
    id: i64,
    job_id: i64,
    number: i32,
    kind: String,
    maker: String,
    dialect: Option<String>,
    definition: Option<String>,
    namespace: String,
    default_path: Vec<String>,
    fills: Option<Json<AssetName>>,
    description: Option<String>,
    schedule: Option<String>,
    origin: Option<String>,
    declared: Option<Json<Ways>>,
}

/// The columns of `job_facts` that make a [`JobVersion`], in any query over the alias `f`.
macro_rules! version_columns {
    () => {
        "f.id, f.job_id, f.number, f.kind, f.maker, f.dialect, f.definition, f.namespace, f.default_path, f.fills, \
         f.description, f.schedule, f.origin, f.declared"
    };
}

pub(super) use version_columns;

impl VersionRow {
    pub(super) fn version(self) -> Result<JobVersion> {
        Ok(JobVersion {
            job: AssetId(self.job_id),
            row: self.id,
            number: self.number,
            facts: JobFacts {
                kind: word(&self.kind)?,
                maker: word(&self.maker)?,
                dialect: self.dialect,
                definition: self.definition,
                place: Place { namespace: self.namespace, path: self.default_path },
                fills: self.fills.map(|Json(name)| name),
                description: self.description,
                schedule: self.schedule,
                origin: self.origin,
                declared: self.declared.map(|Json(ways)| ways),
            },
        })
    }
}

const IN_FORCE: &str = concat!(
    "select ",
    version_columns!(),
    " from job_facts f where f.job_id = any($1) and f.valid_to is null order by f.job_id"
);

/// The versions in force of jobs.
pub(super) async fn versions(conn: &mut PgConnection, jobs: &[AssetId]) -> Result<Vec<JobVersion>> {
    let ids: Vec<i64> = jobs.iter().map(|id| id.0).collect();
    let rows: Vec<VersionRow> = sqlx::query_as(IN_FORCE).bind(ids).fetch_all(conn).await?;
    rows.into_iter().map(VersionRow::version).collect()
}

/// Gives jobs these facts. A version that says the same stays; else it is closed and the next one opened. Gives the jobs
/// that have a new version.
pub(super) async fn define(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    jobs: &[(AssetId, JobFacts)],
) -> Result<Vec<AssetId>> {
    let ids: Vec<AssetId> = jobs.iter().map(|(id, _)| *id).collect();
    let known: HashMap<AssetId, JobVersion> =
        versions(conn, &ids).await?.into_iter().map(|version| (version.job, version)).collect();
    let differs: Vec<&(AssetId, JobFacts)> = jobs
        .iter()
        .filter(|(id, facts)| known.get(id).is_none_or(|version| version.facts != *facts))
        .collect();
    let ids: Vec<i64> = differs.iter().map(|(id, _)| id.0).collect();
    undefine_rows(conn, change, &ids).await?;
    for (job, facts) in &differs {
        insert(conn, change, *job, facts).await?;
    }
    let changed: Vec<AssetId> = differs.iter().map(|(id, _)| *id).collect();
    change.touch_all(changed.iter().copied());
    Ok(changed)
}

async fn insert(conn: &mut PgConnection, change: &ChangeSet, job: AssetId, facts: &JobFacts) -> Result<()> {
    sqlx::query(
        "insert into job_facts (job_id, number, kind, maker, dialect, definition, namespace, default_path, fills,
                                description, schedule, origin, declared, valid_from, change_set)
         select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                greatest($13, max(valid_to)), $14
         from job_facts where job_id = $1",
    )
    .bind(job.0)
    .bind(facts.kind.as_str())
    .bind(facts.maker.as_str())
    .bind(&facts.dialect)
    .bind(&facts.definition)
    .bind(&facts.place.namespace)
    .bind(&facts.place.path)
    .bind(facts.fills.as_ref().map(Json))
    .bind(&facts.description)
    .bind(&facts.schedule)
    .bind(&facts.origin)
    .bind(facts.declared.as_ref().map(Json))
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes the versions in force of jobs that are no more.
pub(super) async fn undefine(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    jobs: &[AssetId],
) -> Result<()> {
    let ids: Vec<i64> = jobs.iter().map(|id| id.0).collect();
    undefine_rows(conn, change, &ids).await?;
    change.touch_all(jobs.iter().copied());
    Ok(())
}

async fn undefine_rows(conn: &mut PgConnection, change: &ChangeSet, jobs: &[i64]) -> Result<()> {
    sqlx::query(
        "update job_facts set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where job_id = any($1) and valid_to is null",
    )
    .bind(jobs)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// What was read, and of what: notes of the register for itself.
pub(super) struct Reading<'a> {
    pub(super) job: AssetId,
    pub(super) version: i64,
    pub(super) inputs: Vec<u8>,
    pub(super) names: Vec<String>,
    pub(super) statements: &'a [SaidStatement],
}

/// Notes readings and the statements that they found.
pub(super) async fn note(conn: &mut PgConnection, readings: &[Reading<'_>]) -> Result<()> {
    let jobs: Vec<i64> = readings.iter().map(|one| one.job.0).collect();
    let names: Vec<serde_json::Value> = readings.iter().map(|one| serde_json::json!(one.names)).collect();
    sqlx::query(
        "insert into job_readings (job_id, version, inputs, names, read_at)
         select job, version, inputs, names, clock_timestamp()
         from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::jsonb[]) as t (job, version, inputs, names)
         on conflict (job_id) do update
            set version = excluded.version, inputs = excluded.inputs, names = excluded.names, read_at = excluded.read_at",
    )
    .bind(&jobs)
    .bind(readings.iter().map(|one| one.version).collect::<Vec<_>>())
    .bind(readings.iter().map(|one| one.inputs.clone()).collect::<Vec<_>>())
    .bind(names)
    .execute(&mut *conn)
    .await?;
    sqlx::query("delete from job_statements where job_id = any($1)").bind(&jobs).execute(&mut *conn).await?;
    let all: Vec<(i64, &SaidStatement)> = readings
        .iter()
        .flat_map(|reading| reading.statements.iter().map(|statement| (reading.job.0, statement)))
        .collect();
    let reasons = |of: fn(&(String, i32, i32)) -> i32| {
        all.iter().map(|(_, one)| one.reason.as_ref().map(of)).collect::<Vec<_>>()
    };
    sqlx::query(
        "insert into job_statements (job_id, ordinal, kind, understood, start_byte, end_byte, line, reason, reason_line, reason_column)
         select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::int[], $6::int[], $7::int[], $8::text[],
                              $9::int[], $10::int[])",
    )
    .bind(all.iter().map(|(job, _)| *job).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, one)| one.ordinal).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, one)| one.kind.as_str()).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, one)| one.understood.as_str()).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, one)| one.start).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, one)| one.end).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, one)| one.line).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, one)| one.reason.as_ref().map(|reason| reason.0.as_str())).collect::<Vec<_>>())
    .bind(reasons(|reason| reason.1))
    .bind(reasons(|reason| reason.2))
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets what was read of jobs that are no more.
pub(super) async fn forget(conn: &mut PgConnection, jobs: &[AssetId]) -> Result<()> {
    let ids: Vec<i64> = jobs.iter().map(|id| id.0).collect();
    sqlx::query("delete from job_readings where job_id = any($1)").bind(&ids).execute(&mut *conn).await?;
    sqlx::query("delete from job_statements where job_id = any($1)").bind(&ids).execute(conn).await?;
    Ok(())
}
