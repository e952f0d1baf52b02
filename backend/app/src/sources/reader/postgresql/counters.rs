//! How often tables were read and written, as the server counts it for itself. Partitions count for their parent. The crawl
//! itself reads the catalogue only, so it does not count.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tokio_postgres::types::Type;

use super::super::{Dataset, SourceError};
use super::crawl::Crawl;
use super::datasets::Folded;

const COUNTERS: &str = "
    SELECT c.oid,
           pg_stat_get_numscans(c.oid)
               + coalesce((SELECT sum(pg_stat_get_numscans(i.indexrelid)) FROM pg_index i WHERE i.indrelid = c.oid), 0)::bigint,
           pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid)
    FROM pg_class c JOIN unnest($1) AS w(oid) ON w.oid = c.oid
    WHERE c.relkind IN ('r', 'm') AND current_setting('track_counts') = 'on'";

const SINCE: &str = "
    SELECT pg_stat_get_db_stat_reset_time(d.oid) FROM pg_database d WHERE d.datname = current_database()";

/// Reads the counters; gives when the server began to count, where it says so.
pub(super) async fn counters(
    crawl: &Crawl<'_>,
    folded: &Folded,
    datasets: &mut [Dataset],
) -> Result<Option<DateTime<Utc>>, SourceError> {
    let at: HashMap<u32, usize> =
        datasets.iter().enumerate().map(|(at, dataset)| (dataset.oid, at)).collect();
    let parts = folded.iter().filter(|(_, root)| at.contains_key(root)).map(|(part, _)| *part);
    let oids: Vec<u32> = at.keys().copied().chain(parts).collect();
    crawl
        .session
        .each(COUNTERS, &[(&oids, Type::OID_ARRAY)], |row| {
            let oid: u32 = row.try_get(0)?;
            let oid = folded.get(&oid).copied().unwrap_or(oid);
            if let Some(dataset) = at.get(&oid).and_then(|at| datasets.get_mut(*at)) {
                let sum = dataset.counters.get_or_insert_default();
                sum.reads = sum.reads.saturating_add(row.try_get(1)?);
                sum.writes = sum.writes.saturating_add(row.try_get(2)?);
            }
            Ok(())
        })
        .await?;
    let mut since = None;
    crawl
        .session
        .each(SINCE, &[], |row| {
            since = row.try_get(0)?;
            Ok(())
        })
        .await?;
    Ok(since)
}
