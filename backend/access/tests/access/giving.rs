//! Giving, revoking, naming owners, enrolling: by example, and that it never gives more than the giver has to give.

use cadastre_access::{Actor, Giving, Grant, NotGiven, Offer, Refusal, Resource, Rights};
use cadastre_model::{Action, Effect, GrantId, PersonId, Role, Sensitivity, SubjectId, TeamId, TokenScope};
use chrono::{DateTime, Utc};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::company::*;
use crate::world::{
    World, any_grant, any_hour, any_person, any_world, everybody_and_everything, hour, naive, people, worlds,
};
use Sensitivity::{Confidential, Internal, Public, Secret};

/// Ben is steward of finance up to internal.
fn with_a_steward() -> Rights {
    rights([grant(1, person(BEN), Role::Steward, &finance(), Internal)])
}

/// Ada is administrator, and Dan security officer.
fn with_officers() -> Rights {
    let register = Resource::register();
    rights([
        grant(1, person(BEN), Role::Steward, &finance(), Internal),
        grant(2, person(ADA), Role::Administrator, &register, Secret),
        grant(3, person(DAN), Role::SecurityOfficer, &register, Secret),
    ])
}

fn given(rights: &Rights, by: Actor, offer: &Offer, on: &Resource) -> Result<&'static str, NotGiven> {
    rights.may_give(&by, offer, on, now()).map(|giving| match giving {
        Giving::ToOthers(_) => "to others",
        Giving::ToOneself(_) => "to oneself",
    })
}

#[test]
fn a_steward_gives_in_scope_up_to_their_ceiling() {
    let rights = with_a_steward();
    let give =
        |role, ceiling, on: &Resource| given(&rights, as_person(BEN), &offer(person(CAT), role, ceiling), on);
    for role in [Role::Viewer, Role::Analyst, Role::Engineer, Role::Steward] {
        assert_eq!(give(role, Internal, &mart()), Ok("to others"), "{role}");
    }
    assert_eq!(give(Role::Viewer, Confidential, &mart()), Err(NotGiven::Ceiling(Internal)));
    assert_eq!(give(Role::Viewer, Public, &parcels()), Err(Refusal::Invisible.into()));
    assert_eq!(give(Role::Viewer, Secret, &orders(Secret)), Err(Refusal::Invisible.into()));
    let everything = Resource::register();
    let mut seeing = with_a_steward();
    seeing.put_grant(grant(9, EVERYONE, Role::Viewer, &everything, Internal));
    let offer = offer(person(CAT), Role::Viewer, Public);
    let forbidden = Err(Refusal::Forbidden(Action::ManageGrants).into());
    assert_eq!(given(&seeing, as_person(BEN), &offer, &everything), forbidden);
}

#[test]
fn a_steward_gives_no_role_above_their_own() {
    let mut rights = with_a_steward();
    rights.put_grant(grant(2, person(BEN), Role::Steward, &Resource::register(), Secret));
    for role in [Role::SecurityOfficer, Role::Auditor, Role::Administrator] {
        let offer = offer(person(CAT), role, Public);
        assert_eq!(given(&rights, as_person(BEN), &offer, &Resource::register()), Err(NotGiven::Role(role)));
    }
}

#[test]
fn register_wide_roles_are_given_on_the_register_only() {
    let rights = with_officers();
    let offer = offer(person(CAT), Role::Auditor, Secret);
    assert_eq!(given(&rights, as_person(ADA), &offer, &mart()), Err(NotGiven::RegisterOnly(Role::Auditor)));
    assert_eq!(given(&rights, as_person(ADA), &offer, &Resource::register()), Ok("to others"));
}

#[test]
fn viewers_analysts_engineers_and_auditors_give_nothing() {
    for role in [Role::Viewer, Role::Analyst, Role::Engineer, Role::Auditor] {
        let rights = rights([grant(1, person(BEN), role, &Resource::register(), Secret)]);
        let offer = offer(person(CAT), Role::Viewer, Public);
        let forbidden = Err(Refusal::Forbidden(Action::ManageGrants).into());
        assert_eq!(given(&rights, as_person(BEN), &offer, &mart()), forbidden, "{role}");
    }
}

