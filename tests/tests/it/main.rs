//! The integration tests: one binary, one file a feature. Run by `tests/with-postgres.sh cargo nextest run`.
#![cfg(test)]

mod access;
mod audit;
mod catalog;
mod catalog_search;
mod changes;
mod crawl;
mod crawl_faults;
mod demo;
mod domains;
mod error_pages;
mod faults;
mod house;
mod lineage;
mod matrix;
mod notices;
mod people;
mod profiles;
mod program;
mod quality;
mod quality_rules;
mod rights_pages;
mod safe_reader;
mod sign_in;
mod source_postgresql;
mod sources;
mod sql_lineage;
mod start;
mod tasks;
mod twins;
