//! What rights are made of, as the app reads it from PostgreSQL.

use cadastre_model::{AssetId, Effect, GrantId, PersonId, Role, Sensitivity, SubjectId, TeamId};
use chrono::{DateTime, Utc};

/// A role given to a subject on a scope, or taken away there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// Who holds it. A team's grant reaches everybody in the team and in the teams below it.
    pub subject: SubjectId,
    /// Which role.
    pub role: Role,
    /// Where: this asset and all that lies in it.
    pub scope: AssetId,
    /// Given or taken. What is taken at a scope is taken whatever else is given.
    pub effect: Effect,
    /// The highest sensitivity that it reaches. A denial reaches all.
    pub ceiling: Sensitivity,
    /// Whether the values that it opens are shown masked.
    pub mask: bool,
    /// In force from this instant; `None`: from ever.
    pub from: Option<DateTime<Utc>>,
    /// In force before this instant; `None`: for good.
    pub until: Option<DateTime<Utc>>,
}

impl Grant {
    /// Whether it is in force at an instant.
    #[must_use]
    pub fn in_force(&self, now: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}

/// All of it at one version of the register: open rows only, future and ended grants included or not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The grants.
    pub grants: Vec<Grant>,
    /// The teams and the team each lies in.
    pub teams: Vec<(TeamId, Option<TeamId>)>,
    /// Who is in which team. That everybody is in [`TeamId::EVERYONE`] needs no row.
    pub members: Vec<(PersonId, TeamId)>,
    /// Who owns what.
    pub owners: Vec<(AssetId, SubjectId)>,
    /// People who are disabled: they may do nothing.
    pub disabled: Vec<PersonId>,
}
