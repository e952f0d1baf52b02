//! Business domains: the tree, one domain, its form.

use askama::Template;
use cadastre_model::Sensitivity;

use crate::access::AccessPanel;
use crate::catalog::dataset::Owner;
use crate::catalog::history::Change;
use crate::parts::{AssetLink, Crumb, DatasetRow, Pager, Texts};
use crate::{Choice, Chrome, Form};

/// The tree of domains, in the order of the tree.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/domains.html")]
pub struct DomainsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The domains.
    pub domains: Vec<DomainRow>,
    /// Whether the reader may make one.
    pub may_add: bool,
}

/// A domain in the tree.
#[derive(Debug, Clone)]
pub struct DomainRow {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How deep it lies: 0 at the top.
    pub depth: usize,
    /// The first words of its description.
    pub description: Option<String>,
    /// How many datasets are in it and in those below it.
    pub datasets: i64,
    /// The first owner.
    pub owner: Option<String>,
}

impl DomainRow {
    /// The class for its depth; deeper than five looks like five.
    #[must_use]
    pub const fn depth_class(&self) -> &'static str {
        match self.depth {
            0 => "depth-0",
            1 => "depth-1",
            2 => "depth-2",
            3 => "depth-3",
            4 => "depth-4",
            _ => "depth-5",
        }
    }
}

/// What stands at the head of a domain's pages.
#[derive(Debug, Clone)]
pub struct DomainHead {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The domains above it.
    pub crumbs: Vec<Crumb>,
    /// Display names: its name in other languages.
    pub display_names: Texts,
    /// Descriptions.
    pub descriptions: Texts,
    /// Who owns it.
    pub owners: Vec<Owner>,
    /// The level of what is in it, unless something nearer says another.
    pub sensitivity: Sensitivity,
    /// Whether the reader may change it.
    pub may_manage: bool,
    /// Whether the reader may see who may do what.
    pub may_see_access: bool,
}

/// A domain with what is in it.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/domain.html")]
pub struct DomainPage {
    /// The frame.
    pub chrome: Chrome,
    /// The domain.
    pub head: DomainHead,
    /// The domains right below it.
    pub below: Vec<DomainRow>,
    /// The datasets in it, without those of the domains below.
    pub datasets: Vec<DatasetRow>,
    /// Where the others are.
    pub pager: Pager,
    /// Sources, databases and schemas that are in it as a whole.
    pub containers: Vec<AssetLink>,
    /// What changed at it, newest first.
    pub changes: Vec<Change>,
}

/// Who may do what in a domain.
///
/// Forms: those of [`AccessPanel`], at [`crate::href::domain_access`].
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/domain_access.html")]
pub struct DomainAccessPage {
    /// The frame.
    pub chrome: Chrome,
    /// The domain.
    pub head: DomainHead,
    /// Who may do what.
    pub panel: AccessPanel,
}

/// The form of a domain, new or not.
///
/// Forms: POST [`crate::href::new_domain`] or [`crate::href::edit_domain`]: `version` (0 for a new one), `name`,
/// `parent` (public id; empty: at the top; moves the domain), `display_name_en`, `display_name_zh`, `description_en`,
/// `description_zh`, `sensitivity` (a word; empty: inherit), `reason` (optional).
/// For one that exists also the owner forms of [`crate::catalog::edit::EditAssetPage`].
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/edit_domain.html")]
pub struct EditDomainPage {
    /// The frame.
    pub chrome: Chrome,
    /// The domain; `None`: a new one.
    pub domain: Option<DomainHead>,
    /// The domain's counter; 0 for a new one.
    pub version: i64,
    /// What was typed.
    pub form: Form,
    /// The domains that it may lie below: never itself or one below it.
    pub parents: Vec<Choice>,
    /// The level that it inherits.
    pub inherited: Sensitivity,
    /// The form for one more owner.
    pub owner_form: Form,
    /// Whether the reader may remove it.
    pub may_remove: bool,
}

impl EditDomainPage {
    /// What the page is called.
    #[must_use]
    pub fn title(&self) -> String {
        let t = &self.chrome.t;
        self.domain
            .as_ref()
            .map_or_else(|| t.s("domain-add"), |domain| t.a("edit-title", "name", &domain.name))
    }

    /// The POST target of the form.
    #[must_use]
    pub fn action(&self) -> String {
        self.domain
            .as_ref()
            .map_or_else(crate::href::new_domain, |domain| crate::href::edit_domain(&domain.id))
    }
}
