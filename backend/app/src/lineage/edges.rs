//! Writing edges: those of a job are brought to what was read out of its newest version.

use super::said::Spot;
use crate::catalog::rows::word;
use crate::change::ChangeSet;
use crate::error::Result;
use cadastre_model::{AssetId, ColumnId, How, Maker};
use sqlx::PgConnection;
use std::collections::HashMap;

/// An edge with its ends found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundEdge {
    pub(super) job: AssetId,
    pub(super) key: EdgeKey,
    pub(super) maker: Maker,
    pub(super) confidence: i16,
    pub(super) spot: Option<Spot>,
}

/// What makes two edges of one job the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct EdgeKey {
    pub(super) from: Option<AssetId>,
    pub(super) to: Option<AssetId>,
    pub(super) from_column: Option<ColumnId>,
    pub(super) to_column: Option<ColumnId>,
    pub(super) how: How,
    pub(super) star: bool,
}

#[derive(Debug, sqlx::FromRow)]
struct OpenRow {
    id: i64,
    job_id: i64,
    from_id: Option<i64>,
    to_id: Option<i64>,
    from_column: Option<i64>,
    to_column: Option<i64>,
    how: String,
    star: bool,
    confidence: i16,
    statement: Option<i32>,
    start_byte: Option<i32>,
    end_byte: Option<i32>,
}

impl OpenRow {
    fn key(&self) -> Result<EdgeKey> {
        Ok(EdgeKey {
            from: self.from_id.map(AssetId),
            to: self.to_id.map(AssetId),
            from_column: self.from_column.map(ColumnId),
            to_column: self.to_column.map(ColumnId),
            how: word(&self.how)?,
            star: self.star,
        })
    }

    fn stands_at(&self, spot: Option<Spot>) -> bool {
        (self.statement, self.start_byte, self.end_byte)
            == (spot.map(|s| s.statement), spot.map(|s| s.start), spot.map(|s| s.end))
    }
}

/// The open edges of a job.
pub(super) async fn open_keys(conn: &mut PgConnection, job: AssetId) -> Result<Vec<EdgeKey>> {
    let rows: Vec<OpenRow> = sqlx::query_as(
        "select id, job_id, from_id, to_id, from_column, to_column, how, star, confidence, statement, start_byte, end_byte
         from lineage_edges where job_id = $1 and valid_to is null and not struck",
    )
    .bind(job.0)
    .fetch_all(conn)
    .await?;
    rows.iter().map(OpenRow::key).collect()
}

/// Brings the edges of jobs to these: what is no longer said is closed, what is said anew is opened, what is the same stays.
/// Where only its place in the text moved, the place is written. Nothing is touched: who sees one end of an edge and not the
/// other must not see that there is a change. Gives how many were opened and closed.
pub(super) async fn apply(
    conn: &mut PgConnection,
    change: &ChangeSet,
    jobs: &[AssetId],
    edges: Vec<FoundEdge>,
) -> Result<(usize, usize)> {
    let ids: Vec<i64> = jobs.iter().map(|id| id.0).collect();
    let open: Vec<OpenRow> = sqlx::query_as(
        "select id, job_id, from_id, to_id, from_column, to_column, how, star, confidence, statement, start_byte, end_byte
         from lineage_edges where job_id = any($1) and valid_to is null and maker <> 'person' order by id",
    )
    .bind(&ids)
    .fetch_all(&mut *conn)
    .await?;
    let mut wanted: HashMap<(AssetId, EdgeKey), FoundEdge> = HashMap::with_capacity(edges.len());
    for edge in edges {
        // Said twice: the surest counts, of equals the first.
        match wanted.entry((edge.job, edge.key)) {
            std::collections::hash_map::Entry::Vacant(place) => drop(place.insert(edge)),
            std::collections::hash_map::Entry::Occupied(mut place) => {
                if edge.confidence > place.get().confidence {
                    place.insert(edge);
                }
            }
        }
    }
    let (mut gone, mut moved) = (Vec::new(), Vec::new());
    for row in open {
        let key = row.key()?;
        match wanted.remove(&(AssetId(row.job_id), key)) {
            Some(edge) if edge.confidence == row.confidence => {
                if !row.stands_at(edge.spot) {
                    moved.push((row.id, edge.spot));
                }
            }
            again => {
                gone.push(row.id);
                if let Some(edge) = again {
                    wanted.insert((edge.job, edge.key), edge);
                }
            }
        }
    }
    let mut new: Vec<FoundEdge> = wanted.into_values().collect();
    new.sort_unstable_by_key(|edge| (edge.job, edge.key));
    close(conn, change, &gone).await?;
    open_edges(conn, change, &new).await?;
    place(conn, &moved).await?;
    Ok((new.len(), gone.len()))
}

async fn close(conn: &mut PgConnection, change: &ChangeSet, rows: &[i64]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update lineage_edges set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where id = any($1)",
    )
    .bind(rows)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

async fn open_edges(conn: &mut PgConnection, change: &ChangeSet, new: &[FoundEdge]) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let ids = |of: fn(&EdgeKey) -> Option<i64>| new.iter().map(|edge| of(&edge.key)).collect::<Vec<_>>();
    let spots = |of: fn(Spot) -> i32| new.iter().map(|edge| edge.spot.map(of)).collect::<Vec<_>>();
    sqlx::query(
        "insert into lineage_edges (job_id, from_id, to_id, from_column, to_column, how, star, maker, confidence,
                                    statement, start_byte, end_byte, valid_from, change_set)
         select job, origin, target, origin_column, target_column, how, star, maker, confidence, statement, first, last, $13, $14
         from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bool[],
                     $8::text[], $9::smallint[], $10::int[], $11::int[], $12::int[])
              as t (job, origin, target, origin_column, target_column, how, star, maker, confidence, statement, first, last)",
    )
    .bind(new.iter().map(|edge| edge.job.0).collect::<Vec<_>>())
    .bind(ids(|key| key.from.map(|id| id.0)))
    .bind(ids(|key| key.to.map(|id| id.0)))
    .bind(ids(|key| key.from_column.map(|id| id.0)))
    .bind(ids(|key| key.to_column.map(|id| id.0)))
    .bind(new.iter().map(|edge| edge.key.how.as_str()).collect::<Vec<_>>())
    .bind(new.iter().map(|edge| edge.key.star).collect::<Vec<_>>())
    .bind(new.iter().map(|edge| edge.maker.as_str()).collect::<Vec<_>>())
    .bind(new.iter().map(|edge| edge.confidence).collect::<Vec<_>>())
    .bind(spots(|spot| spot.statement))
    .bind(spots(|spot| spot.start))
    .bind(spots(|spot| spot.end))
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

async fn place(conn: &mut PgConnection, moved: &[(i64, Option<Spot>)]) -> Result<()> {
    if moved.is_empty() {
        return Ok(());
    }
    let spots = |of: fn(Spot) -> i32| moved.iter().map(|(_, spot)| spot.map(of)).collect::<Vec<_>>();
    sqlx::query(
        "update lineage_edges e set statement = t.statement, start_byte = t.first, end_byte = t.last
         from unnest($1::bigint[], $2::int[], $3::int[], $4::int[]) as t (id, statement, first, last) where e.id = t.id",
    )
    .bind(moved.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind(spots(|spot| spot.statement))
    .bind(spots(|spot| spot.start))
    .bind(spots(|spot| spot.end))
    .execute(conn)
    .await?;
    Ok(())
}
