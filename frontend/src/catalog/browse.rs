//! The tree: sources, then databases, schemas and datasets, one page a level.

use askama::Template;
use cadastre_model::{AssetKind, AssetState, Sensitivity, SourceKind};
use chrono::{DateTime, Utc};

use crate::Chrome;
use crate::access::AccessPanel;
use crate::catalog::dataset::Owner;
use crate::parts::{AssetLink, Crumb, DatasetRow, Pager, SourceRow, Texts};

/// The top of the tree: the sources.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/browse.html")]
pub struct BrowsePage {
    /// The frame.
    pub chrome: Chrome,
    /// The sources that the reader sees.
    pub sources: Vec<SourceRow>,
    /// Where the others are.
    pub pager: Pager,
    /// Whether the reader may add a source.
    pub may_add: bool,
}

/// A source, database or schema with what lies in it.
///
/// Filter: GET [`crate::href::container`]: `q` (part of a name), `at`. Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/container.html")]
pub struct ContainerPage {
    /// The frame.
    pub chrome: Chrome,
    /// What it is.
    pub head: ContainerHead,
    /// The part of a name that is looked for.
    pub query: String,
    /// Databases or schemas in it.
    pub containers: Vec<ContainerRow>,
    /// Datasets in it.
    pub datasets: Vec<DatasetRow>,
    /// Where the others are.
    pub pager: Pager,
    /// Why it is empty, where it is: when its source was last crawled and which filter leaves things out.
    pub empty: Option<EmptyReason>,
}

/// Who may do what in a source, database or schema.
///
/// Forms: those of [`AccessPanel`], at [`crate::href::container_access`] or [`crate::href::source_access`].
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/container_access.html")]
pub struct ContainerAccessPage {
    /// The frame.
    pub chrome: Chrome,
    /// What it is.
    pub head: ContainerHead,
    /// Who may do what.
    pub panel: AccessPanel,
}

/// What stands at the head of a container's pages.
#[derive(Debug, Clone)]
pub struct ContainerHead {
    /// Public id.
    pub id: String,
    /// Source, database or schema.
    pub kind: AssetKind,
    /// Machine name.
    pub name: String,
    /// The kind of its source.
    pub source_kind: SourceKind,
    /// The names above it, with their addresses.
    pub crumbs: Vec<Crumb>,
    /// Display names.
    pub display_names: Texts,
    /// Descriptions.
    pub descriptions: Texts,
    /// Who owns it.
    pub owners: Vec<Owner>,
    /// Its own domain or the one that it inherits.
    pub domain: Option<AssetLink>,
    /// The level in force for what lies in it.
    pub sensitivity: Sensitivity,
    /// How it stands.
    pub state: AssetState,
    /// The moment that is looked at; `None`: now.
    pub at: Option<DateTime<Utc>>,
    /// Whether the reader may change texts, owners, domain or sensitivity.
    pub may_edit: bool,
    /// Whether the reader may see who may do what.
    pub may_see_access: bool,
}

/// A database or schema in its parent.
#[derive(Debug, Clone)]
pub struct ContainerRow {
    /// The link to it.
    pub link: AssetLink,
    /// The first words of its description.
    pub description: Option<String>,
    /// How many datasets lie in it, at any depth.
    pub datasets: i64,
    /// How many of them have no owner.
    pub unowned: i64,
    /// How it stands.
    pub state: AssetState,
}

/// Why a container is empty.
#[derive(Debug, Clone)]
pub struct EmptyReason {
    /// When its source was last crawled.
    pub last_crawl: Option<DateTime<Utc>>,
    /// Patterns of its source that leave things out; empty for who may not know them.
    pub filters: Vec<String>,
}
