//! Servers that do not behave.

use super::*;

async fn meet(trick: Trick, tls: TlsMode, policy: Policy) -> (Step, SourceError, Duration) {
    let server = FakeServer::start(trick).await;
    let start = Instant::now();
    let (step, error) = failure(&Connection { tls, ..to_port(server.port(), "canary") }, policy).await;
    (step, error, start.elapsed())
}

#[tokio::test]
async fn gets_no_password_in_the_clear() {
    let server = FakeServer::start(Trick::AsksCleartext).await;
    let (step, error) = failure(&to_port(server.port(), "canary"), policy()).await;
    assert_eq!((step, error.class), (Step::SignIn, FailureClass::Hostile));
    assert_eq!(error.message.key, "source-asks-cleartext");
    assert_eq!((server.visits(), server.passwords()), (1, 0));
}

#[tokio::test]
async fn cannot_make_us_grind() {
    let (_, error, took) = meet(Trick::AsksManyRounds, TlsMode::Disable, policy()).await;
    assert_eq!(error.class, FailureClass::Hostile);
    assert!(took < Duration::from_secs(1));
}

#[tokio::test]
async fn may_stall_the_handshake_and_is_left() {
    let (step, error, took) = meet(Trick::StalledHandshake, TlsMode::VerifyFull, policy()).await;
    assert_eq!((step, &*error.message.key), (Step::Tls, "source-tls-slow"));
    assert!(took < Duration::from_secs(2));
}

#[tokio::test]
async fn without_tls_is_not_spoken_to_in_the_clear() {
    for tls in [TlsMode::Require, TlsMode::VerifyFull] {
        let (step, error, _) = meet(Trick::NoTls, tls, policy()).await;
        assert_eq!((step, &*error.message.key), (Step::Tls, "source-tls-not-offered"));
    }
}

#[tokio::test]
async fn is_cut_off_at_a_huge_message_at_endless_rows_and_at_garbage() {
    let mut policy = policy();
    policy.limits.bytes = 64 << 20;
    for (trick, key) in [
        (Trick::HugeMessage, "source-too-much"),
        (Trick::EndlessRows, "source-nonsense"),
        (Trick::ResetInARow, "source-lost"),
    ] {
        let (step, error, _) = meet(trick, TlsMode::Disable, policy.clone()).await;
        assert_eq!((step, &*error.message.key), (Step::Server, key), "{trick:?}: {error:?}");
    }
    let (_, error, _) = meet(Trick::Garbage, TlsMode::Disable, policy).await;
    assert!(matches!(error.class, FailureClass::Hostile | FailureClass::Unreachable), "{error:?}");
}

#[tokio::test]
async fn that_drips_is_left_when_its_time_is_up() {
    let mut policy = policy();
    policy.limits.query = Duration::from_millis(200);
    let (_, error, took) = meet(Trick::Drip, TlsMode::Disable, policy).await;
    assert_eq!((error.class, &*error.message.key), (FailureClass::Silent, "source-query-slow"));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn does_not_delay_its_neighbours() {
    let database = TestCluster::of_this_run().fresh_database().await;
    let silent = FakeServer::start(Trick::Silent).await;
    let mut slow = policy();
    slow.limits.reach = Duration::from_secs(30);
    let hanging: Vec<_> = (0..20)
        .map(|_| {
            let (connection, policy) = (to_port(silent.port(), "x"), slow.clone());
            tokio::spawn(async move { check_with(&connection, policy).await })
        })
        .collect();
    assert!(crawl(&database).await.complete);
    hanging.iter().for_each(tokio::task::JoinHandle::abort);
}
