//! Columns of all datasets, in one query.

use std::collections::{BTreeSet, HashMap};

use tokio_postgres::types::Type;

use super::super::{Column, Dataset, Generated, Phase, SourceError};
use super::crawl::Crawl;
use super::text::{optional, text};
use super::types::{Types, Written};

const COLUMNS: &str = "
    SELECT a.attrelid, a.attnum, a.attname::text, a.atttypid, a.atttypmod, a.attnotnull,
           a.attidentity::text, a.attgenerated::text, left(pg_get_expr(e.adbin, e.adrelid), $2), left(d.description, $2)
    FROM unnest($1) AS w(oid)
    JOIN pg_attribute a ON a.attrelid = w.oid
    LEFT JOIN pg_attrdef e ON a.atthasdef AND e.adrelid = a.attrelid AND e.adnum = a.attnum
    LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped";

/// A column whose type is known by its number only.
struct Bare {
    attnum: i16,
    name: String,
    written: Written,
    not_null: bool,
    default: Option<String>,
    generated: Option<Generated>,
    comment: Option<String>,
}

/// Reads the columns into their datasets.
pub(super) async fn columns(crawl: &mut Crawl<'_>, datasets: &mut [Dataset]) -> Result<(), SourceError> {
    let at: HashMap<u32, usize> =
        datasets.iter().enumerate().map(|(at, dataset)| (dataset.oid, at)).collect();
    let oids: Vec<u32> = datasets.iter().map(|dataset| dataset.oid).collect();
    let mut bare: Vec<Vec<Bare>> = datasets.iter().map(|_| Vec::new()).collect();
    let mut met = BTreeSet::new();
    let mut done = 0_u64;
    let (longest, expected) = (crawl.scissors.asked(), Some(crawl.expected_columns));
    let (scissors, progress) = (&mut crawl.scissors, crawl.progress);
    crawl
        .session
        .each(COLUMNS, &[(&oids, Type::OID_ARRAY), (&longest, Type::INT4)], |row| {
            let Some(columns) = at.get(&row.try_get(0)?).and_then(|at| bare.get_mut(*at)) else {
                return Ok(());
            };
            let written = (row.try_get(3)?, row.try_get(4)?);
            met.insert(written);
            columns.push(Bare {
                attnum: row.try_get(1)?,
                name: text(row, 2)?,
                written,
                not_null: row.try_get(5)?,
                default: scissors.cut(optional(row, 8)?),
                generated: generated(&text(row, 6)?, &text(row, 7)?),
                comment: scissors.cut(optional(row, 9)?),
            });
            done += 1;
            if done.is_multiple_of(5_000) {
                progress.report(Phase::Columns, done, expected);
            }
            Ok(())
        })
        .await?;
    let types = Types::read(crawl.session, &met).await?;
    for (dataset, bare) in datasets.iter_mut().zip(bare) {
        dataset.columns = finish(bare, &types);
    }
    crawl.progress.report(Phase::Columns, done, Some(done));
    Ok(())
}

fn generated(identity: &str, generated: &str) -> Option<Generated> {
    match (identity, generated) {
        ("a", _) => Some(Generated::IdentityAlways),
        ("d", _) => Some(Generated::IdentityByDefault),
        (_, "s") => Some(Generated::Stored),
        (_, "v") => Some(Generated::Virtual),
        _ => None,
    }
}

fn finish(mut bare: Vec<Bare>, types: &Types) -> Vec<Column> {
    bare.sort_by_key(|column| column.attnum);
    let finished = bare.into_iter().zip(1..).map(|(column, ordinal)| Column {
        attnum: column.attnum,
        name: column.name,
        ordinal,
        nullable: !column.not_null && !types.forbids_null(column.written.0),
        data_type: types.of(column.written),
        default: column.default,
        generated: column.generated,
        comment: column.comment,
    });
    finished.collect()
}
