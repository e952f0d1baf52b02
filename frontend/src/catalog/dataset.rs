//! One dataset: its head, its tabs.

use askama::Template;
use cadastre_model::{AssetState, ColumnType, ConstraintKind, DatasetKind, Origin, Sensitivity, SourceKind};
use chrono::{DateTime, SecondsFormat, Utc};

use crate::access::AccessPanel;
use crate::catalog::history::Change;
use crate::href::{self, DatasetTab};
use crate::parts::{AssetLink, Crumb, Pager, Subject, Texts};
use crate::quality::tab::HeadQuality;
use crate::{Chrome, T};

/// What all tabs of a dataset show.
#[derive(Debug, Clone)]
pub struct DatasetHead {
    /// Public id.
    pub id: String,
    /// Machine name.
    pub name: String,
    /// What kind it is.
    pub kind: DatasetKind,
    /// The kind of its source.
    pub source_kind: SourceKind,
    /// The names above it, with their addresses.
    pub crumbs: Vec<Crumb>,
    /// How it stands.
    pub state: AssetState,
    /// Display names.
    pub display_names: Texts,
    /// Descriptions.
    pub descriptions: Texts,
    /// Who owns it.
    pub owners: Vec<Owner>,
    /// Its own domain or the one that it inherits.
    pub domain: Option<AssetLink>,
    /// The level in force.
    pub sensitivity: Sensitivity,
    /// How many columns it has.
    pub columns: i64,
    /// The source's estimate of its rows.
    pub rows: Option<i64>,
    /// Its size on disk.
    pub bytes: Option<i64>,
    /// Its owner at the source, a role of the database.
    pub source_owner: Option<String>,
    /// When its source was last crawled completely.
    pub crawled: Option<DateTime<Utc>>,
    /// When its data was last written, as far as runs and the source's counters tell.
    pub written: Option<DateTime<Utc>>,
    /// How often it was read, and over how many days; `None` where nothing counts that.
    pub reads: Option<(i64, i64)>,
    /// When what is known of it last changed.
    pub changed: Option<DateTime<Utc>>,
    /// The roles that the reader has here.
    pub my_roles: Vec<cadastre_model::Role>,
    /// Keys, checks and indexes.
    pub constraints: Vec<Constraint>,
    /// More facts of the source: the key of a name and the value.
    pub details: Vec<(&'static str, String)>,
    /// The moment that is looked at; `None`: now.
    pub at: Option<DateTime<Utc>>,
    /// Whether the reader may change texts, owners, domain or sensitivity.
    pub may_edit: bool,
    /// Whether the reader may see who may do what; without it there is no such tab.
    pub may_see_access: bool,
    /// How its rules stand; `None`: for somebody who may not see that, or at a moment that is over.
    pub quality: Option<HeadQuality>,
    /// Whether the reader may see profiles; without it there is no such tab.
    pub may_see_profile: bool,
}

impl DatasetHead {
    /// The tabs that the reader may open, in their order.
    #[must_use]
    pub fn tabs(&self) -> Vec<DatasetTab> {
        let may = |tab: &DatasetTab| match tab {
            DatasetTab::Access => self.may_see_access,
            DatasetTab::Profile => self.may_see_profile,
            _ => true,
        };
        DatasetTab::ALL.into_iter().filter(may).collect()
    }

    /// The address of a tab, at the moment that is looked at.
    #[must_use]
    pub fn tab_href(&self, tab: &DatasetTab) -> String {
        let href = href::dataset_tab(&self.id, *tab);
        self.at.map_or(href.clone(), |at| {
            href::with_query(href, "at", &at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        })
    }

    /// The name for people in the reader's language, where it is another than the machine name.
    #[must_use]
    pub fn display_name(&self, t: &T) -> Option<&str> {
        self.display_names.shown(t).map(|said| said.body.as_str()).filter(|name| *name != self.name)
    }
}

/// The keys that [`DatasetHead::details`] can have.
pub const DETAILS: [&str; 4] =
    ["dataset-partitioned", "dataset-partitions", "dataset-persistence", "dataset-foreign-server"];

/// Somebody who answers for an asset.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The id in [`href::remove_owner`].
    pub id: String,
    /// Who.
    pub who: Subject,
    /// `business` or `technical`.
    pub kind: OwnerKind,
    /// Who said so.
    pub origin: Origin,
}

/// In what an owner answers for an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerKind {
    /// For what it means.
    Business,
    /// For that it works.
    Technical,
}

