//! The tables that the text names, each once: a name with its defaults filled in, and the columns as far as they are known from the
//! schema or from a statement before.

use hashbrown::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

use crate::dialect::UseMeans;
use crate::lineage::TableName;
use crate::names::{Name, Names, Symbol};
use crate::options::Options;
use crate::schema::Schema;

use super::sources::TableId;

/// What is known of a table's columns.
#[derive(Debug, Clone)]
pub(crate) enum Columns {
    /// Nothing.
    Unknown,
    /// They are a table of the schema.
    Schema(usize),
    /// A statement of the text made them; `open`: and others that it did not name (`*`).
    Made { names: Rc<[Name]>, open: bool },
}

#[derive(Debug)]
struct Table {
    name: TableName,
    columns: Columns,
}

/// All tables met so far, and the defaults of names.
#[derive(Debug)]
pub(crate) struct Tables<'s> {
    schema: &'s Schema,
    list: Vec<Table>,
    numbers: HashMap<Vec<Symbol>, TableId>,
    catalog: Option<Name>,
    schema_name: Option<Name>,
    search_path: Vec<Name>,
}

impl<'s> Tables<'s> {
    pub(crate) fn new(schema: &'s Schema, options: &'s Options, names: &mut Names<'s>) -> Self {
        let mut named = |text: &Option<String>| text.as_ref().map(|text| names.as_is(text));
        let (catalog, schema_name) = (named(&options.default_catalog), named(&options.default_schema));
        let search_path = options.search_path.iter().map(|text| names.as_is(text)).collect();
        Self { schema, list: Vec::new(), numbers: HashMap::new(), catalog, schema_name, search_path }
    }

    /// The table of a name in the text.
    pub(crate) fn named(&mut self, parts: &[Name], names: &Names<'s>) -> TableId {
        let full = self.with_defaults(parts);
        self.exactly(&full, names)
    }

    /// The table of this name and no other (a path, a name with its defaults).
    pub(crate) fn exactly(&mut self, full: &[Name], names: &Names<'s>) -> TableId {
        let keys: Vec<Symbol> = full.iter().map(|part| part.key).collect();
        if let Some(&found) = self.numbers.get(&keys) {
            return found;
        }
        let (name, columns) = match self.schema.find(&keys) {
            // The longer of both names says more; the schema's spelling is the database's own.
            Some(known) if self.schema.table(known).keys.len() >= keys.len() => {
                (self.schema.table(known).name.clone(), Columns::Schema(known))
            }
            known => {
                let name = TableName::new(full.iter().map(|part| Arc::clone(names.text(part.text))));
                (name, known.map_or(Columns::Unknown, Columns::Schema))
            }
        };
        // The same table under a shorter and a longer name is one.
        let id = self.list.iter().position(
            |table| matches!((&table.columns, &columns), (_, Columns::Schema(_)) if table.name == name),
        );
        let id = TableId(u32::try_from(id.unwrap_or(self.list.len())).unwrap_or(u32::MAX));
        if id.0 as usize == self.list.len() {
            self.list.push(Table { name, columns });
        }
        self.numbers.insert(keys, id);
        id
    }

    /// The table of this one name, if it was met.
    pub(crate) fn known(&self, key: Symbol) -> Option<TableId> {
        self.numbers.get(&vec![key]).copied()
    }

    fn with_defaults(&self, parts: &[Name]) -> Vec<Name> {
        let mut full = parts.to_vec();
        if parts.len() == 1 {
            let has = |schema: &Name| self.schema.find(&[schema.key, parts[0].key]).is_some();
            let schema = self.search_path.iter().find(|schema| has(schema)).or(self.schema_name.as_ref());
            full.splice(0..0, schema.copied());
        }
        if parts.len() <= 2 {
            full.splice(0..0, self.catalog);
        }
        full
    }

    /// `USE a.b`, `USE a`.
    pub(crate) fn use_default(&mut self, parts: &[Name], means: UseMeans) {
        match (parts, means) {
            ([catalog, schema], _) => {
                (self.catalog, self.schema_name) = (Some(*catalog), Some(*schema));
            }
            ([catalog], UseMeans::Catalog) => {
                (self.catalog, self.schema_name) = (Some(*catalog), None);
            }
            ([schema], UseMeans::Schema) => self.schema_name = Some(*schema),
            _ => (self.catalog, self.schema_name) = (None, None),
        }
        self.search_path.clear();
    }

    pub(crate) fn name(&self, id: TableId) -> &TableName {
        &self.list[id.0 as usize].name
    }

    /// The columns of a table, as far as they are known, and whether there may be others.
    pub(crate) fn columns(&self, id: TableId) -> (&[Name], bool) {
        match &self.list[id.0 as usize].columns {
            Columns::Unknown => (&[], true),
            Columns::Schema(known) => {
                let columns = &self.schema.table(*known).columns;
                (columns, columns.is_empty())
            }
            Columns::Made { names, open } => (names, *open),
        }
    }

    /// The fields of columns that the schema lists by path.
    pub(crate) fn fields(&self, id: TableId) -> &[Name] {
        match &self.list[id.0 as usize].columns {
            Columns::Schema(known) => &self.schema.table(*known).nested,
            _ => &[],
        }
    }

    /// Sets the columns of a table that a statement makes.
    pub(crate) fn make(&mut self, id: TableId, columns: Columns) {
        self.list[id.0 as usize].columns = columns;
    }

    /// The columns of a table, to be given to another.
    pub(crate) fn shape(&self, id: TableId) -> Columns {
        self.list[id.0 as usize].columns.clone()
    }
}

/// The identifiers of a name; a part that is a function call counts by its name.
pub(crate) fn idents(name: &ObjectName) -> impl Iterator<Item = &Ident> {
    name.0.iter().map(|part| match part {
        ObjectNamePart::Identifier(ident) => ident,
        ObjectNamePart::Function(function) => &function.name,
    })
}
