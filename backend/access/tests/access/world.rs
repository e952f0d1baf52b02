//! Small random registers, and the naive reading of their rights that everything is held against.

use cadastre_access::{Actor, Facts, Grant, Resource, Rights, TokenScopes, table};
use cadastre_model::{
    Action, AssetId, Effect, GrantId, ObjectKind, PersonId, Role, Sensitivity, SubjectId, TeamId, TokenScope,
    Version,
};
use chrono::{DateTime, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A register: its assets, and the facts that rights are made of.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) assets: Vec<Resource>,
    pub(crate) facts: Facts,
}

pub(crate) const PEOPLE: i64 = 8;
const TEAMS: i64 = 5;
const ASSETS: usize = 12;
const HOURS: i64 = 6;

impl World {
    pub(crate) fn rights(&self) -> Rights {
        Rights::new(self.facts.clone(), Version(1)).unwrap()
    }
}

pub(crate) fn hour(hour: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + hour * 3600, 0).unwrap()
}

pub(crate) fn people() -> impl Iterator<Item = PersonId> {
    (1..=PEOPLE).map(PersonId)
}

pub(crate) fn any_world() -> impl Strategy<Value = World> {
    let teams = (any_parents(), vec((any_person(), any_team()), 0..8));
    let owners = vec((any_asset(), any_subject()), 0..3);
    let disabled = vec(any_person(), 0..2);
    (any_assets(), vec(any_grant(), 0..=15), teams, owners, disabled).prop_map(
        |(assets, mut grants, (teams, members), owners, disabled)| {
            grants.iter_mut().zip(1..).for_each(|(grant, id)| grant.id = GrantId(id));
            World { assets, facts: Facts { grants, teams, members, owners, disabled } }
        },
    )
}

/// The register and what lies in it, each below one that comes before.
fn any_assets() -> impl Strategy<Value = Vec<Resource>> {
    let kinds = select(&ObjectKind::ALL[1..]);
    vec((any::<prop::sample::Index>(), kinds, any_sensitivity()), ASSETS - 1).prop_map(|drawn| {
        let mut assets = vec![Resource::register()];
        for ((parent, kind, sensitivity), id) in drawn.into_iter().zip(2..) {
            let mut scope_path = parent.get(&assets).scope_path.clone();
            scope_path.push(AssetId(id));
            assets.push(Resource { asset: AssetId(id), kind, scope_path, sensitivity });
        }
        assets
    })
}

/// Each team's parent: none, or a team before it. The first team is everyone.
fn any_parents() -> impl Strategy<Value = Vec<(TeamId, Option<TeamId>)>> {
    let parents: Vec<_> =
        (1..=TEAMS).map(|team| (0..team).prop_map(|parent| (parent > 0).then_some(TeamId(parent)))).collect();
    parents.prop_map(|parents| (1..).map(TeamId).zip(parents).collect())
}

pub(crate) fn any_person() -> impl Strategy<Value = PersonId> {
    (1..=PEOPLE).prop_map(PersonId)
}

pub(crate) fn any_team() -> impl Strategy<Value = TeamId> {
    (1..=TEAMS).prop_map(TeamId)
}

pub(crate) fn any_asset() -> impl Strategy<Value = AssetId> {
    (1..=ASSETS as i64).prop_map(AssetId)
}

pub(crate) fn any_subject() -> impl Strategy<Value = SubjectId> {
    prop_oneof![any_person().prop_map(SubjectId::Person), any_team().prop_map(SubjectId::Team)]
}

pub(crate) fn any_action() -> impl Strategy<Value = Action> {
    select(Action::ALL)
}

pub(crate) fn any_sensitivity() -> impl Strategy<Value = Sensitivity> {
    select(Sensitivity::ALL)
}

pub(crate) fn any_hour() -> impl Strategy<Value = DateTime<Utc>> {
    (0..HOURS).prop_map(hour)
}

pub(crate) fn any_token() -> impl Strategy<Value = TokenScopes> {
    prop::sample::subsequence(TokenScope::ALL, 0..=TokenScope::ALL.len())
        .prop_map(|scopes| scopes.into_iter().collect())
}

pub(crate) fn any_grant() -> impl Strategy<Value = Grant> {
    let what = (any_subject(), select(Role::ALL), any_asset(), any_sensitivity(), any::<bool>());
    let effect = prop_oneof![4 => Just(Effect::Allow), 1 => Just(Effect::Deny)];
    let bound = || prop::option::weighted(0.3, any_hour());
    (1..=20_i64, what, effect, bound(), bound()).prop_map(
        |(id, (subject, role, scope, ceiling, mask), effect, from, until)| Grant {
            id: GrantId(id),
            subject,
            role,
            scope,
            effect,
            ceiling,
            mask,
            from,
            until,
        },
    )
}

/// Whether the actor may do it, read straight off the facts.
pub(crate) fn naive(world: &World, actor: Actor, action: Action, on: &Resource, now: DateTime<Utc>) -> bool {
    let Facts { grants, teams, members, owners, disabled } = &world.facts;
    fn lies_in(team: TeamId, other: TeamId, teams: &[(TeamId, Option<TeamId>)]) -> bool {
        let parent = teams.iter().find(|(id, _)| *id == team).and_then(|(_, parent)| *parent);
        team == other || parent.is_some_and(|parent| lies_in(parent, other, teams))
    }
    let reaches = |subject: SubjectId| match subject {
        SubjectId::Person(person) => person == actor.person,
        SubjectId::Team(TeamId::EVERYONE) => true,
        SubjectId::Team(team) => {
            members.iter().any(|&(who, of)| who == actor.person && lies_in(of, team, teams))
        }
    };
    let here = |scope: AssetId| on.scope_path.contains(&scope);
    let in_force = |grant: &&Grant| {
        reaches(grant.subject)
            && here(grant.scope)
            && grant.from.is_none_or(|from| now >= from)
            && grant.until.is_none_or(|until| now < until)
    };
    let gives = |role: Role, ceiling: Sensitivity| {
        table::allows(role, on.kind, action).is_some_and(|most| most >= on.sensitivity)
            && ceiling >= on.sensitivity
    };
    let owner = owners.iter().any(|&(asset, owner)| here(asset) && reaches(owner));
    let mut allowed = grants.iter().filter(in_force).filter(|grant| grant.effect == Effect::Allow);
    let mut denied = grants.iter().filter(in_force).filter(|grant| grant.effect == Effect::Deny);
    actor.token.is_none_or(|token| token_allows(token, action))
        && !disabled.contains(&actor.person)
        && (owner && gives(Role::Steward, Sensitivity::Secret)
            || allowed.any(|grant| gives(grant.role, grant.ceiling)))
        && !denied.any(|grant| table::takes(grant.role, on.kind, action))
}

fn token_allows(token: TokenScopes, action: Action) -> bool {
    use Action as A;
    let scope = match action {
        A::See | A::SeeAccess => TokenScope::Read,
        A::SeeProfile | A::SeeValues => TokenScope::Values,
        A::SeeAudit | A::SetSensitivity | A::ManageGrants | A::ManagePeople | A::ManageSettings => {
            TokenScope::Admin
        }
        _ => TokenScope::Write,
    };
    token.contains(TokenScope::Read) && token.contains(scope)
}

/// Each person and asset of the world.
pub(crate) fn everybody_and_everything(world: &World) -> impl Iterator<Item = (PersonId, &Resource)> {
    people().flat_map(|person| world.assets.iter().map(move |asset| (person, asset)))
}

/// How many worlds a property is tried on: so many, or what the environment asks for.
pub(crate) fn worlds(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: cases.max(default.cases), ..default }
}
