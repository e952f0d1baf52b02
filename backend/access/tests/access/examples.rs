//! Rights by example.

use cadastre_access::{Actor, Basis, By, Grant, Permit, Refusal, Resource};
use cadastre_model::{
    Action, AssetId, Effect, GrantId, PersonId, Role, Sensitivity, SubjectId, TeamId, TokenScope, Version,
};

use crate::company::*;
use crate::world::hour;
use Sensitivity::{Confidential, Internal, Public, Secret};

#[test]
fn a_grant_on_one_schema_shows_that_schema_and_nothing_else() {
    let rights = rights([grant(1, person(BEN), Role::Viewer, &mart(), Internal)]);
    let see = |on: &Resource| rights.permit(&as_person(BEN), Action::See, on, now()).is_ok();
    assert!(see(&mart()) && see(&orders(Internal)) && see(&orders(Public)));
    assert!(!see(&orders(Confidential)) && !see(&salaries()) && !see(&parcels()) && !see(&warehouse()));
    assert!(!see(&Resource::register()));
}

#[test]
fn what_is_not_seen_is_invisible_and_what_is_seen_may_be_forbidden() {
    let rights = rights([grant(1, person(BEN), Role::Viewer, &mart(), Internal)]);
    let edit = |on: &Resource| rights.permit(&as_person(BEN), Action::EditTexts, on, now());
    assert_eq!(edit(&salaries()), Err(Refusal::Invisible));
    assert_eq!(edit(&orders(Internal)), Err(Refusal::Forbidden(Action::EditTexts)));
}

#[test]
fn a_revoked_grant_is_gone_at_once() {
    let mut rights = rights([grant(1, person(BEN), Role::Viewer, &mart(), Internal)]);
    assert!(rights.permit(&as_person(BEN), Action::See, &mart(), now()).is_ok());
    rights.remove_grant(GrantId(1));
    assert_eq!(rights.permit(&as_person(BEN), Action::See, &mart(), now()), Err(Refusal::Invisible));
}

#[test]
fn a_grant_begins_and_ends_on_time() {
    let lasting = grant(1, person(BEN), Role::Viewer, &mart(), Internal);
    let rights = rights([Grant { from: Some(hour(2)), until: Some(hour(4)), ..lasting }]);
    let seen: Vec<_> =
        (0..6).map(|at| rights.permit(&as_person(BEN), Action::See, &mart(), hour(at)).is_ok()).collect();
    assert_eq!(seen, [false, false, true, true, false, false]);
}

#[test]
fn a_teams_grant_reaches_the_teams_below_it_and_not_above() {
    let see = |team| {
        let rights = rights([grant(1, SubjectId::Team(team), Role::Viewer, &mart(), Internal)]);
        rights.permit(&as_person(CAT), Action::See, &mart(), now()).is_ok()
    };
    assert!(see(DESK) && see(OFFICE) && see(TeamId::EVERYONE) && !see(TeamId(9)));
    let mut of_the_desk = rights([grant(1, SubjectId::Team(DESK), Role::Viewer, &mart(), Internal)]);
    of_the_desk.put_member(DAN, OFFICE);
    assert!(of_the_desk.permit(&as_person(DAN), Action::See, &mart(), now()).is_err());
}

#[test]
fn whoever_leaves_a_team_loses_what_it_gave() {
    let mut rights = rights([grant(1, SubjectId::Team(OFFICE), Role::Viewer, &mart(), Internal)]);
    assert!(rights.permit(&as_person(CAT), Action::See, &mart(), now()).is_ok());
    rights.remove_member(CAT, DESK);
    assert!(rights.permit(&as_person(CAT), Action::See, &mart(), now()).is_err());
}

#[test]
fn an_owner_is_a_steward_of_what_they_own_and_of_nothing_else() {
    let mut rights = rights([]);
    rights.put_owner(mart().asset, SubjectId::Team(OFFICE));
    let may = |action, on: &Resource| rights.permit(&as_person(CAT), action, on, now()).is_ok();
    assert!(may(Action::EditTexts, &orders(Secret)) && may(Action::ManageGrants, &mart()));
    assert!(
        !may(Action::SeeValues, &orders(Public))
            && !may(Action::Crawl, &warehouse())
            && !may(Action::See, &salaries())
    );
}

