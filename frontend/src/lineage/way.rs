//! The ways from one dataset down to another.

use askama::Template;

use crate::lineage::{ColumnLink, DatasetLink, How};
use crate::{Chrome, href};

/// `/lineage/{id}/way`: a shortest way from a dataset, or its column, down to another dataset, and all others.
///
/// Query: `to` (the name, id or address of the other), `col` (a column of the first). Forms: GET to itself: `to`.
#[derive(Debug, Clone, Template)]
#[template(path = "lineage/way.html")]
pub struct WayPage {
    /// The frame.
    pub chrome: Chrome,
    /// Where it begins.
    pub from: DatasetLink,
    /// The column that it begins at.
    pub column: Option<ColumnLink>,
    /// What was typed.
    pub to: String,
    /// What came of it.
    pub found: WayFound,
}

/// What came of a question for ways.
#[derive(Debug, Clone)]
pub enum WayFound {
    /// Nothing is asked yet.
    Unasked,
    /// The reader sees no dataset of that name.
    Unknown,
    /// Several have the name.
    Several(Vec<DatasetLink>),
    /// The two, and the ways between them: none where `shortest` is empty.
    Ways {
        /// Where they lead.
        to: DatasetLink,
        /// A shortest, with both ends; with how each place comes from the one before it.
        shortest: Vec<WayPlace>,
        /// All edges that lie on some way.
        links: Vec<WayLink>,
        /// How many places on longer ways are not listed.
        left_out: i64,
    },
}

/// A place on a way.
#[derive(Debug, Clone)]
pub struct WayPlace {
    /// The dataset.
    pub link: DatasetLink,
    /// The column; `None`: the dataset as a whole.
    pub column: Option<ColumnLink>,
    /// How it comes from the place before it.
    pub hows: Vec<How>,
}

impl WayPlace {
    /// Whether it is known how it comes about: of whole datasets it is not.
    fn says_how(&self) -> bool {
        self.hows.iter().any(|how| *how != How::Unknown)
    }
}

/// An edge on a way.
#[derive(Debug, Clone)]
pub struct WayLink {
    /// From where.
    pub from: WayPlace,
    /// To where, and how.
    pub to: WayPlace,
}

impl WayPage {
    fn title(&self) -> String {
        self.chrome.t.a("lineage-way-title", "name", self.full_name())
    }

    fn is_unknown(&self) -> bool {
        matches!(self.found, WayFound::Unknown)
    }

    /// How many hops a way has.
    fn hops(&self, way: &[WayPlace]) -> i64 {
        i64::try_from(way.len()).unwrap_or(i64::MAX) - 1
    }

    /// How many edges lie on the ways.
    fn edges(&self, links: &[WayLink]) -> i64 {
        i64::try_from(links.len()).unwrap_or(i64::MAX)
    }

    fn full_name(&self) -> String {
        let column = self.column.as_ref().map(|column| format!(".{}", column.name)).unwrap_or_default();
        format!("{}{column}", self.from.name)
    }

    /// The ways to another dataset.
    fn ways_to(&self, other: &DatasetLink) -> String {
        let way = href::with_query(href::way(&self.from.id), "to", &other.id);
        let column = self.column.as_ref().and_then(|column| column.id.as_ref());
        column.map_or(way.clone(), |column| href::with_query(way, "col", column))
    }

    /// The ways back.
    fn back(&self, other: &DatasetLink) -> String {
        href::with_query(href::way(&other.id), "to", &self.from.id)
    }
}
