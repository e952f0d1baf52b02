//! Quality rules: the language in which people write them, and one fused SQL for all that are due on a dataset.
//!
//! Nothing here connects, waits or looks at a clock. A caller gives rules and what is known of a dataset, gets statements, runs them however
//! it is safe to, and gives back what they gave.
//!
//! ```
//! use rules::{Column, Constraint, Dialect, Document, Guarantee, Shape, Subject, Table, Value, Verdict, compile};
//! use std::collections::BTreeMap;
//!
//! // Rules as people write them; what is wrong is said with its place, all at once.
//! let documents = Document::read(
//!     "
//! dataset: shop.public.orders
//! rules:
//!   - name: id-there
//!     check: { not_null: id }
//!   - name: status-known
//!     check: { accepted: { column: status, values: [new, paid, void] } }
//!     tolerance: { warn: 0, fail: 0.5 % }
//!   - name: amount-in-range
//!     check: { range: { column: amount, min: 0 } }
//!     where: status <> 'void'
//! ",
//! )
//! .map_err(|faults| faults[0].clone())?;
//!
//! // The dataset as the register knows it.
//! let dialect = Dialect::PostgreSql;
//! let column = |name: &str, written: &str| Column {
//!     name: name.to_owned(),
//!     written: written.to_owned(),
//!     sort: dialect.sort_of(written),
//! };
//! let table = Table {
//!     path: vec!["public".to_owned(), "orders".to_owned()],
//!     columns: vec![column("id", "bigint"), column("status", "text"), column("amount", "numeric(12,2)")],
//!     constraints: vec![Constraint {
//!         name: "orders_pkey".to_owned(),
//!         what: Guarantee::PrimaryKey(vec!["id".to_owned()]),
//!     }],
//!     shape: Shape::Plain,
//! };
//! let (others, marks) = (BTreeMap::new(), BTreeMap::new());
//! let now = chrono::DateTime::UNIX_EPOCH;
//! let subject = Subject { dialect, table: &table, others: &others, now, marks: &marks };
//!
//! // One statement for all of them. That `id` is there, the primary key says.
//! let plan = compile(&documents[0].rules, &subject);
//! assert_eq!(plan.statements().len(), 1);
//! let statement = &plan.statements()[0];
//! assert_eq!(
//!     statement.sql(),
//!     "SELECT count(*) AS c0,
//!        count(*) FILTER (WHERE \"status\" NOT IN ('new', 'paid', 'void')) AS c1,
//!        count(*) FILTER (WHERE (status <> 'void')) AS c2,
//!        count(*) FILTER (WHERE (status <> 'void') AND (\"amount\" < 0 OR \"amount\" = 'NaN')) AS c3
//! FROM \"public\".\"orders\""
//! );
//!
//! // What the source gave, and what it means.
//! let mut cells = plan.cells();
//! cells.fill(statement, [1_000, 3, 900, 0].map(Value::Count).to_vec())?;
//! let outcomes = plan.judge(&cells, &BTreeMap::new());
//! let verdicts: Vec<Verdict> = outcomes.iter().map(|outcome| outcome.verdict).collect();
//! assert_eq!(verdicts, [Verdict::Pass, Verdict::Warn, Verdict::Pass]);
//! assert_eq!(outcomes[0].held.as_ref().map(|held| held.name.as_str()), Some("orders_pkey"));
//! assert_eq!((outcomes[1].failing, outcomes[1].rows), (Some(3), Some(1_000)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The parts
//!
//! * The language: [`Rule`], [`Check`] with a type for each kind, [`Document`] for YAML, [`read`] for JSON. Strict: an unknown member is a
//!   [`Fault`] that names it and what is allowed. [`Wrong::message`], [`Why::message`] and [`Difference::message`] give keys for the locale
//!   files.
//! * What is known of a dataset: [`Table`], with the [`Constraint`]s that its source has validated.
//! * [`compile`] gives a [`Plan`]: few [`Statement`]s with typed [`Output`]s. [`check`] says whether a rule fits a dataset, [`sample`] gives
//!   the query of some failing rows.
//! * [`Plan::judge`] gives an [`Outcome`] a rule, the same whether rules were measured together or one by one.
//! * [`Plan::marks`] gives the [`Mark`]s from which rules with a watermark count on.
//!
//! # What a rule means
//!
//! * *Failing rows* are counted among the *rows looked at*: those for which the rule's filter is true (neither false nor null).
//! * A check on values passes a row without a value, unless the rule says `nulls: fail`.
//! * `unique` counts all rows that have a twin, and compares no row that lacks one of the values; `references` passes such a row. Both are so
//!   in SQL's own constraints, so that these can hold the rules.
//! * A NaN is out of every range and bound; infinite values are greater or less than all others. `char(n)` is read without its padding.
//! * Times without a zone are in UTC, in rules and, unless a freshness rule names another zone, in columns.
//! * A tolerance is exceeded by more than it says, reckoned in whole numbers: 7 of 100 are not more than 7 %.
//!
//! # When a statement fails
//!
//! SQL that people write can raise an error (a division by zero). [`Statement::split`] gives what to run in its place, until the rule that
//! is to blame is alone; the others come out as if it had not been there.
//!
//! # Not here
//!
//! That a statement is safe to run: the source's role and the safe reader of the house see to that, whatever is looked at here. Schedules
//! are read and not kept. Values are not masked: [`Sample::columns`] says which columns a sample shows.

mod compile;
mod dialect;
mod fault;
mod guard;
mod judge;
mod language;
mod outcome;
mod patterns;
mod plan;
mod table;

pub use compile::{Sample, Subject, check, compile, sample};
pub use dialect::Dialect;
pub use fault::{Expected, Fault, Message, Wrong};
pub use judge::Earlier;
pub use language::{
    Accepted, Aggregates, Bounds, CastTo, Castable, Check, Compare, Decimal, Dimension, Document, Elsewhere,
    Freshness, GapFree, Kind, Learned, Length, Limit, Metric, Named, NotNull, Nulls, Operator, Past, Pattern,
    Range, References, RowCount, Rule, Scalar, Schedule, SchemaColumn, SchemaIs, Selection, Severity, Side,
    Span, Sql, Step, Target, Tolerance, Unique, Within, read,
};
pub use outcome::{Bound, Difference, Held, HeldBy, Outcome, Tolerances, Usual, Verdict, Why};
pub use plan::{Cells, Mark, Misfit, Output, Plan, Statement, Task, Type, Value};
pub use table::{Column, Constraint, Guarantee, Shape, Sort, Table};
