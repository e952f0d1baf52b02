//! From a parsed statement to its facts: which tables it reads and writes, and from which columns its output columns come.
//!
//! Everything is worked out from the inside out: a subquery is an [`relation::Output`], whose columns already know the columns
//! of real tables that they come from, so no name is followed twice. Tables, columns and names are numbers here (see [`sources`] and
//! [`crate::names`]); the answer's texts are made at the end, in [`crate::answer`].

mod change;
mod copy;
mod define;
mod expr;
mod from;
mod function;
mod insert;
mod match_recognize;
mod pipe;
mod pivot;
mod project;
mod query;
pub(crate) mod relation;
mod scope;
mod set_operation;
pub(crate) mod sources;
mod statement;
mod table_function;
mod tables;
mod unfold;

use hashbrown::HashMap;
use std::rc::Rc;

use sqlparser::tokenizer::{Location, Span};

use crate::dialect::Dialect;
use crate::lineage::{EdgeKind, Severity, StatementKind};
use crate::names::{Name, Names, Symbol};
use crate::options::Options;
use crate::schema::Schema;

use relation::Output;
use sources::{Dep, Deps, Sources, TableId};
use tables::Tables;

/// What a statement does, in numbers.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) kind: StatementKind,
    pub(crate) reads: Vec<TableId>,
    pub(crate) writes: Vec<TableId>,
    pub(crate) columns: Vec<Written>,
    pub(crate) rows: Deps,
    pub(crate) effects: Vec<Effect>,
    pub(crate) notes: Vec<Note>,
}

/// A column that a statement writes or returns.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) table: Option<TableId>,
    pub(crate) name: Name,
    pub(crate) deps: Deps,
    pub(crate) item: Option<Item>,
}

/// A select item: the place of its SELECT and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) select: Location,
    pub(crate) number: u32,
}

/// What a statement does to tables besides filling them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The table is new: what was in it before is gone.
    Created(TableId),
    /// The table is gone.
    Dropped(TableId),
    /// The first has the second's name from now on.
    Renamed(TableId, TableId),
}

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) span: Span,
}

/// Analyses the statements of one text, one after the other.
pub(crate) struct Analyzer<'s> {
    pub(crate) names: Names<'s>,
    pub(crate) tables: Tables<'s>,
    pub(crate) sources: Sources,
    dialect: Dialect,
    options: &'s Options,
    /// SQL functions that the text defined, by name.
    functions: HashMap<Symbol, Rc<FunctionBody>>,
    none: Deps,
    // Of the statement at hand:
    ctes: Vec<(Symbol, Rc<Output>)>,
    parameters: Vec<Symbol>,
    reads: Vec<TableId>,
    writes: Vec<TableId>,
    /// Tables that the UPDATE, DELETE or MERGE at hand changes.
    changed: Vec<TableId>,
    effects: Vec<Effect>,
    written: Vec<Written>,
    /// Where in `written` a table's column is.
    emitted: HashMap<(Option<TableId>, Symbol), usize>,
    notes: Vec<Note>,
    // Of the whole text:
    steps: usize,
}

/// What a call of an SQL function reads.
#[derive(Debug)]
struct FunctionBody {
    output: Rc<Output>,
    reads: Vec<TableId>,
}

impl<'s> Analyzer<'s> {
    pub(crate) fn new(schema: &'s Schema, dialect: Dialect, options: &'s Options) -> Self {
        let mut names = Names::new(&schema.spellings, dialect);
        let tables = Tables::new(schema, options, &mut names);
        Self {
            names,
            tables,
            sources: Sources::default(),
            dialect,
            options,
            functions: HashMap::new(),
            none: Rc::from([]),
            ctes: Vec::new(),
            parameters: Vec::new(),
            reads: Vec::new(),
            writes: Vec::new(),
            changed: Vec::new(),
            effects: Vec::new(),
            written: Vec::new(),
            emitted: HashMap::new(),
            notes: Vec::new(),
            steps: 0,
        }
    }

    /// Counts work done; `true`: there is none left, the answer is cut short (and says so).
    fn is_exhausted(&mut self, steps: usize) -> bool {
        let before = self.steps;
        self.steps = before.saturating_add(steps);
        let most = self.options.limits.steps;
        if before <= most && self.steps > most {
            self.note(
                Severity::Error,
                format!("more than {most} steps: the answer is not complete"),
                Span::empty(),
            );
        }
        self.steps > most
    }

    fn note(&mut self, severity: Severity, message: String, span: Span) {
        let note = Note { severity, message, span };
        if self.notes.len() < 100 && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn write(&mut self, table: TableId) {
        if !self.writes.contains(&table) {
            self.writes.push(table);
        }
    }

    /// Makes a set of what was collected.
    fn deps(&self, mut deps: Vec<Dep>) -> Deps {
        if deps.is_empty() {
            return Rc::clone(&self.none);
        }
        deps.sort_unstable();
        deps.dedup();
        Rc::from(deps)
    }

    /// Adds deps as they look from behind another step.
    fn extend(&mut self, out: &mut Vec<Dep>, deps: &[Dep], kind: EdgeKind) {
        if !self.is_exhausted(deps.len()) {
            out.extend(deps.iter().map(|dep| Dep { source: dep.source, kind: kind.after(dep.kind) }));
        }
    }

    /// Deps as they look from behind another step.
    fn through(&mut self, deps: &Deps, kind: EdgeKind) -> Deps {
        if kind == EdgeKind::Identity || deps.is_empty() {
            return Rc::clone(deps);
        }
        let mut out = Vec::with_capacity(deps.len());
        self.extend(&mut out, deps, kind);
        self.deps(out)
    }

    /// Both.
    fn union(&mut self, left: &Deps, right: &Deps) -> Deps {
        if right.is_empty() || Rc::ptr_eq(left, right) {
            return Rc::clone(left);
        }
        if left.is_empty() {
            return Rc::clone(right);
        }
        let mut out = left.to_vec();
        self.extend(&mut out, right, EdgeKind::Identity);
        self.deps(out)
    }
}
