//! The table of roles, as the page and the API draw it: from the table that decides, nothing beside it.

use cadastre_access::table;
use cadastre_model::{Action, ObjectKind, Role, Sensitivity};
use serde::Serialize;
use utoipa::ToSchema;

/// A role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleView {
    /// Its word.
    #[schema(value_type = String, example = "steward")]
    pub role: Role,
    /// The roles that who holds it may give, within its scope.
    #[schema(value_type = Vec<String>)]
    pub gives: Vec<Role>,
    /// Whether it is about the whole register, and so is granted on the register only.
    pub register_only: bool,
}

/// What each role may do to one kind of object by one action.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleRow {
    /// What it is done to.
    #[schema(value_type = String, example = "dataset")]
    pub kind: ObjectKind,
    /// What is done.
    #[schema(value_type = String, example = "see_values")]
    pub action: Action,
    /// The roles that may, with the highest sensitivity at which they may, their grant's ceiling aside.
    pub roles: Vec<Allowed>,
}

/// How far a role may.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Allowed {
    /// The role.
    #[schema(value_type = String, example = "analyst")]
    pub role: Role,
    /// The highest sensitivity.
    #[schema(value_type = String, example = "secret")]
    pub up_to: Sensitivity,
}

/// All roles and what they may.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Roles {
    /// The roles, from the least to the most.
    pub roles: Vec<RoleView>,
    /// What they may: a row for each action that there is for a kind of object.
    pub rows: Vec<RoleRow>,
}

/// The table.
#[must_use]
pub fn roles() -> Roles {
    let role = |&role: &Role| RoleView {
        role,
        gives: table::gives(role).to_vec(),
        register_only: table::register_wide(role),
    };
    let row = |row: table::Row| RoleRow {
        kind: row.kind,
        action: row.action,
        roles: row
            .roles
            .into_iter()
            .filter_map(|(role, up_to)| Some(Allowed { role, up_to: up_to? }))
            .collect(),
    };
    Roles { roles: Role::ALL.iter().map(role).collect(), rows: table::rows().into_iter().map(row).collect() }
}