impl OwnerKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Business, Self::Technical];

    /// The word in forms, as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Technical => "technical",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Business => "owner-business",
            Self::Technical => "owner-technical",
        }
    }
}

/// A key, check or index.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// What it is.
    pub kind: ConstraintKind,
    /// Its name at the source.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The dataset that a foreign key points to: its name and, when the reader may see it, its address.
    pub refers_to: Option<(String, Option<String>)>,
    /// As the source writes it.
    pub definition: String,
}

/// A column in the list.
#[derive(Debug, Clone)]
pub struct ColumnRow {
    /// Public id.
    pub id: String,
    /// Its path; more than one part when it lies in another.
    pub path: Vec<String>,
    /// Its type as the source writes it.
    pub type_written: String,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Its default or generation, as the source writes it.
    pub default: Option<String>,
    /// Whether it is in the primary key, in a foreign key, unique.
    pub keys: Vec<ConstraintKind>,
    /// Display names.
    pub display_names: Texts,
    /// Descriptions.
    pub descriptions: Texts,
    /// Its own level, where it has one.
    pub sensitivity: Option<Sensitivity>,
}

impl ColumnRow {
    /// Its name: the last part of its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The parts that it lies in, for nested columns.
    #[must_use]
    pub fn inside(&self) -> String {
        self.path[..self.path.len().saturating_sub(1)].iter().map(|part| format!("{part}.")).collect()
    }
}

/// The tab Schema: the columns.
///
/// Filter: GET [`href::dataset`]: `q` (part of a name or type), `at`. As of: GET of any tab with `at` (the value of
/// `<input type=datetime-local>`, in the reader's zone, or RFC 3339). Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/schema.html")]
pub struct SchemaPage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset.
    pub head: DatasetHead,
    /// The part of a name that is looked for.
    pub query: String,
    /// The columns of this page.
    pub columns: Vec<ColumnRow>,
    /// Where the others are.
    pub pager: Pager,
    /// The statement of a view, for who may see all that it names.
    pub definition: Option<String>,
    /// A statement that would let the crawler see columns, when there are none because it may not.
    pub missing_right: Option<String>,
}

/// The tab Access.
///
/// Forms: those of [`AccessPanel`], at `/d/{id}/access`.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/dataset_access.html")]
pub struct DatasetAccessPage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset.
    pub head: DatasetHead,
    /// Who may do what.
    pub panel: AccessPanel,
}

/// The tab History.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/history.html")]
pub struct HistoryPage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset.
    pub head: DatasetHead,
    /// The changes, newest first.
    pub changes: Vec<Change>,
    /// Where the others are.
    pub pager: Pager,
}

/// The tab Docs.
///
/// Forms: none; they are on the page of [`href::edit_dataset`].
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/docs.html")]
pub struct DocsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset.
    pub head: DatasetHead,
    /// The longer texts.
    pub docs: Texts,
}

/// Which tab a page is, for the frame that all tabs share.
macro_rules! tab_of {
    ($($page:ident => $tab:expr;)+) => {$(
        impl $page {
            fn is_at(&self, tab: &DatasetTab) -> bool {
                self.at_tab() == *tab
            }

            /// The tab's address as of now.
            fn here(&self) -> String {
                href::dataset_tab(&self.head.id, self.at_tab())
            }

            fn at_tab(&self) -> DatasetTab {
                let tab: fn(&Self) -> DatasetTab = $tab;
                tab(self)
            }
        }
    )+};
}

tab_of! {
    SchemaPage => |_| DatasetTab::Schema;
    DatasetAccessPage => |_| DatasetTab::Access;
    HistoryPage => |_| DatasetTab::History;
    DocsPage => |_| DatasetTab::Docs;
}
