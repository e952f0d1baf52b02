//! Scopes that were asked for, kept until a right changes or a grant begins or ends.
//!
//! A team's scope is made once for all its members; a person has a list of the scopes that reach them, which
//! settles a single decision as it is, and is made into one scope when a list is asked for.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use cadastre_model::{Action, PersonId, SubjectId};
use chrono::{DateTime, Utc};

use crate::actor::Resource;
use crate::scope::{Scope, Window};

/// How many ids the united scopes hold together before they are forgotten: 32 MB.
const UNITED: usize = 4_000_000;

/// What is remembered.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    /// Per subject and action; `None` of who holds nothing.
    of_subject: HashMap<(SubjectId, Action), Option<Arc<Scope>>>,
    of_person: HashMap<(PersonId, Action), Arc<Parts>>,
    /// How many ids the united scopes hold, at most.
    united: usize,
}

/// The scopes that reach a person, for an action.
#[derive(Debug)]
pub(crate) struct Parts {
    scopes: Vec<Arc<Scope>>,
    /// When all of them hold.
    window: Window,
    union: OnceLock<Arc<Scope>>,
}

impl Parts {
    pub(crate) fn new(mut scopes: Vec<Arc<Scope>>) -> Self {
        let window = Window::common(scopes.iter().map(|scope| scope.window()));
        scopes.retain(|scope| scope.says_anything());
        Self { scopes, window, union: OnceLock::new() }
    }

    /// Whether one allows the resource, and none denies it.
    pub(crate) fn cover(&self, Resource { kind, sensitivity, scope_path, .. }: &Resource) -> bool {
        self.scopes.iter().any(|scope| scope.allows(*kind, *sensitivity, scope_path))
            && !self.scopes.iter().any(|scope| scope.denies(*kind, scope_path))
    }

    /// Whether none shows the resource unmasked.
    pub(crate) fn mask(&self, Resource { kind, sensitivity, scope_path, .. }: &Resource) -> bool {
        !self.scopes.iter().any(|scope| scope.unmasks(*kind, *sensitivity, scope_path))
    }

    /// All of them as one scope, and whether it was made just now.
    pub(crate) fn union(&self) -> (Arc<Scope>, bool) {
        let fresh = self.union.get().is_none();
        (self.union.get_or_init(|| Arc::new(Scope::union(&self.scopes))).clone(), fresh)
    }
}

impl Remembered {
    /// The parts of a person, if they are known and still right.
    pub(crate) fn parts(&self, person: PersonId, action: Action, now: DateTime<Utc>) -> Option<Arc<Parts>> {
        self.of_person.get(&(person, action)).filter(|parts| parts.window.holds_at(now)).cloned()
    }

    pub(crate) fn put_parts(&mut self, person: PersonId, action: Action, parts: Arc<Parts>) {
        self.of_person.insert((person, action), parts);
    }

    /// The scope of a subject, made if it is not known or no longer right.
    pub(crate) fn part(
        &mut self,
        subject: SubjectId,
        action: Action,
        now: DateTime<Utc>,
        make: impl FnOnce() -> Option<Scope>,
    ) -> Option<Arc<Scope>> {
        let known = self.of_subject.get(&(subject, action));
        match known.filter(|part| part.as_ref().is_none_or(|scope| scope.window().holds_at(now))) {
            Some(part) => part.clone(),
            None => {
                let part = make().map(Arc::new);
                self.of_subject.insert((subject, action), part.clone());
                part
            }
        }
    }

    /// Counts a united scope, and forgets all of them when they grow too many.
    pub(crate) fn bound_unions(&mut self, weight: usize) {
        self.united += weight;
        if self.united > UNITED {
            self.united = weight;
            self.of_person.clear();
        }
    }

    /// Forgets what a change to this subject may have made wrong.
    pub(crate) fn forget(&mut self, subject: SubjectId) {
        for &action in Action::ALL {
            self.of_subject.remove(&(subject, action));
            if let SubjectId::Person(person) = subject {
                self.of_person.remove(&(person, action));
            }
        }
        if let SubjectId::Team(_) = subject {
            self.of_person.clear();
            self.united = 0;
        }
    }
}
