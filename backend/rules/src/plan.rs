//! A plan: statements with typed outputs, and which rule reads which of them.

use crate::dialect::Dialect;
use crate::language::Rule;
use crate::outcome::{Difference, Held};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Statements to run, each once and in any order, and what to make of their answers ([`Plan::judge`]). Where they are run in one
/// transaction with one snapshot, their numbers fit together.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) rules: Vec<Planned>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) cells: usize,
}

/// A rule with what it reads.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) rule: Rule,
    pub(crate) measure: Measure,
}

/// The number of a cell.
pub(crate) type Cell = usize;

/// What a rule is measured by.
#[derive(Debug, Clone)]
pub(crate) enum Measure {
    /// It does not fit the dataset.
    Wrong(crate::Fault),
    /// A constraint holds it.
    Held(Held),
    /// Columns were compared.
    Schema(Vec<Difference>),
    /// Failing rows of those looked at; of a query of one's own these are counted only where a share is borne.
    Rows { rows: Option<Cell>, failing: Cell },
    /// The same from a mark on; a count of rows has no failing ones.
    Since { high: Cell, rows: Pair, failing: Option<Pair>, mark: Option<Mark>, of: String },
    /// Rows.
    Count(Cell),
    /// Seconds since 1970.
    Newest { newest: Cell, now: f64 },
    /// A number of one's own.
    Number(Cell),
    /// Two.
    Two { left: Cell, right: Cell },
    /// Steps from the least to the greatest value, and how many of them are there.
    Steps { all: Cell, there: Cell },
}

/// Rows from the mark on, and those of them below the new mark.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) all: Cell,
    pub(crate) below: Cell,
}

/// Up to where rows were counted, and how many.
///
/// What lies below the mark is not read again. What lies on it is, since rows with the same value may still come; so are rows without a
/// value in the watermark's column. So the numbers are those of counting anew as long as rows are only added, and none below the mark: what
/// is changed, deleted or late is not noticed. Whoever keeps marks lets them go now and then (each night, say), and when the dataset is
/// made anew; a rule without its mark counts all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The value of the watermark, as the source writes it.
    pub low: String,
    /// What was counted: another test or filter counts anew.
    pub of: String,
    /// Rows below it for which the filter is true.
    pub rows: u64,
    /// Those of them that fail.
    pub failing: u64,
}

/// What a statement does, for limits of time and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// One pass over a dataset.
    Scan,
    /// One pass over what is new in it.
    Since,
    /// Groupings and joins.
    Beside,
    /// A query of one's own.
    Query,
}

/// A statement: a query that gives one row.
#[derive(Debug, Clone)]
pub struct Statement {
    pub(crate) dialect: Dialect,
    pub(crate) frame: Frame,
    pub(crate) items: Vec<Item>,
}

/// What stands around the items.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    /// `SELECT items FROM table WHERE filter`.
    Scan { table: String, filter: Option<String> },
    /// The same over what is new.
    Since(Since),
    /// `SELECT … FROM (item) CROSS JOIN (item) …`, each of one row.
    Beside { task: Task },
}

/// How new rows are found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Since {
    pub(crate) table: String,
    /// The watermark's column, quoted.
    pub(crate) column: String,
    /// The mark as a literal.
    pub(crate) low: Option<String>,
    /// Whether rows may lack a value in it.
    pub(crate) nullable: bool,
    /// Whether a value can become a mark; none where each can.
    pub(crate) finite: Option<String>,
    /// The cell of the new mark.
    pub(crate) high: Cell,
}

/// One or more outputs that belong together.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// An aggregate, or the query of a derived table with the columns `a`, `b`.
    pub(crate) sql: String,
    pub(crate) outputs: Vec<(Cell, Type)>,
    /// The rules that read it.
    pub(crate) rules: Vec<usize>,
    /// There is SQL of somebody's in it.
    pub(crate) risky: bool,
}

/// The type of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// A whole number of 64 bit, never null.
    Count,
    /// A text, or null.
    Text,
}

/// An output of a statement: its columns in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Output {
    /// The column's name.
    pub name: String,
    /// Its type.
    pub is: Type,
    pub(crate) cell: Cell,
}

