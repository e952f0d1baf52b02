//! The artifacts of a dbt project, brought into the register: relations first, so that the SQL of models finds their
//! columns, then jobs, runs and tests. In batches, each in a transaction and change set of its own; what was told before and
//! says the same is not written again, so that an intake that was broken off goes on where it was.

use super::describe::{self, By, Described, Named};
use super::events::{read_again, refer_to, says};
use super::facts::{digest, key_of, told_job};
use super::homes::{Homes, Teller};
use super::owners::{self, Owned};
use super::runs::{self, ToldRun};
use super::tests::{self, ToldTest};
use super::told::{self, Table};
use crate::change::{Author, ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::lineage::jobs::{self, Fate, ToldJob};
use crate::lineage::places::name_of;
use cadastre_intake::dbt::Dbt;
use cadastre_intake::{DatasetRef, DeclaredDataset, DeclaredJob, DeclaredRun, DeclaredTest};
use cadastre_model::{AssetId, Maker, Version};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use std::collections::{BTreeSet, HashMap};

/// How many jobs or relations are written in one transaction.
const BATCH: usize = 100;

/// What became of a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ingested {
    /// Jobs that are new.
    pub(crate) added: usize,
    /// Jobs with a new version.
    pub(crate) changed: usize,
    /// Jobs that say what they said.
    pub(crate) same: usize,
    /// Jobs that the project no longer has.
    pub(crate) gone: usize,
    /// Relations that were told of.
    pub(crate) datasets: usize,
    /// Runs whose results came along.
    pub(crate) runs: usize,
    /// Tests that are declared.
    pub(crate) tests: usize,
    /// The newest version that has something of it.
    pub(crate) version: Option<Version>,
}

/// What is kept of what a manifest says, with the project that says it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept<T> {
    project: String,
    told: T,
}

/// Brings a project into the register.
///
/// # Errors
/// `Absent` where the teller may not tell of jobs in their namespace.
pub(super) async fn ingest(
    conn: &mut PgConnection,
    teller: &Teller,
    author: &Author,
    dbt: Dbt,
) -> Result<Ingested> {
    let homes = Homes::of(conn, teller, namespaces(&dbt)).await?;
    let declared = dbt.declared;
    if declared.jobs.iter().any(|job| !homes.may(&job.at.namespace)) {
        return Err(Failure::absent());
    }
    let by = By { maker: Maker::Dbt, teller, homes: &homes };
    let project = dbt.project.unwrap_or_default();
    let told_at = dbt.generated_at.unwrap_or_default();
    let mut done = Ingested { datasets: declared.datasets.len(), ..Ingested::default() };
    let mut known = HashMap::new();
    for batch in declared.datasets.chunks(BATCH) {
        let (ids, version) = datasets(conn, by, author, &project, batch).await?;
        known.extend(ids);
        done.version = done.version.max(version);
    }
    let mut ids = HashMap::new();
    for batch in declared.jobs.chunks(BATCH) {
        jobs_of(conn, by, author, (&project, &mut done), batch, &mut ids).await?;
    }
    end(conn, author, (&project, &mut done), &declared.jobs).await?;
    done.runs = write_runs(conn, &declared.runs, &ids).await?;
    done.tests = write_tests(conn, declared.tests, &known, told_at).await?;
    Ok(done)
}

fn namespaces(dbt: &Dbt) -> BTreeSet<&str> {
    let jobs = dbt.declared.jobs.iter().map(|job| job.at.namespace.as_str());
    jobs.chain(dbt.declared.datasets.iter().map(|dataset| dataset.at.namespace.as_str())).collect()
}

/// Relations: named, described, and what names them read again where their columns changed.
async fn datasets(
    conn: &mut PgConnection,
    by: By<'_>,
    author: &Author,
    project: &str,
    batch: &[DeclaredDataset],
) -> Result<(HashMap<DatasetRef, AssetId>, Option<Version>)> {
    let mut batch: Vec<&DeclaredDataset> =
        batch.iter().filter(|dataset| by.homes.may(&dataset.at.namespace)).collect();
    batch.sort_unstable_by(|one, other| one.at.cmp(&other.at));
    batch.dedup_by(|one, other| one.at == other.at);
    let mut tx = conn.begin().await?;
    let names: Vec<(&str, &str)> =
        batch.iter().map(|one| (one.at.namespace.as_str(), one.at.name.as_str())).collect();
    let mut told = told::lock::<Kept<DeclaredDataset>>(&mut tx, Table::Datasets, Maker::Dbt, &names).await?;
    let mut change = ChangeSet::begin_set(&mut tx, "lineage.dbt", author).await?;
    crate::catalog::store::share_tree(&mut tx).await?;
    let found = refer_to(&mut tx, &mut change, batch.iter().map(|one| &one.at).collect()).await?;
    let mut described = Vec::new();
    for (told, one) in told.iter_mut().zip(&batch) {
        let said = says(one)?;
        let id = found.get(&name_of(&one.at)).copied();
        if told.said.as_ref() != Some(&said) || told.asset != id {
            let had_fields = told.record.as_ref().is_some_and(|kept| kept.told.fields.is_some());
            let is_untold = had_fields && one.fields.is_none();
            described.extend(id.map(|id| Described { id, told: one, is_untold }));
        }
        told.said = Some(said);
        told.asset = id;
        told.record = Some(Kept { project: project.to_owned(), told: (*one).clone() });
    }
    let changed = describe::apply(&mut tx, &mut change, by, &described, &Named::new()).await?;
    read_again(&mut tx, &mut change, &changed).await?;
    told::write(&mut tx, Table::Datasets, &told).await?;
    let version = record(&mut tx, change).await?;
    tx.commit().await?;
    let ids = batch.iter().filter_map(|one| Some((one.at.clone(), *found.get(&name_of(&one.at))?)));
    Ok((ids.collect(), version))
}