#[test]
fn a_security_officer_gives_everywhere_and_any_ceiling_but_makes_no_administrator() {
    let register = Resource::register();
    let rights = rights([grant(1, person(DAN), Role::SecurityOfficer, &register, Internal)]);
    let give = |role, on: &Resource| given(&rights, as_person(DAN), &offer(person(CAT), role, Secret), on);
    assert_eq!(give(Role::Analyst, &salaries()), Ok("to others"));
    assert_eq!(give(Role::SecurityOfficer, &register), Ok("to others"));
    assert_eq!(give(Role::Administrator, &register), Err(NotGiven::Role(Role::Administrator)));
}

#[test]
fn nobody_changes_their_own_rights() {
    let rights = with_officers();
    for (who, role) in [(BEN, Role::Analyst), (BEN, Role::Viewer), (DAN, Role::Analyst), (ADA, Role::Auditor)]
    {
        let on = if role == Role::Auditor { Resource::register() } else { mart() };
        let result = given(&rights, as_person(who), &offer(person(who), role, Internal), &on);
        assert_eq!(result, Err(NotGiven::Own), "{who} {role}");
    }
    let revoked = rights.may_revoke(&as_person(BEN), GrantId(1), &finance(), now());
    assert_eq!(revoked, Err(NotGiven::Own));
}

#[test]
fn an_administrator_opens_values_to_themselves_and_it_is_told_apart() {
    let rights = with_officers();
    let values = offer(person(ADA), Role::Analyst, Secret);
    assert_eq!(given(&rights, as_person(ADA), &values, &mart()), Ok("to oneself"));
    assert_eq!(
        given(&rights, as_person(ADA), &offer(EVERYONE, Role::Analyst, Internal), &mart()),
        Ok("to oneself")
    );
    assert_eq!(
        given(&rights, as_person(ADA), &offer(EVERYONE, Role::Viewer, Internal), &mart()),
        Ok("to others")
    );
}

#[test]
fn a_grant_to_ones_own_team_may_not_add_to_ones_own_rights() {
    let mut rights = with_a_steward();
    rights.put_member(BEN, DESK);
    let give =
        |role| given(&rights, as_person(BEN), &offer(SubjectId::Team(OFFICE), role, Internal), &mart());
    assert_eq!(give(Role::Viewer), Ok("to others"));
    assert_eq!(give(Role::Steward), Ok("to others"));
    assert_eq!(give(Role::Analyst), Err(NotGiven::Own));
    assert_eq!(give(Role::Engineer), Err(NotGiven::Own));
}

#[test]
fn a_grant_does_not_outlast_the_givers_own() {
    let ending = Grant { until: Some(hour(9)), ..grant(1, person(BEN), Role::Steward, &finance(), Internal) };
    let rights = rights([ending]);
    let until = |until| Offer { until, ..offer(person(CAT), Role::Viewer, Internal) };
    let give = |offer| given(&rights, as_person(BEN), &offer, &mart());
    assert_eq!(give(until(Some(hour(9)))), Ok("to others"));
    assert_eq!(give(until(Some(hour(10)))), Err(NotGiven::Until(hour(9))));
    assert_eq!(give(until(None)), Err(NotGiven::Until(hour(9))));
}

#[test]
fn a_token_gives_only_with_the_scope_for_it() {
    let rights = with_a_steward();
    let offer = offer(person(CAT), Role::Viewer, Internal);
    let by = |scopes: &[TokenScope]| {
        given(&rights, Actor::token(BEN, scopes.iter().copied().collect()), &offer, &mart())
    };
    assert_eq!(
        by(&[TokenScope::Read, TokenScope::Write]),
        Err(Refusal::Forbidden(Action::ManageGrants).into())
    );
    assert_eq!(by(&[TokenScope::Read, TokenScope::Admin]), Ok("to others"));
}

