//! The statements of a text as one: what is read from outside, what is left behind, and the columns between, through the tables that
//! the text itself fills.

use hashbrown::{HashMap, HashSet};
use std::rc::Rc;

use crate::analysis::sources::{Dep, Deps, TableId};
use crate::analysis::{Analyzer, Effect, Facts, Written};
use crate::answer;
use crate::lineage::{Script, StatementKind};
use crate::names::{Name, Symbol};

/// Most edges that passing through may make.
const MOST_EDGES: usize = 500_000;

/// What the text has put into a table so far: columns in their order, and where each comes from.
#[derive(Default, Clone)]
struct Content {
    columns: Vec<(Name, Deps)>,
    places: HashMap<Symbol, usize>,
}

impl Content {
    fn get(&self, key: Symbol) -> Option<&Deps> {
        self.places.get(&key).map(|&at| &self.columns[at].1)
    }

    fn add(&mut self, name: Name, deps: &Deps) {
        match self.places.get(&name.key) {
            Some(&at) => {
                let both = self.columns[at].1.iter().chain(&**deps).copied().collect();
                self.columns[at].1 = set(both);
            }
            None => {
                self.places.insert(name.key, self.columns.len());
                self.columns.push((name, Rc::clone(deps)));
            }
        }
    }
}

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
    let mut script = Composer {
        analyzer: &mut *analyzer,
        contents: HashMap::new(),
        opaque: HashMap::new(),
        order: Vec::new(),
        edges: 0,
    };
    let (order, fates) = fates(all);
    for facts in all.iter().filter(|facts| facts.kind != StatementKind::CreateFunction) {
        script.statement(facts, &fates);
    }
    let out = script.columns();
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
    /// What procedures fill: written, not looked through.
    opaque: HashMap<TableId, Content>,
    /// Tables and results of queries, in the order of the text.
    order: Vec<Slot>,
    edges: usize,
}

/// A place in the answer.
enum Slot {
    Table(TableId),
    Result(Written),
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
                }
                Effect::Renamed(old, new) => {
                    if let Some(content) = self.contents.remove(old) {
                        self.contents.insert(*new, content);
                        self.order.push(Slot::Table(*new));
                    }
                }
                Effect::Dropped(_) => {}
            }
        }
        let is_one = facts.kind == StatementKind::CreateProcedure;
        for column in made {
            let Some(table) = column.table else {
                self.order.push(Slot::Result(column));
                continue;
            };
            let contents = if is_one { &mut self.opaque } else { &mut self.contents };
            let content = contents.entry(table).or_insert_with(|| {
                self.order.push(Slot::Table(table));
                Content::default()
            });
            content.add(column.name, &column.deps);
        }
    }

    /// The columns of the answer.
    fn columns(mut self) -> Vec<Written> {
        let mut out = Vec::new();
        for slot in std::mem::take(&mut self.order) {
            match slot {
                Slot::Result(column) => out.push(column),
                Slot::Table(table) => {
                    let both = [self.contents.remove(&table), self.opaque.remove(&table)];
                    let columns = both.into_iter().flatten().flat_map(|content| content.columns);
                    out.extend(columns.map(|(name, deps)| Written {
                        table: Some(table),
                        name,
                        deps,
                        item: None,
                    }));
                }
            }
        }
        out
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
        let star = self.analyzer.names.star.key;
        let Some(content) = self.contents.get(&table) else { return };
        let named: Vec<Deps> = if column.key == star {
            content.columns.iter().map(|(_, deps)| Rc::clone(deps)).collect()
        } else {
            content.get(column.key).into_iter().map(Rc::clone).collect()
        };
        let stars = content.get(star).filter(|_| named.is_empty()).map(Rc::clone);
        self.edges += named.iter().chain(&stars).map(|deps| deps.len()).sum::<usize>();
        if self.edges > MOST_EDGES {
            return;
        }
        for behind in named.iter().flat_map(|deps| deps.iter()) {
            out.push(Dep { source: behind.source, kind: dep.kind.after(behind.kind) });
        }
        // Filled by `SELECT *`: the column has its name there too.
        for behind in stars.iter().flat_map(|deps| deps.iter()) {
            let source = self.analyzer.sources.get(behind.source).clone();
            let id = match source.table {
                Some(table) if source.column.key == star => self.analyzer.sources.column(table, column),
                _ => behind.source,
            };
            out.push(Dep { source: id, kind: dep.kind.after(behind.kind) });
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
        let of_table = made.iter().filter(|other| other.table == column.table);
        let mut seen: HashSet<Symbol> = of_table.map(|other| other.name.key).collect();
        for &dep in &*column.deps {
            let source = self.analyzer.sources.get(dep.source).clone();
            let passed = source
                .table
                .filter(|&table| source.column.key == star.key && self.passes(table, is_final, fates));
            match passed.and_then(|table| self.contents.get(&table).cloned()) {
                Some(content) => {
                    for (name, deps) in content.columns {
                        self.edges += deps.len();
                        if self.edges > MOST_EDGES {
                            break;
                        }
                        if name == star {
                            let kind = |behind: &Dep| dep.kind.after(behind.kind);
                            rest.extend(deps.iter().map(|b| Dep { source: b.source, kind: kind(b) }));
                        } else if seen.insert(name.key) {
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
