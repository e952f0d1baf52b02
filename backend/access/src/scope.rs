//! Where an actor may do something: the scopes that allow it, by kind of object and sensitivity, and those that
//! deny it. The same answer for a list in SQL, a filter of an index and a single object.

use std::sync::Arc;

use cadastre_model::{Action, AssetId, Effect, ObjectKind, Sensitivity};
use chrono::{DateTime, Utc};

use crate::actor::Resource;
use crate::engine::Engine;
use crate::holdings::Held;

/// Ids of scopes, sorted, each once. Where the register is among them it stands alone: every path holds it.
type Scopes = Arc<[AssetId]>;

/// Where an action is allowed, from the rights at one instant.
///
/// An object is covered when its path meets [`Scope::allow`] of its kind and sensitivity, and does not meet
/// [`Scope::deny`] of its kind. In SQL, per kind and sensitivity:
/// `scope_path && allow and not scope_path && deny`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    kinds: Vec<Reach>,
    /// Holds from this instant …
    since: DateTime<Utc>,
    /// … until before this one, if no right changes meanwhile.
    until: DateTime<Utc>,
}

/// What a scope says about one kind of object.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reach {
    allow: [Scopes; Sensitivity::ALL.len()],
    /// As `allow`, of the grants that show values unmasked.
    unmasked: [Scopes; Sensitivity::ALL.len()],
    deny: Scopes,
}

impl Scope {
    /// Covers nothing, ever.
    pub(crate) fn nowhere() -> Self {
        let none = Scopes::default();
        let reach = Reach {
            allow: std::array::from_fn(|_| none.clone()),
            unmasked: std::array::from_fn(|_| none.clone()),
            deny: none,
        };
        let kinds = vec![reach; ObjectKind::ALL.len()];
        Self { kinds, since: DateTime::<Utc>::MIN_UTC, until: DateTime::<Utc>::MAX_UTC }
    }

    /// What these holdings allow at an instant.
    pub(crate) fn of(held: &[Held], engine: &Engine, action: Action, now: DateTime<Utc>) -> Self {
        let bounds = || held.iter().flat_map(|held| [held.from, held.until]).flatten();
        let since = bounds().filter(|&bound| bound <= now).max().unwrap_or(DateTime::<Utc>::MIN_UTC);
        let until = bounds().filter(|&bound| bound > now).min().unwrap_or(DateTime::<Utc>::MAX_UTC);
        let held: Vec<_> = held.iter().filter(|held| held.in_force(now)).copied().collect();
        let kinds = ObjectKind::ALL.iter().map(|&kind| Reach::of(&held, engine, kind, action)).collect();
        Self { kinds, since, until }
    }

    /// The scopes whose objects of this kind and sensitivity are allowed, unless they are denied. Sorted.
    #[must_use]
    pub fn allow(&self, kind: ObjectKind, sensitivity: Sensitivity) -> &[AssetId] {
        &self.reach(kind).allow[sensitivity as usize]
    }

    /// The scopes whose objects of this kind are denied, whatever is allowed. Sorted.
    #[must_use]
    pub fn deny(&self, kind: ObjectKind) -> &[AssetId] {
        &self.reach(kind).deny
    }

    /// Whether the object is covered.
    #[must_use]
    pub fn covers(&self, resource: &Resource) -> bool {
        self.covers_at(resource.kind, resource.sensitivity, &resource.scope_path)
    }

    /// As [`Scope::covers`], of the parts: a column is asked for as a dataset of the column's own sensitivity.
    #[must_use]
    pub fn covers_at(&self, kind: ObjectKind, sensitivity: Sensitivity, scope_path: &[AssetId]) -> bool {
        let reach = self.reach(kind);
        meets(&reach.allow[sensitivity as usize], scope_path) && !meets(&reach.deny, scope_path)
    }

    /// Whether what is covered is shown masked: no grant that reaches it shows it unmasked.
    #[must_use]
    pub fn masks(&self, kind: ObjectKind, sensitivity: Sensitivity, scope_path: &[AssetId]) -> bool {
        !meets(&self.reach(kind).unmasked[sensitivity as usize], scope_path)
    }

    /// Whether it covers nothing, of any kind: what the actor can't open isn't offered. Denials aside, so
    /// `false` may still find nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.iter().all(|reach| reach.allow.iter().all(|scopes| scopes.is_empty()))
    }

    pub(crate) fn holds_at(&self, now: DateTime<Utc>) -> bool {
        self.since <= now && now < self.until
    }

    /// How many ids it holds, for the bound of the cache; shared lists counted as often as they are used.
    pub(crate) fn weight(&self) -> usize {
        let weight =
            |reach: &Reach| reach.allow.iter().map(|scopes| scopes.len()).sum::<usize>() + reach.deny.len();
        1 + self.kinds.iter().map(weight).sum::<usize>()
    }

    fn reach(&self, kind: ObjectKind) -> &Reach {
        &self.kinds[kind as usize]
    }
}

impl Reach {
    fn of(held: &[Held], engine: &Engine, kind: ObjectKind, action: Action) -> Self {
        let allowed = held.iter().filter(|held| held.effect == Effect::Allow);
        // A grant reaches as far as its role does and its own ceiling lets it.
        let reached = allowed.filter_map(|held| {
            let role = engine.allows(held.role, kind, action)?;
            Some((role.min(held.ceiling), held.scope, held.mask))
        });
        let reached: Vec<_> = reached.collect();
        let denied = held.iter().filter(|held| held.effect == Effect::Deny);
        let deny = denied.filter(|held| engine.takes(held.role, kind, action)).map(|held| held.scope);
        let allow = levels(&reached);
        let unmasked = if reached.iter().any(|&(.., mask)| mask) {
            let clear: Vec<_> = reached.into_iter().filter(|&(.., mask)| !mask).collect();
            levels(&clear)
        } else {
            allow.clone()
        };
        Self { allow, unmasked, deny: sorted(deny.collect()) }
    }
}

/// Per sensitivity, the scopes of what reaches at least so far. Equal lists are one list.
fn levels(reached: &[(Sensitivity, AssetId, bool)]) -> [Scopes; Sensitivity::ALL.len()] {
    let mut above = Scopes::default();
    let mut lists = Sensitivity::ALL.iter().rev().map(|&level| {
        if reached.iter().any(|&(ceiling, ..)| ceiling == level) {
            let scopes = reached.iter().filter(|&&(ceiling, ..)| ceiling >= level);
            above = sorted(scopes.map(|&(_, scope, _)| scope).collect());
        }
        above.clone()
    });
    let mut lists: [Scopes; Sensitivity::ALL.len()] =
        std::array::from_fn(|_| lists.next().unwrap_or_default());
    lists.reverse();
    lists
}

fn sorted(mut scopes: Vec<AssetId>) -> Scopes {
    if scopes.contains(&AssetId::REGISTER) {
        return Arc::new([AssetId::REGISTER]);
    }
    scopes.sort();
    scopes.dedup();
    scopes.into()
}

fn meets(scopes: &[AssetId], path: &[AssetId]) -> bool {
    !scopes.is_empty() && path.iter().any(|asset| scopes.binary_search(asset).is_ok())
}
