//! What the graph knows of a dataset or a job: only what walks ask for. Names, owners and texts stay in PostgreSQL.

use std::num::NonZeroI64;
use std::sync::Arc;

use cadastre_model::{AssetId, AssetState, ColumnId, DatasetKind, ObjectKind, Sensitivity};

use crate::paths::{PathKey, Paths};

/// A node of an answer: a dataset or job, or a column. Ordered: assets first, each by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeId {
    /// A dataset or a job. At column level: a dataset as a whole, where it isn't known which of its columns.
    Asset(AssetId),
    /// A column.
    Column(ColumnId),
}

/// What an asset of the graph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// A dataset; its kind at the source where that is known.
    Dataset(Option<DatasetKind>),
    /// A job.
    Job,
}

/// The facts of a dataset or a job, as the register says them now (or said them then).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub kind: NodeKind,
    /// What it is to rights.
    pub object: ObjectKind,
    /// As stored: from the register down to the asset itself, which may be left out.
    pub scope_path: Vec<AssetId>,
    /// The effective sensitivity.
    pub sensitivity: Sensitivity,
    /// The source it lies in.
    pub source: Option<AssetId>,
    /// The effective domain.
    pub domain: Option<AssetId>,
    /// Where it stands in its life.
    pub state: AssetState,
}

/// As kept: the path is shared between the assets of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) kind: NodeKind,
    pub(crate) object: ObjectKind,
    pub(crate) within: PathKey,
    pub(crate) sensitivity: Sensitivity,
    source: Held,
    domain: Held,
    pub(crate) state: AssetState,
}

/// An id that may be missing, in 8 bytes: ids are from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held(Option<NonZeroI64>);

impl Held {
    fn of(id: Option<AssetId>) -> Self {
        Self(id.and_then(|id| NonZeroI64::new(id.0)))
    }

    fn id(self) -> Option<AssetId> {
        self.0.map(|id| AssetId(id.get()))
    }
}

impl Kept {
    /// Takes facts in; the path's use is counted until [`Paths::release`].
    pub(crate) fn take(id: AssetId, facts: &Facts, paths: &mut Paths) -> Self {
        let path = facts.scope_path.as_slice();
        let within = paths.intern(path.strip_suffix(&[id]).unwrap_or(path));
        let Facts { kind, object, sensitivity, source, domain, state, .. } = *facts;
        let (source, domain) = (Held::of(source), Held::of(domain));
        Self { kind, object, within, sensitivity, source, domain, state }
    }

    pub(crate) fn give(&self, id: AssetId, paths: &Paths) -> Facts {
        let Self { kind, object, within, sensitivity, source, domain, state } = *self;
        let scope_path = paths.get(within).iter().copied().chain([id]).collect();
        let (source, domain) = (source.id(), domain.id());
        Facts { kind, object, scope_path, sensitivity, source, domain, state }
    }
}

/// What a question about one node may look at.
#[derive(Debug, Clone, Copy)]
pub struct NodeView<'g> {
    pub(crate) id: AssetId,
    pub(crate) kept: &'g Kept,
    pub(crate) within: &'g Arc<[AssetId]>,
}

impl NodeView<'_> {
    /// The asset.
    #[must_use]
    pub fn id(&self) -> AssetId {
        self.id
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> NodeKind {
        self.kept.kind
    }

    /// What it is to rights.
    #[must_use]
    pub fn object(&self) -> ObjectKind {
        self.kept.object
    }

    /// The effective sensitivity.
    #[must_use]
    pub fn sensitivity(&self) -> Sensitivity {
        self.kept.sensitivity
    }

    /// The source it lies in.
    #[must_use]
    pub fn source(&self) -> Option<AssetId> {
        self.kept.source.id()
    }

    /// The effective domain.
    #[must_use]
    pub fn domain(&self) -> Option<AssetId> {
        self.kept.domain.id()
    }

    /// Where it stands in its life.
    #[must_use]
    pub fn state(&self) -> AssetState {
        self.kept.state
    }

    /// The scope path without the asset itself: shared by all assets of its container.
    #[must_use]
    pub fn within(&self) -> &[AssetId] {
        self.within
    }

    /// The scope path with the asset itself at the end.
    #[must_use]
    pub fn scope_path(&self) -> Vec<AssetId> {
        self.within.iter().copied().chain([self.id]).collect()
    }
}
