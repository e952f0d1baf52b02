//! `cadastre source`, without a `serve` beside it.

use super::*;
use crate::program::program;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

/// Runs the command with a password on its standard input; nothing that it says holds the password.
fn run(world: &World, home: &Path, arguments: &[&str], secret: &str) -> (bool, String, String) {
    let mut child = program(&world.register, home, "shell")
        .arg("source")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may be gone before all is written.
    drop(writeln!(child.stdin.take().unwrap(), "{secret}"));
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(stdout), text(stderr));
    assert!(!out.contains(secret) && !err.contains(secret), "{out}{err}");
    (status.success(), out, err)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_added_listed_tested_crawled_and_removed_from_the_shell() {
    let world = World::open().await;
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let port = world.shop.cluster().port().to_string();
    let add = [
        "add",
        "shop",
        "--host",
        "127.0.0.1",
        "--port",
        &port,
        "--database",
        world.shop.name(),
        "--user",
        &world.role,
        "--tls",
        "disable",
        "--exclude",
        "hr.*",
    ];
    let (done, out, err) = run(&world, home, &add, "not-the-password");
    assert!(!done && out.contains("FAIL  sign_in") && err.contains("nothing was changed"), "{out}{err}");
    assert_eq!(world.register.count("select count(*) from sources").await, 0);
    let unknown = [&add[..], &["--domain", "Sales"]].concat();
    let (done, _, err) = run(&world, home, &unknown, SECRET);
    assert!(!done && err.contains("no domain"), "{err}");
    world.register.domain("Sales", None).await;
    let add = unknown;
    let (done, out, err) = run(&world, home, &add, SECRET);
    assert!(done && out.contains("shop is registered"), "{out}{err}");
    let within = "select count(*) from assets a join assets d on d.id = a.domain_id where a.kind = 'source' and d.name = 'Sales'";
    assert_eq!(world.register.count(within).await, 1);
    let (done, out, _) = run(&world, home, &["list"], SECRET);
    assert!(
        done && out.contains(&format!("shop  127.0.0.1:{port}/")) && out.contains("never crawled"),
        "{out}"
    );
    let (done, out, err) = run(&world, home, &["test", "shop"], SECRET);
    assert!(done && out.contains("rights") && !out.contains("FAIL"), "{out}{err}");
    let (done, out, err) = run(&world, home, &["crawl", "shop"], SECRET);
    assert!(done && out.contains("New 2, changed 0, gone 0"), "{out}{err}");
    let (done, _, err) = run(&world, home, &["crawl", "warehouse"], SECRET);
    assert!(!done && !err.is_empty(), "there is no such source");
    let (done, _, err) = run(&world, home, &["remove", "shop"], SECRET);
    assert!(!done && err.contains("--yes"), "{err}");
    let (done, out, err) = run(&world, home, &["remove", "shop", "--yes"], SECRET);
    assert!(done && out.contains("out of the register"), "{out}{err}");
    let by_cli =
        "select count(*) from change_sets where via = 'cli' and kind in ('source.create', 'source.remove')";
    assert_eq!(world.register.count(by_cli).await, 2);
    assert_eq!(world.register.count("select count(*) from sources where secret is not null").await, 0);
}
