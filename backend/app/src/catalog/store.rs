//! Writing assets: the one function that changes what is true of an asset, used by crawls and by people alike.

use crate::change::ChangeSet;
use crate::error::Result;
use cadastre_model::{AssetId, AssetKind, AssetState, PublicId, Sensitivity};
use sqlx::PgConnection;

/// What is true of an asset: name, place, domain, sensitivity, state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetFacts {
    /// Its machine name; of a domain, its name.
    pub name: String,
    /// What it lies in.
    pub parent: Option<AssetId>,
    /// The domain that is set on it itself.
    pub domain: Option<AssetId>,
    /// The sensitivity that is set on it itself.
    pub sensitivity: Option<Sensitivity>,
    /// Where it stands in its life.
    pub state: AssetState,
}

/// A new asset to be.
#[derive(Debug, Clone)]
pub struct NewAsset {
    /// What it is.
    pub kind: AssetKind,
    /// The source it belongs to; none for a domain or a source.
    pub source: Option<AssetId>,
    /// What is true of it.
    pub facts: AssetFacts,
}

/// Holds the tree of assets alone until the transaction ends: before something changes that others lie in. Take it before
/// any row is locked; rows are waited for by who holds the tree, never the other way round.
///
/// # Errors
/// When the database does not answer, or somebody else holds it for too long.
pub async fn hold_tree(conn: &mut PgConnection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('cadastre.tree'))").execute(conn).await?;
    Ok(())
}

/// Keeps the tree as it is until the transaction ends, beside others who do: before a dataset is added or changed. As
/// [`hold_tree`], before any row is locked.
///
/// # Errors
/// As [`hold_tree`].
pub async fn share_tree(conn: &mut PgConnection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock_shared(hashtext('cadastre.tree'))").execute(conn).await?;
    Ok(())
}

/// Makes assets and gives their ids in the same order. All lie beside each other in depth: no one in another one.
///
/// # Errors
/// When the database does not take them.
pub async fn create_assets(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    new: &[NewAsset],
) -> Result<Vec<(AssetId, PublicId)>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    if new.iter().all(|asset| matches!(asset.kind, AssetKind::Dataset | AssetKind::Job)) {
        share_tree(conn).await?;
        hold_parents(conn, new).await?;
    } else {
        hold_tree(conn).await?;
    }
    let kinds: Vec<&str> = new.iter().map(|asset| asset.kind.as_str()).collect();
    let sources: Vec<Option<i64>> = new.iter().map(|asset| asset.source.map(|id| id.0)).collect();
    let names: Vec<&str> = new.iter().map(|asset| asset.facts.name.as_str()).collect();
    let parents: Vec<Option<i64>> = new.iter().map(|asset| asset.facts.parent.map(|id| id.0)).collect();
    let domains: Vec<Option<i64>> = new.iter().map(|asset| asset.facts.domain.map(|id| id.0)).collect();
    let levels: Vec<Option<&str>> =
        new.iter().map(|asset| asset.facts.sensitivity.map(Sensitivity::as_str)).collect();
    let states: Vec<&str> = new.iter().map(|asset| asset.facts.state.as_str()).collect();
    // Ids are drawn first, in order, so that each is known to belong to its row.
    let ids: Vec<i64> = sqlx::query_scalar(
        "select nextval(pg_get_serial_sequence('assets', 'id')) from generate_series(1, $1) order by 1",
    )
    .bind(i64::try_from(new.len()).unwrap_or(i64::MAX))
    .fetch_all(&mut *conn)
    .await?;
    let made: Vec<(i64, uuid::Uuid)> = sqlx::query_as(
        "insert into assets (id, kind, source_id, name, parent_id, domain_id, sensitivity, state, changed_at)
         select id, kind, case when kind = 'source' then id else source end, name, parent, domain, level, state, $9
         from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
              as t (id, kind, source, name, parent, domain, level, state)
         returning id, public_id",
    )
    .bind(&ids)
    .bind(&kinds)
    .bind(&sources)
    .bind(&names)
    .bind(&parents)
    .bind(&domains)
    .bind(&levels)
    .bind(&states)
    .bind(change.at)
    .fetch_all(&mut *conn)
    .await?;
    open_facts(conn, change, &ids).await?;
    refresh(conn, &ids).await?;
    change.touch_all(ids.iter().copied().map(AssetId));
    let public: std::collections::HashMap<i64, uuid::Uuid> = made.into_iter().collect();
    Ok(ids.into_iter().filter_map(|id| Some((AssetId(id), PublicId(*public.get(&id)?)))).collect())
}

