//! The order of a table's rows: which of all that is reached a page of it has.

use super::affected::{Extent, column_of};
use crate::error::Result;
use cadastre_lineage::Impact;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// A file has no more rows than this: the page says how many there are.
const MOST: usize = 50_000;

/// A page of what is reached, as places in it: by hop, then by the name of the dataset and of the column.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn page(
    conn: &mut PgConnection,
    impact: &Impact,
    all: &[usize],
    extent: Extent,
) -> Result<Vec<usize>> {
    let (from, most) = match extent {
        Extent::From { row, most } => (row, most),
        Extent::Whole => (0, MOST),
    };
    let one = |at: &usize| impact.reached.get(*at);
    let (hops, skipped) = hops_of_page(impact, all, from, most);
    let all: Vec<usize> = hops.iter().flatten().copied().collect();
    if all.iter().filter_map(one).all(|one| column_of(one.node).is_none()) {
        return by_name(conn, impact, hops, (from - skipped, most)).await;
    }
    let places: Vec<i64> = sqlx::query_scalar(
        "select u.place from unnest($1::bigint[], $2::int[], $3::bigint[], $4::bigint[]) as u (place, hop, asset, col)
         join assets a on a.id = u.asset
         left join column_facts f on f.column_id = u.col and f.valid_to is null
         order by u.hop, a.name, a.id, f.path, u.col nulls first limit $5 offset $6",
    )
    .bind(all.iter().map(|&at| i64::try_from(at).unwrap_or(i64::MAX)).collect::<Vec<_>>())
    .bind(all.iter().filter_map(one).map(|one| i32::try_from(one.hop).unwrap_or(i32::MAX)).collect::<Vec<_>>())
    .bind(all.iter().filter_map(one).map(|one| one.asset.0).collect::<Vec<_>>())
    .bind(all.iter().filter_map(one).map(|one| column_of(one.node).map(|id| id.0)).collect::<Vec<_>>())
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .bind(i64::try_from(from - skipped).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    Ok(places.into_iter().filter_map(|place| usize::try_from(place).ok()).collect())
}

/// A page of datasets alone, hop by hop.
async fn by_name(
    conn: &mut PgConnection,
    impact: &Impact,
    hops: Vec<Vec<usize>>,
    (mut from, most): (usize, usize),
) -> Result<Vec<usize>> {
    let mut page = Vec::new();
    for hop in hops {
        let mut places: Vec<(i64, usize)> =
            hop.iter().filter_map(|&at| Some((impact.reached.get(at)?.asset.0, at))).collect();
        places.sort_unstable();
        let part = (from, most - page.len());
        let ids = match first_by_name(conn, &places, part).await? {
            Some(ids) => ids,
            None => these_by_name(conn, &places, part).await?,
        };
        page.extend(ids.into_iter().filter_map(|id| place(&places, id)));
        from = from.saturating_sub(hop.len());
    }
    Ok(page)
}

/// Where an id stands among these, which are sorted by id.
fn place(places: &[(i64, usize)], id: i64) -> Option<usize> {
    places
        .binary_search_by_key(&id, |(id, _)| *id)
        .ok()
        .and_then(|found| places.get(found))
        .map(|(_, at)| *at)
}

/// A hop that is a good part of all datasets has its first by name among the first of all; `None`: they were not, or are not
/// worth looking for there. To send a hundred thousand ids takes longer than all else that the page does.
async fn first_by_name(
    conn: &mut PgConnection,
    places: &[(i64, usize)],
    (from, most): (usize, usize),
) -> Result<Option<Vec<i64>>> {
    let looked_at = from.saturating_add(most).saturating_mul(2);
    if looked_at > places.len() / 4 {
        return Ok(None);
    }
    let first: Vec<i64> =
        sqlx::query_scalar("select id from assets where kind = 'dataset' order by name, id limit $1")
            .bind(i64::try_from(looked_at).unwrap_or(i64::MAX))
            .fetch_all(conn)
            .await?;
    let found: Vec<i64> =
        first.into_iter().filter(|id| place(places, *id).is_some()).skip(from).take(most).collect();
    Ok((found.len() == most).then_some(found))
}

async fn these_by_name(
    conn: &mut PgConnection,
    places: &[(i64, usize)],
    (from, most): (usize, usize),
) -> Result<Vec<i64>> {
    // Planned for these ids: whether to go by them or by the names depends on how many they are.
    let ids = sqlx::query_scalar(
        "select a.id from assets a where a.kind = 'dataset' and a.id = any($1) order by a.name, a.id limit $2 offset $3",
    )
    .persistent(false)
    .bind(places.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .bind(i64::try_from(from).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// Of a list in the order of hops those whole hops that a page has rows of, and how many come before them: only these need names.
fn hops_of_page(impact: &Impact, all: &[usize], from: usize, most: usize) -> (Vec<Vec<usize>>, usize) {
    let mut hops: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for at in all {
        hops.entry(impact.reached.get(*at).map_or(0, |one| one.hop)).or_default().push(*at);
    }
    let (mut wanted, mut skipped, mut rows) = (Vec::new(), 0, 0);
    for places in hops.into_values() {
        if wanted.is_empty() && skipped + places.len() <= from {
            skipped += places.len();
            continue;
        }
        rows += places.len();
        wanted.push(places);
        if rows >= (from - skipped).saturating_add(most) {
            break;
        }
    }
    (wanted, skipped)
}
