//! The statements of a text as one: what is read from outside, what is left behind, and the columns between, through the tables that
//! the text itself fills.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::analysis::sources::{Dep, Deps, TableId};
use crate::analysis::{Analyzer, Effect, Facts, Written};
use crate::answer;
use crate::lineage::{Script, StatementKind};
use crate::names::{Name, Symbol};

/// Most edges that passing through may make.
const MOST_EDGES: usize = 500_000;

/// What the text has put into a table so far: a column's key, its name, where it comes from.
type Content = Vec<(Symbol, Name, Deps)>;

#[derive(Default)]
struct Fate {
    /// Read before the text filled it, or with nothing behind it, or by the statement that writes it.
    read_outside: bool,
    written: bool,
    /// Filled from other tables, and then written on to others.
    passed_on: bool,
    filled_from_tables: bool,
    filled: bool,
    loops: bool,
    dropped: bool,
    used: bool,
}

/// The lineage of the whole text.
pub(crate) fn compose(all: &[Facts], analyzer: &mut Analyzer<'_>) -> Script {
    let mut script = Composer { analyzer, contents: HashMap::new(), out: Vec::new(), edges: 0 };
    let (order, fates) = fates(all);
    for facts in all.iter().filter(|facts| facts.kind != StatementKind::CreateFunction) {
        script.statement(facts, &fates);
    }
    let out = std::mem::take(&mut script.out);
    let of = |test: &dyn Fn(&Fate) -> bool| {
        order.iter().copied().filter(|table| test(&fates[table])).collect::<Vec<TableId>>()
    };
    let is_through = |fate: &Fate| fate.passed_on && !fate.loops && !fate.read_outside;
    let vanished = |fate: &Fate| fate.dropped && fate.filled && !fate.filled_from_tables && !fate.used;
    let reads = of(&|fate| fate.read_outside && !is_through(fate));
    let writes = of(&|fate| fate.written && !is_through(fate) && !vanished(fate));
    let kept: HashSet<TableId> = writes.iter().copied().collect();
    let columns = out.iter().filter(|column| column.table.is_none_or(|table| kept.contains(&table)));
    Script {
        reads: answer::tables(&reads, analyzer),
        writes: answer::tables(&writes, analyzer),
        columns: columns.map(|column| answer::column_lineage(column, None, analyzer)).collect(),
    }
}

/// What becomes of each table, and the tables in the order of the text. A renamed table is its new name's.
fn fates(all: &[Facts]) -> (Vec<TableId>, HashMap<TableId, Fate>) {
    let mut order: Vec<TableId> = Vec::new();
    let mut fates: HashMap<TableId, Fate> = HashMap::new();
    for facts in all.iter().filter(|facts| facts.kind != StatementKind::CreateFunction) {
        for table in facts.reads.iter().chain(&facts.writes) {
            if !fates.contains_key(table) {
                order.push(*table);
                fates.insert(*table, Fate::default());
            }
        }
        if facts.kind == StatementKind::Rename {
            renames(facts, &mut fates);
            continue;
        }
        let others = |table: TableId| facts.reads.iter().any(|read| *read != table);
        let is_one = facts.kind == StatementKind::CreateProcedure;
        for &table in &facts.reads {
            let Some(fate) = fates.get_mut(&table) else {
                continue;
            };
            let goes_on = facts.writes.iter().any(|written| *written != table);
            fate.loops |= facts.writes.contains(&table);
            fate.used = true;
            if fate.filled_from_tables && !is_one {
                fate.passed_on |= goes_on;
            } else {
                fate.read_outside = true;
            }
            fate.read_outside |= facts.writes.contains(&table);
        }
        for &table in &facts.writes {
            let Some(fate) = fates.get_mut(&table) else {
                continue;
            };
            fate.written = true;
            match facts.kind {
                StatementKind::Drop => fate.dropped = true,
                StatementKind::Delete | StatementKind::Truncate | StatementKind::Alter => {}
                StatementKind::CreateTable if facts.reads.is_empty() => {
                    fate.filled = true;
                    fate.dropped = false;
                }
                _ => {
                    fate.filled = true;
                    fate.dropped = false;
                    fate.filled_from_tables |= others(table) && !is_one;
                }
            }
        }
    }
    (order, fates)
}

fn renames(facts: &Facts, fates: &mut HashMap<TableId, Fate>) {
    for effect in &facts.effects {
        let Effect::Renamed(old, new) = effect else {
            continue;
        };
        let before = fates.remove(old).unwrap_or_default();
        let made_here = before.filled || before.written;
        fates.insert(
            *old,
            Fate { read_outside: before.read_outside || !made_here, used: true, ..Fate::default() },
        );
        fates.insert(*new, Fate { written: true, read_outside: false, dropped: false, ..before });
    }
}

struct Composer<'a, 's> {
    analyzer: &'a mut Analyzer<'s>,
    contents: HashMap<TableId, Content>,
    out: Vec<Written>,
    edges: usize,
}