#[test]
fn a_denial_needs_power_up_to_secret_and_reaches_nobody_above() {
    let mut rights = with_officers();
    let deny = |rights: &Rights, by, whom| {
        let denial = Offer { effect: Effect::Deny, ..offer(whom, Role::Viewer, Public) };
        given(rights, as_person(by), &denial, &mart())
    };
    assert_eq!(deny(&rights, BEN, person(CAT)), Err(NotGiven::Ceiling(Internal)));
    rights.put_grant(grant(4, person(BEN), Role::Steward, &finance(), Secret));
    assert_eq!(deny(&rights, BEN, person(CAT)), Ok("to others"));
    assert_eq!(deny(&rights, BEN, person(BEN)), Err(NotGiven::Own));
    assert_eq!(deny(&rights, BEN, person(DAN)), Err(NotGiven::Above));
    assert_eq!(deny(&rights, BEN, EVERYONE), Err(NotGiven::Above));
    assert_eq!(deny(&rights, DAN, person(BEN)), Ok("to others"));
    assert_eq!(deny(&rights, DAN, person(ADA)), Err(NotGiven::Above));
    rights.put_member(ADA, DESK);
    assert_eq!(deny(&rights, DAN, SubjectId::Team(OFFICE)), Err(NotGiven::Above));
    assert_eq!(deny(&rights, ADA, SubjectId::Team(OFFICE)), Ok("to others"));
}

#[test]
fn a_grant_is_revoked_by_who_could_give_it() {
    let mut rights = with_officers();
    rights.put_grant(grant(10, person(CAT), Role::Viewer, &mart(), Internal));
    rights.put_grant(grant(11, person(CAT), Role::Viewer, &mart(), Secret));
    rights.put_grant(grant(12, person(CAT), Role::Auditor, &Resource::register(), Secret));
    let revoke =
        |by, id, on: &Resource| rights.may_revoke(&as_person(by), GrantId(id), on, now()).map(|_| ());
    assert_eq!(revoke(BEN, 10, &mart()), Ok(()));
    assert_eq!(revoke(BEN, 11, &mart()), Err(NotGiven::Ceiling(Internal)));
    assert_eq!(revoke(DAN, 11, &mart()), Ok(()));
    assert_eq!(revoke(DAN, 12, &Resource::register()), Ok(()));
    assert_eq!(revoke(DAN, 2, &Resource::register()), Err(NotGiven::Role(Role::Administrator)));
    assert_eq!(revoke(BEN, 10, &finance()), Err(Refusal::Invisible.into()), "it was given elsewhere");
    assert_eq!(revoke(BEN, 99, &mart()), Err(Refusal::Invisible.into()));
}

#[test]
fn nobody_lifts_a_denial_of_their_own() {
    let mut rights = with_officers();
    rights.put_grant(grant(4, person(BEN), Role::Steward, &finance(), Secret));
    rights.put_member(BEN, DESK);
    rights.put_grant(denial(10, SubjectId::Team(OFFICE), Role::Analyst, &mart()));
    assert_eq!(rights.may_revoke(&as_person(BEN), GrantId(10), &mart(), now()), Err(NotGiven::Own));
    assert!(rights.may_revoke(&as_person(DAN), GrantId(10), &mart(), now()).is_ok());
}

#[test]
fn naming_an_owner_is_giving_a_steward() {
    let rights = with_officers();
    let name = |by, owner, on: &Resource| match rights.may_name_owner(&as_person(by), owner, on, now()) {
        Ok(Giving::ToOthers(permit)) => Ok(permit.action()),
        Ok(Giving::ToOneself(_)) => panic!("an owner gains nothing that an administrator lacks"),
        Err(refused) => Err(refused),
    };
    assert_eq!(name(BEN, person(CAT), &orders(Internal)), Ok(Action::EditOwners));
    assert_eq!(
        name(BEN, person(CAT), &mart()),
        Err(NotGiven::Ceiling(Internal)),
        "what lies in it may be secret"
    );
    assert_eq!(name(BEN, person(BEN), &orders(Internal)), Err(NotGiven::Own));
    assert_eq!(name(ADA, person(CAT), &mart()), Ok(Action::EditOwners));
    assert_eq!(name(DAN, person(CAT), &mart()), Err(Refusal::Forbidden(Action::EditOwners).into()));
}

#[test]
fn only_who_manages_people_enrols_them_and_joining_oneself_is_told_apart() {
    let rights = with_officers();
    let enrol = |by, whom| rights.may_enrol(&as_person(by), whom, OFFICE, now());
    assert!(matches!(enrol(ADA, person(BEN)), Ok(Giving::ToOthers(_))));
    assert!(matches!(enrol(ADA, person(ADA)), Ok(Giving::ToOneself(_))));
    assert!(enrol(DAN, person(BEN)).is_err() && enrol(BEN, person(BEN)).is_err());
}

