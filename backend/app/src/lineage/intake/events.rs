//! Events of OpenLineage, a few at once, in one transaction: folded into the told states under their locks, and what
//! follows from the states that changed written as facts. Where the register says the same already, no change set is written.

use super::columns;
use super::describe::{self, By, Described, Named};
use super::facts::{digest, told_job};
use super::homes::{Homes, Teller};
use super::owners::{self, Owned};
use super::runs::{self, ToldRun};
use super::tests::{self, ToldTest};
use super::told::{self, Table, Told};
use crate::change::{Author, ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::lineage::jobs::{self, ToldJob};
use crate::lineage::places::name_of;
use crate::lineage::{ground, reading};
use cadastre_intake::openlineage::Event;
use cadastre_intake::openlineage::fold::{Current, DatasetRecord, JobRecord, RunRecord};
use cadastre_intake::{DatasetRef, DeclaredDataset, DeclaredJob, JobRef, RunRef};
use cadastre_model::{AssetId, AssetName, Maker, Version};
use serde_json::{Map, Value};
use sqlx::{Connection, PgConnection};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What came of one event.
pub(super) type Taken = Result<Option<Version>>;

/// Takes events in that one caller sent; the answers are in the order of the events. A failure of the whole is one of the
/// database, or of one of the events: then each has to be tried alone.
///
/// # Errors
/// When the database does not take them.
pub(super) async fn take(
    conn: &mut PgConnection,
    teller: &Teller,
    author: &Author,
    events: &[&Event],
) -> Result<Vec<Taken>> {
    let mut tx = conn.begin().await?;
    let homes = Homes::of(&mut tx, teller, namespaces(events)).await?;
    let allowed: Vec<bool> = events.iter().map(|event| homes.may(home_of(event))).collect();
    let mine: Vec<&Event> =
        events.iter().zip(&allowed).filter(|(_, may)| **may).map(|(event, _)| *event).collect();
    let version =
        fold(&mut tx, By { maker: Maker::OpenLineage, teller, homes: &homes }, author, &mine).await?;
    tx.commit().await?;
    Ok(allowed.into_iter().map(|may| if may { Ok(version) } else { Err(Failure::absent()) }).collect())
}

/// Where an event belongs: its job's namespace, else its dataset's.
fn home_of(event: &Event) -> &str {
    let job = event.job.as_ref().map(|job| job.at.namespace.as_str());
    job.or_else(|| event.dataset.as_ref().map(|part| part.at.namespace.as_str())).unwrap_or_default()
}

/// All that an event may write to.
fn namespaces<'a>(events: &[&'a Event]) -> BTreeSet<&'a str> {
    let mut all: BTreeSet<&str> = events.iter().map(|event| home_of(event)).collect();
    for event in events {
        all.extend(event.datasets().map(|part| part.at.namespace.as_str()));
        all.extend(event.datasets().flat_map(|part| read_by_columns(&part.facets)));
        let links =
            event.datasets().filter_map(|part| part.facets.get("symlinks")?.get("identifiers")?.as_array());
        all.extend(links.flatten().filter_map(|link| link.get("namespace")?.as_str()));
        let before = event.datasets().filter_map(|part| {
            part.facets.get("lifecycleStateChange")?.get("previousIdentifier")?.get("namespace")
        });
        all.extend(before.filter_map(Value::as_str));
    }
    all
}

/// The namespaces of what the facets about columns name.
fn read_by_columns(facets: &Map<String, Value>) -> Vec<&str> {
    let mut found = Vec::new();
    let mut left: Vec<&Value> =
        ["columnLineage", "lineage"].iter().filter_map(|name| facets.get(*name)).collect();
    while let Some(value) = left.pop() {
        match value {
            Value::Object(members) => {
                found.extend(members.get("namespace").and_then(Value::as_str));
                left.extend(members.values());
            }
            Value::Array(items) => left.extend(items),
            _ => {}
        }
    }
    found
}

