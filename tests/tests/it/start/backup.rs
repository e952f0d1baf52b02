//! Backups and the way back, through the real program.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cadastre::config::Config;
use cadastre::postgres::Database;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::installation::Installation;

/// Rows whose fate a restore decides: two people, a session, a task that waits.
const SOMETHING: &str = "
    insert into people (login) values ('ada'), ('王小明');
    insert into sessions (token_hash, person_id, expires_at)
    select '\\x01', id, clock_timestamp() + interval '1 day' from people where login = 'ada';
    insert into tasks (kind, dedupe_key) values ('crawl', 'crawl:1');";

/// Tables whose rows a restore leaves out or changes.
const PASSING: [&str; 5] = ["sessions", "setup_links", "throttles", "idempotency_keys", "tasks"];

pub(super) struct Register {
    database: Database,
    pub(super) connection: PgConnection,
}

impl Register {
    /// The database of an installation, which runs for as long as this is kept.
    pub(super) async fn of(here: &Installation) -> Self {
        let data = here.data().display().to_string();
        let config = Config::load(None, vec![("data_dir".into(), data)]).unwrap().config;
        let database = Database::attach(&config).await.unwrap();
        let connection = database.owner.clone().connect().await.unwrap();
        Register { database, connection }
    }

    async fn run(&mut self, statements: &'static str) {
        sqlx::raw_sql(statements).execute(&mut self.connection).await.unwrap();
    }

    async fn count(&mut self, question: &'static str) -> i64 {
        sqlx::query_scalar(question).fetch_one(&mut self.connection).await.unwrap()
    }

    /// Every table with a hash of its rows.
    async fn tables(&mut self) -> BTreeMap<String, Option<String>> {
        let names: Vec<String> =
            sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public'")
                .fetch_all(&mut self.connection)
                .await
                .unwrap();
        let mut tables = BTreeMap::new();
        for name in names.into_iter().filter(|name| !PASSING.contains(&name.as_str())) {
            let hash = format!("select md5(string_agg(t::text, ',' order by t::text)) from public.{name} t");
            let hash = sqlx::query_scalar(AssertSqlSafe(hash)).fetch_one(&mut self.connection).await.unwrap();
            tables.insert(name, hash);
        }
        tables
    }

    pub(super) async fn end(self) {
        self.connection.close().await.unwrap();
        self.database.stop().await;
    }
}

/// A served register with something in it, and its backup, made while it serves.
async fn backed_up(here: &Installation, arguments: &[&str]) -> (String, BTreeMap<String, Option<String>>) {
    let serving = here.serve();
    let mut register = Register::of(here).await;
    register.run(SOMETHING).await;
    let tables = register.tables().await;
    register.end().await;
    let file = here.path("register.backup").display().to_string();
    let words = here.run(&[&["backup", &file], arguments].concat()).done().out;
    assert!(words.contains("2 people"), "{words}");
    assert_eq!(serving.terminate(), Some(0));
    (file, tables)
}

