//! What is not dialled, and that nothing is learned from it.

use super::*;

#[tokio::test]
async fn does_not_dial_what_is_not_allowed() {
    let server = FakeServer::start(Trick::Silent).await;
    for host in ["127.0.0.1", "localhost", "localhost.", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0"]
    {
        let connection = Connection { host: host.into(), ..to_port(server.port(), "x") };
        let checks = check_with(&connection, Policy { networks: Vec::new(), ..policy() }).await;
        assert_eq!(checks.last().unwrap().failure.as_ref().unwrap().class, FailureClass::Denied, "{host}");
    }
    assert_eq!(server.visits(), 0);
}

#[tokio::test]
async fn answers_alike_and_as_late_whatever_is_behind_an_address() {
    let (silent, reset, http) = (
        FakeServer::start(Trick::Silent).await,
        FakeServer::start(Trick::Reset).await,
        FakeServer::start(Trick::Http).await,
    );
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let denied = Connection { host: "10.0.0.1".into(), ..to_port(5432, "x") };
    for tls in [TlsMode::Disable, TlsMode::VerifyFull] {
        let places = [
            to_port(silent.port(), "x"),
            to_port(reset.port(), "x"),
            to_port(http.port(), "x"),
            to_port(nobody, "x"),
            denied.clone(),
        ];
        let mut classes = Vec::new();
        for place in places {
            let start = Instant::now();
            let checks = check_with(&Connection { tls, ..place }, policy()).await;
            let took = start.elapsed();
            let steps: Vec<_> = checks.iter().map(|check| (check.step, check.outcome)).collect();
            let passed = |step| (step, Outcome::Passed);
            assert_eq!(steps, [passed(Step::Fields), passed(Step::Name), (Step::Reach, Outcome::Failed)]);
            let error = checks[2].failure.clone().unwrap();
            assert_eq!(error.message.key, "source-unreached");
            assert_eq!((&error.message.args, &error.server_text), (&Vec::new(), &None));
            assert!(took >= Duration::from_millis(600), "{took:?} tells too much");
            classes.push(error.class);
        }
        use FailureClass::{Denied, Hostile, Refused, Silent};
        assert_eq!(classes, [Silent, Silent, Hostile, Refused, Denied], "{tls:?}");
    }
}

#[tokio::test]
async fn takes_typed_fields_only() {
    let good = Connection { tls: TlsMode::VerifyFull, ..to_port(5432, "x") };
    assert_eq!(good.faults(), []);
    let hosts = [
        "",
        "/run/postgresql",
        "@abstract",
        "a b",
        "user@host",
        "h?options=-c",
        "h,i",
        "h%00",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "fe80::1%eth0",
        "host:5432",
        "http://h",
        "..",
        "-h",
        "h\0",
    ];
    for host in hosts {
        let connection = Connection { host: host.into(), ..good.clone() };
        let faults = connection.faults();
        assert_eq!(faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), ["host"], "{host:?}");
        assert_eq!(failure(&connection, policy()).await.0, Step::Fields);
    }
    for host in ["db.example.org", "db.example.org.", "db_1", "10.0.0.1", "::1", "[::1]", "xn--fsq.example"] {
        assert_eq!(Connection { host: host.into(), ..good.clone() }.faults(), [], "{host}");
    }
    let bad = Connection {
        port: 0,
        database: "a\0b".into(),
        user: String::new(),
        secret: "a\0".into(),
        ca: Some("no certificate".into()),
        ..good
    };
    let fields: Vec<_> = bad.faults().iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["port", "database", "user", "secret", "ca"]);
}

#[tokio::test]
async fn a_connection_string_in_the_name_of_a_database_is_a_name() {
    let cluster = TestCluster::of_this_run();
    let odd = Connection {
        database: "postgres?options=-c search_path=x host=/tmp".into(),
        ..to_port(cluster.port(), &cluster.password())
    };
    assert_eq!(failure(&odd, policy()).await.1.message.key, "source-sign-in-no-database");
}
