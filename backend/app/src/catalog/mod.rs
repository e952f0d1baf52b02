//! The catalogue: assets, their names, columns and texts; browsing, searching, editing.

pub mod asset;
pub mod crawl;
pub mod names;
pub mod search;
pub mod store;
