//! The read model of lineage: how PostgreSQL's rows become the graph of the crate `lineage`, and how it follows them.

use crate::catalog::rows::word;
use crate::change::Topic;
use crate::error::Result;
use crate::follower::ReadModel;
use cadastre_lineage::{Change, Edge, End, Facts, LineageGraph, NodeKind};
use cadastre_model::{AssetId, AssetKind, ChangeSetId, ColumnId, EdgeId, Maker, Version};
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::collections::HashMap;

#[derive(Debug, sqlx::FromRow)]
pub(super) struct NodeRow {
    id: i64,
    kind: String,
    dataset_kind: Option<String>,
    scope_path: Vec<i64>,
    effective_sensitivity: String,
    source_id: Option<i64>,
    effective_domain_id: Option<i64>,
    state: String,
    is_merged: bool,
}

/// What the graph knows of a dataset or job, over the alias `a`.
macro_rules! node_columns {
    () => {
        "a.id, a.kind, a.scope_path, a.effective_sensitivity, a.source_id, a.effective_domain_id, a.state, \
         a.merged_into is not null as is_merged, \
         (select f.kind from dataset_facts f where f.dataset_id = a.id and f.valid_to is null) as dataset_kind"
    };
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct EdgeRow {
    id: i64,
    job_id: Option<i64>,
    from_id: Option<i64>,
    to_id: Option<i64>,
    from_column: Option<i64>,
    to_column: Option<i64>,
    how: String,
    star: bool,
    struck: bool,
    maker: String,
    confidence: i16,
    seen: DateTime<Utc>,
    is_open: bool,
}

/// What the graph knows of an edge, over the alias `e`. It was last seen when its job was.
macro_rules! edge_columns {
    () => {
        "e.id, e.job_id, e.from_id, e.to_id, e.from_column, e.to_column, e.how, e.star, e.struck, e.maker, e.confidence, \
         coalesce((select r.read_at from job_readings r where r.job_id = e.job_id), e.valid_from) as seen, \
         e.valid_to is null as is_open"
    };
}

pub(super) use {edge_columns, node_columns};

const NODES: &str = concat!("select ", node_columns!(), " from assets a where a.kind in ('dataset', 'job')");
/// Every edge in force; when its job was last seen is looked up beside, not in the database for each of millions.
const EDGES: &str = "select e.id, e.job_id, e.from_id, e.to_id, e.from_column, e.to_column, e.how, e.star, e.struck, e.maker, e.confidence, \
                     e.valid_from from lineage_edges e where e.valid_to is null";
/// A path holds what the asset lies in and the asset itself: what moved takes along what is below.
const NODES_OF: &str = concat!(
    "select ",
    node_columns!(),
    " from assets a where a.kind in ('dataset', 'job') and a.scope_path && (
        select coalesce(array_agg(distinct t.asset), '{}') from change_sets c, unnest(c.assets) as t (asset) where c.id = any($1))"
);
const EDGES_OF: &str = concat!(
    "select ",
    edge_columns!(),
    " from lineage_edges e where e.change_set = any($1) or e.closed_by = any($1)"
);

impl NodeRow {
    pub(super) fn change(self) -> Result<Change> {
        let id = AssetId(self.id);
        if self.is_merged {
            return Ok(Change::Gone(id));
        }
        Ok(Change::Node(id, self.facts()?))
    }

    fn facts(self) -> Result<Facts> {
        let kind: AssetKind = word(&self.kind)?;
        Ok(Facts {
            kind: match kind {
                AssetKind::Job => NodeKind::Job,
                _ => NodeKind::Dataset(self.dataset_kind.as_deref().map(word).transpose()?),
            },
            object: kind.into(),
            scope_path: self.scope_path.into_iter().map(AssetId).collect(),
            sensitivity: word(&self.effective_sensitivity)?,
            source: self.source_id.map(AssetId),
            domain: self.effective_domain_id.map(AssetId),
            state: word(&self.state)?,
        })
    }
}

impl EdgeRow {
    pub(super) fn change(self) -> Result<Change> {
        if !self.is_open {
            return Ok(Change::Closed(EdgeId(self.id)));
        }
        Ok(Change::Opened(self.edge()?))
    }

