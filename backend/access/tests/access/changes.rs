//! Rights that followed the changes equal rights that were built from the facts of the end.

use cadastre_access::{Actor, Facts, Grant, Rights};
use cadastre_model::{Action, AssetId, GrantId, PersonId, SubjectId, TeamId, Version};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::world::{
    World, any_asset, any_grant, any_hour, any_person, any_subject, any_team, any_world,
    everybody_and_everything, worlds,
};

#[derive(Debug, Clone, Copy)]
enum Change {
    PutGrant(Grant),
    RemoveGrant(GrantId),
    PutTeam(TeamId, Option<TeamId>),
    RemoveTeam(TeamId),
    PutMember(PersonId, TeamId),
    /// One of those there are, if any.
    RemoveMember(Index),
    PutOwner(AssetId, SubjectId),
    /// One of those there are, if any.
    RemoveOwner(Index),
    SetDisabled(PersonId, bool),
}

fn any_change() -> impl Strategy<Value = Change> {
    use Change::*;
    prop_oneof![
        3 => any_grant().prop_map(PutGrant),
        2 => (1..=20_i64).prop_map(|id| RemoveGrant(GrantId(id))),
        // Any team under any: the tree may close to a circle on the way, and must not hang.
        1 => (any_team(), prop::option::of(any_team())).prop_map(|(team, parent)| PutTeam(team, parent)),
        1 => any_team().prop_map(RemoveTeam),
        2 => (any_person(), any_team()).prop_map(|(who, team)| PutMember(who, team)),
        1 => any::<Index>().prop_map(RemoveMember),
        1 => (any_asset(), any_subject()).prop_map(|(asset, owner)| PutOwner(asset, owner)),
        1 => any::<Index>().prop_map(RemoveOwner),
        1 => (any_person(), any::<bool>()).prop_map(|(who, disabled)| SetDisabled(who, disabled)),
    ]
}

/// The change, done to the rows and followed.
fn change_both(facts: &mut Facts, rights: &mut Rights, change: Change) {
    match change {
        Change::PutGrant(grant) => {
            facts.grants.retain(|other| other.id != grant.id);
            facts.grants.push(grant);
            rights.put_grant(grant);
        }
        Change::RemoveGrant(id) => {
            facts.grants.retain(|grant| grant.id != id);
            rights.remove_grant(id);
        }
        Change::PutTeam(team, parent) => {
            facts.teams.retain(|(other, _)| *other != team);
            facts.teams.push((team, parent));
            rights.put_team(team, parent);
        }
        Change::RemoveTeam(team) => {
            facts.teams.retain(|(other, _)| *other != team);
            rights.remove_team(team);
        }
        Change::PutMember(who, team) => {
            put(&mut facts.members, (who, team));
            rights.put_member(who, team);
        }
        Change::RemoveMember(which) => {
            if let Some((who, team)) = take(&mut facts.members, which) {
                rights.remove_member(who, team);
            }
        }
        Change::PutOwner(asset, owner) => {
            put(&mut facts.owners, (asset, owner));
            rights.put_owner(asset, owner);
        }
        Change::RemoveOwner(which) => {
            if let Some((asset, owner)) = take(&mut facts.owners, which) {
                rights.remove_owner(asset, owner);
            }
        }
        Change::SetDisabled(who, disabled) => {
            facts.disabled.retain(|other| *other != who);
            facts.disabled.extend(disabled.then_some(who));
            rights.set_disabled(who, disabled);
        }
    }
}

fn put<T: PartialEq>(rows: &mut Vec<T>, row: T) {
    rows.retain(|other| *other != row);
    rows.push(row);
}

/// One of the rows, and all that are like it.
fn take<T: PartialEq + Copy>(rows: &mut Vec<T>, which: Index) -> Option<T> {
    let taken = (!rows.is_empty()).then(|| *which.get(rows))?;
    rows.retain(|row| *row != taken);
    Some(taken)
}

proptest! {
    #![proptest_config(worlds(300))]

    #[test]
    fn following_changes_equals_rebuilding(mut world in any_world(), changes in vec((any_change(), any_hour()), 1..12)) {
        let mut rights = world.rights();
        for (step, (change, now)) in (2..).zip(changes) {
            change_both(&mut world.facts, &mut rights, change);
            rights.set_version(Version(step));
            let rebuilt = Rights::new(world.facts.clone(), Version(step)).unwrap();
            prop_assert_eq!(rights.facts(), rebuilt.facts());
            same_answers(&world, &rights, &rebuilt, now)?;
        }
    }

    #[test]
    fn what_is_remembered_is_not_believed_at_another_instant(world in any_world(), instants in vec(any_hour(), 2..6)) {
        let rights = world.rights();
        for now in instants {
            same_answers(&world, &rights, &world.rights(), now)?;
        }
    }
}

fn same_answers(
    world: &World,
    one: &Rights,
    other: &Rights,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), TestCaseError> {
    for (person, on) in everybody_and_everything(world) {
        for action in [Action::See, Action::EditTexts, Action::SeeValues] {
            let actor = Actor::person(person);
            prop_assert_eq!(one.permit(&actor, action, on, now), other.permit(&actor, action, on, now));
        }
    }
    Ok(())
}
