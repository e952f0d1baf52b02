//! The lineage as tables: the same as the graph, for screen readers, small screens and paper.

use crate::T;
use crate::catalog::history::Sign;
use crate::lineage::explorer::ExplorerPage;
use crate::lineage::graph::Line;
use crate::lineage::{ColumnLink, DatasetLink, How, JobLink};
use crate::parts::{Pager, Subject};

/// One side of the focus.
#[derive(Debug, Clone, Default)]
pub struct HopTable {
    /// The rows, by hop, then by name.
    pub rows: Vec<HopRow>,
    /// How many datasets there are on this side in all.
    pub total: i64,
    /// Where the others are.
    pub pager: Pager,
}

/// One dataset, or one of its columns, on a side.
#[derive(Debug, Clone)]
pub struct HopRow {
    /// How far from the focus, from 1.
    pub hop: i64,
    /// The dataset; `None`: the reader may only know that there is one.
    pub link: Option<DatasetLink>,
    /// The column, at column level.
    pub column: Option<ColumnLink>,
    /// How it comes about, on the last step towards the end that lies down.
    pub hows: Vec<How>,
    /// How the edge of that step would be drawn.
    pub line: Line,
    /// The jobs of that step.
    pub jobs: Vec<JobLink>,
    /// The shortest path from the focus to it, both left out: what lies between. `None` in it: a restricted one.
    pub path: Vec<Option<DatasetLink>>,
    /// Who answers for it.
    pub owners: Vec<Subject>,
    /// Whether nothing has written it for longer than usual.
    pub is_stale: bool,
    /// Whether it is new or gone between two dates.
    pub sign: Option<Sign>,
    /// How many more lie behind it than the table has; a link expands them.
    pub more: i64,
    /// The edge whose computation the panel shows.
    pub edge: Option<String>,
}

impl HopRow {
    /// The explorer around the column.
    pub(crate) fn column_href(&self, page: &ExplorerPage) -> Option<String> {
        let column = self.column.as_ref().filter(|column| column.id.is_some());
        Some(page.around(&self.link.as_ref()?.id, Some(column?)))
    }

    /// What it is called.
    pub(crate) fn name(&self, t: &T) -> String {
        self.link.as_ref().map_or_else(|| t.s("lineage-restricted"), |link| link.name.clone())
    }
}
