//! The register's own cluster is no source.

use super::*;

async fn own() -> OwnCluster {
    let mut admin = TestCluster::of_this_run().admin().await;
    let (system_identifier, started_at) =
        sqlx::query_as("SELECT system_identifier::text, pg_postmaster_start_time() FROM pg_control_system()")
            .fetch_one(&mut admin)
            .await
            .unwrap();
    OwnCluster { system_identifier, started_at: Some(started_at) }
}

#[tokio::test]
async fn is_refused_by_check_and_crawl() {
    let database = TestCluster::of_this_run().fresh_database().await;
    let policy = Policy { own: Some(own().await), ..policy() };
    let (step, error) = failure(&connection(&database), policy.clone()).await;
    assert_eq!((step, error.class), (Step::Server, FailureClass::Denied));
    assert_eq!(error.message.key, "source-own-cluster");
    let error = crawl_with(&connection(&database), &Filters::default(), policy).await.unwrap_err();
    assert_eq!(error.class, FailureClass::Denied);
}

#[tokio::test]
async fn is_refused_where_its_identifier_is_hidden() {
    let database = TestCluster::of_this_run().fresh_database().await;
    let role = format!("blind_{}", uuid::Uuid::new_v4().simple());
    database
        .execute(&format!(
            "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC; CREATE ROLE {role} LOGIN PASSWORD 'x'"
        ))
        .await;
    let blind = Connection { user: role, secret: "x".into(), ..connection(&database) };
    let listing = crawl_with(&blind, &Filters::default(), policy()).await.unwrap();
    assert_eq!(listing.system_identifier, None);
    assert_eq!(keys(&listing), ["source-notice-identifier"]);
    let policy = Policy { own: Some(own().await), ..policy() };
    let error = crawl_with(&blind, &Filters::default(), policy).await.unwrap_err();
    assert_eq!(error.class, FailureClass::Denied);
}