async fn record(tx: &mut PgConnection, change: ChangeSet) -> Result<Option<Version>> {
    if change.is_empty() {
        return Ok(None);
    }
    change.record_set(tx).await.map(Some)
}

async fn jobs_of(
    conn: &mut PgConnection,
    by: By<'_>,
    author: &Author,
    (project, done): (&str, &mut Ingested),
    batch: &[DeclaredJob],
    ids: &mut HashMap<(String, String), AssetId>,
) -> Result<()> {
    let mut tx = conn.begin().await?;
    let names: Vec<(&str, &str)> =
        batch.iter().map(|job| (job.at.namespace.as_str(), job.at.name.as_str())).collect();
    let mut told = told::lock::<Kept<DeclaredJob>>(&mut tx, Table::Jobs, Maker::Dbt, &names).await?;
    let mut change = ChangeSet::begin_set(&mut tx, "lineage.dbt", author).await?;
    let mut waiting: Vec<(usize, ToldJob)> = Vec::new();
    for (place, (told, job)) in told.iter_mut().zip(batch).enumerate() {
        let put = told_job(job, Maker::Dbt);
        let said = digest([format!("{:?} {:?}", job.owners, put.facts).as_bytes()]);
        if told.said.as_ref() != Some(&said) || told.asset.is_none() {
            waiting.push((place, put));
        }
        told.said = Some(said);
        told.record = Some(Kept { project: project.to_owned(), told: job.clone() });
    }
    done.same += batch.len() - waiting.len();
    let (places, puts): (Vec<usize>, Vec<ToldJob>) = waiting.into_iter().unzip();
    let mut owned = Vec::new();
    if !puts.is_empty() {
        let (made, _) = jobs::put(&mut tx, &mut change, puts).await?;
        for (place, made) in places.into_iter().zip(made) {
            match made.fate {
                Fate::New => done.added += 1,
                Fate::Changed => done.changed += 1,
                Fate::Same => done.same += 1,
            }
            told[place].asset = Some(made.id);
            owned.push(Owned { asset: made.id, owners: batch[place].owners.clone() });
        }
    }
    owners::apply(&mut tx, &mut change, (by.maker, by.teller), &owned).await?;
    told::write(&mut tx, Table::Jobs, &told).await?;
    done.version = done.version.max(record(&mut tx, change).await?);
    tx.commit().await?;
    let known = told
        .iter()
        .zip(batch)
        .filter_map(|(told, job)| Some(((job.at.namespace.clone(), job.at.name.clone()), told.asset?)));
    ids.extend(known);
    Ok(())
}

/// Ends the jobs that the project had and has no more.
async fn end(
    conn: &mut PgConnection,
    author: &Author,
    (project, done): (&str, &mut Ingested),
    jobs: &[DeclaredJob],
) -> Result<()> {
    let Some(namespace) = jobs.first().map(|job| job.at.namespace.as_str()) else { return Ok(()) };
    let kept: Vec<Vec<u8>> = jobs.iter().map(|job| key_of(&job.at.namespace, &job.at.name)).collect();
    let mut tx = conn.begin().await?;
    let gone: Vec<(i64, Option<i64>)> = sqlx::query_as(
        "select id, job_id from told_jobs
         where maker = 'dbt' and namespace = $1 and record ->> 'project' = $2 and key <> all($3) order by key for update",
    )
    .bind(namespace)
    .bind(project)
    .bind(kept)
    .fetch_all(&mut *tx)
    .await?;
    if gone.is_empty() {
        return Ok(());
    }
    let mut change = ChangeSet::begin_set(&mut tx, "lineage.dbt", author).await?;
    let ids: Vec<AssetId> = gone.iter().filter_map(|(_, job)| job.map(AssetId)).collect();
    done.gone = jobs::end(&mut tx, &mut change, &ids).await?;
    sqlx::query("delete from told_jobs where id = any($1)")
        .bind(gone.iter().map(|row| row.0).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    change.about(Topic::Lineage);
    done.version = done.version.max(record(&mut tx, change).await?);
    tx.commit().await?;
    Ok(())
}

async fn write_runs(
    conn: &mut PgConnection,
    declared: &[DeclaredRun],
    ids: &HashMap<(String, String), AssetId>,
) -> Result<usize> {
    let job = |run: &DeclaredRun| ids.get(&(run.at.job.namespace.clone(), run.at.job.name.clone())).copied();
    let told: Vec<ToldRun> = declared
        .iter()
        .filter_map(|run| {
            Some(ToldRun { job: job(run)?, first_seen: run.event_time, run: run.clone(), record: None })
        })
        .collect();
    runs::write(conn, Maker::Dbt, &told).await?;
    Ok(told.len())
}

async fn write_tests(
    conn: &mut PgConnection,
    declared: Vec<DeclaredTest>,
    known: &HashMap<DatasetRef, AssetId>,
    told_at: chrono::DateTime<chrono::Utc>,
) -> Result<usize> {
    let told: Vec<ToldTest> = declared
        .into_iter()
        .map(|test| ToldTest {
            dataset: test.dataset.as_ref().and_then(|at| known.get(at).copied()),
            job: None,
            told_at,
            test,
        })
        .collect();
    tests::write(conn, Maker::Dbt, &told).await?;
    Ok(told.len())
}
