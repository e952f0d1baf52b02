//! Jobs and impact from the shell.

use super::*;
use crate::program::program;
use std::fs;
use std::path::Path;

const SHOP: &str = "
    create schema raw; create schema mart;
    create table raw.orders (id int primary key, customer text, amount numeric);
    create table mart.daily (customer text primary key, total numeric);
    create view mart.best as select customer from mart.daily where total > 100;";

fn shell(register: &Register, home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = program(register, home, "shell").args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.code(), text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_is_pushed_once_and_then_asked_what_its_change_would_break() {
    let (register, source) = derived(SHOP).await;
    let home = tempfile::tempdir().unwrap();
    let etl = home.path().join("etl");
    fs::create_dir_all(etl.join("deep")).unwrap();
    let daily = etl.join("deep/daily.sql");
    fs::write(
        &daily,
        "insert into mart.daily select customer, sum(amount) from raw.orders group by customer",
    )
    .unwrap();
    fs::write(etl.join("broken.sql"), "select a b c from (").unwrap();
    fs::write(etl.join("notes.txt"), "no sql").unwrap();
    let folder = etl.to_str().unwrap();
    let push = ["job", "push", folder, "--namespace", "shop"];
    let (code, said) = shell(&register, home.path(), &push);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 files: 2 new") && said.contains("broken.sql:1:"), "{said}");
    let (_, said) = shell(&register, home.path(), &push);
    assert!(said.contains("2 files: 2 same"), "{said}");
    let names: Vec<String> = sqlx::query_scalar(
        "select a.name from assets a join job_facts f on f.job_id = a.id and f.maker = 'sql' order by 1",
    )
    .fetch_all(&register.app.db().web)
    .await
    .unwrap();
    assert_eq!(names, ["broken.sql", "deep/daily.sql"]);
    fs::write(&daily, "insert into mart.daily (customer) select customer from raw.orders").unwrap();
    let impact = ["lineage", "impact", "deep/daily.sql", "--root", folder, "--namespace", "shop"];
    let (code, said) = shell(&register, home.path(), &impact);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("mart.daily.total goes: 1 affected") && said.contains("mart.best"), "{said}");
    let (code, said) =
        shell(&register, home.path(), &[&impact[..], &["--fail-on", "never", "--markdown"]].concat());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("### Lineage: this breaks"), "{said}");
    let (code, said) = shell(&register, home.path(), &["lineage", "impact", "--drop", "raw.orders.id"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = shell(&register, home.path(), &["lineage", "impact", "--drop", "no.such"]);
    assert!(code != Some(0) && said.contains("no.such"), "{said}");
    // What the folder has no more ends, when it is asked for.
    fs::remove_file(&daily).unwrap();
    let prune = [&push[..], &["--prune"]].concat();
    let (_, said) = shell(&register, home.path(), &[&prune[..], &["--check"]].concat());
    assert!(said.contains("deep/daily.sql: would end"), "{said}");
    assert!(column_edges(&register).await.iter().any(|edge| edge.contains("mart.daily.total")));
    let (code, said) = shell(&register, home.path(), &prune);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("deep/daily.sql: ended") && said.contains("1 ended, 1 same"), "{said}");
    assert!(!column_edges(&register).await.iter().any(|edge| edge.contains("raw.orders")));
    let (code, said) =
        shell(&register, home.path(), &["job", "push", "/nowhere", "--namespace", &source.namespace]);
    assert!(code != Some(0) && said.contains("/nowhere"), "{said}");
}
