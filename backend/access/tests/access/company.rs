//! A small company, for the examples: two domains, a source in each, people and teams with a role apiece.

use cadastre_access::{Actor, Facts, Grant, Offer, Resource, Rights};
use cadastre_model::{
    AssetId, Effect, GrantId, ObjectKind, PersonId, Role, Sensitivity, SubjectId, TeamId, Version,
};
use chrono::{DateTime, Utc};

use crate::world::hour;

pub(crate) const ADA: PersonId = PersonId(1);
pub(crate) const BEN: PersonId = PersonId(2);
pub(crate) const CAT: PersonId = PersonId(3);
pub(crate) const DAN: PersonId = PersonId(4);

/// A team in `OFFICE`.
pub(crate) const DESK: TeamId = TeamId(2);
pub(crate) const OFFICE: TeamId = TeamId(3);

pub(crate) const EVERYONE: SubjectId = SubjectId::Team(TeamId::EVERYONE);

pub(crate) fn person(id: PersonId) -> SubjectId {
    SubjectId::Person(id)
}

pub(crate) fn now() -> DateTime<Utc> {
    hour(3)
}

pub(crate) fn as_person(id: PersonId) -> Actor {
    Actor::person(id)
}

fn resource(kind: ObjectKind, path: &[i64], sensitivity: Sensitivity) -> Resource {
    let scope_path: Vec<_> = path.iter().copied().map(AssetId).collect();
    Resource { asset: *scope_path.last().unwrap(), kind, scope_path, sensitivity }
}

/// The finance domain.
pub(crate) fn finance() -> Resource {
    resource(ObjectKind::Domain, &[1, 10], Sensitivity::Internal)
}

/// A source in finance.
pub(crate) fn warehouse() -> Resource {
    resource(ObjectKind::Source, &[1, 10, 20], Sensitivity::Internal)
}

/// A schema of the warehouse.
pub(crate) fn mart() -> Resource {
    resource(ObjectKind::Container, &[1, 10, 20, 21], Sensitivity::Internal)
}

/// A dataset in the mart, as sensitive as is said.
pub(crate) fn orders(sensitivity: Sensitivity) -> Resource {
    resource(ObjectKind::Dataset, &[1, 10, 20, 21, 30], sensitivity)
}

/// A dataset in another schema of the warehouse.
pub(crate) fn salaries() -> Resource {
    resource(ObjectKind::Dataset, &[1, 10, 20, 22, 31], Sensitivity::Internal)
}

/// A dataset in another domain.
pub(crate) fn parcels() -> Resource {
    resource(ObjectKind::Dataset, &[1, 11, 40, 41], Sensitivity::Internal)
}

/// A grant in force for good.
pub(crate) fn grant(id: i64, subject: SubjectId, role: Role, on: &Resource, ceiling: Sensitivity) -> Grant {
    let (id, scope) = (GrantId(id), on.asset);
    Grant { id, subject, role, scope, effect: Effect::Allow, ceiling, mask: false, from: None, until: None }
}

pub(crate) fn denial(id: i64, subject: SubjectId, role: Role, on: &Resource) -> Grant {
    Grant { effect: Effect::Deny, ..grant(id, subject, role, on, Sensitivity::Secret) }
}

pub(crate) fn offer(subject: SubjectId, role: Role, ceiling: Sensitivity) -> Offer {
    Offer { subject, role, effect: Effect::Allow, ceiling, until: None }
}

/// Rights by these grants; Cat is at the desk, and the desk is in the office.
pub(crate) fn rights<const N: usize>(grants: [Grant; N]) -> Rights {
    let facts = Facts {
        grants: grants.to_vec(),
        teams: vec![(TeamId::EVERYONE, None), (OFFICE, None), (DESK, Some(OFFICE))],
        members: vec![(CAT, DESK)],
        ..Facts::default()
    };
    Rights::new(facts, Version(1)).unwrap()
}
