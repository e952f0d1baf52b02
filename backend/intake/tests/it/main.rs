//! The readers on real inputs, on hostile ones, and on all orders of the same.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

mod fixtures;
mod openlineage;
mod properties;