impl Statement {
    /// Its SQL.
    #[must_use]
    pub fn sql(&self) -> String {
        match &self.frame {
            Frame::Scan { table, filter } => {
                let filter = filter.as_ref().map(|filter| format!("\nWHERE {filter}")).unwrap_or_default();
                format!("SELECT {}\nFROM {table}{filter}", self.aggregates().join(",\n       "))
            }
            Frame::Since(since) => self.since(since),
            Frame::Beside { .. } => self.beside(),
        }
    }

    /// The cell of the new mark.
    const fn high(&self) -> Option<Cell> {
        match &self.frame {
            Frame::Since(since) => Some(since.high),
            _ => None,
        }
    }

    /// Its columns.
    #[must_use]
    pub fn outputs(&self) -> Vec<Output> {
        let high = self.high().map(|high| (high, Type::Text));
        let outputs = high.into_iter().chain(self.items.iter().flat_map(|item| item.outputs.iter().copied()));
        outputs.map(|(cell, is)| Output { name: format!("c{cell}"), is, cell }).collect()
    }

    /// What it does.
    #[must_use]
    pub const fn task(&self) -> Task {
        match &self.frame {
            Frame::Scan { .. } => Task::Scan,
            Frame::Since(_) => Task::Since,
            Frame::Beside { task } => *task,
        }
    }

    /// The places of the rules that read it, in the order in which they were given.
    #[must_use]
    pub fn rules(&self) -> Vec<usize> {
        let mut rules: Vec<usize> = self.items.iter().flat_map(|item| item.rules.iter().copied()).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// What to run in its place where it failed for a reason that lies in it (a division by zero, say; not a limit of time): what people
    /// wrote apart from what was made here, else halves. Nothing, where it is one piece: then that piece fails.
    #[must_use]
    pub fn split(&self) -> Vec<Self> {
        let part = |items: Vec<Item>| Self { items, ..self.clone() };
        if self.items.len() < 2 {
            return Vec::new();
        }
        let (risky, safe): (Vec<Item>, Vec<Item>) = self.items.iter().cloned().partition(|item| item.risky);
        if !risky.is_empty() && !safe.is_empty() {
            return vec![part(safe), part(risky)];
        }
        let (left, right) = self.items.split_at(self.items.len() / 2);
        vec![part(left.to_vec()), part(right.to_vec())]
    }

    fn aggregates(&self) -> Vec<String> {
        let named = |item: &Item| item.outputs.first().map(|(cell, _)| format!("{} AS c{cell}", item.sql));
        self.items.iter().filter_map(named).collect()
    }

    /// The new mark is the greatest value among the new rows, so that the same snapshot tells both.
    fn since(&self, since: &Since) -> String {
        let Since { table, column, low, nullable, finite, high } = since;
        let max = match finite {
            Some(finite) => format!("max({column}) FILTER (WHERE {finite})"),
            None => format!("max({column})"),
        };
        let new = low.as_ref().map(|low| format!("{column} >= {low}"));
        let within = new.as_ref().map(|new| format!(" WHERE {new}")).unwrap_or_default();
        let looked = match new {
            Some(new) if *nullable => format!("\nWHERE ({new} OR {column} IS NULL)"),
            Some(new) => format!("\nWHERE {new}"),
            None => String::new(),
        };
        let mut outputs = vec![format!("{} AS c{high}", self.dialect.as_text(&format!("max({HIGH})")))];
        outputs.extend(self.aggregates());
        format!(
            "SELECT {}\nFROM {table}\nCROSS JOIN (SELECT {max} AS {HIGH} FROM {table}{within}) AS {HIGH}_of{looked}",
            outputs.join(",\n       ")
        )
    }

    fn beside(&self) -> String {
        let (mut outputs, mut derived) = (Vec::new(), Vec::new());
        for (i, item) in self.items.iter().enumerate() {
            let columns = item.outputs.iter().zip(["a", "b"]);
            outputs.extend(columns.map(|((cell, _), name)| format!("d{i}.{name} AS c{cell}")));
            derived.push(format!("({}) AS d{i}", item.sql));
        }
        format!("SELECT {}\nFROM {}", outputs.join(", "), derived.join("\nCROSS JOIN "))
    }
}

/// A name that no dataset has for a column.
pub(crate) const HIGH: &str = "cadastre_rules_high";

/// A value that a statement gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Of [`Type::Count`].
    Count(i64),
    /// Of [`Type::Text`].
    Text(Option<String>),
}

