//! Counting on from a mark.

use super::dice::Dice;
use super::kinds::{Case, random};
use super::reckon::{moment, order};
use super::server::Server;
use super::world::{Row, World, place};
use super::{RULES, WORLDS, same};
use ::rules::{Mark, Outcome, Plan, Rule, Subject, Task, compile};
use std::collections::BTreeMap;

/// Rows come in this many parts.
const PARTS: usize = 4;

#[tokio::test]
async fn counting_on_comes_out_as_counting_anew() {
    let mut server = Server::start().await;
    let (mut on, mut judged) = (0, 0);
    for seed in 2_001..=2_000 + WORLDS {
        let mut dice = Dice::new(seed);
        let watermark = *dice.one(&["ts", "at", "day", "m", "d", "k"]);
        let mut world = World::random(&mut dice);
        let rows = in_order(std::mem::take(&mut world.rows), watermark);
        server.fill(&world).await;
        let (table, others) = (world.table(), world.others());
        let cases: Vec<Case> = (0..RULES).map(|i| random(&mut dice, &world, i)).collect();
        let mut marks: BTreeMap<String, Mark> = BTreeMap::new();
        let parts = rows.len().div_ceil(PARTS).max(1);
        for part in rows.chunks(parts) {
            server.insert(part).await;
            let subject = Subject { marks: &marks, ..world.subject(&table, &others) };
            let with: Vec<Rule> = cases
                .iter()
                .map(|case| Rule { watermark: Some(watermark.to_owned()), ..case.rule.clone() })
                .filter(|rule| ::rules::check(rule, &subject).is_ok())
                .collect();
            let without: Vec<Rule> =
                with.iter().map(|rule| Rule { watermark: None, ..rule.clone() }).collect();
            let (plan, counted_on) = measure(&mut server, &with, &subject).await;
            let (_, anew) = measure(&mut server, &without, &subject).await;
            for ((on_mark, all), rule) in counted_on.iter().zip(&anew).zip(&with) {
                let one = Outcome { by_watermark: false, ..same(on_mark) };
                assert_eq!(
                    one,
                    same(all),
                    "seed {seed} by {watermark}: {}",
                    serde_json::to_string(rule).unwrap()
                );
                on += usize::from(on_mark.by_watermark);
                judged += 1;
            }
            marks = kept(&plan.0, &plan.1);
        }
    }
    println!("{judged} outcomes, {on} of them counted on from a mark");
    assert!(on * 3 > judged, "hardly anything was counted on: {on} of {judged}");
}

#[tokio::test]
async fn a_mark_is_for_one_test_and_reads_only_what_is_new() {
    let mut server = Server::start().await;
    let mut world = World::random(&mut Dice::new(7));
    world.rows = (0..40).map(|k| row_of(k, k / 2)).collect();
    server.fill(&world).await;
    let (table, others) = (world.table(), world.others());
    let rule = |max: i64| {
        ::rules::read(&serde_json::json!({
            "name": "small", "check": {"range": {"column": "k", "max": max}}, "watermark": "m",
        }))
        .unwrap()
    };
    let subject = world.subject(&table, &others);
    let (first, outcomes) = measure(&mut server, &[rule(10)], &subject).await;
    assert_eq!(
        (outcomes[0].failing, outcomes[0].rows, outcomes[0].by_watermark),
        (Some(29), Some(40), false)
    );
    let marks = kept(&first.0, &first.1);
    // The last two rows share the greatest value: they are read again, and only they.
    assert_eq!((marks["small"].low.as_str(), marks["small"].rows, marks["small"].failing), ("19", 38, 27));

    let subject = Subject { marks: &marks, ..subject };
    server.insert(&[row_of(40, 19), row_of(41, 25)]).await;
    let (second, outcomes) = measure(&mut server, &[rule(10)], &subject).await;
    let statement = &second.0.statements()[0];
    assert_eq!(statement.task(), Task::Since);
    assert!(statement.sql().contains("WHERE \"m\" >= 19"), "{}", statement.sql());
    assert_eq!((outcomes[0].failing, outcomes[0].rows, outcomes[0].by_watermark), (Some(31), Some(42), true));

    // Another bound is another test.
    let (_, outcomes) = measure(&mut server, &[rule(20)], &subject).await;
    assert_eq!(
        (outcomes[0].failing, outcomes[0].rows, outcomes[0].by_watermark),
        (Some(21), Some(42), false)
    );
}

/// A row with a key and a watermark, and nothing else.
fn row_of(k: i64, m: i64) -> Row {
    let mut row: Row = vec![None; super::world::COLUMNS.len()];
    row[place("k")] = Some(k.to_string());
    row[place("m")] = Some(m.to_string());
    row
}

async fn measure(
    server: &mut Server,
    rules: &[Rule],
    subject: &Subject<'_>,
) -> ((Plan, ::rules::Cells), Vec<Outcome>) {
    let plan = compile(rules, subject);
    let cells = server.run(&plan).await;
    let outcomes = plan.judge(&cells, &BTreeMap::new());
    ((plan, cells), outcomes)
}

/// The marks as they are kept: written and read again.
fn kept(plan: &Plan, cells: &::rules::Cells) -> BTreeMap<String, Mark> {
    serde_json::from_str(&serde_json::to_string(&plan.marks(cells)).unwrap()).unwrap()
}

/// As rows come where the watermark never falls; where there is none, and where it is infinite, anywhere.
fn in_order(mut rows: Vec<Row>, watermark: &str) -> Vec<Row> {
    let at = place(watermark);
    let mut ordered: Vec<Row> = rows.extract_if(.., |row| row[at].is_some()).collect();
    ordered.sort_by(|a, b| {
        let (a, b) = (a[at].as_deref().unwrap(), b[at].as_deref().unwrap());
        match watermark {
            "m" | "d" | "k" => order(a.parse().unwrap(), b.parse().unwrap()),
            _ => moment(a).cmp(&moment(b)),
        }
    });
    let mut mixed = Vec::new();
    let mut missing = rows.into_iter();
    for (i, row) in ordered.into_iter().enumerate() {
        mixed.push(row);
        if i % 5 == 0 {
            mixed.extend(missing.next());
        }
    }
    mixed.extend(missing);
    // An infinite one that came first.
    let infinite = |row: &Row| matches!(row[at].as_deref(), Some("infinity" | "Infinity" | "NaN"));
    if let Some(last) = mixed.iter().rposition(infinite) {
        let row = mixed.remove(last);
        let first = mixed.iter().position(|row| row[at].as_deref().is_some_and(|at| !at.starts_with('-')));
        mixed.insert(first.unwrap_or(0).min(mixed.len()), row);
    }
    mixed
}
