//! Lineage: where data comes from, and what breaks when something goes.
//!
//! Definitions make it. A *job* is an asset with versions ([`store`]): a view or function of a crawled source
//! ([`crawled`]), a text that was handed in, what a client declared. *Reading* a version ([`reading`]) gives edges between
//! names ([`sql`], [`declared`]); the names become datasets ([`ground`]), and the edges in the store are brought to what was
//! read. That may be done again at any time, and is done after each crawl ([`derive()`]).
//!
//! The graph that answers is a read model ([`model`]) over the crate `lineage`. What readers ask of it stands in [`show`],
//! and [`pages`] puts it into the templates.

pub(crate) mod activity;
mod api;
pub mod breakage;
mod crawled;
mod declared;
mod derive;
mod edges;
pub mod ending;
mod graph_api;
mod ground;
mod hand;
mod hand_api;
mod hand_pages;
pub mod handed;
mod intake;
mod job;
mod job_pages;
mod job_view;
mod jobs;
mod list;
mod model;
mod overview_api;
mod pages;
mod places;
mod reading;
mod report;
mod run_pages;
mod runs;
mod said;
mod show;
mod sql;
mod store;
mod typed;
mod upload;
mod withheld;

pub(crate) use api::api;
pub(crate) use derive::{KIND, ask, run};
pub(crate) use intake::{Artifacts, Intake, REPEATABLE, SLOW, ingest_dbt, only_namespace};
pub(crate) use pages::{of_column, pages};

pub(crate) use pages::{concern, dataset_link, dataset_links, downstream, readers};
pub(crate) use typed::datasets as typed_datasets;

pub use derive::derive;
pub use reading::Outcome;
