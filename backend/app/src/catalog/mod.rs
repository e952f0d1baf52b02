//! The catalogue: assets, their names, columns and texts; browsing, searching, editing.

pub mod asset;
pub mod crawl;
pub mod dataset;
pub mod history;
pub mod moment;
pub mod names;
pub mod owners;
pub mod rows;
pub mod search;
pub mod store;
pub mod texts;
pub(crate) mod visible;