/// What the events come to, each thing once.
#[derive(Debug, Default)]
struct Heard {
    jobs: BTreeMap<JobRef, JobRecord>,
    runs: BTreeMap<RunRef, RunRecord>,
    datasets: BTreeMap<DatasetRef, DatasetRecord>,
}

impl Heard {
    fn of(events: &[&Event], homes: &Homes) -> Self {
        let mut heard = Self::default();
        for event in events {
            if let Some(job) = JobRecord::of(event) {
                heard.jobs.entry(job.at.clone()).and_modify(|mine| mine.merge(&job)).or_insert(job);
            }
            if let Some(run) = RunRecord::of(event) {
                heard.runs.entry(run.at.clone()).and_modify(|mine| mine.merge(&run)).or_insert(run);
            }
            for dataset in DatasetRecord::all_of(event) {
                if homes.may(&dataset.at.namespace) {
                    let place = heard.datasets.entry(dataset.at.clone());
                    place.and_modify(|mine| mine.merge(&dataset)).or_insert(dataset);
                }
            }
        }
        heard
    }
}

/// A job while it is taken in.
struct Job {
    told: Told<JobRecord>,
    declared: Option<DeclaredJob>,
    put: Option<ToldJob>,
}

/// A dataset while it is taken in.
struct Dataset {
    told: Told<DatasetRecord>,
    declared: DeclaredDataset,
    is_changed: bool,
    is_untold: bool,
}

async fn fold(
    tx: &mut PgConnection,
    by: By<'_>,
    author: &Author,
    events: &[&Event],
) -> Result<Option<Version>> {
    let heard = Heard::of(events, by.homes);
    let mut jobs = locked_jobs(tx, &heard.jobs).await?;
    let mut datasets = locked_datasets(tx, &heard.datasets).await?;
    let runs = merged_runs(tx, &jobs, heard.runs).await?;
    declare(tx, &mut jobs, &runs).await?;
    let mut change = ChangeSet::begin_set(tx, "lineage.events", author).await?;
    let mentioned = mentioned(tx, events).await?;
    let is_other =
        jobs.iter().any(|job| job.put.is_some()) || datasets.iter().any(|dataset| dataset.is_changed);
    if is_other || !mentioned.is_empty() {
        follow(tx, &mut change, by, &mut jobs, &mut datasets, &mentioned).await?;
    }
    told::write(tx, Table::Jobs, jobs.iter().map(|job| &job.told)).await?;
    told::write(tx, Table::Datasets, datasets.iter().map(|dataset| &dataset.told)).await?;
    let ids: HashMap<&JobRef, AssetId> =
        jobs.iter().filter_map(|job| Some((&job.told.record.as_ref()?.at, job.told.asset?))).collect();
    let told_runs = runs.values().filter_map(|run| {
        let (declared, record) = (run.declare(), serde_json::to_value(run).ok());
        Some(ToldRun { job: *ids.get(&run.at.job)?, first_seen: run.first_seen, run: declared, record })
    });
    runs::write(tx, by.maker, &told_runs.collect::<Vec<_>>()).await?;
    judge(tx, by.maker, events, &ids, &datasets).await?;
    if change.is_empty() {
        return Ok(None);
    }
    change.note("events", events.len());
    change.record_set(tx).await.map(Some)
}

/// Datasets that only what is said of columns names, as far as nothing has their names yet. They are made whether what names
/// them counts still or not: else what there is would depend on the order of the events.
async fn mentioned(tx: &mut PgConnection, events: &[&Event]) -> Result<BTreeSet<DatasetRef>> {
    let edges = events.iter().flat_map(|event| event.column_edges());
    let mut named: BTreeSet<DatasetRef> = edges.flat_map(|edge| [edge.from, edge.to]).collect();
    let names: Vec<AssetName> = named.iter().map(name_of).collect();
    let found = ground::find(tx, &names).await?;
    named.retain(|at| !found.contains_key(&name_of(at)));
    Ok(named)
}

