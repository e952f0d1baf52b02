//! The datasets of one schema, in one transaction.

use super::containers::{Matched, MatchedSchema, dataset_object};
use super::matching::Match;
use super::texts::{self, Said};
use super::{CrawlOutcome, Target, columns, constraints, current, hold, routines};
use crate::catalog::names::rename;
use crate::catalog::store::{AssetFacts, NewAsset, change_assets, create_assets};
use crate::change::{ChangeSet, Topic};
use crate::error::Result;
use crate::sources::reader::{Dataset, Listing, Persistence};
use cadastre_model::{AssetId, AssetKind, AssetName, AssetState, MatchRule, NameOrigin};
use serde_json::{Map, Value, json};
use sqlx::{Acquire, PgConnection};
use std::collections::{BTreeSet, HashMap};

/// A dataset of the listing and the asset that it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) asset: AssetId,
    pub(super) listed: &'a Dataset,
    /// Its columns keep their numbers: it is the same by identity.
    pub(super) same: bool,
}

/// Brings one schema to the new state.
pub(super) async fn apply(
    conn: &mut PgConnection,
    target: &Target<'_>,
    listing: &Listing,
    matched: &Matched,
    schema: &MatchedSchema,
) -> Result<CrawlOutcome> {
    let mut tx = conn.begin().await?;
    let mut change = ChangeSet::begin_set(&mut tx, "crawl", target.author).await?;
    let made = create(&mut tx, &mut change, target, listing, schema).await?;
    let moved = move_known(&mut tx, &mut change, listing, matched, schema).await?;
    let placed = place(listing, schema, &made);
    name(&mut tx, &mut change, target, listing, matched, &placed, &moved).await?;
    let objects: Vec<(AssetId, String)> =
        placed.iter().map(|dataset| (dataset.asset, dataset_object(listing, dataset.listed.oid))).collect();
    current::identify(&mut tx, target.source, listing.system_identifier.as_deref(), &objects).await?;

    let mut changed: BTreeSet<AssetId> = moved.into_iter().collect();
    changed.extend(facts(&mut tx, &change, &placed).await?);
    let columns = columns::apply(&mut tx, &change, &placed).await?;
    changed.extend(columns.changed);
    changed.extend(constraints::apply(&mut tx, &change, &listing.database, &placed).await?);
    let mut said: Vec<Said<'_>> = placed
        .iter()
        .map(|dataset| Said::of_asset(dataset.asset, dataset.listed.comment.as_deref()))
        .collect();
    said.extend(
        columns.ids.iter().map(|(asset, id, column)| Said::of_column(*asset, *id, column.comment.as_deref())),
    );
    changed.extend(texts::apply(&mut tx, &mut change, &said).await?);
    if routines::apply(&mut tx, &change, schema, listing).await? {
        change.touch(schema.id);
    }
    let (removed, left_out) = close_missing(&mut tx, &mut change, listing, matched, schema).await?;
    change.touch_all(changed.iter().copied());

    let new: BTreeSet<AssetId> = made.values().copied().collect();
    let outcome = CrawlOutcome {
        added: new.len(),
        changed: changed.difference(&new).count(),
        removed,
        left_out,
        unchanged: placed.iter().filter(|d| !new.contains(&d.asset) && !changed.contains(&d.asset)).count(),
        schemas: 0,
        columns: placed.iter().map(|dataset| dataset.listed.columns.len()).sum(),
    };
    measure(&mut tx, listing, &placed).await?;
    count(&mut tx, listing, &placed).await?;
    if !change.is_empty() {
        change.about(Topic::Catalogue);
        change.note("schema", schema.name.as_str());
        for (name, count) in [("added", outcome.added), ("changed", outcome.changed), ("removed", removed)] {
            change.note(name, count);
        }
        crate::catalog::search::reindex(&mut tx, &change.touched()).await?;
        hold(target, &mut tx).await?;
        change.record_set(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(outcome)
}

/// Makes assets for what is new; by index into the listing.
async fn create(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    target: &Target<'_>,
    listing: &Listing,
    schema: &MatchedSchema,
) -> Result<HashMap<usize, AssetId>> {
    let new: Vec<usize> =
        schema.datasets.iter().filter(|(_, found)| *found == Match::New).map(|(index, _)| *index).collect();
    let assets: Vec<NewAsset> = new
        .iter()
        .map(|index| NewAsset {
            kind: AssetKind::Dataset,
            source: Some(target.source),
            facts: AssetFacts {
                name: listing.datasets[*index].name.clone(),
                parent: Some(schema.id),
                domain: None,
                sensitivity: None,
                state: AssetState::Live,
            },
        })
        .collect();
    let made = create_assets(conn, change, &assets).await?;
    Ok(new.into_iter().zip(made.into_iter().map(|(id, _)| id)).collect())
}

/// Renames, moves and revives what is known; gives those that changed.
async fn move_known(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    listing: &Listing,
    matched: &Matched,
    schema: &MatchedSchema,
) -> Result<Vec<AssetId>> {
    let differs: HashMap<AssetId, &Dataset> = schema
        .datasets
        .iter()
        .filter_map(|(index, found)| Some((found.asset()?, &listing.datasets[*index])))
        .filter(|(id, dataset)| {
            matched.current.get(id).is_none_or(|asset| {
                asset.facts.name != dataset.name
                    || asset.facts.parent != Some(schema.id)
                    || asset.facts.state != AssetState::Live
            })
        })
        .collect();
    if differs.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<AssetId> = differs.keys().copied().collect();
    let facts: Vec<(AssetId, AssetFacts)> = current::locked(conn, &ids)
        .await?
        .into_iter()
        .filter_map(|(id, facts)| {
            let name = differs.get(&id)?.name.clone();
            Some((id, AssetFacts { name, parent: Some(schema.id), state: AssetState::Live, ..facts }))
        })
        .collect();
    change_assets(conn, change, &facts).await
}

fn place<'a>(
    listing: &'a Listing,
    schema: &MatchedSchema,
    made: &HashMap<usize, AssetId>,
) -> Vec<Placed<'a>> {
    schema
        .datasets
        .iter()
        .filter_map(|(index, found)| {
            let asset = found.asset().or_else(|| made.get(index).copied())?;
            Some(Placed { asset, listed: &listing.datasets[*index], same: matches!(found, Match::Same(_)) })
        })
        .collect()
}

