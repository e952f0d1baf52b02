//! Jobs that are handed in or told of: each is known by its namespace and its name.

use super::edges;
use super::ground;
use super::reading::{self, Outcome};
use super::store::{self, JobFacts};
use crate::catalog::search;
use crate::catalog::store::{AssetFacts, NewAsset, change_assets, create_assets, share_tree};
use crate::change::{ChangeSet, Topic};
use crate::error::Result;
use cadastre_model::{AssetId, AssetKind, AssetState, PublicId};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A job as somebody tells of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ToldJob {
    /// Where its name holds: a project, a scheduler, a source's namespace.
    pub(crate) namespace: String,
    /// Its name there.
    pub(crate) name: String,
    /// What defines it.
    pub(crate) facts: JobFacts,
}

/// What came of telling of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Put {
    /// The id inside.
    pub(crate) id: AssetId,
    /// The id outside.
    pub(crate) public_id: PublicId,
    /// Whether it is new, other than before, or as it was.
    pub(crate) fate: Fate,
}

/// How a job stands against what was known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was not known.
    New,
    /// It has a new version.
    Changed,
    /// It says what it said before.
    Same,
}

/// What a namespace is in the register: a source that has it as its namespace, as an alias or as its name; else a
/// namespace of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    /// A source.
    Source(AssetId),
    /// A namespace that is there.
    Namespace(AssetId),
    /// Nothing yet.
    Nowhere,
}

impl Home {
    pub(crate) const fn asset(self) -> Option<AssetId> {
        match self {
            Self::Source(id) | Self::Namespace(id) => Some(id),
            Self::Nowhere => None,
        }
    }
}

/// What a namespace is.
pub(crate) async fn home(conn: &mut PgConnection, namespace: &str) -> Result<Home> {
    if let Some(source) = ground::source_of(conn, namespace).await? {
        return Ok(Home::Source(source));
    }
    let named: Option<(i64, String)> = sqlx::query_as(
        "select id, kind from assets where kind in ('source', 'namespace') and state = 'live' and name = $1
         order by kind = 'namespace', id limit 1",
    )
    .bind(namespace)
    .fetch_optional(conn)
    .await?;
    Ok(match named {
        Some((id, kind)) if kind == AssetKind::Source.as_str() => Home::Source(AssetId(id)),
        Some((id, _)) => Home::Namespace(AssetId(id)),
        None => Home::Nowhere,
    })
}

/// A job by its namespace and name.
pub(crate) async fn find(conn: &mut PgConnection, namespace: &str, name: &str) -> Result<Option<AssetId>> {
    let Some(home) = home(conn, namespace).await?.asset() else { return Ok(None) };
    let id: Option<i64> = sqlx::query_scalar(
        "select id from assets where kind = 'job' and state = 'live' and parent_id = $1 and md5(name) = md5($2)",
    )
    .bind(home.0)
    .bind(name)
    .fetch_optional(conn)
    .await?;
    Ok(id.map(AssetId))
}

/// Makes these jobs what they are told to be, and reads those that are new or other than before. Takes the lock of the tree:
/// call it before any row is locked. Later ones of the same name win.
pub(crate) async fn put(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    jobs: Vec<ToldJob>,
) -> Result<(Vec<Put>, Outcome)> {
    let homes = homes(tx, change, &jobs).await?;
    share_tree(tx).await?;
    let place = |job: &ToldJob| homes.get(&job.namespace).map(|home| (home.0, job.name.clone()));
    let places: Vec<(AssetId, String)> = jobs.iter().filter_map(place).collect();
    let known = known(tx, &places).await?;
    let mut seen = HashSet::new();
    let missing: Vec<&(AssetId, String)> =
        places.iter().filter(|place| !known.contains_key(place) && seen.insert(*place)).collect();
    let sources: HashMap<AssetId, Option<AssetId>> = homes.values().copied().collect();
    let new: Vec<NewAsset> = missing
        .iter()
        .map(|(home, name)| NewAsset {
            kind: AssetKind::Job,
            source: sources.get(home).copied().flatten(),
            facts: facts(*home, name),
        })
        .collect();
    let made = create_assets(tx, change, &new).await?;
    revive(tx, change, &known).await?;
    let fresh: HashSet<AssetId> = made.iter().map(|(id, _)| *id).collect();
    let mut ids: HashMap<(AssetId, String), (AssetId, PublicId)> =
        known.into_iter().map(|(place, job)| (place, (job.id, job.public_id))).collect();
    ids.extend(missing.into_iter().cloned().zip(made));
    let pairs: Vec<((AssetId, PublicId), JobFacts)> =
        places.iter().zip(jobs).filter_map(|(place, job)| Some((*ids.get(place)?, job.facts))).collect();
    let last: HashMap<AssetId, JobFacts> =
        pairs.iter().map(|((id, _), facts)| (*id, facts.clone())).collect();
    let mut defined: Vec<(AssetId, JobFacts)> = last.into_iter().collect();
    defined.sort_unstable_by_key(|(id, _)| *id);
    let changed: BTreeSet<AssetId> = store::define(tx, change, &defined).await?.into_iter().collect();
    let read = if changed.is_empty() {
        Outcome::default()
    } else {
        reading::read_within(tx, change, &changed.iter().copied().collect::<Vec<_>>()).await?
    };
    search::reindex(tx, &changed.iter().copied().collect::<Vec<_>>()).await?;
    let fate = |id: AssetId| match (fresh.contains(&id), changed.contains(&id)) {
        (true, _) => Fate::New,
        (_, true) => Fate::Changed,
        _ => Fate::Same,
    };
    let put =
        pairs.iter().map(|((id, public_id), _)| Put { id: *id, public_id: *public_id, fate: fate(*id) });
    if !change.is_empty() {
        change.about(Topic::Lineage);
    }
    Ok((put.collect(), read))
}

