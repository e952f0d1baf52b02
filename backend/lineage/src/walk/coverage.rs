//! Of everything the reader sees: what has lineage, what begins it and what ends it.

use cadastre_model::AssetId;

use super::Direction;
use super::eyes::{Eyes, Seen};
use super::score::count;
use crate::facts::NodeKind;
use crate::{Filter, Level, LineageGraph, Sight};

/// What has lineage and what has not, of all datasets that the reader sees and the filter lets pass. Lists are by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// How many there are.
    pub datasets: usize,
    /// Those without any edge.
    pub bare: Vec<AssetId>,
    /// Those that have lineage, but no edge of any of their columns.
    pub without_columns: Vec<AssetId>,
    /// Those that lead to another but that none leads to.
    pub roots: Vec<AssetId>,
    /// Those that another leads to but that lead to none.
    pub leaves: Vec<AssetId>,
    /// Those that lead to nothing, no job either: the part of *safe to drop* that the graph can say, as far as the reader
    /// sees.
    pub without_descendants: Vec<AssetId>,
}

impl LineageGraph {
    /// Looks at every dataset once.
    #[must_use]
    pub fn survey(&self, sight: Sight<'_>, filter: &Filter<'_>) -> Survey {
        let eyes = Eyes::new(self, sight, filter);
        let mut places: Vec<(AssetId, u32)> = datasets(&eyes).map(|at| (self.asset_id(at), at)).collect();
        places.sort_unstable();
        let mut survey = Survey { datasets: places.len(), ..Survey::default() };
        for (id, at) in places {
            survey.add(id, &eyes, at);
        }
        survey
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
}

impl Survey {
    fn add(&mut self, id: AssetId, eyes: &Eyes<'_>, at: u32) {
        let [up, down] = [Direction::Up, Direction::Down].map(|way| leads(eyes, at, way, true));
        if !up && !down {
            self.bare.push(id);
        } else if !has_columns(eyes, at) {
            self.without_columns.push(id);
        }
        if !down {
            self.without_descendants.push(id);
        }
        // Jobs apart: where not even a job is, no dataset is either.
        match (up && leads(eyes, at, Direction::Up, false), down && leads(eyes, at, Direction::Down, false)) {
            (false, true) => self.roots.push(id),
            (true, false) => self.leaves.push(id),
            _ => {}
        }
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
