//! Where an actor may do something: the scopes that allow it, by kind of object and sensitivity, and those that
//! deny it. The same answer for a list in SQL, a filter of an index and a single object.

use std::sync::Arc;

use cadastre_model::{Action, AssetId, Effect, ObjectKind, Role, Sensitivity};
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
    /// Per kind of object; kinds that rights treat alike share one.
    kinds: [Arc<Reach>; KINDS],
    /// When it holds, if no right changes meanwhile.
    window: Window,
}

/// A stretch of time in which no grant begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    since: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Window {
    const ALWAYS: Self = Self { since: DateTime::<Utc>::MIN_UTC, until: DateTime::<Utc>::MAX_UTC };

    /// The window around an instant, among these holdings.
    fn around(now: DateTime<Utc>, held: &[Held]) -> Self {
        let bounds = held.iter().flat_map(|held| [held.from, held.until]).flatten();
        bounds.fold(Self::ALWAYS, |Self { since, until }, bound| match bound <= now {
            true => Self { since: since.max(bound), until },
            false => Self { since, until: until.min(bound) },
        })
    }

    /// What all windows have in common.
    pub(crate) fn common(windows: impl Iterator<Item = Self>) -> Self {
        windows.fold(Self::ALWAYS, |one, other| Self {
            since: one.since.max(other.since),
            until: one.until.min(other.until),
        })
    }

    pub(crate) fn holds_at(self, now: DateTime<Utc>) -> bool {
        self.since <= now && now < self.until
    }
}

const KINDS: usize = ObjectKind::ALL.len();

/// What a scope says about one kind of object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Reach {
    allow: Levels,
    /// As `allow`, of the grants that show values unmasked.
    unmasked: Levels,
    deny: Scopes,
}

/// One list per sensitivity; neighbours that are equal share one.
type Levels = [Scopes; Sensitivity::ALL.len()];

impl Scope {
    /// Covers nothing, ever.
    pub(crate) fn nowhere() -> Self {
        Self { kinds: Default::default(), window: Window::ALWAYS }
    }

    /// What these holdings allow at an instant.
    pub(crate) fn of(held: &[Held], engine: &Engine, action: Action, now: DateTime<Utc>) -> Self {
        let window = Window::around(now, held);
        let held: Vec<_> = held.iter().filter(|held| held.in_force(now)).copied().collect();
        let rules = |&kind: &ObjectKind| {
            let rule = |&role| (engine.allows(role, kind, action), engine.takes(role, kind, action));
            Role::ALL.iter().map(rule).collect::<Vec<_>>()
        };
        let kinds = shared(rules, |one, other| one == other, |rules| Reach::of(&held, rules));
        Self { kinds, window }
    }

    /// What any of the parts allows and none denies.
    pub(crate) fn union(parts: &[Arc<Self>]) -> Self {
        let reaches =
            |kind: &ObjectKind| parts.iter().map(|part| &part.kinds[*kind as usize]).collect::<Vec<_>>();
        let kinds = shared(reaches, |one, other| alike(one, other), |reaches| Reach::union(reaches));
        let window = Window::common(parts.iter().map(|part| part.window));
        Self { kinds, window }
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
        self.allows(kind, sensitivity, scope_path) && !self.denies(kind, scope_path)
    }

    /// Whether it names this very asset, in what it allows at this sensitivity or what it denies: then the asset has to be
    /// asked for by itself; all others are covered as what they lie in is.
    #[must_use]
    pub fn names(&self, kind: ObjectKind, sensitivity: Sensitivity, asset: AssetId) -> bool {
        let holds = |scopes: &[AssetId]| scopes.binary_search(&asset).is_ok();
        holds(self.allow(kind, sensitivity)) || holds(self.deny(kind))
    }

    /// Whether what is covered is shown masked: no grant that reaches it shows it unmasked.
    #[must_use]
    pub fn masks(&self, kind: ObjectKind, sensitivity: Sensitivity, scope_path: &[AssetId]) -> bool {
        !self.unmasks(kind, sensitivity, scope_path)
    }

    /// Whether it covers nothing, of any kind: what the actor can't open isn't offered. Denials aside, so
    /// `false` may still find nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.iter().all(|reach| reach.allow.iter().all(|scopes| scopes.is_empty()))
    }

    /// Whether it allows or denies anything, of any kind.
    pub(crate) fn says_anything(&self) -> bool {
        !self.is_empty() || self.kinds.iter().any(|reach| !reach.deny.is_empty())
    }

    pub(crate) const fn window(&self) -> Window {
        self.window
    }

    pub(crate) fn allows(&self, kind: ObjectKind, sensitivity: Sensitivity, scope_path: &[AssetId]) -> bool {
        meets(self.allow(kind, sensitivity), scope_path)
    }

    pub(crate) fn denies(&self, kind: ObjectKind, scope_path: &[AssetId]) -> bool {
        meets(self.deny(kind), scope_path)
    }

    pub(crate) fn unmasks(&self, kind: ObjectKind, sensitivity: Sensitivity, scope_path: &[AssetId]) -> bool {
        meets(&self.reach(kind).unmasked[sensitivity as usize], scope_path)
    }

    /// How many ids it holds, for the bound of what is remembered; each list counted once.
    pub(crate) fn weight(&self) -> usize {
        let lists = |reach: &Arc<Reach>| {
            let Reach { allow, unmasked, deny } = &**reach;
            let lists = allow.iter().chain(unmasked).chain([deny]);
            lists.map(|list| (list.as_ptr(), list.len())).collect::<Vec<_>>()
        };
        let mut lists: Vec<_> = self.kinds.iter().flat_map(lists).collect();
        lists.sort_unstable();
        lists.dedup();
        1 + lists.into_iter().map(|(_, length)| length).sum::<usize>()
    }

    fn reach(&self, kind: ObjectKind) -> &Reach {
        &self.kinds[kind as usize]
    }
}

