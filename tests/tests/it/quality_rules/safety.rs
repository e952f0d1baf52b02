//! Names, values and SQL of people: what is written is data, what is queried is bounded, and what passes a cast is cast.

use super::dice::Dice;
use super::kinds::{Case, random};
use super::server::Server;
use super::world::{TEXTS, WEIRD, World};
use super::{RULES, WORLDS, measure};
use ::rules::{Dialect, Rule, Verdict, check, read, sample};
use serde_json::json;
use sqlx::{AssertSqlSafe, Column as _, Executor as _, Row as _};
use std::collections::{BTreeMap, HashSet};

/// Failing rows that are shown.
const SHOWN: u32 = 5;

#[tokio::test]
async fn a_literal_is_its_text_and_a_name_its_name() {
    let mut server = Server::start().await;
    let dialect = Dialect::PostgreSql;
    let mut texts: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    texts.extend(
        [WEIRD, "\\\\'", "''", "\\'; SELECT 1; --", "'||'", "E'\\", "\u{1}\u{7f}\u{feff}"].map(str::to_owned),
    );
    texts.push((1_u8..=126).map(char::from).collect());
    for conforming in ["on", "off"] {
        let set = format!("SET standard_conforming_strings = {conforming}; SET backslash_quote = on");
        server.connection.execute(AssertSqlSafe(set)).await.unwrap();
        for text in &texts {
            let sql = format!("SELECT {}::text", dialect.literal(text));
            // Without the setting a plain literal with no backslash is the same.
            let read = server.texts(&sql).await.unwrap_or_else(|error| panic!("{text:?} {error}"));
            assert_eq!(read, [Some(text.clone())], "{conforming} {sql}");
        }
    }
    for text in texts.iter().filter(|text| !text.is_empty() && text.len() <= 63) {
        let sql = format!("SELECT 1 AS {}", dialect.name(text));
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut server.connection).await.unwrap();
        assert_eq!(row.columns()[0].name(), text);
    }
}

#[tokio::test]
async fn failing_rows_are_shown_by_their_key_and_no_more_than_asked_for() {
    let mut server = Server::start().await;
    let mut shown = 0;
    for seed in 3_001..=3_000 + WORLDS {
        let mut dice = Dice::new(seed);
        let world = World::random(&mut dice);
        server.fill(&world).await;
        let (table, others) = (world.table(), world.others());
        let subject = world.subject(&table, &others);
        let cases: Vec<Case> = (0..RULES).map(|i| random(&mut dice, &world, i)).collect();
        for Case { rule, expected, .. } in &cases {
            let Ok(Some(query)) = sample(rule, &subject, SHOWN) else { continue };
            let rows = sqlx::query(AssertSqlSafe(query.sql.clone())).fetch_all(&mut server.connection).await;
            let rows = rows.unwrap_or_else(|error| panic!("seed {seed} {error}\n{}", query.sql));
            let failing = expected.failing.unwrap();
            let most = u64::from(SHOWN).min(failing);
            let is = rows.len() as u64;
            assert_eq!(is, most, "seed {seed} {}", query.sql);
            let keys: HashSet<i64> = rows.iter().map(|row| row.get("k")).collect();
            assert_eq!(keys.len(), rows.len(), "a row is shown twice: {}", query.sql);
            if let Some(row) = rows.first().filter(|_| !query.columns.is_empty()) {
                let names: Vec<&str> = row.columns().iter().map(sqlx::Column::name).collect();
                assert_eq!(names, query.columns, "{}", query.sql);
            }
            shown += rows.len();
        }
        let silent = Rule { sample: false, ..cases[0].rule.clone() };
        assert_eq!(sample(&silent, &subject, SHOWN), Ok(None));
    }
    assert!(shown > 200, "{shown} rows were shown");
}

#[tokio::test]
async fn what_passes_a_cast_is_cast() {
    let mut server = Server::start().await;
    let mut cast = 0;
    for (to, written) in [
        ("boolean", "boolean"),
        ("integer", "integer"),
        ("bigint", "bigint"),
        ("decimal", "numeric"),
        ("date", "date"),
        ("timestamp", "timestamptz"),
        ("uuid", "uuid"),
    ] {
        let mut world = World::random(&mut Dice::new(1));
        world.rows.clear();
        server.fill(&world).await;
        let (table, others) = (world.table(), world.others());
        let subject = world.subject(&table, &others);
        let rule = read(&json!({"name": "cast", "check": {"castable": {"column": "s", "to": to}}})).unwrap();
        for text in TEXTS {
            let mut row = vec![None; super::world::COLUMNS.len()];
            row[super::world::place("k")] = Some("1".to_owned());
            row[super::world::place("m")] = Some("1".to_owned());
            row[super::world::place("s")] = Some((*text).to_owned());
            server.connection.execute("TRUNCATE \"hostile \"\"s\".\"t'x\"").await.unwrap();
            server.insert(&[row]).await;
            let outcome = measure(&mut server, &[&rule], &subject, &BTreeMap::new()).await.remove(0);
            assert_ne!(outcome.verdict, Verdict::Error, "{text:?} to {to}: {outcome:?}");
            if outcome.verdict == Verdict::Pass {
                let sql = format!("SELECT (s::{written})::text FROM \"hostile \"\"s\".\"t'x\"");
                assert!(server.texts(&sql).await.is_ok(), "{text:?} is no {written}");
                cast += 1;
            }
        }
    }
    assert!(cast > 30, "{cast} texts were cast");
}

