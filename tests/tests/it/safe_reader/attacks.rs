//! The attack corpus: each asked by way of the safe reader, and most of them once more without its gate, so that what stands behind it is
//! seen to hold by itself. After each everything is as it was.

use super::state::{sessions, state, until_gone};
use super::*;
use cadastre::sources::reader::{Connection, Policy, TlsMode, Visit, reader};
use cadastre_model::SourceKind;
use sqlx::Executor as _;
use std::time::Instant;

/// What the gate refuses.
const REFUSED: &[&str] = &[
    // Several statements, and none that is a query.
    "SELECT 1; DELETE FROM shop.orders",
    "COMMIT; INSERT INTO shop.trail VALUES ('x')",
    "COMMIT",
    "ROLLBACK",
    "SET TRANSACTION READ WRITE",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "SET statement_timeout = 0",
    "RESET ALL",
    "DISCARD ALL",
    "INSERT INTO shop.trail VALUES ('x')",
    "INSERT INTO shop.trail VALUES ('x') RETURNING what",
    "UPDATE shop.orders SET note = '' RETURNING id",
    "DELETE FROM shop.orders RETURNING id",
    "MERGE INTO shop.orders o USING shop.trail t ON true WHEN MATCHED THEN DELETE",
    "TRUNCATE shop.orders",
    "DROP TABLE shop.orders",
    "CREATE TABLE shop.x AS SELECT 1",
    "CREATE TEMP TABLE x (a int)",
    "ALTER ROLE CURRENT_USER SET default_transaction_read_only = off",
    "DO $$ BEGIN INSERT INTO shop.trail VALUES ('x'); END $$",
    "CALL shop.writes()",
    "PREPARE p AS DELETE FROM shop.orders",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "LISTEN shop",
    "NOTIFY shop, 'x'",
    "LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE",
    "COPY shop.orders TO STDOUT",
    "COPY (SELECT 1) TO '/tmp/cadastre-attack-1'",
    "COPY (SELECT 1) TO PROGRAM 'touch /tmp/cadastre-attack-2'",
    "EXPLAIN ANALYZE INSERT INTO shop.trail VALUES ('x')",
    "EXPLAIN ANALYZE SELECT shop.writes()",
    "VACUUM shop.orders",
    "REFRESH MATERIALIZED VIEW shop.x",
    // Out of the parentheses that a query is put into.
    "SELECT 1) AS q; DROP TABLE shop.orders; --",
    "SELECT 1) AS q (c0), (SELECT shop.writes()",
    "SELECT 1 -- \n; DELETE FROM shop.orders",
    "SELECT 1 /* */; /* */ DELETE FROM shop.orders",
    // Writing inside a query.
    "WITH d AS (DELETE FROM shop.orders RETURNING id) SELECT * FROM d",
    "WITH i AS (INSERT INTO shop.trail VALUES ('x') RETURNING what) SELECT count(*) FROM i",
    "SELECT * FROM (WITH u AS (UPDATE shop.orders SET note = '' RETURNING 1) SELECT * FROM u) q",
    "SELECT 1 AS a INTO shop.x",
    "SELECT 1 AS a INTO TEMP x",
    "SELECT id FROM shop.orders FOR UPDATE",
    "SELECT id FROM (SELECT id FROM shop.orders FOR SHARE SKIP LOCKED) q",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    // Functions that reach out.
    "SELECT nextval('shop.numbers')",
    "SELECT setval('shop.numbers', 99)",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/cadastre-attack-3')",
    "SELECT pg_advisory_lock(4711)",
    "SELECT pg_advisory_xact_lock(4711)",
    "SELECT pg_try_advisory_lock(4711)",
    "SELECT pg_notify('shop', 'x')",
    "SELECT set_config('statement_timeout', '0', false), pg_sleep(9)",
    "SELECT set_config('transaction_read_only', 'off', true)",
    "SELECT set_config('default_transaction_read_only', 'off', false)",
    "SELECT current_setting('data_directory')",
    "SELECT pg_sleep(60)",
    "SELECT pg_sleep_for('1 minute')",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT * FROM pg_ls_dir('/etc')",
    "SELECT pg_stat_file('PG_VERSION')",
    "SELECT pg_reload_conf()",
    "SELECT pg_export_snapshot()",
    "SELECT pg_create_restore_point('x')",
    "SELECT pg_switch_wal()",
    "SELECT pg_stat_reset()",
    "SELECT query_to_xml('DELETE FROM shop.orders RETURNING 1', true, true, '')",
    "SELECT query_to_xml_and_xmlschema('SELECT shop.writes()', true, true, '')",
    "SELECT table_to_xml('pg_authid', true, true, '')",
    "SELECT database_to_xml(true, true, '')",
    "SELECT cursor_to_xml('c', 1, true, true, '')",
    "SELECT ts_stat('SELECT shop.writes()')",
    "SELECT * FROM ts_stat('SELECT to_tsvector(note) FROM shop.orders')",
    "SELECT ts_rewrite('a'::tsquery, 'SELECT shop.writes()::text::tsquery, ''b''::tsquery')",
    "SELECT dblink_exec('dbname=postgres', 'CREATE TABLE x ()')",
    "SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t(a int)",
    "SELECT repeat('x', 1000000000)",
    "SELECT has_table_privilege('shop.orders', 'INSERT')",
    "SELECT version()",
    "SELECT currval('shop.numbers')",
    "SELECT txid_current()",
    // Written so that it is not seen.
    "SELECT /* pg_sleep */ pg_sleep(60) -- (",
    "SELECT pg_sleep/**/(60)",
    "SELECT pg_catalog . pg_sleep (60)",
    "SELECT \"pg_sleep\"(60)",
    "SELECT pg_catalog.\"pg_sleep\"(60)",
    "SELECT U&\"\\0070g_sleep\"(60)",
    "SELECT U&\"!0070g_sleep\" UESCAPE '!' (60)",
    "SELECT U&'\\0027, pg_sleep(60), \\0027'",
    "SELECT $$a$$, pg_sleep(60), $$b$$",
    "SELECT $x$ ' $x$, pg_sleep(60), $x$ ' $x$",
    "SELECT $1a$, pg_sleep(60), $1a$",
    "SELECT E'a'\n'\\' || ', pg_sleep(60), '\\' ''",
    "SELECT E'\\'', pg_sleep(60), E'\\''",
    "SELECT 1 /* /* */ , pg_sleep(60) /* */ */ , pg_sleep(60)",
    "SELECT 1 --\r, pg_sleep(60)",
    "SELECT 1 -- \u{2028}\n, pg_sleep(60)",
    "SELECT CASE WHEN EXISTS (SELECT FROM (SELECT pg_sleep(60)) q) THEN 1 END",
    "SELECT 1 ORDER BY (SELECT pg_sleep(60) IS NULL)",
    "SELECT 1 LIMIT (SELECT 1 FROM pg_sleep(60))",
    "SELECT count(*) FILTER (WHERE pg_sleep(60) IS NULL) FROM shop.orders",
    "SELECT sum(amount) OVER (ORDER BY pg_sleep(60)) FROM shop.orders",
    "SELECT * FROM shop.orders o, LATERAL (SELECT pg_sleep(60)) q",
    "SELECT * FROM ROWS FROM (pg_sleep(60), pg_sleep(60)) AS t",
    "VALUES (pg_sleep(60))",
    "SELECT array_agg(pg_sleep(60)) FROM shop.orders",
    "SELECT pg_sleep(variadic => 60)",
    "SELECT (pg_sleep(60)).*",
    // What the source defines.
    "SELECT shop.writes()",
    "SELECT shop.quiet()",
    "SELECT * FROM shop.writes()",
    "SELECT writes()",
    "SELECT 1 OPERATOR(shop.->) 2",
    "SELECT 'x'::shop.odd",
    "SELECT CAST('x' AS shop.odd)",
    "SELECT shop.odd 'x'",
    "SELECT 1::shop.mood",
    "SELECT '{x}'::shop.odd[]",
    "SELECT * FROM json_to_record('{\"a\": \"x\"}') AS t(a shop.odd)",
    // The catalogue, which tells of values and other sessions.
    "SELECT * FROM pg_authid",
    "SELECT most_common_vals FROM pg_stats",
    "SELECT * FROM pg_catalog.pg_stat_activity",
    "SELECT * FROM \"pg_catalog\".\"pg_settings\"",
    "SELECT * FROM information_schema.columns",
    "SELECT * FROM ONLY pg_stats",
    "TABLE pg_stats",
    "SELECT * FROM (TABLE pg_stats) q",
    "WITH pg_stats AS (SELECT 1) SELECT * FROM pg_stats",
    "WITH \"only\" AS (SELECT 1) SELECT * FROM ONLY pg_stats",
    "SELECT * FROM orders",
    // No query at all.
    "",
    ";",
    "-- nothing",
    "SELECT $1",
    "SELECT 1 WHERE id = :name",
];

