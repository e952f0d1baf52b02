//! The lineage of a column, as a part of its page.

use crate::href;
use crate::lineage::panel::Computed;
use crate::lineage::{ColumnLink, DatasetLink, How, JobLink};

/// Where a column comes from and where it goes, one hop each way.
#[derive(Debug, Clone, Default)]
pub struct ColumnLineage {
    /// The columns it is made from.
    pub up: Vec<ColumnNeighbour>,
    /// The columns made from it, the first of them.
    pub down: Vec<ColumnNeighbour>,
    /// How many are made from it, over all hops; the explorer has those that are not listed.
    pub down_total: i64,
    /// The expressions that make it, one a job.
    pub computed: Vec<Computed>,
}

/// A column one hop away.
#[derive(Debug, Clone)]
pub struct ColumnNeighbour {
    /// Its dataset; `None`: the reader may only know that there is one.
    pub link: Option<DatasetLink>,
    /// The column.
    pub column: Option<ColumnLink>,
    /// How the one comes from the other.
    pub hows: Vec<How>,
    /// The jobs between.
    pub jobs: Vec<JobLink>,
}

impl ColumnNeighbour {
    /// Its page.
    pub(crate) fn href(&self) -> Option<String> {
        let column = self.column.as_ref()?.id.as_ref()?;
        Some(href::column(&self.link.as_ref()?.id, column))
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        self.column.as_ref().map_or("*", |column| &column.name)
    }
}
