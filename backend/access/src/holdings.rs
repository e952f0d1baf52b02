//! Grants and ownerships, found by their subject or their scope.

use std::collections::{BTreeSet, HashMap};

use cadastre_model::{AssetId, Effect, GrantId, Role, Sensitivity, SubjectId};
use chrono::{DateTime, Utc};

use crate::facts::Grant;
use crate::people::take;

/// What a subject holds somewhere, by a grant or by owning it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) role: Role,
    pub(crate) scope: AssetId,
    pub(crate) effect: Effect,
    pub(crate) ceiling: Sensitivity,
    pub(crate) mask: bool,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) until: Option<DateTime<Utc>>,
}

impl Held {
    /// Who owns something is its steward, whatever its sensitivity.
    pub(crate) const fn owned(asset: AssetId) -> Self {
        Self {
            role: Role::Steward,
            scope: asset,
            effect: Effect::Allow,
            ceiling: Sensitivity::Secret,
            mask: false,
            from: None,
            until: None,
        }
    }

    pub(crate) fn in_force(&self, now: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}

impl From<&Grant> for Held {
    fn from(grant: &Grant) -> Self {
        let &Grant { role, scope, effect, ceiling, mask, from, until, id: _, subject: _ } = grant;
        Self { role, scope, effect, ceiling, mask, from, until }
    }
}

/// All grants and ownerships.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    grants: HashMap<GrantId, Grant>,
    by_subject: HashMap<SubjectId, BTreeSet<GrantId>>,
    by_scope: HashMap<AssetId, BTreeSet<GrantId>>,
    owned: HashMap<SubjectId, BTreeSet<AssetId>>,
    owners: HashMap<AssetId, BTreeSet<SubjectId>>,
}

impl Holdings {
    /// Adds a grant, in the place of the one with its id, which is returned.
    pub(crate) fn put_grant(&mut self, grant: Grant) -> Option<Grant> {
        let before = self.remove_grant(grant.id);
        self.by_subject.entry(grant.subject).or_default().insert(grant.id);
        self.by_scope.entry(grant.scope).or_default().insert(grant.id);
        self.grants.insert(grant.id, grant);
        before
    }

    pub(crate) fn remove_grant(&mut self, id: GrantId) -> Option<Grant> {
        let grant = self.grants.remove(&id)?;
        take(&mut self.by_subject, grant.subject, id);
        take(&mut self.by_scope, grant.scope, id);
        Some(grant)
    }

    pub(crate) fn put_owner(&mut self, asset: AssetId, owner: SubjectId) {
        self.owned.entry(owner).or_default().insert(asset);
        self.owners.entry(asset).or_default().insert(owner);
    }

    pub(crate) fn remove_owner(&mut self, asset: AssetId, owner: SubjectId) {
        take(&mut self.owned, owner, asset);
        take(&mut self.owners, asset, owner);
    }

    pub(crate) fn grant(&self, id: GrantId) -> Option<&Grant> {
        self.grants.get(&id)
    }

    pub(crate) fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.grants.values()
    }

    /// What the subject holds, in force or not.
    pub(crate) fn of(&self, subject: SubjectId) -> impl Iterator<Item = Held> {
        let grants = self.by_subject.get(&subject).into_iter().flatten();
        let owned = self.owned.get(&subject).into_iter().flatten();
        grants
            .filter_map(|id| self.grants.get(id))
            .map(Held::from)
            .chain(owned.map(|&asset| Held::owned(asset)))
    }

    /// The grants given on the scope itself, in force or not.
    pub(crate) fn on(&self, scope: AssetId) -> impl Iterator<Item = &Grant> {
        self.by_scope.get(&scope).into_iter().flatten().filter_map(|id| self.grants.get(id))
    }

    /// The owners of the asset itself.
    pub(crate) fn owners_of(&self, asset: AssetId) -> impl Iterator<Item = SubjectId> {
        self.owners.get(&asset).into_iter().flatten().copied()
    }

    /// The open rows: grants and owners, each sorted.
    pub(crate) fn facts(&self) -> (Vec<Grant>, Vec<(AssetId, SubjectId)>) {
        let mut grants: Vec<_> = self.grants.values().copied().collect();
        let owners =
            self.owners.iter().flat_map(|(&asset, owners)| owners.iter().map(move |&owner| (asset, owner)));
        let mut owners: Vec<_> = owners.collect();
        grants.sort_unstable();
        owners.sort_unstable();
        (grants, owners)
    }
}