/// Names what is new, what moved, and what has none under this namespace.
async fn name(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    target: &Target<'_>,
    listing: &Listing,
    matched: &Matched,
    placed: &[Placed<'_>],
    moved: &[AssetId],
) -> Result<()> {
    let ids: Vec<i64> = placed.iter().map(|dataset| dataset.asset.0).collect();
    let known: Vec<(i64, Vec<String>)> = sqlx::query_as(
        "select asset_id, path from names
         where asset_id = any($1) and namespace = $2 and origin = 'crawl' and valid_to is null",
    )
    .bind(ids)
    .bind(target.namespace)
    .fetch_all(&mut *conn)
    .await?;
    let known: HashMap<i64, Vec<String>> = known.into_iter().collect();
    let names: Vec<(AssetId, AssetName)> = placed
        .iter()
        .map(|dataset| {
            let path = [&listing.database, &dataset.listed.schema, &dataset.listed.name];
            (dataset.asset, AssetName::new(target.namespace, path.map(String::as_str)))
        })
        .filter(|(asset, name)| known.get(&asset.0) != Some(&name.path))
        .collect();
    debug_assert!(moved.iter().all(|id| matched.current.contains_key(id)), "only what is known moves");
    rename(conn, change, NameOrigin::Crawl, MatchRule::Exact, target.source, &names).await
}

/// The dataset's own facts; gives those that changed or are new.
async fn facts(conn: &mut PgConnection, change: &ChangeSet, placed: &[Placed<'_>]) -> Result<Vec<AssetId>> {
    type Row = (i64, String, Option<String>, Option<String>, Value);
    let ids: Vec<i64> = placed.iter().map(|dataset| dataset.asset.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select dataset_id, kind, source_owner, definition, details from dataset_facts
         where dataset_id = any($1) and valid_to is null",
    )
    .bind(ids)
    .fetch_all(&mut *conn)
    .await?;
    let before: HashMap<i64, Row> = rows.into_iter().map(|row| (row.0, row)).collect();
    let differs: Vec<(&Placed<'_>, Value)> = placed
        .iter()
        .map(|dataset| (dataset, details(dataset.listed)))
        .filter(|(dataset, details)| {
            before.get(&dataset.asset.0).is_none_or(|(_, kind, owner, definition, known)| {
                kind != dataset.listed.kind.as_str()
                    || *owner != dataset.listed.owner
                    || *definition != dataset.listed.definition
                    || known != details
            })
        })
        .collect();
    if differs.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = differs.iter().map(|(dataset, _)| dataset.asset.0).collect();
    let kinds: Vec<&str> = differs.iter().map(|(dataset, _)| dataset.listed.kind.as_str()).collect();
    let owners: Vec<Option<&str>> =
        differs.iter().map(|(dataset, _)| dataset.listed.owner.as_deref()).collect();
    let definitions: Vec<Option<&str>> =
        differs.iter().map(|(dataset, _)| dataset.listed.definition.as_deref()).collect();
    let details: Vec<&Value> = differs.iter().map(|(_, details)| details).collect();
    sqlx::query(
        "update dataset_facts set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where dataset_id = any($1) and valid_to is null",
    )
    .bind(&ids)
    .bind(change.at)
    .bind(change.id.0)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into dataset_facts (dataset_id, kind, source_owner, definition, details, valid_from, change_set)
         select dataset, kind, owner, definition, details, $6, $7
         from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
              as t (dataset, kind, owner, definition, details)",
    )
    .bind(&ids)
    .bind(&kinds)
    .bind(&owners)
    .bind(&definitions)
    .bind(&details)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(ids.into_iter().map(AssetId).collect())
}

/// What is worth knowing and has no column of its own; members that say the ordinary are left out.
fn details(dataset: &Dataset) -> Value {
    let mut details = Map::new();
    if let Some(partitioning) = &dataset.partitioning {
        details.insert(
            "partitioning".to_owned(),
            json!({"strategy": partitioning.strategy, "key": partitioning.key, "count": partitioning.count}),
        );
    }
    if let Some(server) = &dataset.foreign_server {
        details.insert("foreign_server".to_owned(), json!(server));
    }
    if dataset.persistence == Persistence::Unlogged {
        details.insert("unlogged".to_owned(), json!(true));
    }
    if dataset.row_security {
        details.insert("row_security".to_owned(), json!(true));
    }
    if !dataset.readable {
        details.insert("readable".to_owned(), json!(false));
    }
    Value::Object(details)
}

/// Row estimates and sizes, where they differ from the last ones.
async fn measure(conn: &mut PgConnection, listing: &Listing, placed: &[Placed<'_>]) -> Result<()> {
    let ids: Vec<i64> = placed.iter().map(|dataset| dataset.asset.0).collect();
    let rows: Vec<Option<i64>> = placed.iter().map(|dataset| dataset.listed.row_estimate).collect();
    let bytes: Vec<Option<i64>> = placed.iter().map(|dataset| dataset.listed.bytes).collect();
    sqlx::query(
        "insert into dataset_measures (dataset_id, at, row_estimate, bytes)
         select t.dataset, $4, t.row_estimate, t.bytes
         from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as t (dataset, row_estimate, bytes)
         left join lateral (select m.row_estimate, m.bytes from dataset_measures m
                            where m.dataset_id = t.dataset order by m.at desc limit 1) m on true
         where (m.row_estimate, m.bytes) is distinct from (t.row_estimate, t.bytes)
         on conflict do nothing",
    )
    .bind(ids)
    .bind(rows)
    .bind(bytes)
    .bind(listing.collected_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// What the source counted, where it differs from the last. A crawl that finds more written than the one before says when.
async fn count(conn: &mut PgConnection, listing: &Listing, placed: &[Placed<'_>]) -> Result<()> {
    let counted = placed.iter().filter_map(|dataset| Some((dataset.asset.0, dataset.listed.counters?)));
    let (ids, counters): (Vec<i64>, Vec<_>) = counted.unzip();
    sqlx::query(
        "insert into dataset_counters (dataset_id, at, since, reads, writes, written_at)
         select t.dataset, $4, $5, t.reads, t.writes,
                case when c.dataset_id is null then null when c.writes = t.writes then c.written_at else $4 end
         from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as t (dataset, reads, writes)
         left join lateral (select l.dataset_id, l.reads, l.writes, l.written_at from dataset_counters l
                            where l.dataset_id = t.dataset order by l.at desc limit 1) c on true
         where c.dataset_id is null or (c.reads, c.writes) <> (t.reads, t.writes)
         on conflict do nothing",
    )
    .bind(ids)
    .bind(counters.iter().map(|counters| counters.reads).collect::<Vec<_>>())
    .bind(counters.iter().map(|counters| counters.writes).collect::<Vec<_>>())
    .bind(listing.collected_at)
    .bind(listing.counted_since)
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes what was in this schema and is in the complete listing nowhere; puts out of scope what the filters leave out.
async fn close_missing(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    listing: &Listing,
    matched: &Matched,
    schema: &MatchedSchema,
) -> Result<(usize, usize)> {
    let here = matched
        .current
        .values()
        .filter(|asset| asset.kind == AssetKind::Dataset && asset.facts.parent == Some(schema.id));
    let (mut gone, mut hidden) = (Vec::new(), Vec::new());
    for asset in here {
        let id = asset.known.id;
        if matched.left_out.contains(&id) {
            hidden.push(id);
        } else if listing.complete
            && !matched.seen.contains(&id)
            && !matches!(asset.facts.state, AssetState::Tombstoned | AssetState::Referenced)
        {
            gone.push(id);
        }
    }
    let removed = current::close(conn, change, &gone, AssetState::Tombstoned).await?;
    let left_out = current::close(conn, change, &hidden, AssetState::OutOfScope).await?;
    Ok((removed, left_out))
}