#[test]
fn whoever_owns_no_more_keeps_nothing() {
    let mut rights = rights([]);
    let see = |rights: &cadastre_access::Rights| {
        rights.permit(&as_person(BEN), Action::See, &mart(), now()).is_ok()
    };
    rights.put_owner(mart().asset, person(BEN));
    assert!(see(&rights));
    rights.remove_owner(mart().asset, person(BEN));
    assert!(!see(&rights));
}

#[test]
fn a_denied_viewer_sees_nothing_there_whatever_else_they_hold() {
    let all = grant(1, person(ADA), Role::Administrator, &Resource::register(), Secret);
    let rights = rights([all, denial(2, person(ADA), Role::Viewer, &mart())]);
    assert_eq!(
        rights.permit(&as_person(ADA), Action::EditTexts, &orders(Public), now()),
        Err(Refusal::Invisible)
    );
    assert!(rights.permit(&as_person(ADA), Action::EditTexts, &salaries(), now()).is_ok());
}

#[test]
fn a_denied_analyst_still_sees_but_no_values() {
    let rights = rights([
        grant(1, person(BEN), Role::Analyst, &finance(), Internal),
        denial(2, EVERYONE, Role::Analyst, &mart()),
    ]);
    let values = |on: &Resource| rights.permit(&as_person(BEN), Action::SeeValues, on, now());
    assert_eq!(values(&orders(Internal)), Err(Refusal::Forbidden(Action::SeeValues)));
    assert!(values(&salaries()).is_ok());
}

#[test]
fn a_denial_given_to_a_team_reaches_its_people_only() {
    let rights = rights([
        grant(1, EVERYONE, Role::Viewer, &finance(), Internal),
        denial(2, SubjectId::Team(OFFICE), Role::Viewer, &mart()),
    ]);
    assert!(rights.permit(&as_person(CAT), Action::See, &mart(), now()).is_err());
    assert!(rights.permit(&as_person(BEN), Action::See, &mart(), now()).is_ok());
}

#[test]
fn an_administrator_sees_public_values_and_no_others() {
    let rights = rights([grant(1, person(ADA), Role::Administrator, &Resource::register(), Secret)]);
    let values = |on: &Resource| rights.permit(&as_person(ADA), Action::SeeValues, on, now());
    assert!(values(&orders(Public)).is_ok());
    assert_eq!(values(&orders(Internal)), Err(Refusal::Forbidden(Action::SeeValues)));
    assert!(rights.permit(&as_person(ADA), Action::See, &orders(Secret), now()).is_ok());
}

#[test]
fn values_of_a_column_follow_the_columns_own_sensitivity() {
    let rights = rights([grant(1, person(BEN), Role::Analyst, &mart(), Internal)]);
    let values = rights.scope(&as_person(BEN), Action::SeeValues, now());
    let orders = orders(Public);
    assert!(values.covers_at(orders.kind, Internal, &orders.scope_path));
    assert!(!values.covers_at(orders.kind, Confidential, &orders.scope_path));
}

#[test]
fn masked_values_stay_masked_until_another_grant_shows_them() {
    let masked = Grant { mask: true, ..grant(1, EVERYONE, Role::Analyst, &finance(), Internal) };
    let mut rights = rights([masked]);
    let mask = |rights: &cadastre_access::Rights| {
        rights.permit(&as_person(BEN), Action::SeeValues, &orders(Internal), now()).unwrap().mask()
    };
    assert!(mask(&rights));
    rights.put_grant(grant(2, person(BEN), Role::Analyst, &mart(), Internal));
    assert!(!mask(&rights));
}

#[test]
fn a_disabled_person_may_nothing_and_comes_back_as_they_were() {
    let mut rights = rights([grant(1, EVERYONE, Role::Viewer, &Resource::register(), Public)]);
    rights.set_disabled(BEN, true);
    assert!(rights.permit(&as_person(BEN), Action::See, &Resource::register(), now()).is_err());
    assert!(rights.scope(&as_person(BEN), Action::See, now()).is_empty());
    rights.set_disabled(BEN, false);
    assert!(rights.permit(&as_person(BEN), Action::See, &Resource::register(), now()).is_ok());
}

