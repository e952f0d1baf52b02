//! Who belongs to which team, and who is disabled.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use cadastre_model::{PersonId, SubjectId, TeamId};

/// The tree of teams and its members.
#[derive(Debug, Default)]
pub(crate) struct People {
    parents: BTreeMap<TeamId, Option<TeamId>>,
    teams: HashMap<PersonId, BTreeSet<TeamId>>,
    members: HashMap<TeamId, BTreeSet<PersonId>>,
    disabled: HashSet<PersonId>,
}

impl People {
    pub(crate) fn put_team(&mut self, team: TeamId, parent: Option<TeamId>) {
        self.parents.insert(team, parent);
    }

    pub(crate) fn remove_team(&mut self, team: TeamId) {
        self.parents.remove(&team);
    }

    pub(crate) fn put_member(&mut self, person: PersonId, team: TeamId) {
        self.teams.entry(person).or_default().insert(team);
        self.members.entry(team).or_default().insert(person);
    }

    pub(crate) fn remove_member(&mut self, person: PersonId, team: TeamId) {
        take(&mut self.teams, person, team);
        take(&mut self.members, team, person);
    }

    pub(crate) fn set_disabled(&mut self, person: PersonId, disabled: bool) {
        if disabled {
            self.disabled.insert(person);
        } else {
            self.disabled.remove(&person);
        }
    }

    pub(crate) fn is_disabled(&self, person: PersonId) -> bool {
        self.disabled.contains(&person)
    }

    /// The person, the teams they are in, the teams above those, and everyone.
    pub(crate) fn subjects_of(&self, person: PersonId) -> Vec<SubjectId> {
        let direct = self.teams.get(&person).into_iter().flatten().copied();
        let teams = direct.fold(BTreeSet::from([TeamId::EVERYONE]), |mut found, team| {
            self.climb(team, &mut found);
            found
        });
        let teams = teams.into_iter().map(SubjectId::Team);
        std::iter::once(SubjectId::Person(person)).chain(teams).collect()
    }

    /// Whether what is given to the subject reaches the person.
    pub(crate) fn reaches(&self, subject: SubjectId, person: PersonId) -> bool {
        match subject {
            SubjectId::Person(other) => other == person,
            SubjectId::Team(TeamId::EVERYONE) => true,
            SubjectId::Team(_) => self.subjects_of(person).contains(&subject),
        }
    }

    /// Whether somebody is reached by what is given to either. Everyone meets anybody.
    pub(crate) fn meet(&self, one: SubjectId, other: SubjectId) -> bool {
        const EVERYONE: SubjectId = SubjectId::Team(TeamId::EVERYONE);
        match (one, other) {
            (EVERYONE, _) | (_, EVERYONE) => true,
            (SubjectId::Person(person), subject) | (subject, SubjectId::Person(person)) => {
                self.reaches(subject, person)
            }
            (SubjectId::Team(one), SubjectId::Team(other)) => {
                !self.members_below(one).is_disjoint(&self.members_below(other))
            }
        }
    }

    /// The open rows: teams, members, disabled, each sorted.
    #[expect(clippy::type_complexity, reason = "three of the members of `Facts`")]
    pub(crate) fn facts(&self) -> (Vec<(TeamId, Option<TeamId>)>, Vec<(PersonId, TeamId)>, Vec<PersonId>) {
        let teams = self.parents.iter().map(|(&team, &parent)| (team, parent)).collect();
        let members =
            self.teams.iter().flat_map(|(&person, teams)| teams.iter().map(move |&team| (person, team)));
        let mut members: Vec<_> = members.collect();
        let mut disabled: Vec<_> = self.disabled.iter().copied().collect();
        members.sort_unstable();
        disabled.sort_unstable();
        (teams, members, disabled)
    }

    /// Adds the team and those above it. Stops at what it has met, so a circle ends too.
    fn climb(&self, team: TeamId, found: &mut BTreeSet<TeamId>) {
        let mut next = Some(team);
        while let Some(team) = next.filter(|&team| found.insert(team)) {
            next = self.parents.get(&team).copied().flatten();
        }
    }

    fn members_below(&self, team: TeamId) -> BTreeSet<PersonId> {
        let lies_below = |&other: &TeamId| {
            let mut above = BTreeSet::new();
            self.climb(other, &mut above);
            above.contains(&team)
        };
        let teams = self.members.keys().copied().filter(lies_below);
        teams.filter_map(|team| self.members.get(&team)).flatten().copied().collect()
    }
}

/// Takes a value from the set at a key, and the set when it was the last, so that what is undone leaves nothing.
pub(crate) fn take<K: Copy + Hash + Eq, V: Copy + Ord>(sets: &mut HashMap<K, BTreeSet<V>>, key: K, value: V) {
    if let Some(set) = sets.get_mut(&key) {
        set.remove(&value);
        if set.is_empty() {
            sets.remove(&key);
        }
    }
}
