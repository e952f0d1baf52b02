//! Functions and procedures whose bodies tell lineage: those in SQL and PL/pgSQL that no extension brought.

use std::collections::HashMap;

use tokio_postgres::types::Type;

use super::super::{Function, Phase, Schema, SourceError};
use super::crawl::Crawl;
use super::text::{optional, text};

const FUNCTIONS: &str = "
    SELECT p.pronamespace, p.proname::text, p.oid, pg_get_function_identity_arguments(p.oid),
           CASE p.prokind WHEN 'f' THEN pg_get_function_result(p.oid) END, l.lanname::text,
           left(pg_get_functiondef(p.oid), $2), left(d.description, $2)
    FROM unnest($1) AS w(oid)
    JOIN pg_proc p ON p.pronamespace = w.oid
    JOIN pg_language l ON l.oid = p.prolang
    LEFT JOIN pg_description d ON d.classoid = 'pg_proc'::regclass AND d.objoid = p.oid AND d.objsubid = 0
    WHERE p.prokind IN ('f', 'p') AND l.lanname IN ('sql', 'plpgsql')
      AND NOT EXISTS (SELECT FROM pg_depend e
                      WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')";

/// Reads the functions, sorted by schema, name and arguments.
pub(super) async fn functions(
    crawl: &mut Crawl<'_>,
    schemas: &[Schema],
) -> Result<Vec<Function>, SourceError> {
    let names: HashMap<u32, &str> = schemas.iter().map(|schema| (schema.oid, schema.name.as_str())).collect();
    let oids: Vec<u32> = names.keys().copied().collect();
    let mut functions = Vec::new();
    let (longest, scissors) = (crawl.scissors.asked(), &mut crawl.scissors);
    crawl
        .session
        .each(FUNCTIONS, &[(&oids, Type::OID_ARRAY), (&longest, Type::INT4)], |row| {
            functions.push(Function {
                schema: names.get(&row.try_get(0)?).copied().unwrap_or_default().to_owned(),
                name: text(row, 1)?,
                oid: row.try_get(2)?,
                arguments: optional(row, 3)?.unwrap_or_default(),
                returns: optional(row, 4)?,
                language: text(row, 5)?,
                definition: scissors.cut(optional(row, 6)?).unwrap_or_default(),
                comment: scissors.cut(optional(row, 7)?),
            });
            Ok(())
        })
        .await?;
    functions.sort_by(|a, b| (&a.schema, &a.name, &a.arguments).cmp(&(&b.schema, &b.name, &b.arguments)));
    crawl.progress.report(Phase::Functions, functions.len() as u64, Some(functions.len() as u64));
    Ok(functions)
}