impl Composer<'_, '_> {
    fn statement(&mut self, facts: &Facts, fates: &HashMap<TableId, Fate>) {
        let mut made: Vec<Written> = Vec::new();
        for column in &facts.columns {
            let is_final = column.table.is_none();
            if column.name == self.analyzer.names.star {
                self.star(column, is_final, fates, &mut made);
            } else {
                let deps = self.through(column, is_final, fates);
                made.push(Written { deps, ..column.clone() });
            }
        }
        for effect in &facts.effects {
            match effect {
                Effect::Created(table) => {
                    self.contents.remove(table);
                    self.out.retain(|column| column.table != Some(*table));
                }
                Effect::Renamed(old, new) => {
                    if let Some(content) = self.contents.remove(old) {
                        self.contents.insert(*new, content);
                    }
                    self.out
                        .iter_mut()
                        .filter(|column| column.table == Some(*old))
                        .for_each(|column| column.table = Some(*new));
                }
                Effect::Dropped(_) => {}
            }
        }
        let is_one = facts.kind == StatementKind::CreateProcedure;
        for column in made {
            if let Some(table) = column.table.filter(|_| !is_one) {
                let content = self.contents.entry(table).or_default();
                match content.iter().position(|(key, ..)| *key == column.name.key) {
                    Some(at) => {
                        let both: Vec<Dep> = content[at].2.iter().chain(&*column.deps).copied().collect();
                        content[at].2 = set(both);
                    }
                    None => content.push((column.name.key, column.name, Rc::clone(&column.deps))),
                }
            }
            self.add(column);
        }
    }

    fn add(&mut self, column: Written) {
        let same = |other: &&mut Written| {
            column.table.is_some() && other.table == column.table && other.name.key == column.name.key
        };
        match self.out.iter_mut().find(same) {
            Some(other) => {
                other.deps = set(other.deps.iter().chain(&*column.deps).copied().collect());
            }
            None => self.out.push(column),
        }
    }

    /// Whether what is in a table is looked through: it came from other tables, or it is a view on them that a query reads.
    fn passes(&self, table: TableId, is_final: bool, fates: &HashMap<TableId, Fate>) -> bool {
        self.contents.contains_key(&table)
            && fates.get(&table).is_some_and(|fate| {
                fate.filled_from_tables && (fate.passed_on || is_final) && (!fate.read_outside || is_final)
            })
    }

    fn through(&mut self, column: &Written, is_final: bool, fates: &HashMap<TableId, Fate>) -> Deps {
        let mut out: Vec<Dep> = Vec::new();
        for &dep in &*column.deps {
            let source = self.analyzer.sources.get(dep.source).clone();
            match source.table.filter(|&table| self.passes(table, is_final, fates)) {
                Some(table) => self.look_through(table, source.column, dep, &mut out),
                None => out.push(dep),
            }
        }
        set(out)
    }

    /// What stands behind a column of a table that the text filled.
    fn look_through(&mut self, table: TableId, column: Name, dep: Dep, out: &mut Vec<Dep>) {
        let Some(content) = self.contents.get(&table) else {
            return;
        };
        let star = self.analyzer.names.star.key;
        let named: Vec<Deps> = content
            .iter()
            .filter(|(key, ..)| *key == column.key || column.key == star)
            .map(|(.., deps)| Rc::clone(deps))
            .collect();
        self.edges += named.iter().map(|deps| deps.len()).sum::<usize>();
        if self.edges > MOST_EDGES {
            return;
        }
        for behind in named.iter().flat_map(|deps| deps.iter()) {
            out.push(Dep { source: behind.source, kind: dep.kind.after(behind.kind) });
        }
        if named.is_empty()
            && let Some((.., stars)) = content.iter().find(|(key, ..)| *key == star)
        {
            // Filled by `SELECT *`: the column has its name there too.
            for behind in stars.iter() {
                let source = self.analyzer.sources.get(behind.source).clone();
                let id = match source.table {
                    Some(table) if source.column.key == star => self.analyzer.sources.column(table, column),
                    _ => behind.source,
                };
                out.push(Dep { source: id, kind: dep.kind.after(behind.kind) });
            }
        }
    }

    /// `*` from a table that the text filled is that table's columns.
    fn star(
        &mut self,
        column: &Written,
        is_final: bool,
        fates: &HashMap<TableId, Fate>,
        made: &mut Vec<Written>,
    ) {
        let star = self.analyzer.names.star;
        let mut rest: Vec<Dep> = Vec::new();
        for &dep in &*column.deps {
            let source = self.analyzer.sources.get(dep.source).clone();
            let passed = source
                .table
                .filter(|&table| source.column.key == star.key && self.passes(table, is_final, fates));
            match passed.and_then(|table| self.contents.get(&table).cloned()) {
                Some(content) => {
                    for (_, name, deps) in content {
                        self.edges += deps.len();
                        if name == star {
                            rest.extend(deps.iter().map(|behind| Dep {
                                source: behind.source,
                                kind: dep.kind.after(behind.kind),
                            }));
                        } else if self.edges <= MOST_EDGES
                            && !made.iter().any(|m| m.table == column.table && m.name.key == name.key)
                        {
                            made.push(Written { table: column.table, name, deps, item: None });
                        }
                    }
                }
                None => rest.push(dep),
            }
        }
        if !rest.is_empty() || column.deps.is_empty() {
            made.push(Written { deps: set(rest), ..column.clone() });
        }
    }
}

fn set(mut deps: Vec<Dep>) -> Deps {
    deps.sort_unstable();
    deps.dedup();
    Rc::from(deps)
}
