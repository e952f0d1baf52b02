//! The graph after any sequence of changes is the graph of what is open.

use cadastre_lineage::{Change, Edge, LineageGraph};
use cadastre_model::{AssetId, EdgeId};
use proptest::prelude::*;

use crate::made::{DATASETS, JOBS, facts, row};

#[derive(Debug, Clone)]
enum Step {
    Open(i64, Edge),
    Close(i64),
    Learn(i64),
    Forget(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let asset = || prop_oneof![DATASETS, JOBS];
    prop_oneof![
        6 => (1..15_i64, row()).prop_map(|(id, row)| Step::Open(id, Edge { id: EdgeId(id), ..row })),
        3 => (1..15_i64).prop_map(Step::Close),
        2 => asset().prop_map(Step::Learn),
        1 => asset().prop_map(Step::Forget),
    ]
}

impl Step {
    fn change(&self) -> Change {
        match *self {
            Self::Open(_, row) => Change::Opened(row),
            Self::Close(id) => Change::Closed(EdgeId(id)),
            Self::Learn(id) => Change::Node(AssetId(id), facts(id)),
            Self::Forget(id) => Change::Gone(AssetId(id)),
        }
    }
}

/// What is open and known after all steps.
fn last(steps: &[Step]) -> (Vec<i64>, Vec<Edge>) {
    let (mut known, mut open) = (std::collections::BTreeSet::new(), std::collections::BTreeMap::new());
    for step in steps {
        match *step {
            Step::Open(id, row) => {
                open.insert(id, row);
            }
            Step::Close(id) => {
                open.remove(&id);
            }
            Step::Learn(id) => {
                known.insert(id);
            }
            Step::Forget(id) => {
                known.remove(&id);
            }
        }
    }
    (known.into_iter().collect(), open.into_values().collect())
}

fn built(known: &[i64], open: &[Edge]) -> LineageGraph {
    let nodes: Vec<_> = known.iter().map(|&id| (AssetId(id), facts(id))).collect();
    LineageGraph::build(nodes.into_iter(), open.iter().copied())
}

/// Everything that a graph says of itself, in order.
fn said(graph: &LineageGraph) -> (Vec<(AssetId, cadastre_lineage::Facts)>, Vec<Edge>, [usize; 4]) {
    let mut nodes: Vec<_> = graph.nodes().collect();
    nodes.sort_by_key(|(id, _)| *id);
    let mut rows: Vec<_> = graph.rows().collect();
    rows.sort_by_key(|row| row.id);
    let size = graph.size();
    (nodes, rows, [size.assets, size.columns, size.asset_edges, size.column_edges])
}

proptest! {
    #[test]
    fn changes_end_in_what_is_open(steps in prop::collection::vec(step(), 0..80)) {
        let mut graph = LineageGraph::default();
        for step in &steps {
            graph.apply(&step.change());
            let rows = said(&graph);
            prop_assert!(!graph.apply(&step.change()), "twice changes nothing: {step:?}");
            prop_assert_eq!(said(&graph), rows);
        }
        let (known, open) = last(&steps);
        prop_assert_eq!(said(&graph), said(&built(&known, &open)));
    }

    #[test]
    fn a_state_read_too_late_and_again_ends_the_same(steps in prop::collection::vec(step(), 1..60), cut in 0..60_usize) {
        // The follower reads what a change set touched as it is later, then applies the later ones once more.
        let cut = cut.min(steps.len());
        let (known, open) = last(&steps);
        let mut graph = LineageGraph::default();
        for step in &steps[..cut] {
            graph.apply(&step.change());
        }
        for step in &steps[cut..] {
            let change = match *step {
                Step::Open(id, _) | Step::Close(id) => open.iter().find(|row| row.id.0 == id)
                    .map_or(Change::Closed(EdgeId(id)), |row| Change::Opened(*row)),
                Step::Learn(id) | Step::Forget(id) if known.contains(&id) => Change::Node(AssetId(id), facts(id)),
                Step::Learn(id) | Step::Forget(id) => Change::Gone(AssetId(id)),
            };
            graph.apply(&change);
        }
        prop_assert_eq!(said(&graph), said(&built(&known, &open)));
    }
}
