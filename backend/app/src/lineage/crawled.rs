//! The jobs of a crawled source: its views and its functions in SQL. They follow what the crawl wrote.

use super::edges;
use super::ground;
use super::places::Place;
use super::store::{self, JobFacts};
use crate::catalog::search;
use crate::catalog::store::{AssetFacts, NewAsset, change_assets, create_assets};
use crate::change::{Author, ChangeSet, Topic};
use crate::error::Result;
use crate::tasks::Fence;
use cadastre_model::{AssetId, AssetKind, AssetName, AssetState, JobKind, Maker};
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;

/// The schema in which the crawl asked for definitions: what lies elsewhere is written out in them.
const CRAWLED_IN: &str = "pg_catalog";

/// The dialect of the one kind of source that is crawled for now.
const DIALECT: &str = "postgres";

/// Something of the source that defines a job.
#[derive(Debug, Clone, PartialEq)]
struct Defining {
    /// What the job lies in.
    parent: AssetId,
    /// Its name.
    name: String,
    facts: JobFacts,
}

/// A job that the source has already.
#[derive(Debug, sqlx::FromRow)]
struct Known {
    id: i64,
    name: String,
    parent_id: i64,
    state: String,
}

/// Brings the jobs of a source to what its last crawl found, and gives all that are there now.
///
/// # Errors
/// When the database does not answer; `Conflict` when the task has lost its lease.
pub(super) async fn follow(
    conn: &mut PgConnection,
    author: &Author,
    fence: Option<Fence>,
    source: AssetId,
) -> Result<Vec<AssetId>> {
    let mut tx = conn.begin().await?;
    let mut change = ChangeSet::begin_set(&mut tx, "lineage.crawled", author).await?;
    // Before any row is locked, as it has to be.
    crate::catalog::store::share_tree(&mut tx).await?;
    let defining = defining(&mut tx, source).await?;
    let known = known(&mut tx, source).await?;
    let mut known: HashMap<(i64, String), Known> =
        known.into_iter().map(|job| ((job.parent_id, job.name.clone()), job)).collect();
    let (mut new, mut back, mut jobs) = (Vec::new(), Vec::new(), Vec::new());
    for one in defining {
        match known.remove(&(one.parent.0, one.name.clone())) {
            Some(job) => {
                if job.state != AssetState::Live.as_str() {
                    back.push((AssetId(job.id), asset_facts(&one)));
                }
                jobs.push((AssetId(job.id), one.facts));
            }
            None => new.push(one),
        }
    }
    let made =
        create_assets(&mut tx, &mut change, &new.iter().map(|one| asset(one, source)).collect::<Vec<_>>())
            .await?;
    jobs.extend(made.iter().zip(new).map(|((id, _), one)| (*id, one.facts)));
    change_assets(&mut tx, &mut change, &back).await?;
    store::define(&mut tx, &mut change, &jobs).await?;
    let gone: Vec<Known> =
        known.into_values().filter(|job| job.state != AssetState::Tombstoned.as_str()).collect();
    end(&mut tx, &mut change, &gone).await?;
    if !change.is_empty() {
        change.about(Topic::Lineage);
        change.note("jobs", jobs.len());
        search::reindex(&mut tx, &change.touched()).await?;
        if let Some(fence) = fence {
            fence.hold(&mut tx).await?;
        }
        change.record_set(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(jobs.into_iter().map(|(id, _)| id).collect())
}

fn asset_facts(one: &Defining) -> AssetFacts {
    AssetFacts {
        name: one.name.clone(),
        parent: Some(one.parent),
        domain: None,
        sensitivity: None,
        state: AssetState::Live,
    }
}

fn asset(one: &Defining, source: AssetId) -> NewAsset {
    NewAsset { kind: AssetKind::Job, source: Some(source), facts: asset_facts(one) }
}

/// Ends jobs whose view or function is no more, with their edges.
async fn end(tx: &mut PgConnection, change: &mut ChangeSet, gone: &[Known]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let ids: Vec<AssetId> = gone.iter().map(|job| AssetId(job.id)).collect();
    let facts: Vec<(AssetId, AssetFacts)> = gone
        .iter()
        .map(|job| {
            let facts = AssetFacts {
                name: job.name.clone(),
                parent: Some(AssetId(job.parent_id)),
                domain: None,
                sensitivity: None,
                state: AssetState::Tombstoned,
            };
            (AssetId(job.id), facts)
        })
        .collect();
    change_assets(tx, change, &facts).await?;
    store::undefine(tx, change, &ids).await?;
    edges::apply(tx, change, &ids, Vec::new()).await?;
    store::forget(tx, &ids).await
}

async fn known(conn: &mut PgConnection, source: AssetId) -> Result<Vec<Known>> {
    Ok(sqlx::query_as(
        "select a.id, a.name, a.parent_id, a.state from assets a
         where a.source_id = $1 and a.kind = 'job' and exists (
            select from job_facts f where f.job_id = a.id and f.maker = 'crawl')
         order by a.id for update of a",
    )
    .bind(source.0)
    .fetch_all(conn)
    .await?)
}

/// The views and the functions in SQL that are there. What a view's name is under the source is where its rows go.
async fn defining(conn: &mut PgConnection, source: AssetId) -> Result<Vec<Defining>> {
    let Some(namespace) = ground::namespace_of(conn, source).await? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    let views: Vec<(i64, String, String, String, Vec<String>)> = sqlx::query_as(
        "select a.id, a.name, f.kind, f.definition, n.path
         from assets a
         join dataset_facts f on f.dataset_id = a.id and f.valid_to is null
         join names n on n.asset_id = a.id and n.valid_to is null and n.origin = 'crawl' and n.namespace = $2
         where a.source_id = $1 and a.kind = 'dataset' and a.state = 'live'
           and f.kind in ('view', 'materialized_view') and f.definition <> ''
         order by a.id",
    )
    .bind(source.0)
    .bind(&namespace)
    .fetch_all(&mut *conn)
    .await?;
    for (id, name, kind, definition, path) in views {
        let database = path.first().cloned().unwrap_or_default();
        let kind = if kind == "view" { JobKind::View } else { JobKind::MaterializedView };
        let place = Place { namespace: namespace.clone(), path: vec![database, CRAWLED_IN.to_owned()] };
        let fills = AssetName { namespace: namespace.clone(), path };
        let facts = JobFacts { fills: Some(fills), ..facts(kind, definition, place) };
        all.push(Defining { parent: AssetId(id), name, facts });
    }
    let functions: Vec<(i64, String, String, String, Vec<String>)> = sqlx::query_as(
        "select r.schema_id, r.name, r.arguments, r.definition, n.path
         from routines r
         join assets a on a.id = r.schema_id
         join names n on n.asset_id = a.id and n.valid_to is null and n.origin = 'crawl' and n.namespace = $2
         where a.source_id = $1 and a.state = 'live' and r.valid_to is null and r.language = 'sql' and r.definition <> ''
         order by r.schema_id, r.name, r.arguments",
    )
    .bind(source.0)
    .bind(&namespace)
    .fetch_all(conn)
    .await?;
    for (schema, name, arguments, definition, path) in functions {
        let place = Place { namespace: namespace.clone(), path };
        let name = format!("{name}({arguments})");
        all.push(Defining {
            parent: AssetId(schema),
            name,
            facts: facts(JobKind::Function, definition, place),
        });
    }
    Ok(all)
}

fn facts(kind: JobKind, definition: String, place: Place) -> JobFacts {
    JobFacts {
        kind,
        maker: Maker::Crawl,
        dialect: Some(DIALECT.to_owned()),
        definition: Some(definition),
        place,
        fills: None,
        description: None,
        schedule: None,
        origin: None,
        declared: None,
    }
}
