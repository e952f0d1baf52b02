//! What stands in a FROM clause, and what a query puts out.

use std::rc::Rc;

use crate::lineage::EdgeKind;
use crate::names::{Name, Symbol};

use super::sources::{Dep, Deps, TableId};
use super::{Analyzer, Item};

/// The columns of a query.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) columns: Vec<Column>,
    /// What decides its rows.
    pub(crate) rows: Option<Deps>,
    /// Of a set operation whose sides have not the same shape (a star against names): a column is looked for in each.
    pub(crate) branches: Vec<Rc<Output>>,
}

/// A column of a query: one, or those of a star that nothing resolves.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: Name,
    pub(crate) deps: Deps,
    pub(crate) item: Option<Item>,
    /// Empty: one column.
    pub(crate) stars: Rc<[Star]>,
}

/// All columns of a table but some.
#[derive(Debug, Clone)]
pub(crate) struct Star {
    /// `None`: of a table function, of which only `deps` is known.
    pub(crate) table: Option<TableId>,
    pub(crate) hidden: Rc<[Symbol]>,
    pub(crate) deps: Deps,
}

impl Column {
    pub(crate) fn is_star(&self) -> bool {
        !self.stars.is_empty()
    }
}

/// A table, subquery or table function in a FROM clause.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    /// What it is called by.
    pub(crate) alias: Option<Symbol>,
    /// The real table behind it: it may be called by its whole name too.
    pub(crate) table: Option<TableId>,
    /// The parts of its name in the text, for `db.t.column`.
    pub(crate) path: Rc<[Symbol]>,
    pub(crate) shape: Shape,
    /// Found only by its name (`excluded`), or not part of a star (the right side of a semi join).
    pub(crate) reach: Reach,
}

/// How a relation's columns are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    Whole,
    NoStar,
    QualifiedOnly,
}

/// What a relation consists of.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// A real table.
    Table(TableId),
    /// A query's columns.
    Listed(Rc<Output>),
    /// Whatever it has comes from these.
    Any(Deps),
}

/// Whether a relation has a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Has {
    Yes,
    /// It may: its columns are not known.
    Open,
    /// It may, but others are likelier: a table function.
    Weak,
    No,
}

impl Relation {
    pub(crate) fn of(alias: Option<Symbol>, shape: Shape) -> Self {
        Self { alias, table: None, path: Rc::from([]), shape, reach: Reach::Whole }
    }
}

impl Output {
    fn has(&self, key: Symbol) -> Has {
        let mut found = Has::No;
        for branch in &self.branches {
            match branch.has(key) {
                Has::Yes => return Has::Yes,
                Has::No => {}
                has => found = has,
            }
        }
        for column in &self.columns {
            if !column.is_star() {
                if column.name.key == key {
                    return Has::Yes;
                }
            } else if column.stars.iter().any(|star| !star.hidden.contains(&key)) {
                found = if column.stars.iter().all(|star| star.table.is_none()) && found == Has::No {
                    Has::Weak
                } else {
                    Has::Open
                };
            }
        }
        found
    }

    /// Whether all its columns are named.
    pub(crate) fn is_closed(&self) -> bool {
        self.branches.is_empty() && self.columns.iter().all(|column| !column.is_star())
    }
}