fn copy_keys(from: &Installation, to: &Installation) {
    if !to.data().exists() {
        fs::create_dir(to.data()).unwrap();
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(to.data(), fs::Permissions::from_mode(0o711)).unwrap();
    }
    fs::copy(from.data().join("keys"), to.data().join("keys")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_it_serves_is_the_same_register_elsewhere() {
    let (here, there) = (Installation::new(), Installation::new());
    let (file, tables) = backed_up(&here, &[]).await;
    copy_keys(&here, &there);
    let words = there.run(&["restore", &file]).done().out;
    assert!(words.contains("2 people") && words.contains("sign in again"), "{words}");

    let mut register = Register::of(&there).await;
    let noted: (String, Option<String>, Option<String>) = sqlx::query_as(
        "select kind, detail ->> 'account', detail ->> 'file' from audit_events order by id desc limit 1",
    )
    .fetch_one(&mut register.connection)
    .await
    .unwrap();
    let name = Path::new(&file).file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!((noted.0.as_str(), noted.2), ("restore", Some(name)), "who put what there is in the record");
    assert!(noted.1.is_some_and(|account| !account.is_empty()));
    // Apart from that it is the same to the last row.
    register.run("delete from audit_events where kind = 'restore'").await;
    assert_eq!(register.tables().await, tables);
    assert_eq!(register.count("select count(*) from sessions").await, 0, "sessions are revoked");
    assert_eq!(register.count("select count(*) from tasks where state in ('queued', 'running')").await, 0);
    register.end().await;
    let serving = there.serve();
    assert_eq!(serving.status("/readyz"), 200);
    assert_eq!(there.run(&["doctor"]).code, Some(0), "the roles have their rights again");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_keys_a_backup_is_refused_and_with_them_inside_it_is_whole() {
    let (here, there) = (Installation::new(), Installation::new());
    let (file, _) = backed_up(&here, &[]).await;
    let ended = there.run(&["restore", &file]);
    assert!(ended.refusal(1).contains("sealed by key"), "{ended:?}");
    let whole = here.path("whole.backup").display().to_string();
    here.run(&["backup", &whole, "--with-key"]).done();
    let words = there.run(&["restore", &whole]).done().out;
    assert!(words.contains("keys of the backup were added"), "{words}");
    let serving = there.serve();
    assert_eq!(serving.status("/readyz"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_in_use_is_never_replaced_by_accident() {
    let here = Installation::new();
    let (file, _) = backed_up(&here, &[]).await;
    assert!(here.run(&["restore", &file]).refusal(1).contains("--replace"));
    let serving = here.serve();
    assert!(here.run(&["restore", &file, "--replace"]).refusal(3).contains("stop that one"));
    assert_eq!(serving.terminate(), Some(0));
    let mut register = Register::of(&here).await;
    register.run("insert into people (login) values ('later')").await;
    register.end().await;
    here.run(&["restore", &file, "--replace"]).done();
    let mut register = Register::of(&here).await;
    assert_eq!(register.count("select count(*) from people").await, 2, "the later one is gone");
    register.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_fails_half_way_changes_nothing() {
    let here = Installation::new();
    let (file, tables) = backed_up(&here, &[]).await;
    let mut register = Register::of(&here).await;
    // Somebody holds a lock on the very last table that goes.
    let mut other = register.database.owner.clone().connect().await.unwrap();
    sqlx::raw_sql("begin; lock table people in access share mode").execute(&mut other).await.unwrap();
    let url = {
        let libpq = register.database.libpq();
        let mut url = url::Url::parse(&libpq.address).unwrap();
        use secrecy::ExposeSecret;
        url.set_password(libpq.password.as_ref().map(ExposeSecret::expose_secret)).unwrap();
        url.to_string()
    };
    let ended = tokio::task::block_in_place(|| {
        let mut command = here.command(&["restore", &file, "--replace"]);
        command.env("DATABASE_URL", &url).output().unwrap()
    });
    let err = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{err}");
    assert!(err.contains("lock timeout") && err.contains("nothing was changed"), "{err}");
    assert_eq!(register.tables().await, tables);
    other.close().await.unwrap();
    register.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_cut_or_changed_is_refused() {
    let here = Installation::new();
    let (file, _) = backed_up(&here, &[]).await;
    let whole = fs::read(&file).unwrap();
    let damaged = here.path("damaged.backup");
    let refused = |bytes: &[u8], words: &str| {
        fs::write(&damaged, bytes).unwrap();
        let ended = here.run(&["restore", damaged.to_str().unwrap(), "--replace"]);
        assert!(ended.refusal(1).contains(words), "{ended:?}");
    };
    refused(&whole[..whole.len() / 2], "no backup of Cadastre");
    refused(&whole[..600], "no backup of Cadastre");
    refused(b"", "no backup of Cadastre");
    let mut changed = whole.clone();
    changed[5000] ^= 1;
    refused(&changed, "was damaged");
    assert!(Path::new(&file).exists());
    let again = here.run(&["backup", &file]);
    assert!(again.refusal(1).contains("is there already"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_somebody_else_is_never_replaced() {
    let here = Installation::new();
    let (file, _) = backed_up(&here, &[]).await;
    let strangers = cadastre_tests::postgres::TestCluster::of_this_run().fresh_database().await;
    let mut connection = strangers.connect().await;
    sqlx::raw_sql("create table public.payroll (amount int)").execute(&mut connection).await.unwrap();
    let output = here
        .command(&["restore", &file, "--replace"])
        .env("DATABASE_URL", strangers.url().as_str())
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("tables that are not Cadastre's"), "{err}");
    assert_eq!(output.status.code(), Some(1));
    sqlx::raw_sql("select from public.payroll").execute(&mut connection).await.unwrap();
}