async fn locked_jobs(tx: &mut PgConnection, heard: &BTreeMap<JobRef, JobRecord>) -> Result<Vec<Job>> {
    let names: Vec<(&str, &str)> = heard.keys().map(|at| (at.namespace.as_str(), at.name.as_str())).collect();
    let told = told::lock::<JobRecord>(tx, Table::Jobs, Maker::OpenLineage, &names).await?;
    let merged = told.into_iter().zip(heard.values()).map(|(mut told, new)| {
        match &mut told.record {
            Some(record) => record.merge(new),
            None => told.record = Some(new.clone()),
        }
        Job { told, declared: None, put: None }
    });
    Ok(merged.collect())
}

async fn locked_datasets(
    tx: &mut PgConnection,
    heard: &BTreeMap<DatasetRef, DatasetRecord>,
) -> Result<Vec<Dataset>> {
    let names: Vec<(&str, &str)> = heard.keys().map(|at| (at.namespace.as_str(), at.name.as_str())).collect();
    let told = told::lock::<DatasetRecord>(tx, Table::Datasets, Maker::OpenLineage, &names).await?;
    told.into_iter()
        .zip(heard.values())
        .map(|(mut told, new)| {
            let mut had_fields = false;
            let record = match told.record.take() {
                Some(mut record) => {
                    had_fields = record.declare().fields.is_some();
                    record.merge(new);
                    record
                }
                None => new.clone(),
            };
            let declared = record.declare();
            told.record = Some(record);
            let said = says(&declared)?;
            let is_changed = told.said.as_ref() != Some(&said);
            told.said = Some(said);
            let is_untold = had_fields && declared.fields.is_none();
            Ok(Dataset { told, declared, is_changed, is_untold })
        })
        .collect()
}

/// A digest of what the catalogue is told about a dataset.
pub(super) fn says(dataset: &DeclaredDataset) -> Result<Vec<u8>> {
    let told =
        (&dataset.fields, &dataset.description, &dataset.owners, &dataset.symlinks, &dataset.lifecycle);
    let text = serde_json::to_vec(&told).map_err(Failure::internal)?;
    Ok(digest([text.as_slice()]))
}

/// The runs with what was known of them, and beside them the runs that count for the jobs' definitions.
async fn merged_runs(
    tx: &mut PgConnection,
    jobs: &[Job],
    heard: BTreeMap<RunRef, RunRecord>,
) -> Result<BTreeMap<RunRef, RunRecord>> {
    let ids: HashMap<&JobRef, AssetId> =
        jobs.iter().filter_map(|job| Some((&job.told.record.as_ref()?.at, job.told.asset?))).collect();
    let known = |at: &RunRef| Some((*ids.get(&at.job)?, at.id));
    let wanted: Vec<(AssetId, Uuid)> = heard.keys().filter_map(known).collect();
    let mut before = runs::records(tx, &wanted).await?;
    let merged = heard.into_iter().map(|(at, new)| {
        let old = known(&at).and_then(|key| before.remove(&key));
        let run = match old {
            Some(mut old) => {
                old.merge(&new);
                old
            }
            None => new,
        };
        (at, run)
    });
    Ok(merged.collect())
}

/// What each job says now; where that is other than what was put, it is to be put.
async fn declare(tx: &mut PgConnection, jobs: &mut [Job], runs: &BTreeMap<RunRef, RunRecord>) -> Result<()> {
    let current = |job: &Job| -> Option<(RunRef, Option<AssetId>)> {
        let record = job.told.record.as_ref()?;
        let Current::Run(id) = record.current() else { return None };
        Some((RunRef { id, job: record.at.clone() }, job.told.asset))
    };
    let elsewhere: Vec<(AssetId, Uuid)> = jobs
        .iter()
        .filter_map(current)
        .filter(|(at, _)| !runs.contains_key(at))
        .filter_map(|(at, job)| Some((job?, at.id)))
        .collect();
    let before = runs::records(tx, &elsewhere).await?;
    for job in jobs {
        let at = current(job);
        let run = at.as_ref().and_then(|(at, id)| runs.get(at).or_else(|| before.get(&((*id)?, at.id))));
        let Some(record) = &job.told.record else { continue };
        let declared = record.declare(run);
        let put = told_job(&declared, Maker::OpenLineage);
        let text = serde_json::to_vec(&(&declared.owners, format!("{:?}", put.facts)));
        let said = digest([text.map_err(Failure::internal)?.as_slice()]);
        if job.told.said.as_ref() != Some(&said) || job.told.asset.is_none() {
            job.told.said = Some(said);
            job.put = Some(put);
        }
        job.declared = Some(declared);
    }
    Ok(())
}