#[tokio::test]
async fn of_each_resident_id_one_check_digit_is_right() {
    let mut server = Server::start().await;
    let mut world = World::random(&mut Dice::new(1));
    let ids =
        (0..200).flat_map(|n| "0123456789X".chars().map(move |check| format!("11010519491231{n:03}{check}")));
    let ids: Vec<String> = ids.collect();
    world.rows = ids
        .iter()
        .enumerate()
        .map(|(k, id)| {
            let mut row = vec![None; super::world::COLUMNS.len()];
            row[super::world::place("k")] = Some(k.to_string());
            row[super::world::place("m")] = Some("1".to_owned());
            row[super::world::place("s")] = Some(id.clone());
            row
        })
        .collect();
    server.fill(&world).await;
    let (table, others) = (world.table(), world.others());
    let named = json!({"name": "id", "check": {"pattern": {"column": "s", "named": "china_resident_id"}}});
    let rule = read(&named).unwrap();
    let query = sample(&rule, &world.subject(&table, &others), 5_000).unwrap().unwrap().sql;
    let query = query.replacen("SELECT \"k\", \"s\"", "SELECT \"s\"", 1);
    let failing: HashSet<String> = server.texts(&query).await.unwrap().into_iter().flatten().collect();
    let right: Vec<&String> = ids.iter().filter(|id| !failing.contains(*id)).collect();
    assert_eq!(right.len(), 200, "one of eleven");
    assert!(right.iter().all(|id| super::patterns::is_resident_id(id)), "{right:?}");
}

#[test]
fn sql_that_reaches_out_is_refused_before_it_is_put_into_a_statement() {
    let world = World { rows: Vec::new(), others: Vec::new() };
    let (table, others) = (world.table(), world.others());
    let subject = world.subject(&table, &others);
    let expressions = [
        "true) OR (true",
        "true); DROP TABLE t; --",
        "n > 1 -- and not",
        "n > 1 /* and not */",
        "n > 1; SELECT 1",
        "n IN (SELECT id FROM p)",
        "EXISTS (SELECT 1)",
        "pg_sleep(10) IS NULL",
        "PG_CATALOG.PG_SLEEP(10) IS NULL",
        "pg_read_file('/etc/passwd') IS NULL",
        "lo_create(0) = 1",
        "dblink('host=x', 'SELECT 1') IS NULL",
        "query_to_xml('SELECT 1', true, true, '') IS NULL",
        "set_config('statement_timeout', '0', false) = ''",
        "nextval('s') = 1",
        "n > $1",
        "row_number() OVER () > 1",
        "n > 1 UNION SELECT 1",
        "'",
        "\"",
        "$$",
    ];
    for text in expressions {
        let rule = read(&json!({"name": "r", "check": {"not_null": "n"}, "where": text})).unwrap();
        assert!(check(&rule, &subject).is_err(), "{text}");
        let rule = read(&json!({"name": "r", "check": {"metric": {"expression": text, "max": 1}}})).unwrap();
        assert!(check(&rule, &subject).is_err(), "{text}");
        let compare = json!({"compare": {"left": text, "operator": "=", "right": "n"}});
        let rule = read(&json!({"name": "r", "check": compare})).unwrap();
        assert!(check(&rule, &subject).is_err(), "{text}");
    }
    for query in [
        "DELETE FROM t",
        "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
        "SELECT 1; SELECT 2",
        "SELECT 1) AS q; DROP TABLE t; --",
        "SELECT pg_sleep(10)",
        "SELECT * FROM t FOR UPDATE",
        "SELECT 1 INTO t",
        "COPY t TO PROGRAM 'id'",
        "COMMIT",
        "SET x = 1",
        "EXPLAIN ANALYZE SELECT 1",
        "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT * FROM r",
    ] {
        let rule = read(&json!({"name": "r", "check": {"sql": query}})).unwrap();
        assert!(check(&rule, &subject).is_err(), "{query}");
    }
}
