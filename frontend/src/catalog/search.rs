//! The list of datasets with its search box and filters.

use askama::Template;

use crate::markup::Marked;
use crate::parts::{Chip, DatasetRow, Facet, FacetOption, Pager, Reason};
use crate::quality::Badge;
use crate::{Choice, Chrome};

/// The list of what the reader may see, with the words that were searched for.
///
/// The address says all: `q`, the filters (`kind`, `source`, `schema`, `domain`, `sensitivity`, `owner`, `described`,
/// each as often as there are values), `sort`, `after`. Forms: GET [`crate::href::search`]: `q`, `sort`, and each filter
/// that is set.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/search.html")]
pub struct SearchPage {
    /// The frame; its `search` holds the words too.
    pub chrome: Chrome,
    /// The words.
    pub query: String,
    /// Filters that are set, as the form sends them again: name and value.
    pub kept: Vec<(String, String)>,
    /// The filters with their counts.
    pub facets: Vec<Facet>,
    /// The filters that are set.
    pub chips: Vec<Chip>,
    /// The address without any filter.
    pub clear: String,
    /// How many there are.
    pub total: Option<i64>,
    /// The orders that there are; the word is the value of `sort`.
    pub sorts: Vec<Choice>,
    /// The order in force.
    pub sort: String,
    /// What was found.
    pub hits: Vec<Hit>,
    /// Where the others are.
    pub pager: Pager,
    /// When nothing was found: what would be, without one of the filters.
    pub without: Vec<FacetOption>,
    /// Whether the register holds anything at all that the reader may see.
    pub is_register_empty: bool,
}

/// Something found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// What it is.
    pub dataset: DatasetRow,
    /// Its name, with the match marked.
    pub name: Marked,
    /// Its description's first words, with the match marked.
    pub description: Option<Marked>,
    /// Why it was found, where name and description do not say it.
    pub reasons: Vec<Reason>,
    /// How its rules stand; `None` for who may not see that.
    pub quality: Option<Badge>,
}

/// The filters, by the name of their parameter and the key of their title, in the order in which they are shown.
pub const FACETS: [(&str, &str); 8] = [
    ("kind", "search-facet-kind"),
    ("source", "search-facet-source"),
    ("schema", "search-facet-schema"),
    ("domain", "search-facet-domain"),
    ("sensitivity", "search-facet-sensitivity"),
    ("owner", "search-facet-owner"),
    ("described", "search-facet-described"),
    ("quality", "search-facet-quality"),
];

/// The values of the filter `described`, with their keys.
pub const DESCRIBED: [(&str, &str); 2] = [("yes", "search-described-yes"), ("no", "search-described-no")];

/// The values of the filter `quality`, with their keys.
pub const QUALITY: [(&str, &str); 5] = [
    ("failing", "search-quality-failing"),
    ("warning", "search-quality-warning"),
    ("passing", "search-quality-passing"),
    ("unmeasured", "search-quality-unmeasured"),
    ("none", "search-quality-none"),
];

/// The orders, with their keys; the first needs words.
pub const SORTS: [(&str, &str); 3] = [
    ("relevance", "search-sort-relevance"),
    ("name", "search-sort-name"),
    ("changed", "search-sort-changed"),
];

/// Where a match can be: what a [`Reason`] says.
pub const PLACES: [&str; 7] = [
    "search-in-name",
    "search-in-display-name",
    "search-in-description",
    "search-in-docs",
    "search-in-column",
    "search-in-column-description",
    "search-in-path",
];
