//! All that the compiler makes passes the safe reader, and gives what it gives without it.

use super::dice::Dice;
use super::kinds::random;
use super::server::Server;
use super::world::World;
use super::{RULES, WORLDS};
use ::rules::{Rule, Value, compile, sample};
use cadastre::app::Options;
use cadastre::sources::safe::{Most, Purpose, open};
use cadastre_tests::postgres::TestCluster;
use cadastre_tests::register::Register;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_compiler_makes_passes_the_safe_reader_and_gives_the_same() {
    let networks = vec!["127.0.0.0/8".parse().unwrap()];
    let register = Register::with(Options { networks, ..Options::default() }).await;
    let database = TestCluster::source().fresh_database().await;
    let mut server = Server::on(&database).await;
    let source = register.source("rules", database).await;
    register.reads_as(&source, "postgres", &TestCluster::source().password()).await;
    let most = Most { rows: 1_000, ..Most::one_row(Duration::from_secs(30)) };
    let (mut same, mut failed, mut samples) = (0, 0, 0);
    for seed in 4_001..=4_000 + WORLDS {
        let mut dice = Dice::new(seed);
        let world = World::random(&mut dice);
        server.fill(&world).await;
        let (table, others) = (world.table_without_constraints(), world.others());
        let subject = world.subject(&table, &others);
        let rules: Vec<Rule> = (0..RULES).map(|i| random(&mut dice, &world, i).rule).collect();
        let plan = compile(&rules, &subject);
        let mut reader = open(&register.app, source.id, Purpose::Rule).await.unwrap();
        let mut waiting = plan.statements().to_vec();
        while let Some(statement) = waiting.pop() {
            let safely = reader.ask(&statement.sql(), &most).await;
            match (server.one(&statement).await, safely) {
                (Ok(values), Ok(rows)) => {
                    let cells: Vec<Option<String>> =
                        rows.one().unwrap().iter().map(|cell| cell.text.clone()).collect();
                    let values: Vec<Option<String>> = values
                        .into_iter()
                        .map(|value| match value {
                            Value::Count(count) => Some(count.to_string()),
                            Value::Text(text) => text,
                        })
                        .collect();
                    assert_eq!(cells, values, "{}", statement.sql());
                    same += 1;
                }
                (Err(_), Err(error)) => {
                    assert!(
                        error.lies_in_the_query() && error.detail().is_some(),
                        "{error:?}\n{}",
                        statement.sql()
                    );
                    waiting.extend(statement.split());
                    failed += 1;
                }
                (by_itself, safely) => panic!("{by_itself:?} {safely:?}\n{}", statement.sql()),
            }
        }
        for rule in &rules {
            let Ok(Some(query)) = sample(rule, &subject, 5) else { continue };
            reader.ask(&query.sql, &most).await.unwrap_or_else(|error| panic!("{error:?}\n{}", query.sql));
            samples += 1;
        }
        reader.close().await;
    }
    println!("{same} statements the same, {failed} failed both ways, {samples} samples");
    assert!(same > 100 && failed > 5 && samples > 200, "{same} {failed} {samples}");
}
