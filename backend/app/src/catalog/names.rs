//! From a name to an asset: [`resolve`] is the only way, for crawls, SQL, events and files alike.

use crate::change::ChangeSet;
use crate::error::Result;
use cadastre_model::{AssetId, AssetName, MatchRule, NameOrigin};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;

/// The assets that these names stand for, at an instant (none: now), in the order of the names. A former name counts
/// only where no other does; an alias of a source counts as its namespace; an asset that was merged counts as the other.
///
/// # Errors
/// When the database does not answer.
pub async fn resolve(
    conn: &mut PgConnection,
    names: &[AssetName],
    rule: MatchRule,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Option<AssetId>>> {
    let spaces: Vec<&str> = names.iter().map(|name| name.namespace.as_str()).collect();
    let hashes: Vec<Vec<u8>> = names.iter().map(|name| name.match_hash(rule)).collect();
    let found: Vec<(i64, i64)> = sqlx::query_as(
        "select distinct on (t.place) t.place, coalesce(a.merged_into, a.id)
         from unnest($1::text[], $2::bytea[]) with ordinality as t (namespace, hash, place)
         left join source_aliases s on s.namespace = t.namespace and holds(s.valid_from, s.valid_to, $3)
         left join source_facts f on f.source_id = s.source_id and holds(f.valid_from, f.valid_to, $3)
         join names n on n.namespace = coalesce(f.namespace, t.namespace) and n.match_hash = t.hash
                     and holds(n.valid_from, n.valid_to, $3)
         join assets a on a.id = n.asset_id
         order by t.place, (n.origin = 'former'), n.valid_from desc, n.id desc",
    )
    .bind(&spaces)
    .bind(&hashes)
    .bind(at)
    .fetch_all(conn)
    .await?;
    let found: HashMap<i64, i64> = found.into_iter().collect();
    Ok((1..).zip(names).map(|(place, _)| found.get(&place).copied().map(AssetId)).collect())
}

/// Gives assets their names. Names that they had from the same origin end and go on as former ones; what has the name
/// already keeps it; what else of the same source has one of the names loses it. All closings come before all openings,
/// so that two may change names with each other.
///
/// # Errors
/// A database error when a name belongs to an asset of another source.
pub async fn rename(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    origin: NameOrigin,
    rule: MatchRule,
    source: AssetId,
    names: &[(AssetId, AssetName)],
) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let assets: Vec<i64> = names.iter().map(|(asset, _)| asset.0).collect();
    let spaces: Vec<&str> = names.iter().map(|(_, name)| name.namespace.as_str()).collect();
    let hashes: Vec<Vec<u8>> = names.iter().map(|(_, name)| name.match_hash(rule)).collect();
    // Arrays of arrays of unequal length do not exist in PostgreSQL: the paths travel as JSON.
    let paths: Vec<serde_json::Value> = names.iter().map(|(_, name)| serde_json::json!(name.path)).collect();
    let losers: Vec<i64> = sqlx::query_scalar(
        "select n.asset_id from unnest($1::bigint[], $2::text[], $3::bytea[]) as t (asset, namespace, hash)
         join names n on n.namespace = t.namespace and n.match_hash = t.hash and n.valid_to is null and n.origin = $4
         join assets a on a.id = n.asset_id and a.source_id = $5
         where n.asset_id <> t.asset and n.asset_id <> all ($1)",
    )
    .bind(&assets)
    .bind(&spaces)
    .bind(&hashes)
    .bind(origin.as_str())
    .bind(source.0)
    .fetch_all(&mut *conn)
    .await?;
    close(conn, change, origin, &losers, None).await?;
    close(conn, change, origin, &assets, Some((&spaces, &hashes))).await?;
    sqlx::query(
        "insert into names (asset_id, namespace, path, match_hash, origin, valid_from, change_set)
         select t.asset, t.namespace, array(select jsonb_array_elements_text(t.path)), t.hash, $5, $6, $7
         from unnest($1::bigint[], $2::text[], $3::jsonb[], $4::bytea[]) as t (asset, namespace, path, hash)
         where not exists (select from names n where n.asset_id = t.asset and n.namespace = t.namespace
                and n.match_hash = t.hash and n.origin = $5 and n.valid_to is null)",
    )
    .bind(&assets)
    .bind(&spaces)
    .bind(&paths)
    .bind(&hashes)
    .bind(origin.as_str())
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    change.touch_all(names.iter().map(|(asset, _)| *asset));
    Ok(())
}

/// Ends the names that assets have from an origin: they are gone from there. What they were called stays known as a
/// former name.
///
/// # Errors
/// When the database does not take it.
pub async fn retire(
    conn: &mut PgConnection,
    change: &ChangeSet,
    origin: NameOrigin,
    assets: &[AssetId],
) -> Result<()> {
    let ids: Vec<i64> = assets.iter().map(|id| id.0).collect();
    close(conn, change, origin, &ids, None).await
}

async fn close(
    conn: &mut PgConnection,
    change: &ChangeSet,
    origin: NameOrigin,
    assets: &[i64],
    keep: Option<(&[&str], &[Vec<u8>])>,
) -> Result<()> {
    let none = vec![None::<&str>; assets.len()];
    let no_hash = vec![None::<Vec<u8>>; assets.len()];
    let query = sqlx::query(
        "with gone as (
             update names n set valid_to = greatest($5, n.valid_from + interval '1 microsecond'), closed_by = $6
             from unnest($1::bigint[], $2::text[], $3::bytea[]) as t (asset, namespace, hash)
             where n.asset_id = t.asset and n.origin = $4 and n.valid_to is null
               and (n.namespace, n.match_hash) is distinct from (t.namespace, t.hash)
             returning n.asset_id, n.namespace, n.path, n.match_hash, n.valid_to
         )
         insert into names (asset_id, namespace, path, match_hash, origin, valid_from, change_set)
         select asset_id, namespace, path, match_hash, 'former', valid_to, $6 from gone",
    )
    .bind(assets);
    let query = match keep {
        Some((spaces, hashes)) => query.bind(spaces).bind(hashes),
        None => query.bind(none).bind(no_hash),
    };
    query.bind(origin.as_str()).bind(change.at).bind(change.id.0).execute(conn).await?;
    Ok(())
}