/// Writes what follows from what changed: datasets that are named, what is said of them, jobs, and again the edges of jobs
/// that touch what is other now.
async fn follow(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    by: By<'_>,
    jobs: &mut [Job],
    datasets: &mut [Dataset],
    mentioned: &BTreeSet<DatasetRef>,
) -> Result<()> {
    crate::catalog::store::share_tree(tx).await?;
    let found = refer(tx, change, jobs, datasets, mentioned).await?;
    for dataset in datasets.iter_mut() {
        dataset.told.asset = found.get(&name_of(&dataset.declared.at)).copied().or(dataset.told.asset);
    }
    let described: Vec<Described<'_>> = datasets
        .iter()
        .filter(|dataset| dataset.is_changed)
        .filter_map(|dataset| {
            Some(Described { id: dataset.told.asset?, told: &dataset.declared, is_untold: dataset.is_untold })
        })
        .collect();
    let named = named(by.homes, jobs, &found);
    let changed = describe::apply(tx, change, by, &described, &named).await?;
    put(tx, change, by, jobs).await?;
    read_again(tx, change, &changed).await?;
    columns::end_unnamed(tx, change).await
}

/// The datasets that are named; what nothing has the name of is made.
async fn refer(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    jobs: &[Job],
    datasets: &[Dataset],
    mentioned: &BTreeSet<DatasetRef>,
) -> Result<HashMap<AssetName, AssetId>> {
    let of_jobs = jobs.iter().filter(|job| job.put.is_some()).filter_map(|job| job.declared.as_ref());
    let mut names: BTreeSet<&DatasetRef> =
        of_jobs.clone().flat_map(|job| job.inputs.iter().chain(&job.outputs)).collect();
    names.extend(of_jobs.flat_map(|job| &job.column_edges).flat_map(|edge| [&edge.from, &edge.to]));
    names.extend(datasets.iter().filter(|one| one.is_changed).map(|one| &one.declared.at));
    names.extend(mentioned);
    refer_to(tx, change, names).await
}

/// The datasets behind names; what nothing has the name of is made. Two that name the same at once would make it twice: one waits.
pub(super) async fn refer_to(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    names: BTreeSet<&DatasetRef>,
) -> Result<HashMap<AssetName, AssetId>> {
    let names: BTreeSet<(String, Vec<String>)> =
        names.into_iter().map(|at| (at.namespace.clone(), at.path())).collect();
    let names: Vec<AssetName> =
        names.into_iter().map(|(namespace, path)| AssetName { namespace, path }).collect();
    let mut found = ground::find(tx, &names).await?;
    if names.iter().all(|name| found.contains_key(name)) {
        return Ok(found);
    }
    sqlx::query("select pg_advisory_xact_lock(hashtext('cadastre.referenced'))").execute(&mut *tx).await?;
    let missing: Vec<AssetName> = names.into_iter().filter(|name| !found.contains_key(name)).collect();
    found.extend(ground::find(tx, &missing).await?);
    let missing: Vec<AssetName> = missing.into_iter().filter(|name| !found.contains_key(name)).collect();
    found.extend(ground::refer(tx, change, &missing).await?);
    Ok(found)
}

