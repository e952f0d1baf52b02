//! Quality rules.
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
pub use language::*;
pub use outcome::{Bound, Difference, Held, HeldBy, Outcome, Tolerances, Verdict, Why};
pub use plan::{Cells, Mark, Misfit, Output, Plan, Statement, Task, Type, Value};
pub use table::{Column, Constraint, Guarantee, Shape, Sort, Table};
