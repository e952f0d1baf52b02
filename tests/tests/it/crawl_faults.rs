//! The program killed and paused in the middle of a crawl: each schema is the old one or the new one, the next attempt
//! brings all to the new one, and who was paused writes nothing any more.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::program::{PATIENCE, Program, add_source, program, until_somebody_waits};
use cadastre::tasks::{NewTask, enqueue};
use cadastre_model::AssetId;
use cadastre_tests::postgres::{TestCluster, TestDatabase};
use cadastre_tests::register::Register;
use cadastre_tests::soak;
use serde_json::json;
use sqlx::{Connection, PgConnection, Postgres, Transaction};
use tempfile::TempDir;

const SCHEMAS: usize = 24;
const TABLES: usize = 8;

/// A register without workers of its own, a source with many schemas, and the program on the register's database.
struct Scene {
    register: Register,
    source: TestDatabase,
    home: TempDir,
    asset: AssetId,
}

impl Scene {
    async fn set() -> Self {
        let register = Register::empty().await;
        let source = TestCluster::source().fresh_database().await;
        source.execute(&tables()).await;
        let home = tempfile::tempdir().unwrap();
        let scene = Self { register, source, home, asset: AssetId(0) };
        add_source(&scene.register, scene.home.path(), "many", &scene.source);
        let asset = AssetId(scene.register.count("select asset_id from sources").await);
        Self { asset, ..scene }
    }

    fn command(&self, name: &str) -> Command {
        program(&self.register, self.home.path(), name)
    }

    fn serve(&self, name: &str) -> Program {
        Program::start(self.command(name).arg("serve"), &self.home.path().join(format!("{name}.log")))
    }

    async fn ask(&self) {
        let mut conn = self.register.app.db().web.acquire().await.unwrap();
        let task = NewTask {
            kind: "crawl",
            dedupe_key: &format!("crawl:{}", self.asset),
            asset: Some(self.asset),
            payload: json!({}),
            by: None,
            max_attempts: 5,
        };
        enqueue(&mut conn, &task).await.unwrap();
    }

    async fn last_state(&self) -> String {
        sqlx::query_scalar("select state from tasks where kind = 'crawl' order by id desc limit 1")
            .fetch_one(&self.register.app.db().web)
            .await
            .unwrap()
    }

