//! Certificates, good and bad.

use super::*;

async fn front(identity: &Identity) -> (TlsFront, Connection) {
    let cluster = TestCluster::of_this_run();
    let front = TlsFront::start(identity, cluster.port()).await;
    let connection = Connection {
        host: "localhost".into(),
        tls: TlsMode::VerifyFull,
        ca: Some(identity.ca.clone()),
        ..to_port(front.port(), &cluster.password())
    };
    (front, connection)
}

/// `localhost` may be both, and the front listens on the first.
fn both() -> Policy {
    let mut policy = policy();
    policy.networks.push("::1".parse().unwrap());
    policy
}

#[tokio::test]
async fn a_good_certificate_for_the_name_is_taken() {
    let (_front, connection) = front(&Identity::of("localhost", false)).await;
    let checks = check_with(&connection, both()).await;
    assert!(checks.iter().any(|check| check.step == Step::Tls && check.outcome == Outcome::Passed));
    assert!(checks.iter().all(|check| check.outcome != Outcome::Failed), "{checks:?}");
    assert!(crawl_with(&connection, &Filters::default(), both()).await.unwrap().complete);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_and_require_takes_it() {
    let (_front, connection) = front(&Identity::of("db.example.org", false)).await;
    let (step, error) = failure(&connection, both()).await;
    assert_eq!((step, &*error.message.key), (Step::Tls, "source-tls-name"));
    let any_name = Connection { tls: TlsMode::Require, ..connection };
    assert!(check_with(&any_name, both()).await.iter().all(|check| check.outcome != Outcome::Failed));
}

#[tokio::test]
async fn an_unknown_authority_and_an_expired_certificate_are_refused() {
    let other = Identity::of("localhost", false);
    let (_front, connection) = front(&Identity::of("localhost", false)).await;
    let strange = Connection { ca: Some(other.ca.clone()), ..connection.clone() };
    assert_eq!(failure(&strange, both()).await.1.message.key, "source-tls-issuer");
    let strange = Connection { tls: TlsMode::Require, ..strange };
    assert_eq!(failure(&strange, both()).await.1.message.key, "source-tls-issuer");
    let anyone = Connection { tls: TlsMode::Require, ca: None, ..connection };
    assert!(check_with(&anyone, both()).await.iter().all(|check| check.outcome != Outcome::Failed));

    let (_front, connection) = front(&Identity::of("localhost", true)).await;
    assert_eq!(failure(&connection, both()).await.1.message.key, "source-tls-expired");
}
