//! What a reader wants to leave out of a walk. Rights are another matter: see [`crate::Sight`].

use cadastre_model::{AssetId, AssetState, DatasetKind, How};
use chrono::{DateTime, Utc};

use crate::edge::{Bond, Second};
use crate::facts::{NodeKind, NodeView};

/// Some kinds of edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Hows(u16);

impl Hows {
    /// Every kind.
    pub const ALL: Self = Self(u16::MAX);

    /// The kinds that carry the value; not those that only influence it.
    #[must_use]
    pub fn carrying() -> Self {
        How::ALL.iter().copied().filter(|how| how.carries()).collect()
    }

    /// Adds one.
    pub fn insert(&mut self, how: How) {
        self.0 |= 1 << how as u16;
    }

    /// Whether it is among them.
    #[must_use]
    pub fn contains(self, how: How) -> bool {
        self.0 & (1 << how as u16) != 0
    }

    /// Those of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// In the order of [`How`].
    pub fn iter(self) -> impl Iterator<Item = How> {
        How::ALL.iter().copied().filter(move |&how| self.contains(how))
    }
}

impl FromIterator<How> for Hows {
    fn from_iter<T: IntoIterator<Item = How>>(hows: T) -> Self {
        let mut all = Self::default();
        hows.into_iter().for_each(|how| all.insert(how));
        all
    }
}

/// What is left out. What a filter takes away is absent and paths are not bridged; where the walk begins is never taken
/// away. Lists that are empty let everything pass. The filters of nodes are for datasets; a job passes.
#[derive(Clone)]
pub struct Filter<'a> {
    /// Only datasets of these sources.
    pub sources: Vec<AssetId>,
    /// Only datasets in these domains or below.
    pub domains: Vec<AssetId>,
    /// Only datasets of these kinds.
    pub kinds: Vec<DatasetKind>,
    /// Only datasets in these states.
    pub states: Vec<AssetState>,
    /// Anything else about a dataset, such as when its data was last written.
    pub keep: Option<&'a dyn Fn(NodeView<'_>) -> bool>,
    /// Only edges of at least this confidence.
    pub confidence: u8,
    /// Only edges of these kinds.
    pub hows: Hows,
    /// Only edges that something said since.
    pub seen_since: Option<DateTime<Utc>>,
}

impl Default for Filter<'_> {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            domains: Vec::new(),
            kinds: Vec::new(),
            states: Vec::new(),
            keep: None,
            confidence: 0,
            hows: Hows::ALL,
            seen_since: None,
        }
    }
}

impl std::fmt::Debug for Filter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filter")
            .field("sources", &self.sources)
            .field("domains", &self.domains)
            .field("kinds", &self.kinds)
            .field("states", &self.states)
            .field("confidence", &self.confidence)
            .finish_non_exhaustive()
    }
}

impl Filter<'_> {
    /// Whether a dataset or job passes.
    pub(crate) fn node(&self, node: NodeView<'_>) -> bool {
        let NodeKind::Dataset(kind) = node.kind() else { return true };
        among(&self.sources, node.source())
            && (self.domains.is_empty() || self.in_domain(node))
            && among(&self.kinds, kind)
            && among(&self.states, Some(node.state()))
            && self.keep.is_none_or(|keep| keep(node))
    }

    fn in_domain(&self, node: NodeView<'_>) -> bool {
        let own = node.domain();
        self.domains.iter().any(|domain| own == Some(*domain) || node.within().contains(domain))
    }

    /// Whether an edge passes.
    pub(crate) fn edge(&self, bond: &Bond) -> bool {
        bond.confidence >= self.confidence
            && self.hows.contains(bond.how)
            && self.seen_since.is_none_or(|since| bond.seen >= Second::of(since))
    }
}

fn among<T: PartialEq>(list: &[T], one: Option<T>) -> bool {
    list.is_empty() || one.is_some_and(|one| list.contains(&one))
}