    async fn until(&self, wanted: &str) {
        let began = Instant::now();
        while self.last_state().await != wanted {
            assert!(began.elapsed() < PATIENCE, "the crawl is {} and not {wanted}", self.last_state().await);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// As if the length of a lease had passed without a word of the worker.
    async fn let_lease_pass(&self) {
        self.register
            .database
            .execute("update tasks set lease_until = clock_timestamp() where state = 'running'")
            .await;
    }

    /// Keeps a dataset of a schema as it is in the register until the transaction ends: whoever writes it waits.
    async fn hold(&self, schema: usize) -> Transaction<'static, Postgres> {
        let mut tx = self.register.app.db().web.begin().await.unwrap();
        let held = sqlx::query(
            "select from assets d join assets s on s.id = d.parent_id
             where d.kind = 'dataset' and d.name = 't0' and s.name = $1 for update of d",
        )
        .bind(format!("s{schema}"))
        .execute(&mut *tx)
        .await
        .unwrap();
        assert_eq!(held.rows_affected(), 1);
        tx
    }

    /// Renames a column in each table of the source: the mark of its new state.
    async fn change(&self, from: usize) {
        let mut sql = String::new();
        each(|schema, table| {
            sql += &format!("alter table s{schema}.t{table} rename v_{from} to v_{};", from + 1);
            sql += &format!("comment on table s{schema}.t{table} is 'state {}';", from + 1);
        });
        self.source.execute(&sql).await;
    }

    /// The marks that the tables of each schema have, each with how many tables have it: columns, and comments.
    async fn marks(&self) -> BTreeMap<String, Vec<(String, Option<String>, i64)>> {
        let rows: Vec<(String, String, Option<String>, i64)> = sqlx::query_as(
            "select s.name, f.path[1], t.body, count(*)
             from assets s join assets d on d.parent_id = s.id and d.kind = 'dataset' and d.state = 'live'
             join column_facts f on f.dataset_id = d.id and f.valid_to is null and f.path[1] like 'v\\_%'
             left join texts t on t.asset_id = d.id and t.column_id is null and t.field = 'description' and t.valid_to is null
             where s.kind = 'schema' and s.name ~ '^s[0-9]+$' group by 1, 2, 3 order by 1, 2, 3",
        )
        .fetch_all(&self.register.app.db().web)
        .await
        .unwrap();
        let mut marks = BTreeMap::<_, Vec<_>>::new();
        for (schema, column, comment, count) in rows {
            marks.entry(schema).or_default().push((column, comment, count));
        }
        marks
    }

    /// Each schema is whole, and in one of two states.
    async fn is_old_or_new(&self, old: usize) {
        for (schema, marks) in self.marks().await {
            assert_eq!(marks.len(), 1, "{schema} is half old and half new: {marks:?}");
            let (column, comment, count) = &marks[0];
            assert_eq!(*count, i64::try_from(TABLES).unwrap(), "{schema} is not whole: {marks:?}");
            let state = [old, old + 1].into_iter().find(|state| *column == format!("v_{state}"));
            let state = state.unwrap_or_else(|| panic!("{schema} is in no state that there was: {marks:?}"));
            let said = (state > 0).then(|| format!("state {state}"));
            assert_eq!(*comment, said, "{schema}: columns and comments are of two states");
        }
    }

    async fn is_new(&self, state: usize) {
        let marks = self.marks().await;
        assert_eq!(marks.len(), SCHEMAS);
        self.is_old_or_new(state).await;
        let column = format!("v_{state}");
        assert!(marks.values().all(|marks| marks[0].0 == column), "not all came to {column}: {marks:?}");
    }
}

fn each(mut what: impl FnMut(usize, usize)) {
    for schema in 0..SCHEMAS {
        for table in 0..TABLES {
            what(schema, table);
        }
    }
}

fn tables() -> String {
    let mut sql: String = (0..SCHEMAS).map(|schema| format!("create schema s{schema};")).collect();
    each(|schema, table| {
        sql +=
            &format!("create table s{schema}.t{table} (id int primary key, v_0 text, a int, b int, c text);");
    });
    sql
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_that_is_killed_leaves_each_schema_old_or_new_and_the_next_attempt_converges() {
    let scene = Scene::set().await;
    let mut program = scene.serve("one");
    scene.ask().await;
    let began = Instant::now();
    scene.until("done").await;
    let whole = began.elapsed();
    scene.is_new(0).await;
    let mut in_the_middle = 0;
    for state in 0..soak::times(5) {
        scene.change(state).await;
        if state % 2 == 0 {
            // When it has come to a schema, whichever that is: what lies in it is held.
            let held = scene.hold(state * 5 % SCHEMAS).await;
            scene.ask().await;
            until_somebody_waits(&scene.register.database).await;
            program.kill();
            assert_eq!(scene.last_state().await, "running");
            in_the_middle += 1;
            held.rollback().await.unwrap();
        } else {
            // Spread over the whole length of a crawl, wherever that is.
            scene.ask().await;
            scene.until("running").await;
            tokio::time::sleep(whole.mul_f64((state % 7) as f64 / 8.0)).await;
            program.kill();
        }
        scene.is_old_or_new(state).await;
        program = scene.serve("one");
        scene.let_lease_pass().await;
        scene.until("done").await;
        scene.is_new(state + 1).await;
    }
    assert!(in_the_middle > 0, "no kill came in the middle of a crawl");
    soak::count("kill -9 of the program in mid-crawl", soak::times(5));
    program.signal("TERM");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_paused_beyond_its_lease_and_goes_on_writes_nothing_any_more() {
    let scene = Scene::set().await;
    scene.source.execute("create schema held; create view held.view as select 1 as one").await;
    let one = scene.serve("one");
    scene.ask().await;
    scene.until("done").await;
    scene.change(0).await;
    // Whoever holds a view keeps the crawl from reading its query, so that the pause comes in the middle.
    let mut holder = PgConnection::connect(scene.source.url().as_str()).await.unwrap();
    let mut held = holder.begin().await.unwrap();
    sqlx::query("lock table held.view").execute(&mut *held).await.unwrap();
    scene.ask().await;
    until_somebody_waits(&scene.source).await;
    one.signal("STOP");
    held.rollback().await.unwrap();
    scene.let_lease_pass().await;
    let two = scene.serve("two");
    scene.until("done").await;
    scene.is_new(1).await;
    let register = &scene.register;
    let changes = register.count("select count(*) from change_sets where kind not like 'lineage.%'").await;
    let fence = register.count("select fence from tasks where kind = 'crawl' order by id desc limit 1").await;
    assert!(fence >= 2, "the first one ended it itself");
    one.signal("CONT");
    one.says("lease_lost").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        register.count("select count(*) from change_sets where kind not like 'lineage.%'").await,
        changes
    );
    assert_eq!(scene.last_state().await, "done");
    scene.is_new(1).await;
    soak::count("programs paused beyond their lease in mid-crawl", 1);
    drop(two);
}
