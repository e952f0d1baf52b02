//! The program killed and paused in the middle of a check: each time that a rule was due has one result, and who was paused
//! writes nothing any more.

use crate::program::{PATIENCE, Program, add_source, program, until_somebody_waits};
use cadastre::change::Author;
use cadastre::quality::apply;
use cadastre::tasks::{NewTask, enqueue};
use cadastre_model::AssetId;
use cadastre_tests::postgres::{TestCluster, TestDatabase};
use cadastre_tests::register::Register;
use cadastre_tests::soak;
use serde_json::json;
use sqlx::{Connection, PgConnection, Postgres, Transaction};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SHOP: &str = "
    create schema sales;
    create table sales.orders (id bigint primary key, customer_id bigint, amount numeric(12,2));
    insert into sales.orders select n, nullif(n % 4, 0), n from generate_series(1, 10) n";

const RULES: &str = "
dataset: shop.sales.orders
rules:
  - { name: there, check: { not_null: customer_id }, schedule: { cron: '0 * * * *', zone: UTC } }
  - { name: positive, check: { range: { column: amount, min: 0 } }, schedule: { cron: '0 * * * *', zone: UTC } }
";

/// A register without workers of its own, with a shop that the program has crawled, and two rules: one does not hold.
struct Scene {
    register: Register,
    shop: TestDatabase,
    home: TempDir,
}

impl Scene {
    async fn set() -> (Self, Program) {
        let register = Register::empty().await;
        let shop = TestCluster::source().fresh_database().await;
        shop.execute(SHOP).await;
        let scene = Self { register, shop, home: tempfile::tempdir().unwrap() };
        add_source(&scene.register, scene.home.path(), "shop", &scene.shop);
        let one = scene.serve("one");
        let source = AssetId(scene.register.count("select asset_id from sources").await);
        let task = NewTask {
            kind: "crawl",
            dedupe_key: &format!("crawl:{source}"),
            asset: Some(source),
            payload: json!({}),
            by: None,
            max_attempts: 1,
        };
        enqueue(&mut scene.register.app.db().web.acquire().await.unwrap(), &task).await.unwrap();
        scene.until("select count(*) from tasks where kind = 'crawl' and state = 'done'", 1).await;
        let applied = apply(&scene.register.app, &Author::cli(), "rules.yaml", RULES, true).await.unwrap();
        assert_eq!(applied.len(), 2);
        (scene, one)
    }

    fn serve(&self, name: &str) -> Program {
        let log = self.home.path().join(format!("{name}.log"));
        Program::start(program(&self.register, self.home.path(), name).arg("serve"), &log)
    }

    /// The rules' time has come; which, is the hour of a day that is past.
    async fn due(&self, hour: usize) {
        let sql =
            format!("update rules set next_due = '2026-01-01T00:00Z'::timestamptz + interval '{hour} hours'");
        self.register.database.execute(&sql).await;
    }

    async fn until(&self, sql: &'static str, wanted: i64) {
        let began = Instant::now();
        while self.register.count(sql).await != wanted {
            assert!(began.elapsed() < PATIENCE, "{sql} does not come to {wanted}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn until_checked(&self) {
        let open = "select (select count(*) from rule_dues) + (select count(*) from tasks where kind = 'check' and state in ('queued', 'running'))";
        self.until(open, 0).await;
    }

    /// As if the length of a lease had passed without a word of the worker: its task is free, and its connection to the source.
    async fn let_lease_pass(&self) {
        let database = &self.register.database;
        database.execute("update tasks set lease_until = clock_timestamp() where state = 'running'").await;
        database.execute("update source_visits set until = clock_timestamp()").await;
    }

    /// Keeps the table at the source from being read until the transaction ends.
    async fn hold_source<'a>(&self, conn: &'a mut PgConnection) -> Transaction<'a, Postgres> {
        let mut tx = conn.begin().await.unwrap();
        sqlx::query("lock table sales.orders").execute(&mut *tx).await.unwrap();
        tx
    }

    /// Keeps what is due from being taken away until the transaction ends, so that who writes results waits among its writes.
    async fn hold_results(&self) -> Transaction<'static, Postgres> {
        self.until("select count(*) from rule_dues", 2).await;
        let mut tx = self.register.app.db().web.begin().await.unwrap();
        sqlx::query("select from rule_dues for update").execute(&mut *tx).await.unwrap();
        tx
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_killed_leaves_one_result_for_each_time_at_which_a_rule_was_due() {
    let (scene, mut program) = Scene::set().await;
    let rounds = soak::times(5);
    for round in 0..rounds {
        let mut conn = PgConnection::connect(scene.shop.url().as_str()).await.unwrap();
        if round % 2 == 0 {
            // While the source is asked.
            let held = scene.hold_source(&mut conn).await;
            scene.due(round).await;
            until_somebody_waits(&scene.shop).await;
            program.kill();
            held.rollback().await.unwrap();
        } else {
            // While the results are written: some are, and nobody has seen them.
            let source = scene.hold_source(&mut conn).await;
            scene.due(round).await;
            let held = scene.hold_results().await;
            source.rollback().await.unwrap();
            until_somebody_waits(&scene.register.database).await;
            program.kill();
            held.rollback().await.unwrap();
        }
        let register = &scene.register;
        assert_eq!(register.count("select count(*) from rule_dues").await, 2, "what is due stays so");
        assert_eq!(
            register.count("select count(*) from rule_results").await,
            2 * i64::try_from(round).unwrap()
        );
        program = scene.serve("one");
        scene.let_lease_pass().await;
        scene.until_checked().await;
        let results = "select count(*) from rule_results where verdict = case (select name from rules where id = rule_id) when 'there' then 'fail' else 'pass' end";
        assert_eq!(register.count(results).await, 2 * i64::try_from(round + 1).unwrap());
    }
    let register = &scene.register;
    assert_eq!(
        register.count("select count(distinct (rule_id, due_at)) from rule_results").await,
        2 * i64::try_from(rounds).unwrap()
    );
    assert_eq!(register.count("select count(*) from incidents").await, 1, "it failed on: no second incident");
    assert_eq!(
        register.count("select count(*) from checks c where not exists (select from rule_results where check_id = c.id)").await,
        0,
        "no check without results"
    );
    soak::count("kill -9 of the program in mid-check", rounds);
    program.signal("TERM");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_paused_beyond_its_lease_in_a_check_writes_no_result_any_more() {
    let (scene, one) = Scene::set().await;
    let mut conn = PgConnection::connect(scene.shop.url().as_str()).await.unwrap();
    let mut held = scene.hold_source(&mut conn).await;
    scene.due(0).await;
    until_somebody_waits(&scene.shop).await;
    one.signal("STOP");
    // It has seen, or is about to see, a row that is bad; who comes after it sees none.
    sqlx::query("update sales.orders set customer_id = 1").execute(&mut *held).await.unwrap();
    held.commit().await.unwrap();
    scene.let_lease_pass().await;
    let two = scene.serve("two");
    scene.until_checked().await;
    one.signal("CONT");
    one.says("lease_lost").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let register = &scene.register;
    assert_eq!(register.count("select count(*) from rule_results where verdict = 'pass'").await, 2);
    assert_eq!(register.count("select count(*) from rule_results").await, 2);
    assert_eq!(register.count("select count(*) from incidents").await, 0);
    assert_eq!(register.count("select count(*) from checks").await, 1);
    soak::count("programs paused beyond their lease in mid-check", 1);
    drop(two);
}
