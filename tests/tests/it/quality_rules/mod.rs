//! The rule language on a real server: random rules on random data (missing, empty and hostile values, twins, NaN, infinite dates) come out
//! the same measured together, one by one, and reckoned in plain Rust; counted on from a mark as counted anew; held by a constraint as
//! scanned. Each failure names its seed.

mod dice;
mod kinds;
mod marks;
mod patterns;
mod reckon;
mod safely;
mod safety;
mod server;
mod world;

use dice::Dice;

use ::rules::{Earlier, Outcome, Rule, Subject, Verdict, compile};
use kinds::{Case, random};
use server::Server;
use std::collections::BTreeMap;
use world::World;

/// Worlds; each with as many rules as [`RULES`].
const WORLDS: u64 = 30;
/// Rules of a world.
const RULES: usize = 40;

#[tokio::test]
async fn together_one_by_one_and_reckoned_rules_come_out_the_same() {
    let mut server = Server::start().await;
    let (mut judged, mut verdicts) = (0, BTreeMap::<&str, usize>::new());
    for seed in 1..=WORLDS {
        let mut dice = Dice::new(seed);
        let world = World::random(&mut dice);
        server.fill(&world).await;
        let cases: Vec<Case> = (0..RULES).map(|i| random(&mut dice, &world, i)).collect();
        let rules: Vec<&Rule> = cases.iter().map(|case| &case.rule).collect();
        let others = world.others();
        let table = world.table_without_constraints();
        let subject = world.subject(&table, &others);
        let earlier: BTreeMap<String, Earlier> = cases
            .iter()
            .map(|case| (case.rule.name.clone(), Earlier { yesterday: case.yesterday, last_week: None }))
            .collect();

        let together = measure(&mut server, &rules, &subject, &earlier).await;
        for (case, outcome) in cases.iter().zip(&together) {
            let what = || {
                let sql: Vec<String> = compile([&case.rule], &subject)
                    .statements()
                    .iter()
                    .map(::rules::Statement::sql)
                    .collect();
                format!("seed {seed}\n{}\n{outcome:?}\n{sql:#?}", serde_json::to_string(&case.rule).unwrap())
            };
            case.expected.assert(outcome, &what);
            let alone = measure(&mut server, &[&case.rule], &subject, &earlier).await;
            assert_eq!(same(outcome), same(&alone[0]), "alone it comes out otherwise: {}", what());
            judged += 1;
            *verdicts.entry(outcome.verdict.as_str()).or_default() += 1;
        }
    }
    println!("{judged} rules: {verdicts:?}");
    // Rules that all pass, or all fail, would prove little.
    for verdict in [Verdict::Pass, Verdict::Warn, Verdict::Fail, Verdict::Error, Verdict::Open] {
        assert!(verdicts.contains_key(verdict.as_str()), "not one {}: {verdicts:?}", verdict.as_str());
    }
}

#[tokio::test]
async fn what_a_constraint_holds_a_scan_finds_too() {
    let mut server = Server::start().await;
    let mut held = BTreeMap::<&str, usize>::new();
    for seed in 1_001..=1_000 + WORLDS {
        let mut dice = Dice::new(seed);
        let world = World::random(&mut dice);
        server.fill(&world).await;
        let others = world.others();
        let (with, without) = (world.table(), world.table_without_constraints());
        let cases: Vec<Case> = (0..RULES * 2).map(|i| random(&mut dice, &world, i)).collect();
        let rules: Vec<&Rule> = cases.iter().map(|case| &case.rule).collect();
        let earlier = BTreeMap::new();
        let by_constraint = measure(&mut server, &rules, &world.subject(&with, &others), &earlier).await;
        let by_scan = measure(&mut server, &rules, &world.subject(&without, &others), &earlier).await;
        for (known, scanned) in by_constraint.iter().zip(&by_scan) {
            let Some(by) = &known.held else {
                assert_eq!(same(known), same(scanned), "seed {seed}");
                continue;
            };
            *held.entry(by.by.as_str()).or_default() += 1;
            assert_eq!(known.verdict, Verdict::Pass, "seed {seed} {known:?}");
            assert_eq!(
                (scanned.verdict, scanned.failing),
                (Verdict::Pass, Some(0)),
                "seed {seed} {scanned:?}"
            );
        }
    }
    println!("held: {held:?}");
    for by in ["not_null", "primary_key", "unique", "foreign_key", "type"] {
        assert!(held.contains_key(by), "nothing was held by {by}: {held:?}");
    }
}

/// Compiles, runs and judges.
async fn measure(
    server: &mut Server,
    rules: &[&Rule],
    subject: &Subject<'_>,
    earlier: &BTreeMap<String, Earlier>,
) -> Vec<Outcome> {
    let plan = compile(rules.iter().copied(), subject);
    let cells = server.run(&plan).await;
    plan.judge(&cells, earlier)
}

/// What has to be the same in two outcomes: all but the constraint, and the server's words for an error, which name a line.
fn same(outcome: &Outcome) -> Outcome {
    let why = outcome.why.clone().map(|why| match why {
        ::rules::Why::Failed { .. } => ::rules::Why::Failed { reason: String::new() },
        why => why,
    });
    Outcome { why, held: None, ..outcome.clone() }
}
