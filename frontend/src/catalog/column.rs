//! One column.

use askama::Template;
use cadastre_model::Sensitivity;
use chrono::{DateTime, Utc};

use crate::Chrome;
use crate::catalog::dataset::{ColumnRow, Constraint};
use crate::catalog::history::Change;
use crate::lineage::Side;
use crate::lineage::column::{ColumnLineage, ColumnNeighbour};
use crate::lineage::view::{Level, View};
use crate::parts::{Crumb, DatasetRow};

/// A column of a dataset.
///
/// Forms: none; they are on the page of [`crate::href::edit_column`].
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/column.html")]
pub struct ColumnPage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset.
    pub dataset: ColumnHome,
    /// The column.
    pub column: ColumnRow,
    /// The level in force: its own or the dataset's.
    pub sensitivity: Sensitivity,
    /// Where it comes from and where it goes; `None` where nothing of that is known.
    pub lineage: Option<ColumnLineage>,
    /// Keys, checks and indexes that it is in.
    pub constraints: Vec<Constraint>,
    /// Other datasets with a column of this name that the reader sees.
    pub same_name: Vec<DatasetRow>,
    /// What changed at it, newest first.
    pub changes: Vec<Change>,
    /// The moment that is looked at; `None`: now.
    pub at: Option<DateTime<Utc>>,
    /// Whether the reader may change its texts or its sensitivity.
    pub may_edit: bool,
}

impl ColumnPage {
    /// The explorer with this column in focus.
    fn explorer(&self) -> String {
        let view =
            View { col: Some(self.column.id.clone()), level: Level::Column, at: self.at, ..View::default() };
        view.href(&self.dataset.id)
    }

    fn neighbours(&self) -> Vec<(Side, &[ColumnNeighbour])> {
        self.lineage
            .iter()
            .flat_map(|lineage| [(Side::Up, lineage.up.as_slice()), (Side::Down, lineage.down.as_slice())])
            .collect()
    }
}

/// The dataset that a column is in.
#[derive(Debug, Clone)]
pub struct ColumnHome {
    /// Public id.
    pub id: String,
    /// Machine name.
    pub name: String,
    /// The names above it, with their addresses.
    pub crumbs: Vec<Crumb>,
}
