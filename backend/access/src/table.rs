//! The one table of rights: which role may do what to which kind of object, and which roles a role may give.
//! The policy is built from it, and the documentation and the page of roles are drawn from it. It decides
//! nothing by itself: that is the engine's.

use cadastre_model::{Action, Effect, ObjectKind, Role, Sensitivity};
use serde::Serialize;

/// Some kinds of object under one word.
#[derive(Debug)]
pub(crate) struct Kinds {
    pub(crate) word: &'static str,
    pub(crate) members: &'static [ObjectKind],
}

const ANY: Kinds = Kinds { word: "any", members: ObjectKind::ALL };
const ASSET: Kinds = Kinds {
    word: "asset",
    members: &[
        ObjectKind::Domain,
        ObjectKind::Source,
        ObjectKind::Container,
        ObjectKind::Dataset,
        ObjectKind::Job,
    ],
};
const REGISTER: Kinds = Kinds { word: "the register", members: &[ObjectKind::Register] };
const SOURCES: Kinds =
    Kinds { word: "sources", members: &[ObjectKind::Register, ObjectKind::Domain, ObjectKind::Source] };
const SOURCE: Kinds = Kinds { word: "a source", members: &[ObjectKind::Source] };
const DOMAINS: Kinds = Kinds { word: "domains", members: &[ObjectKind::Register, ObjectKind::Domain] };
const DATASET: Kinds = Kinds { word: "a dataset", members: &[ObjectKind::Dataset] };

pub(crate) const KINDS: &[Kinds] = &[ANY, ASSET, REGISTER, SOURCES, SOURCE, DOMAINS, DATASET];

/// One line: these roles may do this to these kinds of object.
struct Line {
    action: Action,
    kinds: Kinds,
    roles: &'static [Role],
    /// Roles that may do it to what is public, and no further.
    public_only: &'static [Role],
}

const fn line(action: Action, kinds: Kinds, roles: &'static [Role]) -> Line {
    Line { action, kinds, roles, public_only: &[] }
}

use Role::{Administrator, Analyst, Auditor, Engineer, SecurityOfficer, Steward};

/// Whoever may do anything to an object also sees it: the first line names every role.
const LINES: &[Line] = &[
    line(Action::See, ANY, Role::ALL),
    Line { action: Action::SeeProfile, kinds: DATASET, roles: &[Analyst], public_only: &[Administrator] },
    Line { action: Action::SeeValues, kinds: DATASET, roles: &[Analyst], public_only: &[Administrator] },
    line(Action::SeeAccess, ANY, &[Steward, SecurityOfficer, Auditor, Administrator]),
    line(Action::SeeAudit, REGISTER, &[Auditor, Administrator]),
    line(Action::RequestAccess, ASSET, &[Analyst, Engineer, Steward, Administrator]),
    line(Action::EditTexts, ASSET, &[Steward, Administrator]),
    line(Action::EditOwners, ASSET, &[Steward, Administrator]),
    line(Action::EditDomain, ASSET, &[Steward, Administrator]),
    line(Action::SetSensitivity, ASSET, &[SecurityOfficer, Administrator]),
    line(Action::ManageGrants, ANY, &[Steward, SecurityOfficer, Administrator]),
    line(Action::ManageSources, SOURCES, &[Engineer, Administrator]),
    line(Action::Crawl, SOURCE, &[Engineer, Administrator]),
    line(Action::ManageLineage, ANY, &[Engineer, Steward, Administrator]),
    line(Action::ManageRules, DATASET, &[Engineer, Steward, Administrator]),
    line(Action::ManageDomains, DOMAINS, &[Administrator]),
    line(Action::ManagePeople, REGISTER, &[Administrator]),
    line(Action::ManageSettings, REGISTER, &[Administrator]),
];

/// The highest sensitivity at which the role may do this, its grant's ceiling aside; `None`: not at all.
#[must_use]
pub fn allows(role: Role, kind: ObjectKind, action: Action) -> Option<Sensitivity> {
    let line = LINES.iter().find(|line| line.action == action && line.kinds.members.contains(&kind))?;
    if line.roles.contains(&role) {
        Some(Sensitivity::Secret)
    } else {
        line.public_only.contains(&role).then_some(Sensitivity::Public)
    }
}

/// Whether denying the role takes this action away. A denied viewer loses everything, since nothing can be
/// done to what is not seen; any other denied role loses what it adds to a viewer, and still sees.
#[must_use]
pub fn takes(role: Role, kind: ObjectKind, action: Action) -> bool {
    let known = allows(Administrator, kind, action).is_some();
    known && (role == Role::Viewer || (action != Action::See && allows(role, kind, action).is_some()))
}

/// The roles that who holds this one may give, within its scope.
#[must_use]
pub const fn gives(role: Role) -> &'static [Role] {
    use Role::Viewer;
    match role {
        Viewer | Analyst | Engineer | Auditor => &[],
        Steward => &[Viewer, Analyst, Engineer, Steward],
        SecurityOfficer => &[Viewer, Analyst, Engineer, Steward, SecurityOfficer, Auditor],
        Administrator => Role::ALL,
    }
}

/// Whether the role gives grants of any ceiling, not only up to that of its own grant.
#[must_use]
pub const fn gives_any_ceiling(role: Role) -> bool {
    matches!(role, SecurityOfficer | Administrator)
}

/// Whether the role is about the whole register, and so is given on the register only.
#[must_use]
pub const fn register_wide(role: Role) -> bool {
    matches!(role, SecurityOfficer | Auditor | Administrator)
}

/// A line of the drawn table: what each role may do to one kind of object by one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is done to.
    pub kind: ObjectKind,
    /// What is done.
    pub action: Action,
    /// Per role, in the order of [`Role::ALL`]: the highest sensitivity at which it may; `None`: not at all.
    pub roles: Vec<(Role, Option<Sensitivity>)>,
}

/// The table as it is drawn: a row for each action that there is for a kind of object.
#[must_use]
pub fn rows() -> Vec<Row> {
    let row = |kind, action| Row {
        kind,
        action,
        roles: Role::ALL.iter().map(|&role| (role, allows(role, kind, action))).collect(),
    };
    let known = |&(kind, action): &(ObjectKind, Action)| allows(Administrator, kind, action).is_some();
    let pairs =
        ObjectKind::ALL.iter().flat_map(|&kind| Action::ALL.iter().map(move |&action| (kind, action)));
    pairs.filter(known).map(|(kind, action)| row(kind, action)).collect()
}

/// A rule of the policy, as casbin gets it.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) role: Role,
    pub(crate) kinds: &'static str,
    pub(crate) action: Action,
    /// The one sensitivity that it holds at; `None`: at any.
    pub(crate) only_at: Option<Sensitivity>,
    pub(crate) effect: Effect,
}

/// The table as rules: what roles give, and what denying them takes.
pub(crate) fn rules() -> impl Iterator<Item = Rule> {
    LINES.iter().flat_map(|line| {
        let rule = move |role, only_at, effect| Rule {
            role,
            kinds: line.kinds.word,
            action: line.action,
            only_at,
            effect,
        };
        let given = line.roles.iter().map(move |&role| rule(role, None, Effect::Allow));
        let given_public =
            line.public_only.iter().map(move |&role| rule(role, Some(Sensitivity::Public), Effect::Allow));
        let holders = line.roles.iter().chain(line.public_only).copied();
        let taken = holders.filter(move |&role| role != Role::Viewer && line.action != Action::See);
        let taken = taken.chain([Role::Viewer]).map(move |role| rule(role, None, Effect::Deny));
        given.chain(given_public).chain(taken)
    })
}
