//! The language, the SQL that it becomes, and what is made of the answers; without a database (that is in `tests/tests/it/quality_rules`).
#![cfg(test)]

mod judging;
mod language;
mod round_trip;
mod shop;
mod sql;
