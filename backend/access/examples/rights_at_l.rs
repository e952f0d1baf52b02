//! What decisions cost at 100,000 grants, 10,000 people and 500 teams, beside casbin asked outright in the same run.
//!
//! `cargo run --release -p cadastre-access --example rights_at_l`

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::time::{Duration, Instant};

use cadastre_access::engine::{Assignment, Engine};
use cadastre_access::{Actor, EngineError, Facts, Grant, Resource, Rights};
use cadastre_model::{
    Action, AssetId, Effect, GrantId, ObjectKind, PersonId, Role, Sensitivity, SubjectId, TeamId, Version,
};
use chrono::{DateTime, Utc};

const PEOPLE: u64 = 10_000;
const TEAMS: u64 = 500;
const GRANTS: u64 = 100_000;
const OWNERS: u64 = 30_000;
const DATASETS: u64 = 100_000;
const SCHEMAS: u64 = 2_000;
const SOURCES: u64 = 100;
const DOMAINS: u64 = 40;

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    /// Low numbers far oftener than high ones.
    fn skewed(&mut self, sides: u64) -> u64 {
        let upper = self.roll(sides) + 1;
        self.roll(upper)
    }

    fn one_of<T: Copy>(&mut self, words: &[T]) -> T {
        words[self.roll(words.len() as u64) as usize]
    }
}

const fn id(number: u64) -> i64 {
    number.cast_signed()
}

fn domain(number: u64) -> AssetId {
    AssetId(id(2 + number % DOMAINS))
}

fn source(number: u64) -> AssetId {
    AssetId(id(1_000 + number % SOURCES))
}

fn schema(number: u64) -> AssetId {
    AssetId(id(10_000 + number % SCHEMAS))
}

fn dataset(number: u64) -> AssetId {
    AssetId(id(100_000 + number))
}

/// A dataset lies in the schema, source and domain that its number says.
fn resource(dice: &mut Dice) -> Resource {
    let number = dice.roll(DATASETS);
    let scope_path = vec![AssetId::REGISTER, domain(number), source(number), schema(number), dataset(number)];
    let sensitivity = dice.one_of(Sensitivity::ALL);
    Resource { asset: dataset(number), kind: ObjectKind::Dataset, scope_path, sensitivity }
}

fn subject(dice: &mut Dice) -> SubjectId {
    match dice.roll(10) {
        0..4 => SubjectId::Team(TeamId(id(2 + dice.skewed(TEAMS)))),
        _ => SubjectId::Person(PersonId(id(1 + dice.skewed(PEOPLE)))),
    }
}

fn grant(number: u64, dice: &mut Dice, now: DateTime<Utc>) -> Grant {
    let scope = match dice.roll(100) {
        0..5 => domain(dice.skewed(DOMAINS)),
        5..15 => source(dice.skewed(SOURCES)),
        15..60 => schema(dice.skewed(SCHEMAS)),
        _ => dataset(dice.roll(DATASETS)),
    };
    Grant {
        id: GrantId(id(number)),
        subject: subject(dice),
        role: dice.one_of(&[Role::Viewer, Role::Viewer, Role::Analyst, Role::Engineer, Role::Steward]),
        scope,
        effect: if dice.roll(50) == 0 { Effect::Deny } else { Effect::Allow },
        ceiling: dice.one_of(Sensitivity::ALL),
        mask: dice.roll(5) == 0,
        from: None,
        until: (dice.roll(3) == 0).then(|| now + chrono::Duration::hours(id(1 + dice.roll(9_000)))),
    }
}

fn facts(dice: &mut Dice, now: DateTime<Utc>) -> Facts {
    let everyone = Grant {
        id: GrantId(0),
        subject: SubjectId::Team(TeamId::EVERYONE),
        role: Role::Viewer,
        scope: AssetId::REGISTER,
        effect: Effect::Allow,
        ceiling: Sensitivity::Public,
        mask: false,
        from: None,
        until: None,
    };
    let team = |number: u64, dice: &mut Dice| {
        (TeamId(id(2 + number)), (number > 0).then(|| TeamId(id(2 + dice.roll(number)))))
    };
    let members = (0..PEOPLE).flat_map(|person| (0..=person % 3).map(move |_| PersonId(id(1 + person))));
    Facts {
        grants: std::iter::once(everyone).chain((1..GRANTS).map(|number| grant(number, dice, now))).collect(),
        teams: (0..TEAMS).map(|number| team(number, dice)).collect(),
        members: members.map(|person| (person, TeamId(id(2 + dice.roll(TEAMS))))).collect(),
        owners: (0..OWNERS).map(|_| (dataset(dice.roll(DATASETS)), subject(dice))).collect(),
        disabled: Vec::new(),
    }
}

