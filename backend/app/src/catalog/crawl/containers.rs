//! The database and its schemas, and what has gone with them.

use super::current::{self, Current};
use super::matching::{Listed, Match, matches};
use super::texts::{self, Said};
use super::{Target, hold};
use crate::catalog::names::{self, rename};
use crate::catalog::store::{AssetFacts, NewAsset, change_assets, create_assets};
use crate::change::{ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::sources::reader::Listing;
use cadastre_model::{AssetId, AssetKind, AssetName, AssetState, MatchRule, NameOrigin};
use sqlx::{Acquire, PgConnection};
use std::collections::{HashMap, HashSet};

/// The listing and the catalogue, side by side.
#[derive(Debug)]
pub(super) struct Matched {
    /// What the catalogue knew of the source when the crawl began to write.
    pub(super) current: HashMap<AssetId, Current>,
    /// The schemas of the listing.
    pub(super) schemas: Vec<MatchedSchema>,
    /// Every asset that the listing shows or leaves out: not gone.
    pub(super) seen: HashSet<AssetId>,
    /// Datasets that the filters leave out now.
    pub(super) left_out: Vec<AssetId>,
}

/// A schema and what it holds.
#[derive(Debug)]
pub(super) struct MatchedSchema {
    pub(super) id: AssetId,
    pub(super) name: String,
    /// Index into the listing's datasets, and what each was found to be.
    pub(super) datasets: Vec<(usize, Match)>,
}

fn schema_object(listing: &Listing, oid: u32) -> String {
    format!("{}/n{oid}", listing.database_oid)
}

pub(super) fn dataset_object(listing: &Listing, oid: u32) -> String {
    format!("{}/c{oid}", listing.database_oid)
}

/// Brings the database and its schemas up to date, and matches all datasets.
pub(super) async fn apply(
    conn: &mut PgConnection,
    target: &Target<'_>,
    listing: &Listing,
) -> Result<Matched> {
    let mut current = current::assets(conn, target.source).await?;
    let system = listing.system_identifier.as_deref();
    let of = |kind: AssetKind| -> Vec<_> {
        current.values().filter(|asset| asset.kind == kind).map(|asset| asset.known.clone()).collect()
    };
    let database_path = vec![listing.database.clone()];
    let database = Listed { path: database_path.clone(), object: listing.database_oid.to_string() };
    // A source is one database: whatever it was called and wherever it was restored to, it is the same one.
    let databases = of(AssetKind::Database);
    let database_match = match matches(&databases, &[database], system)[0] {
        Match::New => databases
            .iter()
            .find(|known| known.state == AssetState::Live)
            .map_or(Match::New, |known| Match::Again(known.id)),
        found => found,
    };
    // Paths of what lies in it count under its name of now.
    let known_below = |kind: AssetKind| -> Vec<_> {
        let mut known = of(kind);
        known.iter_mut().for_each(|known| known.path[0].clone_from(&listing.database));
        known
    };
    let schemas: Vec<Listed> = listing
        .schemas
        .iter()
        .map(|schema| Listed {
            path: vec![listing.database.clone(), schema.name.clone()],
            object: schema_object(listing, schema.oid),
        })
        .collect();
    let schema_matches = matches(&known_below(AssetKind::Schema), &schemas, system);

    let mut tx = conn.begin().await?;
    let mut change = ChangeSet::begin_set(&mut tx, "crawl", target.author).await?;
    let mut touched = false;
    let database_id = put(
        &mut tx,
        &mut change,
        target,
        Place { kind: AssetKind::Database, parent: target.source, path: &database_path },
        database_match,
        &current,
        &mut touched,
    )
    .await?;
    let mut ids = Vec::with_capacity(schemas.len());
    for (listed, found) in schemas.iter().zip(&schema_matches) {
        let place = Place { kind: AssetKind::Schema, parent: database_id, path: &listed.path };
        ids.push(put(&mut tx, &mut change, target, place, *found, &current, &mut touched).await?);
    }
    let mut objects = vec![(database_id, listing.database_oid.to_string())];
    objects.extend(ids.iter().copied().zip(schemas.iter().map(|listed| listed.object.clone())));
    current::identify(&mut tx, target.source, system, &objects).await?;
    let mut said = vec![Said::of_asset(database_id, listing.database_comment.as_deref())];
    said.extend(
        ids.iter().zip(&listing.schemas).map(|(id, schema)| Said::of_asset(*id, schema.comment.as_deref())),
    );
    let spoken = texts::apply(&mut tx, &mut change, &said).await?;
    change.touch_all(spoken.iter().copied());
    if touched || !spoken.is_empty() {
        change.about(Topic::Catalogue);
        change.note("schemas", ids.len());
        crate::catalog::search::reindex(&mut tx, &change.touched()).await?;
        hold(target, &mut tx).await?;
        change.record_set(&mut tx).await?;
        tx.commit().await?;
    } else {
        tx.commit().await?;
    }
    if touched {
        current = current::assets(conn, target.source).await?;
    }
    Ok(match_datasets(listing, current, &ids))
}

struct Place<'a> {
    kind: AssetKind,
    parent: AssetId,
    path: &'a [String],
}

