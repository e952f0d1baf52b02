//! The forms that describe an asset or a column: texts, owners, domain, sensitivity.

use askama::Template;
use cadastre_model::{Sensitivity, TextField};

use crate::catalog::dataset::Owner;
use crate::parts::{AssetLink, Crumb, Texts};
use crate::{Choice, Chrome, Form, T};

/// The forms of an asset (dataset, schema, database, source). Each form is there only when the reader may use it.
///
/// Forms:
/// POST [`crate::href::set_text`]: `version` (the asset's counter, as `If-Match`), `display_name_en`,
/// `display_name_zh`, `description_en`, `description_zh`, `docs_en`, `docs_zh` (empty: nothing is said any more),
/// `reason` (optional). One change set; fields that are as before change nothing.
/// POST [`crate::href::add_owner`]: `subject_kind` (`person` or `team`), `subject` (user name, or name of the team),
/// `kind` (`business` or `technical`). POST [`crate::href::remove_owner`]: no fields.
/// POST [`crate::href::set_domain`]: `version`, `domain` (public id; empty: inherit).
/// POST [`crate::href::set_sensitivity`]: `version`, `sensitivity` (a word; empty: inherit), `reason` (optional).
/// All go back to the asset's page, or show this page again with 422.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/edit.html")]
pub struct EditAssetPage {
    /// The frame.
    pub chrome: Chrome,
    /// The asset.
    pub asset: AssetLink,
    /// The links above.
    pub crumbs: Vec<Crumb>,
    /// The asset's counter.
    pub version: i64,
    /// The texts as people wrote them; `None`: may not.
    pub texts: Option<Form>,
    /// What the source says, to be seen beside.
    pub source_texts: Vec<(TextField, Texts)>,
    /// Who owns it, and the form for one more; `None`: may not.
    pub owners: Option<(Vec<Owner>, Form)>,
    /// The domain and those to choose from, with the one that it inherits; `None`: may not.
    pub domain: Option<(Form, Vec<Choice>, Option<String>)>,
    /// The level, with the one that it inherits; `None`: may not.
    pub sensitivity: Option<(Form, Sensitivity)>,
}

/// The forms of a column.
///
/// Forms: POST [`crate::href::set_column_text`]: `version` (the dataset's counter), `display_name_en`,
/// `display_name_zh`, `description_en`, `description_zh`, `reason`. POST [`crate::href::set_column_sensitivity`]:
/// `version`, `sensitivity` (empty: that of the dataset), `reason`.
#[derive(Debug, Clone, Template)]
#[template(path = "catalog/edit_column.html")]
pub struct EditColumnPage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset.
    pub dataset: AssetLink,
    /// The column's public id.
    pub column: String,
    /// The column's name.
    pub name: String,
    /// The links above.
    pub crumbs: Vec<Crumb>,
    /// The dataset's counter.
    pub version: i64,
    /// The texts as people wrote them; `None`: may not.
    pub texts: Option<Form>,
    /// What the source says, to be seen beside.
    pub source_texts: Vec<(TextField, Texts)>,
    /// The level, with that of the dataset; `None`: may not.
    pub sensitivity: Option<(Form, Sensitivity)>,
}

/// The levels to choose from, with what is inherited as the empty choice.
#[must_use]
pub fn sensitivity_choices(t: &T, inherited: &Sensitivity) -> Vec<Choice> {
    let inherit = Choice::new("", t.a("edit-inherit", "what", t.w(inherited)));
    let levels = Sensitivity::ALL.iter().map(|level| Choice::new(level.as_str(), t.w(level)));
    std::iter::once(inherit).chain(levels).collect()
}

/// Person or team.
#[must_use]
pub fn subject_choices(t: &T) -> Vec<Choice> {
    cadastre_model::SubjectKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), t.w(kind))).collect()
}

/// In what an owner answers for an asset.
#[must_use]
pub fn owner_choices(t: &T) -> Vec<Choice> {
    super::dataset::OwnerKind::ALL
        .into_iter()
        .map(|kind| Choice::new(kind.as_str(), t.s(kind.key())))
        .collect()
}
