//! The ways from one dataset down to another: a shortest one, and all that lies on any.

use super::around::{self, Wanted};
use super::labels::{self, ColumnLabel, ColumnLabels, Labels};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::dataset;
use crate::error::{Failure, Result};
use cadastre_lineage::{Level, NodeId, Routes};
use cadastre_model::{AssetId, ColumnId, PublicId};
use std::collections::BTreeSet;

/// Ways of more hops than this are not looked for, and no more nodes than this are listed.
const MOST: (u32, usize) = (50, 300);

/// The ways between two datasets or columns.
#[derive(Debug, Clone)]
pub(crate) struct Ways {
    /// Where they lead.
    pub to: AssetId,
    /// The shortest, all that lie on some way, and their edges.
    pub routes: Routes,
    /// Names of the datasets.
    pub labels: Labels,
    /// Names of the columns.
    pub columns: ColumnLabels,
}

impl Ways {
    /// The dataset of a node, and its column.
    pub(crate) fn place(&self, node: NodeId) -> Option<(AssetId, Option<&ColumnLabel>)> {
        match node {
            NodeId::Asset(asset) => Some((asset, None)),
            NodeId::Column(column) => self.columns.get(&column).map(|label| (label.dataset, Some(label))),
        }
    }
}

/// The ways from the focus of `wanted`, or its column, down to another dataset or column.
///
/// # Errors
/// `Absent` where the caller sees either dataset not, or it has no such column; `Unavailable` while the graph is behind.
pub(crate) async fn between(
    app: &App,
    caller: &Caller,
    wanted: &Wanted,
    (to, to_column): (PublicId, Option<PublicId>),
) -> Result<Ways> {
    let mut conn = app.db().web.acquire().await?;
    let subject = around::subject(&mut conn, caller, wanted).await?;
    let target = dataset::find(&mut conn, caller, to).await?;
    let end = match to_column {
        None => NodeId::Asset(target.id),
        Some(id) => {
            let column = labels::column_of(&mut conn, target.id, id, wanted.at).await?;
            NodeId::Column(column.ok_or_else(Failure::absent)?.id)
        }
    };
    let level = match (subject.start(), end) {
        (NodeId::Asset(_), NodeId::Asset(_)) => Level::Datasets,
        _ => Level::Columns,
    };
    let mut eyes = subject.eyes.clone();
    let question = |eyes: &super::eyes::Eyes| {
        eyes.look(|sight| {
            subject.wished.filter(|filter| {
                let ends = (subject.start(), end);
                subject.ground.ask(app, |graph| {
                    let routes = graph.routes(sight, ends, level, &filter, MOST);
                    let columns: Vec<ColumnId> = columns(&routes).collect();
                    let owners = columns.iter().filter_map(|column| graph.dataset_of(*column));
                    let assets: BTreeSet<AssetId> = assets(&routes).chain(owners).collect();
                    (routes, assets)
                })
            })
        })
    };
    let given = |answer: &(Routes, BTreeSet<AssetId>)| answer.1.iter().copied().collect();
    let (routes, assets) = eyes.sure(&mut conn, question, given).await?;
    let ids: Vec<AssetId> = assets.into_iter().chain([target.id, subject.focus.id]).collect();
    let columns: Vec<ColumnId> = columns(&routes).collect();
    Ok(Ways {
        to: target.id,
        labels: labels::of(&mut conn, &eyes.see, &ids, wanted.at, caller.language).await?,
        columns: labels::of_columns(&mut conn, &columns, wanted.at).await?,
        routes,
    })
}

fn assets(routes: &Routes) -> impl Iterator<Item = AssetId> {
    routes.nodes.iter().chain(&routes.shortest).filter_map(|node| match node {
        NodeId::Asset(asset) => Some(*asset),
        NodeId::Column(_) => None,
    })
}

fn columns(routes: &Routes) -> impl Iterator<Item = ColumnId> {
    routes.nodes.iter().chain(&routes.shortest).filter_map(|node| match node {
        NodeId::Column(column) => Some(*column),
        NodeId::Asset(_) => None,
    })
}