/// Makes or changes one container, and names it.
async fn put(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    target: &Target<'_>,
    place: Place<'_>,
    found: Match,
    current: &HashMap<AssetId, Current>,
    touched: &mut bool,
) -> Result<AssetId> {
    let name = place.path.last().cloned().unwrap_or_default();
    let id = match found.asset() {
        Some(id) => {
            let before = current.get(&id).map(|asset| &asset.facts);
            let same = before.is_some_and(|facts| {
                facts.name == name && facts.parent == Some(place.parent) && facts.state == AssetState::Live
            });
            if !same {
                let facts = current::locked(tx, &[id])
                    .await?
                    .remove(&id)
                    .ok_or_else(|| Failure::internal("an asset went"))?;
                let facts = AssetFacts { name, parent: Some(place.parent), state: AssetState::Live, ..facts };
                *touched |= !change_assets(tx, change, &[(id, facts)]).await?.is_empty();
            }
            id
        }
        None => {
            *touched = true;
            let facts = AssetFacts {
                name,
                parent: Some(place.parent),
                domain: None,
                sensitivity: None,
                state: AssetState::Live,
            };
            let new = NewAsset { kind: place.kind, source: Some(target.source), facts };
            create_assets(tx, change, &[new])
                .await?
                .first()
                .map(|made| made.0)
                .ok_or_else(|| Failure::internal("not made"))?
        }
    };
    let full = AssetName::new(target.namespace, place.path);
    let known = names::resolve(tx, std::slice::from_ref(&full), MatchRule::Exact, None).await?;
    if known != [Some(id)] {
        *touched = true;
        rename(tx, change, NameOrigin::Crawl, MatchRule::Exact, target.source, &[(id, full)]).await?;
    }
    Ok(id)
}

fn match_datasets(listing: &Listing, current: HashMap<AssetId, Current>, schema_ids: &[AssetId]) -> Matched {
    let system = listing.system_identifier.as_deref();
    let known: Vec<_> = current
        .values()
        .filter(|asset| asset.kind == AssetKind::Dataset)
        .map(|asset| asset.known.clone())
        .collect();
    let path = |schema: &str, name: &str| vec![listing.database.clone(), schema.to_owned(), name.to_owned()];
    let mut listed: Vec<Listed> = listing
        .datasets
        .iter()
        .map(|d| Listed { path: path(&d.schema, &d.name), object: dataset_object(listing, d.oid) })
        .collect();
    // What is left out takes part in the matching, so that its name is not given to something else.
    let left: Vec<_> =
        listing.left_out.iter().filter_map(|left| Some((left, left.dataset.as_deref()?))).collect();
    listed.extend(left.iter().map(|(left, name)| Listed {
        path: path(&left.schema, name),
        object: dataset_object(listing, left.oid),
    }));
    let mut found = matches(&known, &listed, system);
    let left_out: Vec<AssetId> =
        found.split_off(listing.datasets.len()).into_iter().filter_map(Match::asset).collect();
    let mut seen: HashSet<AssetId> = found.iter().filter_map(|found| found.asset()).collect();
    seen.extend(&left_out);
    seen.extend(schema_ids);
    seen.extend(whole_schemas_left_out(listing, &current));
    let mut schemas: Vec<MatchedSchema> = listing
        .schemas
        .iter()
        .zip(schema_ids)
        .map(|(schema, id)| MatchedSchema { id: *id, name: schema.name.clone(), datasets: Vec::new() })
        .collect();
    let places: HashMap<String, usize> =
        schemas.iter().enumerate().map(|(place, schema)| (schema.name.clone(), place)).collect();
    for (index, (dataset, found)) in listing.datasets.iter().zip(found).enumerate() {
        if let Some(place) = places.get(&dataset.schema) {
            schemas[*place].datasets.push((index, found));
        }
    }
    Matched { current, schemas, seen, left_out }
}

