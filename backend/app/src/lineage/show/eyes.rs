//! The eyes of a reader on the graph: their scope, and what PostgreSQL said about assets that the graph still shows.

use crate::catalog::visible;
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_lineage::Sight;
use cadastre_model::{AssetId, ObjectKind, Sensitivity};
use sqlx::PgConnection;
use std::collections::HashSet;
use std::sync::Arc;

/// How often a question is put again when the graph is behind what may be seen.
const ROUNDS: usize = 4;

/// Somebody's eyes.
#[derive(Debug, Clone)]
pub(crate) struct Eyes {
    /// What they see.
    pub(crate) see: Arc<Scope>,
    hidden: HashSet<AssetId>,
}

impl Eyes {
    pub(crate) fn of(see: Arc<Scope>) -> Self {
        Self { see, hidden: HashSet::new() }
    }

    /// Asks with these eyes.
    pub(crate) fn look<R>(&self, question: impl FnOnce(Sight<'_>) -> R) -> R {
        let is_hidden = |asset: &AssetId| self.hidden.contains(asset);
        let covers = |kind: ObjectKind, level: Sensitivity, path: &[AssetId]| {
            !path.last().is_some_and(is_hidden) && self.see.covers_at(kind, level, path)
        };
        let names = |kind: ObjectKind, level: Sensitivity, asset: AssetId| {
            is_hidden(&asset) || self.see.names(kind, level, asset)
        };
        question(Sight::scoped(&covers, &names))
    }

    /// An answer of the graph of which PostgreSQL says the same: the graph may be a moment behind, and what it gives is
    /// asked for again without the assets that the reader does not see (any more).
    pub(crate) async fn sure<R>(
        &mut self,
        conn: &mut PgConnection,
        mut question: impl FnMut(&Self) -> Result<R>,
        assets: impl Fn(&R) -> Vec<AssetId>,
    ) -> Result<R> {
        let mut answer = question(self)?;
        for _ in 0..ROUNDS {
            let given = assets(&answer);
            let seen = visible::of(conn, &self.see, given.iter().copied()).await?;
            let before = self.hidden.len();
            self.hidden.extend(given.into_iter().filter(|id| !seen.contains(id)));
            if self.hidden.len() == before {
                return Ok(answer);
            }
            answer = question(self)?;
        }
        Err(crate::error::Failure::unavailable("the graph of lineage does not come to rest"))
    }
}
