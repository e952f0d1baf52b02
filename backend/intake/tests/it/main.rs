//! The readers on real inputs, on hostile ones, and on all orders of the same.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod dbt;
mod fixtures;
mod flume;
mod kafka_connect;
mod openlineage;
mod properties;
mod told;
