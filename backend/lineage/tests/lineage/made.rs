//! Rows that tests make, by hand and at random.

use cadastre_lineage::{Change, Edge, End, Facts, LineageGraph, NodeKind};
use cadastre_model::{AssetId, AssetState, ColumnId, DatasetKind, EdgeId, How, ObjectKind, Sensitivity};
use chrono::DateTime;
use proptest::prelude::*;

/// Datasets are 2 to 13, jobs 20 to 23, containers 100 to 103; a dataset's columns are a hundred times its id on.
pub(crate) const DATASETS: std::ops::Range<i64> = 2..14;
pub(crate) const JOBS: std::ops::Range<i64> = 20..24;

pub(crate) fn facts(id: i64) -> Facts {
    let job = JOBS.contains(&id);
    Facts {
        kind: if job { NodeKind::Job } else { NodeKind::Dataset(Some(DatasetKind::Table)) },
        object: ObjectKind::Dataset,
        scope_path: vec![AssetId::REGISTER, AssetId(100 + id % 4), AssetId(id)],
        sensitivity: if id % 3 == 0 { Sensitivity::Internal } else { Sensitivity::Public },
        source: Some(AssetId(100 + id % 4)),
        domain: None,
        state: AssetState::Live,
    }
}

pub(crate) fn dataset(id: i64) -> Change {
    Change::Node(AssetId(id), facts(id))
}

pub(crate) fn edge(id: i64, from: i64, to: i64) -> Edge {
    Edge {
        id: EdgeId(id),
        job: None,
        source: Some(End::dataset(AssetId(from))),
        target: Some(End::dataset(AssetId(to))),
        how: How::Copy,
        confidence: 100,
        seen: DateTime::UNIX_EPOCH,
        hand: false,
        star: false,
        struck: false,
    }
}

pub(crate) fn by(job: i64, edge: Edge) -> Edge {
    Edge { job: Some(AssetId(job)), ..edge }
}

/// From column to column; a dataset's columns are a hundred times its id on.
pub(crate) fn column_edge(id: i64, from: i64, to: i64) -> Edge {
    let end = |column: i64| Some(End::column(AssetId(column / 100), ColumnId(column)));
    Edge { source: end(from), target: end(to), how: How::Expression, ..edge(id, 0, 0) }
}

/// A graph with facts of everything that is named.
pub(crate) fn graph(edges: &[Edge]) -> LineageGraph {
    let nodes: Vec<_> = DATASETS.chain(JOBS).map(|id| (AssetId(id), facts(id))).collect();
    LineageGraph::build(nodes.into_iter(), edges.iter().copied())
}

fn how() -> impl Strategy<Value = How> {
    prop::sample::select(How::ALL)
}

fn job() -> impl Strategy<Value = Option<AssetId>> {
    prop::option::weighted(0.6, JOBS.prop_map(AssetId))
}

/// A row of any shape; its dataset edges with two ends, column edges, edges at one end, stars and struck rows.
pub(crate) fn row() -> impl Strategy<Value = Edge> {
    let end = || (DATASETS, prop::option::weighted(0.5, 0..3_i64));
    (end(), end(), job(), how(), 0..12_u8, 0..3_u8).prop_map(|(from, to, job, how, shape, confidence)| {
        let place = |(dataset, column): (i64, Option<i64>)| End {
            dataset: AssetId(dataset),
            column: column.filter(|_| shape > 3).map(|column| ColumnId(dataset * 100 + column)),
        };
        let one_sided = job.is_some() && shape < 2;
        Edge {
            id: EdgeId(0),
            job,
            source: (!one_sided || shape == 0).then(|| place(from)),
            target: (!one_sided || shape == 1).then(|| place(to)),
            how,
            confidence: confidence * 50,
            seen: DateTime::UNIX_EPOCH,
            hand: false,
            star: shape == 2,
            struck: shape == 11,
        }
    })
}

/// Rows with ids from 1 on.
pub(crate) fn rows(most: usize) -> impl Strategy<Value = Vec<Edge>> {
    prop::collection::vec(row(), 0..most).prop_map(numbered)
}

pub(crate) fn numbered(rows: Vec<Edge>) -> Vec<Edge> {
    (1..).zip(rows).map(|(id, row)| Edge { id: EdgeId(id), ..row }).collect()
}

/// Which assets a reader does not see.
pub(crate) fn hidden() -> impl Strategy<Value = Vec<AssetId>> {
    let any = DATASETS.chain(JOBS).map(AssetId).collect::<Vec<_>>();
    prop::sample::subsequence(any, 0..6)
}
