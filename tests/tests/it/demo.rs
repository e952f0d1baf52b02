//! The sample company of the demo.

use cadastre::demo::{Company, READER};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection};

async fn connect(company: &Company, database: &str) -> PgConnection {
    PgConnectOptions::new()
        .host("127.0.0.1")
        .port(company.port())
        .username(READER)
        .password(company.reader_password())
        .database(database)
        .ssl_mode(PgSslMode::Disable)
        .connect()
        .await
        .unwrap()
}

type Flaw = (String, String, i64, i64);

async fn flaws(company: &Company, database: &str, check: &'static str) -> Vec<Flaw> {
    let mut conn = connect(company, database).await;
    let sql = format!(
        "select flaw, dataset, expected_min::bigint, found::bigint from ({}) checks",
        check.trim().trim_end_matches(';')
    );
    let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    rows
}

#[tokio::test]
async fn the_sample_company_is_made_once_with_all_its_flaws() {
    let dir = tempfile::Builder::new().prefix("cadastre-company").tempdir_in("/tmp").unwrap();
    open_to_all(dir.path());
    let home = dir.path().join("company");
    let company = Company::open(&home, None, &|_, _, _| {}).await.unwrap();
    let shop = flaws(&company, "shop", include_str!("../../../backend/app/sample/check_shop.sql")).await;
    let warehouse =
        flaws(&company, "warehouse", include_str!("../../../backend/app/sample/check_warehouse.sql")).await;
    assert!(shop.len() > 30 && warehouse.len() >= 10, "{} {}", shop.len(), warehouse.len());
    let missing: Vec<&Flaw> = shop.iter().chain(&warehouse).filter(|flaw| flaw.3 < flaw.2).collect();
    assert!(missing.is_empty(), "{missing:?}");
    company.stop().await;

    // The second time nothing is made, and the foreign tables lead to the shop's new port.
    let files = std::sync::atomic::AtomicUsize::new(0);
    let again = Company::open(&home, None, &|_, _, _| {
        files.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    })
    .await
    .unwrap();
    assert_eq!(files.into_inner(), 0);
    let mut conn = connect(&again, "warehouse").await;
    let read: i64 =
        sqlx::query_scalar("select count(*) from raw.job_control").fetch_one(&mut conn).await.unwrap();
    assert!(read > 0);
    again.stop().await;
}

/// As root the cluster runs as somebody else, who has to get to it.
fn open_to_all(dir: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
}
