//! Who is in the register: people and teams.

use askama::Template;
use cadastre_model::Role;
use chrono::{DateTime, Utc};

use crate::access::GrantRow;
use crate::catalog::history::Change;
use crate::markup::{Status, Tone};
use crate::parts::{AssetLink, Pager, Subject};
use crate::{Choice, Chrome, Form, T};

/// Everybody in the register.
///
/// Filter: GET [`crate::href::people`]: `q` (part of a name), `state` (`active` or `disabled`). Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "people/list.html")]
pub struct PeoplePage {
    /// The frame.
    pub chrome: Chrome,
    /// The part of a name that is looked for.
    pub query: String,
    /// The people of this page.
    pub people: Vec<PersonRow>,
    /// Where the others are.
    pub pager: Pager,
    /// Whether the reader may add somebody.
    pub may_add: bool,
}

/// A person or service in a list.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Public id.
    pub id: String,
    /// Name.
    pub name: String,
    /// User name.
    pub login: String,
    /// Address, for who may know it.
    pub email: Option<String>,
    /// Whether they sign in by token only.
    pub is_service: bool,
    /// Whether they may sign in.
    pub is_active: bool,
    /// The teams that they are in.
    pub teams: Vec<String>,
    /// When they were last here, for who may know it.
    pub last_seen: Option<DateTime<Utc>>,
}

impl PersonRow {
    /// Whether they may sign in: shape, word and colour.
    #[must_use]
    pub fn status(&self, t: &T) -> Status {
        let (tone, key) =
            if self.is_active { (Tone::Pass, "person-active") } else { (Tone::None, "person-disabled") };
        Status { tone, word: t.s(key) }
    }
}

/// The form for a new person.
///
/// Forms: POST [`crate::href::new_person`]: `kind` (`person` or `service`), `display_name`, `login`, `email`
/// (optional), `roles` (words of [`NewPersonPage::roles`], each as often as chosen; granted on the register).
/// A person gets a one-time password, shown once on [`PersonPage`] by [`PersonPage::one_time_password`].
#[derive(Debug, Clone, Template)]
#[template(path = "people/new.html")]
pub struct NewPersonPage {
    /// The frame.
    pub chrome: Chrome,
    /// What was typed.
    pub form: Form,
    /// The roles that the reader may give on the register.
    pub roles: Vec<Role>,
}

/// A person or service.
///
/// Forms: POST [`crate::href::edit_person`]: `version`, `display_name`, `email`.
/// POST [`crate::href::reset_password`]: no fields; shows this page with [`PersonPage::one_time_password`], ends all
/// their sessions. POST [`crate::href::disable_person`]: `reason`, after a [`crate::access::ConfirmPage`].
/// POST [`crate::href::enable_person`]: no fields.
#[derive(Debug, Clone, Template)]
#[template(path = "people/person.html")]
pub struct PersonPage {
    /// The frame.
    pub chrome: Chrome,
    /// Who it is.
    pub person: PersonRow,
    /// The counter of the person.
    pub version: i64,
    /// The password that was just made: shown once, never again.
    pub one_time_password: Option<String>,
    /// Their teams.
    pub teams: Vec<Subject>,
    /// Their own grants, with where each was given in [`GrantRow::from_above`].
    pub grants: Vec<GrantRow>,
    /// What they own.
    pub owns: Vec<AssetLink>,
    /// Their tokens, for who may see them.
    pub tokens: Vec<super::account::TokenRow>,
    /// What changed about them, newest first.
    pub changes: Vec<Change>,
    /// Where the older changes are.
    pub changes_pager: Pager,
    /// The form; `None` when the reader may not change them.
    pub form: Option<Form>,
}

/// The tree of teams, in the order of the tree.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "people/teams.html")]
pub struct TeamsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The teams.
    pub teams: Vec<TeamRow>,
    /// Whether the reader may make one.
    pub may_add: bool,
}

/// A team in the tree.
#[derive(Debug, Clone)]
pub struct TeamRow {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How deep it lies: 0 at the top.
    pub depth: usize,
    /// How many people are in it, without those of the teams below.
    pub members: i64,
    /// Whether it is the one that everybody is in.
    pub is_everyone: bool,
}

impl TeamRow {
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

/// A team; also the form for a new one.
///
/// Forms: POST [`crate::href::new_team`] or [`crate::href::edit_team`]: `version` (0 for a new one), `name`, `parent`
/// (public id; empty: at the top). POST [`crate::href::add_member`]: `login`. POST [`crate::href::remove_member`]: no
/// fields. POST [`crate::href::remove_team`]: `reason`, after a [`crate::access::ConfirmPage`].
#[derive(Debug, Clone, Template)]
#[template(path = "people/team.html")]
pub struct TeamPage {
    /// The frame.
    pub chrome: Chrome,
    /// The team; `None`: a new one.
    pub team: Option<TeamRow>,
    /// The counter of the team; 0 for a new one.
    pub version: i64,
    /// The teams above it, from the top.
    pub above: Vec<Subject>,
    /// The teams right below it.
    pub below: Vec<Subject>,
    /// The people in it.
    pub members: Vec<PersonRow>,
    /// Where the others are.
    pub pager: Pager,
    /// Its own grants.
    pub grants: Vec<GrantRow>,
    /// What it owns.
    pub owns: Vec<AssetLink>,
    /// What changed about it, newest first.
    pub changes: Vec<Change>,
    /// Where the older changes are.
    pub changes_pager: Pager,
    /// Name and parent; `None` when the reader may not change it.
    pub form: Option<Form>,
    /// The teams that it may lie below: never itself or one below it.
    pub parents: Vec<Choice>,
    /// The form for one more member; `None` when the reader may not, or everybody is in it.
    pub member_form: Option<Form>,
    /// Whether the reader may remove it.
    pub may_remove: bool,
}

impl TeamPage {
    /// What the page is called.
    #[must_use]
    pub fn title(&self) -> String {
        self.team.as_ref().map_or_else(|| self.chrome.t.s("team-add"), |team| team.name.clone())
    }

    /// The POST target of the form.
    #[must_use]
    pub fn action(&self) -> String {
        self.team.as_ref().map_or_else(crate::href::new_team, |team| crate::href::edit_team(&team.id))
    }
}