/// Columns that edges name: of a dataset of which no schema was told they are all that is known.
fn named(homes: &Homes, jobs: &[Job], found: &HashMap<AssetName, AssetId>) -> Named {
    let mut named = Named::new();
    let declared = jobs.iter().filter(|job| job.put.is_some()).filter_map(|job| job.declared.as_ref());
    for edge in declared.flat_map(|job| &job.column_edges) {
        for (at, field) in [(&edge.from, &edge.from_field), (&edge.to, &edge.to_field)] {
            if field.is_empty() || !homes.may(&at.namespace) {
                continue;
            }
            if let Some(id) = found.get(&name_of(at)) {
                named.entry(*id).or_default().insert(field.clone());
            }
        }
    }
    named
}

/// Puts jobs. One that was handed in or comes from dbt keeps its definition: events only tell of its runs.
async fn put(tx: &mut PgConnection, change: &mut ChangeSet, by: By<'_>, jobs: &mut [Job]) -> Result<()> {
    let mut owned = Vec::new();
    let mut waiting = Vec::new();
    for job in jobs.iter_mut() {
        let Some(put) = job.put.take() else { continue };
        match held(tx, &put).await? {
            Some(id) => job.told.asset = Some(id),
            None => waiting.push((job, put)),
        }
    }
    let (told, puts): (Vec<_>, Vec<ToldJob>) = waiting.into_iter().unzip();
    if puts.is_empty() {
        return Ok(());
    }
    let (made, _) = jobs::put(tx, change, puts).await?;
    for (job, made) in told.into_iter().zip(made) {
        job.told.asset = Some(made.id);
        let owners = job.declared.as_ref().map(|declared| declared.owners.clone()).unwrap_or_default();
        owned.push(Owned { asset: made.id, owners });
    }
    owners::apply(tx, change, (by.maker, by.teller), &owned).await
}

/// The job of this name, where it is defined by something else than events.
async fn held(tx: &mut PgConnection, job: &ToldJob) -> Result<Option<AssetId>> {
    let Some(home) = jobs::home(tx, &job.namespace).await?.asset() else { return Ok(None) };
    let id: Option<i64> = sqlx::query_scalar(
        "select a.id from assets a join job_facts f on f.job_id = a.id and f.valid_to is null
         where a.kind = 'job' and a.parent_id = $1 and md5(a.name) = md5($2) and a.name = $2 and f.maker <> 'openlineage'",
    )
    .bind(home.0)
    .bind(&job.name)
    .fetch_optional(tx)
    .await?;
    Ok(id.map(AssetId))
}

/// Reads the jobs again that have an edge at one of these.
pub(super) async fn read_again(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    changed: &BTreeSet<AssetId>,
) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = sqlx::query_scalar(
        "select distinct job_id from lineage_edges
         where valid_to is null and job_id is not null and (from_id = any($1) or to_id = any($1)) order by 1",
    )
    .bind(changed.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(&mut *tx)
    .await?;
    let ids: Vec<AssetId> = ids.into_iter().map(AssetId).collect();
    for batch in ids.chunks(reading::BATCH) {
        reading::read_within(tx, change, batch).await?;
    }
    change.about(Topic::Lineage);
    Ok(())
}

/// Stores what tests in the events came to.
async fn judge(
    tx: &mut PgConnection,
    maker: Maker,
    events: &[&Event],
    jobs: &HashMap<&JobRef, AssetId>,
    datasets: &[Dataset],
) -> Result<()> {
    let ids: HashMap<&DatasetRef, AssetId> =
        datasets.iter().filter_map(|one| Some((&one.declared.at, one.told.asset?))).collect();
    let mut told = Vec::new();
    for event in events {
        for test in event.declare().tests {
            let dataset = test.dataset.as_ref().and_then(|at| ids.get(at).copied());
            let job = event.job.as_ref().and_then(|job| jobs.get(&job.at).copied());
            told.push(ToldTest { test, dataset, job, told_at: event.at });
        }
    }
    tests::write(tx, maker, &told).await
}
