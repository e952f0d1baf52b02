//! Schemas, and the tables, views and the like in them; partitions are folded into their parents.

use std::collections::HashMap;

use cadastre_model::DatasetKind;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::{Dataset, LeftOut, Partitioning, Persistence, Phase, Schema, SourceError};
use super::crawl::Crawl;
use super::text::{optional, text};

const SCHEMAS: &str = "
    SELECT n.nspname::text, n.oid, pg_get_userbyid(n.nspowner)::text, left(d.description, $1),
           coalesce(has_schema_privilege(n.oid, 'USAGE'), false)
    FROM pg_namespace n
    LEFT JOIN pg_description d ON d.classoid = 'pg_namespace'::regclass AND d.objoid = n.oid AND d.objsubid = 0
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY n.nspname";

const DATASETS: &str = "
    SELECT c.oid, c.relnamespace, c.relname::text, c.relkind::text, pg_get_userbyid(c.relowner)::text,
           left(d.description, $2), CASE WHEN c.reltuples > 0 OR c.relpages > 0 THEN c.reltuples::float8 END,
           c.relpersistence::text,
           coalesce(has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'), false),
           c.relrowsecurity, c.relnatts,
           CASE WHEN c.relkind IN ('v', 'm') THEN left(pg_get_viewdef(c.oid, true), $2) END,
           p.partstrat::text, CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END, s.srvname::text
    FROM pg_class c
    JOIN unnest($1) AS w(oid) ON w.oid = c.relnamespace
    LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
    LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
    LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
    LEFT JOIN pg_foreign_server s ON s.oid = f.ftserver
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'";

/// Of every partition of the database: the table that it ends up in, and whether it holds rows itself.
const PARTITIONS: &str = "
    SELECT c.oid, pg_partition_root(c.oid)::oid, c.relkind <> 'p',
           CASE WHEN c.reltuples > 0 OR c.relpages > 0 THEN c.reltuples::float8 END
    FROM pg_class c WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f')";

/// What somebody holds locked against everything is left out rather than waited for.
const SIZES: &str = "
    SELECT c.oid, pg_total_relation_size(c.oid)
    FROM pg_class c JOIN unnest($1) AS w(oid) ON w.oid = c.oid
    WHERE c.relkind IN ('r', 'm') AND c.oid <> ALL (ARRAY(
        SELECT l.relation FROM pg_locks l
        WHERE l.relation IS NOT NULL AND l.granted AND l.mode = 'AccessExclusiveLock'
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())))";

/// Partitions by oid, with the oid of the table that they are folded into.
pub(super) type Folded = HashMap<u32, u32>;

/// Reads the schemas: those in scope, and the others' names.
pub(super) async fn schemas(crawl: &mut Crawl<'_>) -> Result<Vec<Schema>, SourceError> {
    let (mut taken, mut left) = (Vec::new(), Vec::new());
    let (longest, filters, scissors) = (crawl.scissors.asked(), crawl.filters, &mut crawl.scissors);
    crawl
        .session
        .each(SCHEMAS, &[(&longest, Type::INT4)], |row| {
            let (name, oid) = (text(row, 0)?, row.try_get(1)?);
            if filters.takes_schema(&name) {
                let comment = scissors.cut(optional(row, 3)?);
                taken.push(Schema { name, oid, owner: optional(row, 2)?, comment, usable: row.try_get(4)? });
            } else {
                left.push(LeftOut { schema: name, dataset: None, oid });
            }
            Ok(())
        })
        .await?;
    crawl.left_out = left;
    crawl.progress.report(Phase::Schemas, taken.len() as u64, Some(taken.len() as u64));
    Ok(taken)
}

/// Reads the datasets of the schemas, sorted by schema and name, as many as their columns allow.
pub(super) async fn datasets(crawl: &mut Crawl<'_>, schemas: &[Schema]) -> Result<Vec<Dataset>, SourceError> {
    let names: HashMap<u32, &str> = schemas.iter().map(|schema| (schema.oid, schema.name.as_str())).collect();
    let oids: Vec<u32> = names.keys().copied().collect();
    let mut read: Vec<(Dataset, usize)> = Vec::new();
    let (longest, filters) = (crawl.scissors.asked(), crawl.filters);
    let (scissors, left_out, progress) = (&mut crawl.scissors, &mut crawl.left_out, crawl.progress);
    crawl
        .session
        .each(DATASETS, &[(&oids, Type::OID_ARRAY), (&longest, Type::INT4)], |row| {
            let schema = names.get(&row.try_get(1)?).copied().unwrap_or_default();
            let (oid, name) = (row.try_get(0)?, text(row, 2)?);
            if filters.takes_dataset(schema, &name) {
                let mut dataset = dataset(row, oid, schema, name)?;
                dataset.comment = scissors.cut(dataset.comment);
                dataset.definition = scissors.cut(dataset.definition);
                let columns = usize::try_from(row.try_get::<_, i16>(10)?).unwrap_or(0);
                read.push((dataset, columns));
                if read.len().is_multiple_of(500) {
                    progress.report(Phase::Datasets, read.len() as u64, None);
                }
            } else {
                left_out.push(LeftOut { schema: schema.to_owned(), dataset: Some(name), oid });
            }
            Ok(())
        })
        .await?;
    read.sort_by(|(a, _), (b, _)| (&a.schema, &a.name).cmp(&(&b.schema, &b.name)));
    crawl.keep_within_columns(&mut read);
    crawl.progress.report(Phase::Datasets, read.len() as u64, Some(read.len() as u64));
    Ok(read.into_iter().map(|(dataset, _)| dataset).collect())
}

