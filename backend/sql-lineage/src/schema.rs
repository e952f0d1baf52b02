//! What is known of the tables: their columns, in order. Given by the caller; nothing here asks a database.

use hashbrown::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use crate::lineage::TableName;
use crate::names::{Name, Spellings, Symbol};

/// Tables and their columns. Names are compared without case.
///
/// ```
/// use sql_lineage::Schema;
///
/// let schema: Schema = serde_json::from_str(r#"{"shop.orders": {"id": "int", "total": "decimal"}}"#)?;
/// let mut same = Schema::new();
/// same.add_table(["shop", "orders"], ["id", "total"]);
/// assert_eq!(schema.len(), same.len());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Schema {
    pub(crate) spellings: Spellings,
    tables: Vec<SchemaTable>,
    by_last: HashMap<Symbol, Vec<usize>>,
}

/// A table of a schema.
#[derive(Debug, Clone)]
pub(crate) struct SchemaTable {
    pub(crate) name: TableName,
    pub(crate) keys: Vec<Symbol>,
    pub(crate) columns: Vec<Name>,
    /// Columns that are fields of others (`widget.id` beside `widget`): found by name, not part of a star.
    pub(crate) nested: Vec<Name>,
}

impl Schema {
    /// A schema without tables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a table. `name` is outermost first (catalog, schema, table); a later table of the same name stands beside the earlier one.
    pub fn add_table<N, C>(&mut self, name: impl IntoIterator<Item = N>, columns: impl IntoIterator<Item = C>)
    where
        N: AsRef<str>,
        C: AsRef<str>,
    {
        let parts: Vec<Arc<str>> = name.into_iter().map(|part| Arc::from(part.as_ref())).collect();
        let keys: Vec<Symbol> = parts.iter().map(|part| self.spellings.name_as_is(part).key).collect();
        let Some(&last) = keys.last() else { return };
        let all: Vec<Name> =
            columns.into_iter().map(|column| self.spellings.name_as_is(column.as_ref())).collect();
        let is_field = |column: &Name, spellings: &Spellings| {
            spellings
                .text(column.key)
                .split_once('.')
                .is_some_and(|(root, _)| all.iter().any(|c| spellings.text(c.key) == root))
        };
        let (nested, columns) = all.iter().copied().partition(|column| is_field(column, &self.spellings));
        self.by_last.entry(last).or_default().push(self.tables.len());
        self.tables.push(SchemaTable { name: TableName::new(parts), keys, columns, nested });
    }

    /// How many tables it has.
    pub fn len(&self) -> usize {
        self.tables.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    pub(crate) fn table(&self, index: usize) -> &SchemaTable {
        &self.tables[index]
    }

    /// The table of these keys; else the only one whose name ends so, or with which these keys end.
    pub(crate) fn find(&self, keys: &[Symbol]) -> Option<usize> {
        let same_last = self.by_last.get(keys.last()?)?;
        let matching = |test: &dyn Fn(&[Symbol]) -> bool| {
            let mut found = same_last.iter().copied().filter(|&i| test(&self.tables[i].keys));
            found.next().filter(|_| found.next().is_none())
        };
        same_last
            .iter()
            .copied()
            .find(|&i| self.tables[i].keys == keys)
            .or_else(|| matching(&|known| known.ends_with(keys) || keys.ends_with(known)))
    }
}

/// `{"db.table": {"column": "type", …}}`, the columns in their order; a null or empty type is as good as any.
impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tables;
        impl<'de> Visitor<'de> for Tables {
            type Value = Schema;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tables, each an object of columns")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut tables: A) -> Result<Schema, A::Error> {
                let mut schema = Schema::new();
                while let Some((table, columns)) = tables.next_entry::<String, Columns>()? {
                    schema.add_table(split_name(&table), columns.0);
                }
                Ok(schema)
            }
        }
        deserializer.deserialize_map(Tables)
    }
}

/// The names of a table's columns in the order of the text (a JSON map would sort them).
struct Columns(Vec<String>);

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Columns;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of columns")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut columns: A) -> Result<Columns, A::Error> {
                let mut names = Vec::new();
                while let Some((column, _type)) = columns.next_entry::<String, serde::de::IgnoredAny>()? {
                    names.push(column);
                }
                Ok(Columns(names))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

/// `a."b.c".d` → a, b.c, d.
fn split_name(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in name.chars() {
        match (quote, c) {
            (None, '"' | '`') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '.') => parts.push(String::new()),
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
        }
    }
    parts
}
