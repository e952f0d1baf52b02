//! Why a dataset has no lineage, or less than it could.

use crate::catalog::asset::Asset;
use crate::error::{Failure, Result};
use cadastre_frontend::lineage::Gap;
use cadastre_model::AssetId;
use sqlx::PgConnection;

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    gap: String,
}

/// Why each of these datasets, which have no lineage, has none: the first reason that holds.
pub(crate) async fn of_bare(conn: &mut PgConnection, ids: &[AssetId]) -> Result<Vec<(AssetId, Gap)>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select a.id, case
             when s.asset_id is not null and s.last_crawl_at is null then 'not_crawled'
             when f.kind in ('view', 'materialized_view') and j.definition is null then 'no_definition'
             when j.trouble then 'not_parsed'
             else 'no_job' end as gap
         from assets a
         left join sources s on s.asset_id = a.source_id
         left join dataset_facts f on f.dataset_id = a.id and f.valid_to is null
         left join lateral (
             select max(v.definition) as definition,
                    bool_or(exists (select from job_statements t where t.job_id = v.job_id and t.understood in ('partly', 'failed'))) as trouble
             from assets o join job_facts v on v.job_id = o.id and v.valid_to is null
             where o.parent_id = a.id and o.kind = 'job') j on true
         where a.id = any($1) order by a.name, a.id",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    gaps(rows)
}

/// Why each of these datasets, which have lineage, has none of its columns.
pub(crate) async fn of_columns(conn: &mut PgConnection, ids: &[AssetId]) -> Result<Vec<(AssetId, Gap)>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select a.id, case
             when exists (select from lineage_edges e where (e.from_id = a.id or e.to_id = a.id) and e.star and e.valid_to is null and not e.struck)
                 then 'star_only'
             when exists (select from assets o join job_statements t on t.job_id = o.id
                          where o.parent_id = a.id and o.kind = 'job' and t.understood in ('partly', 'failed')) then 'not_parsed'
             else 'no_columns' end as gap
         from assets a where a.id = any($1) order by a.name, a.id",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    gaps(rows)
}

fn gaps(rows: Vec<Row>) -> Result<Vec<(AssetId, Gap)>> {
    let gap = |row: Row| {
        let gap = Gap::of_word(&row.gap).ok_or_else(|| Failure::internal(format!("no gap: {}", row.gap)))?;
        Ok((AssetId(row.id), gap))
    };
    rows.into_iter().map(gap).collect()
}

/// What is missing at one dataset.
pub(crate) async fn of_dataset(conn: &mut PgConnection, asset: &Asset, is_bare: bool) -> Result<Vec<Gap>> {
    let gaps =
        if is_bare { of_bare(conn, &[asset.id]).await? } else { of_columns(conn, &[asset.id]).await? };
    // Whether columns are known where there is lineage says who counts them.
    Ok(gaps.into_iter().map(|(_, gap)| gap).filter(|gap| *gap != Gap::NoColumns).collect())
}
