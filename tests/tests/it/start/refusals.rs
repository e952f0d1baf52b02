//! Starts that cannot be: each ends in one line that says what to do, and an exit code that is not 0.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;

use cadastre_tests::postgres::TestCluster;

use super::installation::{Account, Installation, free_port, is_root};

#[test]
fn a_second_serve_on_the_directory() {
    let here = Installation::new();
    let first = here.serve();
    let listen = format!("127.0.0.1:{}", free_port());
    let second = here.run(&["serve", "--listen", &listen]);
    let line = second.refusal(3);
    assert!(line.contains(&format!("process {}", first.pid())) && line.contains("data_dir"), "{line}");
    assert_eq!(first.status("/readyz"), 200);
}

#[test]
fn a_port_in_use() {
    let here = Installation::new();
    let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, here.port())).unwrap();
    let ended = here.run(&["serve"]);
    assert!(ended.refusal(5).contains("another program has this port"), "{ended:?}");
    assert!(!here.data().exists(), "a refused start makes nothing");
}

#[test]
fn data_of_another_major_version() {
    let here = Installation::new();
    assert_eq!(here.serve().terminate(), Some(0));
    fs::write(here.data().join("postgres/PG_VERSION"), "9\n").unwrap();
    let ended = here.run(&["serve"]);
    let line = ended.refusal(3);
    assert!(line.contains("the data of PostgreSQL 9") && line.contains("postgresql-9"), "{line}");
}

#[test]
fn no_programs() {
    let here = Installation::new();
    let empty = here.path("empty");
    fs::create_dir(&empty).unwrap();
    let ended = here.run(&["serve", "--postgres-bin", empty.to_str().unwrap()]);
    let line = ended.refusal(3);
    assert!(line.contains("install") && line.contains("DATABASE_URL"), "{line}");
}

#[test]
fn an_unwritable_directory() {
    // Root may write everywhere, so it is another user who is refused.
    let account = if is_root() { Account::Ordinary } else { Account::Own };
    let here = Installation::of(account);
    fs::create_dir(here.data()).unwrap();
    fs::set_permissions(here.data(), fs::Permissions::from_mode(0o555)).unwrap();
    let ended = here.run(&["serve"]);
    let line = ended.refusal(3);
    assert!(line.contains("may not write there") && line.contains("data_dir"), "{line}");
}

#[test]
fn a_file_where_the_directory_should_be() {
    let here = Installation::new();
    fs::write(here.data(), "").unwrap();
    let ended = here.run(&["serve"]);
    assert!(ended.refusal(3).contains("a file is in the way"), "{ended:?}");
}

#[test]
fn a_directory_that_the_account_of_postgresql_cannot_enter() {
    if !is_root() {
        return;
    }
    let here = Installation::new().with_data("closed/data".into());
    fs::create_dir(here.path("closed")).unwrap();
    fs::set_permissions(here.path("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    let ended = here.run(&["serve"]);
    let line = ended.refusal(3);
    assert!(line.contains("who may not enter") && line.contains("chmod o+x"), "{line}");
}

#[test]
fn a_wrong_database_url() {
    let here = Installation::new();
    let cluster = TestCluster::of_this_run();
    // The superuser of this cluster is taken at their word: somebody else is not.
    let mut stranger = cluster.url("postgres");
    stranger.set_username("stranger").unwrap();
    stranger.set_password(Some("s3cret")).unwrap();
    let mut nowhere = cluster.url("postgres");
    nowhere.set_port(Some(free_port())).unwrap();
    nowhere.set_password(Some("s3cret")).unwrap();
    let mut nameless = cluster.url("no_such_database");
    nameless.set_query(Some("application_name=s3cret"));
    let cases = [
        (stranger.as_str(), 3, "refuses the sign-in"),
        (nowhere.as_str(), 3, "nobody listens there"),
        (nameless.as_str(), 3, "no_such_database"),
        ("postgres://ada:s3cret@no-such-host.invalid/register", 3, "check host and port"),
        ("mysql://ada:s3cret@db/register", 2, "postgres://user:password@host"),
        ("s3cret", 2, "postgres://user:password@host"),
    ];
    for (url, code, words) in cases {
        let output = here.command(&["serve"]).env("DATABASE_URL", url).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{err}");
        assert!(err.contains(words), "{err}");
        let secret = if words == "no_such_database" { cluster.password() } else { "s3cret".into() };
        assert!(!err.contains(&secret), "{err}");
    }
    assert!(!here.data().join("postgres").exists(), "no private PostgreSQL is made in its stead");
}

#[test]
fn keys_that_are_weak_or_open_to_others() {
    let here = Installation::new();
    assert_eq!(here.serve().terminate(), Some(0));
    let keys = here.data().join("keys");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(here.run(&["serve"]).refusal(4).contains("chmod 600"));
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&keys, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
    assert!(here.run(&["serve"]).refusal(4).contains("repeats itself"));
    fs::write(&keys, "").unwrap();
    assert!(here.run(&["serve"]).refusal(4).contains("holds no key"));
}

#[test]
fn keys_that_are_not_the_registers_own() {
    let here = Installation::new();
    assert_eq!(here.serve().terminate(), Some(0));
    let keys = here.data().join("keys");
    let own = fs::read(&keys).unwrap();
    fs::remove_file(&keys).unwrap();
    let ended = here.run(&["serve"]);
    assert!(ended.refusal(4).contains("this register is sealed by key"), "{ended:?}");
    assert!(!keys.exists(), "no new key is left in the way of the right one");
    fs::write(&keys, own).unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(here.serve().terminate(), Some(0));
}
