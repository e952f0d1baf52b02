//! What `kill -9` leaves behind, and how the next start goes on from there.

use std::time::Duration;

use super::installation::{Account, Installation, is_alive, signal, wait_until};

#[test]
fn after_kill_9_the_next_start_adopts_the_postgresql_that_is_left() {
    for account in Account::all() {
        let here = Installation::of(account);
        here.serve().kill_9();
        let orphan = here.postmaster().unwrap();
        assert!(is_alive(orphan));
        let again = here.serve();
        assert!(again.said("adopted"), "{account:?}: {}", again.words());
        assert_eq!(here.postmaster(), Some(orphan), "{account:?}");
        assert_eq!(again.status("/readyz"), 200);
        assert_eq!(again.terminate(), Some(0));
        assert!(!is_alive(orphan), "the adopted one stops with it as well");
    }
}

#[test]
fn an_orphan_with_other_settings_is_stopped_and_started_anew() {
    let here = Installation::new();
    here.serve().kill_9();
    let orphan = here.postmaster().unwrap();
    let again = here.serve_with(&["--pool-web", "33"]);
    assert_ne!(here.postmaster(), Some(orphan));
    assert!(!is_alive(orphan));
    assert_eq!(again.status("/readyz"), 200);
}

#[test]
fn an_orphan_that_does_not_answer_is_ended_by_force() {
    let here = Installation::new();
    here.serve().kill_9();
    let orphan = here.postmaster().unwrap();
    signal(orphan, "STOP");
    let again = here.serve();
    assert!(!is_alive(orphan));
    assert_eq!(again.status("/readyz"), 200);
}

#[test]
fn a_number_that_another_process_has_by_now_is_no_orphan() {
    let here = Installation::new();
    assert_eq!(here.serve().terminate(), Some(0));
    let mut sleeper = std::process::Command::new("sleep").arg("300").spawn().unwrap();
    let data = here.data().join("postgres");
    let pid = sleeper.id();
    let file = format!("{pid}\n{}\n1763697600\n5432\n/run/nowhere\n\n  1 1\nready   \n", data.display());
    std::fs::write(data.join("postmaster.pid"), file).unwrap();
    let again = here.serve();
    assert_eq!(again.status("/readyz"), 200);
    assert!(sleeper.try_wait().unwrap().is_none(), "it is left alone");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

#[test]
fn a_start_killed_at_any_moment_leaves_nothing_in_the_way() {
    let here = Installation::new();
    // The first moments lie in initdb, the later ones in the set-up, the migrations and after.
    for moment in [20, 120, 250, 400, 700, 1000, 1500] {
        let serving = here.begin(&[]);
        std::thread::sleep(Duration::from_millis(moment));
        serving.kill_9();
    }
    let serving = here.serve();
    assert_eq!(serving.status("/readyz"), 200);
    assert_eq!(serving.terminate(), Some(0));
    // An initdb that was still writing under the last start is gone by now, and the next one clears up behind it.
    assert_eq!(here.serve().terminate(), Some(0));
    let left: Vec<_> = here.files().into_iter().filter(|name| name.starts_with("postgres.new")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_postgresql_that_dies_under_it_is_started_again() {
    let here = Installation::new();
    let serving = here.serve();
    // Its last word at a start comes from the database.
    wait_until(|| serving.said("Nobody can sign in yet"));
    let first = here.postmaster().unwrap();
    signal(first, "KILL");
    wait_until(|| here.postmaster().is_some_and(|pid| pid != first && is_alive(pid)));
    wait_until(|| serving.status("/readyz") == 200);
    assert_eq!(serving.terminate(), Some(0));
}
