//! Of everything the reader sees: what has lineage, what begins it and what ends it.

use cadastre_model::AssetId;

use super::Direction;
use super::eyes::{Eyes, Seen};
use super::score::count;
use crate::facts::NodeKind;
use crate::{Filter, Level, LineageGraph, Sight};

/// How many datasets have lineage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// All that the reader sees and the filter lets pass.
    pub datasets: usize,
    /// Those that something leads to, another dataset or a job.
    pub with_upstream: usize,
    /// Those that lead to something.
    pub with_downstream: usize,
    /// Those with neither.
    pub without: usize,
}

impl LineageGraph {
    /// Counts.
    #[must_use]
    pub fn coverage(&self, sight: Sight<'_>, filter: &Filter<'_>) -> Coverage {
        let eyes = Eyes::new(self, sight, filter);
        let mut all = Coverage::default();
        for at in datasets(&eyes) {
            let (up, down) = (leads(&eyes, at, Direction::Up, true), leads(&eyes, at, Direction::Down, true));
            all.datasets += 1;
            all.with_upstream += usize::from(up);
            all.with_downstream += usize::from(down);
            all.without += usize::from(!up && !down);
        }
        all
    }

    /// The datasets without any edge, by id.
    #[must_use]
    pub fn without_lineage(&self, sight: Sight<'_>, filter: &Filter<'_>) -> Vec<AssetId> {
        self.where_leads(sight, filter, true, |up, down| !up && !down)
    }

    /// The datasets that have lineage, but no edge of any of their columns, by id.
    #[must_use]
    pub fn without_columns(&self, sight: Sight<'_>, filter: &Filter<'_>) -> Vec<AssetId> {
        let eyes = Eyes::new(self, sight, filter);
        let leads = |at| Direction::BOTH.iter().any(|&way| leads(&eyes, at, way, true));
        let kept = datasets(&eyes).filter(|&at| leads(at) && !has_columns(&eyes, at));
        let mut ids: Vec<AssetId> = kept.map(|at| self.asset_id(at)).collect();
        ids.sort_unstable();
        ids
    }

    /// The datasets that lead straight to the most others, so many of them, the most first, then by id.
    #[must_use]
    pub fn hubs(&self, sight: Sight<'_>, filter: &Filter<'_>, most: usize) -> Vec<AssetId> {
        let mut hubs = self.readers(sight, filter);
        hubs.sort_unstable_by_key(|&(id, readers)| (std::cmp::Reverse(readers), id));
        hubs.into_iter().take(most).map(|(id, _)| id).collect()
    }

    /// To how many others each dataset leads straight; those that lead to none are left out.
    #[must_use]
    pub fn readers(&self, sight: Sight<'_>, filter: &Filter<'_>) -> Vec<(AssetId, usize)> {
        let eyes = Eyes::new(self, sight, filter);
        let counted = datasets(&eyes).filter_map(|at| {
            let reached = count(&eyes, Level::Datasets, Direction::Down, vec![at], 1, usize::MAX);
            Some((self.asset_id(at), reached.first().copied()?))
        });
        counted.collect()
    }

    /// The datasets that lead to another but that none leads to, by id.
    #[must_use]
    pub fn roots(&self, sight: Sight<'_>, filter: &Filter<'_>) -> Vec<AssetId> {
        self.where_leads(sight, filter, false, |up, down| !up && down)
    }

    /// The datasets that another leads to but that lead to none, by id.
    #[must_use]
    pub fn leaves(&self, sight: Sight<'_>, filter: &Filter<'_>) -> Vec<AssetId> {
        self.where_leads(sight, filter, false, |up, down| up && !down)
    }

    /// The datasets that lead to nothing, no job either, by id: the part of *safe to drop* that the graph can say, as far
    /// as the reader sees.
    #[must_use]
    pub fn without_descendants(&self, sight: Sight<'_>, filter: &Filter<'_>) -> Vec<AssetId> {
        self.where_leads(sight, filter, true, |_, down| !down)
    }

    fn where_leads(
        &self,
        sight: Sight<'_>,
        filter: &Filter<'_>,
        jobs: bool,
        keep: impl Fn(bool, bool) -> bool,
    ) -> Vec<AssetId> {
        let eyes = Eyes::new(self, sight, filter);
        let leads = |at, direction| leads(&eyes, at, direction, jobs);
        let kept = datasets(&eyes).filter(|&at| keep(leads(at, Direction::Up), leads(at, Direction::Down)));
        let mut ids: Vec<AssetId> = kept.map(|at| self.asset_id(at)).collect();
        ids.sort_unstable();
        ids
    }
}

/// The places of the datasets that are there.
pub(crate) fn datasets<'e>(eyes: &'e Eyes<'_>) -> impl Iterator<Item = u32> + 'e {
    let all = eyes
        .graph
        .assets
        .iter()
        .filter(|(_, asset)| asset.kept.is_some_and(|kept| matches!(kept.kind, NodeKind::Dataset(_))));
    all.map(|(at, _)| at).filter(|&at| eyes.asset(at) == Seen::Open)
}

/// Whether an edge of a column leads from here or to here.
fn has_columns(eyes: &Eyes<'_>, at: u32) -> bool {
    let leads = |column, direction| {
        !eyes.each_while(Level::Columns, column, direction, |found| found.seen != Seen::Open)
    };
    let Some(asset) = eyes.graph.assets.get(at) else { return false };
    asset.beside.columns.iter().any(|&column| Direction::BOTH.iter().any(|&way| leads(column, way)))
}

/// Whether an edge leads from here to another dataset (or job, if those count).
fn leads(eyes: &Eyes<'_>, at: u32, direction: Direction, jobs: bool) -> bool {
    !eyes.each_while(Level::Datasets, at, direction, |found| {
        let counts = found.seen == Seen::Open || jobs && found.seen == Seen::Job;
        !counts || found.at == at
    })
}