/// What passes the gate and fails, or does nothing, at the source.
const HARMLESS: &[(&str, Option<&str>)] = &[
    ("SELECT * FROM shop.v_writes", Some("read-refused-writes")),
    ("SELECT * FROM shop.v_next", Some("read-refused-writes")),
    ("SELECT * FROM shop.v_large", None),
    ("SELECT * FROM shop.v_locks", None),
    ("SELECT * FROM shop.v_tells", None),
    ("SELECT * FROM shop.v_sets", None),
    ("SELECT * FROM shop.v_sleeps", Some("read-limit-time")),
    ("SELECT o.by_row FROM shop.orders o", Some("read-wrong")),
    ("SELECT (o).by_row FROM shop.orders o", Some("read-wrong")),
    ("SELECT 1 -> 2", Some("read-wrong")),
    ("SELECT count(*) FROM generate_series(1, 100000000000) g", Some("read-limit-time")),
    ("SELECT 'a' ~ '(((((a*)*)*)*)*)*b', 1 / 0", Some("read-wrong")),
    ("SELECT E'\\'; DELETE FROM shop.orders; --', '/*', '--'", None),
    ("SELECT 1 /* ; DELETE FROM shop.orders /* */ ; */ + 1 -- ; DROP TABLE shop.orders", None),
    ("SELECT 'it''s; COMMIT' AS \"a\"\"; COMMIT\"", None),
    ("SELECT ';'; ;;  ", None),
    ("SELECT ARRAY(SELECT id FROM shop.orders), (SELECT max(note) FROM shop.orders)", None),
    ("SELECT 'shop.numbers'::regclass, 'x'::xml", None),
    (
        "SELECT xmlparse(document '<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>')",
        Some(""),
    ),
];

