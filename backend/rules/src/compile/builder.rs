//! Gathers what rules read.

use super::Subject;
use crate::language::Rule;
use crate::plan::{Cell, Frame, Item, Measure, Plan, Planned, Since, Statement, Task, Type};
use crate::table::Column;
use std::collections::BTreeSet;

/// A plan in the making.
#[derive(Debug)]
pub(crate) struct Builder<'a> {
    pub(super) subject: Subject<'a>,
    cells: usize,
    scans: Vec<Scan>,
    since: Vec<(Since, Vec<Aggregate>)>,
    pub(super) beside: Vec<Item>,
    pub(super) queries: Vec<Item>,
    rules: Vec<Planned>,
}

/// One pass over a dataset.
#[derive(Debug)]
struct Scan {
    table: String,
    filter: Option<String>,
    aggregates: Vec<Aggregate>,
}

/// An aggregate that is read.
#[derive(Debug)]
struct Aggregate {
    filter: Option<String>,
    what: What,
    cell: Cell,
    rules: BTreeSet<usize>,
    risky: bool,
}

/// What is aggregated.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// Rows that pass all of these tests.
    Count(Vec<String>),
    /// Seconds since 1970 of the newest value, in a zone.
    Newest(Column, String),
    /// An aggregate of one's own; its scan has its filter.
    Own(String),
}

impl What {
    const fn is(&self) -> Type {
        match self {
            Self::Count(_) => Type::Count,
            Self::Newest(..) | Self::Own(_) => Type::Text,
        }
    }
}

