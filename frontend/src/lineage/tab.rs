//! The tab Lineage of a dataset: one hop both ways, and the edges that people draw.

use std::borrow::Borrow;

use askama::Template;
use chrono::{DateTime, Utc};

use crate::catalog::dataset::DatasetHead;
use crate::href::{self, DatasetTab};
use crate::lineage::panel::Collector;
use crate::lineage::view::{Shape, View};
use crate::lineage::{ColumnLink, Confidence, DatasetLink, Gap, How, JobLink, Maker, Side};
use crate::parts::Subject;
use crate::{Choice, Chrome, Form};

/// `/d/{id}/lineage`, with `at`.
///
/// Forms: POST [`href::draw_edge`]: `other` (the dataset's public id, address on this register, or its name, as far as it
/// takes to be the only one), `other_id` (one of [`LineagePage::candidates`], where the name was not enough), `side` (a word
/// of [`Side`]: where the other one lies), `columns` (optional, a line each: `from -> to`), `note` (required).
/// POST [`href::restore_edge`]: no fields. Striking out: GET and POST [`href::strike_edge`], a
/// [`crate::access::ConfirmPage`] with the question [`STRIKE`], which asks for a reason.
#[derive(Debug, Clone, Template)]
#[template(path = "lineage/tab.html")]
pub struct LineagePage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset.
    pub head: DatasetHead,
    /// What it is made from.
    pub up: Vec<Neighbour>,
    /// What is made from it.
    pub down: Vec<Neighbour>,
    /// How many there are up and down in all; the explorer has those that are not listed.
    pub totals: (i64, i64),
    /// Of how many of its columns the origin is known; `None` for one that nothing writes.
    pub columns_known: Option<i64>,
    /// What is missing, and why.
    pub gaps: Vec<Gap>,
    /// What brings lineage in, and when it last did.
    pub collectors: Vec<Collector>,
    /// Edges that people struck out.
    pub struck: Vec<StruckEdge>,
    /// The form for a new edge, for who may.
    pub draw: Option<Form>,
    /// The datasets that the typed name fits, when it fits several.
    pub candidates: Vec<Choice>,
}

/// The question of striking out an edge, and the word on its button; see [`crate::access::ConfirmPage`].
pub const STRIKE: (&str, &str) = ("confirm-strike-edge", "confirm-strike");

/// What follows from striking out, for [`crate::access::ConfirmPage::consequences`].
pub const STRIKE_CONSEQUENCES: [&str; 2] = ["confirm-strike-absent", "confirm-strike-again"];

/// A dataset one hop away, with the edge between.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// The id of the edge, in [`href::strike_edge`]; `None` where the reader may not.
    pub edge: Option<String>,
    /// The dataset; `None`: the reader may only know that there is one.
    pub link: Option<DatasetLink>,
    /// The jobs between.
    pub jobs: Vec<JobLink>,
    /// How the columns come about.
    pub hows: Vec<How>,
    /// How many columns are connected; nought: only the datasets are.
    pub columns: i64,
    /// Who says so.
    pub makers: Vec<Maker>,
    /// How sure it is.
    pub confidence: Confidence,
    /// When it was last seen.
    pub last_seen: Option<DateTime<Utc>>,
    /// Why, in the words of who drew it.
    pub note: Option<String>,
}

/// An edge that a person struck out.
#[derive(Debug, Clone)]
pub struct StruckEdge {
    /// The id of the edge, in [`href::restore_edge`].
    pub edge: String,
    /// On which side the other dataset lies.
    pub side: Side,
    /// The other dataset.
    pub link: DatasetLink,
    /// The columns, where it was one of columns.
    pub columns: Option<(ColumnLink, ColumnLink)>,
    /// Who.
    pub by: Option<Subject>,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub note: String,
    /// Whether the reader may restore it.
    pub may_restore: bool,
}

impl LineagePage {
    fn is_at(&self, tab: &DatasetTab) -> bool {
        *tab == DatasetTab::Lineage
    }

    fn here(&self) -> String {
        href::dataset_tab(&self.head.id, DatasetTab::Lineage)
    }

    fn explorer(&self) -> String {
        self.view().href(&self.head.id)
    }

    fn explorer_table(&self) -> String {
        self.view().with(|view| view.shape = Shape::Table).href(&self.head.id)
    }

    fn view(&self) -> View {
        View { at: self.head.at, ..View::default() }
    }

    fn sides(&self) -> [(Side, &[Neighbour], i64); 2] {
        [(Side::Up, &self.up, self.totals.0), (Side::Down, &self.down, self.totals.1)]
    }

    /// How many of `total` are not listed.
    fn more(&self, listed: impl Borrow<usize>, total: impl Borrow<i64>) -> i64 {
        total.borrow() - i64::try_from(*listed.borrow()).unwrap_or(i64::MAX)
    }

    fn is_empty(&self) -> bool {
        self.up.is_empty() && self.down.is_empty()
    }
}
