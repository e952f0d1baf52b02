//! What a reader wants to leave out: by public ids and words, as it comes in; as a filter of the graph, as it is asked.

use crate::access::Caller;
use crate::catalog::asset;
use crate::error::Result;
use crate::lineage::activity;
use cadastre_lineage::{Filter, NodeKind, NodeView};
use cadastre_model::{Action, AssetId, DatasetKind, PublicId};
use sqlx::PgConnection;
use std::collections::HashSet;

/// Filters as they are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Only datasets of this source.
    pub source: Option<PublicId>,
    /// Only datasets of this domain and below.
    pub domain: Option<PublicId>,
    /// Only datasets of this kind.
    pub kind: Option<DatasetKind>,
    /// Only those that are stale, or only those that are not.
    pub stale: Option<bool>,
    /// Only edges that are at least so sure, in per cent.
    pub confidence: u8,
}

/// The same, with what it names found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wished {
    source: Option<AssetId>,
    domain: Option<AssetId>,
    kind: Option<DatasetKind>,
    /// Whether the stale ones are wanted or the others, and which are stale.
    stale: Option<(bool, HashSet<AssetId>)>,
    confidence: u8,
}

impl Wish {
    /// Finds what it names.
    ///
    /// # Errors
    /// `Absent` where a source or domain is not there for the caller.
    pub(crate) async fn find(&self, conn: &mut PgConnection, caller: &Caller) -> Result<Wished> {
        let mut found = Wished { kind: self.kind, confidence: self.confidence, ..Wished::default() };
        if let Some(wanted) = self.stale {
            found.stale =
                Some((wanted, activity::written_before(conn, caller.now - activity::STALE_AFTER).await?));
        }
        if let Some(source) = self.source {
            found.source = Some(asset::find(&mut *conn, caller, source, Action::See).await?.0.id);
        }
        if let Some(domain) = self.domain {
            found.domain = Some(asset::find(&mut *conn, caller, domain, Action::See).await?.0.id);
        }
        Ok(found)
    }
}

impl Wished {
    /// Asks with the filter.
    pub(crate) fn filter<R>(&self, question: impl FnOnce(Filter<'_>) -> R) -> R {
        let keep = |node: NodeView<'_>| {
            self.stale.as_ref().is_none_or(|(wanted, stale)| stale.contains(&node.id()) == *wanted)
        };
        let keep: Option<&dyn Fn(NodeView<'_>) -> bool> =
            if self.stale.is_some() { Some(&keep) } else { None };
        question(Filter {
            sources: self.source.into_iter().collect(),
            domains: self.domain.into_iter().collect(),
            kinds: self.kind.into_iter().collect(),
            confidence: self.confidence,
            keep,
            ..Filter::default()
        })
    }
}

/// The kind of a dataset, where it is one.
pub(crate) fn dataset_kind(kind: NodeKind) -> Option<DatasetKind> {
    match kind {
        NodeKind::Dataset(kind) => kind,
        NodeKind::Job => None,
    }
}
