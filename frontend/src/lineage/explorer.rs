//! The explorer: the graph around a dataset, or the same as tables.

use std::borrow::Borrow;

use askama::Template;

use crate::lineage::graph::Graph;
use crate::lineage::panel::{Collector, Computed, Impact, Reach};
use crate::lineage::table::HopTable;
use crate::lineage::view::{Jobs, Level, Open, Shape, Stale, View};
use crate::lineage::{ColumnLink, DatasetLink, Side};
use crate::{Choice, Chrome};

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
    /// The graph of another day was larger than is looked at.
    pub is_cut: bool,
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
    fn to(&self, view: impl Borrow<View>) -> String {
        view.borrow().href(&self.focus.id)
    }

    const fn is_table(&self) -> bool {
        matches!(self.view.shape, Shape::Table)
    }

    fn at_level(&self, level: impl Borrow<Level>) -> String {
        self.to(self.view.with(|view| {
            view.level = *level.borrow();
            view.edge = None;
        }))
    }

    fn deeper(&self, side: impl Borrow<Side>, by: i64) -> Option<String> {
        self.view.deeper(*side.borrow(), by).map(|view| self.to(&view))
    }

    fn with_jobs(&self, jobs: impl Borrow<Jobs>) -> String {
        self.to(self.view.with(|view| view.jobs = *jobs.borrow()))
    }

    fn shaped(&self, shape: impl Borrow<Shape>) -> String {
        self.to(self.view.with(|view| view.shape = *shape.borrow()))
    }

    fn without_column(&self) -> String {
        self.to(self.view.with(|view| (view.col, view.edge, view.level) = (None, None, Level::Table)))
    }

    fn opened(&self, id: &str, open: impl Borrow<Open>) -> String {
        self.to(self.view.opened(id, *open.borrow()))
    }

    fn closed(&self, id: &str, open: impl Borrow<Open>) -> String {
        self.to(self.view.closed(id, *open.borrow()))
    }

    /// The same view around another dataset; of the focus itself with one of its columns in focus.
    pub(crate) fn around(&self, id: &str, column: Option<&ColumnLink>) -> String {
        let view = self.view.with(|view| {
            view.col = column.and_then(|column| column.id.clone());
            view.level = if view.col.is_some() { Level::Column } else { view.level };
            (view.expand, view.find, view.edge) = (Vec::new(), String::new(), None);
        });
        view.href(id)
    }

    fn about(&self, edge: &str) -> String {
        self.to(self.view.with(|view| view.edge = Some(edge.to_owned())))
    }

    fn now(&self) -> String {
        self.to(self.view.with(|view| (view.at, view.diff) = (None, None)))
    }

    fn is_chosen(&self, edge: Option<&String>) -> bool {
        edge.is_some() && edge == self.view.edge.as_ref()
    }

    /// The ways from the focus to another dataset.
    fn way(&self) -> String {
        let way = crate::href::way(&self.focus.id);
        let column = self.column.as_ref().and_then(|column| column.id.as_ref());
        column.map_or(way.clone(), |column| crate::href::with_query(way, "col", column))
    }

    fn csv(&self) -> String {
        self.view.csv(&self.focus.id)
    }

    /// The selects of the filter: parameter, key of its label, choices, the chosen value.
    fn filters(&self) -> [(&'static str, &'static str, &[Choice], &str); 3] {
        fn chosen(value: Option<&String>) -> &str {
            value.map_or("", String::as_str)
        }
        let (choices, view) = (&self.choices, &self.view);
        [
            ("source", "search-facet-source", &choices.sources, chosen(view.source.as_ref())),
            ("domain", "search-facet-domain", &choices.domains, chosen(view.domain.as_ref())),
            ("kind", "search-facet-kind", &choices.kinds, chosen(view.kind.as_ref())),
        ]
    }

    /// The tables with their sides.
    const fn sides<'a>(&self, up: &'a HopTable, down: &'a HopTable) -> [(Side, &'a HopTable); 2] {
        [(Side::Up, up), (Side::Down, down)]
    }

    fn hop_name(&self, hop: impl Borrow<i64>) -> String {
        let (t, hop) = (&self.chrome.t, *hop.borrow());
        match hop {
            0 => t.s("lineage-focus"),
            1.. => t.n("lineage-hops-down", hop),
            _ => t.n("lineage-hops-up", -hop),
        }
    }

    /// The focus as it is read: its column, else its name.
    fn focus_name(&self) -> &str {
        self.column.as_ref().map_or(&self.focus.name, |column| &column.name)
    }

    /// The focus with its column.
    fn full_name(&self) -> String {
        self.column
            .as_ref()
            .map_or(self.focus.name.clone(), |column| format!("{}.{}", self.focus.name, column.name))
    }

    /// The heads of the tables.
    const fn heads(&self) -> &'static str {
        match self.view.level {
            Level::Table => {
                "lineage-hop lineage-dataset lineage-how lineage-job lineage-path lineage-owner >lineage-behind"
            }
            Level::Column => {
                "lineage-hop lineage-dataset lineage-column lineage-how lineage-job lineage-path lineage-owner \
                 >lineage-behind"
            }
        }
    }

    /// What the keyboard does: keys, and the key of the words.
    const fn keys(&self) -> [(&'static str, &'static str); 9] {
        [
            ("← → ↑ ↓", "lineage-key-arrows"),
            ("Enter", "lineage-key-enter"),
            ("e E", "lineage-key-expand"),
            ("[ ]", "lineage-key-down"),
            ("{ }", "lineage-key-up"),
            ("f", "lineage-key-find"),
            ("0", "lineage-key-fit"),
            ("+ -", "lineage-key-zoom"),
            ("?", "lineage-key-help"),
        ]
    }
}
