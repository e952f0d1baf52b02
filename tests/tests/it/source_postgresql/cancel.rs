//! A crawl that is stopped stops at the server.

use super::*;

/// A database in which describing a view takes as long as somebody holds a lock.
async fn slow_database() -> TestDatabase {
    let database = TestCluster::of_this_run().fresh_database().await;
    database.execute("CREATE TABLE held (x int); CREATE VIEW over AS SELECT x FROM held;").await;
    database
}

async fn waits_at(database: &TestDatabase) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'cadastre' AND state = 'active'";
    let mut admin = database.cluster().admin().await;
    sqlx::query_scalar(sql).bind(database.name()).fetch_one(&mut admin).await.unwrap()
}

async fn until(database: &TestDatabase, count: i64) {
    for _ in 0..200 {
        if waits_at(database).await == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("still not {count} crawls at the server");
}

fn patient() -> Policy {
    let mut policy = policy();
    policy.limits.lock = Duration::from_secs(60);
    policy.limits.query = Duration::from_secs(60);
    policy
}

#[tokio::test]
async fn reaches_the_server() {
    let database = slow_database().await;
    let mut holder = database.connect().await;
    let mut transaction = holder.begin().await.unwrap();
    sqlx::query("LOCK TABLE held").execute(&mut *transaction).await.unwrap();
    let cancel = CancellationToken::new();
    let (place, token) = (connection(&database), cancel.clone());
    let crawl = tokio::spawn(async move {
        reader(SourceKind::Postgresql, patient()).crawl(&place, &Filters::default(), &(), token).await
    });
    until(&database, 1).await;
    let start = Instant::now();
    cancel.cancel();
    assert_eq!(crawl.await.unwrap().unwrap_err().class, FailureClass::Cancelled);
    until(&database, 0).await;
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn comes_with_a_dropped_crawl() {
    let database = slow_database().await;
    let mut holder = database.connect().await;
    let mut transaction = holder.begin().await.unwrap();
    sqlx::query("LOCK TABLE held").execute(&mut *transaction).await.unwrap();
    let place = connection(&database);
    let crawl = tokio::spawn(async move { crawl_with(&place, &Filters::default(), patient()).await });
    until(&database, 1).await;
    crawl.abort();
    until(&database, 0).await;
}

#[tokio::test]
async fn a_lock_that_lasts_is_said_to_be_one() {
    let database = slow_database().await;
    let mut holder = database.connect().await;
    let mut transaction = holder.begin().await.unwrap();
    sqlx::query("LOCK TABLE held").execute(&mut *transaction).await.unwrap();
    let mut policy = policy();
    policy.limits.lock = Duration::from_millis(100);
    let error = crawl_with(&connection(&database), &Filters::default(), policy).await.unwrap_err();
    assert_eq!((error.class, &*error.message.key), (FailureClass::Busy, "source-locked"));
    assert!(error.class.may_pass());
}

#[tokio::test]
async fn before_anything_began_is_at_once() {
    let silent = FakeServer::start(Trick::Silent).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let crawl = reader(SourceKind::Postgresql, policy());
    let outcome = crawl.crawl(&to_port(silent.port(), "x"), &Filters::default(), &(), cancel).await;
    assert_eq!(outcome.unwrap_err().class, FailureClass::Cancelled);
    assert_eq!(silent.visits(), 0);
}
