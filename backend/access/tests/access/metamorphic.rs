//! What must hold between one world and a changed one, whatever the rules say.

use std::collections::BTreeSet;

use cadastre_access::{Actor, Facts, Grant, Resource, TokenScopes};
use cadastre_model::{Action, AssetId, Effect, GrantId, PersonId, SubjectId, TeamId, TokenScope};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::world::{
    World, any_action, any_grant, any_hour, any_person, any_token, any_world, everybody_and_everything,
    worlds,
};

/// Who may do it to what.
fn access(world: &World, action: Action, now: DateTime<Utc>) -> BTreeSet<(PersonId, AssetId)> {
    let rights = world.rights();
    let may =
        |(who, on): &(PersonId, &Resource)| rights.permit(&Actor::person(*who), action, on, now).is_ok();
    everybody_and_everything(world).filter(may).map(|(who, on)| (who, on.asset)).collect()
}

/// The same world under other numbers; the register and everyone keep theirs.
fn renumbered(world: &World) -> World {
    let asset = |AssetId(id)| if id == 1 { AssetId(1) } else { AssetId(1000 - id * 7) };
    let person = |PersonId(id)| PersonId(500 - id * 3);
    let team = |TeamId(id)| if id == 1 { TeamId(1) } else { TeamId(90 - id * 11) };
    let subject = |subject| match subject {
        SubjectId::Person(id) => SubjectId::Person(person(id)),
        SubjectId::Team(id) => SubjectId::Team(team(id)),
    };
    let facts = &world.facts;
    let grant = |grant: &Grant| Grant {
        id: GrantId(77 - grant.id.0),
        subject: subject(grant.subject),
        scope: asset(grant.scope),
        ..*grant
    };
    let resource = |on: &Resource| Resource {
        asset: asset(on.asset),
        scope_path: on.scope_path.iter().copied().map(asset).collect(),
        ..on.clone()
    };
    World {
        assets: world.assets.iter().map(resource).collect(),
        facts: Facts {
            grants: facts.grants.iter().map(grant).collect(),
            teams: facts.teams.iter().map(|&(id, parent)| (team(id), parent.map(team))).collect(),
            members: facts.members.iter().map(|&(who, of)| (person(who), team(of))).collect(),
            owners: facts.owners.iter().map(|&(what, owner)| (asset(what), subject(owner))).collect(),
            disabled: facts.disabled.iter().copied().map(person).collect(),
        },
    }
}

proptest! {
    #![proptest_config(worlds(400))]

    #[test]
    fn adding_a_denial_never_adds_access(world in any_world(), grant in any_grant(), action in any_action(), now in any_hour()) {
        let mut denied = world.clone();
        denied.facts.grants.push(Grant { id: GrantId(99), effect: Effect::Deny, ..grant });
        prop_assert!(access(&denied, action, now).is_subset(&access(&world, action, now)));
    }

    #[test]
    fn removing_a_grant_never_adds_access(world in any_world(), which in any::<prop::sample::Index>(), action in any_action(), now in any_hour()) {
        let mut without = world.clone();
        let given: Vec<_> = world.facts.grants.iter().filter(|grant| grant.effect == Effect::Allow).collect();
        prop_assume!(!given.is_empty());
        let gone = which.get(&given).id;
        without.facts.grants.retain(|grant| grant.id != gone);
        prop_assert!(access(&without, action, now).is_subset(&access(&world, action, now)));
    }

    /// What lets a permit ask about seeing only when it is refused.
    #[test]
    fn whoever_may_do_anything_to_it_sees_it(world in any_world(), action in any_action(), now in any_hour()) {
        let rights = world.rights();
        for (who, on) in (1..=8).flat_map(|who| world.assets.iter().map(move |on| (who, on))) {
            let actor = Actor::person(PersonId(who));
            let covers = |action| rights.scope(&actor, action, now).covers(on);
            prop_assert!(!covers(action) || covers(Action::See), "{who} may {action} {on:?} unseen");
        }
    }

    #[test]
    fn removing_a_role_from_all_never_adds_access(world in any_world(), action in any_action(), now in any_hour()) {
        let mut without = world.clone();
        let role = world.facts.grants.first().map(|grant| grant.role);
        without.facts.grants.retain(|grant| Some(grant.role) != role || grant.effect == Effect::Deny);
        prop_assert!(access(&without, action, now).is_subset(&access(&world, action, now)));
    }

    #[test]
    fn disabling_somebody_takes_all_of_theirs_and_nothing_else(world in any_world(), who in any_person(), action in any_action(), now in any_hour()) {
        let mut without = world.clone();
        without.facts.disabled.push(who);
        let mut expected = access(&world, action, now);
        expected.retain(|(person, _)| *person != who);
        prop_assert_eq!(access(&without, action, now), expected);
    }

    #[test]
    fn other_numbers_change_nothing(world in any_world(), action in any_action(), now in any_hour()) {
        let other = renumbered(&world);
        let (rights, same) = (world.rights(), other.rights());
        for (who, (on, alike)) in (1..=8).flat_map(|who| world.assets.iter().zip(&other.assets).map(move |pair| (who, pair))) {
            let one = rights.permit(&Actor::person(PersonId(who)), action, on, now).map(|permit| permit.mask());
            let two = same.permit(&Actor::person(PersonId(500 - who * 3)), action, alike, now).map(|permit| permit.mask());
            prop_assert_eq!(one, two);
        }
    }

    #[test]
    fn a_token_only_ever_narrows(world in any_world(), token in any_token(), action in any_action(), now in any_hour()) {
        let rights = world.rights();
        let all: TokenScopes = TokenScope::ALL.iter().copied().collect();
        for (person, on) in everybody_and_everything(&world) {
            let session = rights.permit(&Actor::person(person), action, on, now).map(|permit| permit.mask());
            let narrow = rights.permit(&Actor::token(person, token), action, on, now).map(|permit| permit.mask());
            let wide = rights.permit(&Actor::token(person, all), action, on, now).map(|permit| permit.mask());
            prop_assert_eq!(wide, session);
            prop_assert!(narrow.is_err() || narrow == session);
        }
    }
}
