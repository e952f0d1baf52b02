//! Lineage: the explorer and its table, the tab of a dataset, the section of a column, the overview.
//!
//! Everything here is what the reader may see: what is hidden is absent from the structs, and what they may only know to
//! exist is [`graph::Body::Restricted`] or a `None` link. Geometry comes in as plain pixels; nothing is laid out here.

pub mod column;
pub mod explorer;
pub mod graph;
pub mod overview;
pub mod panel;
pub mod tab;
pub mod table;
pub mod view;
pub mod way;
pub(crate) mod words;

pub use cadastre_model::{How, Maker};
pub use words::{Confidence, Ends, Gap, Platform, Side, Standing, hows};

use crate::{href, jobs::JobKind};

/// A link to a dataset in the lineage, crawled or only referred to.
#[derive(Debug, Clone)]
pub struct DatasetLink {
    /// Public id.
    pub id: String,
    /// Machine name.
    pub name: String,
    /// The names above it in one line, as `shop_prod / shop / sales`; of a referenced one its namespace.
    pub place: String,
    /// What kind of system it lies in.
    pub platform: Platform,
    /// How it stands.
    pub standing: Standing,
}

impl DatasetLink {
    /// Its page.
    #[must_use]
    pub fn href(&self) -> String {
        href::dataset(&self.id)
    }
}

/// A link to a column.
#[derive(Debug, Clone)]
pub struct ColumnLink {
    /// The public id of the column; `None` where its dataset was never crawled.
    pub id: Option<String>,
    /// Its name, nested ones with dots; `*` for all columns while the schema is not known.
    pub name: String,
}

/// A link to a job.
#[derive(Debug, Clone)]
pub struct JobLink {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// What it is.
    pub kind: JobKind,
}

impl JobLink {
    /// Its page.
    #[must_use]
    pub fn href(&self) -> String {
        href::job(&self.id)
    }
}
