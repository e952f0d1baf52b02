//! Keys, checks and indexes of all datasets, one query each.

use std::collections::HashMap;

use cadastre_model::ConstraintKind;
use tokio_postgres::types::Type;

use super::super::{Constraint, Dataset, Index, Phase, Reference, SourceError};
use super::crawl::Crawl;
use super::datasets::Folded;
use super::text::{Text, optional, text};

/// What partitions inherit, and what a foreign key makes at the partitions that it points to, has a parent.
const CONSTRAINTS: &str = "
    SELECT c.conrelid, c.conname::text, c.contype::text, c.conkey, left(pg_get_constraintdef(c.oid, true), $2),
           c.convalidated, c.confrelid, n.nspname::text, f.relname::text,
           CASE c.contype WHEN 'f' THEN (
               SELECT array_agg(a.attname::text ORDER BY k.at)
               FROM unnest(c.confkey) WITH ORDINALITY AS k(attnum, at)
               JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) END
    FROM unnest($1) AS w(oid)
    JOIN pg_constraint c ON c.conrelid = w.oid
    LEFT JOIN pg_class f ON f.oid = c.confrelid
    LEFT JOIN pg_namespace n ON n.oid = f.relnamespace
    WHERE c.contype IN ('p', 'u', 'f', 'c') AND c.conparentid = 0";

/// Indexes that are no primary key and no unique constraint. What excludes (EXCLUDE) is described by its constraint.
const INDEXES: &str = "
    SELECT i.indrelid, x.relname::text, i.indisunique, i.indkey::int2[], i.indnkeyatts,
           CASE WHEN 0 = ANY (i.indkey::int2[]) THEN
               ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) AS k) END,
           left(coalesce(pg_get_constraintdef(c.oid, true), pg_get_indexdef(i.indexrelid)), $2)
    FROM unnest($1) AS w(oid)
    JOIN pg_index i ON i.indrelid = w.oid
    JOIN pg_class x ON x.oid = i.indexrelid
    LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u', 'x')
    WHERE c.contype IS NULL OR c.contype = 'x'";

/// Where a dataset stands in the list, and its columns' names by number.
struct Known {
    at: usize,
    columns: HashMap<i16, String>,
}

fn known(datasets: &[Dataset]) -> HashMap<u32, Known> {
    let one = |(at, dataset): (usize, &Dataset)| {
        let columns = dataset.columns.iter().map(|column| (column.attnum, column.name.clone())).collect();
        (dataset.oid, Known { at, columns })
    };
    datasets.iter().enumerate().map(one).collect()
}

impl Known {
    fn names(&self, attnums: &[i16]) -> Vec<String> {
        attnums.iter().filter_map(|attnum| self.columns.get(attnum).cloned()).collect()
    }
}

/// Reads keys, checks and indexes into their datasets.
pub(super) async fn keys(
    crawl: &mut Crawl<'_>,
    folded: &Folded,
    datasets: &mut [Dataset],
) -> Result<(), SourceError> {
    let known = known(datasets);
    let oids: Vec<u32> = known.keys().copied().collect();
    constraints(crawl, &known, &oids, datasets).await?;
    indexes(crawl, &known, &oids, datasets).await?;
    point_to_parents(folded, &known, datasets);
    for dataset in datasets {
        dataset.constraints.sort_by(|a, b| a.name.cmp(&b.name));
        dataset.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(())
}

async fn constraints(
    crawl: &mut Crawl<'_>,
    known: &HashMap<u32, Known>,
    oids: &Vec<u32>,
    datasets: &mut [Dataset],
) -> Result<(), SourceError> {
    let (longest, scissors) = (crawl.scissors.asked(), &mut crawl.scissors);
    let mut done = 0;
    crawl
        .session
        .each(CONSTRAINTS, &[(oids, Type::OID_ARRAY), (&longest, Type::INT4)], |row| {
            let Some(owner) = known.get(&row.try_get(0)?) else { return Ok(()) };
            let Some(dataset) = datasets.get_mut(owner.at) else { return Ok(()) };
            let kind = match text(row, 2)?.as_str() {
                "p" => ConstraintKind::Primary,
                "u" => ConstraintKind::Unique,
                "f" => ConstraintKind::Foreign,
                _ => ConstraintKind::Check,
            };
            let columns = row.try_get::<_, Option<Vec<i16>>>(3)?.unwrap_or_default();
            let referenced: Option<Vec<Text>> = row.try_get(9)?;
            let references = match (optional(row, 7)?, optional(row, 8)?, referenced) {
                (Some(schema), Some(dataset), Some(columns)) => {
                    let columns = columns.into_iter().map(|name| name.0).collect();
                    Some(Reference { schema, dataset, oid: row.try_get(6)?, columns })
                }
                _ => None,
            };
            dataset.constraints.push(Constraint {
                name: text(row, 1)?,
                kind,
                columns: owner.names(&columns),
                references,
                definition: scissors.cut(optional(row, 4)?).unwrap_or_default(),
                validated: row.try_get(5)?,
            });
            done += 1;
            Ok(())
        })
        .await?;
    crawl.progress.report(Phase::Constraints, done, Some(done));
    Ok(())
}

async fn indexes(
    crawl: &mut Crawl<'_>,
    known: &HashMap<u32, Known>,
    oids: &Vec<u32>,
    datasets: &mut [Dataset],
) -> Result<(), SourceError> {
    let (longest, scissors) = (crawl.scissors.asked(), &mut crawl.scissors);
    let mut done = 0;
    crawl
        .session
        .each(INDEXES, &[(oids, Type::OID_ARRAY), (&longest, Type::INT4)], |row| {
            let Some(owner) = known.get(&row.try_get(0)?) else { return Ok(()) };
            let Some(dataset) = datasets.get_mut(owner.at) else { return Ok(()) };
            let key_count = usize::try_from(row.try_get::<_, i16>(4)?).unwrap_or(0);
            let mut attnums: Vec<i16> = row.try_get(3)?;
            attnums.truncate(key_count);
            let written: Option<Vec<Text>> = row.try_get(5)?;
            let keys = match written {
                Some(written) => written.into_iter().map(|key| key.0).collect(),
                None => owner.names(&attnums),
            };
            dataset.indexes.push(Index {
                name: text(row, 1)?,
                keys,
                unique: row.try_get(2)?,
                definition: scissors.cut(optional(row, 6)?).unwrap_or_default(),
            });
            done += 1;
            Ok(())
        })
        .await?;
    crawl.progress.report(Phase::Indexes, done, Some(done));
    Ok(())
}

/// A foreign key to a partition points to the table that the partition is folded into.
fn point_to_parents(folded: &Folded, known: &HashMap<u32, Known>, datasets: &mut [Dataset]) {
    if folded.is_empty() {
        return;
    }
    let names: Vec<(String, String)> =
        datasets.iter().map(|dataset| (dataset.schema.clone(), dataset.name.clone())).collect();
    let references = datasets
        .iter_mut()
        .flat_map(|dataset| &mut dataset.constraints)
        .filter_map(|constraint| constraint.references.as_mut());
    for reference in references {
        let root = folded.get(&reference.oid).and_then(|root| known.get(root).map(|known| (*root, known.at)));
        if let Some((oid, (schema, dataset))) = root.and_then(|(oid, at)| Some((oid, names.get(at)?))) {
            reference.oid = oid;
            reference.schema.clone_from(schema);
            reference.dataset.clone_from(dataset);
        }
    }
}