/// Assets in schemas that the filters leave out as a whole: the schema itself and what is in it.
fn whole_schemas_left_out<'a>(
    listing: &'a Listing,
    current: &'a HashMap<AssetId, Current>,
) -> impl Iterator<Item = AssetId> + 'a {
    let names: HashSet<&str> = listing
        .left_out
        .iter()
        .filter(|left| left.dataset.is_none())
        .map(|left| left.schema.as_str())
        .collect();
    current
        .values()
        .filter(move |asset| {
            asset.known.path.get(1).is_some_and(|schema| names.contains(schema.as_str()))
                && asset.kind != AssetKind::Database
        })
        .map(|asset| asset.known.id)
}

/// Closes schemas, and datasets in them, that a complete listing no longer has; puts those out of scope that the filters
/// leave out. Gives how many datasets have gone.
pub(super) async fn close_gone(
    conn: &mut PgConnection,
    target: &Target<'_>,
    listing: &Listing,
    matched: &Matched,
) -> Result<usize> {
    let listed: HashSet<AssetId> = matched.schemas.iter().map(|schema| schema.id).collect();
    let out: HashSet<AssetId> = whole_schemas_left_out(listing, &matched.current).collect();
    let in_listed_schema =
        |asset: &Current| asset.facts.parent.is_some_and(|parent| listed.contains(&parent));
    let alive = |asset: &&Current| {
        matches!(asset.kind, AssetKind::Schema | AssetKind::Dataset) && asset.facts.state == AssetState::Live
    };
    let (mut gone, mut hidden) = (Vec::new(), Vec::new());
    for asset in matched.current.values().filter(alive).filter(|asset| !in_listed_schema(asset)) {
        if out.contains(&asset.known.id) {
            hidden.push(asset.known.id);
        } else if !matched.seen.contains(&asset.known.id) {
            gone.push(asset.known.id);
        }
    }
    if gone.is_empty() && hidden.is_empty() {
        return Ok(0);
    }
    let datasets = gone
        .iter()
        .filter(|id| matched.current.get(id).is_some_and(|a| a.kind == AssetKind::Dataset))
        .count();
    let mut tx = conn.begin().await?;
    let mut change = ChangeSet::begin_set(&mut tx, "crawl", target.author).await?;
    change.about(Topic::Catalogue);
    change.note("removed", datasets);
    // Below first: no one of a batch may lie in another.
    for kind in [AssetKind::Dataset, AssetKind::Schema] {
        let of = |ids: &[AssetId]| -> Vec<AssetId> {
            ids.iter().copied().filter(|id| matched.current.get(id).is_some_and(|a| a.kind == kind)).collect()
        };
        current::close(&mut tx, &mut change, &of(&gone), AssetState::Tombstoned).await?;
        current::close(&mut tx, &mut change, &of(&hidden), AssetState::OutOfScope).await?;
    }
    crate::catalog::search::reindex(&mut tx, &change.touched()).await?;
    hold(target, &mut tx).await?;
    change.record_set(&mut tx).await?;
    tx.commit().await?;
    Ok(datasets)
}
