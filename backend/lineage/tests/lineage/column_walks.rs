//! Walks from column to column against the plain search.

use std::collections::BTreeMap;

use cadastre_lineage::{Direction, ImpactAsk, Level, NodeId, NodeView, Sight};
use cadastre_model::{AssetId, ColumnId};
use proptest::prelude::*;

use crate::made::{DATASETS, graph, hidden, rows};
use crate::oracle;

proptest! {
    #[test]
    fn a_column_leads_where_its_edges_and_its_datasets_lead(
        rows in rows(60), hidden in hidden(), dataset in DATASETS, column in 0..3_i64, down: bool, depth in 0..6_u32,
    ) {
        let graph = graph(&rows);
        let see = |node: NodeView<'_>| !hidden.contains(&node.id());
        let direction = if down { Direction::Down } else { Direction::Up };
        let node = NodeId::Column(ColumnId(dataset * 100 + column));
        let ask = ImpactAsk { depth: Some(depth), ..ImpactAsk::whole(node, direction, Level::Columns) };
        let impact = graph.impact(Sight::by(&see), &ask);
        let open: Vec<_> = rows.iter().copied().filter(|row| !row.struck).collect();
        let known = oracle::columns_of(&open, AssetId(dataset)).contains(&node) && !hidden.contains(&AssetId(dataset));
        let pairs = oracle::pairs(&oracle::there(&rows, &hidden, 0), Level::Columns);
        let expected = if known { oracle::hops(&pairs, &[node], direction, depth) } else { BTreeMap::new() };
        let found: BTreeMap<NodeId, u32> = impact.reached.iter().map(|one| (one.node, one.hop)).collect();
        prop_assert_eq!(found, expected);
        prop_assert!(impact.reached.iter().map(|one| (one.hop, one.node)).is_sorted());
    }

    #[test]
    fn a_dataset_stands_for_its_columns(rows in rows(60), hidden in hidden(), dataset in DATASETS) {
        let graph = graph(&rows);
        let see = |node: NodeView<'_>| !hidden.contains(&node.id());
        let node = NodeId::Asset(AssetId(dataset));
        let impact = graph.impact(Sight::by(&see), &ImpactAsk::whole(node, Direction::Down, Level::Columns));
        let open: Vec<_> = rows.iter().copied().filter(|row| !row.struck).collect();
        let starts = match hidden.contains(&AssetId(dataset)) {
            true => Vec::new(),
            false => oracle::columns_of(&open, AssetId(dataset)),
        };
        let pairs = oracle::pairs(&oracle::there(&rows, &hidden, 0), Level::Columns);
        let expected = oracle::hops(&pairs, &starts, Direction::Down, 99);
        let found: BTreeMap<NodeId, u32> = impact.reached.iter().map(|one| (one.node, one.hop)).collect();
        prop_assert_eq!(found, expected);
    }
}
