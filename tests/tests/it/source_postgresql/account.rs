//! What an account may see, and what is said of it.

use super::*;

/// A role that may sign in and nothing else.
async fn plain_role(database: &TestDatabase) -> Connection {
    let role = format!("plain_{}", uuid::Uuid::new_v4().simple());
    database.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'right'")).await;
    Connection { user: role, secret: "right".into(), ..connection(database) }
}

#[tokio::test]
async fn without_rights_sees_what_is_there_and_is_told_what_is_closed() {
    let database = TestCluster::of_this_run().fresh_database().await;
    database
        .execute(
            "CREATE SCHEMA closed; CREATE TABLE closed.secret (id int PRIMARY KEY, what text);
             CREATE TABLE open (id int); GRANT SELECT ON open TO PUBLIC;",
        )
        .await;
    let plain = plain_role(&database).await;
    let listing = crawl_with(&plain, &Filters::default(), policy()).await.unwrap();
    let secret = dataset(&listing, "closed", "secret");
    assert_eq!(secret.columns.len(), 2);
    assert!(!secret.readable && dataset(&listing, "public", "open").readable);
    let usable: Vec<_> = listing.schemas.iter().map(|schema| (&*schema.name, schema.usable)).collect();
    assert_eq!(usable, [("closed", false), ("public", true)]);
    assert_eq!(keys(&listing), ["source-notice-closed", "source-notice-unreadable"]);
    assert!(listing.system_identifier.is_some(), "PostgreSQL lets everybody ask");

    let checks = check_with(&plain, policy()).await;
    let rights = checks.last().unwrap();
    assert_eq!((rights.step, rights.outcome), (Step::Rights, Outcome::Warned));
    assert_eq!(rights.message.key, "source-rights-some");
}

#[tokio::test]
async fn passes_every_step_of_a_test_and_is_warned_of_a_superuser() {
    let database = TestCluster::of_this_run().fresh_database().await;
    database.execute("CREATE TABLE a (x int)").await;
    let checks = check_with(&connection(&database), policy()).await;
    let steps: Vec<_> = checks.iter().map(|check| (check.step, check.outcome)).collect();
    assert_eq!(
        steps,
        [
            (Step::Fields, Outcome::Passed),
            (Step::Name, Outcome::Passed),
            (Step::Reach, Outcome::Passed),
            (Step::SignIn, Outcome::Passed),
            (Step::Server, Outcome::Passed),
            (Step::Rights, Outcome::Warned),
        ]
    );
    assert_eq!(checks[5].message.key, "source-rights-too-much");
    let plain = plain_role(&database).await;
    database.execute("GRANT SELECT ON a TO PUBLIC").await;
    let checks = check_with(&plain, policy()).await;
    assert_eq!(checks[5].message.key, "source-rights-all");
    assert!(checks.iter().all(|check| check.outcome == Outcome::Passed));
}

#[tokio::test]
async fn a_wrong_password_is_said_without_repeating_it() {
    let database = TestCluster::of_this_run().fresh_database().await;
    let right = plain_role(&database).await;
    let wrong = Connection { secret: "canary-7f3a".into(), ..right.clone() };
    let (step, error) = failure(&wrong, policy()).await;
    assert_eq!((step, error.class), (Step::SignIn, FailureClass::SignIn));
    assert_eq!(error.message.key, "source-sign-in-password");
    assert!(error.server_text.as_deref().unwrap().contains("authentication failed"));
    assert!(!format!("{error:?} {wrong:?}").contains("canary"));

    let empty = Connection { secret: "".into(), ..right.clone() };
    assert_eq!(failure(&empty, policy()).await.1.class, FailureClass::SignIn);
    let nowhere = Connection { database: "not_there".into(), ..right };
    assert_eq!(failure(&nowhere, policy()).await.1.message.key, "source-sign-in-no-database");
}

#[tokio::test]
async fn may_not_connect() {
    let database = TestCluster::of_this_run().fresh_database().await;
    let plain = plain_role(&database).await;
    database.execute(&format!("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", database.name())).await;
    let (step, error) = failure(&plain, policy()).await;
    assert_eq!((step, &*error.message.key), (Step::SignIn, "source-sign-in-no-connect"));
}

#[tokio::test]
async fn own_functions_in_the_search_path_are_never_called() {
    let database = TestCluster::of_this_run().fresh_database().await;
    let plain = plain_role(&database).await;
    database
        .execute(&format!(
            "CREATE SCHEMA trap;
             CREATE FUNCTION trap.format_type(oid, int) RETURNS text LANGUAGE plpgsql
                 AS 'BEGIN RAISE EXCEPTION ''sprung''; END';
             CREATE TABLE a (x int);
             GRANT USAGE ON SCHEMA trap TO PUBLIC;
             ALTER ROLE {} SET search_path = trap, pg_catalog",
            plain.user
        ))
        .await;
    let listing = crawl_with(&plain, &Filters::default(), policy()).await.unwrap();
    assert_eq!(dataset(&listing, "public", "a").columns[0].data_type.written, "integer");
}