/// Ends jobs that are told to be no more, with their edges; gives how many there were.
pub(crate) async fn end(tx: &mut PgConnection, change: &mut ChangeSet, jobs: &[AssetId]) -> Result<usize> {
    share_tree(tx).await?;
    let rows: Vec<(i64, String, i64)> = sqlx::query_as(
        "select id, name, parent_id from assets
         where id = any($1) and kind = 'job' and state = 'live' order by id for update",
    )
    .bind(jobs.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(&mut *tx)
    .await?;
    let gone: Vec<(AssetId, AssetFacts)> = rows
        .into_iter()
        .map(|(id, name, home)| {
            (AssetId(id), AssetFacts { state: AssetState::Tombstoned, ..facts(AssetId(home), &name) })
        })
        .collect();
    let ids: Vec<AssetId> = gone.iter().map(|(id, _)| *id).collect();
    change_assets(tx, change, &gone).await?;
    store::undefine(tx, change, &ids).await?;
    edges::apply(tx, change, &ids, Vec::new()).await?;
    store::forget(tx, &ids).await?;
    search::reindex(tx, &ids).await?;
    Ok(ids.len())
}

fn facts(home: AssetId, name: &str) -> AssetFacts {
    AssetFacts {
        name: name.to_owned(),
        parent: Some(home),
        domain: None,
        sensitivity: None,
        state: AssetState::Live,
    }
}

/// What each namespace is, with the source that lies in it; those that are nothing yet are made.
async fn homes(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    jobs: &[ToldJob],
) -> Result<HashMap<String, (AssetId, Option<AssetId>)>> {
    let namespaces: BTreeSet<&str> = jobs.iter().map(|job| job.namespace.as_str()).collect();
    let mut homes = HashMap::new();
    for namespace in namespaces {
        let home = match home(tx, namespace).await? {
            Home::Source(source) => (source, Some(source)),
            Home::Namespace(id) => (id, None),
            Home::Nowhere => (ground::namespace(tx, change, namespace).await?, None),
        };
        homes.insert(namespace.to_owned(), home);
    }
    Ok(homes)
}

/// A job that is there.
struct Known {
    id: AssetId,
    public_id: PublicId,
    is_gone: bool,
}

/// The jobs of these places, locked.
async fn known(
    tx: &mut PgConnection,
    places: &[(AssetId, String)],
) -> Result<HashMap<(AssetId, String), Known>> {
    let rows: Vec<(i64, uuid::Uuid, i64, String, String)> = sqlx::query_as(
        "select a.id, a.public_id, a.parent_id, a.name, a.state
         from assets a
         where a.kind = 'job' and (a.parent_id, md5(a.name)) in (
            select home, md5(name) from unnest($1::bigint[], $2::text[]) as t (home, name))
         order by a.id for update",
    )
    .bind(places.iter().map(|(home, _)| home.0).collect::<Vec<_>>())
    .bind(places.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>())
    .fetch_all(tx)
    .await?;
    let job = |(id, public_id, home, name, state): (i64, uuid::Uuid, i64, String, String)| {
        let is_gone = state != AssetState::Live.as_str();
        ((AssetId(home), name), Known { id: AssetId(id), public_id: PublicId(public_id), is_gone })
    };
    Ok(rows.into_iter().map(job).collect())
}

/// A job that had gone and is told of again is back.
async fn revive(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    known: &HashMap<(AssetId, String), Known>,
) -> Result<()> {
    let back: Vec<(AssetId, AssetFacts)> = known
        .iter()
        .filter(|(_, job)| job.is_gone)
        .map(|((home, name), job)| (job.id, facts(*home, name)))
        .collect();
    change_assets(tx, change, &back).await?;
    Ok(())
}