/// Keeps the datasets that jobs are put into as they are: the path of one may be changed by who only shares the tree.
async fn hold_parents(conn: &mut PgConnection, new: &[NewAsset]) -> Result<()> {
    let jobs = new.iter().filter(|asset| asset.kind == AssetKind::Job);
    let parents: Vec<i64> = jobs.filter_map(|asset| Some(asset.facts.parent?.0)).collect();
    if !parents.is_empty() {
        sqlx::query("select from assets where id = any($1) order by id for share")
            .bind(parents)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Changes what is true of assets that are there and locked. Where nothing differs, nothing is written; gives the ids of
/// those that changed. No one of them lies in another one.
///
/// # Errors
/// When the database does not take it.
pub async fn change_assets(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    now: &[(AssetId, AssetFacts)],
) -> Result<Vec<AssetId>> {
    if now.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = now.iter().map(|(id, _)| id.0).collect();
    let only_datasets: bool = sqlx::query_scalar(
        "select not exists (select from assets where id = any($1) and kind not in ('dataset', 'job'))",
    )
    .bind(&ids)
    .fetch_one(&mut *conn)
    .await?;
    if only_datasets {
        share_tree(conn).await?;
    } else {
        hold_tree(conn).await?;
    }
    let names: Vec<&str> = now.iter().map(|(_, facts)| facts.name.as_str()).collect();
    let parents: Vec<Option<i64>> = now.iter().map(|(_, facts)| facts.parent.map(|id| id.0)).collect();
    let domains: Vec<Option<i64>> = now.iter().map(|(_, facts)| facts.domain.map(|id| id.0)).collect();
    let levels: Vec<Option<&str>> =
        now.iter().map(|(_, facts)| facts.sensitivity.map(Sensitivity::as_str)).collect();
    let states: Vec<&str> = now.iter().map(|(_, facts)| facts.state.as_str()).collect();
    let changed: Vec<i64> = sqlx::query_scalar(
        "update assets a set name = t.name, parent_id = t.parent, domain_id = t.domain, sensitivity = t.level, state = t.state
         from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
              as t (id, name, parent, domain, level, state)
         where a.id = t.id and (a.name, a.parent_id, a.domain_id, a.sensitivity, a.state)
               is distinct from (t.name, t.parent, t.domain, t.level, t.state)
         returning a.id",
    )
    .bind(&ids)
    .bind(&names)
    .bind(&parents)
    .bind(&domains)
    .bind(&levels)
    .bind(&states)
    .fetch_all(&mut *conn)
    .await?;
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query(
        "update asset_facts set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where asset_id = any($1) and valid_to is null",
    )
    .bind(&changed)
    .bind(change.at)
    .bind(change.id.0)
    .execute(&mut *conn)
    .await?;
    open_facts(conn, change, &changed).await?;
    refresh(conn, &changed).await?;
    let changed: Vec<AssetId> = changed.into_iter().map(AssetId).collect();
    change.touch_all(changed.iter().copied());
    Ok(changed)
}

/// Opens the facts that `assets` now holds. The last fact of the same asset may have been closed a microsecond ahead.
async fn open_facts(conn: &mut PgConnection, change: &ChangeSet, ids: &[i64]) -> Result<()> {
    sqlx::query(
        "insert into asset_facts (asset_id, name, parent_id, domain_id, sensitivity, state, valid_from, change_set)
         select a.id, a.name, a.parent_id, a.domain_id, a.sensitivity, a.state,
                greatest($2, (select max(f.valid_to) from asset_facts f where f.asset_id = a.id)), $3
         from assets a where a.id = any($1)",
    )
    .bind(ids)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

async fn refresh(conn: &mut PgConnection, ids: &[i64]) -> Result<()> {
    sqlx::query("select refresh_effective($1)").bind(ids).execute(conn).await?;
    Ok(())
}
