//! Several replicas that start at once on one database.

use std::fs;

use cadastre::db::MIGRATIONS;
use cadastre_tests::postgres::{TestCluster, TestDatabase};
use sqlx::Connection;

use super::installation::{Installation, Serving, wait_until};

const REPLICAS: usize = 5;

/// Five processes with one key file, started at once, all of which become ready.
fn started(database: &TestDatabase) -> Vec<(Installation, Serving)> {
    let url = database.url().to_string();
    let homes: Vec<Installation> = (0..REPLICAS).map(|_| Installation::new()).collect();
    let key_file = homes[0].path("keys-of-all").display().to_string();
    let begun: Vec<Serving> =
        homes.iter().map(|home| home.begin(&["--database-url", &url, "--key-file", &key_file])).collect();
    for serving in &begun {
        assert!(serving.becomes_ready(), "{}", serving.words());
    }
    homes.into_iter().zip(begun).collect()
}

async fn migrations(database: &TestDatabase) -> (i64, i64) {
    let mut connection = database.connect().await;
    let counted =
        sqlx::query_as("select count(*), count(distinct version) from _sqlx_migrations where success")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    connection.close().await.unwrap();
    counted
}

#[tokio::test(flavor = "multi_thread")]
async fn five_that_start_at_once_on_an_empty_database_migrate_it_once_and_are_ready() {
    let database = TestCluster::of_this_run().fresh_database().await;
    let replicas = tokio::task::block_in_place(|| started(&database));
    let all = i64::try_from(MIGRATIONS.iter().count()).unwrap();
    assert_eq!(migrations(&database).await, (all, all));
    let migrated =
        replicas.iter().filter(|(_, serving)| serving.said("brought the schema up to date")).count();
    assert_eq!(migrated, 1, "one migrates, the others find it done");
    let made = replicas.iter().filter(|(_, serving)| serving.said("A new key file is at")).count();
    assert_eq!(made, 1, "one makes the key file");
    for (home, serving) in &replicas {
        wait_until(|| serving.status("/readyz") == 200);
        assert!(fs::metadata(home.data().join("postgres")).is_err(), "no private PostgreSQL beside it");
    }
    for (_home, serving) in replicas {
        assert_eq!(serving.terminate(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_that_start_at_once_on_an_older_register_bring_it_up_to_date_once() {
    let database = TestCluster::of_this_run().fresh_database().await;
    let older = sqlx::migrate::Migrator::with_migrations(MIGRATIONS.iter().take(7).cloned().collect());
    let mut connection = database.connect().await;
    older.run(&mut connection).await.unwrap();
    sqlx::raw_sql("insert into people (login) values ('ada')").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let replicas = tokio::task::block_in_place(|| started(&database));
    let all = i64::try_from(MIGRATIONS.iter().count()).unwrap();
    assert_eq!(migrations(&database).await, (all, all));
    let migrated =
        replicas.iter().filter(|(_, serving)| serving.said("brought the schema up to date")).count();
    assert_eq!(migrated, 1);
    for (_home, serving) in replicas {
        assert_eq!(serving.status("/livez"), 200);
        assert_eq!(serving.terminate(), Some(0));
    }
}