impl Reach {
    /// What these holdings, all in force, say by these rules: per role, how far it allows, and whether a denial
    /// of it takes away.
    fn of(held: &[Held], rules: &[(Option<Sensitivity>, bool)]) -> Self {
        let rule = |held: &Held| rules[held.role as usize];
        // A grant reaches as far as its role does and its own ceiling lets it.
        let reached = held.iter().filter(|held| held.effect == Effect::Allow).filter_map(|held| {
            let (most, _) = rule(held);
            Some((most?.min(held.ceiling), held.scope, held.mask))
        });
        let reached: Vec<_> = reached.collect();
        let denied = held.iter().filter(|held| held.effect == Effect::Deny && rule(held).1);
        let deny = sorted(denied.map(|held| held.scope).collect());
        let allow = levels(&reached);
        let unmasked = if reached.iter().any(|&(.., mask)| mask) {
            let clear: Vec<_> = reached.into_iter().filter(|&(.., mask)| !mask).collect();
            levels(&clear)
        } else {
            allow.clone()
        };
        Self { allow, unmasked, deny }
    }

    fn union(reaches: &[&Arc<Self>]) -> Self {
        let at = |levels: fn(&Self) -> &Levels| {
            let lists = |level: usize| reaches.iter().map(|reach| &levels(reach)[level]).collect::<Vec<_>>();
            let mut merged = Levels::default();
            for level in 0..merged.len() {
                let here = lists(level);
                let below = level.checked_sub(1).filter(|&below| alike(&lists(below), &here));
                merged[level] = below.map_or_else(|| merge(&here), |below| merged[below].clone());
            }
            merged
        };
        let allow = at(|reach| &reach.allow);
        let same = reaches.iter().all(|reach| alike(&reach.allow.each_ref(), &reach.unmasked.each_ref()));
        let unmasked = if same { allow.clone() } else { at(|reach| &reach.unmasked) };
        let deny = merge(&reaches.iter().map(|reach| &reach.deny).collect::<Vec<_>>());
        Self { allow, unmasked, deny }
    }
}

/// Whether these are the very same, one by one: cheaper than comparing what they hold, and never wrong about it.
fn alike<T: ?Sized>(one: &[&Arc<T>], other: &[&Arc<T>]) -> bool {
    one.iter().zip(other).all(|(one, other)| Arc::ptr_eq(one, other))
}

/// Makes the reach of each kind of object from its key, once for kinds whose keys are alike.
fn shared<K>(
    key: impl Fn(&ObjectKind) -> K,
    alike: impl Fn(&K, &K) -> bool,
    make: impl Fn(&K) -> Reach,
) -> [Arc<Reach>; KINDS] {
    let mut made: Vec<(K, Arc<Reach>)> = Vec::with_capacity(KINDS);
    std::array::from_fn(|kind| {
        let key = key(&ObjectKind::ALL[kind]);
        let known = made.iter().find(|(other, _)| alike(other, &key)).map(|(_, reach)| reach.clone());
        let reach = known.unwrap_or_else(|| Arc::new(make(&key)));
        made.push((key, reach.clone()));
        reach
    })
}

/// Per sensitivity, the scopes of what reaches at least so far.
fn levels(reached: &[(Sensitivity, AssetId, bool)]) -> Levels {
    let mut levels = Levels::default();
    let mut above = Scopes::default();
    for &level in Sensitivity::ALL.iter().rev() {
        if reached.iter().any(|&(ceiling, ..)| ceiling == level) {
            let scopes = reached.iter().filter(|&&(ceiling, ..)| ceiling >= level);
            above = sorted(scopes.map(|&(_, scope, _)| scope).collect());
        }
        levels[level as usize] = above.clone();
    }
    levels
}

/// One list of several.
fn merge(lists: &[&Scopes]) -> Scopes {
    let mut filled = lists.iter().filter(|list| !list.is_empty());
    match (filled.next(), filled.next()) {
        (None, _) => Scopes::default(),
        (Some(list), None) => Scopes::clone(list),
        _ => sorted(lists.iter().flat_map(|list| list.iter().copied()).collect()),
    }
}

/// A list from ids in any order. Lists in a row are found and merged, not sorted anew.
fn sorted(mut scopes: Vec<AssetId>) -> Scopes {
    if scopes.contains(&AssetId::REGISTER) {
        return Arc::new([AssetId::REGISTER]);
    }
    scopes.sort();
    scopes.dedup();
    scopes.into()
}

/// Whether a path holds one of the scopes. What lies before the first or behind the last of them, as the register and
/// mostly the domain do, is not looked for.
fn meets(scopes: &[AssetId], path: &[AssetId]) -> bool {
    let (Some(first), Some(last)) = (scopes.first(), scopes.last()) else { return false };
    path.iter().any(|asset| first <= asset && asset <= last && scopes.binary_search(asset).is_ok())
}
