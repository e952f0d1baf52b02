//! The read model of rights: what the app keeps in memory, follows change sets with, and asks.

use std::sync::{Arc, PoisonError, RwLock};

use cadastre_model::{Action, AssetId, GrantId, PersonId, SubjectId, TeamId, Version};
use chrono::{DateTime, Utc};

use crate::actor::{Actor, Resource};
use crate::engine::{Engine, EngineError};
use crate::facts::{Facts, Grant};
use crate::holdings::{Held, Holdings};
use crate::people::People;
use crate::permit::{Permit, Refusal};
use crate::remembered::{Parts, Remembered};
use crate::scope::Scope;

/// Everybody's rights at one version of the register.
///
/// A reader needs `&self` and a few microseconds, a change `&mut self` and as little: keep it in one
/// `std::sync::RwLock`, and never hold its guard over an `await`.
#[derive(Debug)]
pub struct Rights {
    pub(crate) engine: &'static Engine,
    pub(crate) people: People,
    pub(crate) holdings: Holdings,
    version: Version,
    remembered: RwLock<Remembered>,
}

impl Rights {
    /// The rights that these facts of this version make.
    ///
    /// # Errors
    /// When casbin refuses the built-in policy.
    pub fn new(facts: Facts, version: Version) -> Result<Self, EngineError> {
        let engine = Engine::built_in()?;
        let (people, holdings) = (People::default(), Holdings::default());
        let mut rights = Self { engine, people, holdings, version, remembered: RwLock::default() };
        facts.teams.into_iter().for_each(|(team, parent)| rights.put_team(team, parent));
        facts.members.into_iter().for_each(|(person, team)| rights.put_member(person, team));
        facts.disabled.into_iter().for_each(|person| rights.set_disabled(person, true));
        facts.owners.into_iter().for_each(|(asset, owner)| rights.put_owner(asset, owner));
        facts.grants.into_iter().for_each(|grant| rights.put_grant(grant));
        Ok(rights)
    }

    /// The facts as they are now, each list sorted: equal for rights that followed and rights that were rebuilt.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let (teams, members, disabled) = self.people.facts();
        let (grants, owners) = self.holdings.facts();
        Facts { grants, teams, members, owners, disabled }
    }

    /// The version of the register up to which changes are in.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Says up to which version changes are in.
    pub const fn set_version(&mut self, version: Version) {
        self.version = version;
    }

    /// Adds a grant, or puts it in the place of the one with its id.
    pub fn put_grant(&mut self, grant: Grant) {
        let before = self.holdings.put_grant(grant);
        before.into_iter().chain([grant]).for_each(|grant| self.forget(grant.subject));
    }

    /// Removes a grant.
    pub fn remove_grant(&mut self, id: GrantId) {
        if let Some(grant) = self.holdings.remove_grant(id) {
            self.forget(grant.subject);
        }
    }

    /// Adds a team, or moves it under another.
    pub fn put_team(&mut self, team: TeamId, parent: Option<TeamId>) {
        self.people.put_team(team, parent);
        self.forget(SubjectId::Team(team));
    }

    /// Removes a team. Its members and grants are rows of their own, and go by calls of their own.
    pub fn remove_team(&mut self, team: TeamId) {
        self.people.remove_team(team);
        self.forget(SubjectId::Team(team));
    }

    /// Puts a person into a team.
    pub fn put_member(&mut self, person: PersonId, team: TeamId) {
        self.people.put_member(person, team);
        self.forget(SubjectId::Person(person));
    }

    /// Takes a person out of a team.
    pub fn remove_member(&mut self, person: PersonId, team: TeamId) {
        self.people.remove_member(person, team);
        self.forget(SubjectId::Person(person));
    }

    /// Makes a person or team an owner of an asset.
    pub fn put_owner(&mut self, asset: AssetId, owner: SubjectId) {
        self.holdings.put_owner(asset, owner);
        self.forget(owner);
    }

    /// Ends an ownership.
    pub fn remove_owner(&mut self, asset: AssetId, owner: SubjectId) {
        self.holdings.remove_owner(asset, owner);
        self.forget(owner);
    }

    /// Disables a person, or enables them again.
    pub fn set_disabled(&mut self, person: PersonId, disabled: bool) {
        self.people.set_disabled(person, disabled);
        self.forget(SubjectId::Person(person));
    }

    /// Where the actor may do this.
    #[must_use]
    pub fn scope(&self, actor: &Actor, action: Action, now: DateTime<Utc>) -> Arc<Scope> {
        if !actor.may_use_for(action) {
            return Arc::new(Scope::nowhere());
        }
        let parts = self.parts(actor.person, action, now);
        let (scope, fresh) = parts.union();
        if fresh {
            let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
            remembered.bound_unions(scope.weight());
        }
        scope
    }

    /// Lets the actor do this to the resource.
    ///
    /// # Errors
    /// Why not: they don't see it, or they see it and may not.
    pub fn permit(
        &self,
        actor: &Actor,
        action: Action,
        resource: &Resource,
        now: DateTime<Utc>,
    ) -> Result<Permit, Refusal> {
        // Whoever may do anything to it sees it too (the table's first line, and what a denied viewer loses), so that who
        // sees it is asked only of who may not: a test holds this.
        if actor.may_use_for(action) {
            let parts = self.parts(actor.person, action, now);
            if parts.cover(resource) {
                return Ok(Permit::new(*actor, action, resource, parts.mask(resource), self.version));
            }
        }
        let sees =
            actor.may_use_for(Action::See) && self.parts(actor.person, Action::See, now).cover(resource);
        Err(if sees { Refusal::Forbidden(action) } else { Refusal::Invisible })
    }

    /// The teams that the person belongs to: directly, those above, and everyone. Sorted.
    #[must_use]
    pub fn teams_of(&self, person: PersonId) -> Vec<TeamId> {
        let team = |subject| match subject {
            SubjectId::Team(team) => Some(team),
            SubjectId::Person(_) => None,
        };
        self.people.subjects_of(person).into_iter().filter_map(team).collect()
    }

    /// All that reaches the person, in force or not; nothing for who is disabled.
    pub(crate) fn held_by(&self, person: PersonId) -> Vec<Held> {
        if self.people.is_disabled(person) {
            return Vec::new();
        }
        self.people.subjects_of(person).into_iter().flat_map(|subject| self.holdings.of(subject)).collect()
    }

    /// The scopes of all that the person is: themselves and their teams. Each is made once for all its members.
    fn parts(&self, person: PersonId, action: Action, now: DateTime<Utc>) -> Arc<Parts> {
        let known = |remembered: &Remembered| remembered.parts(person, action, now);
        if let Some(parts) = known(&self.remembered.read().unwrap_or_else(PoisonError::into_inner)) {
            return parts;
        }
        let subjects = match self.people.is_disabled(person) {
            true => Vec::new(),
            false => self.people.subjects_of(person),
        };
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        let part = |subject| {
            remembered.part(subject, action, now, || {
                let held: Vec<_> = self.holdings.of(subject).collect();
                (!held.is_empty()).then(|| Scope::of(&held, self.engine, action, now))
            })
        };
        let parts = Arc::new(Parts::new(subjects.into_iter().filter_map(part).collect()));
        remembered.put_parts(person, action, parts.clone());
        parts
    }

    fn forget(&mut self, subject: SubjectId) {
        self.remembered.get_mut().unwrap_or_else(PoisonError::into_inner).forget(subject);
    }
}
