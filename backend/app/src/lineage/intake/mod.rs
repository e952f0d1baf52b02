//! What others tell: events of OpenLineage, artifacts of dbt.
//!
//! An event is folded into what was told before ([`told`], by `cadastre_intake::openlineage::fold`), so that order, repetition
//! and loss with resend cannot matter. What the state of a job says is put as its definition ([`facts`]), what the state of a
//! dataset says is written about it where no crawl knows better ([`describe`]), runs and results of tests are measurements
//! ([`runs`], [`tests`]). Requests that wait share a transaction ([`queue`]).

mod api;
mod artifacts;
mod columns;
mod dbt;
mod dbt_api;
mod describe;
mod events;
mod facts;
mod homes;
mod owners;
mod queue;
mod runs;
mod runs_api;
mod symlinks;
mod tests;
mod texts;
mod told;
mod types;

pub(crate) use artifacts::{Artifacts, ingest_dbt, only_namespace};
pub(crate) use queue::Intake;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;

/// The routes.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(api::api()).merge(dbt_api::api()).merge(runs_api::api())
}

/// Routes whose writes come to the same however often they are sent: they need no key for that.
pub(crate) const REPEATABLE: &[&str] = &["/api/v1/lineage", "/api/v1/lineage/batch", DBT];

/// Routes that take longer than others: a project of a thousand models is parsed.
pub(crate) const SLOW: &[&str] = &[DBT];

const DBT: &str = "/api/v1/ingest/dbt";
