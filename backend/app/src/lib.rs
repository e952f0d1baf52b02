//! Cadastre: a register of data assets. This list is the table of contents of the product.

pub mod change;
pub mod config;
pub mod db;
pub mod error;
pub mod follower;
pub mod keys;
pub mod sources;
pub mod start;