#[test]
fn a_token_does_what_it_says_and_no_more() {
    let rights = rights([grant(1, person(BEN), Role::Analyst, &finance(), Internal)]);
    let may = |scopes: &[TokenScope], action| {
        let actor = Actor::token(BEN, scopes.iter().copied().collect());
        rights.permit(&actor, action, &orders(Internal), now()).map(|_| ())
    };
    assert_eq!(may(&[TokenScope::Read], Action::See), Ok(()));
    assert_eq!(may(&[TokenScope::Read], Action::SeeValues), Err(Refusal::Forbidden(Action::SeeValues)));
    assert_eq!(may(&[TokenScope::Read, TokenScope::Values], Action::SeeValues), Ok(()));
    assert_eq!(may(&[TokenScope::Values], Action::SeeValues), Err(Refusal::Invisible));
    assert_eq!(may(TokenScope::ALL, Action::EditTexts), Err(Refusal::Forbidden(Action::EditTexts)));
}

#[test]
fn a_token_loses_what_its_person_loses() {
    let mut rights = rights([grant(1, person(BEN), Role::Viewer, &finance(), Internal)]);
    let actor = Actor::token(BEN, [TokenScope::Read].into_iter().collect());
    assert!(rights.permit(&actor, Action::See, &mart(), now()).is_ok());
    rights.remove_grant(GrantId(1));
    assert!(rights.permit(&actor, Action::See, &mart(), now()).is_err());
}

#[test]
fn a_scope_names_the_register_alone_where_it_covers_everything() {
    let everywhere = grant(1, EVERYONE, Role::Viewer, &Resource::register(), Public);
    let rights = rights([everywhere, grant(2, person(BEN), Role::Viewer, &mart(), Internal)]);
    let scope = rights.scope(&as_person(BEN), Action::See, now());
    let kind = orders(Public).kind;
    assert_eq!(scope.allow(kind, Public), [AssetId::REGISTER]);
    assert_eq!(scope.allow(kind, Internal), [mart().asset]);
    assert_eq!(scope.allow(kind, Secret), []);
    assert_eq!(scope.deny(kind), []);
}

#[test]
fn the_permit_says_who_what_where_and_by_which_version() {
    let mut rights = rights([grant(1, person(BEN), Role::Viewer, &mart(), Internal)]);
    rights.set_version(Version(42));
    let permit = rights.permit(&as_person(BEN), Action::See, &mart(), now()).unwrap();
    assert_eq!(permit.by(), By::Actor(as_person(BEN)));
    assert_eq!((permit.action(), permit.asset(), permit.version()), (Action::See, mart().asset, Version(42)));
    let crawl = Permit::system(Action::Crawl, warehouse().asset, "a crawl that is due");
    assert_eq!((crawl.by(), crawl.actor()), (By::System("a crawl that is due"), None));
}

#[test]
fn the_access_tab_says_who_may_do_what_by_which_grant_until_when() {
    let ended = Grant { until: Some(hour(3)), ..grant(1, person(DAN), Role::Viewer, &mart(), Internal) };
    let coming = Grant { from: Some(hour(5)), ..grant(2, person(BEN), Role::Analyst, &mart(), Internal) };
    let low = grant(3, EVERYONE, Role::Viewer, &Resource::register(), Public);
    let denied = denial(4, SubjectId::Team(DESK), Role::Analyst, &finance());
    let elsewhere = grant(5, person(BEN), Role::Viewer, &parcels(), Internal);
    let mut rights = rights([ended, coming, low, denied, elsewhere]);
    rights.put_owner(orders(Internal).asset, person(ADA));
    let told = rights.explain(&orders(Internal), now());
    let told: Vec<_> = told
        .iter()
        .map(|held| (held.subject, held.basis, held.effect, held.begun, held.actions.len()))
        .collect();
    let by = |id| Basis::Grant(GrantId(id));
    let steward = 9;
    assert_eq!(
        told,
        [
            (EVERYONE, by(3), Effect::Allow, true, 0),
            (SubjectId::Team(DESK), by(4), Effect::Deny, true, 3),
            (person(BEN), by(2), Effect::Allow, false, 4),
            (person(ADA), Basis::Ownership, Effect::Allow, true, steward),
        ]
    );
}

#[test]
fn somebody_never_heard_of_has_what_everyone_has() {
    let rights = rights([grant(1, EVERYONE, Role::Viewer, &Resource::register(), Public)]);
    let stranger = as_person(PersonId(999));
    assert!(rights.permit(&stranger, Action::See, &orders(Public), now()).is_ok());
    assert!(rights.permit(&stranger, Action::See, &orders(Internal), now()).is_err());
}
