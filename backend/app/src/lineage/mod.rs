//! Lineage: where data comes from, and what breaks when something goes.
//!
//! Definitions make it. A *job* is an asset with versions ([`store`]): a view or function of a crawled source
//! ([`crawled`]), a text that was handed in, what a client declared. *Reading* a version ([`reading`]) gives edges between
//! names ([`sql`], [`declared`]); the names become datasets ([`ground`]), and the edges in the store are brought to what was
//! read. That may be done again at any time, and is done after each crawl ([`derive()`]).
//!
//! The graph that answers is a read model ([`model`]) over the crate `lineage`.

mod crawled;
mod declared;
mod derive;
mod ground;
mod intake;
mod jobs;
mod model;
mod places;
mod reading;
mod said;
mod sql;
mod store;

pub(crate) use derive::{KIND, ask, run};
pub(crate) use intake::{Artifacts, Intake, REPEATABLE, SLOW, ingest_dbt, only_namespace};

pub use derive::derive;
pub use reading::Outcome;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;

/// The routes for programs.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(intake::api())
}
