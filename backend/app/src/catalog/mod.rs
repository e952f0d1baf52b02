//! The catalogue: assets, their names, columns and texts; browsing, searching, editing.

pub(crate) mod api;
pub mod asset;
pub mod crawl;
pub(crate) mod csv;
pub mod dataset;
pub mod described;
pub mod history;
pub mod home;
pub(crate) mod inherited;
pub mod moment;
pub mod names;
pub mod owners;
pub(crate) mod pages;
pub(crate) mod recent;
pub mod rows;
pub mod search;
pub mod store;
pub mod texts;
pub mod tree;
pub(crate) mod visible;

pub(crate) use api::api;
pub(crate) use pages::pages;