/// What ends other sessions at once, whatever becomes of the transaction: only the gate stands before it.
const ONLY_BY_THE_GATE: &[&str] = &["SELECT pg_terminate_backend(PID)", "SELECT pg_cancel_backend(PID)"];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_corpus_does_anything() {
    let world = World::open().await;
    let before = state(&world).await;
    let mut other = world.source.database.connect().await;
    other.execute("SET application_name = 'bystander'").await.unwrap();
    let bystander: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut other).await.unwrap();
    let mut reader = world.read(Purpose::CustomRule).await;
    let pid = reader.pid();
    for sql in REFUSED.iter().map(|sql| (*sql).to_owned()).chain(against(ONLY_BY_THE_GATE, bystander)) {
        let since = Instant::now();
        let error = reader.ask(&sql, &most()).await.err().unwrap_or_else(|| panic!("it was run: {sql}"));
        assert!(matches!(error, ReadError::Refused(_)), "{sql}: {error:?}");
        assert!(since.elapsed() < Duration::from_secs(2), "{sql}");
    }
    assert_eq!(state(&world).await, before);
    for (sql, expected) in HARMLESS {
        let since = Instant::now();
        let outcome = reader.ask(sql, &most()).await;
        match (expected, &outcome) {
            (None, outcome) => assert!(outcome.is_ok(), "{sql}: {outcome:?}"),
            (Some(""), _) => {}
            (Some(expected), outcome) => {
                let error = outcome.as_ref().expect_err(sql);
                assert_eq!(key(error), *expected, "{sql}: {error:?}");
            }
        }
        assert!(since.elapsed() < Duration::from_secs(5), "{sql} took {:?}", since.elapsed());
    }
    // Still the same visit, in which nothing was lost.
    assert_eq!(reader.pid(), pid);
    assert_eq!(
        reader.ask("SELECT count(*) FROM shop.orders", &most()).await.unwrap().rows[0][0].text.as_deref(),
        Some("500")
    );
    reader.close().await;
    until_gone(&world).await;
    assert_eq!(state(&world).await, before);
    let alive: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut other).await.unwrap();
    assert_eq!(alive, bystander);
    println!("{} refused, {} harmless", REFUSED.len() + ONLY_BY_THE_GATE.len(), HARMLESS.len());
}

