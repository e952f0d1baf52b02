//! `cadastre doctor` as a process.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::installation::{Account, Ended, Installation};

fn findings(ended: &Ended) -> Vec<(String, String)> {
    let findings: Vec<serde_json::Value> = serde_json::from_str(&ended.out).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    findings.iter().map(|finding| (text(&finding["check"]), text(&finding["state"]))).collect()
}

#[test]
fn a_sound_installation_is_well_whether_it_serves_or_not() {
    for account in Account::all() {
        let here = Installation::of(account);
        let serving = here.serve();
        let beside = here.run(&["doctor", "--json"]).done();
        assert_eq!(serving.terminate(), Some(0));
        let alone = here.run(&["doctor", "--json"]).done();
        for ended in [&beside, &alone] {
            let found = findings(ended);
            // The machine's own disk is not ours to judge here.
            let unwell: Vec<_> =
                found.iter().filter(|(check, state)| state != "ok" && check != "disk").collect();
            assert!(unwell.is_empty(), "{unwell:?}");
            for check in
                ["port", "data directory", "keys", "programs", "clock", "roles", "schema", "sealed", "backup"]
            {
                assert!(found.iter().any(|(name, _)| name == check), "{check} is looked at");
            }
        }
        assert!(here.postmaster().is_none(), "what it started it has stopped");
    }
}

#[test]
fn it_makes_nothing_where_nothing_is() {
    let here = Installation::new();
    here.run(&["doctor"]).done();
    assert!(!here.data().exists());
}

#[test]
fn what_fails_is_said_with_what_to_do() {
    let here = Installation::new();
    assert_eq!(here.serve().terminate(), Some(0));
    fs::set_permissions(here.data().join("keys"), fs::Permissions::from_mode(0o644)).unwrap();
    let ended = here.run(&["doctor"]);
    assert_eq!(ended.refusal(1), "cadastre: one check fails");
    let line = ended.out.lines().find(|line| line.starts_with("FAIL")).unwrap();
    assert!(line.contains("keys") && line.contains("chmod 600"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_is_asked_whether_it_answers() {
    let mailbox = cadastre_tests::post::MailBox::open().await;
    let port = mailbox.address.port().to_string();
    let here = Installation::new();
    let ask = |port: &str| {
        let server = ["--mail-host", "127.0.0.1", "--mail-port", port, "--mail-tls", "none"];
        let from = ["--mail-from", "cadastre@example.org"];
        findings(&here.run(&[&["doctor", "--json"][..], &server, &from].concat()))
    };
    let state = |found: Vec<(String, String)>| found.into_iter().find(|(check, _)| check == "mail");
    let answers = tokio::task::block_in_place(|| state(ask(&port)));
    assert_eq!(answers, Some(("mail".to_owned(), "ok".to_owned())));
    let silent = tokio::task::block_in_place(|| state(ask("1")));
    assert_eq!(silent, Some(("mail".to_owned(), "fail".to_owned())));
}
