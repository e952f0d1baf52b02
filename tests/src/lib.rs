//! One integration binary that mirrors the features, on a real PostgreSQL. Here is what its tests stand on.
#![expect(clippy::expect_used, reason = "this crate is tests only: they say what they expect")]

pub mod fake;
pub mod log;
pub mod post;
pub mod postgres;
pub mod register;
pub mod routes;
pub mod soak;
pub mod source;
pub mod tree;
pub mod workers;
pub mod world;