proptest! {
    #![proptest_config(worlds(256))]

    /// What is given to others adds nothing to the giver, and to nobody anything outside the place, above the
    /// ceiling, or beyond what the giver sees; but officers and administrators give what they don't see. What is
    /// denied is not taken from an administrator by anybody less.
    #[test]
    fn no_grant_exceeds_its_giver(world in any_world(), grants in vec(any_grant(), 8), now in any_hour()) {
        let rights = world.rights();
        for (giver, grant) in people().flat_map(|giver| grants.iter().map(move |grant| (giver, grant))) {
            let on = world.assets.iter().find(|on| on.asset == grant.scope).unwrap();
            let &Grant { subject, role, effect, ceiling, until, .. } = grant;
            let offer = Offer { subject, role, effect, ceiling, until };
            if let Ok(Giving::ToOthers(_)) = rights.may_give(&Actor::person(giver), &offer, on, now) {
                within_power(&world, giver, grant, on, now)?;
            }
        }
    }

    /// An administrator's grant is taken back, and an administrator denied, by administrators only.
    #[test]
    fn nobody_reaches_up(world in any_world(), giver in any_person(), which in any::<prop::sample::Index>(), now in any_hour()) {
        prop_assume!(!world.facts.grants.is_empty());
        let rights = world.rights();
        let grant = which.get(&world.facts.grants);
        let on = world.assets.iter().find(|on| on.asset == grant.scope).unwrap();
        if rights.may_revoke(&Actor::person(giver), grant.id, on, now).is_ok() && grant.role == Role::Administrator {
            prop_assert!(holds(&world, giver, &[Role::Administrator], on, now));
        }
    }
}

fn within_power(
    world: &World,
    giver: PersonId,
    grant: &Grant,
    on: &Resource,
    now: DateTime<Utc>,
) -> Result<(), TestCaseError> {
    let (mut after, mut undenied) = (world.clone(), world.clone());
    after.facts.grants.push(Grant { id: GrantId(99), from: None, ..*grant });
    undenied.facts.grants.retain(|grant| grant.effect == Effect::Allow);
    let may = |world, who, action, on| naive(world, Actor::person(who), action, on, now);
    let above = holds(world, giver, &[Role::SecurityOfficer, Role::Administrator], on, now);
    for (person, other) in everybody_and_everything(world) {
        for action in [Action::See, Action::SeeValues, Action::EditTexts, Action::Crawl, Action::ManagePeople]
        {
            let (was, is) = (may(world, person, action, other), may(&after, person, action, other));
            if is && !was {
                prop_assert!(person != giver, "the giver gained");
                prop_assert!(grant.effect == Effect::Allow && other.scope_path.contains(&on.asset));
                prop_assert!(other.sensitivity <= grant.ceiling);
                prop_assert!(above || may(&undenied, giver, Action::See, other), "more than the giver sees");
            }
            if was && !is {
                let administrator = |on| holds(world, person, &[Role::Administrator], on, now);
                prop_assert_eq!(grant.effect, Effect::Deny);
                prop_assert!(
                    holds(world, giver, &[Role::Administrator], on, now)
                        || !world.assets.iter().any(administrator)
                );
            }
        }
    }
    Ok(())
}

/// Whether the person holds one of the roles on the asset.
fn holds(world: &World, who: PersonId, roles: &[Role], on: &Resource, now: DateTime<Utc>) -> bool {
    let mut others = world.clone();
    others.facts.owners.clear();
    others.facts.grants.retain(|grant| roles.contains(&grant.role) && grant.effect == Effect::Allow);
    naive(&others, Actor::person(who), Action::See, on, now)
}

#[test]
fn everyone_is_reached_by_every_denial_of_everyone() {
    let rights = with_officers();
    let denial =
        Offer { effect: Effect::Deny, ..offer(SubjectId::Team(TeamId::EVERYONE), Role::Viewer, Secret) };
    assert_eq!(given(&rights, as_person(DAN), &denial, &mart()), Err(NotGiven::Above));
    assert_eq!(given(&rights, as_person(ADA), &denial, &mart()), Ok("to others"));
}
