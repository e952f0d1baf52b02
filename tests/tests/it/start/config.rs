//! `cadastre config` as a process: the layers, and what is hidden.

use std::fs;

use super::installation::Installation;

#[test]
fn the_file_the_environment_and_the_flags_are_laid_over_each_other() {
    let here = Installation::new();
    let file = here.path("cadastre.toml");
    fs::write(
        &file,
        "pool_web = 1\npool_tasks = 1\nlog_level = \"error\"\nallow_networks = [\"10.0.0.0/8\"]\n",
    )
    .unwrap();
    let mut command = here.command(&["config", "--json", "--log-level", "warn"]);
    let output = command.env("CADASTRE_CONFIG", &file).env("CADASTRE_POOL_TASKS", "2").output().unwrap();
    let shown: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let key = |name: &str| {
        let shown = shown.iter().find(|shown| shown["key"] == name).unwrap();
        (shown["value"].as_str().unwrap().to_owned(), shown["source"].as_str().unwrap().to_owned())
    };
    assert_eq!(key("pool_web"), ("1".into(), file.display().to_string()));
    assert_eq!(key("pool_tasks"), ("2".into(), "CADASTRE_POOL_TASKS".into()));
    assert_eq!(key("log_level"), ("warn".into(), "--log-level".into()));
    assert_eq!(key("session_idle"), ("12h".into(), "default".into()));
    assert_eq!(key("allow_networks").0, "10.0.0.0/8");
}

#[test]
fn passwords_are_never_shown() {
    let here = Installation::new();
    let url = "postgres://ada:s3cret@db/register?sslpassword=s3cret";
    for arguments in [vec!["config"], vec!["config", "--json"], vec!["config", "--migrate-url", url]] {
        let output = here.command(&arguments).env("DATABASE_URL", url).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(text.contains("postgres://ada:hidden@db/register"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn an_unknown_key_and_an_unsafe_address_are_refused_with_their_names() {
    let here = Installation::new();
    let file = here.path("cadastre.toml");
    fs::write(&file, "lisen = \"127.0.0.1:1\"\n").unwrap();
    let ended = here.run(&["config", "--config", file.to_str().unwrap()]);
    assert!(ended.refusal(2).contains("there is no key `lisen`"), "{ended:?}");
    let ended = here.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(ended.refusal(2).contains("--listen: 0.0.0.0:0 would serve passwords without TLS"), "{ended:?}");
    assert!(!here.data().exists(), "a refused start makes nothing");
}
