//! PostgreSQL 12 and newer, read through `pg_catalog`. Why by tokio-postgres and not by sqlx:
//! `backend/decisions/source-driver.md`.

mod check;
mod columns;
mod counters;
mod crawl;
mod datasets;
mod faults;
mod functions;
mod keys;
mod server;
mod session;
mod text;
mod tls;
mod types;
mod visit;
mod wire;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::{Check, Connection, Filters, Listing, Policy, Progress, Reader, SourceError, Visit};

pub(crate) use tls::machine_tls;
pub(super) use tls::trusted_certificates;

/// Reads PostgreSQL.
#[derive(Debug)]
pub(super) struct Postgresql {
    policy: Policy,
}

impl Postgresql {
    /// A reader under a policy.
    pub(super) const fn new(policy: Policy) -> Self {
        Self { policy }
    }
}

#[async_trait]
impl Reader for Postgresql {
    async fn check(&self, connection: &Connection) -> Vec<Check> {
        check::check(connection, &self.policy).await
    }

    async fn crawl(
        &self,
        connection: &Connection,
        filters: &Filters,
        progress: &dyn Progress,
        cancel: CancellationToken,
    ) -> Result<Listing, SourceError> {
        crawl::crawl(connection, filters, &self.policy, progress, &cancel).await
    }

    async fn visit(&self, connection: &Connection) -> Result<Box<dyn Visit>, SourceError> {
        Ok(Box::new(visit::begin(connection, &self.policy).await?))
    }
}