impl<'a> Builder<'a> {
    pub(crate) fn new(subject: Subject<'a>) -> Self {
        Self {
            subject,
            cells: 0,
            scans: Vec::new(),
            since: Vec::new(),
            beside: Vec::new(),
            queries: Vec::new(),
            rules: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, rule: &Rule) {
        let measure = self.try_add(rule).unwrap_or_else(Measure::Wrong);
        self.rules.push(Planned { rule: rule.clone(), measure });
    }

    /// The place of the rule that is being added.
    pub(super) fn rule(&self) -> usize {
        self.rules.len()
    }

    pub(super) fn cell(&mut self) -> Cell {
        self.cells += 1;
        self.cells - 1
    }

    /// The rule's own dataset, quoted.
    pub(super) fn table(&self) -> String {
        self.subject.dialect.path(&self.subject.table.path)
    }

    /// A cell of the one scan of the rule's dataset.
    pub(super) fn scan(&mut self, filter: Option<&str>, what: What, risky: bool) -> Cell {
        let table = self.table();
        self.scan_of(table, None, filter, what, risky)
    }

    /// A cell of the scan of a dataset that has this filter for all its rows.
    pub(super) fn scan_of(
        &mut self,
        table: String,
        all: Option<&str>,
        filter: Option<&str>,
        what: What,
        risky: bool,
    ) -> Cell {
        let place = self.scans.iter().position(|scan| scan.table == table && scan.filter.as_deref() == all);
        let place = place.unwrap_or_else(|| {
            self.scans.push(Scan { table, filter: all.map(str::to_owned), aggregates: Vec::new() });
            self.scans.len() - 1
        });
        let (rule, next) = (self.rule(), self.cells);
        let cell = put(&mut self.scans[place].aggregates, filter, what, risky, rule, next);
        self.cells = self.cells.max(cell + 1);
        cell
    }

    /// The place of the scan of what is new.
    pub(super) fn since(&mut self, since: Since) -> usize {
        let same = |(known, _): &(Since, _)| Since { high: since.high, ..known.clone() } == since;
        if let Some(place) = self.since.iter().position(same) {
            return place;
        }
        let high = self.cell();
        self.since.push((Since { high, ..since }, Vec::new()));
        self.since.len() - 1
    }

    /// A cell of it.
    pub(super) fn since_cell(&mut self, place: usize, filter: Option<&str>, what: What, risky: bool) -> Cell {
        let (rule, next) = (self.rule(), self.cells);
        let cell = put(&mut self.since[place].1, filter, what, risky, rule, next);
        self.cells = self.cells.max(cell + 1);
        cell
    }

    /// The cell of its new mark.
    pub(super) fn high(&self, place: usize) -> Cell {
        self.since[place].0.high
    }

    pub(crate) fn finish(mut self) -> Plan {
        self.lift();
        let dialect = self.subject.dialect;
        let mut statements = Vec::new();
        let frames = std::mem::take(&mut self.scans)
            .into_iter()
            .map(|scan| (Frame::Scan { table: scan.table, filter: scan.filter }, scan.aggregates));
        let since = std::mem::take(&mut self.since)
            .into_iter()
            .map(|(since, aggregates)| (Frame::Since(since), aggregates));
        for (frame, aggregates) in frames.chain(since) {
            let items: Vec<Item> = aggregates.into_iter().map(|aggregate| self.item(aggregate)).collect();
            for items in portions(items, dialect.outputs()) {
                statements.push(Statement { dialect, frame: frame.clone(), items });
            }
        }
        for items in portions(self.beside, BESIDE) {
            let frame = Frame::Beside { task: Task::Beside };
            statements.push(Statement { dialect, frame, items });
        }
        for item in self.queries {
            let frame = Frame::Beside { task: Task::Query };
            statements.push(Statement { dialect, frame, items: vec![item] });
        }
        Plan { rules: self.rules, statements, cells: self.cells }
    }

    /// A filter that all aggregates of a scan have goes into its WHERE, and one for which there is a scan anyway goes there.
    fn lift(&mut self) {
        for i in 0..self.scans.len() {
            let scan = &mut self.scans[i];
            if scan.filter.is_some() {
                continue;
            }
            let aggregates = std::mem::take(&mut scan.aggregates);
            let table = scan.table.clone();
            let mut kept = Vec::new();
            for aggregate in aggregates {
                let there = self.scans.iter_mut().find(|scan| {
                    scan.table == table && scan.filter.is_some() && scan.filter == aggregate.filter
                });
                match there {
                    Some(scan) => scan.aggregates.push(Aggregate { filter: None, ..aggregate }),
                    None => kept.push(aggregate),
                }
            }
            let shared = kept.first().and_then(|first| first.filter.clone());
            if shared.is_some() && kept.iter().all(|aggregate| aggregate.filter == shared) {
                kept.iter_mut().for_each(|aggregate| aggregate.filter = None);
                self.scans[i].filter = shared;
            }
            self.scans[i].aggregates = kept;
        }
        self.scans.retain(|scan| !scan.aggregates.is_empty());
    }

    fn item(&self, aggregate: Aggregate) -> Item {
        let dialect = self.subject.dialect;
        let filter = aggregate.filter.as_deref();
        let is = aggregate.what.is();
        let sql = match &aggregate.what {
            What::Count(tests) => {
                let tests: Vec<&str> = filter.into_iter().chain(tests.iter().map(String::as_str)).collect();
                dialect.count(&tests)
            }
            What::Newest(column, zone) => {
                dialect.newest(column, zone, &filter.into_iter().collect::<Vec<_>>())
            }
            What::Own(expression) => dialect.as_text(expression),
        };
        Item {
            sql,
            outputs: vec![(aggregate.cell, is)],
            rules: aggregate.rules.into_iter().collect(),
            risky: aggregate.risky,
        }
    }
}

/// Derived tables in one statement: each may hold a hash table.
const BESIDE: usize = 16;
/// A statement has not more tokens and bytes, so that the safe reader, which parses it, takes it (the parser's limits are 20,000 and
/// 262,144).
const TOKENS: usize = 15_000;
const BYTES: usize = 192 * 1024;

/// Items in portions that one statement takes: so many of them, and not too long.
fn portions(items: Vec<Item>, most: usize) -> Vec<Vec<Item>> {
    let mut portions: Vec<Vec<Item>> = Vec::new();
    let (mut tokens, mut bytes) = (0, 0);
    for item in items {
        let (more_tokens, more_bytes) = (tokens_of(&item.sql), item.sql.len() + 16);
        match portions.last_mut() {
            Some(portion)
                if portion.len() < most && tokens + more_tokens <= TOKENS && bytes + more_bytes <= BYTES =>
            {
                (tokens, bytes) = (tokens + more_tokens, bytes + more_bytes);
                portion.push(item);
            }
            _ => {
                (tokens, bytes) = (more_tokens, more_bytes);
                portions.push(vec![item]);
            }
        }
    }
    portions
}

/// No fewer than the parser finds: words, and signs outside of quotes.
fn tokens_of(sql: &str) -> usize {
    // With its name, and the comma before it.
    let (mut tokens, mut quote, mut in_word) = (4, None, false);
    for byte in sql.bytes() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None => {
                let is_word = byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
                tokens += usize::from(!(byte.is_ascii_whitespace() || is_word && in_word));
                in_word = is_word;
                quote = Some(byte).filter(|byte| matches!(byte, b'\'' | b'"'));
            }
        }
    }
    tokens
}

/// The cell of an aggregate, a new one where it is not read yet.
fn put(
    aggregates: &mut Vec<Aggregate>,
    filter: Option<&str>,
    what: What,
    risky: bool,
    rule: usize,
    next: Cell,
) -> Cell {
    let same = |known: &&mut Aggregate| known.filter.as_deref() == filter && known.what == what;
    if let Some(known) = aggregates.iter_mut().find(same) {
        known.rules.insert(rule);
        return known.cell;
    }
    aggregates.push(Aggregate {
        filter: filter.map(str::to_owned),
        what,
        cell: next,
        rules: BTreeSet::from([rule]),
        risky,
    });
    next
}