    pub(super) fn edge(self) -> Result<Edge> {
        let end = |dataset: Option<i64>, column: Option<i64>| {
            dataset.map(|id| End { dataset: AssetId(id), column: column.map(ColumnId) })
        };
        Ok(Edge {
            id: EdgeId(self.id),
            job: self.job_id.map(AssetId),
            source: end(self.from_id, self.from_column),
            target: end(self.to_id, self.to_column),
            how: word(&self.how)?,
            confidence: u8::try_from(self.confidence).unwrap_or(0),
            seen: self.seen,
            hand: self.maker == Maker::Person.as_str(),
            star: self.star,
            struck: self.struck,
        })
    }
}

/// An edge of [`EDGES`], by the places of its columns: names are not looked up for each of millions.
fn edge_of(row: &PgRow, readings: &HashMap<i64, DateTime<Utc>>) -> Result<Edge> {
    let job: Option<i64> = row.try_get(1)?;
    let end = |dataset: usize, column: usize| -> Result<Option<End>> {
        let (dataset, column): (Option<i64>, Option<i64>) = (row.try_get(dataset)?, row.try_get(column)?);
        Ok(dataset.map(|id| End { dataset: AssetId(id), column: column.map(ColumnId) }))
    };
    let maker: &str = row.try_get(9)?;
    Ok(Edge {
        id: EdgeId(row.try_get(0)?),
        job: job.map(AssetId),
        source: end(2, 4)?,
        target: end(3, 5)?,
        how: word(row.try_get(6)?)?,
        confidence: u8::try_from(row.try_get::<i16, _>(10)?).unwrap_or(0),
        seen: match job.and_then(|job| readings.get(&job)) {
            Some(seen) => *seen,
            None => row.try_get(11)?,
        },
        hand: maker == Maker::Person.as_str(),
        star: row.try_get(7)?,
        struck: row.try_get(8)?,
    })
}

#[async_trait::async_trait]
impl ReadModel for LineageGraph {
    const NAME: &'static str = "lineage";
    const TOPICS: &'static [Topic] = &[Topic::Lineage, Topic::Catalogue];
    type Changes = Vec<Change>;

    async fn load(conn: &mut PgConnection, _: Version) -> Result<Self> {
        let mut graph = Self::build(std::iter::empty(), std::iter::empty());
        let (columns, datasets): (i64, i64) = sqlx::query_as(
            "select count(*) filter (where num_nonnulls(from_column, to_column) > 0),
                    count(*) filter (where num_nonnulls(from_column, to_column) = 0)
             from lineage_edges where valid_to is null",
        )
        .fetch_one(&mut *conn)
        .await?;
        let size = |count: i64| usize::try_from(count).unwrap_or(0);
        graph.reserve(size(columns) / 2, size(datasets), size(columns));
        // As they come: millions of rows are not held twice.
        let mut nodes = sqlx::query_as::<_, NodeRow>(NODES).fetch(&mut *conn);
        while let Some(row) = nodes.try_next().await? {
            graph.apply(&row.change()?);
        }
        drop(nodes);
        let readings: HashMap<i64, DateTime<Utc>> =
            sqlx::query_as("select job_id, read_at from job_readings")
                .fetch_all(&mut *conn)
                .await?
                .into_iter()
                .collect();
        let mut edges = sqlx::query(EDGES).fetch(&mut *conn);
        while let Some(row) = edges.try_next().await? {
            graph.apply(&Change::Opened(edge_of(&row, &readings)?));
        }
        drop(edges);
        Ok(graph)
    }

    async fn changes(conn: &mut PgConnection, change_sets: &[ChangeSetId]) -> Result<Vec<Change>> {
        let ids: Vec<i64> = change_sets.iter().map(|id| id.0).collect();
        let nodes: Vec<NodeRow> = sqlx::query_as(NODES_OF).bind(&ids).fetch_all(&mut *conn).await?;
        let edges: Vec<EdgeRow> = sqlx::query_as(EDGES_OF).bind(&ids).fetch_all(&mut *conn).await?;
        let nodes = nodes.into_iter().map(NodeRow::change);
        nodes.chain(edges.into_iter().map(EdgeRow::change)).collect()
    }

    fn take_over(&mut self, changes: Vec<Change>) {
        for change in &changes {
            self.apply(change);
        }
    }

    /// The graph is asked under the version of whoever follows: it does not need to know it.
    fn reached(&mut self, _: Version) {}
}
