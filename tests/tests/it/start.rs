//! The program as people start it: the real binary, its private PostgreSQL, its refusals, its backups.
//!
//! As root each life is lived twice: as root, who lends PostgreSQL to another account, and as an ordinary user.

mod backup;
mod config;
mod doctor;
mod installation;
mod keys;
mod kills;
mod refusals;
mod replicas;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use installation::{Account, Installation};

#[test]
fn serve_makes_its_own_postgresql_and_takes_it_along_when_it_ends() {
    for account in Account::all() {
        let here = Installation::of(account);
        let serving = here.serve();
        assert_eq!(serving.status("/readyz"), 200, "{account:?}");
        assert!(serving.said("A new key file is at"), "{account:?}");
        let postmaster = here.postmaster().unwrap();
        assert_eq!(serving.terminate(), Some(0), "{account:?}");
        assert!(!installation::is_alive(postmaster), "PostgreSQL is gone with it ({account:?})");

        let again = here.serve();
        assert!(!again.said("A new key file"), "{account:?}");
        assert_eq!(again.terminate(), Some(0), "{account:?}");
    }
}

#[test]
fn what_it_makes_is_for_its_own_eyes() {
    let here = Installation::new();
    assert_eq!(here.serve().terminate(), Some(0));
    let mode = |name: &str| fs::metadata(here.data().join(name)).unwrap().permissions().mode() & 0o777;
    for secret in ["keys", "postgres.secret", "lock", "postgres.log"] {
        assert_eq!(mode(secret), 0o600, "{secret}");
    }
    assert_eq!(mode("postgres"), 0o700);
    let left: Vec<_> =
        here.files().into_iter().filter(|name| name.contains("new-") || name.contains("draft")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_path_too_long_for_a_socket_is_no_obstacle() {
    let here = Installation::new().with_data("d".repeat(120));
    let serving = here.serve();
    assert_eq!(serving.status("/readyz"), 200);
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn a_second_signal_does_not_wait() {
    let here = Installation::new();
    let mut serving = here.serve();
    // A PostgreSQL that does not react would hold the end up for more than ten seconds.
    let postmaster = here.postmaster().unwrap();
    installation::signal(postmaster, "STOP");
    serving.signal("TERM");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(serving.is_running(), "it waits for PostgreSQL");
    let asked = std::time::Instant::now();
    serving.signal("TERM");
    assert_ne!(serving.wait(), Some(0));
    assert!(asked.elapsed() < std::time::Duration::from_secs(5), "{:?}", asked.elapsed());
    installation::signal(postmaster, "KILL");
}
