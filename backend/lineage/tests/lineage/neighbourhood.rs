//! What is drawn against the plain search: nothing that isn't there, everything there is room for, the rest counted.

use std::collections::BTreeSet;

use cadastre_lineage::{Ask, Direction, Jobs, Level, Limits, NodeId, NodeView, Sight};
use cadastre_model::{AssetId, ColumnId};
use proptest::prelude::*;

use crate::made::{DATASETS, graph, hidden, rows};
use crate::oracle;

proptest! {
    #[test]
    fn with_room_everything_within_the_depth_is_drawn(
        rows in rows(40), hidden in hidden(), start in DATASETS, up in 0..3_u32, down in 0..3_u32,
    ) {
        let graph = graph(&rows);
        let see = |node: NodeView<'_>| !hidden.contains(&node.id());
        let node = NodeId::Asset(AssetId(start));
        let around = graph.neighbourhood(Sight::by(&see), &Ask { up, down, ..Ask::around(node, Level::Datasets) });
        let pairs = oracle::pairs(&oracle::there(&rows, &hidden, 0), Level::Datasets);
        let mut expected = BTreeSet::new();
        if !hidden.contains(&AssetId(start)) {
            expected.extend(oracle::hops(&pairs, &[node], Direction::Up, up).into_keys());
            expected.extend(oracle::hops(&pairs, &[node], Direction::Down, down).into_keys());
        }
        let drawn: BTreeSet<NodeId> = around.nodes.iter().map(|node| NodeId::Asset(node.asset)).collect();
        prop_assert_eq!(&drawn, &expected);
        prop_assert_eq!(around.left_out, 0);
        prop_assert!(around.nodes.iter().map(|node| (node.hop, node.asset)).is_sorted());

        let links: BTreeSet<_> = around.links.iter()
            .map(|link| (NodeId::Asset(around.nodes[link.from.node].asset), NodeId::Asset(around.nodes[link.to.node].asset)))
            .collect();
        let inner: BTreeSet<_> = pairs.iter().copied()
            .filter(|(from, to)| drawn.contains(from) && drawn.contains(to))
            .collect();
        prop_assert_eq!(links, inner);
        for node in &around.nodes {
            for (direction, more) in [(Direction::Up, node.up), (Direction::Down, node.down)] {
                let next = oracle::next(&pairs, NodeId::Asset(node.asset), direction);
                prop_assert_eq!(more.count, next.difference(&drawn).count());
                prop_assert!(!more.restricted);
            }
        }
    }

    #[test]
    fn no_limit_is_passed_and_what_is_cut_is_counted(
        rows in rows(80), start in DATASETS, first in 1..6_usize, siblings in 1..4_usize, expand in prop::collection::vec((DATASETS, any::<bool>()), 0..4),
    ) {
        let graph = graph(&rows);
        let limits = Limits { first, most: first + 3, siblings, expansion: 2, columns: 100 };
        let direction = |down| if down { Direction::Down } else { Direction::Up };
        let expand: Vec<_> = expand.into_iter().map(|(id, down)| (AssetId(id), direction(down))).collect();
        let ask = Ask { up: 2, down: 2, limits, expand, ..Ask::around(NodeId::Asset(AssetId(start)), Level::Datasets) };
        let around = graph.neighbourhood(Sight::everything(), &ask);
        prop_assert!(around.nodes.len() <= limits.most);
        let few = graph.neighbourhood(Sight::everything(), &Ask { expand: Vec::new(), ..ask.clone() });
        prop_assert!(few.nodes.len() <= first);
        let drawn: BTreeSet<AssetId> = around.nodes.iter().map(|node| node.asset).collect();
        prop_assert!(few.nodes.iter().all(|node| drawn.contains(&node.asset)), "expanding takes nothing away");
        for node in &few.nodes {
            let of = |down: bool| {
                let child = |other: &&cadastre_lineage::Drawn| {
                    let parent = other.before.map(|before| few.nodes[before].asset);
                    parent == Some(node.asset) && (other.hop > node.hop) == down
                };
                few.nodes.iter().filter(child).count()
            };
            prop_assert!(of(true) <= siblings && of(false) <= siblings);
        }
    }

    #[test]
    fn shown_jobs_stand_between_the_same_datasets(rows in rows(40), hidden in hidden(), start in DATASETS) {
        let graph = graph(&rows);
        let see = |node: NodeView<'_>| !hidden.contains(&node.id());
        let ask = Ask { up: 2, down: 2, ..Ask::around(NodeId::Asset(AssetId(start)), Level::Datasets) };
        let folded = graph.neighbourhood(Sight::by(&see), &ask);
        let shown = graph.neighbourhood(Sight::by(&see), &Ask { jobs: Jobs::Shown, ..ask });
        let datasets: Vec<_> = shown.nodes.iter().filter(|node| !node.job).map(|node| (node.asset, node.hop, node.up, node.down)).collect();
        prop_assert_eq!(datasets, folded.nodes.iter().map(|node| (node.asset, node.hop, node.up, node.down)).collect::<Vec<_>>());
        let asset = |node: usize| shown.nodes[node].asset;
        let has = |from: AssetId, to: AssetId| shown.links.iter().any(|link| (asset(link.from.node), asset(link.to.node)) == (from, to));
        for link in &folded.links {
            let (from, to) = (folded.nodes[link.from.node].asset, folded.nodes[link.to.node].asset);
            for &job in &link.jobs {
                prop_assert!(has(from, job) && has(job, to));
            }
        }
        for node in shown.nodes.iter().filter(|node| node.job) {
            prop_assert!(!hidden.contains(&node.asset));
        }
    }

    #[test]
    fn lit_columns_are_those_on_a_path(rows in rows(60), hidden in hidden(), dataset in DATASETS, column in 0..3_i64, up in 0..3_u32, context: bool) {
        let graph = graph(&rows);
        let see = |node: NodeView<'_>| !hidden.contains(&node.id());
        let node = NodeId::Column(ColumnId(dataset * 100 + column));
        let ask = Ask { up, down: 3, context, ..Ask::around(node, Level::Columns) };
        let around = graph.neighbourhood(Sight::by(&see), &ask);
        let pairs = oracle::pairs(&oracle::there(&rows, &hidden, 0), Level::Columns);
        let seen = around.focus.is_some();
        let mut expected = BTreeSet::new();
        if seen {
            expected.extend(oracle::hops(&pairs, &[node], Direction::Up, up).into_keys());
            expected.extend(oracle::hops(&pairs, &[node], Direction::Down, 3).into_keys());
        }
        let lit: BTreeSet<NodeId> = around.nodes.iter().flat_map(|node| {
            let whole = node.whole.then_some(NodeId::Asset(node.asset));
            node.columns.iter().map(|&column| NodeId::Column(column)).chain(whole)
        }).collect();
        prop_assert_eq!(lit, expected);
        if !context {
            prop_assert!(around.nodes.iter().all(|node| node.lit) && around.links.iter().all(|link| link.lit));
        }
        for link in &around.links {
            for port in [link.from, link.to] {
                prop_assert!(port.column.is_none_or(|column| around.nodes[port.node].columns.contains(&column)));
            }
        }
    }
}
