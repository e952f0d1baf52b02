//! Datasets that feed each other in a circle.

use cadastre_model::AssetId;
use hashbrown::HashSet;

use super::coverage::datasets;
use super::eyes::{Eyes, Seen};
use super::{Direction, Level};
use crate::graph::strongly_connected;
use crate::{Filter, LineageGraph, Sight};

impl LineageGraph {
    /// The groups of datasets of which each leads to each: two or more, or one that leads to itself. Each group by id,
    /// the groups by their first.
    #[must_use]
    pub fn cycles(&self, sight: Sight<'_>, filter: &Filter<'_>) -> Vec<Vec<AssetId>> {
        let eyes = Eyes::new(self, sight, filter);
        let mut pairs = Vec::new();
        for at in datasets(&eyes) {
            eyes.each(Level::Datasets, at, Direction::Down, |found| {
                if found.seen == Seen::Open {
                    pairs.push((at, found.at));
                }
            });
        }
        let own: HashSet<u32> = pairs.iter().filter(|(from, to)| from == to).map(|&(from, _)| from).collect();
        let groups = strongly_connected(self.assets.bound(), pairs.into_iter());
        let round = groups
            .into_iter()
            .filter(|group| group.len() > 1 || group.first().is_some_and(|one| own.contains(one)));
        let ids = |group: Vec<u32>| {
            let mut ids: Vec<AssetId> = group.into_iter().map(|at| self.asset_id(at)).collect();
            ids.sort_unstable();
            ids
        };
        let mut cycles: Vec<Vec<AssetId>> = round.map(ids).collect();
        cycles.sort_unstable();
        cycles
    }
}