/// Each call's time, sorted.
fn times(count: u64, mut call: impl FnMut(u64)) -> Vec<Duration> {
    let mut times: Vec<_> = (0..count)
        .map(|number| {
            let start = Instant::now();
            call(number);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

fn median(times: &[Duration]) -> Duration {
    times[times.len() / 2]
}

fn print(what: &str, times: &[Duration], peer: Duration) {
    let [p50, p99, max] = [times[times.len() / 2], times[times.len() * 99 / 100], times[times.len() - 1]];
    let ratio = peer.as_secs_f64() / p50.as_secs_f64();
    println!("{what:44} p50 {p50:>10.1?}  p99 {p99:>10.1?}  max {max:>10.1?}  peer/p50 {ratio:>10.2}");
}

fn main() -> Result<(), EngineError> {
    let now = DateTime::<Utc>::UNIX_EPOCH + chrono::Duration::days(20_000);
    let dice = &mut Dice(42);
    let facts = facts(dice, now);
    let resources: Vec<_> = (0..10_000).map(|_| resource(dice)).collect();
    let actor = |number: u64| Actor::person(PersonId(id(1 + number % PEOPLE)));

    let in_force = facts.grants.iter().filter(|grant| grant.in_force(now));
    let assign = |grant: &Grant| Assignment {
        subject: grant.subject,
        role: grant.role,
        effect: grant.effect,
        scope: grant.scope,
    };
    let start = Instant::now();
    let casbin = Engine::with(in_force.map(assign).collect())?;
    println!("casbin, all grants loaded: {:?}", start.elapsed());
    let ask = |number: u64| {
        let on = &resources[number as usize % resources.len()];
        let scope = on.scope_path[number as usize % on.scope_path.len()];
        let subject = SubjectId::Person(actor(number).person);
        std::hint::black_box(casbin.enforce(
            subject,
            scope,
            on.kind,
            Action::EditTexts,
            Effect::Allow,
            on.sensitivity,
        ));
    };
    let direct = times(5_000, ask);
    let peer = median(&direct);

    let start = Instant::now();
    let mut rights = Rights::new(facts, Version(1))?;
    println!("rights, built: {:?}", start.elapsed());
    let permit = |rights: &Rights, number: u64, action| {
        let on = &resources[number as usize % resources.len()];
        rights.permit(&actor(number), action, on, now).is_ok()
    };
    let first = times(1, |_| {
        std::hint::black_box(permit(&rights, 0, Action::EditTexts));
    });

    println!("\npeer: casbin asked once about one subject at one scope, all grants loaded");
    print("casbin outright, one question", &direct, peer);
    print("the first decision of the process", &first, peer);
    print(
        "a decision not yet known (two scopes made)",
        &times(PEOPLE - 1, |n| {
            std::hint::black_box(permit(&rights, n + 1, Action::EditTexts));
        }),
        peer,
    );
    let mut allowed = 0_u64;
    print(
        "a decision known",
        &times(200_000, |n| allowed += u64::from(permit(&rights, n * 7, Action::EditTexts))),
        peer,
    );
    println!("    of which allowed: {:.1} %", allowed as f64 / 2_000.0);
    print(
        "the scope of an actor, not yet known",
        &times(PEOPLE, |n| drop(rights.scope(&actor(n), Action::SeeValues, now))),
        peer,
    );
    print(
        "the scope of an actor, known",
        &times(PEOPLE, |n| drop(rights.scope(&actor(n % 100), Action::SeeValues, now))),
        peer,
    );
    print(
        "a change: a person's grant",
        &times(10_000, |n| {
            rights.put_grant(Grant {
                subject: SubjectId::Person(actor(n * 31).person),
                ..grant(GRANTS + n, dice, now)
            });
        }),
        peer,
    );
    print(
        "who may do what to a dataset",
        &times(5_000, |n| drop(rights.explain(&resources[n as usize], now))),
        peer,
    );
    Ok(())
}
