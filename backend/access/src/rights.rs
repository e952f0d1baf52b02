//! The read model of rights: what the app keeps in memory, follows change sets with, and asks.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use cadastre_model::{Action, AssetId, GrantId, PersonId, SubjectId, TeamId, Version};
use chrono::{DateTime, Utc};

use crate::actor::{Actor, Resource};
use crate::engine::{Engine, EngineError};
use crate::facts::{Facts, Grant};
use crate::holdings::{Held, Holdings};
use crate::people::People;
use crate::permit::{Permit, Refusal};
use crate::scope::Scope;

/// How many ids the remembered scopes hold together before they are forgotten: 64 MB at the most.
const REMEMBERED: usize = 4_000_000;

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
    nowhere: Arc<Scope>,
}

/// Scopes that were asked for, until a right of the person changes or a grant of theirs begins or ends.
#[derive(Debug, Default)]
struct Remembered {
    scopes: HashMap<(PersonId, Action), Arc<Scope>>,
    weight: usize,
}

impl Rights {
    /// The rights that these facts of this version make.
    ///
    /// # Errors
    /// When casbin refuses the built-in policy.
    pub fn new(facts: Facts, version: Version) -> Result<Self, EngineError> {
        let engine = Engine::built_in()?;
        let (people, holdings) = (People::default(), Holdings::default());
        let mut rights = Self {
            engine,
            people,
            holdings,
            version,
            remembered: RwLock::default(),
            nowhere: Arc::new(Scope::nowhere()),
        };
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
            return self.nowhere.clone();
        }
        if let Some(scope) = self.recall(actor.person, action, now) {
            return scope;
        }
        let scope = Arc::new(Scope::of(&self.held_by(actor.person), self.engine, action, now));
        self.remember(actor.person, action, &scope);
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
        if !self.scope(actor, Action::See, now).covers(resource) {
            return Err(Refusal::Invisible);
        }
        let scope = self.scope(actor, action, now);
        if !scope.covers(resource) {
            return Err(Refusal::Forbidden(action));
        }
        let mask = scope.masks(resource.kind, resource.sensitivity, &resource.scope_path);
        Ok(Permit::new(*actor, action, resource, mask, self.version))
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

    fn recall(&self, person: PersonId, action: Action, now: DateTime<Utc>) -> Option<Arc<Scope>> {
        let remembered = self.remembered.read().unwrap_or_else(PoisonError::into_inner);
        remembered.scopes.get(&(person, action)).filter(|scope| scope.holds_at(now)).cloned()
    }

    fn remember(&self, person: PersonId, action: Action, scope: &Arc<Scope>) {
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.weight + scope.weight() > REMEMBERED {
            *remembered = Remembered::default();
        }
        remembered.weight += scope.weight();
        if let Some(before) = remembered.scopes.insert((person, action), scope.clone()) {
            remembered.weight -= before.weight();
        }
    }

    /// Forgets what a change to this subject may have made wrong: a person's scopes, or, for a team, all.
    fn forget(&mut self, subject: SubjectId) {
        let remembered = self.remembered.get_mut().unwrap_or_else(PoisonError::into_inner);
        match subject {
            SubjectId::Team(_) => *remembered = Remembered::default(),
            SubjectId::Person(person) => {
                for &action in Action::ALL {
                    if let Some(scope) = remembered.scopes.remove(&(person, action)) {
                        remembered.weight -= scope.weight();
                    }
                }
            }
        }
    }
}
