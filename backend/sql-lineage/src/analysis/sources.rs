//! The columns of real tables, as numbers, and sets of them.

use hashbrown::HashMap;
use std::rc::Rc;

use crate::lineage::EdgeKind;
use crate::names::{Name, Symbol};

/// A table of [`super::tables::Tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TableId(pub(super) u32);

/// A column of a real table, or one that could not be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SourceId(u32);

/// A column that something depends on, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Dep {
    pub(crate) source: SourceId,
    pub(crate) kind: EdgeKind,
}

/// A set of them: sorted, each once, shared.
pub(crate) type Deps = Rc<[Dep]>;

/// What a [`SourceId`] stands for.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// `None`: not resolved.
    pub(crate) table: Option<TableId>,
    pub(crate) column: Name,
    /// Of an unresolved column: the tables that may have it.
    pub(crate) candidates: Rc<[TableId]>,
}

/// All columns met so far.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    list: Vec<Source>,
    unresolved: HashMap<(Symbol, Rc<[TableId]>), SourceId>,
    of_tables: HashMap<(TableId, Symbol), SourceId>,
}

impl Sources {
    /// A column of a table.
    pub(crate) fn column(&mut self, table: TableId, column: Name) -> SourceId {
        if let Some(&found) = self.of_tables.get(&(table, column.key)) {
            return found;
        }
        let id = self.push(Source { table: Some(table), column, candidates: Rc::from([]) });
        self.of_tables.insert((table, column.key), id);
        id
    }

    /// A column that is in none or in several of these.
    pub(crate) fn unresolved(&mut self, column: Name, candidates: &[TableId]) -> SourceId {
        let candidates: Rc<[TableId]> = Rc::from(candidates);
        let key = (column.key, Rc::clone(&candidates));
        if let Some(&found) = self.unresolved.get(&key) {
            return found;
        }
        let id = self.push(Source { table: None, column, candidates });
        self.unresolved.insert(key, id);
        id
    }

    pub(crate) fn get(&self, id: SourceId) -> &Source {
        &self.list[id.0 as usize]
    }

    fn push(&mut self, source: Source) -> SourceId {
        let id = SourceId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(source);
        id
    }
}
