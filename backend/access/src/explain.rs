//! Who may do what to an object, by which grant, until when: what the Access tab shows.

use cadastre_model::{Action, AssetId, Effect, GrantId, PersonId, Role, Sensitivity, SubjectId};
use chrono::{DateTime, Utc};

use crate::actor::Resource;
use crate::holdings::Held;
use crate::rights::Rights;

/// What a subject holds on an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Who.
    pub subject: SubjectId,
    /// Why.
    pub basis: Basis,
    /// Where it was given: the object, or what it lies in.
    pub scope: AssetId,
    /// As what.
    pub role: Role,
    /// Given or taken.
    pub effect: Effect,
    /// The highest sensitivity that it reaches.
    pub ceiling: Sensitivity,
    /// Whether values are shown masked.
    pub mask: bool,
    /// In force from.
    pub from: Option<DateTime<Utc>>,
    /// In force until before.
    pub until: Option<DateTime<Utc>>,
    /// Whether it has begun: what is to begin is listed, what has ended is not.
    pub begun: bool,
    /// What it allows, or takes away, on this object as sensitive as it is. Empty when its ceiling is below.
    pub actions: Vec<Action>,
}

/// Why somebody holds a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// By a grant.
    Grant(GrantId),
    /// By owning the scope.
    Ownership,
}

impl Rights {
    /// All grants and ownerships that reach the resource and have not ended: from the register down to the
    /// resource itself, denials first at each scope.
    #[must_use]
    pub fn explain(&self, resource: &Resource, now: DateTime<Utc>) -> Vec<Holding> {
        resource.scope_path.iter().flat_map(|&scope| self.held_at(scope, resource, now)).collect()
    }

    /// The roles that reach the person on this resource now, of their own or by a team, each once; what is denied is not
    /// taken off.
    #[must_use]
    pub fn roles_here(&self, person: PersonId, resource: &Resource, now: DateTime<Utc>) -> Vec<Role> {
        let here = |held: &Held| {
            held.effect == Effect::Allow
                && held.in_force(now)
                && held.ceiling >= resource.sensitivity
                && resource.scope_path.contains(&held.scope)
        };
        let mut roles: Vec<Role> =
            self.held_by(person).into_iter().filter(here).map(|held| held.role).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    fn held_at(&self, scope: AssetId, resource: &Resource, now: DateTime<Utc>) -> Vec<Holding> {
        let grants =
            self.holdings.on(scope).map(|grant| (grant.subject, Basis::Grant(grant.id), Held::from(grant)));
        let owners = self.holdings.owners_of(scope);
        let owners = owners.map(|owner| (owner, Basis::Ownership, Held::owned(scope)));
        let lasting = grants.chain(owners).filter(|(.., held)| held.until.is_none_or(|until| now < until));
        let mut holdings: Vec<_> =
            lasting.map(|(subject, basis, held)| self.holding(subject, basis, held, resource, now)).collect();
        holdings.sort_by_key(|holding| (holding.effect == Effect::Allow, holding.role, holding.subject));
        holdings
    }

    fn holding(
        &self,
        subject: SubjectId,
        basis: Basis,
        held: Held,
        resource: &Resource,
        now: DateTime<Utc>,
    ) -> Holding {
        let Held { role, scope, effect, ceiling, mask, from, until } = held;
        let applies = |&action: &Action| match effect {
            Effect::Allow => self.reaches(&held, resource.kind, action, resource.sensitivity),
            Effect::Deny => self.engine.takes(role, resource.kind, action),
        };
        let actions = Action::ALL.iter().copied().filter(applies).collect();
        let begun = held.in_force(now);
        Holding { subject, basis, scope, role, effect, ceiling, mask, from, until, begun, actions }
    }
}
