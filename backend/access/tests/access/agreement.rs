//! One truth, four readings: the naive one, the permit, the scope as SQL uses it, and casbin holding every grant.

use cadastre_access::engine::{Assignment, Engine};
use cadastre_access::{Actor, Refusal, Resource, Rights, Scope};
use cadastre_model::{Action, AssetId, Effect, PersonId, Role, Sensitivity, SubjectId};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::world::{
    World, any_action, any_hour, any_person, any_token, any_world, everybody_and_everything, naive, worlds,
};

/// What SQL does with a scope, without its help.
fn as_sql(scope: &Scope, on: &Resource) -> bool {
    let overlap = |scopes: &[AssetId]| on.scope_path.iter().any(|asset| scopes.contains(asset));
    overlap(scope.allow(on.kind, on.sensitivity)) && !overlap(scope.deny(on.kind))
}

/// casbin itself with all grants that reach this far as `g` lines, asked at each scope of the path.
fn as_casbin(
    world: &World,
    rights: &Rights,
    person: PersonId,
    action: Action,
    on: &Resource,
    now: DateTime<Utc>,
) -> bool {
    let facts = &world.facts;
    if facts.disabled.contains(&person) {
        return false;
    }
    let grants = facts.grants.iter().filter(|grant| grant.in_force(now));
    let far = grants.filter(|grant| grant.effect == Effect::Deny || grant.ceiling >= on.sensitivity);
    let held = far.map(|grant| (grant.subject, grant.role, grant.effect, grant.scope));
    let owned = facts.owners.iter().map(|&(asset, owner)| (owner, Role::Steward, Effect::Allow, asset));
    let lines =
        held.chain(owned).map(|(subject, role, effect, scope)| Assignment { subject, role, effect, scope });
    let engine = Engine::with(lines.collect()).unwrap();
    let teams = rights.teams_of(person).into_iter().map(SubjectId::Team);
    let subjects: Vec<_> = teams.chain([SubjectId::Person(person)]).collect();
    let says = |effect| {
        subjects.iter().any(|&subject| {
            let mut scopes = on.scope_path.iter();
            scopes.any(|&scope| engine.enforce(subject, scope, on.kind, action, effect, on.sensitivity))
        })
    };
    says(Effect::Allow) && !says(Effect::Deny)
}

proptest! {
    #![proptest_config(worlds(1000))]

    #[test]
    fn permit_scope_and_the_naive_reading_agree(
        world in any_world(), action in any_action(), token in prop::option::weighted(0.3, any_token()), now in any_hour(),
    ) {
        let rights = world.rights();
        for (person, on) in everybody_and_everything(&world) {
            let actor = Actor { person, token };
            let sees = naive(&world, actor, Action::See, on, now);
            let may = naive(&world, actor, action, on, now);
            prop_assert!(sees || !may, "whoever may do anything sees it");
            let scope = rights.scope(&actor, action, now);
            prop_assert_eq!(scope.covers(on), may);
            prop_assert_eq!(as_sql(&scope, on), may);
            match rights.permit(&actor, action, on, now) {
                Ok(permit) => {
                    prop_assert!(may);
                    prop_assert_eq!((permit.actor(), permit.action(), permit.asset()), (Some(actor), action, on.asset));
                }
                Err(Refusal::Invisible) => prop_assert!(!sees),
                Err(Refusal::Forbidden(what)) => prop_assert!(sees && !may && what == action),
            }
        }
    }

    #[test]
    fn a_scope_is_sorted_and_says_each_asset_once(world in any_world(), who in any_person(), action in any_action(), now in any_hour()) {
        let scope = world.rights().scope(&Actor::person(who), action, now);
        let strictly = |scopes: &[AssetId]| scopes.is_sorted_by(|one, next| one < next);
        for on in &world.assets {
            prop_assert!(strictly(scope.deny(on.kind)));
            for &sensitivity in Sensitivity::ALL {
                prop_assert!(strictly(scope.allow(on.kind, sensitivity)));
            }
        }
        if scope.is_empty() {
            prop_assert!(world.assets.iter().all(|on| !scope.covers(on)));
        }
    }

    #[test]
    fn values_are_masked_unless_some_grant_in_force_shows_them(world in any_world(), now in any_hour()) {
        let rights = world.rights();
        let mut unmasking = world.clone();
        unmasking.facts.grants.retain(|grant| !grant.mask || grant.effect == Effect::Deny);
        for (person, on) in everybody_and_everything(&world) {
            if let Ok(permit) = rights.permit(&Actor::person(person), Action::SeeValues, on, now) {
                prop_assert_eq!(permit.mask(), !naive(&unmasking, Actor::person(person), Action::SeeValues, on, now));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn casbin_holding_every_grant_says_the_same(world in any_world(), who in any_person(), action in any_action(), now in any_hour()) {
        let rights = world.rights();
        for on in world.assets.iter().take(4) {
            let may = rights.scope(&Actor::person(who), action, now).covers(on);
            prop_assert_eq!(as_casbin(&world, &rights, who, action, on, now), may);
        }
    }
}
