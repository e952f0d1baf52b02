//! The explorer: the graph around a dataset, or the same as tables.

use askama::Template;

use crate::lineage::graph::{Body, Graph, Line};
use crate::lineage::panel::{Collector, Computed, Impact, Reach};
use crate::lineage::table::HopTable;
use crate::lineage::view::{DEEPEST, Jobs, Level, Open, Shape, Stale, View};
use crate::lineage::{ColumnLink, DatasetLink, Side};
use crate::{Choice, Chrome, href};

/// `/lineage/{id}`; the query is [`View`].
///
/// Forms: GET to itself: find (`find`), filter (`source`, `domain`, `kind`, `stale`, `confidence`), as of (`at`, `diff`,
/// values of `<input type=datetime-local>` in the reader's zone); each carries the rest of the query in hidden fields.
#[derive(Debug, Clone, Template)]
#[template(path = "lineage/explorer.html")]
pub struct ExplorerPage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset in focus.
    pub focus: DatasetLink,
    /// The column in focus.
    pub column: Option<ColumnLink>,
    /// What the address says.
    pub view: View,
    /// The values of the filters.
    pub choices: FilterChoices,
    /// What is shown.
    pub content: Content,
    /// What the focus affects; `None` where nothing lies down.
    pub impact: Option<Impact>,
    /// How the edge of `edge=` comes about; without one how the column in focus does.
    pub computed: Option<Computed>,
    /// How far the focus reaches.
    pub reach: Option<Reach>,
    /// How often the focus was read: times and over how many days; `None` where usage is not crawled.
    pub used: Option<(i64, i64)>,
    /// Whether the reader may draw edges at the focus.
    pub may_edit: bool,
    /// Whether the reader may hand in definitions of jobs.
    pub may_upload: bool,
}

/// The values that the filters offer, each as id or word and name.
#[derive(Debug, Clone, Default)]
pub struct FilterChoices {
    /// Sources.
    pub sources: Vec<Choice>,
    /// Domains.
    pub domains: Vec<Choice>,
    /// Kinds of dataset.
    pub kinds: Vec<Choice>,
}

/// What the explorer shows.
#[derive(Debug, Clone)]
pub enum Content {
    /// No lineage at all: which collectors ran and when.
    Empty(Vec<Collector>),
    /// Drawn.
    Graph(Graph),
    /// As tables: what lies up, what lies down.
    Tables(HopTable, HopTable),
}

impl ExplorerPage {
    /// The address of another view of the same focus.
    fn to(&self, view: &View) -> String {
        view.href(&self.focus.id)
    }

    fn at_level(&self, level: &Level) -> String {
        self.to(&self.view.with(|view| {
            view.level = *level;
            view.edge = None;
        }))
    }

    fn deeper(&self, side: &Side, by: i64) -> Option<String> {
        self.view.deeper(*side, by).map(|view| self.to(&view))
    }

    fn with_jobs(&self, jobs: &Jobs) -> String {
        self.to(&self.view.with(|view| view.jobs = *jobs))
    }

    fn shaped(&self, shape: &Shape) -> String {
        self.to(&self.view.with(|view| view.shape = *shape))
    }

    fn without_column(&self) -> String {
        self.to(&self.view.with(|view| (view.col, view.edge, view.level) = (None, None, Level::Table)))
    }

    fn opened(&self, id: &str, open: &Open) -> String {
        self.to(&self.view.opened(id, *open))
    }

    fn closed(&self, id: &str, open: &Open) -> String {
        self.to(&self.view.closed(id, *open))
    }

    /// The same view around another dataset; of the focus itself with one of its columns in focus.
    fn around(&self, id: &str, column: Option<&ColumnLink>) -> String {
        let view = self.view.with(|view| {
            view.col = column.and_then(|column| column.id.clone());
            view.level = if view.col.is_some() { Level::Column } else { view.level };
            (view.expand, view.find, view.edge) = (Vec::new(), String::new(), None);
        });
        view.href(id)
    }

    fn about(&self, edge: &str) -> String {
        self.to(&self.view.with(|view| view.edge = Some(edge.to_owned())))
    }

    fn now(&self) -> String {
        self.to(&self.view.with(|view| (view.at, view.diff) = (None, None)))
    }

    fn is_chosen(&self, edge: Option<&String>) -> bool {
        edge.is_some() && edge == self.view.edge.as_ref()
    }

    fn csv(&self) -> String {
        self.view.csv(&self.focus.id)
    }
}
