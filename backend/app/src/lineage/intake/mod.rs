//! What others tell: events of OpenLineage, artifacts of dbt.
//!
//! An event is folded into what was told before ([`told`], by `cadastre_intake::openlineage::fold`), so that order, repetition
//! and loss with resend cannot matter. What the state of a job says is put as its definition ([`facts`]), what the state of a
//! dataset says is written about it where no crawl knows better ([`describe`]), runs and results of tests are measurements
//! ([`runs`], [`tests`]). Requests that wait share a transaction ([`queue`]).

mod api;
mod columns;
mod describe;
mod events;
mod facts;
mod homes;
mod owners;
mod queue;
mod runs;
mod symlinks;
mod tests;
mod texts;
mod told;
mod types;

pub(crate) use api::api;
pub(crate) use queue::Intake;

/// Routes whose writes come to the same however often they are sent: they need no key for that.
pub(crate) const REPEATABLE: &[&str] = &["/api/v1/lineage", "/api/v1/lineage/batch"];