/// What is known of a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Reading {
    #[default]
    Unread,
    Count(u64),
    Text(Option<String>),
    Failed(String),
}

/// What the statements of a plan gave.
#[derive(Debug, Clone)]
pub struct Cells(pub(crate) Vec<Reading>);

/// A row does not fit the statement's outputs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the row does not fit the statement's outputs")]
pub struct Misfit;

impl Cells {
    /// Puts in the one row that a statement gave.
    ///
    /// # Errors
    ///
    /// The row has other columns than [`Statement::outputs`].
    pub fn fill(&mut self, statement: &Statement, row: Vec<Value>) -> Result<(), Misfit> {
        let outputs = statement.outputs();
        if outputs.len() != row.len() {
            return Err(Misfit);
        }
        for (output, value) in outputs.iter().zip(row) {
            let reading = match (output.is, value) {
                (Type::Count, Value::Count(count)) => {
                    Reading::Count(u64::try_from(count).map_err(|_| Misfit)?)
                }
                (Type::Text, Value::Text(text)) => Reading::Text(text),
                _ => return Err(Misfit),
            };
            let cell = self.0.get_mut(output.cell).ok_or(Misfit)?;
            // Parts of a statement that was split tell the new mark each, and rows may have come between them: then there is none.
            let other =
                statement.high() == Some(output.cell) && !matches!(cell, Reading::Unread) && *cell != reading;
            *cell = if other { Reading::Failed("the mark moved".to_owned()) } else { reading };
        }
        Ok(())
    }

    /// Notes that a statement failed for good.
    pub fn fail(&mut self, statement: &Statement, reason: &str) {
        for output in statement.outputs() {
            // The new mark of others does not fail with it.
            if let Some(cell) = self.0.get_mut(output.cell).filter(|_| statement.high() != Some(output.cell))
            {
                *cell = Reading::Failed(reason.to_owned());
            }
        }
    }
}

impl Plan {
    /// The statements to run.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Where to put what they give.
    #[must_use]
    pub fn cells(&self) -> Cells {
        Cells(vec![Reading::Unread; self.cells])
    }

    /// The rules, in the order in which they were given.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|planned| &planned.rule)
    }

    /// The new marks by the rules' names, to be kept for the next time. A rule that was not measured keeps its old one.
    #[must_use]
    pub fn marks(&self, cells: &Cells) -> BTreeMap<String, Mark> {
        let mut marks = BTreeMap::new();
        for planned in &self.rules {
            if let Measure::Since { high, rows, failing, mark, of } = &planned.measure {
                let moved = moved(cells, *high, *rows, *failing, mark.as_ref(), of);
                marks.extend(moved.or_else(|| mark.clone()).map(|mark| (planned.rule.name.clone(), mark)));
            }
        }
        marks
    }
}

/// The mark behind what was read; `None` where nothing was, or no row has a value that can be one.
fn moved(
    cells: &Cells,
    high: Cell,
    rows: Pair,
    failing: Option<Pair>,
    mark: Option<&Mark>,
    of: &str,
) -> Option<Mark> {
    let count = |cell: Cell| match cells.0.get(cell) {
        Some(Reading::Count(count)) => Some(*count),
        _ => None,
    };
    let Some(Reading::Text(Some(low))) = cells.0.get(high) else { return None };
    let failing = match failing {
        Some(pair) => count(pair.below)?,
        None => 0,
    };
    Some(Mark {
        low: low.clone(),
        of: of.to_owned(),
        rows: mark.map_or(0, |mark| mark.rows) + count(rows.below)?,
        failing: mark.map_or(0, |mark| mark.failing) + failing,
    })
}