fn dataset(row: &Row, oid: u32, schema: &str, name: String) -> Result<Dataset, tokio_postgres::Error> {
    let kind = match text(row, 3)?.as_str() {
        "p" => DatasetKind::PartitionedTable,
        "v" => DatasetKind::View,
        "m" => DatasetKind::MaterializedView,
        "f" => DatasetKind::ForeignTable,
        _ => DatasetKind::Table,
    };
    let strategy = match optional(row, 12)?.as_deref() {
        Some("l") => Some("list"),
        Some("h") => Some("hash"),
        Some(_) => Some("range"),
        None => None,
    };
    let key = optional(row, 13)?.unwrap_or_default();
    let partitioning = strategy.map(|strategy| Partitioning { strategy, key: bare_key(&key), count: 0 });
    let unlogged = text(row, 7)? == "u";
    Ok(Dataset {
        schema: schema.to_owned(),
        name,
        oid,
        kind,
        owner: optional(row, 4)?,
        comment: optional(row, 5)?,
        row_estimate: if kind == DatasetKind::View {
            None
        } else {
            row.try_get::<_, Option<f64>>(6)?.map(rows)
        },
        bytes: None,
        counters: None,
        definition: optional(row, 11)?,
        partitioning,
        foreign_server: optional(row, 14)?,
        persistence: if unlogged { Persistence::Unlogged } else { Persistence::Permanent },
        readable: row.try_get(8)?,
        row_security: row.try_get(9)?,
        columns: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
    })
}

/// `RANGE (payment_date)` → `payment_date`.
fn bare_key(definition: &str) -> String {
    let key = definition.split_once(" (").and_then(|(_, key)| key.strip_suffix(')'));
    key.unwrap_or(definition).to_owned()
}

#[expect(clippy::cast_possible_truncation, reason = "an estimate; the cast saturates")]
fn rows(estimate: f64) -> i64 {
    estimate.round() as i64
}

/// Folds partitions into the tables that they belong to: how many, and how many rows together.
pub(super) async fn fold(crawl: &Crawl<'_>, datasets: &mut [Dataset]) -> Result<Folded, SourceError> {
    let mut folded = Folded::new();
    if !datasets.iter().any(|dataset| dataset.partitioning.is_some()) {
        return Ok(folded);
    }
    let mut sums: HashMap<u32, (u32, Option<i64>)> = HashMap::new();
    crawl
        .session
        .each(PARTITIONS, &[], |row| {
            let Some(root) = row.try_get::<_, Option<u32>>(1)? else { return Ok(()) };
            folded.insert(row.try_get(0)?, root);
            if row.try_get(2)? {
                let (count, sum) = sums.entry(root).or_default();
                *count += 1;
                let estimate: Option<f64> = row.try_get(3)?;
                *sum = estimate.map(rows).map(|rows| rows.saturating_add(sum.unwrap_or(0))).or(*sum);
            }
            Ok(())
        })
        .await?;
    for dataset in datasets {
        let Some(partitioning) = &mut dataset.partitioning else { continue };
        let (count, sum) = sums.get(&dataset.oid).copied().unwrap_or_default();
        partitioning.count = count;
        dataset.row_estimate = sum;
    }
    Ok(folded)
}

/// Measures what lies on disk. Nothing else depends on it, so a lock that comes in between costs the sizes only.
pub(super) async fn sizes(
    crawl: &mut Crawl<'_>,
    folded: &Folded,
    datasets: &mut [Dataset],
) -> Result<(), SourceError> {
    let at: HashMap<u32, usize> =
        datasets.iter().enumerate().map(|(at, dataset)| (dataset.oid, at)).collect();
    let parts = folded.iter().filter(|(_, root)| at.contains_key(root)).map(|(part, _)| *part);
    let oids: Vec<u32> = at.keys().copied().chain(parts).collect();
    let mut measured = Vec::with_capacity(oids.len());
    crawl.session.command("SAVEPOINT sizes; SET LOCAL lock_timeout = 500").await?;
    let outcome = crawl
        .session
        .each(SIZES, &[(&oids, Type::OID_ARRAY)], |row| {
            if let Some(bytes) = row.try_get::<_, Option<i64>>(1)? {
                measured.push((row.try_get::<_, u32>(0)?, bytes));
            }
            Ok(())
        })
        .await;
    match outcome {
        Ok(()) => {}
        Err(error) if error.class.may_pass() && error.server_text.is_some() => {
            crawl.session.command("ROLLBACK TO SAVEPOINT sizes").await?;
            crawl.notice("source-notice-sizes", 1);
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    for (oid, bytes) in measured {
        let oid = folded.get(&oid).unwrap_or(&oid);
        if let Some(dataset) = at.get(oid).and_then(|at| datasets.get_mut(*at)) {
            dataset.bytes = Some(dataset.bytes.unwrap_or(0).saturating_add(bytes));
        }
    }
    crawl.progress.report(Phase::Sizes, oids.len() as u64, Some(oids.len() as u64));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_key_is_shown_without_its_frame() {
        assert_eq!(bare_key("RANGE (payment_date)"), "payment_date");
        assert_eq!(bare_key("LIST (lower((name)::text))"), "lower((name)::text)");
        assert_eq!(bare_key("odd"), "odd");
    }

    #[test]
    fn estimates_saturate() {
        assert_eq!((rows(1e30), rows(41.6), rows(f64::NAN)), (i64::MAX, 42, 0));
    }
}
