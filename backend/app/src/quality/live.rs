//! What a source says of a table at this moment, in the snapshot in which its rows are counted: so a constraint that was dropped
//! since the last crawl holds nothing, and a column that came in can be asked for.

use super::known::DIALECT;
use crate::error::Failure;
use crate::sources::safe::{Most, ReadError, SafeReader};
use rules::{Column, Constraint, Guarantee, Shape, Sort, Table};
use serde::Deserialize;

/// One row with one text: the table as JSON; none where there is no such table. Only what is validated and of the whole table
/// counts: no partial index, none on expressions, none that is being built.
const TABLE: &str = "
SELECT json_build_object(
    'kind', c.relkind,
    'row_security', pg_catalog.row_security_active(c.oid),
    'has_children', c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid),
    'has_foreign', c.relkind = 'p' AND EXISTS (
        SELECT FROM pg_catalog.pg_partition_tree(c.oid) t JOIN pg_catalog.pg_class l ON l.oid = t.relid WHERE l.relkind = 'f'),
    'columns', (SELECT json_agg(json_build_object(
            'name', a.attname, 'written', pg_catalog.format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
            'base', (WITH RECURSIVE base (id, mod, depth) AS (
                    SELECT d.typbasetype, d.typtypmod, 1 FROM pg_catalog.pg_type d WHERE d.oid = a.atttypid AND d.typtype = 'd'
                    UNION ALL
                    SELECT d.typbasetype, d.typtypmod, b.depth + 1 FROM base b JOIN pg_catalog.pg_type d ON d.oid = b.id AND d.typtype = 'd')
                SELECT pg_catalog.format_type(b.id, b.mod) FROM base b ORDER BY b.depth DESC LIMIT 1),
            'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = a.atttypid))
            ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'keys', (SELECT json_agg(json_build_object(
            'name', x.relname, 'primary', i.indisprimary,
            'columns', (SELECT json_agg(a.attname ORDER BY k.at) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, at)
                        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE k.at <= i.indnkeyatts))
            ORDER BY i.indisprimary DESC, x.relname)
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL),
    'references', (SELECT json_agg(json_build_object(
            'name', f.conname, 'to', json_build_array(n2.nspname, c2.relname),
            'columns', (SELECT json_agg(a.attname ORDER BY k.at) FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, at)
                        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum),
            'keys', (SELECT json_agg(a.attname ORDER BY k.at) FROM unnest(f.confkey) WITH ORDINALITY AS k (attnum, at)
                        JOIN pg_catalog.pg_attribute a ON a.attrelid = c2.oid AND a.attnum = k.attnum)) ORDER BY f.conname)
        FROM pg_catalog.pg_constraint f JOIN pg_catalog.pg_class c2 ON c2.oid = f.confrelid
        JOIN pg_catalog.pg_namespace n2 ON n2.oid = c2.relnamespace
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.convalidated)
)::text AS described
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')";

/// The longest description of a table, in bytes: 1,600 columns with their labels.
const DESCRIPTION: u32 = 4 << 20;

#[derive(Debug, Deserialize)]
struct Described {
    kind: String,
    row_security: bool,
    has_children: bool,
    has_foreign: bool,
    columns: Option<Vec<DescribedColumn>>,
    keys: Option<Vec<Key>>,
    references: Option<Vec<Reference>>,
}

#[derive(Debug, Deserialize)]
struct DescribedColumn {
    name: String,
    written: String,
    /// What a domain stands on in the end.
    base: Option<String>,
    not_null: bool,
    labels: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Key {
    name: String,
    primary: bool,
    columns: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Reference {
    name: String,
    to: Vec<String>,
    columns: Vec<String>,
    keys: Vec<String>,
}

/// A table as it is now.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) table: Table,
    /// Whether policies of the source keep rows from its account (row level security): what is counted are the others.
    pub(super) hides_rows: bool,
}

/// A table by schema and name; none where the source has none of that name for its account.
///
/// # Errors
/// When the source does not answer.
pub(super) async fn table(reader: &mut SafeReader, path: &[String]) -> Result<Option<Live>, ReadError> {
    let [schema, name] = path else { return Ok(None) };
    let sql = format!("{TABLE} AND n.nspname = {} AND c.relname = {}", literal(schema), literal(name));
    let most = Most { cell: DESCRIPTION, bytes: DESCRIPTION as usize, ..Most::default() };
    let rows = reader.ask_catalogue(&sql, &most).await?;
    let first = rows.rows.first().and_then(|row| row.first());
    let Some(text) = first.and_then(|cell| cell.text.as_deref()) else { return Ok(None) };
    let described: Described =
        serde_json::from_str(text).map_err(|error| ReadError::from(Failure::internal(error)))?;
    Ok(Some(Live { hides_rows: described.row_security, table: described.table(path) }))
}

/// A text as SQL has it, whatever `standard_conforming_strings` says.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

impl Described {
    fn table(self, path: &[String]) -> Table {
        let shape = match self.kind.as_str() {
            "r" if self.has_children => Shape::Parent,
            "r" => Shape::Plain,
            "p" if self.has_foreign => Shape::PartlyForeign,
            "p" => Shape::Partitioned,
            "f" => Shape::Foreign,
            _ => Shape::View,
        };
        let columns = self.columns.unwrap_or_default();
        let not_null = columns.iter().filter(|column| column.not_null).map(|column| Constraint {
            name: column.name.clone(),
            what: Guarantee::NotNull(column.name.clone()),
        });
        let keys = self.keys.unwrap_or_default().into_iter().filter_map(|key| {
            let columns = key.columns?;
            let what = if key.primary { Guarantee::PrimaryKey(columns) } else { Guarantee::Unique(columns) };
            Some(Constraint { name: key.name, what })
        });
        let references = self.references.unwrap_or_default().into_iter().map(|reference| Constraint {
            name: reference.name,
            what: Guarantee::ForeignKey {
                columns: reference.columns,
                to: reference.to,
                keys: reference.keys,
            },
        });
        let constraints = keys.chain(references).chain(not_null).collect();
        let columns = columns.into_iter().map(column).collect();
        Table { path: path.to_vec(), columns, constraints, shape }
    }
}

fn column(column: DescribedColumn) -> Column {
    let base = column.base.as_ref().unwrap_or(&column.written);
    let sort = column.labels.map_or_else(|| DIALECT.sort_of(base), Sort::Enumeration);
    Column { name: column.name, written: column.written, sort }
}
