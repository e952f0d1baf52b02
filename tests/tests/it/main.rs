//! The integration tests: one binary, one file a feature. Run by `tests/with-postgres.sh cargo nextest run`.
#![cfg(test)]

mod catalog;
mod catalog_search;
mod crawl;
mod demo;
mod faults;
mod house;
mod people;
mod sign_in;
mod source_postgresql;
mod start;
mod tasks;
