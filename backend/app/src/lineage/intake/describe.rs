//! What clients say of datasets, into the catalogue. A dataset that a crawl has found has its columns and its life from
//! there; what dbt writes about it in words is taken where the source itself says nothing.

use super::columns::{self, Wanted};
use super::homes::{Homes, Teller};
use super::owners::{self, Owned};
use super::symlinks::{self, Linked};
use super::texts::{self, Said};
use crate::catalog::search;
use crate::catalog::store::{AssetFacts, change_assets};
use crate::change::{ChangeSet, Topic};
use crate::error::Result;
use crate::lineage::places::name_of;
use cadastre_intake::{DatasetRef, DeclaredDataset, LifecycleChange};
use cadastre_model::{AssetId, AssetState, ColumnId, Maker};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A dataset of the register, and what is said of it.
#[derive(Debug)]
pub(super) struct Described<'a> {
    pub(super) id: AssetId,
    pub(super) told: &'a DeclaredDataset,
    /// Its columns were told before, and are not any more.
    pub(super) is_untold: bool,
}

/// Columns that jobs name, by dataset.
pub(super) type Named = BTreeMap<AssetId, BTreeSet<Vec<String>>>;

/// Who tells, and by which way.
#[derive(Debug, Clone, Copy)]
pub(super) struct By<'a> {
    pub(super) maker: Maker,
    pub(super) teller: &'a Teller,
    pub(super) homes: &'a Homes,
}

/// What is known of a dataset before it is described.
#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    parent_id: Option<i64>,
    domain_id: Option<i64>,
    sensitivity: Option<String>,
    state: String,
    is_crawled: bool,
    is_dbts: bool,
    is_own_name: bool,
}

impl Row {
    fn takes_columns(&self, maker: Maker) -> bool {
        !self.is_crawled && (maker == Maker::Dbt || !self.is_dbts)
    }
}

