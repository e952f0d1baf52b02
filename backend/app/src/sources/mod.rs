//! Sources: the systems that data lives in.
//!
//! A source is registered after its connection was tested ([`register`]), in a domain or in none; its secret is sealed for its own row and never
//! comes out again but to the reader. Whoever may manage it changes it ([`edit`]): another place wants the secret anew.
//! A crawl is a task ([`crawl_now`], or the schedule): it reads the source whole and brings the catalogue to what was
//! read; how, is in `catalog::crawl`. What a removed source held stays as something that is gone.
//!
//! What reads sources is in [`reader`], which knows nothing of the register's own database. What they hold is read by [`safe`] alone,
//! within the limits that are set at a source ([`Reading`]).

mod api;
mod check;
pub(crate) mod crawl;
mod edit;
mod forms;
mod ground;
pub(crate) mod operate;
mod pages;
mod queries;
pub mod reader;
mod reading;
mod register;
mod rest;
pub mod safe;
pub(crate) mod schedule;
mod settings;
mod store;
mod view;

pub(crate) use api::api;
pub(crate) use ground::may_register;
pub(crate) use pages::pages;

pub use check::{test, test_new};
pub use crawl::crawl_now;
pub use edit::{Edit, edit, remove, remove_as};
pub use reading::{Quiet, Reading};
pub use register::{NewSource, Registered, Tested, register};
pub use settings::{Patterns, Place, Schedule};
pub(crate) use store::due_for_profiles;

use crate::db::Db;
use crate::error::Result;
use reader::OwnCluster;

/// How the register's own cluster is recognised, so that it is never a source. A role that may not read the control
/// data gives none; then the start time of the server is all there is, and a role that may not see that either is told
/// by `cadastre doctor`.
///
/// # Errors
/// When the database does not answer.
pub async fn own_cluster(db: &Db) -> Result<Option<OwnCluster>> {
    let started_at = sqlx::query_scalar("select pg_postmaster_start_time()").fetch_one(&db.web).await?;
    let may: bool = sqlx::query_scalar("select has_function_privilege('pg_control_system()', 'execute')")
        .fetch_one(&db.web)
        .await?;
    if !may {
        return Ok(None);
    }
    let system_identifier = sqlx::query_scalar("select system_identifier::text from pg_control_system()")
        .fetch_one(&db.web)
        .await?;
    Ok(Some(OwnCluster { system_identifier, started_at: Some(started_at) }))
}
