//! The catalogue: finding, the tree, datasets and columns, and the forms that describe them.

pub mod browse;
pub mod column;
pub mod dataset;
pub mod domain;
pub mod edit;
pub mod history;
pub mod search;