/// Writes what is said. Gives the datasets whose columns or identity changed: what names them has to be read again.
pub(super) async fn apply(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    by: By<'_>,
    described: &[Described<'_>],
    named: &Named,
) -> Result<BTreeSet<AssetId>> {
    let rows = lock(conn, described, named).await?;
    let told: Vec<(&Described<'_>, &Row)> = described
        .iter()
        .filter_map(|one| Some((one, rows.get(&one.id)?)))
        // Another name of a dataset does not speak for it: two would take turns.
        .filter(|(_, row)| row.is_own_name)
        .collect();
    let mut changed = columns::apply(conn, change, &wanted(by.maker, &told, named, &rows)).await?;
    changed.extend(symlinks::apply(conn, change, &linked(&told, by)).await?);
    let said = said(conn, by.maker, &told).await?;
    let mut worded = texts::apply(conn, change, by.maker, &said).await?;
    worded.extend(live(conn, change, &told).await?);
    let owned: Vec<Owned> =
        told.iter().map(|(one, _)| Owned { asset: one.id, owners: one.told.owners.clone() }).collect();
    owners::apply(conn, change, (by.maker, by.teller), &owned).await?;
    worded.extend(changed.iter().copied());
    if !worded.is_empty() {
        change.about(Topic::Catalogue);
        search::reindex(conn, &worded.into_iter().collect::<Vec<_>>()).await?;
    }
    Ok(changed)
}

async fn lock(
    conn: &mut PgConnection,
    described: &[Described<'_>],
    named: &Named,
) -> Result<HashMap<AssetId, Row>> {
    let mut told: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
    for one in described {
        let hash = name_of(&one.told.at).match_hash(cadastre_model::MatchRule::Exact);
        told.insert(one.id.0, hash);
    }
    for id in named.keys() {
        told.entry(id.0).or_default();
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select a.id, a.name, a.parent_id, a.domain_id, a.sensitivity, a.state,
                exists (select from identities i where i.asset_id = a.id) as is_crawled,
                exists (select from told_datasets d where d.dataset_id = a.id and d.maker = 'dbt') as is_dbts,
                exists (select from names n where n.asset_id = a.id and n.match_hash = t.hash and n.valid_to is null
                                              and n.origin in ('crawl', 'event')) as is_own_name
         from unnest($1::bigint[], $2::bytea[]) as t (id, hash) join assets a on a.id = t.id
         where a.kind = 'dataset' and a.merged_into is null order by a.id for update of a",
    )
    .bind(told.keys().copied().collect::<Vec<_>>())
    .bind(told.values().cloned().collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (AssetId(row.id), row)).collect())
}

/// The columns that there are to be. A crawled dataset has its own; those that dbt tells of stand before those in events.
fn wanted(
    maker: Maker,
    told: &[(&Described<'_>, &Row)],
    named: &Named,
    rows: &HashMap<AssetId, Row>,
) -> Vec<Wanted> {
    let mut all: BTreeMap<AssetId, Wanted> = BTreeMap::new();
    for (id, paths) in named {
        if rows.get(id).is_some_and(|row| row.takes_columns(maker)) {
            let named = paths.iter().cloned().collect();
            all.insert(*id, Wanted { dataset: *id, fields: None, is_untold: false, named });
        }
    }
    for (one, _) in told.iter().filter(|(_, row)| row.takes_columns(maker)) {
        let blank = Wanted { dataset: one.id, fields: None, is_untold: false, named: Vec::new() };
        let wanted = all.entry(one.id).or_insert(blank);
        wanted.fields.clone_from(&one.told.fields);
        wanted.is_untold = one.is_untold;
    }
    all.into_values().collect()
}

/// Other names, as far as the teller may tell of what lies there.
fn linked(told: &[(&Described<'_>, &Row)], by: By<'_>) -> Vec<Linked> {
    let others = |dataset: &DeclaredDataset| -> Vec<DatasetRef> {
        let before = dataset.lifecycle.as_ref().and_then(|life| life.previous.clone());
        dataset.symlinks.iter().cloned().chain(before).collect()
    };
    told.iter()
        .map(|(one, _)| Linked {
            dataset: one.id,
            names: others(one.told).iter().filter(|at| by.homes.may(&at.namespace)).map(name_of).collect(),
        })
        .collect()
}

/// Descriptions of datasets and their columns. Events say nothing about what was crawled.
async fn said(conn: &mut PgConnection, maker: Maker, told: &[(&Described<'_>, &Row)]) -> Result<Vec<Said>> {
    let told: Vec<&Described<'_>> =
        told.iter().filter(|(_, row)| !row.is_crawled || maker == Maker::Dbt).map(|(one, _)| *one).collect();
    let columns = super::super::ground::columns(conn, told.iter().map(|one| one.id)).await?;
    let mut said = Vec::new();
    for one in told {
        said.push(Said { asset: one.id, column: None, body: one.told.description.clone() });
        let known = columns.get(&one.id).map(Vec::as_slice).unwrap_or_default();
        for field in one.told.fields.iter().flatten() {
            let column = column_of(known, &field.path.join("."));
            said.extend(column.map(|id| Said {
                asset: one.id,
                column: Some(id),
                body: field.description.clone(),
            }));
        }
    }
    Ok(said)
}

/// A column by its name: as it is written, else whatever its case.
fn column_of(known: &[(ColumnId, String)], name: &str) -> Option<ColumnId> {
    let exact = known.iter().find(|(_, column)| column == name);
    exact.or_else(|| known.iter().find(|(_, column)| column.eq_ignore_ascii_case(name))).map(|(id, _)| *id)
}

/// A dataset that was dropped is gone; one that is made again is back. Crawls know better of what they found.
async fn live(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    told: &[(&Described<'_>, &Row)],
) -> Result<Vec<AssetId>> {
    let mut facts = Vec::new();
    for (one, row) in told.iter().filter(|(_, row)| !row.is_crawled) {
        let dropped = one.told.lifecycle.as_ref().is_some_and(|life| life.change == LifecycleChange::Drop);
        let state = if dropped { AssetState::Tombstoned } else { AssetState::Referenced };
        let stands =
            row.state == AssetState::Referenced.as_str() || row.state == AssetState::Tombstoned.as_str();
        if !stands || row.state == state.as_str() {
            continue;
        }
        let sensitivity = row.sensitivity.as_deref().map(str::parse).transpose();
        facts.push((
            one.id,
            AssetFacts {
                name: row.name.clone(),
                parent: row.parent_id.map(AssetId),
                domain: row.domain_id.map(AssetId),
                sensitivity: sensitivity.map_err(crate::error::Failure::internal)?,
                state,
            },
        ));
    }
    change_assets(conn, change, &facts).await
}