fn against(texts: &[&str], pid: i32) -> Vec<String> {
    texts.iter().map(|sql| sql.replace("PID", &pid.to_string())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_gate_the_transaction_and_the_protocol_hold() {
    let world = World::open().await;
    let before = state(&world).await;
    let mut ran = 0;
    let most = Most { time: Duration::from_millis(300), ..most() };
    for sql in REFUSED.iter().copied().chain(HARMLESS.iter().map(|(sql, _)| *sql)) {
        // A visit each: what outlives a transaction has to go with the session.
        let mut visit = visit(&world).await;
        let since = Instant::now();
        ran += usize::from(visit.ask(sql, &most).await.is_ok());
        assert!(since.elapsed() < Duration::from_secs(6), "{sql} took {:?}", since.elapsed());
        // The timeout and READ ONLY are as they were.
        let on = visit.ask("SELECT current_setting('transaction_read_only')", &most).await;
        if let Ok(rows) = on {
            assert_eq!(rows.rows[0][0].text.as_deref(), Some("on"), "{sql}");
        }
        visit.close().await;
    }
    until_gone(&world).await;
    assert_eq!(state(&world).await, before);
    println!("{ran} of {} gave rows without the gate", REFUSED.len() + HARMLESS.len());
}

/// A visit as the reader makes it, without what stands before it.
async fn visit(world: &World) -> Box<dyn Visit> {
    let cluster = world.source.database.cluster();
    let connection = Connection {
        host: "127.0.0.1".into(),
        port: cluster.port(),
        database: world.source.database.name().to_owned(),
        user: world.role.clone(),
        secret: SECRET.into(),
        tls: TlsMode::Disable,
        ca: None,
    };
    let policy = Policy { networks: vec!["127.0.0.0/8".parse().unwrap()], ..Policy::default() };
    reader(SourceKind::Postgresql, policy).visit(&connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_do_more_than_read_runs_no_query_of_people() {
    let world = World::open().await;
    let cluster = world.source.database.cluster().clone();
    world.register.reads_as(&world.source, "postgres", &cluster.password()).await;
    let refused = open(&world.register.app, world.source.id, Purpose::CustomRule).await.unwrap_err();
    assert_eq!(key(&refused), "read-refused-role");
    assert!(format!("{:?}", refused.message()).contains("superuser"), "{refused:?}");
    // Queries of our own are asked by it, and the gate stands before them too.
    let mut reader = world.read(Purpose::Rule).await;
    for sql in
        ["COPY (SELECT 1) TO PROGRAM 'touch /tmp/cadastre-attack-4'", "SELECT pg_read_file('/etc/passwd')"]
    {
        assert!(matches!(reader.ask(sql, &most()).await, Err(ReadError::Refused(_))), "{sql}");
    }
    assert!(reader.ask("SELECT count(*) FROM shop.orders", &most()).await.is_ok());
    reader.close().await;

    for right in
        ["pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "pg_signal_backend"]
    {
        let role = format!("r_{}", uuid::Uuid::new_v4().simple());
        let between = format!("g_{}", uuid::Uuid::new_v4().simple());
        let sql = format!(
            "create role {between}; grant {right} to {between};
             create role {role} login noinherit password '{SECRET}'; grant {between} to {role}"
        );
        world.source.database.execute(&sql).await;
        world.register.reads_as(&world.source, &role, SECRET).await;
        let refused = open(&world.register.app, world.source.id, Purpose::CustomRule).await.unwrap_err();
        assert!(format!("{:?}", refused.message()).contains(right), "{right}: {refused:?}");
    }
    for attribute in ["replication", "bypassrls", "createrole"] {
        let role = format!("r_{}", uuid::Uuid::new_v4().simple());
        world
            .source
            .database
            .execute(&format!("create role {role} login {attribute} password '{SECRET}'"))
            .await;
        world.register.reads_as(&world.source, &role, SECRET).await;
        let refused = open(&world.register.app, world.source.id, Purpose::CustomRule).await.unwrap_err();
        assert!(format!("{:?}", refused.message()).contains(attribute), "{attribute}: {refused:?}");
    }
    until_gone(&world).await;
    assert!(sessions(&world).await.is_empty());
}

#[tokio::test]
async fn what_may_be_called_is_the_server_s_own_and_steady() {
    let mut conn = TestCluster::source().admin().await;
    let names: Vec<&str> = cadastre::sources::safe::functions().collect();
    let volatile: Vec<String> = sqlx::query_scalar(
        "select distinct proname::text from pg_proc where proname = any($1::text[]::name[]) and pronamespace = 'pg_catalog'::regnamespace
         and (provolatile = 'v' or prokind = 'p' or prorettype = 'trigger'::regtype)",
    )
    .bind(&names)
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert!(volatile.is_empty(), "{volatile:?}");
    let known: Vec<String> = sqlx::query_scalar(
        "select distinct proname::text from pg_proc where proname = any($1::text[]::name[]) and pronamespace = 'pg_catalog'::regnamespace",
    )
    .bind(&names)
    .fetch_all(&mut conn)
    .await
    .unwrap();
    // Newer servers have some that this one lacks.
    let strange: Vec<&&str> = names.iter().filter(|name| !known.iter().any(|k| k == **name)).collect();
    assert!(strange.len() <= 10, "{strange:?}");
    // Operators and casts of the server's own call nothing else either.
    let operators: i64 = sqlx::query_scalar(
        "select count(*) from pg_operator o join pg_proc p on p.oid = o.oprcode
         where o.oprnamespace = 'pg_catalog'::regnamespace and p.provolatile = 'v'",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(operators, 0);
}
