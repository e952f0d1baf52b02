//! Walks from dataset to dataset against the plain search: with rights, with filters, with jobs.

use std::collections::BTreeMap;

use cadastre_lineage::{Direction, Filter, ImpactAsk, Jobs, Level, NodeId, NodeView, Sight};
use cadastre_model::AssetId;
use proptest::prelude::*;

use crate::made::{DATASETS, graph, hidden, rows};
use crate::oracle;

proptest! {
    #[test]
    fn a_walk_finds_what_a_plain_search_finds(
        rows in rows(40), hidden in hidden(), start in DATASETS, down: bool, depth in 0..6_u32, confidence in 0..3_u8,
    ) {
        let graph = graph(&rows);
        let see = |node: NodeView<'_>| !hidden.contains(&node.id());
        let sight = Sight::by(&see);
        let direction = if down { Direction::Down } else { Direction::Up };
        let node = NodeId::Asset(AssetId(start));
        let filter = Filter { confidence: confidence * 50, ..Filter::default() };
        let ask = ImpactAsk { depth: Some(depth), filter, ..ImpactAsk::whole(node, direction, Level::Datasets) };
        let impact = graph.impact(sight, &ask);

        let there = oracle::there(&rows, &hidden, confidence * 50);
        let pairs = oracle::pairs(&there, Level::Datasets);
        let expected = match hidden.contains(&AssetId(start)) {
            true => BTreeMap::new(),
            false => oracle::hops(&pairs, &[node], direction, depth),
        };
        let found: BTreeMap<NodeId, u32> = impact.reached.iter().map(|one| (one.node, one.hop)).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(found.len(), impact.reached.len());

        let order: Vec<_> = impact.reached.iter().map(|one| (one.hop, one.node)).collect();
        prop_assert!(order.is_sorted());
        for (index, one) in impact.reached.iter().enumerate() {
            let path = impact.path(index);
            prop_assert_eq!(path.len() as u32, one.hop + 1);
            for pair in path.windows(2) {
                let (near, far) = (impact.reached[pair[0]].node, impact.reached[pair[1]].node);
                prop_assert!(oracle::next(&pairs, near, direction).contains(&far));
            }
            prop_assert_eq!(one.end, oracle::next(&pairs, one.node, direction).is_empty());
        }
        let counted = graph.reach(sight, node, direction, Level::Datasets, &ask.filter);
        let all = oracle::hops(&pairs, &[node], direction, u32::MAX);
        let all = if expected.is_empty() { 0 } else { all.len() - 1 };
        prop_assert_eq!(counted.nodes(), all);
    }

    #[test]
    fn shown_or_folded_jobs_leave_the_datasets_as_they_are(rows in rows(40), hidden in hidden(), start in DATASETS, depth in 0..4_u32) {
        let graph = graph(&rows);
        let see = |node: NodeView<'_>| !hidden.contains(&node.id());
        let ask = ImpactAsk {
            depth: Some(depth),
            ..ImpactAsk::whole(NodeId::Asset(AssetId(start)), Direction::Down, Level::Datasets)
        };
        let folded = graph.impact(Sight::by(&see), &ask);
        let shown = graph.impact(Sight::by(&see), &ImpactAsk { jobs: Jobs::Shown, ..ask });
        let datasets: Vec<_> = shown.reached.iter().filter(|one| !oracle::is_job(one.asset)).collect();
        prop_assert_eq!(datasets.len(), folded.reached.len());
        for (one, other) in datasets.into_iter().zip(&folded.reached) {
            prop_assert_eq!((one.node, one.hop, one.hows), (other.node, other.hop, other.hows));
            let before = |list: &[cadastre_lineage::Affected], one: &cadastre_lineage::Affected| one.before.map(|before| list[before].node);
            prop_assert_eq!(before(&shown.reached, one), before(&folded.reached, other));
        }
        let there = oracle::there(&rows, &hidden, 0);
        let left = |dataset: AssetId| folded.reached.iter().any(|one| one.asset == dataset && one.hop < depth);
        let mut jobs: Vec<AssetId> = there.iter()
            .filter(|row| row.source.is_some_and(|end| row.target.is_none() || end.column.is_none()))
            .filter(|row| row.target.is_none_or(|end| end.column.is_none()))
            .filter(|row| row.source.is_some_and(|end| left(end.dataset)))
            .filter_map(|row| row.job)
            .collect();
        jobs.sort();
        jobs.dedup();
        let mut listed: Vec<AssetId> = shown.reached.iter().map(|one| one.asset).filter(|&id| oracle::is_job(id)).collect();
        listed.sort();
        prop_assert_eq!(listed, jobs);
    }

    #[test]
    fn roots_leaves_cycles_and_coverage_are_those_of_the_pairs(rows in rows(30), hidden in hidden()) {
        let graph = graph(&rows);
        let see = |node: NodeView<'_>| !hidden.contains(&node.id());
        let (sight, filter) = (Sight::by(&see), Filter::default());
        let there = oracle::there(&rows, &hidden, 0);
        let pairs = oracle::pairs(&there, Level::Datasets);
        let datasets: Vec<AssetId> = DATASETS.map(AssetId).filter(|id| !hidden.contains(id)).collect();
        let leads = |id: AssetId, direction| !oracle::next(&pairs, NodeId::Asset(id), direction).is_empty();
        let having = |up: bool, down: bool| -> Vec<AssetId> {
            datasets.iter().copied()
                .filter(|&id| leads(id, Direction::Up) == up && leads(id, Direction::Down) == down)
                .collect()
        };
        let survey = graph.survey(sight, &filter);
        prop_assert_eq!(&survey.roots, &having(false, true));
        prop_assert_eq!(&survey.leaves, &having(true, false));

        let beside = |id: AssetId, source: bool| there.iter().any(|row| {
            let (near, far) = if source { (row.source, row.target) } else { (row.target, row.source) };
            let whole = near.is_some_and(|end| end.column.is_none()) && far.is_none_or(|end| end.column.is_none());
            near.is_some_and(|end| end.dataset == id) && (far.is_none() || whole && far.is_some_and(|end| end.dataset != id))
        });
        let of = |kept: &dyn Fn(AssetId) -> bool| datasets.iter().copied().filter(|&id| kept(id)).collect::<Vec<_>>();
        prop_assert_eq!(&survey.bare, &of(&|id| !beside(id, true) && !beside(id, false)));
        prop_assert_eq!(&survey.without_descendants, &of(&|id| !beside(id, true)));
        prop_assert_eq!(survey.datasets, datasets.len());

        let straight = |id: AssetId| oracle::next(&pairs, NodeId::Asset(id), Direction::Down)
            .into_iter().filter(|next| *next != NodeId::Asset(id)).count();
        let mut hubs: Vec<(std::cmp::Reverse<usize>, AssetId)> = datasets.iter().copied()
            .map(|id| (std::cmp::Reverse(straight(id)), id)).filter(|(count, _)| count.0 > 0).collect();
        hubs.sort();
        let most: Vec<AssetId> = hubs.iter().take(3).map(|(_, id)| *id).collect();
        prop_assert_eq!(graph.hubs(sight, &filter, 3), most.clone());
        let whole = (usize::MAX, usize::MAX);
        let alone: Vec<_> = most.iter().map(|id| graph.reach(sight, NodeId::Asset(*id), Direction::Down, Level::Datasets, &filter)).collect();
        prop_assert_eq!(graph.reaches(sight, &most, Direction::Down, &filter, whole), alone);
        let each: Vec<_> = datasets.iter().map(|id| graph.reach(sight, NodeId::Asset(*id), Direction::Up, Level::Datasets, &filter)).collect();
        prop_assert_eq!(graph.reaches_whole(sight, &datasets, Direction::Up, &filter), each);

        let reaches = |from: AssetId, to: AssetId| {
            let direct = pairs.contains(&(NodeId::Asset(from), NodeId::Asset(to)));
            let next = oracle::next(&pairs, NodeId::Asset(from), Direction::Down);
            let next: Vec<_> = next.into_iter().collect();
            direct || oracle::hops(&pairs, &next, Direction::Down, 99).contains_key(&NodeId::Asset(to))
        };
        let mut cycles: Vec<Vec<AssetId>> = datasets.iter()
            .filter(|&&id| reaches(id, id))
            .map(|&id| datasets.iter().copied().filter(|&other| other == id || reaches(id, other) && reaches(other, id)).collect())
            .collect();
        cycles.sort();
        cycles.dedup();
        prop_assert_eq!(graph.cycles(sight, &filter), cycles);
    }

    #[test]
    fn a_way_holds_what_lies_between(rows in rows(40), hidden in hidden(), from in DATASETS, to in DATASETS, hops in 0..6_u32) {
        let graph = graph(&rows);
        let see = |node: NodeView<'_>| !hidden.contains(&node.id());
        let ends = (NodeId::Asset(AssetId(from)), NodeId::Asset(AssetId(to)));
        let routes = graph.routes(Sight::by(&see), ends, Level::Datasets, &Filter::default(), (hops, 1000));
        let pairs = oracle::pairs(&oracle::there(&rows, &hidden, 0), Level::Datasets);
        let seen = ![from, to].iter().any(|id| hidden.contains(&AssetId(*id)));
        let out = oracle::hops(&pairs, &[ends.0], Direction::Down, hops);
        let back = oracle::hops(&pairs, &[ends.1], Direction::Up, hops);
        let mut between: Vec<(u32, NodeId)> = out.iter()
            .filter(|(node, hop)| seen && back.get(*node).is_some_and(|rest| *hop + rest <= hops))
            .map(|(&node, &hop)| (hop, node))
            .collect();
        between.sort();
        let nodes: Vec<NodeId> = between.into_iter().map(|(_, node)| node).collect();
        prop_assert_eq!(&routes.nodes, &nodes);
        let length = out.get(&ends.1).filter(|_| seen).map_or(0, |hop| *hop as usize + 1);
        prop_assert_eq!(routes.shortest.len(), length);
        for &(one, other, _) in &routes.links {
            prop_assert!(pairs.contains(&(nodes[one], nodes[other])));
        }
        let inner = pairs.iter().filter(|(one, other)| nodes.contains(one) && nodes.contains(other)).count();
        prop_assert_eq!(routes.links.len(), inner);
    }
}
