//! Who may do what: the panel on pages of assets, roles, the confirmation of what cannot be taken back.

use askama::Template;
use cadastre_model::{Action, Effect, ObjectKind, Role, Sensitivity};
use chrono::{DateTime, Utc};

use crate::parts::{AssetLink, Pager, Subject};
use crate::{Choice, Chrome, Form, Message, T};

/// Who may do what here, by which grant, until when; with the form for a grant.
///
/// Forms: POST to [`AccessPanel::action`] (the page's own `/access`): `subject_kind` (`person` or `team`), `subject`
/// (user name, or name of the team), `role`, `effect` (`allow` or `deny`), `ceiling` (a sensitivity), `mask` (checkbox),
/// `ends_at` (`datetime-local` in the reader's zone; empty: no end), `reason`.
/// A grant is revoked by POST [`crate::href::revoke_grant`]: `reason`; its GET is a [`ConfirmPage`].
#[derive(Debug, Clone)]
pub struct AccessPanel {
    /// The POST target for a new grant.
    pub action: String,
    /// The grants that hold here, those given here first.
    pub grants: Vec<GrantRow>,
    /// Where the others are.
    pub pager: Pager,
    /// The form; `None` when the reader may not grant here.
    pub form: Option<GrantForm>,
}

/// What a reader may grant.
#[derive(Debug, Clone)]
pub struct GrantForm {
    /// What was typed.
    pub form: Form,
    /// The roles that they may give: never more than their own rights.
    pub roles: Vec<Role>,
    /// The ceilings that they may give.
    pub ceilings: Vec<Sensitivity>,
}

impl GrantForm {
    /// The roles to choose from.
    #[must_use]
    pub fn role_choices(&self, t: &T) -> Vec<Choice> {
        self.roles.iter().map(|role| Choice::new(role.as_str(), t.w(role))).collect()
    }

    /// The ceilings to choose from.
    #[must_use]
    pub fn ceiling_choices(&self, t: &T) -> Vec<Choice> {
        self.ceilings.iter().map(|level| Choice::new(level.as_str(), t.w(level))).collect()
    }

    /// Allow or deny.
    #[must_use]
    pub fn effect_choices(&self, t: &T) -> Vec<Choice> {
        Effect::ALL.iter().map(|effect| Choice::new(effect.as_str(), t.w(effect))).collect()
    }
}

/// A grant.
#[derive(Debug, Clone)]
pub struct GrantRow {
    /// Public id.
    pub id: String,
    /// Who holds it; owners hold the actions of a steward without a grant and are listed with [`GrantRow::by_owning`].
    pub who: Subject,
    /// Which role.
    pub role: Role,
    /// Gives or takes away.
    pub effect: Effect,
    /// Up to which sensitivity.
    pub ceiling: Sensitivity,
    /// Whether values are shown masked.
    pub mask: bool,
    /// Where it was given, when that is further up.
    pub from_above: Option<AssetLink>,
    /// Whether it follows from owning the asset, not from a grant.
    pub by_owning: bool,
    /// Until when.
    pub ends: Option<DateTime<Utc>>,
    /// From when, when that is still to come.
    pub starts: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
    /// Who gave it; `None`: the register itself.
    pub granted_by: Option<Subject>,
    /// Whether the reader may revoke it.
    pub may_revoke: bool,
}

/// Grants on the register itself.
///
/// Forms: those of [`AccessPanel`], at [`crate::href::register_access`].
#[derive(Debug, Clone, Template)]
#[template(path = "access/register.html")]
pub struct RegisterAccessPage {
    /// The frame.
    pub chrome: Chrome,
    /// Who may do what everywhere.
    pub panel: AccessPanel,
}

/// Roles, and what each may do to which kind of object: drawn from the table that decides.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "access/roles.html")]
pub struct RolesPage {
    /// The frame.
    pub chrome: Chrome,
    /// Every action that any role has, in order, with the cells of its row: for each role of [`RolesPage::roles`] the
    /// kinds of object on which the role has it.
    pub rows: Vec<(Action, Vec<Vec<ObjectKind>>)>,
    /// The roles, in the order of the columns.
    pub roles: Vec<Role>,
    /// Whether the reader may see the grants on the register.
    pub may_see_access: bool,
}

/// Asks before something is done that cannot be taken back, or not easily.
///
/// Forms: POST [`ConfirmPage::action`]: the hidden fields of [`ConfirmPage::hidden`], and `reason` where
/// [`ConfirmPage::asks_reason`].
#[derive(Debug, Clone, Template)]
#[template(path = "access/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub chrome: Chrome,
    /// The question, as `confirm-revoke-grant`.
    pub question: Message,
    /// What follows from it, a sentence each.
    pub consequences: Vec<Message>,
    /// The word on the button, as a key.
    pub verb: &'static str,
    /// The POST target.
    pub action: String,
    /// Where to go when it is not wanted.
    pub back: String,
    /// Fields that are sent with it.
    pub hidden: Vec<(String, String)>,
    /// Whether a reason is asked for.
    pub asks_reason: bool,
    /// What was typed.
    pub form: Form,
}

/// The questions that a [`ConfirmPage`] asks, with the word on its button.
pub const QUESTIONS: [(&str, &str); 6] = [
    ("confirm-revoke-grant", "confirm-revoke"),
    ("confirm-revoke-token", "confirm-revoke"),
    ("confirm-remove-source", "confirm-remove"),
    ("confirm-remove-domain", "confirm-remove"),
    ("confirm-remove-team", "confirm-remove"),
    ("confirm-disable-person", "confirm-disable"),
];