impl Analyzer<'_> {
    pub(super) fn has(&self, relation: &Relation, name: Name) -> Has {
        match &relation.shape {
            Shape::Table(table) => {
                let (known, open) = self.tables.columns(*table);
                if known.iter().any(|column| column.key == name.key) {
                    Has::Yes
                } else if open {
                    Has::Open
                } else {
                    Has::No
                }
            }
            Shape::Listed(output) => output.has(name.key),
            Shape::Any(_) if relation.alias == Some(name.key) => Has::Yes,
            Shape::Any(_) => Has::Weak,
        }
    }

    /// Adds what a column of a relation comes from. The relation has it, or may have it.
    pub(super) fn push_column_of(
        &mut self,
        relation: &Relation,
        name: Name,
        kind: EdgeKind,
        out: &mut Vec<Dep>,
    ) {
        match &relation.shape {
            Shape::Table(table) => {
                let (known, _) = self.tables.columns(*table);
                let spelt = known.iter().find(|column| column.key == name.key).copied().unwrap_or(name);
                let source = self.sources.column(*table, spelt);
                out.push(Dep { source, kind });
            }
            Shape::Listed(output) => self.push_output_column(&Rc::clone(output), name, kind, out),
            Shape::Any(deps) => self.extend(out, &Rc::clone(deps), kind.max(EdgeKind::Expression)),
        }
    }

    fn push_output_column(&mut self, output: &Rc<Output>, name: Name, kind: EdgeKind, out: &mut Vec<Dep>) {
        if !output.branches.is_empty() {
            for branch in &output.branches {
                self.push_output_column(branch, name, kind, out);
            }
            return;
        }
        let mut same =
            output.columns.iter().filter(|column| !column.is_star() && column.name.key == name.key);
        if let Some(first) = same.clone().next() {
            let found = same.find(|column| column.name.text == name.text).unwrap_or(first);
            self.extend(out, &found.deps, kind);
            return;
        }
        let mut open: Vec<&Column> = output
            .columns
            .iter()
            .filter(|column| {
                column.stars.iter().any(|star| star.table.is_some() && !star.hidden.contains(&name.key))
            })
            .collect();
        if open.is_empty() {
            open.extend(output.columns.iter().filter(|column| column.is_star()));
        }
        if let [column] = open[..] {
            for star in column.stars.iter().filter(|star| !star.hidden.contains(&name.key)) {
                match star.table {
                    Some(table) => {
                        let source = self.sources.column(table, name);
                        out.push(Dep { source, kind });
                    }
                    None => self.extend(out, &star.deps, kind.max(EdgeKind::Expression)),
                }
            }
        } else if !open.is_empty() {
            let candidates: Vec<TableId> =
                open.iter().flat_map(|column| column.stars.iter().filter_map(|star| star.table)).collect();
            self.push_unresolved(name, &candidates, kind, out);
        }
    }

    /// Adds a column of which the table is not known.
    pub(super) fn push_unresolved(
        &mut self,
        name: Name,
        candidates: &[TableId],
        kind: EdgeKind,
        out: &mut Vec<Dep>,
    ) {
        let source = self.sources.unresolved(name, &candidates[..candidates.len().min(32)]);
        out.push(Dep { source, kind });
    }

    /// The real tables from which a relation's unknown columns come.
    pub(super) fn tables_behind(&self, relation: &Relation, into: &mut Vec<TableId>) {
        match &relation.shape {
            Shape::Table(table) => into.push(*table),
            Shape::Listed(output) => {
                into.extend(
                    output
                        .columns
                        .iter()
                        .flat_map(|column| column.stars.iter().filter_map(|star| star.table)),
                );
            }
            Shape::Any(_) => {}
        }
    }

    /// All columns of a relation, in order.
    pub(super) fn all_columns(&mut self, relation: &Relation) -> Vec<Column> {
        match &relation.shape {
            Shape::Listed(output) => output.columns.clone(),
            Shape::Table(table) => self.columns_of_table(*table),
            Shape::Any(deps) => {
                let star = Star { table: None, hidden: Rc::from([]), deps: Rc::clone(deps) };
                vec![Column {
                    name: self.names.star,
                    deps: Rc::clone(deps),
                    item: None,
                    stars: Rc::from([star]),
                }]
            }
        }
    }

    pub(super) fn columns_of_table(&mut self, table: TableId) -> Vec<Column> {
        let (known, open) = self.tables.columns(table);
        let known = known.to_vec();
        self.is_exhausted(known.len());
        let mut columns: Vec<Column> = known.iter().map(|&name| self.table_column(table, name)).collect();
        if open {
            let hidden = known.iter().map(|name| name.key).collect();
            let mut column = self.table_column(table, self.names.star);
            column.stars = Rc::from([Star { table: Some(table), hidden, deps: Rc::clone(&column.deps) }]);
            columns.push(column);
        }
        columns
    }

    fn table_column(&mut self, table: TableId, name: Name) -> Column {
        let source = self.sources.column(table, name);
        let deps: Deps = Rc::from([Dep { source, kind: EdgeKind::Identity }]);
        Column { name, deps, item: None, stars: Rc::from([]) }
    }
}
